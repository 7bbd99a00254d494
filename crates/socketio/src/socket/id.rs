//! The public id of a socket.

use std::{fmt, str::FromStr};

use crate::engine::SessionId;

/// The public id of a socket: 20 characters, unrelated to the session's secret id.
///
/// It is the name of a room that the socket alone is in, so events can be aimed at it or past it:
///
/// ```
/// use chorus_socketio::{Server, SocketId};
///
/// let id: SocketId = "p0l5x2Jw8dYzXk-LAAAB".parse()?; // what the browser knows as socket.id
/// assert_eq!(id.as_str(), "p0l5x2Jw8dYzXk-LAAAB");
/// assert!("../etc/passwd".parse::<SocketId>().is_err());
///
/// let io = Server::new();
/// // a vote that came by HTTP: its own client knows already
/// io.of("/").except(id).emit("voted", 2)?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SocketId(SessionId);

impl SocketId {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        SessionId::random().map(Self)
    }

    /// The id as text.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     println!("a friend has come: {}", socket.id().as_str());
    /// });
    /// ```
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for SocketId {
    type Err = crate::engine::SessionIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for SocketId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
