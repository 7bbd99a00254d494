//! The WebSocket codec against its specification, itself and an independent implementation.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod deflate;
mod limits;
mod oracle;
mod round_trip;
mod rules;
mod support;
