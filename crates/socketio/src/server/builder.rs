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
use parking_lot::{ReentrantMutex, RwLock};

use super::{
    Clients, Server,
    common::{Common, Counters, Options, Recovery},
    table::{AdapterFactory, ServerInner},
};
use crate::{
    Adapter, InMemoryAdapter, SocketId,
    engine::{Config, ConnectionError, Cookie, Cors, Engine, FOREVER, Origins, Transport},
    parser::{JsonParser, Parser},
};

/// Options of a [`Server`]: Node's names and defaults, unless stated otherwise.
///
/// ```
/// use std::time::Duration;
/// use chorus_socketio::{Recovery, Server, Transport};
///
/// let io = Server::builder()
///     .path("/rooms/")
///     .transports([Transport::Polling, Transport::WebSocket])
///     // a broken line is noticed after 25 s at the latest
///     .ping_interval(Duration::from_secs(15))
///     .ping_timeout(Duration::from_secs(10))
///     // who is slow on purpose
///     .connect_timeout(Duration::from_secs(10))
///     .upgrade_timeout(Duration::from_secs(5))
///     .body_timeout(Duration::from_secs(10))
///     // what a single client may cost
///     .max_http_buffer_size(100_000)
///     .max_header_size(8 << 10)
///     .max_outbox_size(1 << 20)
///     .max_attachments(2)
///     .max_pending_acks(16)
///     .max_rooms(50)
///     .max_sessions_per_address(20)
///     // what a client with a broken line may count on
///     .connection_state_recovery(Recovery::default())
///     .build();
/// assert_eq!(io.namespaces(), ["/".into()]);
/// ```
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
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use chorus_socketio::Server;
    /// use http::{Request, StatusCode};
    /// use tower::ServiceExt;
    ///
    /// let io = Server::builder().path("/rooms").build(); // in the browser: io({ path: "/rooms" })
    /// let request = Request::get("/rooms/?EIO=4&transport=polling").body(String::new()).unwrap();
    /// assert_eq!(io.service().oneshot(request).await.unwrap().status(), StatusCode::OK);
    /// # }
    /// ```
    pub fn path(mut self, path: &str) -> Self {
        self.config.path = Config::new(path).path;
        self
    }

    /// Whether only what is below the path is answered, as `/socket.io/`. Yes
    ///
    /// When not, `/socket.io` is answered as well, for clients that have turned this option off, too.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # use tower::ServiceExt;
    /// // in the browser: io({ addTrailingSlash: false })
    /// let io = chorus_socketio::Server::builder().add_trailing_slash(false).build();
    /// let request = http::Request::get("/socket.io?EIO=4&transport=polling").body(String::new()).unwrap();
    /// assert_eq!(io.service().oneshot(request).await.unwrap().status(), 200);
    /// # }
    /// ```
    pub fn add_trailing_slash(mut self, add: bool) -> Self {
        self.config.add_trailing_slash = add;
        self
    }

    /// What clients may use. Polling and WebSocket
    ///
    /// ```
    /// use chorus_socketio::{Server, Transport};
    ///
    /// // no load balancer has to send the requests of a session to the same server
    /// let io = Server::builder().transports([Transport::WebSocket]).build();
    /// ```
    pub fn transports(mut self, transports: impl IntoIterator<Item = Transport>) -> Self {
        self.config.transports = transports.into_iter().collect();
        self
    }

    /// Whether polling may be upgraded. Yes
    ///
    /// ```
    /// # use chorus_socketio::Server;
    /// // a proxy in front of the server does not let WebSockets through: nobody tries in vain
    /// let io = Server::builder().allow_upgrades(false).build();
    /// ```
    pub fn allow_upgrades(mut self, allow: bool) -> Self {
        self.config.allow_upgrades = allow;
        self
    }

    /// Whether clients of Socket.IO 1 and 2 are served, too. No
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # use tower::ServiceExt;
    /// // apps that are in the shops since 2019
    /// let io = chorus_socketio::Server::builder().allow_eio3(true).build();
    /// let request = http::Request::get("/socket.io/?EIO=3&transport=polling").body(String::new()).unwrap();
    /// assert_eq!(io.service().oneshot(request).await.unwrap().status(), 200);
    /// # }
    /// ```
    pub fn allow_eio3(mut self, allow: bool) -> Self {
        self.config.allow_eio3 = allow;
        self
    }

    /// From the handshake, or a pong, to the next ping. 25 s
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// // who has gone is noticed after 30 s at the latest, with the timeout of 20 s
    /// let io = Server::builder().ping_interval(Duration::from_secs(10)).build();
    /// ```
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.config.ping_interval = interval;
        self
    }

    /// From a ping to the end, when no pong comes. 20 s
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// // for phones that sleep now and then
    /// let io = Server::builder().ping_timeout(Duration::from_mins(1)).build();
    /// ```
    pub fn ping_timeout(mut self, timeout: Duration) -> Self {
        self.config.ping_timeout = timeout;
        self
    }

    /// From the start of an upgrade to its end. 10 s
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// let io = Server::builder().upgrade_timeout(Duration::from_secs(5)).build();
    /// ```
    pub fn upgrade_timeout(mut self, timeout: Duration) -> Self {
        self.config.upgrade_timeout = timeout;
        self
    }

    /// From the handshake to the first namespace joined. 45 s
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// let io = Server::builder().connect_timeout(Duration::from_secs(10)).build();
    /// ```
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout.min(FOREVER);
        self
    }

    /// The largest message and request body, in bytes. 1,000,000
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// // photographs, sent as bytes
    /// let io = Server::builder().max_http_buffer_size(10 << 20).build();
    /// ```
    pub fn max_http_buffer_size(mut self, bytes: usize) -> Self {
        self.config.max_http_buffer_size = bytes;
        self.options.max_queued_bytes = bytes;
        self
    }

    /// From a polling request's head to the end of its body. 20 s; unbounded in Node
    ///
    /// A slower one is answered with 408 and ends its session.
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// let io = Server::builder().body_timeout(Duration::from_secs(10)).build();
    /// ```
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.config.body_timeout = timeout;
        self
    }

    /// The most bytes of target and header lines of a handshake. 16 KiB
    ///
    /// They are kept as long as the session. More are refused with 431.
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// let io = Server::builder().max_header_size(8 << 10).build();
    /// ```
    pub fn max_header_size(mut self, bytes: usize) -> Self {
        self.config.max_header_size = bytes;
        self
    }

    /// The most sessions of one address. Unbounded
    ///
    /// It is that of [`RemoteAddress`](crate::RemoteAddress); requests without one are not counted. The
    /// addresses of one IPv6 network (64 bits) count as one. More are refused with `too many connections`.
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// // a school has one address
    /// let io = Server::builder().max_sessions_per_address(500).build();
    /// ```
    pub fn max_sessions_per_address(mut self, count: usize) -> Self {
        self.config.max_sessions_per_address = Some(count);
        self
    }

    /// The most bytes that wait for one slow client. 4 MiB; unbounded in Node
    ///
    /// Who leaves more is disconnected, with the reason `slow consumer`.
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// let io = Server::builder().max_outbox_size(1 << 20).build();
    /// ```
    pub fn max_outbox_size(mut self, bytes: usize) -> Self {
        self.config.max_outbox_size = bytes;
        self
    }

    /// The most binary attachments of one packet. 10
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// // an event with an album
    /// let io = Server::builder().max_attachments(50).build();
    /// ```
    pub fn max_attachments(mut self, count: usize) -> Self {
        self.options.max_attachments = count;
        self
    }

    /// The most answers awaited of one socket at a time. 1,024; unbounded in Node
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// let io = Server::builder().max_pending_acks(16).build();
    /// ```
    pub fn max_pending_acks(mut self, count: usize) -> Self {
        self.options.max_pending_acks = count;
        self
    }

    /// The most rooms one socket can be in. 10,000; unbounded in Node
    ///
    /// ```
    /// # use {chorus_socketio::Server, std::time::Duration};
    /// let io = Server::builder().max_rooms(50).build();
    /// ```
    pub fn max_rooms(mut self, count: usize) -> Self {
        self.options.max_rooms = count;
        self
    }

    /// Lets clients come back after a broken line. Off
    ///
    /// Needs an adapter that can: this sets the in-memory one.
    ///
    /// ```
    /// use std::time::Duration;
    /// use chorus_socketio::{Recovery, Server};
    ///
    /// let io = Server::builder()
    ///     .connection_state_recovery(Recovery {
    ///         max_disconnection_duration: Duration::from_mins(10),
    ///         skip_middlewares: false, // tokens may have expired meanwhile
    ///     })
    ///     .build();
    /// ```
    pub fn connection_state_recovery(mut self, recovery: Recovery) -> Self {
        self.options.recovery = Some(recovery);
        let keep = recovery.max_disconnection_duration;
        self.adapter(move |_| Arc::new(InMemoryAdapter::with_recovery(keep)))
    }

    /// How packets are written and read. [`JsonParser`]
    ///
    /// ```
    /// use chorus_socketio::{Server, parser::MessagePackParser};
    ///
    /// // in the browser: io({ parser: require("socket.io-msgpack-parser") })
    /// let io = Server::builder().parser(MessagePackParser).build();
    /// ```
    pub fn parser(mut self, parser: impl Parser) -> Self {
        self.parser = Arc::new(parser);
        self
    }

    /// Whether a child namespace is forgotten when nobody is left in it. No
    ///
    /// Children are those of a [`ParentNamespace`](crate::ParentNamespace). Where clients choose the names,
    /// turn it on: each name that was ever asked for costs about a kilobyte otherwise.
    ///
    /// ```
    /// # use chorus_socketio::Server;
    /// let io = Server::builder().cleanup_empty_child_namespaces(true).build();
    /// io.of_matching(|name| name.starts_with("/game-")); // thousands a day, few at a time
    /// ```
    pub fn cleanup_empty_child_namespaces(mut self, cleanup: bool) -> Self {
        self.options.cleanup_empty_child_namespaces = cleanup;
        self
    }

    /// Compresses WebSocket messages for clients that offer it. Off
    ///
    /// Each message is compressed by itself, so that a broadcast is compressed once for all.
    ///
    /// ```
    /// use chorus_socketio::{
    ///     Server,
    ///     deflate::{Config, WindowBits},
    /// };
    ///
    /// let io = Server::builder()
    ///     .per_message_deflate(Config {
    ///         threshold: 512, // bytes; what is shorter goes as it is
    ///         level: 3,
    ///         client_window: WindowBits::new(12).unwrap(), // clients compress with 4 KiB
    ///         ..Config::default()
    ///     })
    ///     .build();
    /// ```
    pub fn per_message_deflate(mut self, config: deflate::Config) -> Self {
        self.config.per_message_deflate = Some(config);
        self
    }

    /// Compresses answers to polling requests of so many bytes and more. 1,024
    ///
    /// `None` is for never.
    ///
    /// ```
    /// # use chorus_socketio::Server;
    /// // a proxy in front of the server does it
    /// let io = Server::builder().http_compression(None).build();
    /// ```
    pub fn http_compression(mut self, threshold: Option<usize>) -> Self {
        self.config.http_compression = threshold;
        self
    }

    /// Cross-origin requests. None
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use chorus_socketio::{Cors, Server};
    /// use http::Request;
    /// use tower::ServiceExt;
    ///
    /// let io = Server::builder().cors(Cors::origins(["https://app.example"]).credentials()).build();
    /// let request = Request::get("/socket.io/?EIO=4&transport=polling")
    ///     .header("origin", "https://app.example")
    ///     .body(String::new())
    ///     .unwrap();
    /// let response = io.service().oneshot(request).await.unwrap();
    /// assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example");
    /// # }
    /// ```
    pub fn cors(mut self, cors: Cors) -> Self {
        self.config.cors = Some(cors);
        self
    }

    /// Which pages are served. The server's own; any in Node
    ///
    /// This is for every transport. Own pages are those of [`Origins::same_host`]; whom [`Cors`] allows
    /// is served, too.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use chorus_socketio::{Origins, Server};
    /// use http::{Request, StatusCode};
    /// use tower::ServiceExt;
    ///
    /// let io = Server::builder().origins(Origins::listed(["https://app.example"])).build();
    /// let request = Request::get("/socket.io/?EIO=4&transport=polling")
    ///     .header("origin", "https://evil.example")
    ///     .body(String::new())
    ///     .unwrap();
    /// assert_eq!(io.service().oneshot(request).await.unwrap().status(), StatusCode::FORBIDDEN);
    /// # }
    /// ```
    pub fn origins(mut self, origins: Origins) -> Self {
        self.config.origins = origins;
        self
    }

    /// A cookie with the session's id, for load balancers. None
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use chorus_socketio::{Cookie, Server};
    /// use tower::ServiceExt;
    ///
    /// let io = Server::builder().cookie(Cookie::new("io")).build();
    /// # let request = http::Request::get("/socket.io/?EIO=4&transport=polling");
    /// # let request = request.body(String::new()).unwrap();
    /// let response = io.service().oneshot(request).await.unwrap();
    /// assert!(response.headers()["set-cookie"].to_str().unwrap().starts_with("io="));
    /// # }
    /// ```
    pub fn cookie(mut self, cookie: Cookie) -> Self {
        self.config.cookie = Some(cookie);
        self
    }

    /// Decides about each handshake and each WebSocket.
    ///
    /// A refusal's text is told to the client.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use chorus_socketio::Server;
    /// use http::StatusCode;
    /// use tower::ServiceExt;
    ///
    /// let io = Server::builder()
    ///     .allow_request(|request| {
    ///         // what is needed of the request is taken before the future is made
    ///         let known = request.headers.get("x-api-key").is_some_and(|key| key == "secret");
    ///         async move { if known { Ok(()) } else { Err("unknown key".to_owned()) } }
    ///     })
    ///     .build();
    /// # let request = http::Request::get("/socket.io/?EIO=4&transport=polling");
    /// # let request = request.body(String::new()).unwrap();
    /// // a request without the key
    /// assert_eq!(io.service().oneshot(request).await.unwrap().status(), StatusCode::FORBIDDEN);
    /// # }
    /// ```
    pub fn allow_request<F>(mut self, allow: impl Fn(&Parts) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.config.allow_request(allow);
        self
    }

    /// Changes the headers of the answer that opens a session, given its request.
    ///
    /// Node's event `initial_headers`
    ///
    /// ```
    /// use http::{HeaderValue, header::SET_COOKIE};
    ///
    /// let io = chorus_socketio::Server::builder()
    ///     .initial_headers(|headers, _request| {
    ///         headers.append(SET_COOKIE, HeaderValue::from_static("seen=1; HttpOnly"));
    ///     })
    ///     .build();
    /// ```
    pub fn initial_headers(mut self, add: impl Fn(&mut HeaderMap, &Parts) + Send + Sync + 'static) -> Self {
        self.config.initial_headers(add);
        self
    }

    /// Changes the headers of each answer of a session, given its request.
    ///
    /// Node's event `headers`
    ///
    /// These are the answers to polling requests and to those for a WebSocket, but no refusals.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # use tower::ServiceExt;
    /// use http::HeaderValue;
    ///
    /// let io = chorus_socketio::Server::builder()
    ///     .headers(|headers, _request| {
    ///         headers.insert("x-server", HeaderValue::from_static("eu-3"));
    ///     })
    ///     .build();
    /// # let request = http::Request::get("/socket.io/?EIO=4&transport=polling");
    /// # let request = request.body(String::new()).unwrap();
    /// let response = io.service().oneshot(request).await.unwrap();
    /// assert_eq!(response.headers()["x-server"], "eu-3");
    /// # }
    /// ```
    pub fn headers(mut self, add: impl Fn(&mut HeaderMap, &Parts) + Send + Sync + 'static) -> Self {
        self.config.headers(add);
        self
    }

    /// Tells of each request that is refused with one of Engine.IO's numbered errors.
    ///
    /// Node's event `connection_error`
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use chorus_socketio::Server;
    /// use tower::ServiceExt;
    ///
    /// static REFUSED: AtomicU32 = AtomicU32::new(0);
    ///
    /// let io = Server::builder()
    ///     .connection_error(|error| {
    ///         eprintln!("{}: {} {}", error.request.uri, error.code, error.message);
    ///         REFUSED.fetch_add(1, Ordering::Relaxed);
    ///     })
    ///     .build();
    /// # let request = http::Request::get("/socket.io/?EIO=4&transport=carrier-pigeon");
    /// # let request = request.body(String::new()).unwrap();
    /// io.service().oneshot(request).await.unwrap();
    /// assert_eq!(REFUSED.load(Ordering::Relaxed), 1);
    /// # }
    /// ```
    pub fn connection_error(mut self, tell: impl Fn(&ConnectionError<'_>) + Send + Sync + 'static) -> Self {
        self.config.connection_error(tell);
        self
    }

    /// A text message of Engine.IO that each session starts with. None
    ///
    /// It comes right behind the handshake.
    ///
    /// For clients of Socket.IO it has to be a packet, for instance an event:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # use {http_body_util::BodyExt, tower::ServiceExt};
    /// let notice = r#"2["notice","we close at ten"]"#;
    /// let io = chorus_socketio::Server::builder().initial_packet(notice).build();
    /// # let request = http::Request::get("/socket.io/?EIO=4&transport=polling");
    /// # let request = request.body(String::new()).unwrap();
    /// # let body = io.service().oneshot(request).await.unwrap().into_body();
    /// # let body = body.collect().await.unwrap().to_bytes();
    /// # assert!(body.ends_with(br#"42["notice","we close at ten"]"#));
    /// # }
    /// ```
    pub fn initial_packet(mut self, message: &str) -> Self {
        self.config.initial_packet = Some(message.to_owned());
        self
    }

    /// Serves a file below the path, for instance the official `socket.io.js`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # use tower::ServiceExt;
    /// let script = "export const io = …"; // or `include_bytes!` of a file
    /// let io = chorus_socketio::Server::builder().client_file("socket.io.js", script).build();
    /// let request = http::Request::get("/socket.io/socket.io.js").body(String::new()).unwrap();
    /// let response = io.service().oneshot(request).await.unwrap();
    /// assert_eq!(response.headers()["content-type"], "application/javascript; charset=utf-8");
    /// # }
    /// ```
    pub fn client_file(mut self, name: &str, content: impl Into<Bytes>) -> Self {
        self.config.client_file(name, content.into());
        self
    }

    /// Keeps a value that handlers get by [`State`](crate::State), one for each type.
    ///
    /// ```
    /// use std::sync::{Arc, atomic::{AtomicU32, Ordering::Relaxed}};
    /// use chorus_socketio::{Reply, Server, State};
    ///
    /// #[derive(Clone, Default)]
    /// struct Votes(Arc<AtomicU32>);
    ///
    /// let io = Server::builder().state(Votes::default()).build();
    /// io.of("/").on("vote", |State(votes): State<Votes>| async move {
    ///     Reply(votes.0.fetch_add(1, Relaxed) + 1)
    /// });
    /// ```
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Self {
        self.states.insert(TypeId::of::<T>(), Box::new(state));
        self
    }

    /// Makes the adapter of each namespace, by its name. [`InMemoryAdapter`]
    ///
    /// ```
    /// use std::sync::Arc;
    /// use chorus_socketio::{InMemoryAdapter, Server};
    ///
    /// let io = Server::builder()
    ///     .adapter(|namespace| {
    ///         println!("the rooms of {namespace} are kept in memory");
    ///         Arc::new(InMemoryAdapter::default()) // or an `Adapter` of your own, for several servers
    ///     })
    ///     .build();
    /// ```
    pub fn adapter(mut self, make: impl Fn(&str) -> Arc<dyn Adapter> + Send + Sync + 'static) -> Self {
        self.adapter = Arc::new(make);
        self
    }

    /// The server; its main namespace exists.
    ///
    /// ```
    /// # use chorus_socketio::Server;
    /// let io = Server::builder().max_rooms(50).build();
    /// assert_eq!(io.namespaces(), ["/".into()]);
    /// ```
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
            making: ReentrantMutex::default(),
        };
        let server = Server(Engine::new(config, Clients(Arc::new(inner))));
        server.of("/");
        server
    }
}
