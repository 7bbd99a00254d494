//! How packets are written and read.

use bytes::Bytes;
use chorus_protocol::socketio::{self as json, Frames, Header, Packet, ToArgs, msgpack};
use serde_json::{Error, Value, value::RawValue};

/// The wire form of packets: a server and its clients use the same one.
///
/// [`JsonParser`] is the default; [`MessagePackParser`] is what npm `socket.io-msgpack-parser` speaks.
pub trait Parser: Send + Sync + 'static {
    /// Writes an event.
    fn event(&self, namespace: &str, name: &str, args: &dyn ToArgs, id: Option<u64>)
    -> Result<Frames, Error>;

    /// Writes the answer to an event.
    fn ack(&self, namespace: &str, id: u64, args: &dyn ToArgs) -> Result<Frames, Error>;

    /// Writes the answer to a CONNECT that is granted.
    fn connect(&self, namespace: &str, data: Option<&Value>) -> Result<Frames, Error>;

    /// Writes the answer to a CONNECT that is refused.
    fn connect_error(&self, namespace: &str, error: &RawValue) -> Result<Frames, Error>;

    /// Takes a client out of a namespace.
    fn disconnect(&self, namespace: &str) -> Frames;

    /// Reads the packets of a new connection.
    fn reader(&self, max_attachments: usize) -> Box<dyn Reader>;
}

/// Reads the packets of one connection. An error closes it.
pub trait Reader: Send {
    /// Takes a text message; none when more messages belong to the packet.
    fn text(&mut self, message: &str) -> Result<Option<(Header, Packet)>, ReadError>;

    /// Takes a binary message; none when more messages belong to the packet.
    fn binary(&mut self, message: Bytes) -> Result<Option<(Header, Packet)>, ReadError>;
}

/// What a client sent is no packet; told in the log only.
pub type ReadError = Box<dyn std::error::Error + Send + Sync>;

/// JSON text, and binary messages behind it.
#[derive(Debug, Clone, Copy, Default)]
pub struct JsonParser;

/// MessagePack: each packet is one binary message.
#[derive(Debug, Clone, Copy, Default)]
pub struct MessagePackParser;

impl Parser for JsonParser {
    fn event(
        &self,
        namespace: &str,
        name: &str,
        args: &dyn ToArgs,
        id: Option<u64>,
    ) -> Result<Frames, Error> {
        json::event(namespace, name, args, id)
    }

    fn ack(&self, namespace: &str, id: u64, args: &dyn ToArgs) -> Result<Frames, Error> {
        json::ack(namespace, id, args)
    }

    fn connect(&self, namespace: &str, data: Option<&Value>) -> Result<Frames, Error> {
        json::connect(namespace, data)
    }

    fn connect_error(&self, namespace: &str, error: &RawValue) -> Result<Frames, Error> {
        json::connect_error(namespace, &error)
    }

    fn disconnect(&self, namespace: &str) -> Frames {
        json::disconnect(namespace)
    }

    fn reader(&self, max_attachments: usize) -> Box<dyn Reader> {
        Box::new(JsonReader { decoder: json::Decoder::default(), max_attachments })
    }
}

struct JsonReader {
    decoder: json::Decoder,
    max_attachments: usize,
}

impl Reader for JsonReader {
    fn text(&mut self, message: &str) -> Result<Option<(Header, Packet)>, ReadError> {
        Ok(self.decoder.text(message, self.max_attachments)?)
    }

    fn binary(&mut self, message: Bytes) -> Result<Option<(Header, Packet)>, ReadError> {
        Ok(self.decoder.binary(message)?)
    }
}

impl Parser for MessagePackParser {
    fn event(
        &self,
        namespace: &str,
        name: &str,
        args: &dyn ToArgs,
        id: Option<u64>,
    ) -> Result<Frames, Error> {
        msgpack::event(namespace, name, args, id).map_err(serde::ser::Error::custom)
    }

    fn ack(&self, namespace: &str, id: u64, args: &dyn ToArgs) -> Result<Frames, Error> {
        msgpack::ack(namespace, id, args).map_err(serde::ser::Error::custom)
    }

    fn connect(&self, namespace: &str, data: Option<&Value>) -> Result<Frames, Error> {
        msgpack::connect(namespace, &data).map_err(serde::ser::Error::custom)
    }

    fn connect_error(&self, namespace: &str, error: &RawValue) -> Result<Frames, Error> {
        msgpack::connect_error(namespace, &error).map_err(serde::ser::Error::custom)
    }

    fn disconnect(&self, namespace: &str) -> Frames {
        msgpack::disconnect(namespace)
    }

    fn reader(&self, max_attachments: usize) -> Box<dyn Reader> {
        Box::new(MessagePackReader { max_attachments })
    }
}

struct MessagePackReader {
    max_attachments: usize,
}

impl Reader for MessagePackReader {
    fn text(&mut self, _: &str) -> Result<Option<(Header, Packet)>, ReadError> {
        Err("text from a client that is to speak MessagePack".into())
    }

    fn binary(&mut self, message: Bytes) -> Result<Option<(Header, Packet)>, ReadError> {
        Ok(Some(msgpack::decode(&message, self.max_attachments)?))
    }
}
