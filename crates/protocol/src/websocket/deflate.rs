//! RFC 7692: messages compressed with DEFLATE, if both sides want it.
//!
//! [`negotiate`] answers a client's `Sec-WebSocket-Extensions` with an [`Agreement`]. With it
//! [`Decoder::with_deflate`](super::Decoder::with_deflate) reads compressed messages, and a
//! [`Deflater`] writes them. A server that broadcasts uses [`Config::compress`] once for all
//! clients that [can read that](Agreement::reads_shared).
//!
//! Compressing each message by itself is the default: what is sent once to many can be compressed
//! once, and an idle connection costs nothing. A context that is kept makes small messages smaller,
//! for 310 KiB a connection to write and 34 KiB to read, with the largest windows.

mod agreement;
mod config;
mod deflater;
mod inflater;
mod offer;

pub use agreement::{Agreement, negotiate};
pub use config::{Config, Context, WindowBits};
pub use deflater::Deflater;
pub(super) use inflater::Inflater;
