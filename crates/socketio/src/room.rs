//! Names of rooms.

use std::{borrow::Borrow, fmt, ops::Deref, sync::Arc};

use crate::SocketId;

/// The name of a room: sockets of one namespace that broadcasts can be aimed at.
///
/// Every socket is also alone in a room named by its own id.
///
/// ```
/// use chorus_socketio::{Room, Server};
///
/// let room = Room::from(format!("poll-{}", 7));
/// assert!(room.starts_with("poll-")); // it is a string
///
/// let io = Server::new();
/// io.to(&room).emit("voted", 2)?;
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Room(Arc<str>);

impl Deref for Room {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Room {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Room {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl From<String> for Room {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl From<SocketId> for Room {
    fn from(id: SocketId) -> Self {
        Self(id.as_str().into())
    }
}

/// One room or several.
///
/// Strings, [`Room`]s and [`SocketId`]s are one, arrays and `Vec`s of them are several. A type of your own
/// keeps the names in one place:
///
/// ```
/// use chorus_socketio::{IntoRooms, Room, Server};
///
/// enum Audience {
///     Poll(u32),
///     Hosts,
/// }
///
/// impl IntoRooms for Audience {
///     fn into_rooms(self) -> impl Iterator<Item = Room> {
///         std::iter::once(match self {
///             Self::Poll(id) => format!("poll-{id}").into(),
///             Self::Hosts => "hosts".into(),
///         })
///     }
/// }
///
/// let io = Server::new();
/// io.to(Audience::Poll(7)).to(Audience::Hosts).emit("voted", 2)?;
/// # Ok::<_, serde_json::Error>(())
/// ```
pub trait IntoRooms {
    /// Their names.
    fn into_rooms(self) -> impl Iterator<Item = Room>;
}

macro_rules! one_room {
    ($($type:ty)*) => {
        $(impl IntoRooms for $type {
            fn into_rooms(self) -> impl Iterator<Item = Room> {
                std::iter::once(self.into())
            }
        })*
    };
}

one_room!(&str String Room SocketId);

impl IntoRooms for &String {
    fn into_rooms(self) -> impl Iterator<Item = Room> {
        std::iter::once(self.as_str().into())
    }
}

impl IntoRooms for &Room {
    fn into_rooms(self) -> impl Iterator<Item = Room> {
        std::iter::once(self.clone())
    }
}

impl<R: Into<Room>> IntoRooms for Vec<R> {
    fn into_rooms(self) -> impl Iterator<Item = Room> {
        self.into_iter().map(Into::into)
    }
}

impl<R: Into<Room>, const N: usize> IntoRooms for [R; N] {
    fn into_rooms(self) -> impl Iterator<Item = Room> {
        self.into_iter().map(Into::into)
    }
}
