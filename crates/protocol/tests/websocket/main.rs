//! The WebSocket codec against its specification, itself and an independent implementation.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod cases;
mod close;
mod deflate;
mod deflate_offers;
mod limits;
mod oracle;
mod round_trip;
mod rules;
mod support;
mod utf8;
