//! Engine.IO protocol, revision 4, and in [`v3`] what revision 3 has otherwise: the layer that turns
//! HTTP requests and WebSocket messages into one ordered, heartbeat-checked stream of messages.
//!
//! <https://socket.io/docs/v4/engine-io-protocol/>

mod packet;
mod payload;
mod session;
pub mod v3;

pub use packet::{Packet, PacketError};
pub use payload::{PayloadError, Payloads, write_binary, write_text};
pub use session::{Action, CloseReason, ProbeAction, Revision, Session, Timing, Transport};
