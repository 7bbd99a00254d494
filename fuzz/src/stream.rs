//! What a WebSocket decoder makes of a stream of bytes.

use std::mem;

use chorus_protocol::websocket::{Decoder, Error, Message, Opcode, encode, encode_close, encode_masked};

use crate::pieces::pieces;

/// A message that outlives its input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owned {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
    /// A ping.
    Ping(Vec<u8>),
    /// A pong.
    Pong(Vec<u8>),
    /// A close message, with code and reason.
    Close(Option<(u16, String)>),
}

/// All that came of a stream.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The messages up to the end or the error.
    pub messages: Vec<Owned>,
    /// The error that ended it.
    pub error: Option<Error>,
    /// Whether the decoder held nothing in the end.
    pub idle: bool,
}

/// Feeds `input` to a decoder for messages of up to `limit` bytes, in the pieces of `seed`.
///
/// Checks on the way that the decoder gets on, and holds no more than it should.
pub fn decode(decoder: &mut Decoder, limit: usize, input: &[u8], seed: u8) -> Outcome {
    let mut messages = Vec::new();
    let (mut error, mut arrived) = (None, 0);
    for piece in pieces(input, seed) {
        arrived += piece.len();
        let ended = error.is_some() || matches!(messages.last(), Some(Owned::Close(_)));
        let before = messages.len();
        error = error.or(feed(decoder, limit, piece, &mut messages).err());
        assert!(!ended || messages.len() == before, "nothing comes behind the end");
        assert!(!ended || decoder.buffered() == 0, "nothing is held behind the end");
        // a frame without payload takes two bytes
        assert!(messages.len() <= arrived / 2, "messages out of nothing");
        assert!(
            error.is_some() || decoder.buffered() <= 2 * arrived + DECODER_SIZE,
            "it holds {} bytes of {arrived}",
            decoder.buffered()
        );
    }
    // what was lent out last is given back by the next call
    error = error.or(feed(decoder, limit, &[], &mut messages).err());
    Outcome { messages, error, idle: decoder.buffered() == 0 }
}

/// Appends messages as frames; with a key as a client's.
pub fn encode_all(messages: &[Owned], key: Option<[u8; 4]>, out: &mut Vec<u8>) {
    for message in messages {
        let start = out.len();
        let (opcode, payload) = match message {
            Owned::Text(text) => (Opcode::Text, text.as_bytes()),
            Owned::Binary(bytes) => (Opcode::Binary, &bytes[..]),
            Owned::Ping(bytes) => (Opcode::Ping, &bytes[..]),
            Owned::Pong(bytes) => (Opcode::Pong, &bytes[..]),
            Owned::Close(None) => (Opcode::Close, &[][..]),
            Owned::Close(Some((code, reason))) => {
                encode_close(*code, reason, out);
                let payload = out.split_off(start + 2);
                out.truncate(start);
                put(Opcode::Close, &payload, key, out);
                continue;
            }
        };
        put(opcode, payload, key, out);
    }
}

fn put(opcode: Opcode, payload: &[u8], key: Option<[u8; 4]>, out: &mut Vec<u8>) {
    match key {
        Some(key) => encode_masked(opcode, payload, key, out),
        None => encode(opcode, payload, out),
    }
}

/// Feeds one piece until the decoder asks for more.
fn feed(decoder: &mut Decoder, limit: usize, piece: &[u8], messages: &mut Vec<Owned>) -> Result<(), Error> {
    let mut piece = piece.to_vec();
    let mut input = &mut piece[..];
    while let Some(message) = decoder.decode(&mut input)? {
        check(&message, limit);
        messages.push(message.into());
    }
    assert!(input.is_empty(), "all input is taken before more is asked for");
    Ok(())
}

/// The limits of section 5.5, and the one that was set.
fn check(message: &Message<'_>, limit: usize) {
    let (len, most) = match message {
        Message::Text(text) => (text.len(), limit),
        Message::Binary(bytes) => (bytes.len(), limit),
        Message::Ping(bytes) | Message::Pong(bytes) => (bytes.len(), 125),
        Message::Close(reason) => (reason.map_or(0, |close| close.reason.len()), 123),
    };
    assert!(len <= most, "a message of {len} bytes where {most} are allowed");
}

impl From<Message<'_>> for Owned {
    fn from(message: Message<'_>) -> Self {
        match message {
            Message::Text(text) => Self::Text(text.into()),
            Message::Binary(bytes) => Self::Binary(bytes.into()),
            Message::Ping(bytes) => Self::Ping(bytes.into()),
            Message::Pong(bytes) => Self::Pong(bytes.into()),
            Message::Close(reason) => Self::Close(reason.map(|close| (close.code, close.reason.into()))),
        }
    }
}

/// What a decoder holds beyond the bytes of an unfinished message, and then some.
const DECODER_SIZE: usize = 512 + mem::size_of::<Decoder>();
