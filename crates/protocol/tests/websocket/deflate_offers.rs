//! Compression with each parameter that a client may ask for, in sizes and fragments of many kinds.

use chorus_protocol::websocket::{
    self, Decoder, Opcode, Role,
    deflate::{Config, Context, Deflater, negotiate},
};
use flate2::{Compress, Compression, FlushCompress};

use crate::support::*;

const RSV1: u8 = 0x40;

/// Parameters, and what is agreed on the client's window and on whether it starts anew each time.
const OFFERS: [(&str, u8, bool); 11] = [
    ("", 15, false),
    ("; client_max_window_bits", 15, false),
    ("; client_max_window_bits=9", 9, false),
    ("; client_max_window_bits=12", 12, false),
    ("; client_no_context_takeover", 15, true),
    ("; server_no_context_takeover", 15, false),
    ("; server_max_window_bits=9", 15, false),
    ("; server_max_window_bits=15; client_max_window_bits=15", 15, false),
    ("; server_no_context_takeover; server_max_window_bits=9", 15, false),
    ("; client_no_context_takeover; client_max_window_bits=9", 9, true),
    (
        "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=10",
        10,
        true,
    ),
];

const SIZES: [usize; 10] = [16, 64, 256, 1_024, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072];

fn keeping() -> Config {
    Config { threshold: 0, server_context: Context::Keep, client_context: Context::Keep, ..Config::default() }
}

/// Like text of a document: words come again, near and far.
fn document(size: usize) -> String {
    let words = (0_u64..).map(|n| {
        let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52;
        if mixed % 3 == 0 { "\"vel\u{e4}\": ".to_owned() } else { format!("{mixed} ") }
    });
    let mut text = String::new();
    for word in words {
        if text.len() + word.len() > size {
            break;
        }
        text.push_str(&word);
    }
    text
}

#[test]
fn a_client_with_any_parameters_is_read() {
    for (parameters, window, anew) in OFFERS {
        let agreement = negotiate(&format!("permessage-deflate{parameters}"), &keeping()).unwrap();
        let mut decoder = Decoder::with_deflate(Role::Server, 1 << 20, agreement);
        let mut stream = Compress::new_with_window_bits(Compression::default(), false, window);
        for size in SIZES {
            let text = document(size);
            for fragment in [usize::MAX, 256, 32_768] {
                if anew {
                    stream.reset();
                }
                let mut payload = Vec::with_capacity(text.len() * 2 + 100);
                stream.compress_vec(text.as_bytes(), &mut payload, FlushCompress::Sync).unwrap();
                payload.truncate(payload.len() - 4);
                let pieces: Vec<_> = payload.chunks(fragment).collect();
                let last = pieces.len() - 1;
                let mut input = Vec::new();
                for (n, piece) in pieces.into_iter().enumerate() {
                    let first = if n == 0 { RSV1 | TEXT } else { CONTINUATION };
                    input.extend(frame(first | if n == last { FIN } else { 0 }, piece));
                }
                let outcome = decode_chunks(&mut decoder, input.chunks(1_460));
                assert!(
                    outcome == (vec![Owned::Text(text.clone())], None),
                    "{parameters} {size}: {:?}",
                    outcome.1
                );
            }
        }
        assert_eq!(decoder.buffered(), 0);
    }
}

#[test]
fn a_client_with_any_parameters_can_read_us() {
    for (parameters, ..) in OFFERS {
        let config = keeping();
        let agreement = negotiate(&format!("permessage-deflate{parameters}"), &config).unwrap();
        let mut deflater = Deflater::new(agreement, &config);
        let mut client = Decoder::with_deflate(Role::Client, 1 << 20, agreement);
        for size in SIZES {
            let text = document(size);
            for _ in 0..3 {
                let (mut plain, mut out) = (Vec::new(), Vec::new());
                websocket::encode(Opcode::Text, text.as_bytes(), &mut plain);
                deflater.compress(&plain, &mut out);
                let outcome = decode_chunks(&mut client, out.chunks(1_460));
                assert!(
                    outcome == (vec![Owned::Text(text.clone())], None),
                    "{parameters} {size}: {:?}",
                    outcome.1
                );
            }
        }
    }
}
