//! Namespaces that come into being when a client asks for them.

use std::{
    future::Future,
    sync::{Arc, Weak},
};

use chorus_protocol::socketio::ToArgs;
use parking_lot::Mutex;

use crate::{
    ConnectError, Deduplicate, Handler, IntoReply, Namespace, Payload, RateLimit, Socket, handler::BoxFuture,
    server::ServerInner,
};

/// A family of namespaces: each child has the handlers of its parent, and its own sockets and rooms.
///
/// Made by [`Server::of_matching`](crate::Server::of_matching). Cheap to clone.
#[derive(Clone)]
pub struct ParentNamespace(Arc<Inner>);

struct Inner {
    server: Weak<ServerInner>,
    /// Holds the handlers; nobody is in it.
    template: Namespace,
    rule: Rule,
    children: Mutex<Vec<Box<str>>>,
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
        self.0.children.lock().push(name.into());
    }

    pub(crate) fn buried(&self, name: &str) -> bool {
        let mut children = self.0.children.lock();
        let Some(position) = children.iter().position(|child| **child == *name) else { return false };
        children.swap_remove(position);
        true
    }

    /// The names of the children that exist now.
    pub fn children(&self) -> Vec<Box<str>> {
        self.0.children.lock().clone()
    }

    /// The children that exist now, for instance to send to a room of each.
    pub fn namespaces(&self) -> Vec<Namespace> {
        let Some(server) = self.0.server.upgrade() else { return Vec::new() };
        self.children().iter().filter_map(|name| server.find(name)).collect()
    }

    /// Sends an event to the sockets of all children, and returns how many those of this server were.
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<usize, serde_json::Error> {
        self.namespaces().iter().map(|namespace| namespace.broadcast().emit_ref(event, &args)).sum()
    }

    /// See [`Namespace::middleware`].
    pub fn middleware<X, H: Handler<X, Output = Result<(), ConnectError>>>(&self, handler: H) -> &Self {
        self.0.template.middleware(handler);
        self
    }

    /// See [`Namespace::event_middleware`].
    pub fn event_middleware<X, E: IntoReply, H: Handler<X, Output = Result<(), E>>>(
        &self,
        handler: H,
    ) -> &Self {
        self.0.template.event_middleware(handler);
        self
    }

    /// See [`Namespace::on_connect`].
    pub fn on_connect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.template.on_connect(handler);
        self
    }

    /// See [`Namespace::on`].
    pub fn on<X, H: Handler<X, Output: IntoReply>>(&self, event: &str, handler: H) -> &Self {
        self.0.template.on(event, handler);
        self
    }

    /// See [`Namespace::on_any`].
    pub fn on_any<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.template.on_any(handler);
        self
    }

    /// See [`Namespace::on_any_outgoing`].
    pub fn on_any_outgoing(
        &self,
        listener: impl Fn(&Socket, &str, &Payload) + Send + Sync + 'static,
    ) -> &Self {
        self.0.template.on_any_outgoing(listener);
        self
    }

    /// See [`Namespace::off`].
    pub fn off(&self, event: &str) -> &Self {
        self.0.template.off(event);
        self
    }

    /// See [`Namespace::limit`]: one allowance for all children.
    pub fn limit(&self, limit: RateLimit) -> &Self {
        self.0.template.limit(limit);
        self
    }

    /// See [`Namespace::deduplicate`].
    pub fn deduplicate(&self, how: Deduplicate) -> &Self {
        self.0.template.deduplicate(how);
        self
    }

    /// See [`Namespace::on_disconnecting`].
    pub fn on_disconnecting<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.template.on_disconnecting(handler);
        self
    }

    /// See [`Namespace::on_disconnect`].
    pub fn on_disconnect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.0.template.on_disconnect(handler);
        self
    }
}
