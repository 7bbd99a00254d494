//! The MessagePack parser against npm `socket.io-msgpack-parser`, itself and hostile input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod hostile;
mod official;
mod round_trip;
mod support;
