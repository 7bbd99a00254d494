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
///     socket.once("hello", |socket: Socket, Data(name): Data<String>| async move {
///         let _ = socket.emit("welcome", name);
///     });
/// });
/// ```
impl Socket {
    /// Runs for each event of that name.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     if socket.user().as_deref() == Some("host") {
    ///         socket.on("close poll", |socket: Socket, Data(poll): Data<u32>| async move {
    ///             let _ = socket.namespace().emit("closed", poll);
    ///         });
    ///     }
    /// });
    /// ```
    pub fn on<X, H: Handler<X, Output: IntoReply>>(&self, event: &str, handler: H) -> &Self {
        self.listen(|listeners| listeners.on(event, BoxedHandler::new(handler), Calls::Always));
        self
    }

    /// Runs for the next event of that name.
    ///
    /// ```
    /// # use chorus_socketio::{Reply, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     socket.once("claim bonus", || async { Reply(100) });
    /// });
    /// ```
    pub fn once<X, H: Handler<X, Output: IntoReply>>(&self, event: &str, handler: H) -> &Self {
        self.listen(|listeners| listeners.on(event, BoxedHandler::new(handler), Calls::Once));
        self
    }

    /// Runs for each event, before its own handlers.
    ///
    /// ```
    /// # use chorus_socketio::{EventName, Payload, Server, Socket};
    /// # let io = Server::new();
    /// // one client is looked at more closely
    /// io.of("/").on("debug", |socket: Socket| async move {
    ///     socket.on_any(|name: EventName, payload: Payload| async move {
    ///         println!("{} {}", &*name, payload.json());
    ///     });
    /// });
    /// ```
    pub fn on_any<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listen(|listeners| listeners.any.push(BoxedHandler::new(handler)));
        self
    }

    /// Decides about each event, after the namespace's middleware.
    ///
    /// See [`Namespace::event_middleware`](crate::Namespace::event_middleware).
    ///
    /// ```
    /// # use chorus_socketio::{EventName, Reply, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("mute", |socket: Socket| async move {
    ///     socket.middleware(|name: EventName| async move {
    ///         if &*name == "say" { Err(Reply("you are muted")) } else { Ok(()) }
    ///     });
    /// });
    /// ```
    pub fn middleware<X, E: IntoReply, H: Handler<X, Output = Result<(), E>>>(&self, handler: H) -> &Self {
        self.listen(|listeners| listeners.guards.push(BoxedGuard::new(handler)));
        self
    }

    /// Runs when it leaves, while it is still in its rooms.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("raise hand", |socket: Socket| async move {
    ///     socket.on_disconnecting(|socket: Socket| async move {
    ///         let _ = socket.to("class").emit("hand is down", socket.id());
    ///     });
    /// });
    /// ```
    pub fn on_disconnecting<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listen(|listeners| listeners.disconnecting.push(BoxedHandler::new(handler)));
        self
    }

    /// Runs when it has left, after the handlers of all its events.
    ///
    /// ```
    /// # use chorus_socketio::{DisconnectReason, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("record", |socket: Socket| async move {
    ///     let recording = "recording of today"; // what the handler below owns
    ///     socket.on_disconnect(move |reason: DisconnectReason| async move {
    ///         println!("{recording} ends: {reason}");
    ///     });
    /// });
    /// ```
    pub fn on_disconnect<X, H: Handler<X, Output: IntoReply>>(&self, handler: H) -> &Self {
        self.listen(|listeners| listeners.disconnect.push(BoxedHandler::new(handler)));
        self
    }

    /// Sees each event that is sent to this socket; see
    /// [`Namespace::on_any_outgoing`](crate::Namespace::on_any_outgoing).
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("debug", |socket: Socket| async move {
    ///     socket.on_any_outgoing(|socket, event, payload| {
    ///         println!("{} gets {event} {}", socket.id(), payload.json());
    ///     });
    /// });
    /// ```
    pub fn on_any_outgoing(&self, listener: impl Fn(&Self, &str, &Payload) + Send + Sync + 'static) -> &Self {
        let added = self.listen(|listeners| listeners.outgoing.push(Arc::new(listener)));
        if added {
            self.namespace().watch(1);
        }
        self
    }

    /// Removes its own handlers of an event.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/draw").on("take pen", |socket: Socket| async move {
    ///     socket.on("line", |socket: Socket, Data(line): Data<[f64; 4]>| async move {
    ///         let _ = socket.broadcast().emit("line", line);
    ///     });
    ///     socket.once("give pen", |socket: Socket| async move {
    ///         socket.off("line");
    ///     });
    /// });
    /// ```
    pub fn off(&self, event: &str) -> &Self {
        self.listen(|listeners| listeners.off(event));
        self
    }

    /// Removes its own handlers of any event.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("debug off", |socket: Socket| async move {
    ///     socket.off_any().off_any_outgoing();
    /// });
    /// ```
    pub fn off_any(&self) -> &Self {
        self.listen(|listeners| listeners.any.clear());
        self
    }

    /// Removes its own listeners for outgoing events.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("quiet", |socket: Socket| async move {
    ///     socket.off_any_outgoing();
    /// });
    /// ```
    pub fn off_any_outgoing(&self) -> &Self {
        self.unwatch();
        self
    }

    /// Says which user of the application's it is.
    ///
    /// It is what rate limits, presence and deduplication go by.
    ///
    /// ```
    /// # use chorus_socketio::{ConnectError, Server, Socket};
    /// # fn user_of(cookies: &str) -> Option<&'static str> { cookies.contains("secret").then_some("ada") }
    /// # let io = Server::new();
    /// io.of("/").middleware(|socket: Socket| async move {
    ///     let user = socket.handshake().header("cookie").and_then(user_of);
    ///     socket.set_user(user.ok_or_else(|| ConnectError::new("log in first"))?);
    ///     Ok(())
    /// });
    /// ```
    pub fn set_user(&self, user: &str) {
        self.0.state.lock().own.get_or_insert_default().user = Some(user.into());
    }

    /// What [`Socket::set_user`] said.
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("say", |socket: Socket, Data(text): Data<String>| async move {
    ///     let name = socket.user().unwrap_or_else(|| "a guest".into());
    ///     let _ = socket.broadcast().emit("said", (&*name, text));
    /// });
    /// ```
    pub fn user(&self) -> Option<Arc<str>> {
        self.0.state.lock().own.as_ref()?.user.clone()
    }

    /// Keeps a value with the socket that other servers see, too: `data` in
    /// [`Broadcast::fetch_sockets`](crate::Broadcast::fetch_sockets).
    ///
    /// ```
    /// # use chorus_socketio::{Data, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("status", |socket: Socket, Data(away): Data<bool>| async move {
    ///     let _ = socket.set_shared_data(serde_json::json!({ "away": away }));
    ///     assert_eq!(socket.shared_data()["away"], away);
    /// });
    /// ```
    pub fn set_shared_data(&self, data: impl Serialize) -> Result<(), serde_json::Error> {
        let data = Arc::new(serde_json::to_value(data)?);
        self.0.state.lock().own.get_or_insert_default().shared_data = Some(data);
        Ok(())
    }

    /// What [`Socket::set_shared_data`] kept; null when it kept nothing.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     let _ = socket.set_shared_data(serde_json::json!({ "name": "ada" }));
    ///     assert_eq!(socket.shared_data()["name"], "ada");
    /// });
    /// ```
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
        let listeners = {
            let mut state = self.0.state.lock();
            state.forgetful = true;
            state.own.as_mut().map(|own| std::mem::take(&mut own.listeners)).unwrap_or_default()
        };
        self.namespace().watch(-listeners.outgoing.len().cast_signed());
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
