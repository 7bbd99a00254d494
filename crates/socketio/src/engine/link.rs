//! What carries a session at present.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use chorus_protocol::websocket::deflate::Agreement;
use hyper::upgrade::OnUpgrade;

use super::{polling::Polling, websocket::WebSocket};

/// The transport of a session.
pub(super) enum Link {
    /// The answer to the WebSocket request is on its way.
    Opening(Opening),
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
    Opening(Opening),
    /// It is open and is to send its probe, or did.
    Open(WebSocket),
}

/// A WebSocket whose request is being answered, and what was agreed on compression.
pub(super) struct Opening {
    pub(super) upgrade: OnUpgrade,
    pub(super) agreement: Option<Agreement>,
}

impl Opening {
    /// The WebSocket, and what was read beyond the request; none if it broke off.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        max_message_size: usize,
    ) -> Poll<Option<(WebSocket, Bytes)>> {
        let upgraded = ready!(Pin::new(&mut self.upgrade).poll(cx)).ok();
        Poll::Ready(upgraded.map(|upgraded| WebSocket::new(upgraded, max_message_size, self.agreement)))
    }
}
