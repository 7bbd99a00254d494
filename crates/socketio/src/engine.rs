//! Engine.IO as a server of its own: sessions over polling and WebSocket, without Socket.IO on top.
//!
//! Each session is one task, which owns the transport, the session machine and the application
//! (what the messages are for). Everyone else talks to it through its [`Session`]: an outbox, and
//! the requests of a polling client.

mod body;
mod compression;
mod config;
mod connection;
mod cors;
mod frames;
mod handshake;
mod http;
mod link;
mod outbox;
mod payload;
mod polling;
mod registry;
mod requests;
mod service;
mod session;
mod upgrade;
mod websocket;

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
pub use chorus_protocol::{
    engineio::{CloseReason, Revision, Transport},
    socketio::Frames,
};

pub use self::{
    body::ResponseBody,
    config::{AddHeaders, AllowRequest, Allowed, Config, Cookie, SameSite},
    cors::{Cors, Origins},
    handshake::{Handshake, RemoteAddress, Secure},
    outbox::{Delivery, Topic},
    service::{EngineLayer, EngineService},
    session::{Session, SessionId, SessionIdError},
};

/// What the messages of one session are for. It lives in the session's task.
pub trait Application: Send + 'static {
    /// Takes a text message; an error ends the session.
    fn text(&mut self, message: &str) -> Result<(), CloseReason>;

    /// Takes a binary message; an error ends the session.
    fn binary(&mut self, message: Bytes) -> Result<(), CloseReason>;

    /// Goes on with the work that messages started. Ready when there is none.
    fn poll(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    /// Whether more messages may come; while not, the transport is not read.
    fn ready(&self) -> bool {
        true
    }

    /// When [`Application::on_timeout`] wants to be called.
    fn wake_at(&self) -> Option<Instant> {
        None
    }

    /// Acts on a deadline; an error ends the session.
    fn on_timeout(&mut self, _now: Instant) -> Result<(), CloseReason> {
        Ok(())
    }

    /// The session has ended: no message follows. It is polled until it is ready, then dropped.
    fn closed(&mut self, _reason: CloseReason) {}
}

/// Makes the application of each new session.
pub trait Applications: Send + Sync + 'static {
    /// What it makes.
    type Application: Application;

    /// Called in the handshake, before the client knows of the session.
    fn open(&self, session: &Session, handshake: Arc<Handshake>) -> Self::Application;
}

impl<F, A> Applications for F
where
    F: Fn(&Session, Arc<Handshake>) -> A + Send + Sync + 'static,
    A: Application,
{
    type Application = A;

    fn open(&self, session: &Session, handshake: Arc<Handshake>) -> A {
        self(session, handshake)
    }
}

/// An Engine.IO server. Cheap to clone.
pub struct Engine<A>(Arc<Shared<A>>);

impl<A> Clone for Engine<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// What all sessions of a server share.
pub(crate) struct Shared<A> {
    config: Config,
    applications: A,
    sessions: registry::Registry,
    initial_packet: Option<Frames>,
    session_options: Arc<session::Options>,
}

impl<A: Applications> Engine<A> {
    /// A server that makes an application for each session.
    pub fn new(config: Config, applications: A) -> Self {
        let session_options = Arc::new(session::Options {
            max_outbox_size: config.max_outbox_size,
            deflate: config.per_message_deflate,
        });
        let sessions = registry::Registry::new(config.max_sessions_per_address);
        let initial_packet =
            config.initial_packet.as_ref().map(|message| Frames::text(&format!("4{message}")));
        Self(Arc::new(Shared { config, applications, sessions, initial_packet, session_options }))
    }

    /// A Tower layer that answers requests below the path and passes all others on.
    pub fn layer(&self) -> EngineLayer<A> {
        EngineLayer::new(self.clone())
    }

    /// How many sessions are open.
    pub fn session_count(&self) -> usize {
        self.0.sessions.len()
    }

    /// Closes every session, refuses new ones, and waits until all their tasks have ended.
    pub async fn close(&self) {
        self.0.sessions.close().await;
    }

    /// Refuses new sessions, closes the transports of those there are, one after the other and evenly
    /// over a time, and waits until all their tasks have ended.
    pub async fn drain(&self, over: Duration) {
        self.0.sessions.drain(over).await;
    }

    pub(crate) fn applications(&self) -> &A {
        &self.0.applications
    }
}
