//! The public id of a socket.

use std::{fmt, str::FromStr};

use crate::engine::SessionId;

/// The public id of a socket: 20 characters, unrelated to the session's secret id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SocketId(SessionId);

impl SocketId {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        SessionId::random().map(Self)
    }

    /// The id as text.
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
