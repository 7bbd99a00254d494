//! What a test suite for servers tries, group by group: framing, control frames, reserved bits and
//! opcodes, fragments, sizes. Each input comes in one piece, in pieces of a prime size, and byte by byte.

use chorus_protocol::websocket::{Decoder, Error, MAX_FRAGMENTS, Role};

use crate::support::*;

/// Every way of arriving gives the same.
#[track_caller]
fn expect(input: &[u8], messages: &[Owned], error: Option<Error>) {
    for size in [input.len().max(1), 997, 7, 1] {
        let outcome = decode_chunks(&mut Decoder::new(Role::Server, 1 << 20), input.chunks(size));
        assert!(outcome == (messages.to_vec(), error), "in pieces of {size}: {:?}", outcome.1);
    }
}

fn text(text: &str) -> Owned {
    Owned::Text(text.into())
}

#[test]
fn messages_of_every_length_form_are_read() {
    for len in [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537] {
        expect(&frame(FIN | TEXT, &vec![b'*'; len]), &[text(&"*".repeat(len))], None);
        expect(&frame(FIN | BINARY, &vec![0xFE; len]), &[Owned::Binary(vec![0xFE; len])], None);
    }
}

#[test]
fn pings_carry_any_bytes_and_come_in_order() {
    let payloads = [&b""[..], b"Hello", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", &[0xFE; 125], b"\xed\xa0\x80"];
    for payload in payloads {
        expect(&frame(FIN | PING, payload), &[Owned::Ping(payload.into())], None);
        expect(&frame(FIN | PONG, payload), &[Owned::Pong(payload.into())], None);
    }
    let ten: Vec<_> = (0..10_u8).flat_map(|n| frame(FIN | PING, &[b'0' + n])).collect();
    let expected: Vec<_> = (0..10_u8).map(|n| Owned::Ping(vec![b'0' + n])).collect();
    expect(&ten, &expected, None);
    let unsolicited = [frame(FIN | PONG, b"unsolicited"), frame(FIN | PING, b"ping")].concat();
    expect(&unsolicited, &[Owned::Pong(b"unsolicited".into()), Owned::Ping(b"ping".into())], None);
    for opcode in [PING, PONG, CLOSE] {
        expect(&frame(FIN | opcode, &[0; 126]), &[], Some(Error::ControlTooLong));
        expect(&frame(FIN | opcode, &vec![0; 70_000]), &[], Some(Error::ControlTooLong));
    }
}

#[test]
fn any_reserved_bits_end_it_behind_what_was_sound() {
    let sound = frame(FIN | TEXT, b"first");
    for bits in 1..8 {
        for opcode in [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] {
            let input =
                [&sound[..], &frame(FIN | bits << 4 | opcode, b"x"), &frame(FIN | PING, b"late")].concat();
            expect(&input, &[text("first")], Some(Error::ReservedBits));
        }
    }
}

#[test]
fn any_reserved_opcode_ends_it_behind_what_was_sound() {
    let sound = frame(FIN | TEXT, b"first");
    for opcode in [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF] {
        for payload in [&b""[..], b"reserved opcode payload"] {
            for fin in [FIN, 0] {
                let input = [&sound[..], &frame(fin | opcode, payload), &sound[..]].concat();
                expect(&input, &[text("first")], Some(Error::ReservedOpcode(opcode)));
            }
        }
        let amid = [frame(TEXT, b"begun"), frame(FIN | opcode, b"")].concat();
        expect(&amid, &[], Some(Error::ReservedOpcode(opcode)));
    }
}

#[test]
fn fragments_of_control_frames_end_it() {
    for opcode in [PING, PONG, CLOSE] {
        let input = [frame(opcode, b"frag"), frame(FIN, b"ment")].concat();
        expect(&input, &[], Some(Error::ControlFragmented));
    }
}

#[test]
fn continuations_go_on_with_what_was_begun_and_with_nothing_else() {
    let stray = Some(Error::UnexpectedContinuation);
    for fin in [FIN, 0] {
        expect(&[frame(fin, b"nothing"), frame(FIN | TEXT, b"late")].concat(), &[], stray);
        let behind =
            [frame(TEXT, b"frag"), frame(FIN, b"ment"), frame(fin, b"nothing"), frame(FIN | TEXT, b"late")];
        expect(&behind.concat(), &[text("fragment")], stray);
        let round = [frame(fin, b"nothing"), frame(TEXT, b"frag"), frame(FIN, b"ment")].concat();
        expect(&round.repeat(2), &[], stray);
    }
    let other = [frame(TEXT, b"frag"), frame(FIN | TEXT, b"ment")].concat();
    expect(&other, &[], Some(Error::InterruptedMessage));
}

#[test]
fn pings_between_fragments_overtake_the_message() {
    let mut input = frame(TEXT, b"1");
    for n in 2..=5 {
        input.extend(frame(FIN | PING, format!("ping {n}").as_bytes()));
        input.extend(frame(if n == 5 { FIN } else { CONTINUATION }, n.to_string().as_bytes()));
    }
    let mut expected: Vec<_> = (2..=5).map(|n| Owned::Ping(format!("ping {n}").into())).collect();
    expected.push(text("12345"));
    let twice = [expected.clone(), expected].concat();
    expect(&input.repeat(2), &twice, None);
}

/// A large message in fragments and pieces of many sizes; more fragments than are allowed end it.
#[test]
fn large_messages_are_read_in_fragments_of_any_size() {
    const SIZE: usize = 4 << 20;
    let payload: Vec<u8> = (0..SIZE).map(|n| b'a' + (n % 26) as u8).collect();
    for opcode in [TEXT, BINARY] {
        for fragment in [64, 256, 1_300, 4_096, 65_536, SIZE] {
            let mut input = Vec::with_capacity(SIZE + SIZE / 8);
            let count = SIZE.div_ceil(fragment);
            for (n, piece) in payload.chunks(fragment).enumerate() {
                let first = if n == 0 { opcode } else { CONTINUATION };
                input.extend(frame(first | if n + 1 == count { FIN } else { 0 }, piece));
            }
            let mut decoder = Decoder::new(Role::Server, SIZE);
            let (messages, error) = decode_chunks(&mut decoder, input.chunks(65_536));
            if count > usize::from(MAX_FRAGMENTS) {
                assert_eq!((messages.len(), error), (0, Some(Error::TooManyFragments)), "{fragment}");
                continue;
            }
            assert_eq!((messages.len(), error), (1, None), "{fragment}");
            let read = match &messages[0] {
                Owned::Text(text) => text.as_bytes(),
                Owned::Binary(bytes) => bytes,
                other => panic!("unexpected {other:?}"),
            };
            assert!(read == payload, "in fragments of {fragment}");
            assert_eq!(decoder.buffered(), 0);
        }
    }
    let whole = frame(FIN | BINARY, &payload);
    for piece in [64, 1_024, 65_536] {
        let (messages, error) = decode_chunks(&mut Decoder::new(Role::Server, SIZE), whole.chunks(piece));
        assert_eq!((messages.len(), error), (1, None), "in pieces of {piece}");
    }
}
