//! What a peer can make the decoder hold, and for how long.

use std::time::{Duration, Instant};

use chorus_protocol::websocket::{Decoder, Error, MAX_FRAGMENTS, Message, Role};

use crate::support::*;

/// What an unfinished message costs beyond its bytes.
const FIXED: usize = 256;

#[test]
fn the_decoder_itself_is_small() {
    assert!(size_of::<Decoder>() <= 32);
}

#[test]
fn the_limit_itself_is_accepted_and_one_more_is_not() {
    let decode = |input: &[u8]| decode_chunks(&mut Decoder::new(Role::Server, 1000), [input]).1;
    assert_eq!(decode(&frame(FIN | BINARY, &[0; 1000])), None);
    assert_eq!(decode(&frame(FIN | BINARY, &[0; 1001])), Some(Error::TooBig));
    let two = |len| [frame(BINARY, &[0; 400]), frame(FIN, &vec![0; len])].concat();
    assert_eq!(decode(&two(600)), None);
    assert_eq!(decode(&two(601)), Some(Error::TooBig));
    assert_eq!(Error::TooBig.close_code(), 1009);
}

#[test]
fn a_message_too_big_is_refused_by_its_header() {
    for length in [1 << 20, (1 << 63) - 1] {
        let mut decoder = Decoder::new(Role::Server, 1000);
        let outcome = decode_chunks(&mut decoder, [&long_header(FIN | BINARY, length)[..]]);
        assert_eq!(outcome, (vec![], Some(Error::TooBig)));
        assert_eq!(decoder.buffered(), 0);
    }
}

#[test]
fn a_limit_below_a_ping_does_not_refuse_pings() {
    let outcome = decode_chunks(&mut Decoder::new(Role::Server, 10), [&frame(FIN | PING, &[0; 100])[..]]);
    assert_eq!(outcome, (vec![Owned::Ping(vec![0; 100])], None));
}

#[test]
fn a_declared_length_allocates_nothing() {
    let mut decoder = Decoder::new(Role::Server, 1 << 40);
    decode_chunks(&mut decoder, [&long_header(FIN | BINARY, 1 << 40)[..]]);
    assert!(decoder.buffered() <= FIXED, "{}", decoder.buffered());
    decode_chunks(&mut decoder, [&[0; 1000][..]]);
    assert!(decoder.buffered() <= FIXED + 2 * 1000, "{}", decoder.buffered());
}

#[test]
fn the_buffer_never_outgrows_the_limit() {
    let mut decoder = Decoder::new(Role::Server, 100_000);
    for _ in 0..100 {
        let input = if decoder.buffered() == 0 { frame(BINARY, &[0; 1000]) } else { frame(0, &[0; 1000]) };
        decode_chunks(&mut decoder, input.chunks(300));
    }
    assert!(decoder.buffered() <= FIXED + 100_000, "{}", decoder.buffered());
}

#[test]
fn whole_frames_are_lent_from_the_input() {
    let mut bytes = [frame(FIN | TEXT, b"first"), frame(FIN | BINARY, b"second")].concat();
    let range = bytes.as_ptr_range();
    let mut decoder = Decoder::new(Role::Server, 100);
    let mut input = &mut bytes[..];
    for _ in 0..2 {
        let message = decoder.decode(&mut input).unwrap().unwrap();
        let payload = match message {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) => bytes,
            other => panic!("unexpected {other:?}"),
        };
        assert!(range.contains(&payload.as_ptr()));
        assert_eq!(decoder.buffered(), 0);
    }
}

#[test]
fn nothing_is_held_once_a_message_is_consumed() {
    let input = [frame(TEXT, b"in "), frame(FIN | PING, b"ping"), frame(FIN, b"pieces")].concat();
    for size in 1..input.len() {
        let mut decoder = Decoder::new(Role::Server, 100);
        let (messages, error) = decode_chunks(&mut decoder, input.chunks(size));
        assert_eq!((messages.len(), error), (2, None));
        assert_eq!(decoder.buffered(), 0, "in chunks of {size}");
    }
}

#[test]
fn fragments_are_counted() {
    let most = usize::from(MAX_FRAGMENTS);
    let mut input = frame(BINARY, b"");
    input.extend(frame(CONTINUATION, b"").repeat(most - 2));
    let accepted = [input.clone(), frame(FIN, b"")].concat();
    assert_eq!(decode(&accepted), (vec![Owned::Binary(vec![])], None));
    input.extend(frame(CONTINUATION, b"").repeat(2));
    assert_eq!(decode(&input), (vec![], Some(Error::TooManyFragments)));
    assert_eq!(Error::TooManyFragments.close_code(), 1008);
}

/// A quadratic decoder takes minutes; the bound leaves room for a slow, busy machine.
#[test]
fn input_byte_by_byte_takes_linear_time() {
    let start = Instant::now();
    let text = "€".repeat(300_000);
    assert_eq!(decode_bytewise(&frame(FIN | TEXT, text.as_bytes())).0, [Owned::Text(text)]);
    let mut fragments = frame(TEXT, b"x");
    fragments.extend(frame(CONTINUATION, b"y").repeat(usize::from(MAX_FRAGMENTS) - 2));
    fragments.extend(frame(FIN, b"z"));
    assert_eq!(decode_bytewise(&fragments).0.len(), 1);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
