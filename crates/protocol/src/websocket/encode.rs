//! Writing frames (section 5.2). Messages are never fragmented.

use super::{Opcode, mask::mask};

/// The header of an unmasked frame with FIN, 2 to 10 bytes.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    bytes: [u8; 10],
    len: u8,
}

impl AsRef<[u8]> for Header {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// The header of an unmasked frame, for a payload that is written elsewhere or later.
pub fn header(opcode: Opcode, payload_len: usize) -> Header {
    let mut bytes = [0; 10];
    bytes[0] = 0x80 | opcode as u8;
    let len = if payload_len < 126 {
        bytes[1] = payload_len as u8;
        2
    } else if let Ok(short) = u16::try_from(payload_len) {
        bytes[1] = 126;
        bytes[2..4].copy_from_slice(&short.to_be_bytes());
        4
    } else {
        bytes[1] = 127;
        bytes[2..].copy_from_slice(&(payload_len as u64).to_be_bytes());
        10
    };
    Header { bytes, len }
}

/// Appends one whole unmasked frame, as a server sends it.
///
/// A control frame's payload must not exceed 125 bytes (section 5.5).
pub fn encode(opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
    debug_assert!(!opcode.is_control() || payload.len() <= 125, "control frame too long");
    let header = header(opcode, payload.len());
    out.reserve(header.as_ref().len() + payload.len());
    out.extend_from_slice(header.as_ref());
    out.extend_from_slice(payload);
}

/// Appends one whole masked frame, as a client sends it; `key` should be unpredictable (section 5.3).
pub fn encode_masked(opcode: Opcode, payload: &[u8], key: [u8; 4], out: &mut Vec<u8>) {
    let mut header = header(opcode, payload.len());
    header.bytes[1] |= 0x80;
    out.reserve(header.as_ref().len() + key.len() + payload.len());
    out.extend_from_slice(header.as_ref());
    out.extend_from_slice(&key);
    let start = out.len();
    out.extend_from_slice(payload);
    mask(&mut out[start..], key);
}

/// Appends an unmasked close frame; `reason` is cut to the 123 bytes that fit (section 5.5.1).
pub fn encode_close(code: u16, reason: &str, out: &mut Vec<u8>) {
    let reason = &reason[..reason.floor_char_boundary(123)];
    out.extend_from_slice(header(Opcode::Close, 2 + reason.len()).as_ref());
    out.extend_from_slice(&code.to_be_bytes());
    out.extend_from_slice(reason.as_bytes());
}
