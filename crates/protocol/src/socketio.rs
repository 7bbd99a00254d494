//! Socket.IO protocol, revision 5: namespaces, events, acknowledgements and binary attachments on
//! top of Engine.IO messages.
//!
//! <https://socket.io/docs/v4/socket-io-protocol/>

mod args;
mod binary;
mod decode;
mod encode;
mod frames;
pub mod msgpack;
mod payload;

pub use args::{Args, FromArgs, ToArgs};
pub use binary::Binary;
pub use decode::{DecodeError, Decoder, Header, Packet};
pub use encode::{ack, connect, connect_error, disconnect, event};
pub use frames::{Form, Frames};
pub use payload::Payload;
