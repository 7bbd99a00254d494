//! The end of a connection: every code, every length, and what may not follow.

use chorus_protocol::websocket::{Decoder, Error, Role, encode_close};

use crate::support::*;

/// What was registered for the wire by 2026, and what is free (RFC 6455, sections 7.4.1 and 7.4.2).
fn may_be_sent(code: u16) -> bool {
    const REGISTERED: [u16; 12] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
    REGISTERED.contains(&code) || (3000..5000).contains(&code)
}

#[test]
fn every_code_is_taken_or_refused() {
    for code in 0..=u16::MAX {
        let expected = if may_be_sent(code) {
            (vec![Owned::Close(Some((code, String::new())))], None)
        } else {
            (vec![], Some(Error::CloseCode(code)))
        };
        assert_eq!(decode(&frame(FIN | CLOSE, &code.to_be_bytes())), expected, "{code}");
        assert_eq!(Error::CloseCode(code).close_code(), 1002);
    }
}

#[test]
fn payloads_of_every_length_are_taken_or_refused() {
    for len in 0..=130 {
        let payload: Vec<u8> = [&1000_u16.to_be_bytes()[..], &[b'*'; 130]].concat()[..len].into();
        let (messages, error) = decode_bytewise(&frame(FIN | CLOSE, &payload));
        match len {
            0 => assert_eq!(messages, [Owned::Close(None)]),
            1 => assert_eq!(error, Some(Error::ClosePayload)),
            2..=125 => assert_eq!(messages, [Owned::Close(Some((1000, "*".repeat(len - 2))))]),
            _ => assert_eq!(error, Some(Error::ControlTooLong)),
        }
    }
}

#[test]
fn reasons_are_utf8() {
    for reason in [
        &b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"[..],
        b"\xff",
        b"\xe2\x82",
        b"\xc0\x80",
    ] {
        let payload = [&1000_u16.to_be_bytes()[..], reason].concat();
        assert_eq!(decode(&frame(FIN | CLOSE, &payload)), (vec![], Some(Error::InvalidUtf8)), "{reason:x?}");
    }
}

#[test]
fn nothing_behind_a_close_is_read() {
    let close = frame(FIN | CLOSE, b"\x03\xe8bye");
    let expected = vec![Owned::Text("before".into()), Owned::Close(Some((1000, "bye".into())))];
    let behind = [
        frame(FIN | CLOSE, b""),
        frame(FIN | PING, b"ping"),
        frame(FIN | TEXT, b"text"),
        frame(FIN, b"continuation"),
        frame(FIN | BINARY, &vec![0; 262_144]),
        vec![0xFF; 1000],
    ];
    for behind in behind {
        let input = [&frame(FIN | TEXT, b"before")[..], &close, &behind].concat();
        for size in [input.len(), 13, 1] {
            let mut decoder = Decoder::new(Role::Server, 1 << 20);
            assert_eq!(decode_chunks(&mut decoder, input.chunks(size)), (expected.clone(), None));
            assert_eq!(decoder.buffered(), 0);
        }
    }
}

#[test]
fn a_close_amid_a_message_ends_both() {
    let input = [frame(TEXT, b"never "), frame(FIN | CLOSE, b"\x03\xe8"), frame(FIN, b"ended")].concat();
    let mut decoder = Decoder::new(Role::Server, 1 << 20);
    let expected = vec![Owned::Close(Some((1000, String::new())))];
    assert_eq!(decode_chunks(&mut decoder, input.chunks(1)), (expected, None));
    assert_eq!(decoder.buffered(), 0, "what was begun is forgotten");
}

/// CVE-2026-45736: a close frame carries what was given and nothing besides.
#[test]
fn a_close_of_ours_is_code_and_reason() {
    for reason in ["", "x", "\u{fc}", &"r".repeat(123)] {
        let mut bytes = Vec::new();
        encode_close(1001, reason, &mut bytes);
        let expected = [&[FIN | CLOSE, 2 + reason.len() as u8, 3, 0xE9], reason.as_bytes()].concat();
        assert_eq!(bytes, expected);
    }
}
