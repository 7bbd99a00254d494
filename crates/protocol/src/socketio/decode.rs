//! Engine.IO messages to packets; binary packets are put together here.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use thiserror::Error;

use super::payload::{Count, Payload};

/// A packet from a client, its data checked but unparsed.
///
/// ```
/// use chorus_protocol::socketio::{Decoder, Packet};
///
/// let mut decoder = Decoder::default();
/// let (header, packet) = decoder.text(r#"2/chat,7["say","hello"]"#, 10)?.expect("no attachments");
/// assert_eq!(&*header.namespace, "/chat");
/// let Packet::Event(name, payload, Some(7)) = packet else { unreachable!() };
/// assert_eq!((&*name, payload.json()), ("say", r#"["hello"]"#));
/// # Ok::<_, chorus_protocol::socketio::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// Join a namespace, with an `auth` object (`{}` when the client sent none).
    Connect(Box<str>),
    /// Leave a namespace.
    Disconnect,
    /// An event, and the id to acknowledge it with.
    Event(Box<str>, Payload, Option<u64>),
    /// An answer to an event of ours.
    Ack(u64, Payload),
}

/// Which namespace a packet is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The namespace, with its leading slash.
    pub namespace: Box<str>,
}

/// Why a message is no packet. Each of them ends the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The type digit is unknown, or of a packet that only servers send.
    #[error("unknown packet type")]
    UnknownType,
    /// The number of attachments is missing, malformed, zero or above the limit.
    #[error("illegal attachments")]
    Attachments,
    /// The acknowledgement id is missing where it is needed, or above 2^53 - 1.
    #[error("invalid acknowledgement id")]
    AckId,
    /// The data is not the JSON that the type demands.
    #[error("invalid payload")]
    Payload,
    /// A text packet came before all attachments of the one before.
    #[error("text packet while attachments are awaited")]
    TextForBinary,
    /// An attachment that no packet announced.
    #[error("unexpected attachment")]
    BinaryForText,
}

/// Reads packets from messages. It holds memory only while attachments are awaited.
#[derive(Debug, Default)]
pub struct Decoder {
    pending: Option<Box<Pending>>,
}

#[derive(Debug)]
struct Pending {
    header: Header,
    packet: Packet,
    awaited: usize,
    attachments: Vec<Bytes>,
}

impl Decoder {
    /// Takes a text message. Returns a packet, or nothing when attachments are to follow.
    pub fn text(
        &mut self,
        text: &str,
        max_attachments: usize,
    ) -> Result<Option<(Header, Packet)>, DecodeError> {
        if self.pending.is_some() {
            return Err(DecodeError::TextForBinary);
        }
        let (head, data) = split(text)?;
        let awaited = match (head.kind, head.attachments) {
            (b'5' | b'6', Some(count)) if (1..=max_attachments).contains(&count) => count,
            (b'5' | b'6', _) => return Err(DecodeError::Attachments),
            _ => 0,
        };
        let packet = match head.kind {
            b'0' => Packet::Connect(object(data)?),
            b'1' if data.is_empty() => Packet::Disconnect,
            b'2' | b'5' => {
                let (name, json) = event(data)?;
                Packet::Event(name, Payload::new(json, Vec::new()), head.id)
            }
            b'3' | b'6' => {
                Packet::Ack(head.id.ok_or(DecodeError::AckId)?, Payload::new(array(data)?, Vec::new()))
            }
            b'1' => return Err(DecodeError::Payload),
            _ => return Err(DecodeError::UnknownType),
        };
        let header = Header { namespace: head.namespace.into() };
        if awaited == 0 {
            return Ok(Some((header, packet)));
        }
        self.pending = Some(Box::new(Pending { header, packet, awaited, attachments: Vec::new() }));
        Ok(None)
    }

    /// Takes a binary message. Returns the packet it completes, if it does.
    pub fn binary(&mut self, data: Bytes) -> Result<Option<(Header, Packet)>, DecodeError> {
        let Some(mut pending) = self.pending.take() else {
            return Err(DecodeError::BinaryForText);
        };
        pending.attachments.push(data);
        if pending.attachments.len() < pending.awaited {
            self.pending = Some(pending);
            return Ok(None);
        }
        let Pending { header, mut packet, attachments, .. } = *pending;
        if let Packet::Event(_, payload, _) | Packet::Ack(_, payload) = &mut packet {
            *payload = Payload::new(payload.json().into(), attachments);
            if !payload.placeholders_fit() {
                return Err(DecodeError::Attachments);
            }
        }
        Ok(Some((header, packet)))
    }
}

struct Head<'a> {
    kind: u8,
    attachments: Option<usize>,
    namespace: &'a str,
    id: Option<u64>,
}

/// Splits `5` `1-` `/ns,` `7` from the data. Every separator is ASCII.
fn split(text: &str) -> Result<(Head<'_>, &str), DecodeError> {
    let kind = *text.as_bytes().first().ok_or(DecodeError::UnknownType)?;
    if !kind.is_ascii_digit() {
        return Err(DecodeError::UnknownType);
    }
    let mut rest = &text[1..];
    let mut attachments = None;
    if matches!(kind, b'5' | b'6') {
        let (count, behind) = digits(rest);
        rest = behind.strip_prefix('-').ok_or(DecodeError::Attachments)?;
        attachments = Some(count.parse().map_err(|_| DecodeError::Attachments)?);
    }
    let mut namespace = "/";
    if rest.starts_with('/') {
        (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
    }
    let (id, data) = digits(rest);
    let id = match id {
        "" => None,
        id => Some(id.parse().ok().filter(|id| *id <= MAX_SAFE_INTEGER).ok_or(DecodeError::AckId)?),
    };
    Ok((Head { kind, attachments, namespace, id }, data))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// Checks that `data` is a JSON object or nothing.
fn object(data: &str) -> Result<Box<str>, DecodeError> {
    struct Object;
    impl<'de> Visitor<'de> for Object {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(())
        }
    }
    if data.is_empty() {
        return Ok("{}".into());
    }
    let mut json = serde_json::Deserializer::from_str(data);
    json.deserialize_map(Object).and_then(|()| json.end()).map_err(|_| DecodeError::Payload)?;
    Ok(data.into())
}

/// Checks that `data` is a JSON array.
fn array(data: &str) -> Result<Box<str>, DecodeError> {
    let mut json = serde_json::Deserializer::from_str(data);
    json.deserialize_seq(Count).and_then(|_| json.end()).map_err(|_| DecodeError::Payload)?;
    Ok(data.trim_ascii().into())
}

/// Takes the name off a JSON array of name and arguments.
fn event(data: &str) -> Result<(Box<str>, Box<str>), DecodeError> {
    let mut json = serde_json::Deserializer::from_str(data);
    let (name, first) = json.deserialize_seq(Event).map_err(|_| DecodeError::Payload)?;
    json.end().map_err(|_| DecodeError::Payload)?;
    if RESERVED.contains(&&*name) {
        return Err(DecodeError::Payload);
    }
    let args = match first {
        // the first argument is a slice of `data`: keep all from there on
        Some(first) => {
            let rest = &data[first.get().as_ptr() as usize - data.as_ptr() as usize..];
            let mut args = String::with_capacity(rest.len() + 1);
            args.push('[');
            args.push_str(rest.trim_ascii_end());
            args
        }
        None => "[]".into(),
    };
    Ok((name, args.into()))
}

struct Event;

impl<'de> Visitor<'de> for Event {
    type Value = (Box<str>, Option<&'de RawValue>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of an event's name and arguments")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let name = seq.next_element::<&RawValue>()?.ok_or_else(|| missing("name"))?;
        let first = seq.next_element()?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        // a lone surrogate is no Rust string; such a name has no handler, but it is no violation
        let name = match name.get().as_bytes().first() {
            Some(b'"') => serde_json::from_str(name.get()).unwrap_or_else(|_| name.get().into()),
            Some(b'-' | b'0'..=b'9') => name.get().into(),
            _ => return Err(missing("name")),
        };
        Ok((name, first))
    }
}

fn missing<E: serde::de::Error>(field: &'static str) -> E {
    E::missing_field(field)
}

/// Names that official clients and servers keep for themselves.
pub(super) const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// JavaScript's `Number.MAX_SAFE_INTEGER`: above it ids would not survive a round trip.
pub(super) const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(text: &str) -> Result<(Box<str>, Packet), DecodeError> {
        Decoder::default().text(text, 10).map(|packet| {
            let (header, packet) = packet.unwrap();
            (header.namespace, packet)
        })
    }

    fn args(json: &str) -> Payload {
        Payload::new(json.into(), Vec::new())
    }

    #[test]
    fn reads_the_vectors_of_the_specification() {
        let cases = [
            ("0", "/", Packet::Connect("{}".into())),
            (r#"0/admin,{"token":"123"}"#, "/admin", Packet::Connect(r#"{"token":"123"}"#.into())),
            ("0/custom", "/custom", Packet::Connect("{}".into())),
            ("1/admin,", "/admin", Packet::Disconnect),
            (r#"2["foo"]"#, "/", Packet::Event("foo".into(), args("[]"), None)),
            (r#"2/admin,["bar"]"#, "/admin", Packet::Event("bar".into(), args("[]"), None)),
            (r#"212["foo", 1, "a,]" ]"#, "/", Packet::Event("foo".into(), args(r#"[1, "a,]" ]"#), Some(12))),
            (r#"3/admin,13["bar"]"#, "/admin", Packet::Ack(13, args(r#"["bar"]"#))),
            ("2[5,1]", "/", Packet::Event("5".into(), args("[1]"), None)),
            (r#"2["\u0066oo",{}]"#, "/", Packet::Event("foo".into(), args("[{}]"), None)),
            (r#"2["a","\ud800"]"#, "/", Packet::Event("a".into(), args(r#"["\ud800"]"#), None)),
            (r#"2["__proto__"]"#, "/", Packet::Event("__proto__".into(), args("[]"), None)),
        ];
        for (text, namespace, packet) in cases {
            assert_eq!(decode(text).unwrap(), (namespace.into(), packet), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_packet() {
        for text in [
            "",
            "abc",
            "7",
            "999",
            "4",
            r#"4{"message":"x"}"#,
            "5",
            "51",
            "5a-",
            "51.23-",
            r#"450-["x"]"#,
            r#"442["some","data""#,
            r#"0/admin,"invalid""#,
            "0[]",
            "1/admin,{}",
            r#"2/admin,"invalid"#,
            "2/admin,{}",
            r#"2[{"toString":"foo"}]"#,
            r#"2[true,"foo"]"#,
            r#"2[null,"bar"]"#,
            "2[]",
            "2{}",
            "2",
            r#"2["connect"]"#,
            r#"2["disconnect","123"]"#,
            r#"2["connect_error"]"#,
            r#"2["newListener"]"#,
            r#"3["x"]"#,
            "31{}",
            "31",
            r#"2-1["x"]"#,
            r#"2 ["x"]x"#,
            r#"29007199254740992["x"]"#,
            r#"2123456789012345678901234567890["x"]"#,
            r#"5-["x"]"#,
            r#"511-["x"]"#,
            r#"51000000-["x"]"#,
            r#"50-["x"]"#,
            r#"2abc["x"]"#,
            r#"2["x",1"#,
        ] {
            let result = Decoder::default().text(text, 10);
            assert!(result.is_err(), "{text}: {result:?}");
        }
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        let deep = format!("2[\"x\",{}{}]", "[".repeat(400_000), "]".repeat(400_000));
        assert!(decode(&deep).is_ok());
    }

    #[test]
    fn puts_attachments_together() {
        let mut decoder = Decoder::default();
        let text = r#"52-/a,7["x",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]"#;
        assert_eq!(decoder.text(text, 10), Ok(None));
        assert_eq!(decoder.binary(Bytes::from_static(b"0")), Ok(None));
        let (header, packet) = decoder.binary(Bytes::from_static(b"1")).unwrap().unwrap();
        assert_eq!(&*header.namespace, "/a");
        let Packet::Event(name, payload, Some(7)) = packet else { panic!("{packet:?}") };
        assert_eq!((&*name, payload.attachments()), ("x", &[Bytes::from("0"), Bytes::from("1")][..]));
        let both: (super::super::Binary, super::super::Binary) = payload.parse().unwrap();
        assert_eq!((both.0.0, both.1.0), (Bytes::from("1"), Bytes::from("0")));
    }

    #[test]
    fn refuses_attachments_out_of_place() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.binary(Bytes::new()), Err(DecodeError::BinaryForText));
        assert_eq!(decoder.text(r#"51-["x",{"_placeholder":true,"num":0}]"#, 10), Ok(None));
        assert_eq!(decoder.text(r#"2["y"]"#, 10), Err(DecodeError::TextForBinary));
    }

    #[test]
    fn refuses_placeholders_without_attachment() {
        for num in ["\"splice\"", "-1", "1.5", "0.5", "99", "1", "\"0\"", "null", "[]"] {
            let mut decoder = Decoder::default();
            let text = format!(r#"51-["x",{{"a":[{{"_placeholder":true,"num":{num}}}]}}]"#);
            assert_eq!(decoder.text(&text, 10), Ok(None));
            assert_eq!(decoder.binary(Bytes::new()), Err(DecodeError::Attachments), "{num}");
        }
        let mut decoder = Decoder::default();
        assert_eq!(decoder.text(r#"51-["x",{"_placeholder":true}]"#, 10), Ok(None));
        assert_eq!(decoder.binary(Bytes::new()), Err(DecodeError::Attachments));
    }

    /// The official client would end its connection at such a placeholder, if it were sent on.
    #[test]
    fn refuses_placeholders_inside_of_what_only_looks_like_one() {
        for key in ["_placeholder", "num"] {
            let mut decoder = Decoder::default();
            let text = format!(r#"51-["x",{{"{key}":[{{"_placeholder":true,"num":1}}]}}]"#);
            assert_eq!(decoder.text(&text, 10), Ok(None));
            assert_eq!(decoder.binary(Bytes::new()), Err(DecodeError::Attachments), "{key}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*", more in "[0-6][0-9/,\\-\\[\\]{}\"a]*") {
            let _ = Decoder::default().text(&text, 10);
            let _ = Decoder::default().text(&more, 10);
        }
    }
}
