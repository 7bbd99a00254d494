//! Packets of Socket.IO and bodies of Engine.IO as an attacker would write them. What is malformed in a
//! single way is listed beside the decoders.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::time::{Duration, Instant};

use bytes::Bytes;
use chorus_protocol::{
    engineio::Payloads,
    socketio::{DecodeError, Decoder, Packet, Payload},
};
use proptest::prelude::*;

fn read(text: &str) -> Result<Packet, DecodeError> {
    Decoder::default().text(text, 10).map(|packet| packet.expect("no attachments to come").1)
}

/// A header, and what the decoder says of each attachment behind it.
fn with_attachments(text: &str, most: usize, count: usize) -> Result<Option<Payload>, DecodeError> {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.text(text, most)?, None);
    let mut packet = None;
    for n in 0..count {
        packet = decoder.binary(Bytes::from(vec![n as u8]))?;
    }
    Ok(packet.map(|(_, packet)| match packet {
        Packet::Event(_, payload, _) | Packet::Ack(_, payload) => payload,
        other => panic!("unexpected {other:?}"),
    }))
}

#[test]
fn the_number_of_attachments_is_held_against_the_limit() {
    let header = |count: usize| {
        let placeholders: Vec<_> =
            (0..count).map(|n| format!(r#"{{"_placeholder":true,"num":{n}}}"#)).collect();
        format!(r#"5{count}-["x",{}]"#, placeholders.join(","))
    };
    for most in [1, 2, 10, 100] {
        assert!(with_attachments(&header(most), most, most).unwrap().is_some(), "{most}");
        assert_eq!(with_attachments(&header(most + 1), most, 0), Err(DecodeError::Attachments), "{most}");
    }
    assert_eq!(with_attachments(&header(1), 0, 0), Err(DecodeError::Attachments));
    for count in ["0", "00", "-1", "+1", "1e1", "0x1", "1.0", " 1", "99999999999999999999999", "\u{0661}"] {
        let text = format!(r#"5{count}-["x",{{"_placeholder":true,"num":0}}]"#);
        assert_eq!(with_attachments(&text, 10, 0), Err(DecodeError::Attachments), "{count}");
    }
}

#[test]
fn attachments_do_not_gather_over_several_packets() {
    let one = r#"51-["x",{"_placeholder":true,"num":0}]"#;
    let mut decoder = Decoder::default();
    assert_eq!(decoder.text(one, 10), Ok(None));
    for _ in 0..3 {
        assert_eq!(decoder.text(one, 10), Err(DecodeError::TextForBinary));
    }
    let (_, packet) = decoder.binary(Bytes::from("a")).unwrap().expect("it was awaited");
    let Packet::Event(_, payload, _) = packet else { panic!("{packet:?}") };
    assert_eq!(payload.attachments(), ["a"]);
    assert_eq!(decoder.binary(Bytes::from("b")), Err(DecodeError::BinaryForText), "nothing is left of it");
}

#[test]
fn a_placeholder_is_found_wherever_it_is() {
    for json in [
        r#"["x",{"_placeholder":true,"num":1}]"#,
        r#"["x",{"num":1,"_placeholder":true}]"#,
        r#"["x",{"_placeholder":true,"num":0,"num":1}]"#,
        r#"["x",{"_placeholder":false,"num":9,"_placeholder":true}]"#,
        r#"["x",{"\u005fplaceholder":true,"n\u0075m":7}]"#,
        r#"["x",[[[{"a":{"b":[{"_placeholder":true,"num":-1}]}}]]]]"#,
        r#"["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":18446744073709551616}]"#,
        r#"["x",{"_placeholder":true,"num":{"_placeholder":true,"num":0}}]"#,
    ] {
        assert_eq!(with_attachments(&format!("51-{json}"), 10, 1), Err(DecodeError::Attachments), "{json}");
    }
    for json in [
        r#"["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]"#,
        r#"["x",{"_placeholder":false,"num":9}]"#,
        r#"["x",{"_placeholder":"true","num":9}]"#,
        r#"["x",{"_placeholder":1,"num":9}]"#,
        r#"["x",{"num":9}]"#,
        r#"["x"]"#,
    ] {
        assert!(with_attachments(&format!("51-{json}"), 10, 1).unwrap().is_some(), "{json}");
    }
}

#[test]
fn ids_are_whole_numbers_that_javascript_can_count() {
    for (digits, id) in
        [("0", 0), ("007", 7), ("1000000000", 1_000_000_000), ("9007199254740991", (1 << 53) - 1)]
    {
        let Ok(Packet::Event(_, _, Some(read))) = read(&format!(r#"2{digits}["x"]"#)) else {
            panic!("{digits}")
        };
        assert_eq!(read, id);
    }
    for digits in
        ["9007199254740992", "9007199254740993", "18446744073709551616", &"1".repeat(30), &"9".repeat(1000)]
    {
        assert_eq!(read(&format!(r#"2{digits}["x"]"#)), Err(DecodeError::AckId), "{digits}");
        assert_eq!(read(&format!(r#"3{digits}["x"]"#)), Err(DecodeError::AckId), "{digits}");
    }
    for digits in ["-1", "1e9", "1.5", " 1", "+1", "\u{0661}", "0x1"] {
        assert!(
            read(&format!(r#"2{digits}["x"]"#)).is_err_and(|error| error == DecodeError::Payload),
            "{digits}"
        );
    }
}

/// CVE-2020-36049 and its like: a decoder that goes back again and again takes minutes.
#[test]
fn megabytes_take_linear_time() {
    let start = Instant::now();
    let long = |piece: &str| piece.repeat(4_000_000 / piece.len());
    for text in [
        format!("0/{}", long("a")),
        format!("0/{}", long(",")),
        format!("2{}", long("1")),
        format!("5{}", long("1")),
        format!("51-/{}", long("/")),
        format!("2[{}", long("[")),
        format!("2[\"{}", long("\\\\")),
        format!("2[\"x\"{}]", long(",1")),
        format!("2[\"x\",{{{}}}]", long("\"num\":0,")),
        format!("0{{{}", long("\"a\":{")),
    ] {
        let _ = Decoder::default().text(&text, 10);
    }
    let placeholders = long(r#"{"_placeholder":true,"num":0},"#);
    assert!(with_attachments(&format!(r#"51-["x",{placeholders}0]"#), 10, 1).unwrap().is_some());
    for (body, count) in
        [("6\u{1e}".repeat(1_000_000) + "6", 1_000_001), ("\u{1e}".repeat(1_000_000), 1_000_001)]
    {
        assert_eq!(Payloads::new(&body, usize::MAX).count(), count);
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn attachments_in_any_number_never_panic(
        text in r#"[56][0-9]{0,3}-?(/[a-z]{0,3},)?[0-9]{0,3}\["x",\{"_placeholder":(true|1),"num":[0-9."-]{1,3}\}\]"#,
        count in 0..4_usize,
    ) {
        let mut decoder = Decoder::default();
        let _ = decoder.text(&text, 10);
        for _ in 0..count {
            let _ = decoder.binary(Bytes::from("bytes"));
        }
    }
}
