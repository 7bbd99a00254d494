//! A namespace: its sockets, and the handlers that all of them share.

mod handlers;
mod server_side;

use std::{
    collections::HashMap,
    fmt,
    hash::BuildHasher as _,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use chorus_protocol::socketio::{Frames, ToArgs};
use parking_lot::RwLock;

use self::handlers::Handlers;
use crate::{
    Adapter, Broadcast, ConnectError, Delivery, Handler, IntoReply, IntoRooms, Packet, Payload, RateLimit,
    Room, RoomHistory, Socket, SocketId, Target,
    adapter::{Offset, WithOffset},
    deduplicate::{Answers, Deduplicate},
    engine::Topic,
    handler::{BoxedGuard, BoxedHandler, BoxedMiddleware},
    limit::Limiter,
    listeners::{Calls, Listeners},
    server::Common,
};

/// A channel of its own over the shared connection. Cheap to clone.
///
/// Handlers belong to the namespace, not to each socket, so that a socket costs nothing for them.
///
/// ```
/// use chorus_socketio::{Data, DisconnectReason, Server, Socket};
///
/// let io = Server::new();
/// let chat = io.of("/chat");
/// chat.on_connect(|socket: Socket| async move { socket.join("lobby") })
///     .on("say", |socket: Socket, Data(text): Data<String>| async move {
///         let _ = socket.to("lobby").emit("said", text);
///     })
///     .on_disconnect(|socket: Socket, reason: DisconnectReason| async move {
///         println!("{} has left: {reason}", socket.id());
///     });
/// assert_eq!(chat.name(), "/chat");
/// assert_eq!(chat.socket_count(), 0);
/// ```
#[derive(Clone)]
pub struct Namespace(Arc<Inner>);

struct Inner {
    name: Box<str>,
    common: Arc<Common>,
    adapter: Arc<dyn Adapter>,
    handlers: Arc<Handlers>,
    /// Those of the parent that it is a child of; they come first.
    family: Option<Arc<Handlers>>,
    /// How packets to a room are delivered.
    deliveries: RwLock<HashMap<Room, Delivery>>,
    ack_ids: AtomicU64,
    offsets: AtomicU64,
    /// Connections that are in it or on the way; changed under the lock of the server's table.
    users: AtomicUsize,
    removed: AtomicBool,
}

impl Namespace {
    pub(crate) fn new(name: &str, common: Arc<Common>, adapter: Arc<dyn Adapter>) -> Self {
        Self::made(name, common, adapter, None)
    }

    /// A namespace of another name that has this one's handlers, those to come included, and its own.
    pub(crate) fn child(&self, name: &str, adapter: Arc<dyn Adapter>) -> Self {
        Self::made(name, self.0.common.clone(), adapter, Some(self.0.handlers.clone()))
    }

    fn made(
        name: &str,
        common: Arc<Common>,
        adapter: Arc<dyn Adapter>,
        family: Option<Arc<Handlers>>,
    ) -> Self {
        Self(Arc::new(Inner {
            name: name.into(),
            common,
            adapter,
            handlers: Arc::default(),
            family,
            deliveries: RwLock::default(),
            ack_ids: AtomicU64::new(0),
            offsets: AtomicU64::new(0),
            users: AtomicUsize::new(0),
            removed: AtomicBool::new(false),
        }))
    }

    /// Lets nobody in any more.
    pub(crate) fn remove(&self) {
        self.0.removed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_removed(&self) -> bool {
        self.0.removed.load(Ordering::SeqCst)
    }

    pub(crate) fn enter(&self) {
        self.0.users.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// True if it was the last one.
    pub(crate) fn exit(&self) -> bool {
        self.0.users.fetch_sub(1, Ordering::Relaxed) == 1
    }

    /// The name, with its leading slash.
    ///
    /// ```
    /// let io = chorus_socketio::Server::new();
    /// assert_eq!(io.of("/chat").name(), "/chat");
    /// ```
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Decides who is let in, before anything else is known of a socket.
    ///
    /// Several run in the order they were added; the first refusal is the client's `connect_error`.
    ///
    /// `Data` is the client's `auth`; one that cannot be read is refused, too.
    ///
    /// ```
    /// # use chorus_socketio::{ConnectError, Data, Server, Socket};
    /// #[derive(serde::Deserialize)]
    /// struct Auth {
    ///     token: String,
    /// }
    ///
    /// # fn user_of(token: &str) -> Option<&'static str> { (token == "secret").then_some("ada") }
    /// let io = Server::new();
    /// io.of("/").middleware(|socket: Socket, Data(auth): Data<Auth>| async move {
    ///     let user = user_of(&auth.token).ok_or_else(|| ConnectError::new("not authorized"))?;
    ///     socket.set_user(user);
    ///     Ok(())
    /// });
    /// ```
    pub fn middleware<X, H>(&self, handler: H) -> &Self
    where
        H: Handler<X, Output = Result<(), ConnectError>>,
    {
        self.change(|lists| lists.middleware.push(BoxedMiddleware::new(handler)));
        self
    }

    /// Runs for each socket that was let in, before its first event.
    ///
    /// `Data` is the client's `auth`.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// #[derive(serde::Deserialize)]
    /// struct Auth {
    ///     poll: u32,
    /// }
    ///
    /// let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket, Data(auth): Data<Auth>| async move {
    ///     socket.join(format!("poll-{}", auth.poll));
    ///     let _ = socket.emit("welcome", socket.namespace().socket_count());
    /// });
    /// ```
    pub fn on_connect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.change(|lists| lists.connect.push(BoxedHandler::new(handler)));
        self
    }

    /// Runs for each event of that name.
    ///
    /// The events of one socket are handled in order, one at a time.
    ///
    /// ```
    /// # use chorus_socketio::{Args, Reply, Server, Socket};
    /// let io = Server::new();
    /// // in the browser: socket.emit("vote", "poll-7", 2, (answer) => { … })
    /// io.of("/").on("vote", |socket: Socket, Args((poll, option)): Args<(String, u8)>| async move {
    ///     let _ = socket.to(poll).emit("voted", option);
    ///     Reply("counted")
    /// });
    /// ```
    pub fn on<X, H: Handler<X, Output: IntoReply>>(&self, event: &str, handler: H) -> &Self {
        self.listeners(|listeners| listeners.on(event, BoxedHandler::new(handler), Calls::Always));
        self
    }

    /// Runs for each event, before its own handlers.
    ///
    /// [`EventName`](crate::EventName) tells which it is.
    ///
    /// ```
    /// # use chorus_socketio::{EventName, Server, Socket};
    /// let io = Server::new();
    /// io.of("/").on_any(|socket: Socket, name: EventName| async move {
    ///     println!("{} sends {}", socket.id(), &*name);
    /// });
    /// ```
    pub fn on_any<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listeners(|listeners| listeners.any.push(BoxedHandler::new(handler)));
        self
    }

    /// Decides about each event before its handlers, in the order they were added.
    ///
    /// A refusal is the answer, if the client waits for one.
    ///
    /// ```
    /// # use chorus_socketio::{EventName, Reply, Server, Socket};
    /// let io = Server::new();
    /// io.of("/").event_middleware(|socket: Socket, name: EventName| async move {
    ///     match &*name {
    ///         "close poll" if socket.user().as_deref() != Some("host") => Err(Reply("only the host may")),
    ///         _ => Ok(()),
    ///     }
    /// });
    /// ```
    pub fn event_middleware<X, E: IntoReply, H: Handler<X, Output = Result<(), E>>>(
        &self,
        handler: H,
    ) -> &Self {
        self.listeners(|listeners| listeners.guards.push(BoxedGuard::new(handler)));
        self
    }

    /// Removes the handlers of an event.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server};
    /// # let io = Server::new();
    /// let votes = io.of("/votes");
    /// votes.on("vote", |Data(option): Data<u8>| async move { println!("{option}") });
    /// votes.off("vote"); // the poll is closed
    /// ```
    pub fn off(&self, event: &str) -> &Self {
        self.listeners(|listeners| listeners.off(event));
        self
    }

    /// Runs when a socket leaves, while it is still in its rooms.
    ///
    /// ```
    /// # use chorus_socketio::{Args, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_disconnecting(|socket: Socket| async move {
    ///     for room in socket.rooms() {
    ///         let _ = socket.to(&room).emit("left", Args((&*room, socket.id())));
    ///     }
    /// });
    /// ```
    pub fn on_disconnecting<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listeners(|listeners| listeners.disconnecting.push(BoxedHandler::new(handler)));
        self
    }

    /// Runs when a socket has left, after the handlers of all its events.
    ///
    /// ```
    /// # use chorus_socketio::{DisconnectReason, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_disconnect(|socket: Socket, reason: DisconnectReason| async move {
    ///     println!("{} has left: {reason}", socket.id());
    /// });
    /// ```
    pub fn on_disconnect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listeners(|listeners| listeners.disconnect.push(BoxedHandler::new(handler)));
        self
    }

    /// Sees each event that is sent to a socket, for instance to log it.
    ///
    /// It is called by whoever sends, and must not send to the same sockets itself: that would never end.
    ///
    /// While there is such a listener, the arguments of each event are written a second time for it.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.of("/").on_any_outgoing(|socket, event, payload| {
    ///     println!("{} gets {event} {}", socket.id(), payload.json());
    /// });
    /// ```
    pub fn on_any_outgoing(
        &self,
        listener: impl Fn(&Socket, &str, &Payload) + Send + Sync + 'static,
    ) -> &Self {
        self.listeners(|listeners| listeners.outgoing.push(Arc::new(listener)));
        self.watch(1);
        self
    }

    /// Limits how many events are let through. A client that asks for an answer gets
    /// `{"error":{"code":"rate_limited","message":…,"retryAfter":milliseconds}}` for each one too many.
    ///
    /// With several limits an event must pass all of them.
    ///
    /// ```
    /// use std::time::Duration;
    /// use chorus_socketio::{RateLimit, Server};
    ///
    /// let io = Server::new();
    /// // ten cursor moves a second, of which five may come at once
    /// let moves = RateLimit::per_socket(5, Duration::from_millis(500)).of_event("move");
    /// io.of("/board").limit(moves);
    /// ```
    pub fn limit(&self, limit: RateLimit) -> &Self {
        self.change(|lists| lists.limits.push(Limiter::new(limit)));
        self.0.handlers.limited.store(true, Ordering::Release);
        self
    }

    /// Handles an event only once that a client sends again.
    ///
    /// Clients do so when no answer has reached them.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Deduplicate, Reply, Server};
    /// let io = Server::new();
    /// let orders = io.of("/orders");
    /// orders.deduplicate(Deduplicate::by_last_argument());
    /// // in the browser: socket.emit("order", 7, crypto.randomUUID(), (answer) => { … })
    /// orders.on("order", |Data(item): Data<u32>| async move { Reply(format!("{item} is ordered")) });
    /// ```
    pub fn deduplicate(&self, how: Deduplicate) -> &Self {
        self.change(|lists| lists.answers = Some(Arc::new(Answers::new(how))));
        self
    }

    /// Keeps recent events of a room, for clients that were away.
    ///
    /// One that comes back by [`Socket::join_after`] gets what it missed.
    ///
    /// Each event to the room gets an offset, as its last argument. Calling it again changes the limits.
    ///
    /// ```
    /// use std::time::Duration;
    /// use chorus_socketio::{RoomHistory, Server};
    ///
    /// let io = Server::new();
    /// let news = io.of("/news");
    /// let half_an_hour = RoomHistory { max_age: Duration::from_mins(30), ..RoomHistory::default() };
    /// news.keep_history("sports", half_an_hour);
    /// news.to("sports").emit("goal", "2:1")?; // those who come back in time get it, too
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn keep_history(&self, room: impl Into<Room>, history: RoomHistory) -> &Self {
        let start = self.next_offset();
        self.0.adapter.keep_history(room.into(), history, start);
        self
    }

    /// Forgets the events of a room and keeps none any more.
    ///
    /// ```
    /// # use chorus_socketio::{RoomHistory, Server};
    /// # let io = Server::new();
    /// let games = io.of("/games");
    /// games.keep_history("game-7", RoomHistory::default());
    /// games.forget_history("game-7"); // it is over
    /// ```
    pub fn forget_history(&self, room: impl Into<Room>) -> &Self {
        self.0.adapter.forget_history(&room.into());
        self
    }

    /// Sets what becomes of events to a room for members who read too slowly.
    ///
    /// It holds for events to this room alone that do not say it themselves. Without it, what each socket
    /// has counts ([`Socket::set_delivery`]).
    ///
    /// With [`Delivery::Latest`] it is a last-value room: of each event only the last one waits.
    ///
    /// ```
    /// # use chorus_socketio::{Delivery, Server};
    /// # let io = Server::new();
    /// let stocks = io.of("/stocks");
    /// stocks.set_delivery("prices", Delivery::Latest);
    /// stocks.to("prices").emit("price", 101)?;
    /// stocks.to("prices").emit("price", 102)?; // who has not read the first one yet gets only this one
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn set_delivery(&self, room: impl Into<Room>, delivery: Delivery) -> &Self {
        self.0.deliveries.write().insert(room.into(), delivery);
        self
    }

    fn listeners(&self, change: impl FnOnce(&mut Listeners)) {
        self.change(|lists| change(&mut lists.listeners));
    }

    /// Sends a `message` to all sockets.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.of("/chat").send("hello")?; // in the browser: socket.on("message", (text) => { … })
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn send(&self, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.emit("message", args)
    }

    /// Sends an event to all sockets; see [`Broadcast::emit`].
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// use chorus_socketio::Args;
    ///
    /// let votes = io.of("/votes");
    /// votes.emit("result", serde_json::json!({ "yes": 12, "no": 30 }))?; // one argument
    /// votes.emit("countdown", Args((10, "seconds")))?; // two
    /// assert!(votes.emit("disconnect", ()).is_err(), "a reserved name");
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.broadcast().emit(event, args)
    }

    /// Aims at the sockets in `rooms`.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// let chat = io.of("/chat");
    /// chat.to("lobby").emit("said", "hello")?;
    /// chat.to(["lobby", "garden"]).emit("said", "hello")?; // once for those who are in both
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn to(&self, rooms: impl IntoRooms) -> Broadcast {
        self.broadcast().to(rooms)
    }

    /// Aims at all sockets but those in `rooms`.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.of("/chat").except("do not disturb").emit("ring", "front door")?;
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn except(&self, rooms: impl IntoRooms) -> Broadcast {
        self.broadcast().except(rooms)
    }

    /// Aims at all sockets.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// // a clock: who cannot take it at once gets the next one
    /// io.of("/quiz").broadcast().volatile().emit("seconds left", 9)?;
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn broadcast(&self) -> Broadcast {
        Broadcast::new(self.clone())
    }

    /// All sockets of this server.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// # struct Muted;
    /// let sockets = io.of("/chat").sockets();
    /// let muted = sockets.iter().filter(|socket| socket.data::<Muted>().is_some()).count();
    /// assert_eq!(muted, 0);
    /// ```
    pub fn sockets(&self) -> Vec<Socket> {
        self.broadcast().sockets()
    }

    /// The socket of that id, if it is on this server.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Reply, Server, Socket, SocketId};
    /// # let io = Server::new();
    /// // a whisper from one client to another
    /// io.of("/").on("whisper", |from: Socket, Data((to, text)): Data<(String, String)>| async move {
    ///     let to = to.parse::<SocketId>().ok().and_then(|id| from.namespace().socket(id));
    ///     let Some(to) = to else { return Reply("nobody there") };
    ///     let _ = to.emit("whispered", text);
    ///     Reply("told")
    /// });
    /// ```
    pub fn socket(&self, id: SocketId) -> Option<Socket> {
        self.0.adapter.socket(id)
    }

    /// The number of this server's sockets.
    ///
    /// ```
    /// let io = chorus_socketio::Server::new();
    /// assert_eq!(io.of("/chat").socket_count(), 0, "nobody is there yet");
    /// ```
    pub fn socket_count(&self) -> usize {
        self.0.adapter.len()
    }

    pub(crate) fn adapter(&self) -> &dyn Adapter {
        &*self.0.adapter
    }

    /// Encodes an event: the only place where that is done, so that it is counted. Names that have a
    /// meaning for clients are refused.
    pub(crate) fn encode(
        &self,
        event: &str,
        args: &impl ToArgs,
        id: Option<u64>,
    ) -> Result<Frames, serde_json::Error> {
        if RESERVED.contains(&event) {
            return Err(serde::ser::Error::custom(format!("\"{event}\" is a reserved event name")));
        }
        self.common().counters().encoded();
        self.common().parser.event(self.name(), event, args, id)
    }

    /// Encodes an event for a target, with an offset if it is to be sent again to those who miss it.
    pub(crate) fn packet(
        &self,
        event: &str,
        args: &impl ToArgs,
        target: &Target,
        delivery: Option<Delivery>,
    ) -> Result<Packet, serde_json::Error> {
        let delivery = delivery.or_else(|| self.delivery_to(target));
        let topic = self.topic(event, &target.rooms);
        let kept = delivery != Some(Delivery::Volatile) && (self.recovers() || self.0.adapter.keeps(target));
        let offset = kept.then(|| self.next_offset());
        let frames = match &offset {
            Some(offset) => self.encode(event, &WithOffset(args, offset), None)?,
            None => self.encode(event, args, None)?,
        };
        Ok(Packet { frames: frames.shared(), delivery, topic, offset })
    }

    /// What an event is about, for those of whom the last one counts.
    pub(crate) fn topic(&self, event: &str, rooms: &[Room]) -> Topic {
        Topic(self.common().hasher.hash_one((self.name(), event, rooms)))
    }

    fn delivery_to(&self, target: &Target) -> Option<Delivery> {
        let [room] = &target.rooms[..] else { return None };
        self.0.deliveries.read().get(room).copied()
    }

    fn next_offset(&self) -> Offset {
        let number = self.0.offsets.fetch_add(1, Ordering::Relaxed);
        format!("{}{number:x}", self.common().epoch).into()
    }

    pub(crate) fn recovers(&self) -> bool {
        self.common().options.recovery.is_some()
    }

    /// Whether those who come back need not pass the middleware again.
    pub(crate) fn skips_middleware(&self) -> bool {
        self.common().options.recovery.is_some_and(|recovery| recovery.skip_middlewares)
    }

    pub(crate) fn common(&self) -> &Common {
        &self.0.common
    }

    pub(crate) fn next_ack_id(&self) -> u64 {
        self.0.ack_ids.fetch_add(1, Ordering::Relaxed)
    }
}

/// What official clients take for their own, or refuse.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Namespace").field(&self.name()).finish()
    }
}
