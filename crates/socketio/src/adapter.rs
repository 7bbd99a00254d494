//! Who is in which room, and how a broadcast reaches them.

mod memory;

use chorus_protocol::socketio::Frames;

pub use self::memory::InMemoryAdapter;
use crate::{Delivery, Room, Socket, SocketId};

/// A broadcast, encoded.
#[derive(Debug, Clone)]
pub struct Packet {
    /// The frames that every recipient gets.
    pub frames: Frames,
    /// What becomes of it for a slow recipient.
    pub delivery: Delivery,
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
    /// Adds a socket that was let in.
    fn add(&self, socket: &Socket);

    /// Removes a socket from the namespace and from `rooms`, which are all it was in.
    fn remove(&self, socket: &Socket, rooms: &[Room]);

    /// Puts a socket into a room.
    fn join(&self, socket: &Socket, room: Room);

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
