//! Text, as strict as RFC 3629 and as early as it can be known (RFC 6455, section 8.1). The sequences
//! are those of the well-known stress test for decoders.

use chorus_protocol::websocket::{Decoder, Error, Role};
use proptest::{collection::vec, prelude::*};

use crate::support::*;

/// How many bytes of an unfinished message are taken before it is refused; all, if it never is.
fn taken(payload: &[u8], fragment: bool) -> usize {
    let mut decoder = Decoder::new(Role::Server, 1 << 20);
    let header = 6;
    let mut first = true;
    for (n, byte) in payload.iter().enumerate() {
        let input = if fragment {
            frame(if first { TEXT } else { CONTINUATION }, &[*byte])
        } else {
            // a frame of which more is to come
            let whole = frame(TEXT, &[payload, b"and no end"].concat());
            if first { whole[..=header].to_vec() } else { whole[header + n..=header + n].to_vec() }
        };
        first = false;
        match decode_chunks(&mut decoder, [&input[..]]).1 {
            Some(Error::InvalidUtf8) => return n,
            Some(other) => panic!("unexpected {other:?}"),
            None => {}
        }
    }
    payload.len()
}

/// Where a byte makes it impossible to go on to valid text.
fn impossible_at(payload: &[u8]) -> usize {
    let hopeless =
        |end: &usize| str::from_utf8(&payload[..*end]).is_err_and(|error| error.error_len().is_some());
    (1..=payload.len()).find(hopeless).map_or(payload.len(), |end| end - 1)
}

#[track_caller]
fn check(payload: &[u8]) {
    let valid = str::from_utf8(payload).is_ok();
    let expected = match str::from_utf8(payload) {
        Ok(text) => (vec![Owned::Text(text.into())], None),
        Err(_) => (vec![], Some(Error::InvalidUtf8)),
    };
    assert_eq!(decode(&frame(FIN | TEXT, payload)), expected, "{payload:x?}");
    assert_eq!(decode_bytewise(&frame(FIN | TEXT, payload)), expected, "{payload:x?}");
    for cut in 0..=payload.len() {
        let input = [frame(TEXT, &payload[..cut]), frame(FIN, &payload[cut..])].concat();
        assert_eq!(decode(&input), expected, "{payload:x?} cut at {cut}");
    }
    if payload.len() <= 100 {
        let at = impossible_at(payload);
        assert_eq!(taken(payload, true), at, "{payload:x?} in fragments");
        assert_eq!(taken(payload, false), at, "{payload:x?} in a frame");
        assert!(!valid || at == payload.len());
    }
}

#[test]
fn text_of_the_first_and_last_characters_of_each_length_is_taken() {
    for code in [
        0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x1_0000, 0x1_FFFE, 0x10_FFFE,
        0x10_FFFF,
    ] {
        let text = char::from_u32(code).unwrap().to_string();
        check(text.as_bytes());
        check(format!("\u{3ba}\u{1f79}{text}\u{3c3}").as_bytes());
    }
    check("Hello-\u{b5}@\u{df}\u{f6}\u{e4}\u{fc}\u{e0}\u{e1}-UTF-8!!".as_bytes());
}

#[test]
fn sequences_that_are_none_are_refused() {
    let cases: [&[u8]; 36] = [
        // beyond the last character, and of five and six bytes
        b"\xf4\x90\x80\x80",
        b"\xf7\xbf\xbf\xbf",
        b"\xf8\x88\x80\x80\x80",
        b"\xfb\xbf\xbf\xbf\xbf",
        b"\xfc\x84\x80\x80\x80\x80",
        b"\xfd\xbf\xbf\xbf\xbf\xbf",
        b"\xfe",
        b"\xff",
        b"\xfe\xfe\xff\xff",
        // continuations of nothing
        b"\x80",
        b"\xbf",
        b"\x80\xbf",
        b"\x80\xbf\x80\xbf\x80\xbf",
        b"a\x80b",
        // begun and not ended
        b"\xc0",
        b"\xc3",
        b"\xe0\x80",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\xf0\x80\x80",
        b"\xdf \xdf ",
        b"\xef\xbf \xef\xbf ",
        b"\xc3\xe2\x82\xf0\x9f\x98",
        // longer than need be
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xf0\x80\x80\xaf",
        b"\xc1\xbf",
        b"\xe0\x9f\xbf",
        b"\xf0\x8f\xbf\xbf",
        b"\xc0\x80",
        b"\xe0\x80\x80",
        // halves of pairs, alone and together
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xed\xa0\x80\xed\xb0\x80",
        b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80edited",
        b"\xce\xba\xe1\xbd\xb9\xf4\x90\x80\x80edited",
    ];
    for case in cases {
        assert!(str::from_utf8(case).is_err(), "{case:x?}");
        check(case);
    }
    for byte in 0x80..=0xFF {
        check(&[byte]);
        check(&[byte, b' ']);
    }
}

#[test]
fn every_pair_of_bytes_is_judged_as_the_standard_library_does() {
    for one in 0..=0xFF {
        for other in 0..=0xFF {
            let payload = [one, other];
            assert_eq!(decode(&frame(FIN | TEXT, &payload)).1.is_none(), str::from_utf8(&payload).is_ok());
            assert_eq!(taken(&payload, true), impossible_at(&payload), "{payload:x?}");
        }
    }
}

/// The fault is behind kilobytes of sound text, across the steps of a vectorised check.
#[test]
fn a_late_fault_is_found_where_it_is() {
    for before in [62, 63, 64, 127, 128, 4_095, 4_096] {
        for fault in [&b"\xff"[..], b"\xed\xa0", b"\xf4\x90", b"\xc0"] {
            let payload = [&vec![b'x'; before][..], fault].concat();
            let sound = [&vec![b'x'; before][..], &fault[..fault.len() - 1]].concat();
            let outcome = |payload: &[u8]| decode(&frame(TEXT, payload));
            assert_eq!(outcome(&payload), (vec![], Some(Error::InvalidUtf8)), "{before} {fault:x?}");
            assert_eq!(outcome(&sound), (vec![], None), "{before} {fault:x?}");
        }
    }
}

proptest! {
    #[test]
    fn nearly_text_is_judged_as_the_standard_library_does(
        pieces in vec(prop_oneof![
            4 => "\\PC{0,4}".prop_map(String::into_bytes),
            1 => vec(any::<u8>(), 0..4),
        ], 0..8),
    ) {
        check(&pieces.concat());
    }
}
