//! Why a socket was refused, and why it left.

use std::fmt;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::engine::CloseReason;

/// Refuses a CONNECT: the client gets `connect_error` with message and data.
///
/// ```
/// use chorus_socketio::{ConnectError, Server, Socket};
///
/// let io = Server::new();
/// // in the browser: socket.on("connect_error", (error) => console.log(error.message, error.data))
/// io.of("/").middleware(|socket: Socket| async move {
///     match socket.namespace().socket_count() {
///         0..100 => Ok(()),
///         _ => Err(ConnectError::new("the room is full").data(serde_json::json!({ "code": "full" }))),
///     }
/// });
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConnectError {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<serde_json::Value>,
}

impl ConnectError {
    /// The client's `error.message`.
    ///
    /// ```
    /// # use chorus_socketio::ConnectError;
    /// let error = ConnectError::new("not authorized");
    /// assert_eq!(error.to_string(), "not authorized");
    /// assert_eq!(serde_json::to_string(&error)?, r#"{"message":"not authorized"}"#);
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), data: None }
    }

    /// The client's `error.data`.
    ///
    /// ```
    /// # use {chorus_socketio::ConnectError, serde_json::json};
    /// let error = ConnectError::new("too many clients").data(json!({ "code": "full", "retryAfter": 60 }));
    /// assert_eq!(serde_json::to_value(&error)?["data"]["code"], "full");
    /// # Ok::<_, serde_json::Error>(())
    /// ```
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

/// Why a socket left its namespace.
///
/// [`DisconnectReason::as_str`] gives the official server's words.
///
/// ```
/// use chorus_socketio::{DisconnectReason, Server, Socket};
///
/// let io = Server::new();
/// io.of("/game").on_disconnect(|socket: Socket, reason: DisconnectReason| async move {
///     let news = match reason {
///         DisconnectReason::ClientNamespaceDisconnect => "gives up",
///         DisconnectReason::Transport(_) => "has lost the connection",
///         _ => "was sent off",
///     };
///     let _ = socket.namespace().emit("news", (socket.id(), news));
/// });
/// ```
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
    ///
    /// ```
    /// # use chorus_socketio::{DisconnectReason, engine::CloseReason};
    /// assert_eq!(DisconnectReason::Transport(CloseReason::PingTimeout).as_str(), "ping timeout");
    /// assert_eq!(DisconnectReason::ForcedServerClose.to_string(), "forced server close");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientNamespaceDisconnect => "client namespace disconnect",
            Self::ServerNamespaceDisconnect => "server namespace disconnect",
            Self::ForcedServerClose => "forced server close",
            Self::Transport(reason) => reason.as_str(),
        }
    }
}

impl DisconnectReason {
    /// Whether the server's application wanted it.
    pub(crate) fn is_ours(self) -> bool {
        self == Self::ServerNamespaceDisconnect
    }

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
