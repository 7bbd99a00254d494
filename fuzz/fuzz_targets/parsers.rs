//! Arguments from a client with the JSON parser, for one with the MessagePack parser, and back.
//!
//! Input: how many attachments there are; a JSON array.
#![no_main]

use bytes::Bytes;
use chorus_fuzz::{sent, values::values};
use chorus_protocol::socketio::{
    Packet, Payload, event,
    msgpack::{self, DecodeError, ReadError},
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Some((&[count], json)) = data.split_first_chunk() else { return };
    let Ok(json) = str::from_utf8(json) else { return };
    let attachments = (0..count % 4).map(|num| Bytes::from(vec![num; num.into()])).collect();
    let Ok(payload) = Payload::from_json(json, attachments) else { return };

    let given = values(&payload);
    let frames = msgpack::event("/", "e", &payload, None).expect("arguments can be written");
    let (Some(given), Some(packed)) = (given, received(sent::read_msgpack(&frames))) else { return };
    assert!(same(&given, &values(&packed).expect("as before")), "{payload:?} became {packed:?}");

    let frames = event("/", "e", &packed, None).expect("arguments can be written");
    let Ok((_, Packet::Event(_, again, _))) = sent::read(&frames) else { panic!("no event") };
    assert_eq!(again, packed);
});

/// The arguments of a packet, none if our reader is stricter: it refuses what is nested too deep, and an
/// object with the key of a placeholder.
fn received<H>(packet: Result<(H, Packet), DecodeError>) -> Option<Payload> {
    match packet {
        Ok((_, Packet::Event(_, payload, _))) => Some(payload),
        Err(DecodeError::Read(ReadError::Depth | ReadError::Attachments)) => None,
        Ok((_, packet)) => panic!("{packet:?}"),
        Err(error) => panic!("{error}"),
    }
}

/// Whether values are the same to JavaScript, but for the last digits of numbers, which serde may round.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap_or_default(), other.as_f64().unwrap_or_default());
            (one - other).abs() <= one.abs() * 1e-12
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        _ => one == other,
    }
}
