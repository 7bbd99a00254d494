//! Frames of our own making: walked, compressed, and in the form that each client wants.
//!
//! Input: from which size on what is compressed, and how well; a run of unmasked frames.
#![no_main]

use bytes::Bytes;
use chorus_fuzz::stream::{Owned, decode};
use chorus_protocol::{
    engineio::{Packet, Revision, v3},
    socketio::{Form, Frames, Payload, event},
    websocket::{
        Decoder, Frames as Walk, Opcode, Role,
        deflate::{Config, negotiate},
        encode,
    },
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[mode], run)) = data.split_first_chunk() else { return };
    let config = Config { threshold: usize::from(mode & 31), level: 1 + (mode >> 5), ..Config::default() };
    let messages = messages(run);

    let mut again = Vec::new();
    for message in &messages {
        match message {
            Owned::Text(text) => encode(Opcode::Text, text.as_bytes(), &mut again),
            Owned::Binary(bytes) => encode(Opcode::Binary, bytes, &mut again),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(self::messages(&again), messages, "what is encoded can be walked");
    if let Some(smaller) = config.compress(&again) {
        assert!(smaller.len() < again.len(), "compressed and not smaller");
        assert_eq!(read(&smaller, &config), messages);
    }

    for message in &messages {
        match message {
            Owned::Text(text) => forms(&Frames::text(&format!("4{text}")), &config),
            Owned::Binary(bytes) => forms(&Frames::binary(bytes), &config),
            _ => {}
        }
    }
    forms(&event("/", "e", &payload(&messages), None).expect("a packet"), &config);
});

/// The text and binary messages in a run of frames.
fn messages(run: &[u8]) -> Vec<Owned> {
    let mut walk = Walk::new(run);
    let messages = walk.by_ref().filter_map(|(opcode, payload)| match opcode {
        Opcode::Text => Some(Owned::Text(str::from_utf8(payload).ok()?.into())),
        Opcode::Binary => Some(Owned::Binary(payload.into())),
        _ => None,
    });
    let messages = messages.collect();
    assert!(run.ends_with(walk.rest()));
    messages
}

/// Arguments of an event: text, and bytes in place of binary messages.
fn payload(messages: &[Owned]) -> Payload {
    let (mut json, mut attachments) = (Vec::new(), Vec::new());
    for message in messages {
        json.push(match message {
            Owned::Binary(bytes) => {
                attachments.push(Bytes::copy_from_slice(bytes));
                serde_json::json!({"_placeholder": true, "num": attachments.len() - 1})
            }
            Owned::Text(text) => serde_json::json!(text),
            other => panic!("{other:?}"),
        });
    }
    Payload::from_json(&serde_json::json!(json).to_string(), attachments).expect("arguments")
}

/// Checks that every client receives the same, whatever form it wants.
fn forms(frames: &Frames, config: &Config) {
    let shared = frames.clone().shared();
    let expected = received(&shared, Form::PLAIN, config);
    for bits in 0..8 {
        let revision = if bits & 1 == 0 { Revision::V4 } else { Revision::V3 };
        let form = Form { revision, base64: bits & 2 != 0, deflate: bits & 4 != 0 };
        assert_eq!(received(&shared, form, config), expected, "{form:?}");
        let made_for_one = frames.form(form, Some(config));
        assert_eq!(made_for_one, shared.form(form, Some(config)), "{form:?}, shared or not");
    }
}

/// What a client makes of the frames in its form: text packets, and binary messages as they were sent.
fn received(frames: &Frames, form: Form, config: &Config) -> Vec<Owned> {
    let plain = |message: Owned| {
        let packet = match (&message, form.revision) {
            (Owned::Text(text), Revision::V4) => Packet::parse(text),
            (Owned::Text(text), Revision::V3) => v3::parse(text),
            (Owned::Binary(bytes), Revision::V3) => v3::parse_binary(bytes),
            (Owned::Binary(_), Revision::V4) => return message,
            (other, _) => panic!("{other:?}"),
        };
        match packet.expect("a packet") {
            Packet::Message(text) => Owned::Text(text.into()),
            Packet::Binary(bytes) => {
                assert!(form.base64 || form.revision == Revision::V3, "base64 for a client that takes bytes");
                Owned::Binary(bytes.into_owned())
            }
            other => panic!("{other:?}"),
        }
    };
    read(&frames.form(form, Some(config)), config).into_iter().map(plain).collect()
}

/// Reads frames as a client that agreed to compression.
fn read(frames: &[u8], config: &Config) -> Vec<Owned> {
    let agreement = negotiate("permessage-deflate", config).expect("a valid offer");
    let mut decoder = Decoder::with_deflate(Role::Client, usize::MAX, agreement);
    let outcome = decode(&mut decoder, usize::MAX, frames, 0);
    assert_eq!((outcome.error, outcome.idle), (None, true));
    outcome.messages
}
