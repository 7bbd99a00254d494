//! Requests and connections that nobody well-meaning makes: each is answered or ended, others are
//! served all the while, and nothing stays behind. `docs/HOSTILE-INPUT.md` tells which test is for
//! which advisory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

#[path = "../common/mod.rs"]
mod common;
mod harness;

mod acks;
mod attachments;
mod caps;
mod data;
mod deflate;
mod engine;
mod engineio3;
mod handshake;
mod headers;
mod listener;
mod memory;
mod namespaces;
mod noise;
mod origins;
mod packets;
mod polling;
mod process;
mod queues;
mod recovery;
mod requests;
mod rooms;
mod slow;
mod slow_bodies;
mod upgrade;
mod websocket;
