//! Frames to feed a decoder with, and what comes out, owned.

use chorus_protocol::websocket::{Decoder, Error, Message, Role};
use proptest::prelude::*;

pub(crate) const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
pub(crate) const FIN: u8 = 0x80;
pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

/// A message that outlives its input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owned {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

impl From<Message<'_>> for Owned {
    fn from(message: Message<'_>) -> Self {
        match message {
            Message::Text(text) => Self::Text(text.into()),
            Message::Binary(bytes) => Self::Binary(bytes.into()),
            Message::Ping(bytes) => Self::Ping(bytes.into()),
            Message::Pong(bytes) => Self::Pong(bytes.into()),
            Message::Close(reason) => Self::Close(reason.map(|r| (r.code, r.reason.into()))),
        }
    }
}

/// A frame with any first byte, masked as a client's, with the shortest length.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        len @ 0..=125 => bytes.push(0x80 | len as u8),
        len @ 126..=0xFFFF => {
            bytes.push(0x80 | 0x7E);
            bytes.extend((len as u16).to_be_bytes());
        }
        len => {
            bytes.push(0x80 | 0x7F);
            bytes.extend((len as u64).to_be_bytes());
        }
    }
    bytes.extend(KEY);
    bytes.extend(payload.iter().zip(KEY.iter().cycle()).map(|(byte, key)| byte ^ key));
    bytes
}

/// The header of a masked frame with a 64-bit length, and no payload.
pub(crate) fn long_header(first: u8, len: u64) -> Vec<u8> {
    let mut bytes = vec![first, 0x80 | 0x7F];
    bytes.extend(len.to_be_bytes());
    bytes.extend(KEY);
    bytes
}

/// Feeds `input` in chunks and collects what comes, up to an error.
pub(crate) fn decode_chunks<'a>(
    decoder: &mut Decoder,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Owned>, Option<Error>) {
    let mut messages = Vec::new();
    for chunk in chunks {
        let mut chunk = chunk.to_vec();
        let mut input = &mut chunk[..];
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(message)) => messages.push(message.into()),
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
            }
        }
        assert!(input.is_empty(), "all input is taken before more is asked for");
    }
    (messages, None)
}

/// A server's decoder on input in one piece.
pub(crate) fn decode(input: &[u8]) -> (Vec<Owned>, Option<Error>) {
    decode_chunks(&mut Decoder::new(Role::Server, 1 << 20), [input])
}

/// A server's decoder on input byte by byte.
pub(crate) fn decode_bytewise(input: &[u8]) -> (Vec<Owned>, Option<Error>) {
    decode_chunks(&mut Decoder::new(Role::Server, 1 << 20), input.chunks(1))
}

/// Cuts bytes at the given places, which are taken modulo the length.
pub(crate) fn cut<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.sort_unstable();
    let mut pieces = Vec::with_capacity(places.len() + 1);
    let mut start = 0;
    for place in places {
        pieces.push(&bytes[start..place]);
        start = place;
    }
    pieces.push(&bytes[start..]);
    pieces
}
