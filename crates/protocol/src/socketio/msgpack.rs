//! The wire of npm `socket.io-msgpack-parser`: each packet is one binary message.
//!
//! A packet is a MessagePack map of `type`, `nsp`, `data` and perhaps `id`; bytes stand where they
//! are, so there are no attachments to wait for. Inside of this library arguments are JSON and
//! bytes beside it ([`Payload`](super::Payload)), whatever the client speaks; here the one is
//! turned into the other. What MessagePack has and JSON has not becomes what JavaScript makes of
//! it, as npm `notepack.io` reads and writes: a date its ISO 8601 text, NaN and infinity null, a
//! number with nothing behind the point an integer.
//!
//! <https://github.com/msgpack/msgpack/blob/master/spec.md>

mod date;
mod decode;
mod encode;
mod from_json;
mod outline;
mod put;
mod to_json;
mod token;

pub use decode::{DecodeError, decode};
pub use encode::{EncodeError, ack, connect, connect_error, disconnect, event};
pub use from_json::from_json;
pub use to_json::{MAX_DEPTH, to_json};
pub use token::ReadError;
