//! One packet, as it is in a WebSocket message or one item of a body (section "Packet").

use base64::Engine as _;

use crate::engineio::packet::{BASE64, Packet, PacketError};

/// The type of a message, as a binary packet has it in front: a number, not a digit.
pub(super) const MESSAGE: u8 = 4;

/// Reads a text packet: as revision 4 has it, but that `b` is followed by the type's digit.
///
/// Only messages can be binary: any other type behind `b` is unknown.
pub fn parse(text: &str) -> Result<Packet<'_>, PacketError> {
    let Some(binary) = text.strip_prefix('b') else {
        return Packet::parse(text);
    };
    let data = binary.strip_prefix('4').ok_or(PacketError::UnknownType)?;
    BASE64.decode(data).map(|data| Packet::Binary(data.into())).map_err(|_| PacketError::Base64)
}

/// Reads a binary packet: the number 4 and the message.
pub fn parse_binary(data: &[u8]) -> Result<Packet<'_>, PacketError> {
    match data.split_first().ok_or(PacketError::Empty)? {
        (&MESSAGE, message) => Ok(Packet::Binary(message.into())),
        _ => Err(PacketError::UnknownType),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn text_packets_are_those_of_revision_4() {
        assert_eq!(parse("2probe"), Ok(Packet::Ping("probe")));
        assert_eq!(parse("4€"), Ok(Packet::Message("€")));
        assert_eq!(parse(""), Err(PacketError::Empty));
        assert_eq!(parse("7"), Err(PacketError::UnknownType));
    }

    #[test]
    fn binary_packets_carry_their_type() {
        for text in ["b4AQI=", "b4AQI"] {
            assert_eq!(parse(text), Ok(Packet::Binary(Cow::Borrowed(&[1, 2]))));
        }
        assert_eq!(parse_binary(&[4, 1, 2]), Ok(Packet::Binary(Cow::Borrowed(&[1, 2]))));
        assert_eq!(parse_binary(&[4]), Ok(Packet::Binary(Cow::Borrowed(&[]))));
    }

    #[test]
    fn refuses_other_binary_packets() {
        for text in ["b", "b0AQI=", "b€"] {
            assert_eq!(parse(text), Err(PacketError::UnknownType), "{text}");
        }
        assert_eq!(parse("b4!"), Err(PacketError::Base64));
        assert_eq!(parse_binary(&[]), Err(PacketError::Empty));
        for kind in [0, 1, 2, 3, 5, 6, 7, b'4', 255] {
            assert_eq!(parse_binary(&[kind, 1]), Err(PacketError::UnknownType), "{kind}");
        }
    }
}
