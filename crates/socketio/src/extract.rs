//! What a handler may ask for, as its arguments.

use std::any::type_name;

use chorus_protocol::socketio::{Args, FromArgs, Payload};
use thiserror::Error;

use crate::{Ack, DisconnectReason, Event, Socket};

/// Made from an event, for a handler.
pub trait FromEvent: Sized {
    /// Takes what it needs.
    fn from_event(event: &Event) -> Result<Self, Rejection>;
}

/// Why a handler was not called.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data<T>(pub T);

/// The name of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventName(pub Box<str>);

impl std::ops::Deref for EventName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A value given to [`ServerBuilder::state`](crate::ServerBuilder::state), by its type.
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
        event.reason.ok_or(Rejection::Missing("DisconnectReason"))
    }
}
