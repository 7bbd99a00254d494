//! Packets that were written, read as their receiver would.

use bytes::Bytes;
use chorus_protocol::{
    engineio::Packet as Message,
    socketio::{DecodeError, Decoder, Frames, Header, Packet, msgpack},
    websocket::{Frames as Walk, Opcode},
};

/// Reads the one packet that the frames are.
pub fn read(frames: &Frames) -> Result<(Header, Packet), DecodeError> {
    let mut decoder = Decoder::default();
    let mut walk = Walk::new(frames.as_bytes());
    let mut packet = None;
    for (opcode, payload) in &mut walk {
        assert!(packet.is_none(), "something follows a packet");
        packet = match opcode {
            Opcode::Text => decoder.text(message(payload), usize::MAX)?,
            Opcode::Binary => decoder.binary(Bytes::copy_from_slice(payload))?,
            _ => panic!("a frame {opcode:?} in a packet"),
        };
    }
    assert_eq!(walk.rest(), b"");
    Ok(packet.expect("a packet"))
}

/// As [`read`], of the frame in MessagePack.
pub fn read_msgpack(frames: &Frames) -> Result<(Header, Packet), msgpack::DecodeError> {
    let mut walk = Walk::new(frames.as_bytes());
    let Some((Opcode::Binary, data)) = walk.next() else { panic!("no binary frame") };
    assert_eq!(walk.rest(), b"");
    msgpack::decode(data, usize::MAX)
}

/// The message of a text frame.
fn message(frame: &[u8]) -> &str {
    match Message::parse(str::from_utf8(frame).expect("text")) {
        Ok(Message::Message(text)) => text,
        other => panic!("{other:?}"),
    }
}
