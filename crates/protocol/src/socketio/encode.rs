//! Packets to frames, once, whoever and however many receive them.
//!
//! A packet is written as the WebSocket frames that carry it: the header goes right in front of the
//! JSON, in one buffer. Polling takes the same bytes and re-frames them, which is rare and late.

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

use super::{args::ToArgs, binary, frames::Frames};
use crate::websocket::{self, Opcode};

/// An event.
pub fn event(
    namespace: &str,
    name: &str,
    args: &(impl ToArgs + ?Sized),
    id: Option<u64>,
) -> Result<Frames, serde_json::Error> {
    packet(b'2', namespace, id, |json| {
        json.push(b'[');
        serde_json::to_writer(&mut *json, name)?;
        let attachments = args.write(json)?;
        json.push(b']');
        Ok(attachments)
    })
}

/// The answer to an event.
pub fn ack(namespace: &str, id: u64, args: &(impl ToArgs + ?Sized)) -> Result<Frames, serde_json::Error> {
    packet(b'3', namespace, Some(id), |json| {
        let open = json.len();
        let attachments = args.write(json)?;
        match json.get_mut(open) {
            Some(comma) => *comma = b'[',
            None => json.push(b'['),
        }
        json.push(b']');
        Ok(attachments)
    })
}

/// The answer to a CONNECT that is granted; `data` holds the public id, in protocol revision 5.
pub fn connect(namespace: &str, data: Option<&impl Serialize>) -> Result<Frames, serde_json::Error> {
    packet(b'0', namespace, None, |json| match data {
        Some(data) => serde_json::to_writer(json, data).map(|()| &[][..]),
        None => Ok(&[]),
    })
}

/// The answer to a CONNECT that is refused.
pub fn connect_error(namespace: &str, data: &impl Serialize) -> Result<Frames, serde_json::Error> {
    packet(b'4', namespace, None, |json| serde_json::to_writer(json, data).map(|()| &[][..]))
}

/// Takes a client out of a namespace.
pub fn disconnect(namespace: &str) -> Frames {
    // writing nothing cannot fail
    packet(b'1', namespace, None, |_| Ok(&[])).unwrap_or_else(|_| Frames::text("41"))
}

/// Writes Engine.IO's `4`, the Socket.IO head and the data behind room for the frame's header.
fn packet<'a>(
    kind: u8,
    namespace: &str,
    id: Option<u64>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<&'a [Bytes], serde_json::Error>,
) -> Result<Frames, serde_json::Error> {
    let mut out = Vec::with_capacity(FIRST_GUESS);
    out.resize(MAX_HEADER, 0);
    out.extend_from_slice(&[b'4', kind]);
    let data = MAX_HEADER + 2;
    put_address(namespace, id, &mut out);
    let (given, collected) = binary::collect(|| write(&mut out))?;
    let attachments = if collected.is_empty() { given } else { &collected };
    if attachments.is_empty() {
        return Ok(Frames::new(framed(out)));
    }
    let mut with_count = BytesMut::with_capacity(out.len() + MAX_HEADER);
    with_count.put_bytes(0, MAX_HEADER);
    // EVENT 2 and ACK 3 become BINARY_EVENT 5 and BINARY_ACK 6
    with_count.put_slice(format!("4{}{}-", (kind + 3) as char, attachments.len()).as_bytes());
    with_count.put_slice(&out[data..]);
    let text = framed(with_count.into());
    let size: usize = attachments.iter().map(|bytes| bytes.len() + MAX_HEADER).sum();
    let mut frames = Vec::with_capacity(text.len() + size);
    frames.extend_from_slice(&text);
    for bytes in attachments {
        websocket::encode(Opcode::Binary, bytes, &mut frames);
    }
    Ok(Frames::new(frames.into()))
}

fn put_address(namespace: &str, id: Option<u64>, out: &mut Vec<u8>) {
    if namespace != "/" {
        out.extend_from_slice(namespace.as_bytes());
        out.push(b',');
    }
    if let Some(id) = id {
        out.extend_from_slice(id.to_string().as_bytes());
    }
}

/// Puts the header of a text frame into the room in front, and cuts off what it does not need.
fn framed(mut out: Vec<u8>) -> Bytes {
    let header = websocket::header(Opcode::Text, out.len() - MAX_HEADER);
    let header = header.as_ref();
    let start = MAX_HEADER - header.len();
    out[start..MAX_HEADER].copy_from_slice(header);
    Bytes::from(out).slice(start..)
}

/// The longest header of an unmasked frame (RFC 6455, section 5.2).
pub(super) const MAX_HEADER: usize = 10;

/// Room for a small event, so that it is written without growing.
const FIRST_GUESS: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        socketio::{Args, Binary, Decoder, Packet},
        websocket::Frames as Walk,
    };

    fn parts(frames: &Frames) -> Vec<(Opcode, Vec<u8>)> {
        Walk::new(frames.as_bytes()).map(|(opcode, data)| (opcode, data.to_vec())).collect()
    }

    fn text(frames: &Frames) -> String {
        let parts = parts(frames);
        assert_eq!(parts.len(), 1);
        String::from_utf8(parts[0].1.clone()).unwrap()
    }

    #[test]
    fn writes_the_vectors_of_the_specification() {
        assert_eq!(text(&event("/", "foo", &Args(()), None).unwrap()), r#"42["foo"]"#);
        assert_eq!(text(&event("/admin", "bar", &1, None).unwrap()), r#"42/admin,["bar",1]"#);
        assert_eq!(text(&event("/", "f\"", &Args((1, "a")), Some(12)).unwrap()), r#"4212["f\"",1,"a"]"#);
        assert_eq!(text(&ack("/admin", 13, &"bar").unwrap()), r#"43/admin,13["bar"]"#);
        assert_eq!(text(&ack("/", 0, &Args(())).unwrap()), "430[]");
        assert_eq!(text(&connect("/", Some(&serde_json::json!({"sid": "x"}))).unwrap()), r#"40{"sid":"x"}"#);
        assert_eq!(text(&connect("/admin", None::<&()>).unwrap()), "40/admin,");
        assert_eq!(text(&disconnect("/admin")), "41/admin,");
        assert_eq!(text(&disconnect("/")), "41");
    }

    #[test]
    fn bytes_follow_in_frames_of_their_own() {
        let frames = event("/", "baz", &Args((Binary::from("one"), Binary::from("two"))), None).unwrap();
        let head = r#"452-["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;
        assert_eq!(
            parts(&frames),
            [
                (Opcode::Text, head.as_bytes().to_vec()),
                (Opcode::Binary, b"one".to_vec()),
                (Opcode::Binary, b"two".to_vec())
            ]
        );
    }

    #[test]
    fn what_came_can_be_sent_on() {
        let mut decoder = Decoder::default();
        decoder.text(r#"51-["x", 1, {"_placeholder":true,"num":0} ]"#, 10).unwrap();
        let (_, packet) = decoder.binary(Bytes::from_static(b"b")).unwrap().unwrap();
        let Packet::Event(_, payload, None) = packet else { unreachable!() };
        let parts = parts(&ack("/", 7, &payload).unwrap());
        assert_eq!(parts[0].1, br#"461-7[1, {"_placeholder":true,"num":0}]"#);
        assert_eq!(parts[1].1, b"b");
    }

    #[test]
    fn long_packets_get_long_headers() {
        for size in [100, 125, 126, 1000, 65_535, 65_536, 100_000] {
            let value = "x".repeat(size);
            assert_eq!(text(&event("/", "e", &value, None).unwrap()), format!(r#"42["e","{value}"]"#));
        }
    }
}
