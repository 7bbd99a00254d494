//! A client in a namespace.

mod emitter;
mod id;
mod own;

use std::{
    any::Any,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use chorus_protocol::socketio::{FromArgs, ToArgs};
use parking_lot::Mutex;

use self::own::Own;
use crate::{
    AckError, Broadcast, ConnectError, Delivery, DisconnectReason, Handshake, IntoRooms, Joined, Namespace,
    Packet, Payload, Room, Transport, ack::Pending, adapter::SavedSession, client::Link, engine::Revision,
    parser::Parser,
};

pub use self::{emitter::Emitter, id::SocketId};

/// A client in a namespace.
///
/// Cheap to clone; it may be kept after the client has left.
///
/// ```
/// use chorus_socketio::{Data, Reply, Server, Socket};
///
/// let io = Server::new();
/// io.of("/").on("enter", |socket: Socket, Data(room): Data<String>| async move {
///     println!("{} of {:?} enters {room}", socket.id(), socket.handshake().address());
///     let _ = socket.to(&room).emit("entered", socket.id());
///     socket.join(room);
///     Reply(socket.rooms().len())
/// });
/// ```
#[derive(Clone)]
pub struct Socket(Arc<Inner>);

struct Inner {
    id: SocketId,
    namespace: Namespace,
    link: Arc<Link>,
    auth: Box<str>,
    recovery: Option<Box<RecoveryState>>,
    /// Changed under the lock of `state`, read without it: a broadcast must not wait for a socket.
    stage: AtomicU8,
    /// What [`Socket::set_delivery`] set.
    delivery: AtomicU8,
    state: Mutex<SocketState>,
}

#[derive(Default)]
struct SocketState {
    /// Why it has gone, and whether it had been let in.
    gone: Option<(DisconnectReason, bool)>,
    rooms: Vec<Room>,
    data: Option<Arc<dyn Any + Send + Sync>>,
    pending: Pending,
    own: Option<Box<Own>>,
    /// It has left, and takes no listeners any more.
    forgetful: bool,
    /// It cannot come back: what it missed is no longer known.
    lost: bool,
}

/// What a socket has only if the server recovers connections.
struct RecoveryState {
    /// The private id by which the client can come back.
    pid: SocketId,
    /// What it has come back from: the last offset it has seen.
    after: Option<Box<str>>,
}

/// Middleware decides.
const CONNECTING: u8 = 0;
const CONNECTED: u8 = 1;
const GONE: u8 = 2;

/// Those that a socket can have as its own; the first is the default.
const DELIVERIES: [Delivery; 4] = [Delivery::Reliable, Delivery::Lossy, Delivery::Volatile, Delivery::Latest];

/// The longest name of a room, in bytes.
const MAX_ROOM_NAME: usize = 1024;

impl Socket {
    /// A socket that is to be let in.
    pub(crate) fn new(
        namespace: Namespace,
        link: Arc<Link>,
        auth: Box<str>,
    ) -> Result<Self, getrandom::Error> {
        let recovers = namespace.recovers() && link.session.revision() == Revision::V4;
        let kept =
            if recovers { Some(RecoveryState { pid: SocketId::random()?, after: None }) } else { None };
        Ok(Self::made(SocketId::random()?, namespace, link, auth, kept, SocketState::default()))
    }

    /// A socket that comes back from `offset` on.
    pub(crate) fn recover(
        session: SavedSession,
        offset: Box<str>,
        namespace: Namespace,
        link: Arc<Link>,
        auth: Box<str>,
    ) -> Self {
        let SavedSession { id, pid, rooms, data, shared_data, user } = session;
        let state = SocketState { rooms, data, own: Own::kept(shared_data, user), ..SocketState::default() };
        let recovery = RecoveryState { pid, after: Some(offset) };
        Self::made(id, namespace, link, auth, Some(recovery), state)
    }

    fn made(
        id: SocketId,
        namespace: Namespace,
        link: Arc<Link>,
        auth: Box<str>,
        recovery: Option<RecoveryState>,
        state: SocketState,
    ) -> Self {
        Self(Arc::new(Inner {
            id,
            namespace,
            link,
            auth,
            recovery: recovery.map(Box::new),
            stage: AtomicU8::new(CONNECTING),
            delivery: AtomicU8::new(0),
            state: Mutex::new(state),
        }))
    }

    /// The public id.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     // in the browser: socket.on("friend", (id) => socket.emit("wave", id))
    ///     let _ = socket.broadcast().emit("friend", socket.id());
    /// });
    /// ```
    pub fn id(&self) -> SocketId {
        self.0.id
    }

    /// The namespace it is in.
    ///
    /// ```
    /// # use chorus_socketio::{Reply, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("count", |socket: Socket| async move { Reply(socket.namespace().socket_count()) });
    /// ```
    pub fn namespace(&self) -> &Namespace {
        &self.0.namespace
    }

    /// The request that opened the connection.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").middleware(|socket: Socket| async move {
    ///     let language = socket.handshake().header("accept-language").unwrap_or("en").to_owned();
    ///     socket.set_data(language);
    ///     Ok(())
    /// });
    /// ```
    pub fn handshake(&self) -> &Handshake {
        &self.0.link.handshake
    }

    /// What carries its connection at present; polling may be upgraded later.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket, Transport};
    /// # let io = Server::new();
    /// io.of("/").on("stream", |socket: Socket| async move {
    ///     if socket.transport() == Transport::WebSocket {
    ///         socket.join("thirty frames a second");
    ///     }
    /// });
    /// ```
    pub fn transport(&self) -> Transport {
        self.0.link.session.transport()
    }

    /// Tells it from one that comes back under its id.
    pub(crate) fn instance(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(crate) fn shared_handshake(&self) -> Arc<Handshake> {
        self.0.link.handshake.clone()
    }

    /// What the client gave as `auth`; an empty object when it gave nothing.
    ///
    /// ```
    /// # use chorus_socketio::{ConnectError, Server, Socket};
    /// #[derive(Default, serde::Deserialize)]
    /// #[serde(default)]
    /// struct Auth {
    ///     name: Option<String>,
    /// }
    ///
    /// # let io = Server::new();
    /// // in the browser: io({ auth: { name: "ada" } })
    /// io.of("/").middleware(|socket: Socket| async move {
    ///     let auth: Auth = socket.auth().map_err(|_| ConnectError::new("a name is a text"))?;
    ///     socket.set_data(auth.name.unwrap_or_else(|| "guest".to_owned()));
    ///     Ok(())
    /// });
    /// ```
    pub fn auth<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0.auth)
    }

    pub(crate) fn auth_json(&self) -> &str {
        &self.0.auth
    }

    /// Whether the client has come back after its line broke.
    ///
    /// Then id, rooms and data are those it had.
    ///
    /// ```
    /// # use chorus_socketio::{Recovery, Server, Socket};
    /// let io = Server::builder().connection_state_recovery(Recovery::default()).build();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     if !socket.recovered() {
    ///         socket.join("lobby");
    ///         let _ = socket.emit("history", ["what was said before"]);
    ///     }
    /// });
    /// ```
    pub fn recovered(&self) -> bool {
        self.0.recovery.as_ref().is_some_and(|recovery| recovery.after.is_some())
    }

    /// The private id by which its client can come back, if the server recovers connections.
    ///
    /// Only the client knows it, and gives it as `pid` in its `auth` when it comes back: also to a server
    /// that was started anew and knows nothing of it, unless it kept something by that id.
    ///
    /// ```
    /// use std::{collections::HashMap, sync::{Arc, Mutex}};
    /// use chorus_socketio::{Recovery, Server, Socket};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Auth {
    ///     pid: Option<String>,
    /// }
    ///
    /// let seats: Arc<Mutex<HashMap<String, u32>>> = Arc::default(); // or rather in a database
    /// let io = Server::builder().connection_state_recovery(Recovery::default()).build();
    /// io.of("/").on_connect(move |socket: Socket| {
    ///     let seats = Arc::clone(&seats);
    ///     async move {
    ///         let before = socket.auth::<Auth>().ok().and_then(|auth| auth.pid);
    ///         let mut seats = seats.lock().unwrap();
    ///         let seat = before.and_then(|pid| seats.remove(&pid)).unwrap_or(1);
    ///         seats.extend(socket.pid().map(|pid| (pid.to_string(), seat)));
    ///     }
    /// });
    /// ```
    pub fn pid(&self) -> Option<SocketId> {
        self.0.recovery.as_ref().map(|recovery| recovery.pid)
    }

    /// Whether it is connected: middleware has let it in and it has not left.
    ///
    /// ```
    /// # use {chorus_socketio::{Server, Socket}, std::time::Duration};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     tokio::spawn(async move {
    ///         while socket.is_connected() {
    ///             let _ = socket.volatile().emit("load", 0.7);
    ///             tokio::time::sleep(Duration::from_secs(1)).await;
    ///         }
    ///     });
    /// });
    /// ```
    pub fn is_connected(&self) -> bool {
        self.0.stage.load(Ordering::Acquire) == CONNECTED
    }

    /// Sends an event.
    ///
    /// It is dropped when the client has left. An error means that `args` is not JSON, or the event's name
    /// is reserved: `connect`, `connect_error`, `disconnect`, `disconnecting`, `newListener` or
    /// `removeListener`.
    ///
    /// ```
    /// # use chorus_socketio::{Args, Binary, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     let _ = socket.emit("name", "ada"); // one argument
    ///     let _ = socket.emit("position", Args((12, 30))); // two
    ///     let _ = socket.emit("ready", Args(())); // none; `()` alone would be null
    ///     let _ = socket.emit("photo", Binary::from(&b"\x89PNG"[..])); // an ArrayBuffer
    /// });
    /// ```
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<(), serde_json::Error> {
        self.emitter().emit(event, args)
    }

    /// Sends a `message`.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// // an echo: in the browser socket.send("hello") and socket.on("message", (text) => { … })
    /// io.of("/").on("message", |socket: Socket, Data(text): Data<String>| async move {
    ///     let _ = socket.send(text);
    /// });
    /// ```
    pub fn send(&self, args: impl ToArgs) -> Result<(), serde_json::Error> {
        self.emit("message", args)
    }

    /// Sends an event that may be dropped when the client cannot take it at once.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/game").on("move", |socket: Socket| async move {
    ///     let _ = socket.volatile().emit("frame", [12, 30]); // the next one is more up to date
    /// });
    /// ```
    pub fn volatile(&self) -> Emitter<'_> {
        self.emitter().volatile()
    }

    /// Sends an event uncompressed, whatever was agreed with the client.
    ///
    /// ```
    /// # use chorus_socketio::{Binary, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("photo", |socket: Socket| async move {
    ///     let jpeg = Binary::from(vec![0xff, 0xd8]); // compressed by itself
    ///     let _ = socket.uncompressed().emit("photo", jpeg);
    /// });
    /// ```
    pub fn uncompressed(&self) -> Emitter<'_> {
        self.emitter().uncompressed()
    }

    /// Sets how long an answer may take; without it, until the client leaves.
    ///
    /// ```
    /// # use {chorus_socketio::{AckError, Server, Socket}, std::time::Duration};
    /// # let io = Server::new();
    /// io.of("/").on("start", |socket: Socket| async move {
    ///     let asked = socket.timeout(Duration::from_secs(5));
    ///     match asked.emit_with_ack::<bool>("ready?", "round 1").await {
    ///         Ok(true) => socket.join("round 1"),
    ///         Ok(false) | Err(AckError::Timeout) => socket.join("spectators"),
    ///         Err(_) => {}
    ///     }
    /// });
    /// ```
    pub fn timeout(&self, timeout: Duration) -> Emitter<'_> {
        self.emitter().timeout(timeout)
    }

    /// Sends an event and waits for the client's answer.
    ///
    /// Cancel safe: when it is dropped, a late answer is ignored.
    ///
    /// ```
    /// # use chorus_socketio::{AckError, Args, Server, Socket};
    /// async fn confirm(socket: &Socket, question: &str) -> Result<bool, AckError> {
    ///     // in the browser: socket.on("confirm", (question, seconds, answer) => answer(true))
    ///     socket.emit_with_ack("confirm", Args((question, 30))).await
    /// }
    ///
    /// # let io = Server::new();
    /// io.of("/").on("close poll", |socket: Socket| async move {
    ///     if confirm(&socket, "close the poll?").await.unwrap_or(false) {
    ///         let _ = socket.namespace().emit("closed", "poll-7");
    ///     }
    /// });
    /// ```
    pub async fn emit_with_ack<T: FromArgs>(&self, event: &str, args: impl ToArgs) -> Result<T, AckError> {
        self.emitter().emit_with_ack(event, args).await
    }

    fn emitter(&self) -> Emitter<'_> {
        Emitter { socket: self, delivery: None, timeout: None, uncompressed: false }
    }

    /// Sets what becomes of events to it when it reads too slowly.
    ///
    /// It holds unless the event or its room says otherwise. [`Delivery::Reliable`] is the default.
    ///
    /// ```
    /// # use chorus_socketio::{Delivery, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/board").on("watch only", |socket: Socket| async move {
    ///     socket.set_delivery(Delivery::Lossy); // a slow spectator misses something and stays
    /// });
    /// ```
    pub fn set_delivery(&self, delivery: Delivery) {
        let delivery = DELIVERIES.iter().position(|known| *known == delivery).unwrap_or_default();
        self.0.delivery.store(delivery as u8, Ordering::Relaxed);
    }

    /// Joins rooms.
    ///
    /// Nothing happens for those it is in. Those that it [may not](Socket::try_join) join are left out, and
    /// the log says so.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("enter", |socket: Socket| async move {
    ///     socket.join("lobby");
    ///     socket.join(["poll-7", "poll-8"]);
    /// });
    /// ```
    pub fn join(&self, rooms: impl IntoRooms) {
        self.try_join(rooms);
    }

    /// Joins rooms, and says whether it is in all of them now.
    ///
    /// It is not when it has left, or would be in too many
    /// ([`ServerBuilder::max_rooms`](crate::ServerBuilder::max_rooms)), or a name is longer than 1 KiB.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Reply, Server, Socket};
    /// let io = Server::builder().max_rooms(50).build();
    /// // the client chooses the name, so it may be too long or one too many
    /// io.of("/").on("subscribe", |socket: Socket, Data(topic): Data<String>| async move {
    ///     Reply(if socket.try_join(topic) { "subscribed" } else { "not possible" })
    /// });
    /// ```
    pub fn try_join(&self, rooms: impl IntoRooms) -> bool {
        let mut all = true;
        for room in rooms.into_rooms() {
            // under the socket's lock, so that a socket that is leaving cannot slip into a room
            let mut state = self.0.state.lock();
            if !self.may_join(&state, &room) {
                all = false;
                continue;
            }
            let joined = self.0.namespace.adapter().join(self, room.clone());
            // one that comes back has rooms that the adapter does not know of yet
            if joined && !(self.recovered() && state.rooms.contains(&room)) {
                state.rooms.push(room);
            }
        }
        all
    }

    fn may_join(&self, state: &SocketState, room: &Room) -> bool {
        let max = self.0.namespace.common().options.max_rooms;
        if state.gone.is_some() {
            return false;
        }
        let may = room.len() <= MAX_ROOM_NAME && (state.rooms.len() < max || state.rooms.contains(room));
        if !may {
            tracing::warn!(socket = %self.id(), rooms = state.rooms.len(), "not joined: a limit of rooms");
        }
        may
    }

    /// Joins a room and sends the client again what it missed there.
    ///
    /// That is what came after `offset`, each event once and in order, before all that follows. The room's
    /// history is kept by [`Namespace::keep_history`].
    ///
    /// None when the room has no history, or it could not join; see [`Socket::try_join`].
    ///
    /// ```
    /// use chorus_socketio::{Data, Reply, RoomHistory, Server, Socket};
    ///
    /// let io = Server::new();
    /// let main = io.of("/");
    /// main.keep_history("news", RoomHistory::default());
    /// main.on("read news", |socket: Socket, Data(offset): Data<Option<String>>| async move {
    ///     // the client keeps the last argument of each event to the room, and gives it here
    ///     let joined = socket.join_after("news", offset.as_deref());
    ///     Reply(joined.map(|joined| (joined.offset, joined.replayed)))
    /// });
    /// ```
    pub fn join_after(&self, room: impl Into<Room>, offset: Option<&str>) -> Option<Joined> {
        let room = room.into();
        let mut state = self.0.state.lock();
        if !self.is_connected() || !self.may_join(&state, &room) {
            return None;
        }
        let joined = self.0.namespace.adapter().join_after(self, &room, &state.rooms, offset)?;
        if !state.rooms.contains(&room) {
            state.rooms.push(room);
        }
        Some(joined)
    }

    /// Leaves rooms.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("leave", |socket: Socket, Data(room): Data<String>| async move {
    ///     socket.leave(&room);
    ///     let _ = socket.to(room).emit("left", socket.id());
    /// });
    /// ```
    pub fn leave(&self, rooms: impl IntoRooms) {
        for room in rooms.into_rooms() {
            let mut state = self.0.state.lock();
            if let Some(position) = state.rooms.iter().position(|joined| *joined == room) {
                state.rooms.swap_remove(position);
                self.0.namespace.adapter().leave(self, &room);
            }
        }
    }

    /// The rooms it is in, besides the one named by its id.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// // into one room at a time
    /// io.of("/").on("move to garden", |socket: Socket| async move {
    ///     socket.leave(socket.rooms());
    ///     socket.join("garden");
    /// });
    /// ```
    pub fn rooms(&self) -> Vec<Room> {
        self.0.state.lock().rooms.clone()
    }

    /// Aims at the sockets in `rooms`, without this one.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("say", |socket: Socket, Data(text): Data<String>| async move {
    ///     let _ = socket.to("lobby").emit("said", text); // whoever said it knows already
    /// });
    /// ```
    pub fn to(&self, rooms: impl IntoRooms) -> Broadcast {
        self.broadcast().to(rooms)
    }

    /// Aims at all sockets of the namespace but those in `rooms` and this one.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/quiz").on("hint", |socket: Socket, Data(hint): Data<String>| async move {
    ///     let _ = socket.except("spectators").emit("hint", hint);
    /// });
    /// ```
    pub fn except(&self, rooms: impl IntoRooms) -> Broadcast {
        self.broadcast().except(rooms)
    }

    /// Aims at all sockets of the namespace but this one.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/board").on("cursor", |socket: Socket, Data(at): Data<[f64; 2]>| async move {
    ///     let _ = socket.broadcast().volatile().emit("cursor", (socket.id(), at));
    /// });
    /// ```
    pub fn broadcast(&self) -> Broadcast {
        self.0.namespace.broadcast().except(self.id())
    }

    /// Keeps a value with the socket, in place of what was kept before.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// struct Name(String);
    ///
    /// # let io = Server::new();
    /// io.of("/")
    ///     .on("name", |socket: Socket, Data(name): Data<String>| async move {
    ///         socket.set_data(Name(name));
    ///     })
    ///     .on("say", |socket: Socket, Data(text): Data<String>| async move {
    ///         let Some(name) = socket.data::<Name>() else { return };
    ///         let _ = socket.broadcast().emit("said", (&name.0, text));
    ///     });
    /// ```
    pub fn set_data<T: Any + Send + Sync>(&self, data: T) {
        self.0.state.lock().data = Some(Arc::new(data));
    }

    /// What was kept, if it is of this type.
    ///
    /// ```
    /// # struct Score(u32);
    /// # let io = chorus_socketio::Server::new();
    /// let players = io.of("/game").sockets();
    /// let scores = players.iter().filter_map(|socket| socket.data::<Score>());
    /// assert_eq!(scores.map(|score| score.0).max(), None); // nobody plays
    /// ```
    pub fn data<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0.state.lock().data.clone()?.downcast().ok()
    }

    /// Takes the client out of the namespace.
    ///
    /// Its connection stays for other namespaces.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/quiz").on("give up", |socket: Socket| async move {
    ///     let _ = socket.emit("goodbye", "see you"); // is still delivered
    ///     socket.disconnect();
    /// });
    /// ```
    pub fn disconnect(&self) {
        if self.is_connected() && self.go(DisconnectReason::ServerNamespaceDisconnect) {
            let name = self.0.namespace.name();
            self.0.link.session.send(&self.parser().disconnect(name), Delivery::Reliable);
            // the task runs what is to be run for a socket that leaves
            self.0.link.session.wake();
        }
    }

    /// Disconnects all sockets of the client and closes its connection.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("say", |socket: Socket, Data(text): Data<String>| async move {
    ///     if text.contains("spam") {
    ///         socket.close();
    ///     }
    /// });
    /// ```
    pub fn close(&self) {
        self.0.link.close();
    }

    /// Lets it in and tells the client so. False when it has gone already, or what it missed is no
    /// longer known since it was claimed: then the connection is closed, and the client begins anew.
    pub(crate) fn connect(&self) -> bool {
        if self.0.namespace.is_removed() {
            self.refuse(&ConnectError::new("Invalid namespace"));
            return false;
        }
        let mut state = self.0.state.lock();
        if state.gone.is_some() {
            return false;
        }
        let after = self.0.recovery.as_ref().and_then(|recovery| recovery.after.as_deref());
        let added = self.0.namespace.adapter().add(self, &state.rooms, after);
        if !added {
            // it begins anew: what it missed is not to be promised once more
            state.lost = true;
            self.close();
            return false;
        }
        drop(state);
        if self.0.namespace.is_removed() {
            self.disconnect();
        }
        true
    }

    /// For adapters: tells the client that it is let in.
    ///
    /// Called in [`Adapter::add`](crate::Adapter::add).
    ///
    /// ```
    /// # use chorus_socketio::Socket;
    /// # struct MyAdapter { sockets: std::sync::Mutex<Vec<Socket>> }
    /// # impl MyAdapter {
    /// // the beginning of an adapter's `add`
    /// fn let_in(&self, socket: &Socket) {
    ///     let mut sockets = self.sockets.lock().unwrap();
    ///     socket.greet(); // a broadcast waits for the lock, and so comes behind it
    ///     sockets.push(socket.clone());
    /// }
    /// # }
    /// ```
    pub fn greet(&self) {
        let data = match self.0.recovery.as_deref() {
            Some(RecoveryState { pid, .. }) => serde_json::json!({ "sid": self.id(), "pid": pid }),
            None => serde_json::json!({ "sid": self.id() }),
        };
        let data = Some(&data).filter(|_| self.0.link.session.revision() == Revision::V4);
        if let Ok(frames) = self.parser().connect(self.0.namespace.name(), data) {
            self.0.link.session.send(&frames, Delivery::Reliable);
        }
        self.0.stage.store(CONNECTED, Ordering::Release);
    }

    fn parser(&self) -> &dyn Parser {
        &*self.0.namespace.common().parser
    }

    /// Tells the client that it is not let in.
    pub(crate) fn refuse(&self, error: &ConnectError) {
        let name = self.0.namespace.name();
        let frames = match self.0.link.session.revision() {
            Revision::V4 => self.parser().connect_error(name, &error.to_json()),
            // data alone, or else the message
            Revision::V3 => self.parser().connect_error(name, &error.for_v3()),
        };
        if let Ok(frames) = frames {
            self.0.link.session.send(&frames, Delivery::Reliable);
        }
        self.go(DisconnectReason::ServerNamespaceDisconnect);
    }

    /// Why it has gone, if it has, and whether it had been let in.
    pub(crate) fn gone(&self) -> Option<(DisconnectReason, bool)> {
        if self.0.stage.load(Ordering::Acquire) == GONE { self.0.state.lock().gone } else { None }
    }

    /// Marks it as gone, which ends all delivery; rooms are kept until [`Socket::leave_all`].
    /// True if it was connected.
    pub(crate) fn go(&self, reason: DisconnectReason) -> bool {
        let mut state = self.0.state.lock();
        if state.gone.is_some() {
            return false;
        }
        let was_connected = self.0.stage.swap(GONE, Ordering::AcqRel) == CONNECTED;
        state.gone = Some((reason, was_connected));
        // whoever waits for an answer learns that none will come
        state.pending = Pending::default();
        was_connected
    }

    /// Whether somebody waits for an answer of the client.
    pub(crate) fn awaits_answer(&self) -> bool {
        !self.0.state.lock().pending.is_empty()
    }

    pub(crate) fn leave_all(&self) {
        let (rooms, data, gone, lost) = {
            let mut state = self.0.state.lock();
            (std::mem::take(&mut state.rooms), state.data.clone(), state.gone, state.lost)
        };
        let adapter = self.0.namespace.adapter();
        adapter.remove(self, &rooms);
        // also one that came back and lost its line again before it was let in
        if let (Some(recovery), Some((reason, was_connected))) = (&self.0.recovery, gone)
            && (was_connected || recovery.after.is_some())
            && reason.is_recoverable()
            && !lost
        {
            let (shared_data, user) = (self.shared_data(), self.user());
            adapter.save(SavedSession { id: self.id(), pid: recovery.pid, rooms, data, shared_data, user });
        }
    }

    /// Delivers a packet, unless it has gone.
    pub(crate) fn deliver(&self, packet: &Packet) {
        self.deliver_as(packet.delivery.unwrap_or_else(|| self.delivery()), packet);
    }

    /// What becomes of events to it that do not say so themselves.
    pub(crate) fn delivery(&self) -> Delivery {
        DELIVERIES[usize::from(self.0.delivery.load(Ordering::Relaxed))]
    }

    /// Delivers a packet that it missed: it is not missed again, however slow the socket is.
    pub(crate) fn deliver_again(&self, packet: &Packet) {
        self.deliver_as(Delivery::Reliable, packet);
    }

    fn deliver_as(&self, delivery: Delivery, packet: &Packet) {
        if self.is_connected() {
            self.0.link.session.send_on(packet.topic, &packet.frames, delivery);
        }
    }

    /// How many bytes may still wait for its client.
    pub(crate) fn free_bytes(&self) -> usize {
        self.0.link.session.free_bytes()
    }

    /// Hands an answer to whoever waits for it. Unexpected ones are ignored, as in Node.
    pub(crate) fn answered(&self, id: u64, payload: Payload) {
        let waiting = self.0.state.lock().pending.take(id);
        if let Some(waiting) = waiting {
            let _ = waiting.send(payload);
        }
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("id", &self.id()).field("namespace", &self.0.namespace.name()).finish()
    }
}
