//! MessagePack: what a packet is read as, is written and read again; the same for single values.
//!
//! Input: how many attachments are allowed; a packet, or any value, in MessagePack.
#![no_main]

use bytes::Bytes;
use chorus_fuzz::{budget, sent};
use chorus_protocol::socketio::{
    self, Frames, Header, Packet, Payload,
    msgpack::{EncodeError, ack, connect, decode, disconnect, event, from_json, to_json},
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, value::RawValue};

fuzz_target!(|data: &[u8]| {
    let Some((&[max], data)) = data.split_first_chunk() else { return };
    let max = usize::from(max);
    let budget = PER_BYTE * data.len() + SPARE;
    if let Ok((header, packet)) = budget::memory(budget, || decode(data, max)) {
        check(&header, &packet, max);
        let frames = write(&header, &packet).expect("what was read can be written");
        assert_eq!(sent::read_msgpack(&frames).expect("and read"), (header, packet));
    }
    if let Ok((json, attachments)) = budget::memory(budget, || to_json(data, max)) {
        assert!(attachments.len() <= max, "more attachments than allowed");
        value(&json, &attachments, budget);
    }
    if let Ok(text) = str::from_utf8(data) {
        // text that is not JSON means nothing, but it does no harm either
        let _ = budget::memory(budget, || from_json(text, &[], &mut Vec::new()));
    }
});

fn check(header: &Header, packet: &Packet, max: usize) {
    assert!(header.namespace.starts_with('/'), "{header:?}");
    match packet {
        Packet::Connect(auth) => assert!(valid(auth).starts_with('{')),
        Packet::Disconnect => {}
        Packet::Event(_, payload, _) | Packet::Ack(_, payload) => {
            assert!(valid(payload.json()).starts_with('['));
            assert!(payload.attachments().len() <= max, "more attachments than allowed");
            as_json(payload);
        }
    }
}

/// Sends arguments to a client with the JSON parser.
fn as_json(payload: &Payload) {
    let frames = socketio::event("/", "e", payload, None).expect("arguments can be written");
    match sent::read(&frames) {
        Ok((_, Packet::Event(_, again, None))) => assert_eq!(again, *payload),
        // there, what has attachments may be nested only as deep as serde goes
        Err(_) => assert!(payload.parse::<Vec<Value>>().is_err(), "{payload:?}"),
        other => panic!("{other:?}"),
    }
}

fn write(Header { namespace }: &Header, packet: &Packet) -> Result<Frames, EncodeError> {
    match packet {
        Packet::Connect(auth) => connect(namespace, &serde_json::from_str::<&RawValue>(auth)?),
        Packet::Disconnect => Ok(disconnect(namespace)),
        Packet::Event(name, payload, id) => event(namespace, name, payload, *id),
        Packet::Ack(id, payload) => ack(namespace, *id, payload),
    }
}

/// Writes a value, shorter perhaps than it came, and reads it again.
fn value(json: &str, attachments: &[Bytes], budget: usize) {
    valid(json);
    let mut data = Vec::new();
    budget::memory(budget, || from_json(json, attachments, &mut data)).expect("what was read can be written");
    let (again, bytes) = to_json(&data, attachments.len()).expect("and read");
    assert_eq!((&*again, &bytes[..]), (json, attachments));
    let mut twice = Vec::new();
    from_json(&again, &bytes, &mut twice).expect("as before");
    assert_eq!(twice, data);
}

/// JSON that is JSON.
fn valid(json: &str) -> &str {
    serde_json::from_str::<&RawValue>(json).expect("valid JSON").get()
}

/// A short MessagePack value may be a long text, such as a date, and buffers grow by doubling.
const PER_BYTE: usize = 64;

const SPARE: usize = 16 << 10;
