//! The server: options, namespaces, and the Tower layer.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    convert::Infallible,
    fmt,
    future::{Future, Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use chorus_protocol::websocket::deflate;
use http::{Request, Response, StatusCode, request::Parts};
use http_body_util::Empty;
use parking_lot::RwLock;
use serde::Serialize;
use tower::{Layer as _, Service};

use crate::{
    Adapter, Broadcast, InMemoryAdapter, IntoRooms, Namespace, ParentNamespace, SocketId, ToArgs,
    client::Client,
    engine::{
        Applications, Config, Cookie, Cors, Engine, EngineLayer, EngineService, Handshake, Session, Transport,
    },
    handler::BoxFuture,
    parser::{JsonParser, Parser},
};

/// A Socket.IO server. Cheap to clone.
#[derive(Clone)]
pub struct Server(Engine<Clients>);

/// The Tower layer of a server.
pub type ServerLayer = EngineLayer<Clients>;

/// Makes a [`Client`] of each session.
pub struct Clients(Arc<ServerInner>);

impl Applications for Clients {
    type Application = Client;

    fn open(&self, session: &Session, handshake: Arc<Handshake>) -> Client {
        Client::new(self.0.clone(), session, handshake)
    }
}

pub(crate) struct ServerInner {
    pub(crate) common: Arc<Common>,
    namespaces: RwLock<HashMap<Box<str>, Namespace>>,
    parents: RwLock<Vec<ParentNamespace>>,
    adapter: Arc<AdapterFactory>,
}

/// What server and namespaces share.
pub(crate) struct Common {
    pub(crate) options: Options,
    pub(crate) parser: Arc<dyn Parser>,
    /// In front of every offset, so that those of an earlier run are unknown.
    pub(crate) epoch: String,
    counters: Counters,
    states: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) connect_timeout: Duration,
    pub(crate) max_attachments: usize,
    pub(crate) max_pending_acks: usize,
    pub(crate) max_queued_bytes: usize,
    pub(crate) cleanup_empty_child_namespaces: bool,
    pub(crate) recovery: Option<Recovery>,
}

/// Connection state recovery: a client whose line broke comes back with id, rooms and data, and gets
/// what it missed.
#[derive(Debug, Clone, Copy)]
pub struct Recovery {
    /// For how long. 2 min
    pub max_disconnection_duration: Duration,
    /// Whether middleware is not asked again. Yes
    pub skip_middlewares: bool,
}

impl Default for Recovery {
    fn default() -> Self {
        Self { max_disconnection_duration: Duration::from_mins(2), skip_middlewares: true }
    }
}

type AdapterFactory = dyn Fn(&str) -> Arc<dyn Adapter> + Send + Sync;

/// Counts of the work done since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Events and answers that were encoded; a broadcast is one, whoever receives it.
    pub encodes: u64,
    /// Broadcast deliveries: one for each recipient.
    pub deliveries: u64,
    /// Sessions that are open now.
    pub sessions: usize,
}

#[derive(Default)]
pub(crate) struct Counters {
    encodes: AtomicU64,
    deliveries: AtomicU64,
}

impl Counters {
    pub(crate) fn encoded(&self) {
        self.encodes.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn delivered(&self, count: usize) {
        self.deliveries.fetch_add(count as u64, Ordering::Relaxed);
    }
}

impl Common {
    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(crate) fn state<T: Clone + 'static>(&self) -> Option<T> {
        self.states.get(&TypeId::of::<T>())?.downcast_ref().cloned()
    }
}

impl ServerInner {
    pub(crate) fn find(&self, name: &str) -> Option<Namespace> {
        self.namespaces.read().get(name).cloned()
    }

    /// A namespace that a connection is about to join; to be followed by [`ServerInner::exit`].
    pub(crate) fn enter(&self, name: &str) -> Option<Namespace> {
        let namespaces = self.namespaces.read();
        let namespace = namespaces.get(name)?;
        namespace.enter();
        Some(namespace.clone())
    }

    /// Asks the parents, in the order they were made, for a namespace that does not exist yet.
    /// None without parents, so that the answer need not wait.
    pub(crate) fn resolve(self: &Arc<Self>, name: &str, auth: &str) -> Option<BoxFuture<Option<Namespace>>> {
        let parents = self.parents.read().clone();
        if parents.is_empty() {
            return None;
        }
        let (server, name, auth) = (self.clone(), name.to_owned(), auth.to_owned());
        Some(Box::pin(async move {
            for parent in parents {
                if parent.allows(&name, &auth).await {
                    return Some(server.child(&parent, &name));
                }
            }
            None
        }))
    }

    fn child(&self, parent: &ParentNamespace, name: &str) -> Namespace {
        let mut namespaces = self.namespaces.write();
        let make = || {
            parent.born(name);
            parent.template().child(name, (self.adapter)(name))
        };
        let child = namespaces.entry(name.into()).or_insert_with(make);
        child.enter();
        child.clone()
    }

    /// A connection has left a namespace, or did not get in. A child that nobody is left in is
    /// forgotten, if that is wanted.
    pub(crate) fn exit(&self, namespace: &Namespace) {
        let mut namespaces = self.namespaces.write();
        if namespace.exit()
            && self.common.options.cleanup_empty_child_namespaces
            && self.parents.read().iter().any(|parent| parent.buried(namespace.name()))
        {
            namespaces.remove(namespace.name());
        }
    }
}

impl Server {
    /// A server with the official server's defaults.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Sets options first.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// The namespace of that name, which exists from now on. A missing leading slash is added.
    pub fn of(&self, name: &str) -> Namespace {
        let name = if name.starts_with('/') { name.to_owned() } else { format!("/{name}") };
        let inner = &self.0.applications().0;
        let mut namespaces = inner.namespaces.write();
        let make = || Namespace::new(&name, inner.common.clone(), (inner.adapter)(&name));
        namespaces.entry(name.as_str().into()).or_insert_with(make).clone()
    }

    /// Namespaces whose names `matches` accepts, made when a client first asks for one.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.of_matching(|name| name.starts_with("/room-")).on("hello", || async {});
    /// ```
    pub fn of_matching(&self, matches: impl Fn(&str) -> bool + Send + Sync + 'static) -> ParentNamespace {
        self.family(move |name: &str, _: &str| ready(matches(name)))
    }

    /// As [`Server::of_matching`], decided by an async function of the name and the client's `auth`.
    pub fn of_allowed<F>(
        &self,
        allows: impl Fn(String, serde_json::Value) -> F + Send + Sync + 'static,
    ) -> ParentNamespace
    where
        F: Future<Output = bool> + Send + 'static,
    {
        self.family(move |name: &str, auth: &str| {
            allows(name.to_owned(), serde_json::from_str(auth).unwrap_or_default())
        })
    }

    fn family<F>(&self, allows: impl Fn(&str, &str) -> F + Send + Sync + 'static) -> ParentNamespace
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let inner = &self.0.applications().0;
        let template = Namespace::new("/", inner.common.clone(), Arc::new(InMemoryAdapter::default()));
        let parent = ParentNamespace::new(Arc::downgrade(inner), template, allows);
        inner.parents.write().push(parent.clone());
        parent
    }

    /// Sends an event to all sockets of the main namespace; see [`Broadcast::emit`].
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.of("/").emit(event, args)
    }

    /// Aims at the sockets of the main namespace that are in `rooms`.
    pub fn to(&self, rooms: impl IntoRooms) -> Broadcast {
        self.of("/").to(rooms)
    }

    /// A layer that answers requests below the path and passes all others on.
    pub fn layer(&self) -> ServerLayer {
        self.0.layer()
    }

    /// A service that answers requests below the path, and all others with 404.
    pub fn service(&self) -> EngineService<Clients, NotFound> {
        self.layer().layer(NotFound)
    }

    /// What it has done so far.
    pub fn stats(&self) -> Stats {
        let counters = &self.0.applications().0.common.counters;
        Stats {
            encodes: counters.encodes.load(Ordering::Relaxed),
            deliveries: counters.deliveries.load(Ordering::Relaxed),
            sessions: self.0.session_count(),
        }
    }

    /// Disconnects everyone, refuses newcomers, and waits until all connections and the handlers
    /// that still run have ended. A handler that never ends keeps it waiting: use a timeout.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("stats", &self.stats()).finish()
    }
}

/// Options of a [`Server`]: Node's names and defaults, unless stated otherwise.
#[must_use = "call `build`"]
pub struct ServerBuilder {
    config: Config,
    options: Options,
    states: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    adapter: Arc<AdapterFactory>,
    parser: Arc<dyn Parser>,
}

impl Default for ServerBuilder {
    fn default() -> Self {
        Self {
            config: Config::new("/socket.io/"),
            options: Options {
                connect_timeout: Duration::from_secs(45),
                max_attachments: 10,
                max_pending_acks: 1024,
                max_queued_bytes: 1_000_000,
                cleanup_empty_child_namespaces: false,
                recovery: None,
            },
            states: HashMap::new(),
            adapter: Arc::new(|_| Arc::new(InMemoryAdapter::default())),
            parser: Arc::new(JsonParser),
        }
    }
}

impl ServerBuilder {
    /// Where requests are answered. `/socket.io/`
    pub fn path(mut self, path: &str) -> Self {
        self.config.path = Config::new(path).path;
        self
    }

    /// What clients may use. Polling and WebSocket
    pub fn transports(mut self, transports: impl IntoIterator<Item = Transport>) -> Self {
        self.config.transports = transports.into_iter().collect();
        self
    }

    /// Whether polling may be upgraded. Yes
    pub fn allow_upgrades(mut self, allow: bool) -> Self {
        self.config.allow_upgrades = allow;
        self
    }

    /// Whether clients of Socket.IO 1 and 2 are served, too. No
    pub fn allow_eio3(mut self, allow: bool) -> Self {
        self.config.allow_eio3 = allow;
        self
    }

    /// From the handshake, or a pong, to the next ping. 25 s
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.config.ping_interval = interval;
        self
    }

    /// From a ping to the end, when no pong comes. 20 s
    pub fn ping_timeout(mut self, timeout: Duration) -> Self {
        self.config.ping_timeout = timeout;
        self
    }

    /// From the start of an upgrade to its end. 10 s
    pub fn upgrade_timeout(mut self, timeout: Duration) -> Self {
        self.config.upgrade_timeout = timeout;
        self
    }

    /// From the handshake to the first namespace joined. 45 s
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout;
        self
    }

    /// The largest message and request body, in bytes. 1,000,000
    pub fn max_http_buffer_size(mut self, bytes: usize) -> Self {
        self.config.max_http_buffer_size = bytes;
        self.options.max_queued_bytes = bytes;
        self
    }

    /// The most bytes that wait for one slow client before it is disconnected. 4 MiB; unbounded in Node
    pub fn max_outbox_size(mut self, bytes: usize) -> Self {
        self.config.max_outbox_size = bytes;
        self
    }

    /// The most binary attachments of one packet. 10
    pub fn max_attachments(mut self, count: usize) -> Self {
        self.options.max_attachments = count;
        self
    }

    /// The most answers awaited of one socket at a time. 1,024; unbounded in Node
    pub fn max_pending_acks(mut self, count: usize) -> Self {
        self.options.max_pending_acks = count;
        self
    }

    /// Lets clients come back after a broken line. Off
    ///
    /// Needs an adapter that can: this sets the in-memory one.
    pub fn connection_state_recovery(mut self, recovery: Recovery) -> Self {
        self.options.recovery = Some(recovery);
        let keep = recovery.max_disconnection_duration;
        self.adapter(move |_| Arc::new(InMemoryAdapter::with_recovery(keep)))
    }

    /// How packets are written and read. [`JsonParser`]
    pub fn parser(mut self, parser: impl Parser) -> Self {
        self.parser = Arc::new(parser);
        self
    }

    /// Whether a namespace made by a [`ParentNamespace`] is forgotten when nobody is left in it. No
    pub fn cleanup_empty_child_namespaces(mut self, cleanup: bool) -> Self {
        self.options.cleanup_empty_child_namespaces = cleanup;
        self
    }

    /// Compresses WebSocket messages for clients that offer it. Off
    ///
    /// Each message is compressed by itself, so that a broadcast is compressed once for all.
    pub fn per_message_deflate(mut self, config: deflate::Config) -> Self {
        self.config.per_message_deflate = Some(config);
        self
    }

    /// Compresses answers to polling requests of so many bytes and more; `None` for never. 1,024
    pub fn http_compression(mut self, threshold: Option<usize>) -> Self {
        self.config.http_compression = threshold;
        self
    }

    /// Cross-origin requests. None
    pub fn cors(mut self, cors: Cors) -> Self {
        self.config.cors = Some(cors);
        self
    }

    /// A cookie with the session's id, for load balancers. None
    pub fn cookie(mut self, cookie: Cookie) -> Self {
        self.config.cookie = Some(cookie);
        self
    }

    /// Decides about each handshake and each WebSocket; a refusal's text is told to the client.
    pub fn allow_request<F>(mut self, allow: impl Fn(&Parts) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.config.allow_request(allow);
        self
    }

    /// Serves a file below the path, for instance the official `socket.io.js`.
    pub fn client_file(mut self, name: &str, content: impl Into<Bytes>) -> Self {
        self.config.client_file(name, content.into());
        self
    }

    /// Keeps a value that handlers get by [`State`](crate::State), one for each type.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Self {
        self.states.insert(TypeId::of::<T>(), Box::new(state));
        self
    }

    /// Makes the adapter of each namespace, by its name. [`InMemoryAdapter`]
    pub fn adapter(mut self, make: impl Fn(&str) -> Arc<dyn Adapter> + Send + Sync + 'static) -> Self {
        self.adapter = Arc::new(make);
        self
    }

    /// The server; its main namespace exists.
    pub fn build(self) -> Server {
        let Self { config, options, states, adapter, parser } = self;
        let epoch = SocketId::random().map_or_else(|_| String::new(), |id| id.as_str()[..6].to_owned());
        let common = Arc::new(Common { options, parser, epoch, counters: Counters::default(), states });
        let inner =
            ServerInner { common, namespaces: RwLock::default(), parents: RwLock::default(), adapter };
        let server = Server(Engine::new(config, Clients(Arc::new(inner))));
        server.of("/");
        server
    }
}

/// Answers 404.
#[derive(Debug, Clone, Copy)]
pub struct NotFound;

impl<B> Service<Request<B>> for NotFound {
    type Response = Response<Empty<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        let mut response = Response::new(Empty::new());
        *response.status_mut() = StatusCode::NOT_FOUND;
        ready(Ok(response))
    }
}
