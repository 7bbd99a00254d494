//! An event to many sockets, encoded once.

use std::time::Duration;

use chorus_protocol::socketio::{FromArgs, ToArgs};
use tokio::time::Instant;

use crate::{Delivery, IntoRooms, Namespace, PartialAcks, Socket, Target};

/// Whom to send to, and how; made by [`Namespace::to`], [`Socket::to`] and the like.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `emit`"]
pub struct Broadcast {
    namespace: Namespace,
    target: Target,
    delivery: Delivery,
    timeout: Option<Duration>,
}

impl Broadcast {
    pub(crate) fn new(namespace: Namespace) -> Self {
        Self { namespace, target: Target::default(), delivery: Delivery::Reliable, timeout: None }
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
        self.emit_ref(event, &args)
    }

    pub(crate) fn emit_ref(&self, event: &str, args: &impl ToArgs) -> Result<usize, serde_json::Error> {
        let packet = self.namespace.packet(event, args, self.delivery)?;
        let count = self.namespace.adapter().broadcast(&packet, &self.target);
        self.namespace.common().counters().delivered(count);
        Ok(count)
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
        let frames = frames.shared();
        let asked: Vec<_> =
            self.sockets().into_iter().map(|socket| socket.ask(&frames, id, self.delivery)).collect();
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
