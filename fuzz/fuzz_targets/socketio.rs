//! Messages to Socket.IO packets: what is let in is whole, and can be sent on as it came.
//!
//! Input: how many attachments are allowed; messages with 0xFF between them, which are text, or
//! binary if they begin with 0xFE.
#![no_main]

use bytes::Bytes;
use chorus_fuzz::{budget, sent, values::values};
use chorus_protocol::socketio::{
    DecodeError, Decoder, Header, Packet, Payload, ack, connect, disconnect, event,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, value::RawValue};

fuzz_target!(|data: &[u8]| {
    let Some((&[max], messages)) = data.split_first_chunk() else { return };
    let mut decoder = Decoder::default();
    for message in messages.split(|byte| *byte == 0xFF) {
        let read = if let Some((0xFE, attachment)) = message.split_first() {
            let attachment = Bytes::copy_from_slice(attachment);
            budget::memory(8 * messages.len() + SPARE, || decoder.binary(attachment))
        } else {
            let Ok(text) = str::from_utf8(message) else { continue };
            let read = budget::memory(8 * text.len() + SPARE, || decoder.text(text, max.into()));
            if read != Err(DecodeError::TextForBinary) {
                compare(text, read.as_ref().ok().and_then(Option::as_ref).map(|(_, packet)| packet));
            }
            read
        };
        if let Ok(Some((header, packet))) = read {
            check(&header, &packet, max.into());
        }
    }
});

/// Checks that a packet is addressed, within the limit, and the same when it is sent on.
fn check(header: &Header, packet: &Packet, max_attachments: usize) {
    let namespace = &*header.namespace;
    assert!(namespace.starts_with('/') && !namespace.contains(','), "{namespace}");
    if let Packet::Event(_, payload, _) | Packet::Ack(_, payload) = packet {
        assert!(payload.attachments().len() <= max_attachments, "more attachments than allowed");
        // which looks for an attachment for each placeholder
        values(payload);
    }
    let frames = match packet {
        Packet::Connect(auth) => {
            let auth: Box<RawValue> = serde_json::from_str(auth).expect("an object");
            connect(namespace, Some(&auth))
        }
        Packet::Disconnect => Ok(disconnect(namespace)),
        Packet::Event(name, payload, id) => event(namespace, name, payload, *id),
        Packet::Ack(id, payload) => ack(namespace, *id, payload),
    };
    let (again_header, again) = sent::read(&frames.expect("what was read can be written")).expect("and read");
    assert_eq!(&again_header, header);
    assert_eq!(plain(&again), plain(packet));
}

/// Name, id, data without the white space around it, which is not kept, and attachments.
fn plain(packet: &Packet) -> (&str, Option<u64>, &str, &[Bytes]) {
    match packet {
        Packet::Connect(auth) => ("", None, auth.trim_ascii(), &[]),
        Packet::Disconnect => ("", None, "", &[]),
        Packet::Event(name, payload, id) => (name, *id, items(payload), payload.attachments()),
        Packet::Ack(id, payload) => ("", Some(*id), items(payload), payload.attachments()),
    }
}

fn items(payload: &Payload) -> &str {
    payload.json()[1..payload.json().len() - 1].trim_ascii()
}

/// Compares the simplest of packets, an event with nothing in front, with what serde makes of its JSON.
fn compare(text: &str, packet: Option<&Packet>) {
    let Some(json) = text.strip_prefix('2').filter(|json| json.starts_with('[')) else { return };
    let Ok(mut values) = serde_json::from_str::<Vec<Value>>(json) else { return };
    let name = (!values.is_empty()).then(|| values.remove(0));
    match (name, packet) {
        (Some(Value::String(name)), Some(Packet::Event(read, payload, None))) => {
            assert_eq!(*name, **read);
            assert!(!RESERVED.contains(&&*name), "let in: {text}");
            assert_eq!(payload.parse::<Vec<Value>>().expect("what could be parsed before"), values);
        }
        (Some(Value::String(name)), None) => assert!(RESERVED.contains(&&*name), "refused: {text}"),
        (Some(Value::Number(_)), Some(Packet::Event(..))) => {}
        (_, packet) => assert_eq!(packet, None, "{text}"),
    }
}

/// The names that are not for applications.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

const SPARE: usize = 16 << 10;
