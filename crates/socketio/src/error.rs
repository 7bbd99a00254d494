//! Why a socket was refused, and why it left.

use std::fmt;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::engine::CloseReason;

/// Refuses a CONNECT: the client gets `connect_error` with message and data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConnectError {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<serde_json::Value>,
}

impl ConnectError {
    /// The client's `error.message`.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), data: None }
    }

    /// The client's `error.data`.
    #[must_use]
    pub fn data(mut self, data: serde_json::Value) -> Self {
        self.data = Some(data);
        self
    }
}

impl ConnectError {
    /// As protocol revision 5 tells it: message and data.
    pub(crate) fn to_json(&self) -> Box<RawValue> {
        raw(self)
    }

    /// As protocol revision 4 tells it: the data, or else the message.
    pub(crate) fn for_v3(&self) -> Box<RawValue> {
        match &self.data {
            Some(data) => raw(data),
            None => raw(&self.message),
        }
    }
}

/// Strings and JSON can always be written as JSON.
fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConnectError {}

/// Why a socket left its namespace. [`DisconnectReason::as_str`] gives the official server's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisconnectReason {
    /// The client called `disconnect()`.
    ClientNamespaceDisconnect,
    /// The server disconnected the socket.
    ServerNamespaceDisconnect,
    /// The server closed the connection, or the client broke the protocol.
    ForcedServerClose,
    /// The connection ended for a reason of the transport.
    Transport(CloseReason),
}

impl DisconnectReason {
    /// The reason as the official server words it; a slow consumer is ours.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientNamespaceDisconnect => "client namespace disconnect",
            Self::ServerNamespaceDisconnect => "server namespace disconnect",
            Self::ForcedServerClose => "forced server close",
            Self::Transport(CloseReason::TransportClose) => "transport close",
            Self::Transport(CloseReason::TransportError) => "transport error",
            Self::Transport(CloseReason::PingTimeout) => "ping timeout",
            Self::Transport(CloseReason::ParseError) => "parse error",
            Self::Transport(CloseReason::ForcedClose) => "forced close",
            Self::Transport(CloseReason::ServerShutdown) => "server shutting down",
            Self::Transport(CloseReason::SlowConsumer) => "slow consumer",
        }
    }
}

impl DisconnectReason {
    /// Whether the client may come back as if nothing had happened: nobody wanted it to leave.
    pub(crate) fn is_recoverable(self) -> bool {
        match self {
            Self::ClientNamespaceDisconnect | Self::ServerNamespaceDisconnect => false,
            Self::ForcedServerClose => true,
            // who could not take it once cannot take it again at once
            Self::Transport(reason) => !matches!(reason, CloseReason::ParseError | CloseReason::SlowConsumer),
        }
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
