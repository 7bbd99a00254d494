//! How packets are written and read.

use bytes::Bytes;
use chorus_protocol::socketio::{self as json, Frames, ToArgs, msgpack};
#[doc(inline)]
pub use chorus_protocol::socketio::{Header, Packet};
use serde_json::{Error, Value, value::RawValue};

/// The wire form of packets: a server and its clients use the same one.
///
/// [`JsonParser`] is the default; [`MessagePackParser`] is what npm `socket.io-msgpack-parser` speaks.
///
/// A parser of your own can change one part of another and leave the rest to it:
///
/// ```
/// use chorus_socketio::{Server, engine::Frames, parser::{JsonParser, Parser, Reader}};
/// # use {chorus_socketio::ToArgs, serde_json::{Error, Value, value::RawValue}};
///
/// /// JSON, without attachments from clients.
/// struct NoUploads;
///
/// impl Parser for NoUploads {
///     fn reader(&self, _max_attachments: usize) -> Box<dyn Reader> {
///         JsonParser.reader(0)
///     }
///
///     fn disconnect(&self, namespace: &str) -> Frames {
///         JsonParser.disconnect(namespace)
///     }
///
///     // and so on
/// #     fn event(&self, ns: &str, name: &str, args: &dyn ToArgs, id: Option<u64>) -> Result<Frames, Error> {
/// #         JsonParser.event(ns, name, args, id)
/// #     }
/// #     fn ack(&self, ns: &str, id: u64, args: &dyn ToArgs) -> Result<Frames, Error> {
/// #         JsonParser.ack(ns, id, args)
/// #     }
/// #     fn connect(&self, ns: &str, data: Option<&Value>) -> Result<Frames, Error> {
/// #         JsonParser.connect(ns, data)
/// #     }
/// #     fn connect_error(&self, ns: &str, error: &RawValue) -> Result<Frames, Error> {
/// #         JsonParser.connect_error(ns, error)
/// #     }
/// }
///
/// let io = Server::builder().parser(NoUploads).build();
/// let upload = r#"51-["upload",{"_placeholder":true,"num":0}]"#;
/// assert!(NoUploads.reader(10).text(upload).is_err());
/// ```
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
///
/// ```
/// use chorus_socketio::parser::{JsonParser, Parser};
///
/// let mut reader = JsonParser.reader(10);
/// let (header, _packet) = reader.text(r#"2/chat,["say","hello"]"#)?.unwrap();
/// assert_eq!(&*header.namespace, "/chat");
///
/// // an attachment follows
/// assert!(reader.text(r#"51-["photo",{"_placeholder":true,"num":0}]"#)?.is_none());
/// assert!(reader.binary(vec![0xff, 0xd8].into())?.is_some());
/// # Ok::<_, chorus_socketio::parser::ReadError>(())
/// ```
///
/// One for a wire of your own:
///
/// ```
/// use bytes::Bytes;
/// use chorus_socketio::{Args, Payload, parser::{Header, Packet, ReadError, Reader}};
///
/// /// `/chess e2 e4` is an event `move` with two arguments.
/// struct Moves;
///
/// impl Reader for Moves {
///     fn text(&mut self, message: &str) -> Result<Option<(Header, Packet)>, ReadError> {
///         let words: Vec<_> = message.split(' ').collect();
///         let &[namespace, from, to] = &words[..] else { return Err("not a move".into()) };
///         let event = Packet::Event("move".into(), Payload::from_args(&Args((from, to)))?, None);
///         Ok(Some((Header { namespace: namespace.into() }, event)))
///     }
///
///     fn binary(&mut self, _message: Bytes) -> Result<Option<(Header, Packet)>, ReadError> {
///         Err("moves are text".into())
///     }
/// }
///
/// assert!(Moves.text("/chess e2 e4")?.is_some());
/// # Ok::<_, ReadError>(())
/// ```
pub trait Reader: Send {
    /// Takes a text message; none when more messages belong to the packet.
    fn text(&mut self, message: &str) -> Result<Option<(Header, Packet)>, ReadError>;

    /// Takes a binary message; none when more messages belong to the packet.
    fn binary(&mut self, message: Bytes) -> Result<Option<(Header, Packet)>, ReadError>;
}

/// What a client sent is no packet; told in the log only.
///
/// ```
/// use chorus_socketio::parser::{JsonParser, Parser};
///
/// let error = JsonParser.reader(10).text("no packet").unwrap_err();
/// assert_eq!(error.to_string(), "unknown packet type");
/// ```
pub type ReadError = Box<dyn std::error::Error + Send + Sync>;

/// JSON text, and binary messages behind it.
///
/// ```
/// use chorus_socketio::{Args, parser::{JsonParser, Parser}};
///
/// let frames = JsonParser.event("/chat", "say", &Args(("ada", "hello")), Some(7))?;
/// // behind the WebSocket's header, and the 4 of Engine.IO
/// assert!(frames.as_bytes().ends_with(br#"42/chat,7["say","ada","hello"]"#));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct JsonParser;

/// MessagePack: each packet is one binary message.
///
/// ```
/// use chorus_socketio::{Server, parser::{MessagePackParser, Parser}};
///
/// // in the browser: io({ parser: require("socket.io-msgpack-parser") })
/// let io = Server::builder().parser(MessagePackParser).build();
/// let text = r#"2["say","hello"]"#;
/// assert!(MessagePackParser.reader(10).text(text).is_err(), "a client with another parser");
/// ```
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
