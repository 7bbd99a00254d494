//! Reading a polling body: packets with their lengths in front (section "Payload").

use thiserror::Error;

use super::packet::{parse, parse_binary};
use crate::engineio::packet::{Packet, PacketError};

/// The packets of a polling body, in order; it ends at the first error.
///
/// The time it takes is linear in the body, and nothing is allocated but what base64 stands for.
#[derive(Debug, Clone)]
pub struct Payloads<'a> {
    rest: Rest<'a>,
    left: usize,
}

#[derive(Debug, Clone)]
enum Rest<'a> {
    Text(&'a str),
    Binary(&'a [u8]),
}

/// Why a polling body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PayloadError {
    /// One of its packets is malformed.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// A packet's length is malformed, goes beyond the body or ends inside a character.
    #[error("invalid packet length")]
    Length,
    /// A packet of a binary body is marked neither as text nor as binary.
    #[error("unknown packet marker")]
    Marker,
    /// A text packet of a binary body is not UTF-8.
    #[error("invalid UTF-8")]
    Utf8,
    /// It holds more packets than allowed.
    #[error("too many packets in one payload")]
    TooMany,
}

impl<'a> Payloads<'a> {
    /// Reads a text body, refusing more than `max_packets` packets.
    ///
    /// A packet is `<length>:<packet>`, its length in UTF-16 code units, as JavaScript counts.
    /// `0:` is how Node writes a body without packets.
    pub fn text(body: &'a str, max_packets: usize) -> Self {
        Self { rest: Rest::Text(body), left: max_packets }
    }

    /// Reads a body of type `application/octet-stream`, refusing more than `max_packets` packets.
    ///
    /// A packet is a 0 for text or a 1 for binary, the digits of its length in bytes as numbers
    /// from 0 to 9, a 255, and as many bytes.
    pub fn binary(body: &'a [u8], max_packets: usize) -> Self {
        Self { rest: Rest::Binary(body), left: max_packets }
    }

    fn advance(&mut self) -> Result<Option<Packet<'a>>, PayloadError> {
        loop {
            if self.is_empty() {
                return Ok(None);
            }
            // an empty packet counts as well, or there could be any number of them
            self.left = self.left.checked_sub(1).ok_or(PayloadError::TooMany)?;
            match &mut self.rest {
                Rest::Text(rest) => {
                    let item = text_item(rest)?;
                    if !item.is_empty() {
                        return Ok(Some(parse(item)?));
                    }
                }
                Rest::Binary(rest) => return binary_item(rest).map(Some),
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self.rest {
            Rest::Text(rest) => rest.is_empty(),
            Rest::Binary(rest) => rest.is_empty(),
        }
    }
}

impl<'a> Iterator for Payloads<'a> {
    type Item = Result<Packet<'a>, PayloadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let packet = self.advance().transpose()?;
        if packet.is_err() {
            self.rest = Rest::Text("");
        }
        Some(packet)
    }
}

/// Takes `<length>:<packet>` off the front of `rest`.
fn text_item<'a>(rest: &mut &'a str) -> Result<&'a str, PayloadError> {
    let (digits, behind) = split_digits(rest.as_bytes(), b'0', b':')?;
    let body = &rest[rest.len() - behind.len()..];
    let end = utf16_end(body, length(digits, b'0')?).ok_or(PayloadError::Length)?;
    let (item, left) = body.split_at(end);
    *rest = left;
    Ok(item)
}

/// Takes one packet with its marker and length off the front of `rest`.
fn binary_item<'a>(rest: &mut &'a [u8]) -> Result<Packet<'a>, PayloadError> {
    let (marker, behind) = rest.split_first().ok_or(PayloadError::Length)?;
    let (digits, body) = split_digits(behind, 0, 0xFF)?;
    let (item, left) = body.split_at_checked(length(digits, 0)?).ok_or(PayloadError::Length)?;
    *rest = left;
    match marker {
        0 => Ok(parse(str::from_utf8(item).map_err(|_| PayloadError::Utf8)?)?),
        1 => Ok(parse_binary(item)?),
        _ => Err(PayloadError::Marker),
    }
}

/// Splits the digits from what is behind the separator. Nothing is searched beyond the most digits.
fn split_digits(bytes: &[u8], zero: u8, separator: u8) -> Result<(&[u8], &[u8]), PayloadError> {
    let is_digit = |byte: &u8| byte.checked_sub(zero).is_some_and(|digit| digit < 10);
    let end = bytes.iter().take(MAX_DIGITS + 1).take_while(|byte| is_digit(byte)).count();
    match bytes.split_at(end) {
        (digits, [first, behind @ ..]) if (1..=MAX_DIGITS).contains(&end) && *first == separator => {
            Ok((digits, behind))
        }
        _ => Err(PayloadError::Length),
    }
}

fn length(digits: &[u8], zero: u8) -> Result<usize, PayloadError> {
    let length = digits.iter().fold(0, |length, digit| length * 10 + u64::from(digit - zero));
    usize::try_from(length).map_err(|_| PayloadError::Length)
}

/// Where the first `units` UTF-16 code units of `text` end, if they do between two characters.
fn utf16_end(text: &str, units: usize) -> Option<usize> {
    // a code unit is at least a byte of UTF-8, so this looks at nothing behind the packet
    let least = text.as_bytes().get(..units)?;
    if least.is_ascii() {
        return Some(units);
    }
    let mut left = units;
    for (end, char) in text.char_indices() {
        if left == 0 {
            return Some(end);
        }
        left = left.checked_sub(char.len_utf16())?;
    }
    (left == 0).then_some(text.len())
}

/// The most digits of a length: no body of ten gigabytes is read anyway.
const MAX_DIGITS: usize = 10;

#[cfg(test)]
mod tests {
    use std::{
        borrow::Cow,
        time::{Duration, Instant},
    };

    use proptest::prelude::*;

    use super::*;
    use crate::engineio::v3::{Form, write_binary, write_text};

    fn text(body: &str) -> Result<Vec<Packet<'_>>, PayloadError> {
        Payloads::text(body, 16).collect()
    }

    fn binary(body: &[u8]) -> Result<Vec<Packet<'_>>, PayloadError> {
        Payloads::binary(body, 16).collect()
    }

    #[test]
    fn reads_the_vectors_of_the_specification() {
        assert_eq!(
            text("6:4hello2:4€").unwrap(),
            [Packet::Message("hello"), Packet::Message("€")],
            "`€` is one code unit and three bytes"
        );
        assert_eq!(
            text("2:4€10:b4AQIDBA==").unwrap(),
            [Packet::Message("€"), Packet::Binary(Cow::Borrowed(&[1, 2, 3, 4]))]
        );
        assert_eq!(
            binary(&[0, 4, 0xFF, b'4', 0xE2, 0x82, 0xAC, 1, 5, 0xFF, 4, 1, 2, 3, 4]).unwrap(),
            [Packet::Message("€"), Packet::Binary(Cow::Borrowed(&[1, 2, 3, 4]))]
        );
    }

    #[test]
    fn lengths_count_utf16_code_units() {
        assert_eq!(text("3:4😀1:2").unwrap(), [Packet::Message("😀"), Packet::Ping("")]);
        assert_eq!(text("2:4😀"), Err(PayloadError::Length), "a pair cut in two");
        assert_eq!(text("5:4😀"), Err(PayloadError::Length));
    }

    #[test]
    fn empty_packets_are_none_in_text() {
        assert_eq!(text("0:").unwrap(), []);
        assert_eq!(text("0:1:20:").unwrap(), [Packet::Ping("")]);
        assert_eq!(text(&"0:".repeat(17)), Err(PayloadError::TooMany));
        assert_eq!(binary(&[]).unwrap(), []);
        assert_eq!(binary(&[0, 0, 0xFF]), Err(PacketError::Empty.into()));
        assert_eq!(binary(&[1, 0, 0xFF]), Err(PacketError::Empty.into()));
    }

    #[test]
    fn refuses_malformed_lengths() {
        for body in
            ["4", "1", "12", ":", ":4", "a:4", "-1:4", "1.0:4", " 1:4", "1 :4", "+1:4", "3:4a", "1:2x"]
        {
            assert_eq!(text(body), Err(PayloadError::Length), "{body}");
        }
        for body in ["99999999:4", "9999999999:4", "99999999999:4", "18446744073709551617:4"] {
            assert_eq!(text(body), Err(PayloadError::Length), "{body}");
        }
        for body in [&[0][..], &[0, 1], &[0, 0xFF], &[0, 10, 0xFF, b'4'], &[0, 2, 0xFF, b'4']] {
            assert_eq!(binary(body), Err(PayloadError::Length), "{body:?}");
        }
        assert_eq!(binary(&[[0].as_slice(), &[9; 310], &[0xFF]].concat()), Err(PayloadError::Length));
        assert_eq!(binary(&[2, 1, 0xFF, b'4']), Err(PayloadError::Marker));
        assert_eq!(binary(&[0, 2, 0xFF, b'4', 0xFF]), Err(PayloadError::Utf8));
    }

    #[test]
    fn ends_at_an_error() {
        let mut payloads = Payloads::text("1:71:2", 16);
        assert_eq!(payloads.next(), Some(Err(PacketError::UnknownType.into())));
        assert_eq!(payloads.next(), None);
        assert_eq!(text(&"1:2".repeat(17)), Err(PayloadError::TooMany));
    }

    /// CVE-2020-36048: a quadratic parser takes minutes.
    #[test]
    fn many_packets_and_long_lengths_take_linear_time() {
        let start = Instant::now();
        let many = "2:4€".repeat(1_000_000);
        assert_eq!(Payloads::text(&many, usize::MAX).count(), 1_000_000);
        assert_eq!(Payloads::text(&"1".repeat(10_000_000), usize::MAX).count(), 1);
        let wide = format!("3000001:4{}", "€".repeat(3_000_000));
        assert_eq!(Payloads::text(&wide, usize::MAX).count(), 1);
        assert_eq!(Payloads::binary(&[0, 1, 0xFF, b'2'].repeat(1_000_000), usize::MAX).count(), 1_000_000);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }

    fn form() -> impl Strategy<Value = Form> {
        prop_oneof![Just(Form::Text), Just(Form::Binary)]
    }

    proptest! {
        #[test]
        fn round_trips(form in form(), items in prop::collection::vec(
            prop_oneof![
                "\\PC{0,40}".prop_map(Ok),
                prop::collection::vec(any::<u8>(), 0..40).prop_map(Err)
            ], 1..16)) {
            let mut body = Vec::new();
            for item in &items {
                match item {
                    Ok(text) => write_text(form, format!("4{text}").as_bytes(), &mut body),
                    Err(bytes) => write_binary(form, bytes, &mut body),
                }
            }
            let expected: Vec<_> = items.iter().map(|item| match item {
                Ok(text) => Packet::Message(text),
                Err(bytes) => Packet::Binary(Cow::Borrowed(&bytes[..])),
            }).collect();
            let read = match form {
                Form::Text => text(str::from_utf8(&body).unwrap()),
                Form::Binary => binary(&body),
            };
            prop_assert_eq!(read.unwrap(), expected);
        }

        #[test]
        fn never_panics(
            body in "([0-9]{0,3}:?[4b😀€]{0,3}){0,9}",
            bytes in prop::collection::vec(prop_oneof![0u8..10, Just(0xFF), any::<u8>()], 0..40),
        ) {
            let _ = text(&body);
            let _ = binary(&bytes);
        }
    }
}
