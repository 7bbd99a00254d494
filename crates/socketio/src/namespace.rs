//! A namespace: its sockets, and the handlers that all of them share.

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

use self::server_side::OnServerSide;
use crate::{
    Adapter, Broadcast, ConnectError, Delivery, Handler, IntoReply, IntoRooms, Packet, Payload, RateLimit,
    Room, RoomHistory, Socket, SocketId, Target,
    adapter::{Offset, WithOffset},
    deduplicate::{Answers, Deduplicate},
    engine::Topic,
    handler::{BoxedGuard, BoxedHandler, BoxedMiddleware},
    limit::{Excess, Limiter},
    listeners::{Calls, Dispatch, Found, Listeners},
    server::Common,
};

/// A channel of its own over the shared connection. Cheap to clone.
///
/// Handlers belong to the namespace, not to each socket, so that a socket costs nothing for them.
#[derive(Clone)]
pub struct Namespace(Arc<Inner>);

struct Inner {
    name: Box<str>,
    common: Arc<Common>,
    adapter: Arc<dyn Adapter>,
    /// Shared by the children of a parent namespace.
    handlers: Arc<Handlers>,
    /// How packets to a room are delivered.
    deliveries: RwLock<HashMap<Room, Delivery>>,
    ack_ids: AtomicU64,
    offsets: AtomicU64,
    /// Connections that are in it or on the way; changed under the lock of the server's table.
    users: AtomicUsize,
}

#[derive(Default)]
struct Handlers {
    lists: RwLock<Lists>,
    /// How many listeners see outgoing events, those of single sockets included.
    watchers: AtomicUsize,
    /// Whether there are rate limits: most namespaces have none, and each event asks.
    limited: AtomicBool,
}

#[derive(Default)]
struct Lists {
    middleware: Vec<BoxedMiddleware>,
    connect: Vec<BoxedHandler>,
    listeners: Listeners,
    limits: Vec<Limiter>,
    answers: Option<Arc<Answers>>,
    server_side: HashMap<Box<str>, OnServerSide>,
}

impl Namespace {
    pub(crate) fn new(name: &str, common: Arc<Common>, adapter: Arc<dyn Adapter>) -> Self {
        Self(Arc::new(Inner {
            name: name.into(),
            common,
            adapter,
            handlers: Arc::default(),
            deliveries: RwLock::default(),
            ack_ids: AtomicU64::new(0),
            offsets: AtomicU64::new(0),
            users: AtomicUsize::new(0),
        }))
    }

    /// A namespace of another name that shares this one's handlers, those to come included.
    pub(crate) fn child(&self, name: &str, adapter: Arc<dyn Adapter>) -> Self {
        Self(Arc::new(Inner {
            name: name.into(),
            common: self.0.common.clone(),
            adapter,
            handlers: self.0.handlers.clone(),
            deliveries: RwLock::default(),
            ack_ids: AtomicU64::new(0),
            offsets: AtomicU64::new(0),
            users: AtomicUsize::new(0),
        }))
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
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Decides who is let in, before anything else is known of a socket. Several run in the order
    /// they were added; the first refusal is the client's `connect_error`.
    pub fn middleware<X, H>(&self, handler: H) -> &Self
    where
        H: Handler<X, Output = Result<(), ConnectError>>,
    {
        self.0.handlers.lists.write().middleware.push(BoxedMiddleware::new(handler));
        self
    }

    /// Runs for each socket that was let in, before its first event. `Data` is the client's `auth`.
    pub fn on_connect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.handlers.lists.write().connect.push(BoxedHandler::new(handler));
        self
    }

    /// Runs for each event of that name. The events of one socket are handled in order, one at a time.
    pub fn on<X, H: Handler<X, Output: IntoReply>>(&self, event: &str, handler: H) -> &Self {
        self.listeners(|listeners| listeners.on(event, BoxedHandler::new(handler), Calls::Always));
        self
    }

    /// Runs for each event, before its own handlers; [`EventName`](crate::EventName) tells which.
    pub fn on_any<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listeners(|listeners| listeners.any.push(BoxedHandler::new(handler)));
        self
    }

    /// Decides about each event before its handlers, in the order they were added. A refusal is the
    /// answer, if the client waits for one.
    pub fn event_middleware<X, E: IntoReply, H: Handler<X, Output = Result<(), E>>>(
        &self,
        handler: H,
    ) -> &Self {
        self.listeners(|listeners| listeners.guards.push(BoxedGuard::new(handler)));
        self
    }

    /// Removes the handlers of an event.
    pub fn off(&self, event: &str) -> &Self {
        self.listeners(|listeners| listeners.off(event));
        self
    }

    /// Runs when a socket leaves, while it is still in its rooms.
    pub fn on_disconnecting<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listeners(|listeners| listeners.disconnecting.push(BoxedHandler::new(handler)));
        self
    }

    /// Runs when a socket has left, after the handlers of all its events.
    pub fn on_disconnect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listeners(|listeners| listeners.disconnect.push(BoxedHandler::new(handler)));
        self
    }

    /// Sees each event that is sent to a socket, for instance to log it. It is called by whoever sends.
    ///
    /// While there is such a listener, the arguments of each event are written a second time for it.
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
    pub fn limit(&self, limit: RateLimit) -> &Self {
        self.0.handlers.lists.write().limits.push(Limiter::new(limit));
        self.0.handlers.limited.store(true, Ordering::Release);
        self
    }

    /// Handles an event that a client sends again, because no answer reached it, only once.
    pub fn deduplicate(&self, how: Deduplicate) -> &Self {
        self.0.handlers.lists.write().answers = Some(Arc::new(Answers::new(how)));
        self
    }

    /// Keeps recent events of a room, so that a client that was away gets what it missed, when it comes
    /// back by [`Socket::join_after`].
    ///
    /// Each event to the room gets an offset, as its last argument. Calling it again changes the limits.
    pub fn keep_history(&self, room: impl Into<Room>, history: RoomHistory) -> &Self {
        let start = self.next_offset();
        self.0.adapter.keep_history(room.into(), history, start);
        self
    }

    /// Forgets the events of a room and keeps none any more.
    pub fn forget_history(&self, room: impl Into<Room>) -> &Self {
        self.0.adapter.forget_history(&room.into());
        self
    }

    /// Sets what becomes of events to a room, and to it alone, for members who read too slowly, unless
    /// the event says itself; [`Delivery::Reliable`] is the default.
    ///
    /// With [`Delivery::Latest`] it is a last-value room: of each event only the last one waits.
    pub fn set_delivery(&self, room: impl Into<Room>, delivery: Delivery) -> &Self {
        let mut deliveries = self.0.deliveries.write();
        match delivery {
            Delivery::Reliable => deliveries.remove(&room.into()),
            _ => deliveries.insert(room.into(), delivery),
        };
        self
    }

    fn listeners(&self, change: impl FnOnce(&mut Listeners)) {
        change(&mut self.0.handlers.lists.write().listeners);
    }

    /// Sends a `message` to all sockets.
    pub fn send(&self, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.emit("message", args)
    }

    /// Sends an event to all sockets; see [`Broadcast::emit`].
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.broadcast().emit(event, args)
    }

    /// Aims at the sockets in `rooms`.
    pub fn to(&self, rooms: impl IntoRooms) -> Broadcast {
        self.broadcast().to(rooms)
    }

    /// Aims at all sockets but those in `rooms`.
    pub fn except(&self, rooms: impl IntoRooms) -> Broadcast {
        self.broadcast().except(rooms)
    }

    /// Aims at all sockets.
    pub fn broadcast(&self) -> Broadcast {
        Broadcast::new(self.clone())
    }

    /// All sockets of this server.
    pub fn sockets(&self) -> Vec<Socket> {
        self.broadcast().sockets()
    }

    /// The socket of that id, if it is on this server.
    pub fn socket(&self, id: SocketId) -> Option<Socket> {
        self.0.adapter.socket(id)
    }

    /// The number of this server's sockets.
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
        let delivery = delivery.unwrap_or_else(|| self.delivery_to(target));
        let topic = Topic(self.common().hasher.hash_one((self.name(), event, &target.rooms)));
        let kept = delivery != Delivery::Volatile && (self.recovers() || self.0.adapter.keeps(target));
        let offset = kept.then(|| self.next_offset());
        let frames = match &offset {
            Some(offset) => self.encode(event, &WithOffset(args, offset), None)?,
            None => self.encode(event, args, None)?,
        };
        Ok(Packet { frames: frames.shared(), delivery, topic, offset })
    }

    fn delivery_to(&self, target: &Target) -> Delivery {
        let [room] = &target.rooms[..] else { return Delivery::Reliable };
        self.0.deliveries.read().get(room).copied().unwrap_or_default()
    }

    fn next_offset(&self) -> Offset {
        let number = self.0.offsets.fetch_add(1, Ordering::Relaxed);
        format!("{}{number:x}", self.common().epoch).into()
    }

    /// Counts listeners for outgoing events in or out.
    pub(crate) fn watch(&self, change: isize) {
        self.0.handlers.watchers.fetch_add(change.cast_unsigned(), Ordering::AcqRel);
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.0.handlers.watchers.load(Ordering::Acquire) > 0
    }

    /// Shows an outgoing event to the namespace's listeners.
    pub(crate) fn show(&self, socket: &Socket, event: &str, payload: &Payload) {
        let outgoing = self.0.handlers.lists.read().listeners.outgoing.clone();
        for listener in outgoing {
            listener(socket, event, payload);
        }
    }

    /// Whether an event is within the limits.
    pub(crate) fn admit(&self, socket: &Socket, event: &str) -> Result<(), Excess> {
        if !self.0.handlers.limited.load(Ordering::Acquire) {
            return Ok(());
        }
        self.0.handlers.lists.read().limits.iter().try_for_each(|limiter| limiter.admit(socket, event))
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

    pub(crate) fn middlewares(&self) -> Vec<BoxedMiddleware> {
        self.0.handlers.lists.read().middleware.clone()
    }

    pub(crate) fn connect_handlers(&self) -> Vec<BoxedHandler> {
        self.0.handlers.lists.read().connect.clone()
    }

    /// What is to be done for an event, by one look.
    pub(crate) fn dispatch(&self, event: &str) -> Dispatch {
        let lists = self.0.handlers.lists.read();
        let mut found = Found::default();
        lists.listeners.find(event, &mut found);
        Dispatch { guards: lists.listeners.guards.clone(), answers: lists.answers.clone(), found }
    }

    /// Those for a leaving socket: before and after it leaves its rooms.
    pub(crate) fn disconnect_handlers(&self) -> (Vec<BoxedHandler>, Vec<BoxedHandler>) {
        let lists = self.0.handlers.lists.read();
        (lists.listeners.disconnecting.clone(), lists.listeners.disconnect.clone())
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
