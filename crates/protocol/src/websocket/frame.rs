//! The header of an arriving frame (section 5.2).

use super::{Error, Opcode, Role, mask::advance};

/// The longest header: two bytes, a 64-bit length, a masking key.
pub(super) const MAX_HEADER: usize = 14;

const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const RSV1: u8 = 0x40;
const MASKED: u8 = 0x80;

/// A frame whose payload is arriving.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Whether it is the last of its message.
    pub(super) fin: bool,
    pub(super) opcode: Opcode,
    /// Whether it begins a compressed message (RFC 7692, section 6).
    pub(super) compressed: bool,
    /// Payload bytes that are yet to come.
    pub(super) remaining: usize,
    /// The mask of the next payload byte on.
    pub(super) key: Option<[u8; 4]>,
}

/// What the next header is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    pub(super) role: Role,
    /// Whether a message has begun that only continuations can go on with.
    pub(super) mid_message: bool,
    /// The bytes that the message may yet take.
    pub(super) room: usize,
    /// Whether messages may be compressed (RFC 7692).
    pub(super) deflate: bool,
}

impl Frame {
    /// Reads a header from the front of `bytes` and tells its length; none while it is cut off.
    ///
    /// Each rule is applied as soon as the bytes it needs are there.
    pub(super) fn parse(bytes: &[u8], expected: Expected) -> Result<Option<(Self, usize)>, Error> {
        let Some((&first, rest)) = bytes.split_first() else { return Ok(None) };
        let fin = first & FIN != 0;
        let opcode = opcode(first, fin, expected)?;
        let Some((&second, rest)) = rest.split_first() else { return Ok(None) };
        let masked = masked(second, expected.role)?;
        if opcode.is_control() && second & !MASKED > 125 {
            return Err(Error::ControlTooLong);
        }
        let Some((length, rest)) = length(second & !MASKED, rest)? else { return Ok(None) };
        let remaining = match usize::try_from(length) {
            Ok(length) if length <= expected.room || opcode.is_control() => length,
            _ => return Err(Error::TooBig),
        };
        let (key, rest) = match rest.split_first_chunk() {
            Some((key, rest)) if masked => (Some(*key), rest),
            None if masked => return Ok(None),
            _ => (None, rest),
        };
        let frame = Self { fin, opcode, compressed: first & RSV1 != 0, remaining, key };
        Ok(Some((frame, bytes.len() - rest.len())))
    }

    /// What is left of the frame behind the next `len` bytes of its payload.
    pub(super) fn after(self, len: usize) -> Self {
        let key = self.key.map(|key| advance(key, len));
        Self { remaining: self.remaining - len, key, ..self }
    }

    /// Whether the frame is a message of its own.
    pub(super) fn is_message(&self) -> bool {
        self.opcode.is_control() || (self.fin && self.opcode != Opcode::Continuation)
    }
}

/// The opcode of a first byte, if it may come now (sections 5.4 and 5.5).
fn opcode(first: u8, fin: bool, Expected { mid_message, deflate, .. }: Expected) -> Result<Opcode, Error> {
    let opcode = Opcode::parse(first);
    let may_be_compressed = deflate && matches!(opcode, Some(Opcode::Text | Opcode::Binary));
    if first & RESERVED & !(if may_be_compressed { RSV1 } else { 0 }) != 0 {
        return Err(Error::ReservedBits);
    }
    match opcode {
        None => Err(Error::ReservedOpcode(first & 0x0F)),
        Some(opcode) if opcode.is_control() && !fin => Err(Error::ControlFragmented),
        Some(Opcode::Continuation) if !mid_message => Err(Error::UnexpectedContinuation),
        Some(Opcode::Text | Opcode::Binary) if mid_message => Err(Error::InterruptedMessage),
        Some(opcode) => Ok(opcode),
    }
}

/// Whether a second byte announces a mask, as the role demands (section 5.1).
fn masked(second: u8, role: Role) -> Result<bool, Error> {
    match (second & MASKED != 0, role) {
        (false, Role::Server) => Err(Error::Unmasked),
        (true, Role::Client) => Err(Error::Masked),
        (masked, _) => Ok(masked),
    }
}

/// The payload length behind its 7-bit form, which must be the shortest that holds it.
fn length(short: u8, rest: &[u8]) -> Result<Option<(u64, &[u8])>, Error> {
    let (length, rest, least) = match short {
        126 => match rest.split_first_chunk() {
            Some((bytes, rest)) => (u64::from(u16::from_be_bytes(*bytes)), rest, 126),
            None => return Ok(None),
        },
        127 => match rest.split_first_chunk() {
            Some((bytes, rest)) => (u64::from_be_bytes(*bytes), rest, 0x1_0000),
            None => return Ok(None),
        },
        short => (u64::from(short), rest, 0),
    };
    if length < least || length > i64::MAX as u64 {
        return Err(Error::InvalidLength);
    }
    Ok(Some((length, rest)))
}
