//! What a peer must not get away with.

use std::time::{Duration, Instant};

use chorus_protocol::socketio::{
    Args, Binary, Packet,
    msgpack::{self, DecodeError, MAX_DEPTH, ReadError, decode, from_json, to_json},
};
use proptest::{collection::vec, prelude::*};
use serde_json::json;

use crate::support::*;

/// A packet of some JSON; the vectors are easier to read so.
fn packet(json: serde_json::Value) -> Vec<u8> {
    let mut out = Vec::new();
    from_json(&json.to_string(), &[], &mut out).unwrap();
    out
}

#[test]
fn refuses_what_is_no_packet() {
    use DecodeError::{AckId, Namespace, NotAMap, Payload, UnknownType};
    let cases = [
        (json!([]), NotAMap),
        (json!("x"), NotAMap),
        (json!({}), Namespace),
        (json!({"type": 2, "data": ["x"]}), Namespace),
        (json!({"type": 2, "data": ["x"], "nsp": 1}), Namespace),
        (json!({"type": 2, "data": ["x"], "nsp": ""}), Namespace),
        (json!({"type": 2, "data": ["x"], "nsp": "admin"}), Namespace),
        (json!({"nsp": "/", "data": ["x"]}), UnknownType),
        (json!({"type": "2", "nsp": "/", "data": ["x"]}), UnknownType),
        (json!({"type": -1, "nsp": "/"}), UnknownType),
        (json!({"type": 4, "nsp": "/", "data": {"message": "x"}}), UnknownType),
        (json!({"type": 5, "nsp": "/", "data": ["x"]}), UnknownType),
        (json!({"type": 2.5, "nsp": "/", "data": ["x"]}), UnknownType),
        (json!({"type": 0, "nsp": "/", "data": []}), Payload),
        (json!({"type": 0, "nsp": "/", "data": "x"}), Payload),
        (json!({"type": 1, "nsp": "/", "data": {}}), Payload),
        (json!({"type": 2, "nsp": "/"}), Payload),
        (json!({"type": 2, "nsp": "/", "data": []}), Payload),
        (json!({"type": 2, "nsp": "/", "data": {}}), Payload),
        (json!({"type": 2, "nsp": "/", "data": [null]}), Payload),
        (json!({"type": 2, "nsp": "/", "data": [true]}), Payload),
        (json!({"type": 2, "nsp": "/", "data": [{"toString": "foo"}]}), Payload),
        (json!({"type": 2, "nsp": "/", "data": ["connect"]}), Payload),
        (json!({"type": 2, "nsp": "/", "data": ["disconnect", 1]}), Payload),
        (json!({"type": 2, "nsp": "/", "data": ["newListener"]}), Payload),
        (json!({"type": 2, "nsp": "/", "data": ["x"], "id": -1}), AckId),
        (json!({"type": 2, "nsp": "/", "data": ["x"], "id": 1.5}), AckId),
        (json!({"type": 2, "nsp": "/", "data": ["x"], "id": "1"}), AckId),
        (json!({"type": 2, "nsp": "/", "data": ["x"], "id": 9_007_199_254_740_992_u64}), AckId),
        (json!({"type": 3, "nsp": "/", "data": []}), AckId),
        (json!({"type": 3, "nsp": "/", "data": {}, "id": 1}), Payload),
        (json!({"type": 3, "nsp": "/", "id": 1}), Payload),
    ];
    for (json, error) in cases {
        assert_eq!(read(&packet(json.clone())), Err(error), "{json}");
    }
}

#[test]
fn takes_what_the_json_parser_takes() {
    let cases = [
        (json!({"type": 2, "nsp": "/", "data": ["__proto__"]}), "__proto__", "[]", None),
        (json!({"type": 2, "nsp": "/", "data": ["error"], "more": [{"a": []}]}), "error", "[]", None),
        (json!({"type": 2, "nsp": "/", "data": [5, 1]}), "5", "[1]", None),
        (json!({"type": 2, "nsp": "/", "data": ["x", []], "id": 0}), "x", "[[]]", Some(0)),
        (
            json!({"type": 2.0, "nsp": "/", "data": ["x"], "id": 9_007_199_254_740_991_u64}),
            "x",
            "[]",
            Some((1 << 53) - 1),
        ),
    ];
    for (json, name, args, id) in cases {
        let (got, payload, got_id) = read_event(&packet(json));
        assert_eq!((&*got, payload.json(), got_id), (name, args, id));
    }
}

#[test]
fn lengths_are_held_against_what_is_there() {
    for hex in [
        "d9ff",
        "daffff",
        "dbffffffff",
        "c4ff",
        "c5ffff",
        "c6ffffffff",
        "dcffff",
        "ddffffffff",
        "deffff",
        "dfffffffff",
        "c7ff00",
        "c8ffff00",
        "c9ffffffff00",
        "a1",
        "91",
        "81",
        "8101",
        "d8",
        "d400",
        "cb00",
        "cf",
        "d9",
        "da00",
        "db000000",
        "c9000000",
        "",
    ] {
        assert_eq!(to_json(&bytes(hex), MOST), Err(ReadError::CutShort), "{hex}");
        let inside = [bytes("84a47479706502a36e7370a12fa46461746192a178"), bytes(hex)].concat();
        assert!(decode(&inside, MOST).is_err(), "{hex}");
    }
}

#[test]
fn refuses_what_has_no_meaning() {
    let cases = [
        ("c1", ReadError::Format),
        ("c0c0", ReadError::Trailing),
        ("a1ff", ReadError::Utf8),
        ("a3eda080", ReadError::Utf8),
        ("d50102", ReadError::CutShort),
        ("d5010203", ReadError::Extension),
        ("d5000203", ReadError::Extension),
        ("d4ff01", ReadError::Extension),
        ("c701ff01", ReadError::Extension),
        ("c7010501", ReadError::Extension),
        ("81c0c0", ReadError::Key),
        ("8190c0", ReadError::Key),
        ("81cb3ff8000000000000c0", ReadError::Key),
    ];
    for (hex, error) in cases {
        assert_eq!(to_json(&bytes(hex), MOST), Err(error), "{hex}");
    }
    let trailing = [packet(json!({"type": 1, "nsp": "/"})), vec![0]].concat();
    assert_eq!(read(&trailing), Err(ReadError::Trailing.into()));
}

#[test]
fn nesting_is_limited() {
    for head in [&[0x91][..], &[0x81, 0xA0]] {
        let nested = |depth| [head.repeat(depth), vec![0xC0]].concat();
        assert!(to_json(&nested(MAX_DEPTH), MOST).is_ok());
        assert_eq!(to_json(&nested(MAX_DEPTH + 1), MOST), Err(ReadError::Depth));
        assert_eq!(to_json(&nested(1_000_000), MOST), Err(ReadError::Depth));
        let inside = [bytes("83a47479706502a36e7370a12fa46461746192a178"), nested(1_000_000)].concat();
        assert_eq!(read(&inside), Err(ReadError::Depth.into()));
    }
}

#[test]
fn json_of_any_depth_is_written_without_stack() {
    let deep = format!("{}{}", "[".repeat(400_000), "]".repeat(400_000));
    let mut out = Vec::new();
    from_json(&deep, &[], &mut out).unwrap();
    assert_eq!(out.len(), 400_000);
}

#[test]
fn byte_strings_are_counted() {
    let with = |count: u8| [vec![0x90 | count], bytes("c400").repeat(count.into())].concat();
    assert_eq!(to_json(&with(10), MOST).unwrap().1.len(), 10);
    assert_eq!(to_json(&with(11), MOST), Err(ReadError::Attachments));
    let auth = bytes("83a47479706500a36e7370a12fa46461746181a161c400");
    assert_eq!(read(&auth), Err(ReadError::Attachments.into()));
}

#[test]
fn a_placeholder_of_the_peers_stands_for_nothing() {
    let disguised = json!({"_placeholder": true, "num": 7}).to_string();
    let mut object = Vec::new();
    from_json(&disguised, &[], &mut object).unwrap();
    assert_eq!(to_json(&object, MOST).unwrap(), (disguised, vec![]), "it is an object like any other");
    let beside = [vec![0x92], object, bytes("c400")].concat();
    assert_eq!(to_json(&beside, MOST), Err(ReadError::Attachments));
}

#[test]
fn the_last_of_equal_keys_counts() {
    let twice = bytes("84a47479706501a47479706502a36e7370a12fa46461746191a178");
    assert_eq!(
        read(&twice).unwrap().1,
        Packet::Event("x".into(), chorus_protocol::socketio::Payload::default(), None)
    );
}

#[test]
fn hostile_messages_take_linear_time() {
    let start = Instant::now();
    // a million empty arrays, maps in maps, and a million arguments
    let wide = [vec![0xDD, 0, 0x0F, 0x42, 0x40], vec![0x90; 1_000_000]].concat();
    assert!(to_json(&wide, MOST).is_ok());
    let claims = [0xDC, 0x7F, 0xFF].repeat(300_000);
    assert!(to_json(&claims, MOST).is_err());
    let mut out = Vec::new();
    from_json(&format!("[{}0]", "{\"a\":[1]},".repeat(200_000)), &[], &mut out).unwrap();
    from_json(&format!("\"{}\"", "\\\\".repeat(1_000_000)), &[], &mut out).unwrap();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn arguments_with_a_missing_attachment_are_not_written() {
    let payload =
        read_event(&message(&msgpack::event("/", "x", &Args((Binary::from("a"),)), None).unwrap())).1;
    let frames = msgpack::ack("/", 1, &payload).unwrap();
    assert_eq!(message(&frames)[..], bytes("84a47479706503a36e7370a12fa2696401a46461746191c40161"));
    assert!(from_json(r#"{"_placeholder":true,"num":1}"#, payload.attachments(), &mut Vec::new()).is_err());
    assert!(from_json("[", &[], &mut Vec::new()).is_err());
}

proptest! {
    #[test]
    fn never_panics(data in vec(any::<u8>(), 0..200)) {
        let _ = decode(&data, MOST);
        if let Ok((json, attachments)) = to_json(&data, MOST) {
            prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&json).is_ok());
            let mut again = Vec::new();
            from_json(&json, &attachments, &mut again).unwrap();
            prop_assert_eq!(to_json(&again, MOST).unwrap(), (json, attachments));
        }
    }

    #[test]
    fn never_panics_in_a_packet(data in vec(any::<u8>(), 0..200)) {
        let _ = decode(&[bytes("83a47479706502a36e7370a12fa464617461"), data].concat(), MOST);
    }

    #[test]
    fn never_panics_on_broken_json(json in r#"[\[\]{}",:\\u0dntf0-9.e€_ -]{0,60}|.*"#) {
        let _ = from_json(&json, &[bytes::Bytes::new()], &mut Vec::new());
    }
}
