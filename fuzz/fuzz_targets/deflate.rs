//! A connection with permessage-deflate: pieces change nothing, and what we compress is read again.
//!
//! Input: contexts and windows, a seed for the pieces; the bytes of the connection.
#![no_main]

use chorus_fuzz::{
    budget,
    pieces::{BYTES, WHOLE},
    stream::{Outcome, decode, encode_all},
};
use chorus_protocol::websocket::{
    Decoder, Role,
    deflate::{Agreement, Config, Context, Deflater, WindowBits, negotiate},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[mode, seed], wire)) = data.split_first_chunk() else { return };
    let config = config(mode);
    let agreement = negotiate("permessage-deflate; client_max_window_bits", &config).expect("a valid offer");

    let read = |role, wire: &[u8], seed| {
        decode(&mut Decoder::with_deflate(role, LIMIT, agreement), LIMIT, wire, seed)
    };
    let budget = 8 * (wire.len() + LIMIT) + most_inflated(wire) + SPARE;
    let whole = budget::memory(budget, || read(Role::Server, wire, WHOLE));
    assert_eq!(whole, read(Role::Server, wire, BYTES), "byte by byte");
    assert_eq!(whole, read(Role::Server, wire, seed), "in pieces");

    let mut frames = Vec::new();
    encode_all(&whole.messages, None, &mut frames);
    let expected = Outcome { messages: whole.messages, error: None, idle: true };
    for frames in compressed(&frames, agreement, &config) {
        assert_eq!(read(Role::Client, &frames, seed), expected, "what was read, compressed and read again");
    }
});

/// Contexts, windows and a level, from bits.
fn config(mode: u8) -> Config {
    let context = |bit| if mode & bit == 0 { Context::Reset } else { Context::Keep };
    let window = |bit| if mode & bit == 0 { WindowBits::MAX } else { WindowBits::MIN };
    Config {
        threshold: if mode & 16 == 0 { 0 } else { 10 },
        level: 1 + (mode >> 5),
        server_context: context(1),
        client_context: context(2),
        server_window: window(4),
        client_window: window(8),
    }
}

/// The frames as they are sent to one client, and as to many, if this client can read that.
fn compressed(frames: &[u8], agreement: Agreement, config: &Config) -> Vec<Vec<u8>> {
    let mut alone = Vec::new();
    Deflater::new(agreement, config).compress(frames, &mut alone);
    let shared = agreement.reads_shared(config).then(|| config.compress(frames)).flatten();
    [alone].into_iter().chain(shared).collect()
}

/// The size of all messages together: each may become as large as the limit.
fn most_inflated(wire: &[u8]) -> usize {
    (wire.len() / LEAST_FRAME).saturating_mul(LIMIT).min(1100 * wire.len())
}

const LIMIT: usize = 4096;

/// A client's frame without payload.
const LEAST_FRAME: usize = 6;

/// For the windows of both sides, and what else does not depend on the input.
const SPARE: usize = 1 << 20;
