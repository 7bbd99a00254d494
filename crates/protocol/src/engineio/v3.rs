//! Engine.IO protocol, revision 3: where it differs from revision 4 on the wire.
//!
//! Revision 3 is spoken by `socket.io-client` 1 and 2. Its packets have the same types, but binary
//! ones carry their type also on a WebSocket, polling bodies name the length of each packet, and
//! old browsers poll with JSONP.
//!
//! <https://github.com/socketio/engine.io-protocol/tree/v3>

pub mod jsonp;
mod packet;
mod payload;
mod write;

pub use packet::{parse, parse_binary};
pub use payload::{PayloadError, Payloads};
pub use write::{Binary, Form, reframe, write_binary, write_text};
