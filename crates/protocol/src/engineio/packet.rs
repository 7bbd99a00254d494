//! One packet: a type digit and its data.

use std::borrow::Cow;

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use thiserror::Error;

/// An Engine.IO packet, as it is read from a WebSocket message or one item of a polling payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet<'a> {
    /// `0`: the handshake. Sent by the server only.
    Open(&'a str),
    /// `1`: the sender closes the transport.
    Close,
    /// `2`: a heartbeat, or with the data `probe` the test of an upgrade.
    Ping(&'a str),
    /// `3`: the answer to a ping, with its data.
    Pong(&'a str),
    /// `4`: a text message.
    Message(&'a str),
    /// A binary message: a binary WebSocket message, or `b` and base64 in text.
    Binary(Cow<'a, [u8]>),
    /// `5`: the upgrade is complete.
    Upgrade,
    /// `6`: nothing; ends a parked poll.
    Noop,
}

/// Why a packet cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PacketError {
    /// There is no type digit.
    #[error("empty packet")]
    Empty,
    /// The first character is none of `0` to `6` and `b`.
    #[error("unknown packet type")]
    UnknownType,
    /// A binary item is not base64.
    #[error("invalid base64")]
    Base64,
}

impl<'a> Packet<'a> {
    /// Reads a text packet.
    pub fn parse(text: &'a str) -> Result<Self, PacketError> {
        let kind = text.as_bytes().first().ok_or(PacketError::Empty)?;
        // every type is one ASCII character, so 1 is a character boundary when it matches
        let data = || &text[1..];
        Ok(match kind {
            b'0' => Self::Open(data()),
            b'1' => Self::Close,
            b'2' => Self::Ping(data()),
            b'3' => Self::Pong(data()),
            b'4' => Self::Message(data()),
            b'5' => Self::Upgrade,
            b'6' => Self::Noop,
            b'b' => Self::Binary(BASE64.decode(data()).map_err(|_| PacketError::Base64)?.into()),
            _ => return Err(PacketError::UnknownType),
        })
    }
}

/// As lenient as Node's: padding may be missing, spare bits are nobody's business.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_type() {
        assert_eq!(Packet::parse("0{}"), Ok(Packet::Open("{}")));
        assert_eq!(Packet::parse("1"), Ok(Packet::Close));
        assert_eq!(Packet::parse("2probe"), Ok(Packet::Ping("probe")));
        assert_eq!(Packet::parse("3"), Ok(Packet::Pong("")));
        assert_eq!(Packet::parse("4€"), Ok(Packet::Message("€")));
        assert_eq!(Packet::parse("5"), Ok(Packet::Upgrade));
        assert_eq!(Packet::parse("6"), Ok(Packet::Noop));
        for text in ["bAQI=", "bAQI"] {
            assert_eq!(Packet::parse(text), Ok(Packet::Binary(Cow::Borrowed(&[1, 2]))));
        }
    }

    #[test]
    fn refuses_what_is_no_packet() {
        assert_eq!(Packet::parse(""), Err(PacketError::Empty));
        for text in ["7", "9", "abc", "€"] {
            assert_eq!(Packet::parse(text), Err(PacketError::UnknownType), "{text}");
        }
        assert_eq!(Packet::parse("b!"), Err(PacketError::Base64));
    }
}
