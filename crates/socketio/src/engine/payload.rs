//! The bodies of polling requests, in the form of each revision.

use bytes::Bytes;
use chorus_protocol::{
    engineio::{Packet, Payloads, Revision, v3, write_binary, write_text},
    websocket::{Frames, Opcode},
};

use super::session::PostBody;

/// The body of an answer.
pub(super) enum Body {
    /// Text.
    Text(Vec<u8>),
    /// Engine.IO 3's binary form.
    Binary(Vec<u8>),
}

/// A body that cannot be read.
pub(super) struct Malformed;

/// Puts the packets in `frames` into a body.
pub(super) fn encode(revision: Revision, frames: &[Bytes]) -> Body {
    let packets = || frames.iter().flat_map(|frame| Frames::new(frame));
    let mut body = Vec::new();
    match revision {
        Revision::V4 => {
            for (opcode, data) in packets() {
                match opcode {
                    Opcode::Binary => write_binary(data, &mut body),
                    _ => write_text(data, &mut body),
                }
            }
        }
        // a client that takes no binary got base64 text, so there is none in its frames
        Revision::V3 => {
            let has_binary = packets().any(|(opcode, _)| opcode == Opcode::Binary);
            let form = v3::Form::of_response(v3::Binary::Bytes, has_binary);
            for (opcode, data) in packets() {
                match (opcode, data) {
                    // the type byte of the WebSocket's form
                    (Opcode::Binary, [_, data @ ..]) => v3::write_binary(form, data, &mut body),
                    _ => v3::write_text(form, data, &mut body),
                }
            }
            if has_binary {
                return Body::Binary(body);
            }
        }
    }
    Body::Text(body)
}

/// Reads the packets of a POST and hands each to `receive`, until that refuses one.
pub(super) fn decode<E: From<Malformed>>(
    revision: Revision,
    body: &PostBody,
    mut receive: impl FnMut(Packet<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| Malformed);
    match (revision, body) {
        (Revision::V4, PostBody::Text(bytes)) => {
            for packet in Payloads::new(text(bytes)?, MAX_PACKETS) {
                receive(packet.map_err(|_| Malformed)?)?;
            }
        }
        (Revision::V3, PostBody::Text(bytes)) => {
            for packet in v3::Payloads::text(text(bytes)?, MAX_PACKETS) {
                receive(packet.map_err(|_| Malformed)?)?;
            }
        }
        (Revision::V3, PostBody::Binary(bytes)) => {
            for packet in v3::Payloads::binary(bytes, MAX_PACKETS) {
                receive(packet.map_err(|_| Malformed)?)?;
            }
        }
        (Revision::V4, PostBody::Binary(_)) => return Err(Malformed.into()),
    }
    Ok(())
}

/// The most packets in one request; the official client sends what gathered during one round trip.
const MAX_PACKETS: usize = 1 << 16;
