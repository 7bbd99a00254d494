//! Options.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, hash_map::RandomState},
    future::Future,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use chorus_protocol::websocket::deflate;
use http::{HeaderMap, request::Parts};
use parking_lot::RwLock;

use super::{
    Clients, Server,
    common::{Common, Counters, Options, Recovery},
    table::{AdapterFactory, ServerInner},
};
use crate::{
    Adapter, InMemoryAdapter, SocketId,
    engine::{Config, Cookie, Cors, Engine, Origins, Transport},
    parser::{JsonParser, Parser},
};

/// Options of a [`Server`]: Node's names and defaults, unless stated otherwise.
#[must_use = "call `build`"]
pub struct ServerBuilder {
    config: Config,
    options: Options,
    states: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    adapter: Arc<AdapterFactory>,
    parser: Arc<dyn Parser>,
}

impl Default for ServerBuilder {
    fn default() -> Self {
        Self {
            config: Config::new("/socket.io/"),
            options: Options {
                connect_timeout: Duration::from_secs(45),
                max_attachments: 10,
                max_pending_acks: 1024,
                max_queued_bytes: 1_000_000,
                max_rooms: 10_000,
                cleanup_empty_child_namespaces: false,
                recovery: None,
            },
            states: HashMap::new(),
            adapter: Arc::new(|_| Arc::new(InMemoryAdapter::default())),
            parser: Arc::new(JsonParser),
        }
    }
}

impl ServerBuilder {
    /// Where requests are answered. `/socket.io/`
    pub fn path(mut self, path: &str) -> Self {
        self.config.path = Config::new(path).path;
        self
    }

    /// Whether only what is below the path is answered, as `/socket.io/`. Yes
    ///
    /// When not, `/socket.io` is answered as well, for clients that have turned this option off, too.
    pub fn add_trailing_slash(mut self, add: bool) -> Self {
        self.config.add_trailing_slash = add;
        self
    }

    /// What clients may use. Polling and WebSocket
    pub fn transports(mut self, transports: impl IntoIterator<Item = Transport>) -> Self {
        self.config.transports = transports.into_iter().collect();
        self
    }

    /// Whether polling may be upgraded. Yes
    pub fn allow_upgrades(mut self, allow: bool) -> Self {
        self.config.allow_upgrades = allow;
        self
    }

    /// Whether clients of Socket.IO 1 and 2 are served, too. No
    pub fn allow_eio3(mut self, allow: bool) -> Self {
        self.config.allow_eio3 = allow;
        self
    }

    /// From the handshake, or a pong, to the next ping. 25 s
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.config.ping_interval = interval;
        self
    }

    /// From a ping to the end, when no pong comes. 20 s
    pub fn ping_timeout(mut self, timeout: Duration) -> Self {
        self.config.ping_timeout = timeout;
        self
    }

    /// From the start of an upgrade to its end. 10 s
    pub fn upgrade_timeout(mut self, timeout: Duration) -> Self {
        self.config.upgrade_timeout = timeout;
        self
    }

    /// From the handshake to the first namespace joined. 45 s
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout;
        self
    }

    /// The largest message and request body, in bytes. 1,000,000
    pub fn max_http_buffer_size(mut self, bytes: usize) -> Self {
        self.config.max_http_buffer_size = bytes;
        self.options.max_queued_bytes = bytes;
        self
    }

    /// From the head of a polling request to the end of its body. 20 s; unbounded in Node
    ///
    /// A slower one is answered with 408 and ends its session.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.config.body_timeout = timeout;
        self
    }

    /// The most bytes of target and header lines of a handshake. 16 KiB
    ///
    /// They are kept as long as the session. More are refused with 431.
    pub fn max_header_size(mut self, bytes: usize) -> Self {
        self.config.max_header_size = bytes;
        self
    }

    /// The most sessions of one address. Unbounded
    ///
    /// It is that of [`RemoteAddress`](crate::RemoteAddress); requests without one are not counted. The
    /// addresses of one IPv6 network (64 bits) count as one. More are refused with `too many connections`.
    pub fn max_sessions_per_address(mut self, count: usize) -> Self {
        self.config.max_sessions_per_address = Some(count);
        self
    }

    /// The most bytes that wait for one slow client before it is disconnected. 4 MiB; unbounded in Node
    pub fn max_outbox_size(mut self, bytes: usize) -> Self {
        self.config.max_outbox_size = bytes;
        self
    }

    /// The most binary attachments of one packet. 10
    pub fn max_attachments(mut self, count: usize) -> Self {
        self.options.max_attachments = count;
        self
    }

    /// The most answers awaited of one socket at a time. 1,024; unbounded in Node
    pub fn max_pending_acks(mut self, count: usize) -> Self {
        self.options.max_pending_acks = count;
        self
    }

    /// The most rooms one socket can be in. 10,000; unbounded in Node
    pub fn max_rooms(mut self, count: usize) -> Self {
        self.options.max_rooms = count;
        self
    }

    /// Lets clients come back after a broken line. Off
    ///
    /// Needs an adapter that can: this sets the in-memory one.
    pub fn connection_state_recovery(mut self, recovery: Recovery) -> Self {
        self.options.recovery = Some(recovery);
        let keep = recovery.max_disconnection_duration;
        self.adapter(move |_| Arc::new(InMemoryAdapter::with_recovery(keep)))
    }

    /// How packets are written and read. [`JsonParser`]
    pub fn parser(mut self, parser: impl Parser) -> Self {
        self.parser = Arc::new(parser);
        self
    }

    /// Whether a namespace made by a [`ParentNamespace`] is forgotten when nobody is left in it. No
    pub fn cleanup_empty_child_namespaces(mut self, cleanup: bool) -> Self {
        self.options.cleanup_empty_child_namespaces = cleanup;
        self
    }

    /// Compresses WebSocket messages for clients that offer it. Off
    ///
    /// Each message is compressed by itself, so that a broadcast is compressed once for all.
    pub fn per_message_deflate(mut self, config: deflate::Config) -> Self {
        self.config.per_message_deflate = Some(config);
        self
    }

    /// Compresses answers to polling requests of so many bytes and more; `None` for never. 1,024
    pub fn http_compression(mut self, threshold: Option<usize>) -> Self {
        self.config.http_compression = threshold;
        self
    }

    /// Cross-origin requests. None
    pub fn cors(mut self, cors: Cors) -> Self {
        self.config.cors = Some(cors);
        self
    }

    /// Which pages are served, on every transport. [`Origins::same_host`], and whom [`Cors`] allows; any in
    /// Node
    pub fn origins(mut self, origins: Origins) -> Self {
        self.config.origins = origins;
        self
    }

    /// A cookie with the session's id, for load balancers. None
    pub fn cookie(mut self, cookie: Cookie) -> Self {
        self.config.cookie = Some(cookie);
        self
    }

    /// Decides about each handshake and each WebSocket; a refusal's text is told to the client.
    pub fn allow_request<F>(mut self, allow: impl Fn(&Parts) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.config.allow_request(allow);
        self
    }

    /// Changes the headers of the answer that opens a session, given its request. Node's event
    /// `initial_headers`
    ///
    /// ```
    /// use http::{HeaderValue, header::SET_COOKIE};
    ///
    /// chorus_socketio::Server::builder().initial_headers(|headers, _request| {
    ///     headers.append(SET_COOKIE, HeaderValue::from_static("seen=1; HttpOnly"));
    /// });
    /// ```
    pub fn initial_headers(mut self, add: impl Fn(&mut HeaderMap, &Parts) + Send + Sync + 'static) -> Self {
        self.config.initial_headers(add);
        self
    }

    /// Changes the headers of each answer of a session, given its request. Node's event `headers`
    ///
    /// These are the answers to polling requests and to those for a WebSocket, but no refusals.
    pub fn headers(mut self, add: impl Fn(&mut HeaderMap, &Parts) + Send + Sync + 'static) -> Self {
        self.config.headers(add);
        self
    }

    /// A text message of Engine.IO that each session starts with, right behind the handshake. None
    pub fn initial_packet(mut self, message: &str) -> Self {
        self.config.initial_packet = Some(message.to_owned());
        self
    }

    /// Serves a file below the path, for instance the official `socket.io.js`.
    pub fn client_file(mut self, name: &str, content: impl Into<Bytes>) -> Self {
        self.config.client_file(name, content.into());
        self
    }

    /// Keeps a value that handlers get by [`State`](crate::State), one for each type.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Self {
        self.states.insert(TypeId::of::<T>(), Box::new(state));
        self
    }

    /// Makes the adapter of each namespace, by its name. [`InMemoryAdapter`]
    pub fn adapter(mut self, make: impl Fn(&str) -> Arc<dyn Adapter> + Send + Sync + 'static) -> Self {
        self.adapter = Arc::new(make);
        self
    }

    /// The server; its main namespace exists.
    pub fn build(self) -> Server {
        let Self { config, options, states, adapter, parser } = self;
        let epoch = SocketId::random().map_or_else(|_| String::new(), |id| id.as_str()[..6].to_owned());
        let common = Arc::new(Common {
            options,
            parser,
            epoch,
            hasher: RandomState::new(),
            counters: Counters::default(),
            states,
        });
        let inner = ServerInner {
            common,
            namespaces: RwLock::default(),
            parents: RwLock::default(),
            adapter,
            on_new: RwLock::default(),
        };
        let server = Server(Engine::new(config, Clients(Arc::new(inner))));
        server.of("/");
        server
    }
}
