//! Writing polling bodies and WebSocket messages.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::packet::MESSAGE;
use crate::websocket::{self, Frames, Opcode};

/// How a client takes binary messages; its handshake's query says so with `b64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// As bytes.
    Bytes,
    /// As base64 in text, since it said `b64=1` or polls with JSONP.
    Base64,
}

/// The two forms of a polling body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Lengths in decimal, binary messages in base64.
    Text,
    /// Everything as bytes.
    Binary,
}

impl Form {
    /// The form of a response, as Node chooses it: bytes only if there are some to send.
    pub fn of_response(binary: Binary, has_binary_message: bool) -> Self {
        if binary == Binary::Bytes && has_binary_message { Self::Binary } else { Self::Text }
    }

    /// The `Content-Type` that announces it.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=UTF-8",
            Self::Binary => "application/octet-stream",
        }
    }
}

/// Appends a text packet, type digit included, to a body; `packet` is UTF-8.
pub fn write_text(form: Form, packet: &[u8], body: &mut Vec<u8>) {
    match form {
        Form::Text => body.extend_from_slice(format!("{}:", utf16_len(packet)).as_bytes()),
        Form::Binary => put_head(0, packet.len(), body),
    }
    body.extend_from_slice(packet);
}

/// Appends a binary message to a body.
pub fn write_binary(form: Form, data: &[u8], body: &mut Vec<u8>) {
    match form {
        Form::Text => {
            let packet = base64_packet(data);
            body.extend_from_slice(format!("{}:{packet}", packet.len()).as_bytes());
        }
        Form::Binary => {
            put_head(1, data.len() + 1, body);
            body.push(MESSAGE);
            body.extend_from_slice(data);
        }
    }
}

/// Appends a run of whole WebSocket frames made for revision 4, with binary messages as revision 3
/// has them.
pub fn reframe(frames: &[u8], binary: Binary, out: &mut Vec<u8>) {
    for (opcode, payload) in Frames::new(frames) {
        match (opcode, binary) {
            (Opcode::Binary, Binary::Bytes) => {
                out.extend_from_slice(websocket::header(opcode, payload.len() + 1).as_ref());
                out.push(MESSAGE);
                out.extend_from_slice(payload);
            }
            (Opcode::Binary, Binary::Base64) => {
                websocket::encode(Opcode::Text, base64_packet(payload).as_bytes(), out);
            }
            _ => websocket::encode(opcode, payload, out),
        }
    }
}

fn base64_packet(data: &[u8]) -> String {
    let mut packet = String::from("b4");
    STANDARD.encode_string(data, &mut packet);
    packet
}

/// Appends what is in front of a packet in a binary body.
fn put_head(marker: u8, len: usize, body: &mut Vec<u8>) {
    body.push(marker);
    body.extend(len.to_string().bytes().map(|digit| digit - b'0'));
    body.push(0xFF);
}

/// The UTF-16 code units of UTF-8: one a character, two if that takes four bytes.
fn utf16_len(utf8: &[u8]) -> usize {
    utf8.iter().map(|&byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: Form) -> Vec<u8> {
        let mut body = Vec::new();
        write_text(form, "4€😀".as_bytes(), &mut body);
        write_binary(form, &[1, 2, 3, 4], &mut body);
        body
    }

    #[test]
    fn writes_what_node_writes() {
        assert_eq!(written(Form::Text), "4:4€😀10:b4AQIDBA==".as_bytes());
        let text = [&[0, 8, 0xFF][..], "4€😀".as_bytes()].concat();
        assert_eq!(written(Form::Binary), [&text[..], &[1, 5, 0xFF, 4, 1, 2, 3, 4]].concat());
        let mut long = Vec::new();
        write_binary(Form::Binary, &[7; 1234], &mut long);
        assert_eq!(long[..7], [1, 1, 2, 3, 5, 0xFF, 4]);
    }

    #[test]
    fn a_response_is_binary_only_for_bytes() {
        assert_eq!(Form::of_response(Binary::Bytes, true), Form::Binary);
        assert_eq!(Form::of_response(Binary::Bytes, false), Form::Text);
        assert_eq!(Form::of_response(Binary::Base64, true), Form::Text);
    }

    #[test]
    fn frames_get_a_type_or_base64() {
        let mut run = Vec::new();
        websocket::encode(Opcode::Text, b"4a", &mut run);
        websocket::encode(Opcode::Binary, &[1; 125], &mut run);
        let walk = |binary| {
            let mut out = Vec::new();
            reframe(&run, binary, &mut out);
            Frames::new(&out).map(|(opcode, payload)| (opcode, payload.to_vec())).collect::<Vec<_>>()
        };
        let bytes = [&[4][..], &[1; 125]].concat();
        assert_eq!(walk(Binary::Bytes), [(Opcode::Text, b"4a".to_vec()), (Opcode::Binary, bytes)]);
        let base64 = format!("b4{}", STANDARD.encode([1; 125])).into_bytes();
        assert_eq!(walk(Binary::Base64), [(Opcode::Text, b"4a".to_vec()), (Opcode::Text, base64)]);
    }
}
