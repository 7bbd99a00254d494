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
///
/// ```
/// use chorus_socketio::{Data, Server, Socket};
///
/// let io = Server::new();
/// io.of("/chat").on("say", |socket: Socket, Data(text): Data<String>| async move {
///     let _ = socket.broadcast().emit("said", text);
/// });
/// assert_eq!(io.namespaces().len(), 2); // with the main one, "/"
/// assert_eq!(io.stats().sessions, 0);
/// ```
#[derive(Clone)]
pub struct Server(Engine<Clients>);

/// The Tower layer of a server.
///
/// ```
/// use axum::{Router, routing::get};
/// use chorus_socketio::{Server, ServerLayer};
///
/// fn app(rooms: ServerLayer) -> Router {
///     Router::new().route("/health", get(|| async { "ok" })).layer(rooms)
/// }
///
/// let io = Server::new();
/// let app = app(io.layer());
/// ```
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
    ///
    /// ```
    /// # use chorus_socketio::Server;
    /// let io = Server::new();
    /// assert_eq!(io.namespaces(), ["/".into()]);
    /// ```
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Sets options first.
    ///
    /// ```
    /// use std::time::Duration;
    /// use chorus_socketio::Server;
    ///
    /// let io = Server::builder().path("/rooms").ping_interval(Duration::from_secs(15)).build();
    /// ```
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// The namespace of that name, which exists from now on.
    ///
    /// A missing leading slash is added. A new one whose name fits [`Server::of_matching`] has the handlers
    /// that were added there.
    ///
    /// ```
    /// # use chorus_socketio::{Reply, Server};
    /// let io = Server::new();
    /// io.of("/votes").on("ping", || async { Reply("pong") });
    /// assert_eq!(io.of("votes").name(), "/votes"); // the same one
    /// ```
    pub fn of(&self, name: &str) -> Namespace {
        let name = if name.starts_with('/') { name.to_owned() } else { format!("/{name}") };
        let inner = &self.0.applications().0;
        inner.of(&name)
    }

    /// The names of the namespaces that exist now.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.of("/chat");
    /// let mut names = io.namespaces();
    /// names.sort();
    /// assert_eq!(names, ["/".into(), "/chat".into()]);
    /// ```
    pub fn namespaces(&self) -> Vec<Box<str>> {
        self.0.applications().0.namespaces.read().keys().cloned().collect()
    }

    /// Runs for each namespace that comes into being from now on.
    ///
    /// For one that a client asked for, it runs before that client is let in.
    ///
    /// ```
    /// use chorus_socketio::{RoomHistory, Server};
    ///
    /// let io = Server::new();
    /// io.of_matching(|name| name.starts_with("/class-"));
    /// io.on_new_namespace(|namespace| {
    ///     namespace.keep_history("blackboard", RoomHistory::default());
    /// });
    /// io.of("/class-7"); // what is written on its blackboard is kept from now on
    /// ```
    pub fn on_new_namespace(&self, hook: impl Fn(&Namespace) + Send + Sync + 'static) {
        self.0.applications().0.on_new.write().push(Arc::new(hook));
    }

    /// Forgets a namespace: its sockets are disconnected, and no more are let in.
    ///
    /// False if there was none, or it is the main one, which stays.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.of("/meeting-7");
    /// assert!(io.remove_namespace("/meeting-7"));
    /// assert!(!io.remove_namespace("/meeting-7"), "it is gone already");
    /// assert!(!io.remove_namespace("/"), "the main one stays");
    /// ```
    pub fn remove_namespace(&self, name: &str) -> bool {
        if name == "/" {
            return false;
        }
        let Some(namespace) = self.0.applications().0.remove(name) else { return false };
        namespace.broadcast().local().disconnect();
        true
    }

    /// Namespaces whose names `matches` accepts.
    ///
    /// Each is made when a client first asks for it.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.of_matching(|name| name.starts_with("/room-")).on("hello", || async {});
    /// ```
    pub fn of_matching(&self, matches: impl Fn(&str) -> bool + Send + Sync + 'static) -> ParentNamespace {
        self.parent(|server, template| ParentNamespace::matching(server, template, matches))
    }

    /// As [`Server::of_matching`], decided by an async function.
    ///
    /// It is given the name and the client's `auth`.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # async fn is_member(team: &str, token: &serde_json::Value) -> bool { token == team }
    /// let io = Server::new();
    /// io.of_allowed(|name, auth| async move {
    ///     let Some(team) = name.strip_prefix("/team-") else { return false };
    ///     is_member(team, &auth["token"]).await
    /// })
    /// .on("say", |socket: Socket, Data(text): Data<String>| async move {
    ///     let _ = socket.broadcast().emit("said", text);
    /// });
    /// ```
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
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// let reached = io.emit("notice", "we close at ten")?;
    /// assert_eq!(reached, 0); // nobody is here yet
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.of("/").emit(event, args)
    }

    /// Aims at the sockets of the main namespace that are in `rooms`.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.to("poll-7").emit("voted", [12, 30])?;
    /// io.to(["staff", "speakers"]).except("muted").emit("notice", "two minutes left")?;
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn to(&self, rooms: impl IntoRooms) -> Broadcast {
        self.of("/").to(rooms)
    }

    /// A layer that answers requests below the path and passes all others on.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    ///
    /// # let io = chorus_socketio::Server::new();
    /// let app: Router = Router::new().route("/", get(|| async { "hello" })).layer(io.layer());
    /// ```
    pub fn layer(&self) -> ServerLayer {
        self.0.layer()
    }

    /// A service that answers requests below the path, and all others with 404.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use http::{Request, StatusCode};
    /// use tower::ServiceExt;
    ///
    /// let service = chorus_socketio::Server::new().service();
    /// let request = Request::get("/index.html").body(String::new()).unwrap();
    /// let response = service.oneshot(request).await.unwrap();
    /// assert_eq!(response.status(), StatusCode::NOT_FOUND);
    /// # }
    /// ```
    pub fn service(&self) -> EngineService<Clients, NotFound> {
        self.layer().layer(NotFound)
    }

    /// What it has done so far.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// io.emit("tick", 1)?;
    /// let stats = io.stats();
    /// assert_eq!(stats.encodes, 1); // once, for whoever receives it
    /// assert_eq!(stats.deliveries, 0);
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn stats(&self) -> Stats {
        let counters = &self.0.applications().0.common.counters;
        Stats {
            encodes: counters.encodes.load(Ordering::Relaxed),
            deliveries: counters.deliveries.load(Ordering::Relaxed),
            sessions: self.0.session_count(),
        }
    }

    /// Disconnects everyone, refuses newcomers, and waits until all have left.
    ///
    /// It waits for all connections and the handlers that still run. One that never ends keeps it waiting:
    /// use a timeout.
    ///
    /// Clients that were being disconnected already have one more second to fetch what waits for them.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use std::time::Duration;
    /// use tokio::time::timeout;
    ///
    /// # let io = chorus_socketio::Server::new();
    /// if timeout(Duration::from_secs(10), io.close()).await.is_err() {
    ///     eprintln!("a handler still runs");
    /// }
    /// # }
    /// ```
    pub async fn close(&self) {
        self.0.close().await;
    }

    /// Closes all connections, evenly spread over a time, and refuses newcomers.
    ///
    /// It waits until they and the handlers that still run have ended.
    ///
    /// Only the transports are closed: official clients connect again by themselves, to another server
    /// if the load balancer no longer sends them here, and with connection state recovery they go on
    /// where they were. Sockets here leave with the reason `server shutting down`.
    ///
    /// When the future is dropped, the connections that are left stay; newcomers are refused further on.
    /// [`Server::close`] ends the rest at once, also meanwhile.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use std::time::Duration;
    ///
    /// # let io = chorus_socketio::Server::new();
    /// // a deployment: the clients go over to the new server within half a minute
    /// io.drain(Duration::from_secs(30)).await;
    /// assert_eq!(io.stats().sessions, 0);
    /// # }
    /// ```
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
