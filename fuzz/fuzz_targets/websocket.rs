//! Frames without compression: what is decoded does not depend on how the bytes arrive.
//!
//! Input: the role and the limit, a seed for the pieces, a byte of the masking key; the bytes of the
//! connection.
#![no_main]

use chorus_fuzz::{
    budget,
    pieces::{BYTES, WHOLE},
    stream::{Outcome, decode, encode_all},
};
use chorus_protocol::websocket::{Decoder, Role};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[mode, seed, key], wire)) = data.split_first_chunk() else { return };
    let role = if mode & 1 == 0 { Role::Server } else { Role::Client };
    let limit = LIMITS[usize::from(mode >> 1) % LIMITS.len()];

    let read = |wire: &[u8], seed| decode(&mut Decoder::new(role, limit), limit, wire, seed);
    let whole = budget::memory(8 * wire.len() + SPARE, || read(wire, WHOLE));
    assert_eq!(whole, read(wire, BYTES), "byte by byte");
    assert_eq!(whole, read(wire, seed), "in pieces");

    let mut again = Vec::new();
    encode_all(&whole.messages, (role == Role::Server).then_some([key, seed, mode, key]), &mut again);
    let expected = Outcome { messages: whole.messages, error: None, idle: true };
    assert_eq!(read(&again, seed), expected, "what was read, written and read again");
});

/// The sizes at which headers grow are among them.
const LIMITS: [usize; 5] = [1 << 20, 0, 125, 126, 1000];

/// For what does not depend on the input.
const SPARE: usize = 16 << 10;
