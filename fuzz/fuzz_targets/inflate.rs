//! One compressed message: the same as another inflater makes of it, and never above the limit.
//!
//! Input: the limit, a seed for the fragments, a seed for the pieces; the compressed message.
#![no_main]

use chorus_fuzz::{
    budget,
    pieces::{WHOLE, pieces},
    stream::{Outcome, Owned, decode},
};
use chorus_protocol::websocket::{
    Decoder, Error, Opcode, Role,
    deflate::{Config, negotiate},
    encode,
};
use libfuzzer_sys::fuzz_target;
use miniz_oxide::inflate::{
    TINFLStatus as Status,
    core::{
        DecompressorOxide, decompress,
        inflate_flags::{
            TINFL_FLAG_HAS_MORE_INPUT as MORE_INPUT, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF as ONE_BUFFER,
        },
    },
};

fuzz_target!(|data: &[u8]| {
    let Some((&[limit, fragments, seed], message)) = data.split_first_chunk() else { return };
    let limit = LIMITS[usize::from(limit) % LIMITS.len()];

    let whole =
        budget::memory(8 * (message.len() + limit) + SPARE, || read(&frames(message, WHOLE), WHOLE, limit));
    if message.len() <= limit {
        let in_pieces = read(&frames(message, fragments), seed, limit);
        assert_eq!(whole, in_pieces, "in fragments and pieces");
        compare(&whole, reference(message, limit));
    } else {
        assert_eq!(whole.error, Some(Error::TooBig), "also what arrives has a limit");
    }
});

/// Writes a compressed message in the fragments of `seed`.
fn frames(message: &[u8], seed: u8) -> Vec<u8> {
    let fragments: Vec<_> = pieces(message, seed).collect();
    let mut wire = Vec::new();
    for (at, fragment) in fragments.iter().enumerate() {
        let start = wire.len();
        encode(if at == 0 { Opcode::Binary } else { Opcode::Continuation }, fragment, &mut wire);
        if at == 0 {
            wire[start] |= RSV1;
        }
        if at + 1 < fragments.len() {
            wire[start] &= !FIN;
        }
    }
    wire
}

fn read(wire: &[u8], seed: u8, limit: usize) -> Outcome {
    let agreement = negotiate("permessage-deflate", &Config::default()).expect("a valid offer");
    decode(&mut Decoder::with_deflate(Role::Client, limit, agreement), limit, wire, seed)
}

/// Compares what was let in; which codes are refused is a matter of strictness.
fn compare(outcome: &Outcome, reference: Reference) {
    match (outcome.messages.first(), reference) {
        (None, _) => assert!(outcome.error.is_some()),
        (Some(Owned::Binary(ours)), Reference::Message(theirs)) => assert_eq!(*ours, theirs),
        // a message may end within a block: zlib goes on for a while with a code that has no symbols
        (Some(Owned::Binary(ours)), Reference::Invalid(front)) => assert!(ours.starts_with(&front)),
        (Some(message), reference) => panic!("{message:?} where there is {reference:?}"),
    }
}

/// What another inflater makes of a message.
#[derive(Debug)]
enum Reference {
    Message(Vec<u8>),
    TooBig,
    /// Nonsense, behind this much.
    Invalid(Vec<u8>),
}

/// Inflates a message and the end that its sender cut off (RFC 7692, section 7.2.2).
///
/// What follows a final block is a stream of its own, which cannot refer to what was before.
fn reference(message: &[u8], limit: usize) -> Reference {
    if message.is_empty() {
        return Reference::Message(Vec::new());
    }
    let input = [message, &TAIL].concat();
    let mut rest = &input[..];
    let mut out = Vec::new();
    for _ in 0..=MAX_ENDS {
        let mut stream = vec![0; limit + 1 - out.len()];
        let flags = ONE_BUFFER | MORE_INPUT;
        let (status, read, written) = decompress(&mut DecompressorOxide::new(), rest, &mut stream, 0, flags);
        rest = &rest[read..];
        out.extend_from_slice(&stream[..written]);
        match status {
            _ if out.len() > limit => return Reference::TooBig,
            Status::Done => {}
            Status::NeedsMoreInput => return Reference::Message(out),
            _ => break,
        }
    }
    Reference::Invalid(out)
}

const LIMITS: [usize; 3] = [1 << 16, 100, 5000];

/// The most final blocks that are allowed in one message.
const MAX_ENDS: usize = 16;

/// What the sender of a message cuts off.
const TAIL: [u8; 4] = [0, 0, 0xFF, 0xFF];

const FIN: u8 = 0x80;
const RSV1: u8 = 0x40;

/// For the windows that a thread keeps, and what else does not depend on the input.
const SPARE: usize = 256 << 10;
