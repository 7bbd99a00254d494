//! A namespace: its sockets, and the handlers that all of them share.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use chorus_protocol::socketio::{Frames, ToArgs};
use parking_lot::RwLock;

use crate::{
    Adapter, Broadcast, ConnectError, Delivery, Handler, IntoReply, IntoRooms, Packet, Socket, SocketId,
    adapter::{Offset, WithOffset},
    handler::{BoxedGuard, BoxedHandler, BoxedMiddleware},
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
    handlers: Arc<RwLock<Handlers>>,
    ack_ids: AtomicU64,
    offsets: AtomicU64,
    /// Connections that are in it or on the way; changed under the lock of the server's table.
    users: AtomicUsize,
}

#[derive(Default)]
struct Handlers {
    middleware: Vec<BoxedMiddleware>,
    connect: Vec<BoxedHandler>,
    disconnecting: Vec<BoxedHandler>,
    disconnect: Vec<BoxedHandler>,
    events: HashMap<Box<str>, Arc<[BoxedHandler]>>,
    any: Vec<BoxedHandler>,
    guards: Vec<BoxedGuard>,
}

impl Namespace {
    pub(crate) fn new(name: &str, common: Arc<Common>, adapter: Arc<dyn Adapter>) -> Self {
        Self(Arc::new(Inner {
            name: name.into(),
            common,
            adapter,
            handlers: Arc::default(),
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
            ack_ids: AtomicU64::new(0),
            offsets: AtomicU64::new(0),
            users: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn enter(&self) {
        self.0.users.fetch_add(1, Ordering::Relaxed);
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
        self.0.handlers.write().middleware.push(BoxedMiddleware::new(handler));
        self
    }

    /// Runs for each socket that was let in, before its first event. `Data` is the client's `auth`.
    pub fn on_connect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.handlers.write().connect.push(BoxedHandler::new(handler));
        self
    }

    /// Runs for each event of that name. The events of one socket are handled in order, one at a time.
    pub fn on<X, H: Handler<X, Output: IntoReply>>(&self, event: &str, handler: H) -> &Self {
        let mut handlers = self.0.handlers.write();
        let own = handlers.events.entry(event.into()).or_default();
        *own = own.iter().cloned().chain([BoxedHandler::new(handler)]).collect();
        self
    }

    /// Runs for each event, before its own handlers; [`EventName`](crate::EventName) tells which.
    pub fn on_any<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.handlers.write().any.push(BoxedHandler::new(handler));
        self
    }

    /// Decides about each event before its handlers, in the order they were added. A refusal is the
    /// answer, if the client waits for one.
    pub fn event_middleware<X, E: IntoReply, H: Handler<X, Output = Result<(), E>>>(
        &self,
        handler: H,
    ) -> &Self {
        self.0.handlers.write().guards.push(BoxedGuard::new(handler));
        self
    }

    /// Removes the handlers of an event.
    pub fn off(&self, event: &str) -> &Self {
        self.0.handlers.write().events.remove(event);
        self
    }

    /// Runs when a socket leaves, while it is still in its rooms.
    pub fn on_disconnecting<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.handlers.write().disconnecting.push(BoxedHandler::new(handler));
        self
    }

    /// Runs when a socket has left, after the handlers of all its events.
    pub fn on_disconnect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.handlers.write().disconnect.push(BoxedHandler::new(handler));
        self
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

    /// Encodes an event: the only place where that is done, so that it is counted.
    pub(crate) fn encode(
        &self,
        event: &str,
        args: &impl ToArgs,
        id: Option<u64>,
    ) -> Result<Frames, serde_json::Error> {
        self.common().counters().encoded();
        self.common().parser.event(self.name(), event, args, id)
    }

    /// Encodes an event that is to be recoverable, if the server recovers connections.
    pub(crate) fn packet(
        &self,
        event: &str,
        args: &impl ToArgs,
        delivery: Delivery,
    ) -> Result<Packet, serde_json::Error> {
        if !self.recovers() || delivery == Delivery::Volatile {
            return Ok(Packet { frames: self.encode(event, args, None)?.shared(), delivery, offset: None });
        }
        let number = self.0.offsets.fetch_add(1, Ordering::Relaxed);
        let offset = Offset::from(format!("{}{number:x}", self.common().epoch));
        let frames = self.encode(event, &WithOffset(args, &offset), None)?.shared();
        Ok(Packet { frames, delivery, offset: Some(offset) })
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
        self.0.handlers.read().middleware.clone()
    }

    pub(crate) fn connect_handlers(&self) -> Vec<BoxedHandler> {
        self.0.handlers.read().connect.clone()
    }

    /// Those for an event, if there are any.
    pub(crate) fn event_handlers(&self, event: &str) -> Option<Arc<[BoxedHandler]>> {
        let handlers = self.0.handlers.read();
        let own = handlers.events.get(event);
        if handlers.any.is_empty() {
            return own.cloned();
        }
        Some(handlers.any.iter().chain(own.map_or(&[][..], |own| own)).cloned().collect())
    }

    pub(crate) fn guards(&self) -> Vec<BoxedGuard> {
        self.0.handlers.read().guards.clone()
    }

    /// Those for a leaving socket: before and after it leaves its rooms.
    pub(crate) fn disconnect_handlers(&self) -> (Vec<BoxedHandler>, Vec<BoxedHandler>) {
        let handlers = self.0.handlers.read();
        (handlers.disconnecting.clone(), handlers.disconnect.clone())
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Namespace").field(&self.name()).finish()
    }
}
