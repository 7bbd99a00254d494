//! An event to many sockets, encoded once.

use std::time::Duration;

use chorus_protocol::socketio::{Frames, FromArgs, ToArgs};
use tokio::time::Instant;

use crate::{Delivery, IntoRooms, Namespace, Packet, PartialAcks, Payload, RemoteSocket, Socket, Target};

/// Whom to send to, and how; made by [`Namespace::to`], [`Socket::to`] and the like.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `emit`"]
pub struct Broadcast {
    namespace: Namespace,
    target: Target,
    delivery: Option<Delivery>,
    timeout: Option<Duration>,
    uncompressed: bool,
}

impl Broadcast {
    pub(crate) fn new(namespace: Namespace) -> Self {
        Self { namespace, target: Target::default(), delivery: None, timeout: None, uncompressed: false }
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

    /// Leaves out the sockets of other servers.
    pub fn local(mut self) -> Self {
        self.target.local = true;
        self
    }

    /// Lets the event be dropped for clients that cannot take it at once.
    pub fn volatile(self) -> Self {
        self.delivery(Delivery::Volatile)
    }

    /// Sets what becomes of the event for clients that read too slowly, in place of what
    /// [`Namespace::set_delivery`] says for the room and [`Socket::set_delivery`] for a socket.
    ///
    /// With [`Delivery::Latest`], the last of several events of one name to the same rooms counts.
    pub fn delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = Some(delivery);
        self
    }

    /// Sends the event uncompressed, whatever was agreed with each client.
    pub fn uncompressed(mut self) -> Self {
        self.uncompressed = true;
        self
    }

    /// Sends a `message`; see [`Broadcast::emit`].
    pub fn send(&self, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.emit("message", args)
    }

    /// Sends an event and returns how many sockets of this server it went to.
    /// An error means that `args` is not JSON, or the name is reserved ([`Socket::emit`]); then nobody
    /// gets it.
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.emit_ref(event, &args)
    }

    pub(crate) fn emit_ref(&self, event: &str, args: &impl ToArgs) -> Result<usize, serde_json::Error> {
        self.show(event, args)?;
        let mut packet = self.namespace.packet(event, args, &self.target, self.delivery)?;
        packet.frames = self.finish(packet.frames);
        let count = self.namespace.adapter().broadcast(&packet, &self.target);
        self.namespace.common().counters().delivered(count);
        Ok(count)
    }

    fn show(&self, event: &str, args: &impl ToArgs) -> Result<(), serde_json::Error> {
        if self.namespace.is_watched() {
            let payload = Payload::from_args(args)?;
            self.sockets().iter().for_each(|socket| socket.show(event, &payload));
        }
        Ok(())
    }

    fn finish(&self, frames: Frames) -> Frames {
        if self.uncompressed { frames.uncompressed() } else { frames }
    }

    /// Sets how long answers may take; without it, until the clients leave.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends an event and waits for the answers of all sockets it went to, in no certain order.
    ///
    /// When some do not come in time or cannot be read, the error holds those that did. Cancel safe:
    /// when it is dropped, late answers are ignored.
    pub async fn emit_with_ack<T: FromArgs>(
        &self,
        event: &str,
        args: impl ToArgs,
    ) -> Result<Vec<T>, PartialAcks<T>> {
        let id = self.namespace.next_ack_id();
        let Ok(frames) = self.namespace.encode(event, &args, Some(id)) else {
            return Err(PartialAcks { answers: Vec::new(), missing: 0 });
        };
        // what was written once can be written again
        let _ = self.show(event, &args);
        let frames = self.finish(frames.shared());
        let packet = Packet { delivery: self.delivery.unwrap_or_default(), ..Packet::new(frames) };
        let asked: Vec<_> = self.sockets().into_iter().map(|socket| socket.ask(&packet, id)).collect();
        self.namespace.common().counters().delivered(asked.len());
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        let mut answers = Vec::with_capacity(asked.len());
        let mut missing = 0;
        for question in asked {
            match question.answer(deadline).await {
                Ok(answer) => answers.push(answer),
                Err(_) => missing += 1,
            }
        }
        if missing == 0 { Ok(answers) } else { Err(PartialAcks { answers, missing }) }
    }

    /// The sockets of this server that it would go to.
    pub fn sockets(&self) -> Vec<Socket> {
        self.namespace.adapter().sockets(&self.target)
    }

    /// The sockets it would go to, those of other servers included.
    pub async fn fetch_sockets(&self) -> Vec<RemoteSocket> {
        self.namespace.adapter().fetch_sockets(&self.target).await
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

    /// Closes the connections of these sockets, with all they have in other namespaces.
    pub fn close(&self) {
        for socket in self.sockets() {
            socket.close();
        }
    }

    /// Disconnects these sockets from the namespace.
    pub fn disconnect(&self) {
        for socket in self.sockets() {
            socket.disconnect();
        }
    }
}
