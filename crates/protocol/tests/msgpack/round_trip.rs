//! Any arguments come out as they went in, also by way of the JSON parser.

use bytes::Bytes;
use chorus_protocol::{
    socketio::{Decoder, Header, Packet, Payload, ToArgs, event, msgpack},
    websocket::{Frames, Opcode},
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};

use crate::support::*;

/// A value; bytes are a string that begins with `bytes:` until they are taken out.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-300i64..300).prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON", |value| value.is_finite() && value.fract() != 0.0)
            .prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[a-z]{0,300}".prop_map(Value::from),
        Just(json!({"_placeholder": true})),
    ];
    leaf.prop_recursive(6, 100, 20, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..20).prop_map(Value::from),
            vec((".{0,12}", inner), 0..20).prop_map(|members| Value::from(Map::from_iter(members))),
        ]
    })
}

/// Puts real placeholders in place of what only looks like one.
fn number(value: &mut Value, count: &mut usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| number(item, count)),
        Value::Object(members) if members.contains_key("_placeholder") => {
            *value = json!({"_placeholder": true, "num": *count});
            *count += 1;
        }
        Value::Object(members) => members.values_mut().for_each(|member| number(member, count)),
        _ => {}
    }
}

/// Arguments that a client sent with the JSON parser.
fn payload(args: &Value, attachments: &[Bytes]) -> Payload {
    let mut json = args.to_string();
    json.insert_str(1, if json == "[]" { "\"e\"" } else { "\"e\"," });
    let mut decoder = Decoder::default();
    let packet = if attachments.is_empty() {
        decoder.text(&format!("2{json}"), 0).unwrap()
    } else {
        assert_eq!(decoder.text(&format!("5{}-{json}", attachments.len()), attachments.len()), Ok(None));
        attachments.iter().fold(None, |_, bytes| decoder.binary(bytes.clone()).unwrap())
    };
    match packet {
        Some((Header { .. }, Packet::Event(_, payload, _))) => payload,
        other => panic!("unexpected {other:?}"),
    }
}

/// Sends arguments to a client with the JSON parser, and takes them back from the frames.
fn by_json(args: &(impl ToArgs + ?Sized)) -> (Value, Vec<Bytes>) {
    let frames = event("/", "e", args, None).unwrap();
    let mut walk = Frames::new(frames.as_bytes());
    let (_, text) = walk.next().unwrap();
    let json = &text[text.iter().position(|byte| *byte == b'[').unwrap()..];
    let attachments = walk.map(|(opcode, bytes)| {
        assert_eq!(opcode, Opcode::Binary);
        Bytes::copy_from_slice(bytes)
    });
    (serde_json::from_slice(json).unwrap(), attachments.collect())
}

proptest! {
    #[test]
    fn arguments_survive(mut args in vec(value(), 0..6).prop_map(Value::from), id: Option<u32>) {
        let mut count = 0;
        number(&mut args, &mut count);
        let attachments: Vec<Bytes> = (0..count).map(|num| Bytes::from(vec![num as u8; num * 40])).collect();
        let sent = payload(&args, &attachments);
        let frames = msgpack::event("/a", "e", &sent, id.map(Into::into)).unwrap();
        let (header, packet) = msgpack::decode(&message(&frames), count).unwrap();
        let Packet::Event(name, got, got_id) = packet else { panic!("{packet:?}") };
        prop_assert_eq!((&*header.namespace, &*name, got_id), ("/a", "e", id.map(Into::into)));
        prop_assert_eq!(got.json(), args.to_string());
        prop_assert_eq!(got.attachments(), &attachments[..]);
        prop_assert_eq!(by_json(&got), by_json(&sent), "and on to another client");
    }

    #[test]
    fn acknowledgements_survive(args in vec(value(), 0..4).prop_map(Value::from), id in 0..1u64 << 53) {
        let sent = payload(&args, &[]);
        let packet = read(&message(&msgpack::ack("/", id, &sent).unwrap())).unwrap().1;
        let Packet::Ack(got_id, got) = packet else { panic!("{packet:?}") };
        prop_assert_eq!((got.json(), got_id), (&*args.to_string(), id));
    }
}
