//! Async functions as handlers.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use chorus_protocol::socketio::Payload;
use futures_util::FutureExt as _;

use crate::{
    Ack, ConnectError, Description, DisconnectReason, FromEvent, IntoReply, Rejection, Socket, ack::Answer,
};

/// What a handler is called for.
///
/// Extractors of your own are made from those there are:
///
/// ```
/// use chorus_socketio::{Event, EventName, FromEvent, Payload, Rejection};
///
/// /// What a log says of an event.
/// struct Line(String);
///
/// impl FromEvent for Line {
///     fn from_event(event: &Event) -> Result<Self, Rejection> {
///         let (name, payload) = (EventName::from_event(event)?, Payload::from_event(event)?);
///         Ok(Self(format!("{}: {} bytes", &*name, payload.size())))
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Event {
    pub(crate) socket: Socket,
    pub(crate) name: Box<str>,
    pub(crate) payload: Payload,
    pub(crate) ack: Option<u64>,
    pub(crate) answer: Option<Arc<Answer>>,
    /// Why the socket leaves: then alone.
    pub(crate) end: Option<Box<(DisconnectReason, Description)>>,
}

impl Event {
    /// What happened to a socket by itself.
    pub(crate) fn of(
        socket: Socket,
        name: &str,
        payload: Payload,
        end: Option<Box<(DisconnectReason, Description)>>,
    ) -> Self {
        Self { socket, name: name.into(), payload, ack: None, answer: None, end }
    }

    pub(crate) fn ack(&self) -> Ack {
        Ack::new(self.socket.clone(), self.ack, self.answer.clone())
    }
}

/// An async function of up to eight [extractors](FromEvent), in any order.
///
/// `X` tells the implementations apart and is found by the compiler.
///
/// ```
/// use chorus_socketio::{Args, Data, EventName, Reply, Server, Socket};
///
/// // any of these is one
/// async fn ping() -> Reply<&'static str> {
///     Reply("pong")
/// }
///
/// async fn say(socket: Socket, name: EventName, Data(text): Data<String>) {
///     let _ = socket.broadcast().emit(&name, text);
/// }
///
/// async fn add(Args((a, b)): Args<(i64, i64)>) -> Result<Reply<i64>, Reply<&'static str>> {
///     a.checked_add(b).map(Reply).ok_or(Reply("too large"))
/// }
///
/// let io = Server::new();
/// io.of("/").on("ping", ping).on("say", say).on("add", add);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot handle events",
    note = "it is to be an async function whose arguments implement `FromEvent` and whose future is `Send`"
)]
pub trait Handler<X>: Send + Sync + 'static {
    /// What it returns.
    type Output;
    /// Its future.
    type Future: Future<Output = Self::Output> + Send + 'static;

    /// Extracts the arguments and calls it.
    fn call(&self, event: &Event) -> Result<Self::Future, Rejection>;
}

macro_rules! handlers {
    ($($arg:ident)*) => {
        impl<Function, Output, $($arg),*> Handler<($($arg,)*)> for Function
        where
            Function: Fn($($arg),*) -> Output + Send + Sync + 'static,
            Output: Future + Send + 'static,
            $($arg: FromEvent,)*
        {
            type Output = Output::Output;
            type Future = Output;

            #[allow(unused_variables, reason = "the handler without arguments")]
            fn call(&self, event: &Event) -> Result<Output, Rejection> {
                Ok(self($($arg::from_event(event)?),*))
            }
        }
    };
}

handlers!();
handlers!(A);
handlers!(A B);
handlers!(A B C);
handlers!(A B C D);
handlers!(A B C D E);
handlers!(A B C D E F);
handlers!(A B C D E F G);
handlers!(A B C D E F G H);

pub(crate) type BoxFuture<T> = futures_util::future::BoxFuture<'static, T>;

type Erased<T> = Arc<dyn Fn(&Event) -> Result<BoxFuture<T>, Rejection> + Send + Sync>;

/// A handler whose types are erased. Cheap to clone.
#[derive(Clone)]
pub(crate) struct BoxedHandler(Erased<()>);

impl BoxedHandler {
    pub(crate) fn new<X, H: Handler<X, Output: IntoReply>>(handler: H) -> Self {
        Self(Arc::new(move |event| {
            let future = handler.call(event)?;
            let ack = event.ack();
            Ok(Box::pin(async move {
                if let Err(error) = future.await.reply(ack) {
                    tracing::error!(%error, "a handler's answer cannot be sent");
                }
            }))
        }))
    }

    /// Starts it, or answers the client that its data is invalid.
    pub(crate) fn start(&self, event: &Event) -> Option<BoxFuture<()>> {
        started(&self.0, event)
    }

    /// Runs it to its end; a panic ends it alone.
    pub(crate) async fn run(&self, event: &Event) {
        if let Some(future) = self.start(event)
            && AssertUnwindSafe(future).catch_unwind().await.is_err()
        {
            tracing::error!(event = &*event.name, "a handler panicked");
        }
    }
}

/// Calls an erased handler; tells the client if that is to blame that it cannot be called.
fn started<T>(erased: &Erased<T>, event: &Event) -> Option<BoxFuture<T>> {
    match catch_unwind(AssertUnwindSafe(|| erased(event))) {
        Ok(Ok(future)) => return Some(future),
        Ok(Err(Rejection::Data(error))) => {
            tracing::debug!(event = &*event.name, %error, "invalid data");
            let error = serde_json::json!({ "code": "invalid_data", "message": error.to_string() });
            let _ = event.ack().send(serde_json::json!({ "error": error }));
        }
        Ok(Err(error)) => tracing::error!(event = &*event.name, %error, "a handler cannot be called"),
        Err(_) => tracing::error!(event = &*event.name, "a handler panicked"),
    }
    None
}

/// An event middleware whose types are erased. Cheap to clone.
#[derive(Clone)]
pub(crate) struct BoxedGuard(Erased<bool>);

impl BoxedGuard {
    pub(crate) fn new<X, E: IntoReply, H: Handler<X, Output = Result<(), E>>>(handler: H) -> Self {
        Self(Arc::new(move |event| {
            let future = handler.call(event)?;
            let ack = event.ack();
            Ok(Box::pin(async move {
                let Err(refusal) = future.await else { return true };
                if let Err(error) = refusal.reply(ack) {
                    tracing::error!(%error, "a refusal cannot be sent");
                }
                false
            }))
        }))
    }

    /// Whether the event may pass. One that panics lets nothing pass.
    pub(crate) async fn allows(&self, event: &Event) -> bool {
        match started(&self.0, event) {
            Some(future) => AssertUnwindSafe(future).catch_unwind().await.unwrap_or(false),
            None => false,
        }
    }
}

/// A middleware whose types are erased. Cheap to clone.
#[derive(Clone)]
pub(crate) struct BoxedMiddleware(Erased<Result<(), ConnectError>>);

impl BoxedMiddleware {
    pub(crate) fn new<X, H: Handler<X, Output = Result<(), ConnectError>>>(handler: H) -> Self {
        Self(Arc::new(move |event| Ok(Box::pin(handler.call(event)?))))
    }

    pub(crate) async fn run(&self, event: &Event) -> Result<(), ConnectError> {
        let future = match catch_unwind(AssertUnwindSafe(|| (self.0)(event))) {
            Ok(Ok(future)) => future,
            Ok(Err(Rejection::Data(error))) => {
                let data = serde_json::json!({ "code": "invalid_data" });
                return Err(ConnectError::new(format!("invalid data: {error}")).data(data));
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "a middleware cannot be called");
                return Err(ConnectError::new("internal error"));
            }
            Err(_) => return Err(panicked()),
        };
        AssertUnwindSafe(future).catch_unwind().await.unwrap_or_else(|_| Err(panicked()))
    }
}

fn panicked() -> ConnectError {
    tracing::error!("a middleware panicked");
    ConnectError::new("internal error")
}
