//! What only some sockets have: listeners of their own, a user, data for other servers.

use std::sync::Arc;

use chorus_protocol::socketio::Payload;
use serde::Serialize;
use serde_json::Value;

use super::Socket;
use crate::{
    Handler, IntoReply,
    handler::{BoxedGuard, BoxedHandler},
    listeners::{Calls, Dispatch, Found, Listeners},
};

/// See the module; made when it is first needed.
#[derive(Default)]
pub(super) struct Own {
    listeners: Listeners,
    user: Option<Arc<str>>,
    shared_data: Option<Arc<Value>>,
}

impl Own {
    /// What a socket has that comes back.
    pub(super) fn kept(shared_data: Arc<Value>, user: Option<Arc<str>>) -> Option<Box<Self>> {
        let shared_data = Some(shared_data).filter(|data| !data.is_null());
        (shared_data.is_some() || user.is_some())
            .then(|| Box::new(Self { shared_data, user, listeners: Listeners::default() }))
    }
}

/// Listeners of this socket alone. They are called behind those of its [`Namespace`](crate::Namespace),
/// which cost a socket nothing, and are forgotten when it has left.
///
/// ```
/// use chorus_socketio::{Data, Server, Socket};
///
/// let io = Server::new();
/// io.of("/").on_connect(|socket: Socket| async move {
///     let mut greeted = String::new();
///     socket.once("hello", |socket: Socket, Data(name): Data<String>| async move {
///         socket.emit("welcome", name)?;
///         Ok::<_, serde_json::Error>(())
///     });
/// #   greeted.clear();
/// });
/// ```
impl Socket {
    /// Runs for each event of that name.
    pub fn on<X, H: Handler<X, Output: IntoReply>>(&self, event: &str, handler: H) -> &Self {
        self.listen(|listeners| listeners.on(event, BoxedHandler::new(handler), Calls::Always));
        self
    }

    /// Runs for the next event of that name.
    pub fn once<X, H: Handler<X, Output: IntoReply>>(&self, event: &str, handler: H) -> &Self {
        self.listen(|listeners| listeners.on(event, BoxedHandler::new(handler), Calls::Once));
        self
    }

    /// Runs for each event, before its own handlers.
    pub fn on_any<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listen(|listeners| listeners.any.push(BoxedHandler::new(handler)));
        self
    }

    /// Decides about each event, after the [namespace's](crate::Namespace::event_middleware).
    pub fn middleware<X, E: IntoReply, H: Handler<X, Output = Result<(), E>>>(&self, handler: H) -> &Self {
        self.listen(|listeners| listeners.guards.push(BoxedGuard::new(handler)));
        self
    }

    /// Runs when it leaves, while it is still in its rooms.
    pub fn on_disconnecting<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listen(|listeners| listeners.disconnecting.push(BoxedHandler::new(handler)));
        self
    }

    /// Runs when it has left, after the handlers of all its events.
    pub fn on_disconnect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listen(|listeners| listeners.disconnect.push(BoxedHandler::new(handler)));
        self
    }

    /// Sees each event that is sent to this socket; see
    /// [`Namespace::on_any_outgoing`](crate::Namespace::on_any_outgoing).
    pub fn on_any_outgoing(&self, listener: impl Fn(&Self, &str, &Payload) + Send + Sync + 'static) -> &Self {
        let added = self.listen(|listeners| listeners.outgoing.push(Arc::new(listener)));
        if added {
            self.namespace().watch(1);
        }
        self
    }

    /// Removes its own handlers of an event.
    pub fn off(&self, event: &str) -> &Self {
        self.listen(|listeners| listeners.off(event));
        self
    }

    /// Removes its own handlers of any event.
    pub fn off_any(&self) -> &Self {
        self.listen(|listeners| listeners.any.clear());
        self
    }

    /// Removes its own listeners for outgoing events.
    pub fn off_any_outgoing(&self) -> &Self {
        self.unwatch();
        self
    }

    /// Says which user of the application's it is: what rate limits, presence and deduplication go by.
    pub fn set_user(&self, user: &str) {
        self.0.state.lock().own.get_or_insert_default().user = Some(user.into());
    }

    /// What [`Socket::set_user`] said.
    pub fn user(&self) -> Option<Arc<str>> {
        self.0.state.lock().own.as_ref()?.user.clone()
    }

    /// Keeps a value with the socket that other servers see, too: `data` in
    /// [`Broadcast::fetch_sockets`](crate::Broadcast::fetch_sockets).
    pub fn set_shared_data(&self, data: impl Serialize) -> Result<(), serde_json::Error> {
        let data = Arc::new(serde_json::to_value(data)?);
        self.0.state.lock().own.get_or_insert_default().shared_data = Some(data);
        Ok(())
    }

    /// What [`Socket::set_shared_data`] kept; null when it kept nothing.
    pub fn shared_data(&self) -> Arc<Value> {
        let state = self.0.state.lock();
        state.own.as_ref().and_then(|own| own.shared_data.clone()).unwrap_or_default()
    }

    /// False when it has left: then nothing would call them any more.
    fn listen(&self, change: impl FnOnce(&mut Listeners)) -> bool {
        let mut state = self.0.state.lock();
        if state.forgetful {
            return false;
        }
        change(&mut state.own.get_or_insert_default().listeners);
        true
    }

    /// What is to be done for an event: the namespace's first. Handlers that are called once are
    /// forgotten, unless the event may still be refused.
    pub(crate) fn dispatch(&self, event: &str) -> Dispatch {
        let mut dispatch = self.namespace().dispatch(event);
        if let Some(own) = &mut self.0.state.lock().own {
            dispatch.guards.extend(own.listeners.guards.iter().cloned());
            if dispatch.guards.is_empty() && dispatch.answers.is_none() {
                own.listeners.take(event, &mut dispatch.found);
            }
        }
        dispatch
    }

    /// The handlers of an event that was let through.
    pub(crate) fn take_handlers(&self, event: &str) -> Found {
        let mut found = self.namespace().dispatch(event).found;
        if let Some(own) = &mut self.0.state.lock().own {
            own.listeners.take(event, &mut found);
        }
        found
    }

    /// Those for the end: before and after it leaves its rooms.
    pub(crate) fn disconnect_handlers(&self) -> (Vec<BoxedHandler>, Vec<BoxedHandler>) {
        let (mut before, mut after) = self.namespace().disconnect_handlers();
        if let Some(own) = &self.0.state.lock().own {
            before.extend(own.listeners.disconnecting.iter().cloned());
            after.extend(own.listeners.disconnect.iter().cloned());
        }
        (before, after)
    }

    /// Lets go of its listeners, which may hold the socket themselves.
    pub(crate) fn forget_listeners(&self) {
        self.unwatch();
        let listeners = {
            let mut state = self.0.state.lock();
            state.forgetful = true;
            state.own.as_mut().map(|own| std::mem::take(&mut own.listeners))
        };
        drop(listeners);
    }

    fn unwatch(&self) {
        let outgoing = {
            let mut state = self.0.state.lock();
            state.own.as_mut().map(|own| std::mem::take(&mut own.listeners.outgoing)).unwrap_or_default()
        };
        self.namespace().watch(-outgoing.len().cast_signed());
    }

    /// Shows an event that is about to be sent to it to those who want to see.
    pub(crate) fn show(&self, event: &str, payload: &Payload) {
        self.namespace().show(self, event, payload);
        let outgoing = match &self.0.state.lock().own {
            Some(own) => own.listeners.outgoing.clone(),
            None => return,
        };
        for listener in outgoing {
            listener(self, event, payload);
        }
    }
}
