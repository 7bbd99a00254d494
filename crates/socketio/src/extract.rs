//! What a handler may ask for, as its arguments.

use std::{any::type_name, borrow::Cow};

use chorus_protocol::socketio::{Args, FromArgs, Payload};
use thiserror::Error;

use crate::{Ack, DisconnectReason, Event, Socket};

/// Made from an event, for a handler.
///
/// [`Socket`], [`Data`], [`Args`], [`Payload`], [`Ack`], [`EventName`] and [`State`] are such extractors,
/// [`DisconnectReason`] and [`Description`] when a socket leaves. One of your own:
///
/// ```
/// use std::sync::Arc;
/// use chorus_socketio::{Event, FromEvent, Rejection, Reply, Server, Socket};
///
/// /// The user who sends the event.
/// struct User(Arc<str>);
///
/// impl FromEvent for User {
///     fn from_event(event: &Event) -> Result<Self, Rejection> {
///         // middleware lets nobody in without one
///         Socket::from_event(event)?.user().map(Self).ok_or(Rejection::Missing("User"))
///     }
/// }
///
/// let io = Server::new();
/// # io.of("/").on_connect(|socket: Socket| async move { socket.set_user("ada") });
/// io.of("/").on("who am I?", |User(name): User| async move { Reply(name.to_string()) });
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn check(io: Server) {
/// #     let get = |sid: &str| request(&io, "GET", sid.to_owned(), "");
/// #     let sid = format!("&sid={}", &get("").await[9..29]);
/// #     request(&io, "POST", sid.clone(), "40").await;
/// #     get(&sid).await;
/// #     request(&io, "POST", sid.clone(), r#"420["who am I?"]"#).await;
/// #     assert_eq!(get(&sid).await, r#"430["ada"]"#);
/// # }
/// # async fn request(io: &Server, method: &str, sid: String, body: &'static str) -> String {
/// #     use {http_body_util::BodyExt, tower::ServiceExt};
/// #     let uri = format!("/socket.io/?EIO=4&transport=polling{sid}");
/// #     let request = http::Request::builder().method(method).uri(uri).body(body.to_owned()).unwrap();
/// #     let response = io.service().oneshot(request).await.unwrap().into_body();
/// #     String::from_utf8(response.collect().await.unwrap().to_bytes().to_vec()).unwrap()
/// # }
/// # check(io);
/// ```
pub trait FromEvent: Sized {
    /// Takes what it needs.
    fn from_event(event: &Event) -> Result<Self, Rejection>;
}

/// Why a handler was not called.
///
/// `?` passes on that of another extractor, and the client is told of its mistakes:
///
/// ```
/// use chorus_socketio::{Data, Event, FromEvent, Rejection};
///
/// /// A vote for one of four options.
/// struct Vote(u8);
///
/// impl FromEvent for Vote {
///     fn from_event(event: &Event) -> Result<Self, Rejection> {
///         let Data(option) = Data::<u8>::from_event(event)?;
///         let error = || serde::de::Error::custom("options are 0 to 3");
///         if option < 4 { Ok(Self(option)) } else { Err(Rejection::Data(error())) }
///     }
/// }
/// ```
#[derive(Debug, Error)]
pub enum Rejection {
    /// The client's arguments are not what the handler wants. A client that waits for an answer
    /// gets `{"error":{"code":"invalid_data","message":…}}`.
    #[error("invalid data: {0}")]
    Data(#[source] serde_json::Error),
    /// Our own mistake: what the handler wants is not there for this kind of event.
    #[error("{0} is not available here")]
    Missing(&'static str),
}

/// The first argument of an event, parsed.
///
/// A value that serde can read, or several as [`Args`], with [`Binary`](crate::Binary) for bytes, or all
/// of them unparsed as [`Payload`]. Missing arguments are null, and superfluous ones are ignored.
///
/// ```
/// use chorus_socketio::{Binary, Data, Reply, Server};
///
/// #[derive(serde::Deserialize)]
/// struct Upload {
///     name: String,
///     content: Binary,
///     folder: Option<String>,
/// }
///
/// let io = Server::new();
/// // in the browser: socket.emit("upload", { name: "cat.png", content: file }, (size) => { … })
/// io.of("/").on("upload", |Data(upload): Data<Upload>| async move {
///     println!("{}/{}", upload.folder.as_deref().unwrap_or("inbox"), upload.name);
///     Reply(upload.content.0.len())
/// });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data<T>(pub T);

/// The name of the event.
///
/// ```
/// use chorus_socketio::{EventName, Payload, Server, Socket};
///
/// let io = Server::new();
/// // a relay: what one client sends, the others get
/// io.of("/relay").on_any(|socket: Socket, name: EventName, payload: Payload| async move {
///     let _ = socket.broadcast().emit(&name, payload);
/// });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventName(pub Box<str>);

impl std::ops::Deref for EventName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// What there is to say about a disconnect beyond its [`DisconnectReason`], for logs.
///
/// The error of the transport, what was wrong with a packet, or which limit was met; nothing for
/// ends in good order. The client is not told.
///
/// ```
/// use chorus_socketio::{Description, DisconnectReason, Server, Socket};
///
/// let io = Server::new();
/// io.of("/").on_disconnect(
///     |socket: Socket, reason: DisconnectReason, Description(description): Description| async move {
///         // such as "transport error: frame not masked"
///         println!("{}: {reason}: {}", socket.id(), description.as_deref().unwrap_or("in good order"));
///     },
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description(pub Option<Cow<'static, str>>);

/// A value of the server's, by its type.
///
/// It was given to [`ServerBuilder::state`](crate::ServerBuilder::state).
///
/// ```
/// use chorus_socketio::{Data, Reply, Server, State};
///
/// #[derive(Clone)]
/// struct Words(std::sync::Arc<[&'static str]>);
///
/// let io = Server::builder().state(Words(["spam", "eggs"].into())).build();
/// io.of("/").on("say", |State(banned): State<Words>, Data(text): Data<String>| async move {
///     Reply(banned.0.iter().all(|word| !text.contains(word)))
/// });
/// ```
#[derive(Debug, Clone, Copy)]
pub struct State<T>(pub T);

impl FromEvent for Socket {
    fn from_event(event: &Event) -> Result<Self, Rejection> {
        Ok(event.socket.clone())
    }
}

impl<T: FromArgs> FromEvent for Data<T> {
    fn from_event(event: &Event) -> Result<Self, Rejection> {
        T::read(&event.payload).map(Self).map_err(Rejection::Data)
    }
}

impl<T> FromEvent for Args<T>
where
    Self: FromArgs,
{
    fn from_event(event: &Event) -> Result<Self, Rejection> {
        Self::read(&event.payload).map_err(Rejection::Data)
    }
}

impl FromEvent for Payload {
    fn from_event(event: &Event) -> Result<Self, Rejection> {
        Ok(event.payload.clone())
    }
}

impl FromEvent for Ack {
    fn from_event(event: &Event) -> Result<Self, Rejection> {
        Ok(event.ack())
    }
}

impl FromEvent for EventName {
    fn from_event(event: &Event) -> Result<Self, Rejection> {
        Ok(Self(event.name.clone()))
    }
}

impl<T: Clone + Send + Sync + 'static> FromEvent for State<T> {
    fn from_event(event: &Event) -> Result<Self, Rejection> {
        let state = event.socket.namespace().common().state::<T>();
        state.map(Self).ok_or(Rejection::Missing(type_name::<T>()))
    }
}

impl FromEvent for DisconnectReason {
    fn from_event(event: &Event) -> Result<Self, Rejection> {
        event.end.as_ref().map(|end| end.0).ok_or(Rejection::Missing("DisconnectReason"))
    }
}

impl FromEvent for Description {
    fn from_event(event: &Event) -> Result<Self, Rejection> {
        event.end.as_ref().map(|end| end.1.clone()).ok_or(Rejection::Missing("Description"))
    }
}
