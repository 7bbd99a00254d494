//! What carries a session at present.

use hyper::upgrade::OnUpgrade;

use super::{polling::Polling, websocket::WebSocket};

/// The transport of a session.
pub(super) enum Link {
    /// The answer to the WebSocket request is on its way.
    Opening(OnUpgrade),
    /// A WebSocket.
    WebSocket(WebSocket),
    /// Requests as they come.
    Polling(Polling),
    /// None any more.
    Gone,
}

/// A WebSocket that may take over from polling.
pub(super) enum Candidate {
    /// The answer to its request is on its way.
    Opening(OnUpgrade),
    /// It is open and is to send its probe, or did.
    Open(WebSocket),
}
