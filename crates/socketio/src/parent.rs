//! Namespaces that come into being when a client asks for them.

use std::{
    collections::HashSet,
    future::Future,
    sync::{Arc, Weak},
};

use chorus_protocol::socketio::ToArgs;
use parking_lot::Mutex;

use crate::{
    ConnectError, Deduplicate, Handler, IntoReply, Namespace, Payload, RateLimit, Socket, handler::BoxFuture,
    server::ServerInner,
};

/// A family of namespaces that come into being when clients ask for them.
///
/// Each child has its own sockets and rooms. It has the handlers of its parent, those to come included,
/// and behind them its own.
///
/// Made by [`Server::of_matching`](crate::Server::of_matching). Cheap to clone.
///
/// ```
/// use chorus_socketio::{Data, Server, Socket};
///
/// let io = Server::new();
/// let polls = io.of_matching(|name| name.starts_with("/poll-"));
/// polls.on("vote", |socket: Socket, Data(option): Data<u8>| async move {
///     let _ = socket.namespace().emit("voted", option); // in this poll alone
/// });
/// io.of("/poll-7"); // made here, or by the first client who asks for it
/// assert_eq!(polls.children(), ["/poll-7".into()]);
/// ```
#[derive(Clone)]
pub struct ParentNamespace(Arc<Inner>);

struct Inner {
    server: Weak<ServerInner>,
    /// Holds the handlers; nobody is in it.
    template: Namespace,
    rule: Rule,
    children: Mutex<HashSet<Box<str>>>,
}

/// Which names may be those of children.
enum Rule {
    Pattern(Box<dyn Fn(&str) -> bool + Send + Sync>),
    Function(Box<Allows>),
}

/// Of the name and the client's `auth`.
type Allows = dyn Fn(&str, &str) -> BoxFuture<bool> + Send + Sync;

impl ParentNamespace {
    pub(crate) fn matching(
        server: Weak<ServerInner>,
        template: Namespace,
        matches: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::new(server, template, Rule::Pattern(Box::new(matches)))
    }

    pub(crate) fn allowed<F>(
        server: Weak<ServerInner>,
        template: Namespace,
        allows: impl Fn(&str, &str) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let allows = move |name: &str, auth: &str| Box::pin(allows(name, auth)) as BoxFuture<_>;
        Self::new(server, template, Rule::Function(Box::new(allows)))
    }

    fn new(server: Weak<ServerInner>, template: Namespace, rule: Rule) -> Self {
        Self(Arc::new(Inner { server, template, rule, children: Mutex::default() }))
    }

    /// Whether a name fits the pattern, if there is one.
    pub(crate) fn matches(&self, name: &str) -> bool {
        matches!(&self.0.rule, Rule::Pattern(matches) if matches(name))
    }

    /// Whether a client with that `auth` may have a namespace of that name.
    pub(crate) async fn allows(&self, name: &str, auth: &str) -> bool {
        match &self.0.rule {
            Rule::Pattern(matches) => matches(name),
            Rule::Function(allows) => allows(name, auth).await,
        }
    }

    pub(crate) fn template(&self) -> &Namespace {
        &self.0.template
    }

    pub(crate) fn born(&self, name: &str) {
        self.0.children.lock().insert(name.into());
    }

    pub(crate) fn buried(&self, name: &str) -> bool {
        self.0.children.lock().remove(name)
    }

    /// The names of the children that exist now, in alphabetical order.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// let polls = io.of_matching(|name| name.starts_with("/poll-"));
    /// assert!(polls.children().is_empty());
    /// io.of("/poll-7");
    /// assert_eq!(polls.children(), ["/poll-7".into()]);
    /// ```
    pub fn children(&self) -> Vec<Box<str>> {
        let mut names: Vec<_> = self.0.children.lock().iter().cloned().collect();
        names.sort_unstable();
        names
    }

    /// The children that exist now, for instance to send to a room of each.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// let polls = io.of_matching(|name| name.starts_with("/poll-"));
    /// for poll in polls.namespaces() {
    ///     poll.to("hosts").emit("notice", "we close at ten")?;
    /// }
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn namespaces(&self) -> Vec<Namespace> {
        let Some(server) = self.0.server.upgrade() else { return Vec::new() };
        self.children().iter().filter_map(|name| server.find(name)).collect()
    }

    /// Sends an event to the sockets of all children.
    ///
    /// It returns how many of this server it went to.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// let polls = io.of_matching(|name| name.starts_with("/poll-"));
    /// io.of("/poll-7");
    /// assert_eq!(polls.emit("notice", "we close at ten")?, 0); // nobody is in it
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.namespaces().iter().map(|namespace| namespace.broadcast().emit_ref(event, &args)).sum()
    }

    /// See [`Namespace::middleware`].
    ///
    /// ```
    /// # use chorus_socketio::{ConnectError, Server, Socket};
    /// # let io = Server::new();
    /// let teams = io.of_matching(|name| name.starts_with("/team-"));
    /// teams.middleware(|socket: Socket| async move {
    ///     let key = socket.handshake().query("key");
    ///     if key.is_some() { Ok(()) } else { Err(ConnectError::new("no key")) }
    /// });
    /// ```
    pub fn middleware<X, H: Handler<X, Output = Result<(), ConnectError>>>(&self, handler: H) -> &Self {
        self.0.template.middleware(handler);
        self
    }

    /// See [`Namespace::event_middleware`].
    ///
    /// ```
    /// # use chorus_socketio::{EventName, Reply, Server, Socket};
    /// # let io = Server::new();
    /// let polls = io.of_matching(|name| name.starts_with("/poll-"));
    /// polls.event_middleware(|socket: Socket, name: EventName| async move {
    ///     if &*name == "vote" && socket.user().is_none() { Err(Reply("log in first")) } else { Ok(()) }
    /// });
    /// ```
    pub fn event_middleware<X, E: IntoReply, H: Handler<X, Output = Result<(), E>>>(
        &self,
        handler: H,
    ) -> &Self {
        self.0.template.event_middleware(handler);
        self
    }

    /// See [`Namespace::on_connect`].
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// let boards = io.of_matching(|name| name.starts_with("/board-"));
    /// boards.on_connect(|socket: Socket| async move {
    ///     let _ = socket.emit("welcome", socket.namespace().name());
    /// });
    /// ```
    pub fn on_connect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.template.on_connect(handler);
        self
    }

    /// See [`Namespace::on`].
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// let boards = io.of_matching(|name| name.starts_with("/board-"));
    /// boards.on("move", |socket: Socket, Data(to): Data<[f64; 2]>| async move {
    ///     let _ = socket.broadcast().volatile().emit("moved", (socket.id(), to));
    /// });
    /// ```
    pub fn on<X, H: Handler<X, Output: IntoReply>>(&self, event: &str, handler: H) -> &Self {
        self.0.template.on(event, handler);
        self
    }

    /// See [`Namespace::on_any`].
    ///
    /// ```
    /// # use chorus_socketio::{EventName, Server, Socket};
    /// # let io = Server::new();
    /// let boards = io.of_matching(|name| name.starts_with("/board-"));
    /// boards.on_any(|socket: Socket, name: EventName| async move {
    ///     println!("{}: {}", socket.namespace().name(), &*name);
    /// });
    /// ```
    pub fn on_any<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.template.on_any(handler);
        self
    }

    /// See [`Namespace::on_any_outgoing`].
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// let boards = io.of_matching(|name| name.starts_with("/board-"));
    /// boards.on_any_outgoing(|socket, event, _| println!("{}: {event}", socket.namespace().name()));
    /// ```
    pub fn on_any_outgoing(
        &self,
        listener: impl Fn(&Socket, &str, &Payload) + Send + Sync + 'static,
    ) -> &Self {
        self.0.template.on_any_outgoing(listener);
        self
    }

    /// See [`Namespace::off`].
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// let polls = io.of_matching(|name| name.starts_with("/poll-"));
    /// polls.on("vote", || async {});
    /// polls.off("vote"); // in all of them
    /// ```
    pub fn off(&self, event: &str) -> &Self {
        self.0.template.off(event);
        self
    }

    /// See [`Namespace::limit`]: one allowance for all children.
    ///
    /// ```
    /// # use {chorus_socketio::{RateLimit, Server}, std::time::Duration};
    /// # let io = Server::new();
    /// let boards = io.of_matching(|name| name.starts_with("/board-"));
    /// boards.limit(RateLimit::per_user(20, Duration::from_secs(1))); // on all boards together
    /// ```
    pub fn limit(&self, limit: RateLimit) -> &Self {
        self.0.template.limit(limit);
        self
    }

    /// See [`Namespace::deduplicate`].
    ///
    /// ```
    /// # use chorus_socketio::{Deduplicate, Server};
    /// # let io = Server::new();
    /// let polls = io.of_matching(|name| name.starts_with("/poll-"));
    /// polls.deduplicate(Deduplicate::by_last_argument()); // the same id in two polls is two ids
    /// ```
    pub fn deduplicate(&self, how: Deduplicate) -> &Self {
        self.0.template.deduplicate(how);
        self
    }

    /// See [`Namespace::on_disconnecting`].
    ///
    /// ```
    /// # use chorus_socketio::{Args, Server, Socket};
    /// # let io = Server::new();
    /// let boards = io.of_matching(|name| name.starts_with("/board-"));
    /// boards.on_disconnecting(|socket: Socket| async move {
    ///     for room in socket.rooms() {
    ///         let _ = socket.to(&room).emit("left", Args((&*room, socket.id())));
    ///     }
    /// });
    /// ```
    pub fn on_disconnecting<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.template.on_disconnecting(handler);
        self
    }

    /// See [`Namespace::on_disconnect`].
    ///
    /// ```
    /// # use chorus_socketio::{DisconnectReason, Server, Socket};
    /// # let io = Server::new();
    /// let boards = io.of_matching(|name| name.starts_with("/board-"));
    /// boards.on_disconnect(|socket: Socket, reason: DisconnectReason| async move {
    ///     println!("{} has left {}: {reason}", socket.id(), socket.namespace().name());
    /// });
    /// ```
    pub fn on_disconnect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.template.on_disconnect(handler);
        self
    }
}
