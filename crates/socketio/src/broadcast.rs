//! An event to many sockets, encoded once.

use chorus_protocol::socketio::ToArgs;

use crate::{Delivery, IntoRooms, Namespace, Socket, Target};

/// Whom to send to, and how; made by [`Namespace::to`], [`Socket::to`] and the like.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `emit`"]
pub struct Broadcast {
    namespace: Namespace,
    target: Target,
    delivery: Delivery,
}

impl Broadcast {
    pub(crate) fn new(namespace: Namespace) -> Self {
        Self { namespace, target: Target::default(), delivery: Delivery::Reliable }
    }

    /// Adds rooms: sockets in any of them are meant.
    pub fn to(mut self, rooms: impl IntoRooms) -> Self {
        self.target.rooms.extend(rooms.into_rooms());
        self
    }

    /// Leaves out the sockets in these rooms.
    pub fn except(mut self, rooms: impl IntoRooms) -> Self {
        self.target.except.extend(rooms.into_rooms());
        self
    }

    /// Lets the event be dropped for clients that cannot take it at once.
    pub fn volatile(mut self) -> Self {
        self.delivery = Delivery::Volatile;
        self
    }

    /// Sends an event and returns how many sockets of this server it went to.
    /// An error means that `args` is not JSON; then nobody gets it.
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        let packet = self.namespace.packet(event, &args, self.delivery)?;
        let count = self.namespace.adapter().broadcast(&packet, &self.target);
        self.namespace.common().counters().delivered(count);
        Ok(count)
    }

    /// The sockets of this server that it would go to.
    pub fn sockets(&self) -> Vec<Socket> {
        self.namespace.adapter().sockets(&self.target)
    }

    /// Makes these sockets join rooms.
    pub fn join(&self, rooms: impl IntoRooms) {
        let rooms: Vec<_> = rooms.into_rooms().collect();
        for socket in self.sockets() {
            socket.join(rooms.clone());
        }
    }

    /// Makes these sockets leave rooms.
    pub fn leave(&self, rooms: impl IntoRooms) {
        let rooms: Vec<_> = rooms.into_rooms().collect();
        for socket in self.sockets() {
            socket.leave(rooms.clone());
        }
    }

    /// Disconnects these sockets from the namespace.
    pub fn disconnect(&self) {
        for socket in self.sockets() {
            socket.disconnect();
        }
    }
}
