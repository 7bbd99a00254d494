//! Who is in which room, and how a broadcast reaches them.

mod history;
mod memory;

use std::{any::Any, sync::Arc};

use bytes::Bytes;
use chorus_protocol::socketio::{Frames, ToArgs};

pub use self::memory::InMemoryAdapter;
use crate::{Delivery, Room, Socket, SocketId};

/// A broadcast, encoded.
#[derive(Debug, Clone)]
pub struct Packet {
    /// The frames that every recipient gets.
    pub frames: Frames,
    /// What becomes of it for a slow recipient.
    pub delivery: Delivery,
    /// Its place in the namespace's history, which its frames tell the client as the last argument;
    /// present when connection state recovery is on and the packet can be sent again.
    pub offset: Option<Offset>,
}

/// A packet's name in the history of a namespace.
pub type Offset = Arc<str>;

/// What is kept of a socket whose connection broke off, so that its client can come back.
#[derive(Clone)]
pub struct SavedSession {
    /// The public id.
    pub id: SocketId,
    /// The private id by which the client proves that it is the one.
    pub pid: SocketId,
    /// The rooms it was in.
    pub rooms: Vec<Room>,
    /// What [`Socket::set_data`] kept.
    pub data: Option<Arc<dyn Any + Send + Sync>>,
}

/// Whom a broadcast is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Sockets in any of these rooms; all sockets when there is none.
    pub rooms: Vec<Room>,
    /// But not those in any of these.
    pub except: Vec<Room>,
}

/// The membership of one namespace, and the delivery of its broadcasts.
///
/// An implementation for several servers keeps this server's sockets in an [`InMemoryAdapter`] and
/// passes broadcasts on to the others. A socket's own id is a room of its own without being joined.
/// Each recipient gets a broadcast once, however many of the rooms it is in; broadcasts of one
/// thread reach a socket in their order.
pub trait Adapter: Send + Sync + 'static {
    /// Adds a socket that was let in, to the namespace and to `rooms`. With an offset, delivers what
    /// came after it to these rooms first; no packet may get lost or doubled in between.
    fn add(&self, socket: &Socket, rooms: &[Room], after: Option<&str>);

    /// Keeps a session of a connection that broke off. Those that cannot, forget it.
    fn save(&self, _session: SavedSession) {}

    /// Hands a saved session out, once, if it is not too old and the offset is still known.
    fn claim(&self, _pid: &str, _offset: &str) -> Option<SavedSession> {
        None
    }

    /// Removes a socket from the namespace and from `rooms`, which are all it was in.
    fn remove(&self, socket: &Socket, rooms: &[Room]);

    /// Puts a socket into a room. False when it was in it.
    fn join(&self, socket: &Socket, room: Room) -> bool;

    /// Takes a socket out of a room.
    fn leave(&self, socket: &Socket, room: &Room);

    /// Delivers a packet and returns how many sockets of this server it went to.
    fn broadcast(&self, packet: &Packet, target: &Target) -> usize;

    /// This server's sockets in the target.
    fn sockets(&self, target: &Target) -> Vec<Socket>;

    /// This server's socket of that id.
    fn socket(&self, id: SocketId) -> Option<Socket>;

    /// The number of this server's sockets.
    fn len(&self) -> usize;

    /// Whether this server has no socket.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Arguments, and behind them the offset that official clients look for there.
pub(crate) struct WithOffset<'a, T>(pub(crate) &'a T, pub(crate) &'a str);

impl<T: ToArgs> ToArgs for WithOffset<'_, T> {
    fn write(&self, json: &mut Vec<u8>) -> Result<&[Bytes], serde_json::Error> {
        let attachments = self.0.write(json)?;
        json.push(b',');
        serde_json::to_writer(json, self.1)?;
        Ok(attachments)
    }
}
