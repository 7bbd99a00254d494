//! A polling body: packets joined by the record separator, binary as `b` and base64.

use std::str::Split;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use thiserror::Error;

use super::packet::{Packet, PacketError};

/// The packets of a polling body, in order.
#[derive(Debug, Clone)]
pub struct Payloads<'a> {
    items: Split<'a, char>,
    left: usize,
}

/// Why a polling body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PayloadError {
    /// One of its packets is malformed.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// It holds more packets than allowed.
    #[error("too many packets in one payload")]
    TooMany,
}

impl<'a> Payloads<'a> {
    /// Reads `body`, refusing more than `max_packets` packets.
    pub fn new(body: &'a str, max_packets: usize) -> Self {
        Self { items: body.split(SEPARATOR), left: max_packets }
    }
}

impl<'a> Iterator for Payloads<'a> {
    type Item = Result<Packet<'a>, PayloadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.items.next()?;
        let Some(left) = self.left.checked_sub(1) else {
            self.items = "".split(SEPARATOR);
            self.items.next();
            return Some(Err(PayloadError::TooMany));
        };
        self.left = left;
        Some(Packet::parse(item).map_err(PayloadError::Packet))
    }
}

/// Appends a text packet, type digit included, to a body.
pub fn write_text(packet: &[u8], body: &mut Vec<u8>) {
    separate(body);
    body.extend_from_slice(packet);
}

/// Appends a binary message to a body.
pub fn write_binary(data: &[u8], body: &mut Vec<u8>) {
    separate(body);
    body.push(b'b');
    write_base64(data, body);
}

/// Appends bytes as base64.
fn write_base64(data: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + data.len().div_ceil(3) * 4, b'=');
    // the room was made for exactly this, so it cannot fail
    let written = STANDARD.encode_slice(data, &mut out[start..]).unwrap_or(0);
    out.truncate(start + written);
}

fn separate(body: &mut Vec<u8>) {
    if !body.is_empty() {
        body.push(SEPARATOR as u8);
    }
}

/// Engine.IO 4's record separator.
const SEPARATOR: char = '\u{1e}';

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;

    fn read(body: &str) -> Result<Vec<Packet<'_>>, PayloadError> {
        Payloads::new(body, 16).collect()
    }

    #[test]
    fn reads_the_vectors_of_the_specification() {
        assert_eq!(
            read("4hello\u{1e}2\u{1e}4world").unwrap(),
            [Packet::Message("hello"), Packet::Ping(""), Packet::Message("world")]
        );
        assert_eq!(
            read("4hello\u{1e}bAQIDBA==").unwrap(),
            [Packet::Message("hello"), Packet::Binary(Cow::Borrowed(&[1, 2, 3, 4]))]
        );
    }

    #[test]
    fn refuses_empty_items_bad_base64_and_floods() {
        assert_eq!(read(""), Err(PacketError::Empty.into()));
        assert_eq!(read("4a\u{1e}"), Err(PacketError::Empty.into()));
        assert_eq!(read("b!!!"), Err(PacketError::Base64.into()));
        let flood = vec!["4"; 17].join("\u{1e}");
        assert_eq!(read(&flood), Err(PayloadError::TooMany));
        assert_eq!(Payloads::new(&flood, 16).count(), 17, "it ends at the error");
    }

    proptest! {
        #[test]
        fn round_trips(items in prop::collection::vec(
            prop_oneof![
                "[^\u{1e}]{0,40}".prop_map(Ok),
                prop::collection::vec(any::<u8>(), 0..40).prop_map(Err)
            ], 1..16)) {
            let mut body = Vec::new();
            for item in &items {
                match item {
                    Ok(text) => write_text(format!("4{text}").as_bytes(), &mut body),
                    Err(bytes) => write_binary(bytes, &mut body),
                }
            }
            let body = String::from_utf8(body).unwrap();
            let expected: Vec<_> = items.iter().map(|item| match item {
                Ok(text) => Packet::Message(text),
                Err(bytes) => Packet::Binary(Cow::Borrowed(&bytes[..])),
            }).collect();
            prop_assert_eq!(read(&body).unwrap(), expected);
        }

        #[test]
        fn never_panics(body in ".*", max in 0usize..20) {
            for packet in Payloads::new(&body, max) {
                let _ = packet;
            }
        }
    }
}
