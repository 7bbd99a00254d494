//! An event to many sockets, encoded once.

use std::time::Duration;

use chorus_protocol::socketio::{Frames, FromArgs, ToArgs};
use tokio::time::Instant;

use crate::{Delivery, IntoRooms, Namespace, Packet, PartialAcks, Payload, RemoteSocket, Socket, Target};

/// Whom to send to, and how.
///
/// Made by [`Namespace::to`], [`Socket::to`] and the like.
///
/// ```
/// use chorus_socketio::Server;
///
/// let io = Server::new();
/// let players = io.to(["red", "blue"]).except("paused");
/// players.emit("whistle", "half-time")?;
/// players.leave("field");
/// assert!(players.sockets().is_empty()); // nobody plays yet
/// # Ok::<_, serde_json::Error>(())
/// ```
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

    /// Adds rooms: sockets in any of them are meant; without any room, all sockets.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// // who is in both rooms gets it once
    /// io.to("poll-7").to("dashboards").emit("voted", 2)?;
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn to(mut self, rooms: impl IntoRooms) -> Self {
        self.target.rooms.extend(rooms.into_rooms());
        self
    }

    /// Leaves out the sockets in these rooms.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("say", |socket: Socket, Data(text): Data<String>| async move {
    ///     let _ = socket.to("lobby").except(["muted", "away"]).emit("said", text);
    /// });
    /// ```
    pub fn except(mut self, rooms: impl IntoRooms) -> Self {
        self.target.except.extend(rooms.into_rooms());
        self
    }

    /// Leaves out the sockets of other servers.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// // this server alone is about to be replaced
    /// io.of("/").broadcast().local().emit("notice", "you will be connected anew")?;
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn local(mut self) -> Self {
        self.target.local = true;
        self
    }

    /// Lets the event be dropped for clients that cannot take it at once.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.to("board-7").volatile().emit("cursor", [0.3, 0.7])?;
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn volatile(self) -> Self {
        self.delivery(Delivery::Volatile)
    }

    /// Sets what becomes of the event for clients that read too slowly.
    ///
    /// It takes the place of what [`Namespace::set_delivery`] says for the room and
    /// [`Socket::set_delivery`] for a socket.
    ///
    /// With [`Delivery::Latest`], the last of several events of one name to the same rooms counts.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// use chorus_socketio::Delivery;
    ///
    /// // a slow client gets the newest tally, not each of them
    /// io.to("poll-7").delivery(Delivery::Latest).emit("tally", [12, 30])?;
    /// io.to("poll-7").delivery(Delivery::Latest).emit("tally", [13, 30])?;
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = Some(delivery);
        self
    }

    /// Sends the event uncompressed, whatever was agreed with each client.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// use chorus_socketio::Binary;
    ///
    /// let jpeg = Binary::from(vec![0xff, 0xd8]); // compressed by itself
    /// io.to("gallery").uncompressed().emit("photo", jpeg)?;
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn uncompressed(mut self) -> Self {
        self.uncompressed = true;
        self
    }

    /// Sends a `message`; see [`Broadcast::emit`].
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.to("lobby").send("hello")?; // in the browser: socket.on("message", (text) => { … })
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn send(&self, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.emit("message", args)
    }

    /// Sends an event and returns how many sockets of this server it went to.
    /// An error means that `args` is not JSON, or the name is reserved ([`Socket::emit`]); then nobody
    /// gets it.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// let reached = io.to("poll-7").emit("voted", serde_json::json!({ "option": 2 }))?;
    /// assert_eq!(reached, 0); // nobody is in the room
    /// assert!(io.to("poll-7").emit("connect", 2).is_err(), "a reserved name");
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.emit_ref(event, &args)
    }

    pub(crate) fn emit_ref(&self, event: &str, args: &impl ToArgs) -> Result<usize, serde_json::Error> {
        self.show(event, args)?;
        self.emit_unseen(event, args)
    }

    /// Sends an event that listeners for outgoing events have seen, or will see.
    pub(crate) fn emit_unseen(&self, event: &str, args: &impl ToArgs) -> Result<usize, serde_json::Error> {
        let mut packet = self.namespace.packet(event, args, &self.target, self.delivery)?;
        packet.frames = self.finish(packet.frames);
        let count = self.namespace.adapter().broadcast(&packet, &self.target);
        self.namespace.common().counters().delivered(count);
        Ok(count)
    }

    /// Shows an event to the listeners for outgoing events of all whom it goes to.
    pub(crate) fn show(&self, event: &str, args: &impl ToArgs) -> Result<(), serde_json::Error> {
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
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use std::time::Duration;
    ///
    /// # let io = chorus_socketio::Server::new();
    /// let ready = io.to("round 1").timeout(Duration::from_secs(5));
    /// match ready.emit_with_ack::<bool>("ready?", "round 1").await {
    ///     Ok(answers) => println!("all {} are there", answers.len()),
    ///     Err(partial) => println!("{} say nothing", partial.missing),
    /// }
    /// # }
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends an event and waits for the answers of all sockets it went to.
    ///
    /// They come in no certain order.
    ///
    /// When some do not come in time or cannot be read, the error holds those that did. Cancel safe:
    /// when it is dropped, late answers are ignored.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use std::time::Duration;
    ///
    /// # let io = chorus_socketio::Server::new();
    /// let jury = io.to("jury").timeout(Duration::from_secs(10));
    /// let marks: Vec<u32> = match jury.emit_with_ack("mark?", "dancer 7").await {
    ///     Ok(marks) => marks,
    ///     Err(partial) => partial.answers, // of those who were in time
    /// };
    /// assert_eq!(marks.iter().sum::<u32>(), 0); // there is no jury
    /// # }
    /// ```
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
        let packet = Packet { delivery: self.delivery.or(Some(Delivery::Reliable)), ..Packet::new(frames) };
        let asked: Vec<_> = self.sockets().into_iter().map(|socket| socket.ask(&packet, id)).collect();
        self.namespace.common().counters().delivered(asked.len());
        // without an end if it is beyond what clocks can tell
        let deadline = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
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
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// for socket in io.to("red").sockets() {
    ///     socket.set_data("captain");
    /// }
    /// ```
    pub fn sockets(&self) -> Vec<Socket> {
        self.namespace.adapter().sockets(&self.target)
    }

    /// The sockets it would go to, those of other servers included.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let io = chorus_socketio::Server::new();
    /// let there = io.to("lobby").fetch_sockets().await;
    /// let away = there.iter().filter(|socket| socket.data["away"] == true).count();
    /// assert_eq!(away, 0); // nobody is there at all
    /// # }
    /// ```
    pub async fn fetch_sockets(&self) -> Vec<RemoteSocket> {
        self.namespace.adapter().fetch_sockets(&self.target).await
    }

    /// Makes these sockets join rooms.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.to("waiting room").join("game-7");
    /// ```
    pub fn join(&self, rooms: impl IntoRooms) {
        let rooms: Vec<_> = rooms.into_rooms().collect();
        for socket in self.sockets() {
            socket.join(rooms.clone());
        }
    }

    /// Makes these sockets leave rooms.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.to("game-7").leave(["game-7", "red", "blue"]); // it is over
    /// ```
    pub fn leave(&self, rooms: impl IntoRooms) {
        let rooms: Vec<_> = rooms.into_rooms().collect();
        for socket in self.sockets() {
            socket.leave(rooms.clone());
        }
    }

    /// Closes the connections of these sockets.
    ///
    /// What they have in other namespaces ends, too.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.to("user ada").close(); // she has changed her password: all her tabs log in again
    /// ```
    pub fn close(&self) {
        for socket in self.sockets() {
            socket.close();
        }
    }

    /// Disconnects these sockets from the namespace.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.of("/quiz").except("hosts").disconnect(); // the quiz is over; other namespaces go on
    /// ```
    pub fn disconnect(&self) {
        for socket in self.sockets() {
            socket.disconnect();
        }
    }
}
