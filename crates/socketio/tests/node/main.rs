//! What the official server's own tests ask of it, asked of ours: by behaviour, in our own words.
//!
//! `docs/NODE-TESTS.md` says which of its tests each of these answers to, and where the others are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

#[path = "../common/mod.rs"]
mod common;

mod acks;
mod children;
mod close;
mod compression;
mod endings;
mod files;
mod handshake;
mod layers;
mod middleware;
mod namespaces;
mod origins;
mod polling;
mod recovery;
mod revision_3;
mod rooms;
mod support;
mod upgrade;
mod volatile;
