//! The server.

mod builder;
mod common;
mod not_found;
mod table;

use std::{
    fmt,
    future::Future,
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use chorus_protocol::socketio::ToArgs;
use tower::Layer as _;

use crate::{
    Broadcast, InMemoryAdapter, IntoRooms, Namespace, ParentNamespace,
    client::Client,
    engine::{Applications, Engine, EngineLayer, EngineService, Handshake, Session},
};

pub use self::{
    builder::ServerBuilder,
    common::{Recovery, Stats},
    not_found::NotFound,
};
pub(crate) use self::{common::Common, table::ServerInner};

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

impl Server {
    /// A server with the official server's defaults.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Sets options first.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// The namespace of that name, which exists from now on. A missing leading slash is added. A new
    /// one whose name fits [`Server::of_matching`] has the handlers that were added there.
    pub fn of(&self, name: &str) -> Namespace {
        let name = if name.starts_with('/') { name.to_owned() } else { format!("/{name}") };
        let inner = &self.0.applications().0;
        inner.of(&name)
    }

    /// The names of the namespaces that exist now.
    pub fn namespaces(&self) -> Vec<Box<str>> {
        self.0.applications().0.namespaces.read().keys().cloned().collect()
    }

    /// Runs for each namespace that comes into being from now on; for one that a client asked for,
    /// before that client is let in.
    pub fn on_new_namespace(&self, hook: impl Fn(&Namespace) + Send + Sync + 'static) {
        self.0.applications().0.on_new.write().push(Arc::new(hook));
    }

    /// Forgets a namespace: its sockets are disconnected, and no more are let in. False if there was
    /// none, or it is the main one, which stays.
    pub fn remove_namespace(&self, name: &str) -> bool {
        if name == "/" {
            return false;
        }
        let Some(namespace) = self.0.applications().0.remove(name) else { return false };
        namespace.broadcast().local().disconnect();
        true
    }

    /// Namespaces whose names `matches` accepts, made when a client first asks for one.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.of_matching(|name| name.starts_with("/room-")).on("hello", || async {});
    /// ```
    pub fn of_matching(&self, matches: impl Fn(&str) -> bool + Send + Sync + 'static) -> ParentNamespace {
        self.parent(|server, template| ParentNamespace::matching(server, template, matches))
    }

    /// As [`Server::of_matching`], decided by an async function of the name and the client's `auth`.
    pub fn of_allowed<F>(
        &self,
        allows: impl Fn(String, serde_json::Value) -> F + Send + Sync + 'static,
    ) -> ParentNamespace
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let allows = move |name: &str, auth: &str| {
            allows(name.to_owned(), serde_json::from_str(auth).unwrap_or_default())
        };
        self.parent(|server, template| ParentNamespace::allowed(server, template, allows))
    }

    fn parent(&self, make: impl FnOnce(Weak<ServerInner>, Namespace) -> ParentNamespace) -> ParentNamespace {
        let inner = &self.0.applications().0;
        let template = Namespace::new("/", inner.common.clone(), Arc::new(InMemoryAdapter::default()));
        let parent = make(Arc::downgrade(inner), template);
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
    ///
    /// Clients that were being disconnected already have one more second to fetch what waits for them.
    pub async fn close(&self) {
        self.0.close().await;
    }

    /// Refuses newcomers and closes all connections, evenly spread over a time, then waits until they
    /// and the handlers that still run have ended.
    ///
    /// Only the transports are closed: official clients connect again by themselves, to another server
    /// if the load balancer no longer sends them here, and with connection state recovery they go on
    /// where they were. Sockets here leave with the reason `server shutting down`.
    ///
    /// When the future is dropped, the connections that are left stay; newcomers are refused further on.
    /// [`Server::close`] ends the rest at once, also meanwhile.
    pub async fn drain(&self, over: Duration) {
        self.0.drain(over).await;
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
