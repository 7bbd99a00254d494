//! Bytes from hexadecimal digits, and packets without the wrapping.

use bytes::Bytes;
use chorus_protocol::{
    socketio::{
        Frames, Packet, Payload,
        msgpack::{DecodeError, decode},
    },
    websocket::{self, Opcode},
};

/// The attachments that are allowed in these tests.
pub(crate) const MOST: usize = 10;

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The namespace and packet of a message.
pub(crate) fn read(message: &[u8]) -> Result<(Box<str>, Packet), DecodeError> {
    decode(message, MOST).map(|(header, packet)| (header.namespace, packet))
}

/// An event's name, arguments and id.
pub(crate) fn read_event(message: &[u8]) -> (Box<str>, Payload, Option<u64>) {
    match read(message).unwrap().1 {
        Packet::Event(name, payload, id) => (name, payload, id),
        other => panic!("unexpected {other:?}"),
    }
}

/// The one binary message of some frames.
pub(crate) fn message(frames: &Frames) -> Bytes {
    let mut walk = websocket::Frames::new(frames.as_bytes());
    let (opcode, payload) = walk.next().unwrap();
    assert_eq!((opcode, walk.rest()), (Opcode::Binary, &[][..]));
    Bytes::copy_from_slice(payload)
}
