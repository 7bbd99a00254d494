//! RFC 6455: WebSocket frames and messages, without a socket.
//!
//! [`Decoder`] takes the bytes that arrived and yields [`Message`]s that borrow from them; the
//! `encode` functions append whole frames to a buffer. [`deflate`] is the one extension; without it
//! the three reserved bits of a frame must be zero (section 5.2).

mod assembly;
mod close;
mod decoder;
pub mod deflate;
mod encode;
mod error;
mod frame;
mod frames;
pub mod handshake;
mod mask;
mod unfinished;

pub use assembly::MAX_FRAGMENTS;
pub use close::CloseReason;
pub use decoder::Decoder;
pub use encode::{Header, encode, encode_close, encode_masked, header};
pub use error::Error;
pub use frames::Frames;

/// Whose decoder it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The server's: every frame must be masked (section 5.1).
    Server,
    /// The client's: no frame may be masked (section 5.1).
    Client,
}

/// What a frame is (section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Opcode {
    /// A further fragment of a text or binary message.
    Continuation = 0x0,
    /// The first or only frame of a text message.
    Text = 0x1,
    /// The first or only frame of a binary message.
    Binary = 0x2,
    /// The end of the connection.
    Close = 0x8,
    /// A request for a pong with the same payload.
    Ping = 0x9,
    /// The answer to a ping, or a one-sided sign of life.
    Pong = 0xA,
}

impl Opcode {
    /// The opcode of a frame's first byte, none if it is reserved.
    const fn parse(first: u8) -> Option<Self> {
        Some(match first & 0x0F {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xA => Self::Pong,
            _ => return None,
        })
    }

    /// Whether frames of this kind are control frames (section 5.5).
    pub const fn is_control(self) -> bool {
        self as u8 & 0x8 != 0
    }
}

/// A whole message, its fragments joined; it borrows from the input or from the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// A text message (section 5.6).
    Text(&'a str),
    /// A binary message (section 5.6).
    Binary(&'a [u8]),
    /// A ping of at most 125 bytes, to be answered with a pong of the same (section 5.5.2).
    Ping(&'a [u8]),
    /// A pong of at most 125 bytes (section 5.5.3).
    Pong(&'a [u8]),
    /// The peer's last message, to be answered in kind (section 5.5.1).
    Close(Option<CloseReason<'a>>),
}

impl<'a> Message<'a> {
    /// Makes a message of the payload of its first opcode, checking text and close payloads.
    fn parse(opcode: Opcode, payload: &'a [u8]) -> Result<Self, Error> {
        Ok(match opcode {
            Opcode::Text => Self::Text(simdutf8::basic::from_utf8(payload).map_err(|_| Error::InvalidUtf8)?),
            Opcode::Binary => Self::Binary(payload),
            Opcode::Ping => Self::Ping(payload),
            Opcode::Pong => Self::Pong(payload),
            Opcode::Close => Self::Close(CloseReason::parse(payload)?),
            Opcode::Continuation => return Err(Error::UnexpectedContinuation),
        })
    }
}
