//! RFC 6455 rule by rule, each with input in one piece and byte by byte.

use chorus_protocol::websocket::{Decoder, Error, Opcode, Role, encode, encode_close, encode_masked};

use crate::support::*;

fn text(text: &str) -> Owned {
    Owned::Text(text.into())
}

/// Both ways of arriving give the same.
#[track_caller]
fn expect(input: &[u8], messages: &[Owned], error: Option<Error>) {
    assert_eq!(decode(input), (messages.to_vec(), error), "in one piece");
    assert_eq!(decode_bytewise(input), (messages.to_vec(), error), "byte by byte");
}

#[track_caller]
fn expect_error(input: &[u8], error: Error, code: u16) {
    expect(input, &[], Some(error));
    assert_eq!(error.close_code(), code);
}

mod section_5_7 {
    use super::*;

    #[track_caller]
    fn client(input: &[u8], expected: Owned) {
        let whole = decode_chunks(&mut Decoder::new(Role::Client, 1 << 20), [input]);
        let bytewise = decode_chunks(&mut Decoder::new(Role::Client, 1 << 20), input.chunks(1));
        assert_eq!(whole, (vec![expected], None));
        assert_eq!(bytewise, whole);
    }

    #[test]
    fn unmasked_text() {
        let bytes = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
        client(&bytes, text("Hello"));
        let mut encoded = Vec::new();
        encode(Opcode::Text, b"Hello", &mut encoded);
        assert_eq!(encoded, bytes);
    }

    #[test]
    fn masked_text() {
        let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        expect(&bytes, &[text("Hello")], None);
        let mut encoded = Vec::new();
        encode_masked(Opcode::Text, b"Hello", KEY, &mut encoded);
        assert_eq!(encoded, bytes);
    }

    #[test]
    fn fragmented_unmasked_text() {
        client(&[0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f], text("Hello"));
    }

    #[test]
    fn ping_and_masked_pong() {
        client(&[0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], Owned::Ping(b"Hello".into()));
        let pong = [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        expect(&pong, &[Owned::Pong(b"Hello".into())], None);
    }

    #[test]
    fn binary_of_256_bytes_and_of_64_kib() {
        for (header, len) in
            [(&[0x82, 0x7E, 0x01, 0x00][..], 0x100), (&[0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0], 0x1_0000)]
        {
            let payload = vec![0xA5; len];
            let mut encoded = Vec::new();
            encode(Opcode::Binary, &payload, &mut encoded);
            assert!(encoded.starts_with(header));
            client(&encoded, Owned::Binary(payload));
        }
    }
}

#[test]
fn reserved_bits_are_refused() {
    for bit in [0x40, 0x20, 0x10] {
        for first in [FIN | TEXT, FIN | BINARY, FIN | PING, FIN | CLOSE, TEXT] {
            expect_error(&frame(first | bit, b"x"), Error::ReservedBits, 1002);
        }
    }
}

#[test]
fn reserved_opcodes_are_refused() {
    for opcode in [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF] {
        expect_error(&frame(FIN | opcode, b""), Error::ReservedOpcode(opcode), 1002);
    }
}

#[test]
fn a_server_refuses_unmasked_frames() {
    expect_error(&[FIN | TEXT, 1, b'x'], Error::Unmasked, 1002);
    expect_error(&[FIN | PING, 0], Error::Unmasked, 1002);
}

#[test]
fn a_client_refuses_masked_frames() {
    let mut decoder = Decoder::new(Role::Client, 100);
    let outcome = decode_chunks(&mut decoder, [&frame(FIN | TEXT, b"x")[..]]);
    assert_eq!(outcome, (vec![], Some(Error::Masked)));
}

#[test]
fn control_frames_are_short_and_whole() {
    expect(&frame(FIN | PING, &[7; 125]), &[Owned::Ping(vec![7; 125])], None);
    expect_error(&frame(FIN | PING, &[7; 126]), Error::ControlTooLong, 1002);
    expect_error(&long_header(FIN | CLOSE, 1 << 40), Error::ControlTooLong, 1002);
    for opcode in [PING, PONG, CLOSE] {
        expect_error(&frame(opcode, b""), Error::ControlFragmented, 1002);
    }
}

#[test]
fn a_continuation_needs_a_first_fragment() {
    expect_error(&frame(FIN, b"x"), Error::UnexpectedContinuation, 1002);
    expect_error(&frame(CONTINUATION, b"x"), Error::UnexpectedContinuation, 1002);
    let after_a_whole_one = [frame(FIN | TEXT, b"a"), frame(FIN, b"b")].concat();
    expect(&after_a_whole_one, &[text("a")], Some(Error::UnexpectedContinuation));
}

#[test]
fn a_message_may_not_begin_amid_another() {
    for first in [TEXT, FIN | TEXT, BINARY, FIN | BINARY] {
        let input = [frame(TEXT, b"a"), frame(first, b"b")].concat();
        expect_error(&input, Error::InterruptedMessage, 1002);
    }
}

#[test]
fn control_frames_amid_fragments_are_delivered_at_once() {
    let begun = [frame(TEXT, b"a"), frame(FIN | PING, b"p"), frame(CONTINUATION, b"")].concat();
    expect(&begun, &[Owned::Ping(b"p".into())], None);
    let ended = [begun, frame(FIN | PONG, b""), frame(FIN, b"b"), frame(FIN | BINARY, b"c")].concat();
    let expected = [Owned::Ping(b"p".into()), Owned::Pong(vec![]), text("ab"), Owned::Binary(b"c".into())];
    expect(&ended, &expected, None);
}

#[test]
fn a_close_amid_fragments_ends_it() {
    let input = [frame(TEXT, b"a"), frame(FIN | CLOSE, b""), frame(FIN, b"b")].concat();
    expect(&input, &[Owned::Close(None)], None);
}

#[test]
fn lengths_are_minimal_and_below_2_to_the_63() {
    for short in [0_u16, 1, 125] {
        let bytes = [&[FIN | BINARY, 0x80 | 0x7E][..], &short.to_be_bytes(), &KEY].concat();
        expect_error(&bytes, Error::InvalidLength, 1002);
    }
    for length in [0, 125, 126, 0xFFFF, 1 << 63, u64::MAX] {
        expect_error(&long_header(FIN | BINARY, length), Error::InvalidLength, 1002);
    }
    let least = [frame(FIN | BINARY, &[0; 126]), frame(FIN | BINARY, &vec![0; 0x1_0000])].concat();
    assert_eq!(decode(&least).1, None);
}

#[test]
fn messages_may_be_empty() {
    let input = [frame(FIN | TEXT, b""), frame(BINARY, b""), frame(FIN, b"")].concat();
    expect(&input, &[text(""), Owned::Binary(vec![])], None);
}

#[test]
fn text_must_be_utf8() {
    for invalid in [&b"\xff"[..], b"a\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe2\x82"] {
        expect_error(&frame(FIN | TEXT, invalid), Error::InvalidUtf8, 1007);
    }
}

#[test]
fn text_may_be_cut_within_a_character() {
    for character in ["é", "€", "𝄞"] {
        for place in 1..character.len() {
            let (front, back) = character.as_bytes().split_at(place);
            let input = [frame(TEXT, front), frame(CONTINUATION, b""), frame(FIN, back)].concat();
            expect(&input, &[text(character)], None);
        }
    }
    let cut_for_good = [frame(TEXT, b"a\xe2"), frame(FIN, b"\x82")].concat();
    expect_error(&cut_for_good, Error::InvalidUtf8, 1007);
}

#[test]
fn invalid_text_fails_before_its_message_ends() {
    expect_error(&frame(TEXT, b"abc\xed\xa0"), Error::InvalidUtf8, 1007);
    expect_error(&[frame(TEXT, b"\xf4"), frame(CONTINUATION, b"\x90")].concat(), Error::InvalidUtf8, 1007);
    let amid_a_frame = &frame(FIN | TEXT, &[b"ok\xff"[..].to_vec(), vec![b'x'; 1000]].concat())[..8 + 3];
    expect_error(amid_a_frame, Error::InvalidUtf8, 1007);
}

#[test]
fn binary_need_not_be_utf8() {
    expect(&[frame(BINARY, b"\xff"), frame(FIN, b"\xc0")].concat(), &[Owned::Binary(vec![0xff, 0xc0])], None);
}

#[test]
fn close_may_carry_a_code_and_a_reason() {
    expect(&frame(FIN | CLOSE, b""), &[Owned::Close(None)], None);
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4999] {
        let payload = [&u16::to_be_bytes(code)[..], "wörter".as_bytes()].concat();
        expect(&frame(FIN | CLOSE, &payload), &[Owned::Close(Some((code, "wörter".into())))], None);
    }
}

#[test]
fn close_payloads_are_checked() {
    expect_error(&frame(FIN | CLOSE, b"\x03"), Error::ClosePayload, 1002);
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, u16::MAX] {
        expect_error(&frame(FIN | CLOSE, &code.to_be_bytes()), Error::CloseCode(code), 1002);
    }
    expect_error(&frame(FIN | CLOSE, b"\x03\xe8\xce\xba\xff"), Error::InvalidUtf8, 1007);
}

#[test]
fn what_follows_a_close_is_ignored() {
    let closed = [frame(FIN | CLOSE, b""), frame(FIN | TEXT, b"late"), vec![0xff; 100]].concat();
    expect(&closed, &[Owned::Close(None)], None);
}

#[test]
fn what_follows_an_error_is_ignored() {
    let mut decoder = Decoder::new(Role::Server, 100);
    let whole = frame(FIN | TEXT, b"late");
    let broken = [frame(TEXT, b"kept"), frame(FIN | 3, b""), whole.clone()].concat();
    assert_eq!(decode_chunks(&mut decoder, [&broken[..]]), (vec![], Some(Error::ReservedOpcode(3))));
    assert_eq!(decoder.buffered(), 0);
    assert_eq!(decode_chunks(&mut decoder, [&whole[..]]), (vec![], None));
}

#[test]
fn a_close_of_ours_is_cut_to_what_fits() {
    let mut bytes = Vec::new();
    encode_close(1001, &"ü".repeat(100), &mut bytes);
    let outcome = decode_chunks(&mut Decoder::new(Role::Client, 100), [&bytes[..]]);
    assert_eq!(outcome, (vec![Owned::Close(Some((1001, "ü".repeat(61))))], None));
}
