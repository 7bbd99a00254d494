//! Engine.IO as a server of its own: sessions over polling and WebSocket, without Socket.IO on top.
//!
//! Each session is one task, which owns the transport, the session machine and the application
//! (what the messages are for). Everyone else talks to it through its [`Session`]: an outbox, and
//! the requests of a polling client.

mod body;
mod close;
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
#[doc(inline)]
pub use chorus_protocol::{
    engineio::{CloseReason, Revision, Transport},
    socketio::Frames,
};

pub use self::{
    body::ResponseBody,
    close::Close,
    config::{
        AddHeaders, AllowRequest, Allowed, Config, ConnectionError, Cookie, OnConnectionError, SameSite,
    },
    cors::{Cors, Origins},
    handshake::{Handshake, RemoteAddress, Secure},
    outbox::{Delivery, Topic},
    service::{EngineLayer, EngineService},
    session::{Session, SessionId, SessionIdError},
};

/// What the messages of one session are for. It lives in the session's task.
///
/// ```
/// use bytes::Bytes;
/// use chorus_socketio::engine::{Application, Close, CloseReason, Session};
///
/// /// Sends back what comes.
/// struct Echo(Session);
///
/// impl Application for Echo {
///     fn text(&mut self, message: &str) -> Result<(), Close> {
///         if message.is_empty() {
///             return Err(Close::new(CloseReason::ParseError, "nothing is not what we have agreed"));
///         }
///         self.0.send_text(message);
///         Ok(())
///     }
///
///     fn binary(&mut self, message: Bytes) -> Result<(), Close> {
///         self.0.send_binary(&message);
///         Ok(())
///     }
/// }
/// ```
pub trait Application: Send + 'static {
    /// Takes a text message; an error ends the session.
    fn text(&mut self, message: &str) -> Result<(), Close>;

    /// Takes a binary message; an error ends the session.
    fn binary(&mut self, message: Bytes) -> Result<(), Close>;

    /// Goes on with the work that messages started. Ready when there is none. The first call comes
    /// before the first message.
    ///
    /// ```
    /// use std::task::{Context, Poll};
    /// # use chorus_socketio::engine::{Application, Close, Session};
    ///
    /// /// Passes on what comes out of a channel.
    /// struct Feed {
    ///     session: Session,
    ///     news: tokio::sync::mpsc::Receiver<String>,
    /// }
    ///
    /// impl Application for Feed {
    ///     fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
    ///         while let Poll::Ready(Some(news)) = self.news.poll_recv(cx) {
    ///             self.session.send_text(&news);
    ///         }
    ///         Poll::Ready(())
    ///     }
    ///
    /// #     fn text(&mut self, _: &str) -> Result<(), Close> { Ok(()) }
    /// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
    ///     // and what is to be done with messages
    /// }
    /// ```
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
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// # use chorus_socketio::engine::{Application, Close, CloseReason};
    ///
    /// /// Ends a session that says nothing for a minute.
    /// struct Quiet {
    ///     until: Instant,
    /// }
    ///
    /// impl Application for Quiet {
    ///     fn text(&mut self, _message: &str) -> Result<(), Close> {
    ///         self.until = Instant::now() + Duration::from_mins(1);
    ///         Ok(())
    ///     }
    ///
    ///     fn wake_at(&self) -> Option<Instant> {
    ///         Some(self.until)
    ///     }
    ///
    ///     fn on_timeout(&mut self, _now: Instant) -> Result<(), Close> {
    ///         Err(CloseReason::ForcedClose.into())
    ///     }
    /// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
    /// }
    /// ```
    fn on_timeout(&mut self, _now: Instant) -> Result<(), Close> {
        Ok(())
    }

    /// The session has ended: no message follows.
    ///
    /// It is polled until it is ready, then dropped.
    fn closed(&mut self, _close: Close) {}
}

/// Makes the application of each new session.
///
/// A closure will do; a type of your own is for what all sessions share:
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicUsize, Ordering}};
/// use chorus_socketio::engine::{Applications, Config, Engine, Handshake, Session};
/// # use chorus_socketio::engine::{Application, Close};
/// # struct Player;
/// # impl Application for Player {
/// #     fn text(&mut self, _: &str) -> Result<(), Close> { Ok(()) }
/// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
/// # }
///
/// #[derive(Default)]
/// struct Game {
///     players: AtomicUsize,
/// }
///
/// impl Applications for Game {
///     type Application = Player;
///
///     fn open(&self, session: &Session, handshake: Arc<Handshake>) -> Player {
///         let number = self.players.fetch_add(1, Ordering::Relaxed);
///         session.send_text(&format!("you are player {number}"));
///         Player
///     }
/// }
///
/// let game = Engine::new(Config::new("/game/"), Game::default());
/// ```
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
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::sync::Arc;
/// use axum::Router;
/// use chorus_socketio::engine::{Config, Engine, Handshake, Session};
/// # use {chorus_socketio::engine::{Application, Close}, tower::{Layer, ServiceExt}};
/// # struct Echo(Session);
/// # impl Application for Echo {
/// #     fn text(&mut self, message: &str) -> Result<(), Close> { Ok(self.0.send_text(message)) }
/// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
/// # }
///
/// // `Echo` is the example of `Application`
/// let engine = Engine::new(Config::new("/engine.io/"), |session: &Session, _: Arc<Handshake>| {
///     Echo(session.clone())
/// });
/// let app: Router = Router::new().layer(engine.layer());
/// # let request = http::Request::get("/engine.io/?EIO=4&transport=polling");
/// # let request = request.body(axum::body::Body::empty()).unwrap();
/// # let _ = engine.layer().layer(chorus_socketio::NotFound).oneshot(request).await;
/// assert_eq!(engine.session_count(), 1); // after a client's first request
/// engine.close().await;
/// assert_eq!(engine.session_count(), 0);
/// # }
/// ```
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
    ///
    /// ```
    /// # use chorus_socketio::engine::{Application, Close, Config, Engine, Handshake, Session};
    /// # struct Nothing;
    /// # impl Application for Nothing {
    /// #     fn text(&mut self, _: &str) -> Result<(), Close> { Ok(()) }
    /// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
    /// # }
    /// # let open = |_: &Session, _: std::sync::Arc<Handshake>| Nothing;
    /// let engine = Engine::new(Config::new("/game/"), open); // `open` makes an `Application` of a session
    /// assert_eq!(engine.session_count(), 0);
    /// ```
    pub fn new(mut config: Config, applications: A) -> Self {
        let Config { ping_interval, ping_timeout, upgrade_timeout, body_timeout, .. } = &mut config;
        for time in [ping_interval, ping_timeout, upgrade_timeout, body_timeout] {
            *time = FOREVER.min(*time);
        }
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
    ///
    /// ```
    /// # use chorus_socketio::engine::{Application, Close, Config, Engine, Handshake, Session};
    /// # struct Nothing;
    /// # impl Application for Nothing {
    /// #     fn text(&mut self, _: &str) -> Result<(), Close> { Ok(()) }
    /// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
    /// # }
    /// # let open = |_: &Session, _: std::sync::Arc<Handshake>| Nothing;
    /// # let engine = Engine::new(Config::new("/game/"), open);
    /// let app: axum::Router = axum::Router::new().layer(engine.layer());
    /// ```
    pub fn layer(&self) -> EngineLayer<A> {
        EngineLayer::new(self.clone())
    }

    /// How many sessions are open.
    ///
    /// ```
    /// # use chorus_socketio::engine::{Application, Close, Config, Engine, Handshake, Session};
    /// # struct Nothing;
    /// # impl Application for Nothing {
    /// #     fn text(&mut self, _: &str) -> Result<(), Close> { Ok(()) }
    /// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
    /// # }
    /// # let open = |_: &Session, _: std::sync::Arc<Handshake>| Nothing;
    /// # let engine = Engine::new(Config::new("/game/"), open);
    /// println!("{} people play", engine.session_count());
    /// ```
    pub fn session_count(&self) -> usize {
        self.0.sessions.len()
    }

    /// Closes every session, refuses new ones, and waits until all have ended.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # use chorus_socketio::engine::{Application, Close, Config, Engine, Handshake, Session};
    /// # struct Nothing;
    /// # impl Application for Nothing {
    /// #     fn text(&mut self, _: &str) -> Result<(), Close> { Ok(()) }
    /// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
    /// # }
    /// # let open = |_: &Session, _: std::sync::Arc<Handshake>| Nothing;
    /// # let engine = Engine::new(Config::new("/game/"), open);
    /// engine.close().await;
    /// assert_eq!(engine.session_count(), 0);
    /// # }
    /// ```
    pub async fn close(&self) {
        self.0.sessions.close().await;
    }

    /// Closes all transports, evenly over a time, and refuses new sessions.
    ///
    /// It waits until the tasks of all sessions have ended.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # use chorus_socketio::engine::{Application, Close, Config, Engine, Handshake, Session};
    /// # struct Nothing;
    /// # impl Application for Nothing {
    /// #     fn text(&mut self, _: &str) -> Result<(), Close> { Ok(()) }
    /// #     fn binary(&mut self, _: bytes::Bytes) -> Result<(), Close> { Ok(()) }
    /// # }
    /// # let open = |_: &Session, _: std::sync::Arc<Handshake>| Nothing;
    /// # let engine = Engine::new(Config::new("/engine.io/"), open);
    /// engine.drain(std::time::Duration::from_secs(30)).await; // the clients go to another server meanwhile
    /// assert_eq!(engine.session_count(), 0);
    /// # }
    /// ```
    pub async fn drain(&self, over: Duration) {
        self.0.sessions.drain(over).await;
    }

    pub(crate) fn applications(&self) -> &A {
        &self.0.applications
    }
}

/// Longer than any server runs, and short enough for clocks to add.
pub(crate) const FOREVER: Duration = Duration::from_hours(10 * 365 * 24);
