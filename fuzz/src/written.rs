//! Engine.IO packets, back as they are on the wire.

use chorus_protocol::engineio::Packet;

/// A packet for one of the `write` functions.
#[derive(Debug)]
pub enum Written<'a> {
    /// A text packet, type digit included.
    Text(String),
    /// A binary message.
    Binary(&'a [u8]),
}

impl<'a> From<&'a Packet<'_>> for Written<'a> {
    fn from(packet: &'a Packet<'_>) -> Self {
        Self::Text(match packet {
            Packet::Open(data) => format!("0{data}"),
            Packet::Close => "1".into(),
            Packet::Ping(data) => format!("2{data}"),
            Packet::Pong(data) => format!("3{data}"),
            Packet::Message(data) => format!("4{data}"),
            Packet::Upgrade => "5".into(),
            Packet::Noop => "6".into(),
            Packet::Binary(data) => return Self::Binary(data),
        })
    }
}
