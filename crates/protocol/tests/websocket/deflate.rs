//! Compressed messages (RFC 7692).

use std::time::{Duration, Instant};

use chorus_protocol::websocket::{
    self, Decoder, Error, Opcode, Role,
    deflate::{Agreement, Config, Context, Deflater, WindowBits, negotiate},
};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use proptest::{collection::vec, prelude::*, sample::Index};

use crate::support::*;

const RSV1: u8 = 0x40;

/// "Hello" as in section 7.2.3.1.
const HELLO: [u8; 7] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];

fn keeping() -> Config {
    Config { server_context: Context::Keep, client_context: Context::Keep, ..Config::default() }
}

fn agreed(config: &Config) -> Agreement {
    negotiate("permessage-deflate; client_max_window_bits", config).unwrap()
}

fn decoder(config: &Config) -> Decoder {
    Decoder::with_deflate(Role::Server, 1 << 20, agreed(config))
}

fn read(input: &[u8]) -> (Vec<Owned>, Option<Error>) {
    decode_chunks(&mut decoder(&Config::default()), [input])
}

fn hello() -> Owned {
    Owned::Text("Hello".into())
}

/// A payload compressed by itself, as a client does.
fn compressed(payload: &[u8]) -> Vec<u8> {
    let mut stream = Compress::new(Compression::default(), false);
    in_context(&mut stream, payload)
}

fn in_context(stream: &mut Compress, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() * 2 + 100);
    stream.compress_vec(payload, &mut out, FlushCompress::Sync).unwrap();
    assert!(out.ends_with(&[0, 0, 0xFF, 0xFF]));
    out.truncate(out.len() - 4);
    out
}

#[test]
fn reads_the_vectors_of_section_7_2_3() {
    let one_of = |payload: &[u8]| read(&frame(FIN | RSV1 | TEXT, payload));
    let vectors: [&[u8]; 4] = [
        &HELLO,
        &[0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
        &[0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
        &[0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
    ];
    for payload in vectors {
        assert_eq!(one_of(payload), (vec![hello()], None), "{payload:x?}");
    }
    assert_eq!(one_of(&[0x00]), (vec![Owned::Text(String::new())], None), "section 7.2.3.6");
    let fragments = [frame(RSV1 | TEXT, &HELLO[..3]), frame(FIN, &HELLO[3..])].concat();
    assert_eq!(read(&fragments), (vec![hello()], None));
}

#[test]
fn a_context_that_is_kept_goes_on_with_the_next_message() {
    let second = [0xF2, 0x00, 0x11, 0x00, 0x00];
    let input = [frame(FIN | RSV1 | TEXT, &HELLO), frame(FIN | RSV1 | TEXT, &second)].concat();
    assert_eq!(decode_chunks(&mut decoder(&keeping()), [&input[..]]), (vec![hello(), hello()], None));
    let (messages, error) = read(&input);
    assert_eq!(
        (messages, error),
        (vec![hello()], Some(Error::InvalidDeflate)),
        "without, it refers to nothing"
    );
}

#[test]
fn a_final_block_does_not_end_the_connection() {
    let finals = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];
    let input = frame(FIN | RSV1 | TEXT, &finals).repeat(3);
    for config in [keeping(), Config::default()] {
        let outcome = decode_chunks(&mut decoder(&config), [&input[..]]);
        assert_eq!(outcome, (vec![hello(); 3], None));
    }
}

#[test]
fn plain_messages_are_read_as_ever() {
    let input = [
        frame(FIN | TEXT, b"plain"),
        frame(FIN | RSV1 | TEXT, &HELLO),
        frame(RSV1 | BINARY, &compressed(b"binary")),
        frame(FIN | PING, b"ping"),
        frame(FIN, b""),
        frame(FIN | CLOSE, &[]),
    ]
    .concat();
    let expected = vec![
        Owned::Text("plain".into()),
        hello(),
        Owned::Ping(b"ping".to_vec()),
        Owned::Binary(b"binary".to_vec()),
        Owned::Close(None),
    ];
    for size in 1..input.len() {
        let mut decoder = decoder(&keeping());
        assert_eq!(decode_chunks(&mut decoder, input.chunks(size)), (expected.clone(), None));
        assert_eq!(decoder.buffered(), 0);
    }
}

#[test]
fn the_bit_is_for_the_first_frame_of_a_message_and_only_when_negotiated() {
    let inputs = [
        frame(FIN | RSV1 | PING, b""),
        frame(FIN | RSV1 | PONG, b""),
        frame(FIN | RSV1 | CLOSE, b""),
        [frame(TEXT, b"a"), frame(FIN | RSV1, b"b")].concat(),
        [frame(RSV1 | TEXT, &HELLO[..3]), frame(FIN | RSV1, &HELLO[3..])].concat(),
        frame(FIN | 0x20 | TEXT, &HELLO),
        frame(FIN | RSV1 | 0x10 | TEXT, &HELLO),
        frame(FIN | RSV1 | 0x3, &HELLO),
    ];
    for input in inputs {
        assert_eq!(read(&input), (vec![], Some(Error::ReservedBits)), "{input:x?}");
    }
    assert_eq!(decode(&frame(FIN | RSV1 | TEXT, &HELLO)), (vec![], Some(Error::ReservedBits)));
    assert_eq!(Error::ReservedBits.close_code(), 1002);
}

#[test]
fn what_cannot_be_inflated_is_refused() {
    for payload in [&[0xFF; 10][..], &[0x06], &[0x00, 0x05, 0x00, 0x00, 0x00]] {
        assert_eq!(
            read(&frame(FIN | RSV1 | BINARY, payload)),
            (vec![], Some(Error::InvalidDeflate)),
            "{payload:x?}"
        );
    }
    assert_eq!(Error::InvalidDeflate.close_code(), 1007);
}

#[test]
fn text_is_checked_when_it_is_inflated() {
    let invalid = compressed(b"ok \xFF");
    assert_eq!(read(&frame(FIN | RSV1 | TEXT, &invalid)), (vec![], Some(Error::InvalidUtf8)));
    // what is compressed need not be text, also in fragments
    let input: Vec<u8> = compressed("€".repeat(20).as_bytes());
    let fragments = [frame(RSV1 | TEXT, &input[..5]), frame(FIN, &input[5..])].concat();
    assert_eq!(read(&fragments), (vec![Owned::Text("€".repeat(20))], None));
}

#[test]
fn a_bomb_is_inflated_no_further_than_the_limit() {
    let mut stream = Compress::new(Compression::best(), false);
    let mut bomb = Vec::with_capacity(1 << 20);
    for _ in 0..128 {
        stream.compress_vec(&vec![0; 1 << 20], &mut bomb, FlushCompress::None).unwrap();
    }
    stream.compress_vec(&[], &mut bomb, FlushCompress::Sync).unwrap();
    assert!(bomb.len() < 150_000, "128 MiB in {} bytes", bomb.len());
    let mut decoder = Decoder::with_deflate(Role::Server, 150_000, agreed(&Config::default()));
    let start = Instant::now();
    let outcome = decode_chunks(&mut decoder, [&frame(FIN | RSV1 | BINARY, &bomb)[..]]);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(outcome, (vec![], Some(Error::TooBig)));
    assert_eq!(decoder.buffered(), 0);
}

#[test]
fn the_limit_itself_is_accepted_and_one_more_is_not() {
    for most in [1, 255, 256, 257, 1000, 100_000] {
        let read = |len| {
            let mut decoder = Decoder::with_deflate(Role::Server, most, agreed(&Config::default()));
            decode_chunks(&mut decoder, [&frame(FIN | RSV1 | BINARY, &compressed(&vec![7; len]))[..]])
        };
        if most > 100 {
            assert_eq!(read(most), (vec![Owned::Binary(vec![7; most])], None), "{most}");
        }
        assert_eq!(read(most + 1), (vec![], Some(Error::TooBig)), "{most}");
    }
}

#[test]
fn endless_final_blocks_are_refused() {
    let start = Instant::now();
    let input = frame(FIN | RSV1 | BINARY, &[0x03, 0x00].repeat(500_000));
    assert_eq!(read(&input), (vec![], Some(Error::InvalidDeflate)));
    let few = frame(FIN | RSV1 | BINARY, &[0x03, 0x00].repeat(8));
    assert_eq!(read(&few), (vec![Owned::Binary(vec![])], None));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn tiny_blocks_without_output_take_linear_time() {
    let start = Instant::now();
    let input = frame(FIN | RSV1 | BINARY, &[0, 0, 0, 0xFF, 0xFF].repeat(200_000));
    assert_eq!(read(&input), (vec![Owned::Binary(vec![])], None));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn decoders_and_deflaters_move_between_threads() {
    fn check<T: Send + 'static>() {}
    check::<Decoder>();
    check::<Deflater>();
}

#[test]
fn small_messages_and_what_gets_no_smaller_stay_as_they_are() {
    let config = Config { threshold: 100, ..Config::default() };
    let frames = |payload: &[u8]| {
        let mut run = Vec::new();
        websocket::encode(Opcode::Text, payload, &mut run);
        run
    };
    assert_eq!(config.compress(&frames(&[b'a'; 99])), None);
    assert!(config.compress(&frames(&[b'a'; 100])).is_some());
    let noise: Vec<u8> = (0..2000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut run = Vec::new();
    websocket::encode(Opcode::Binary, &noise[..256], &mut run);
    websocket::encode(Opcode::Ping, &[0; 125], &mut run);
    assert_eq!(Config { threshold: 0, ..config }.compress(&run), None);
    let mut out = Vec::new();
    Deflater::new(agreed(&config), &config).compress(&run, &mut out);
    assert_eq!(out, run);
}

#[test]
fn writes_the_vectors_of_section_7_2_3() {
    let config = keeping();
    let mut deflater = Deflater::new(agreed(&config), &config);
    let mut run = Vec::new();
    websocket::encode(Opcode::Text, b"Hello", &mut run);
    let mut out = Vec::new();
    deflater.compress(&run.repeat(2), &mut out);
    assert_eq!(out[..9], [&[0xC1, 0x07][..], &HELLO].concat());
    assert_eq!(out[9..], [0xC1, 0x05, 0xF2, 0x00, 0x11, 0x00, 0x00]);
}

fn config() -> impl Strategy<Value = Config> {
    let context = || prop_oneof![Just(Context::Reset), Just(Context::Keep)];
    let window = || (9..=15_u8).prop_map(|bits| WindowBits::new(bits).unwrap());
    let make = |(threshold, level, server_context, client_context, server_window, client_window)| Config {
        threshold,
        level,
        server_context,
        client_context,
        server_window,
        client_window,
    };
    (0..500_usize, 1..=9_u8, context(), context(), window(), window()).prop_map(make)
}

/// Text and bytes with something to find in them, also far back.
fn message() -> impl Strategy<Value = Owned> {
    prop_oneof![
        "\\PC{0,80}".prop_map(Owned::Text),
        ("[ab€]{1,9}", 0..3000_usize).prop_map(|(text, times)| Owned::Text(text.repeat(times))),
        (vec(any::<u8>(), 1..2000), 0..30_usize)
            .prop_map(|(bytes, times)| Owned::Binary(bytes.repeat(times))),
    ]
}

fn parts(message: &Owned) -> (Opcode, &[u8]) {
    match message {
        Owned::Text(text) => (Opcode::Text, text.as_bytes()),
        Owned::Binary(bytes) => (Opcode::Binary, bytes),
        _ => unreachable!("not generated"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_the_server_writes_is_read(config in config(), messages in vec(message(), 1..6)) {
        let agreement = agreed(&config);
        let mut deflater = Deflater::new(agreement, &config);
        let mut client = Decoder::with_deflate(Role::Client, 1 << 20, agreement);
        for message in &messages {
            let (opcode, payload) = parts(message);
            let (mut run, mut out) = (Vec::new(), Vec::new());
            websocket::encode(opcode, payload, &mut run);
            deflater.compress(&run, &mut out);
            prop_assert_eq!(decode_chunks(&mut client, [&out[..]]), (vec![message.clone()], None));
            if let Some(shared) = config.compress(&run) {
                prop_assert!(shared.len() <= run.len());
                let one = Config { server_context: Context::Reset, ..config };
                prop_assert!(agreed(&one).reads_shared(&one));
                let mut client = Decoder::with_deflate(Role::Client, 1 << 20, agreed(&one));
                prop_assert_eq!(decode_chunks(&mut client, [&shared[..]]), (vec![message.clone()], None));
            }
        }
        prop_assert_eq!(client.buffered(), 0);
    }

    #[test]
    fn no_message_refers_back_beyond_the_window(bits in 9..=15_u8, message in message()) {
        let window = WindowBits::new(bits).unwrap();
        let config = Config { threshold: 0, server_window: window, ..Config::default() };
        let (opcode, payload) = parts(&message);
        let mut run = Vec::new();
        websocket::encode(opcode, payload, &mut run);
        if let Some(shared) = config.compress(&run) {
            let (_, deflated) = websocket::Frames::new(&shared).next().unwrap();
            let mut out = Vec::with_capacity(payload.len() + 1);
            let mut stream = Decompress::new_with_window_bits(false, bits);
            // in small steps, so that what is behind the window is gone
            for piece in deflated.chunks(1) {
                stream.decompress_vec(piece, &mut out, FlushDecompress::None).unwrap();
            }
            stream.decompress_vec(&[0, 0, 0xFF, 0xFF], &mut out, FlushDecompress::Sync).unwrap();
            prop_assert_eq!(out, payload);
        }
    }

    #[test]
    fn messages_survive_fragments_and_chunks(
        config in config(),
        messages in vec((message(), vec(any::<Index>(), 0..4), any::<bool>()), 1..5),
        cuts in vec(any::<Index>(), 0..12),
    ) {
        let agreement = agreed(&config);
        let mut stream = Compress::new_with_window_bits(Compression::default(), false, config.client_window.get());
        let (mut input, mut expected) = (Vec::new(), Vec::new());
        for (message, cuts, compress) in &messages {
            let (opcode, payload) = parts(message);
            let (payload, rsv1) = if *compress && !payload.is_empty() {
                if config.client_context == Context::Reset {
                    stream.reset();
                }
                (in_context(&mut stream, payload), RSV1)
            } else {
                (payload.to_vec(), 0)
            };
            let pieces = cut(&payload, cuts);
            for (i, piece) in pieces.iter().enumerate() {
                let first = if i == 0 { opcode as u8 | rsv1 } else { CONTINUATION };
                let fin = if i + 1 == pieces.len() { FIN } else { 0 };
                input.extend(frame(fin | first, piece));
                input.extend(frame(FIN | PING, &[i as u8]));
                if fin == 0 {
                    expected.push(Owned::Ping(vec![i as u8]));
                }
            }
            expected.push(message.clone());
            expected.push(Owned::Ping(vec![pieces.len() as u8 - 1]));
        }
        let mut decoder = Decoder::with_deflate(Role::Server, 1 << 20, agreement);
        prop_assert_eq!(decode_chunks(&mut decoder, cut(&input, &cuts)), (expected, None));
        prop_assert_eq!(decoder.buffered(), 0);
    }

    #[test]
    fn never_panics_on_anything(payloads in vec(vec(any::<u8>(), 0..200), 1..4), config in config(), most in 0..500_usize) {
        let mut decoder = Decoder::with_deflate(Role::Server, most, agreed(&config));
        for payload in payloads {
            let _ = decode_chunks(&mut decoder, [&frame(FIN | RSV1 | BINARY, &payload)[..]]);
        }
    }
}
