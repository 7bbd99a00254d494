//! Options of the transport layer, with the official server's names and defaults.

use std::{collections::HashMap, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use chorus_protocol::{engineio::Timing, websocket::deflate};
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};

use super::{
    Transport,
    cors::{Cors, Origins},
};

/// How sessions behave.
///
/// Each field has the name and default of Node's option unless it says otherwise.
///
/// ```
/// use std::time::Duration;
/// use chorus_socketio::engine::{Config, Transport};
///
/// let config = Config {
///     transports: vec![Transport::WebSocket],
///     ping_interval: Duration::from_secs(10),
///     max_http_buffer_size: 64 << 10,
///     ..Config::new("/game")
/// };
/// assert_eq!(config.path, "/game/");
/// ```
#[derive(Clone)]
pub struct Config {
    /// Where requests are answered.
    ///
    /// It is `/engine.io/` for Engine.IO alone, `/socket.io/` for Socket.IO.
    pub path: String,
    /// Whether only what is below the path is answered. On.
    ///
    /// When not, the path itself without its last slash is, too, for clients with this option off.
    pub add_trailing_slash: bool,
    /// What clients may use: polling and WebSocket.
    pub transports: Vec<Transport>,
    /// Whether clients of Socket.IO 1 and 2, which speak Engine.IO 3, are served. Off.
    pub allow_eio3: bool,
    /// Whether polling may be upgraded to WebSocket. On.
    pub allow_upgrades: bool,
    /// From the handshake, or a pong, to the next ping. 25 s.
    pub ping_interval: Duration,
    /// From a ping to the end of the session. 20 s.
    pub ping_timeout: Duration,
    /// From the start of an upgrade to its end. 10 s.
    pub upgrade_timeout: Duration,
    /// The largest message, and polling request body, in bytes. 1,000,000.
    pub max_http_buffer_size: usize,
    /// From a polling request's head to the end of its body. 20 s. Not in Node.
    ///
    /// A slower one ends the session.
    pub body_timeout: Duration,
    /// The most bytes of target and header lines of a handshake. 16 KiB.
    ///
    /// They are kept as long as the session. More are refused with 431. Node's parser has such a limit.
    pub max_header_size: usize,
    /// The most sessions of one address. Unbounded. Not in Node.
    ///
    /// The address is that of [`RemoteAddress`](super::RemoteAddress). More are refused.
    ///
    /// The addresses of one IPv6 network (64 bits) count as one. Requests without an address are not
    /// counted. Behind a proxy, a layer has to put the client's own address in place of the proxy's.
    pub max_sessions_per_address: Option<usize>,
    /// The most bytes that wait for one slow client before it is disconnected. 4 MiB.
    ///
    /// Not in Node.
    pub max_outbox_size: usize,
    /// Compression of WebSocket messages. Off.
    ///
    /// The server's context is never kept, so that a broadcast is compressed once for all.
    pub per_message_deflate: Option<deflate::Config>,
    /// Compresses answers to polling requests of this many bytes and more. 1,024.
    pub http_compression: Option<usize>,
    /// Cross-origin requests over polling; none by default, so browsers refuse them.
    pub cors: Option<Cors>,
    /// Which pages are served; those of the server's own host. Any in Node.
    pub origins: Origins,
    /// See the method of this name.
    pub allow_request: Option<Arc<AllowRequest>>,
    /// See the method of this name.
    pub initial_headers: Option<Arc<AddHeaders>>,
    /// See the method of this name.
    pub headers: Option<Arc<AddHeaders>>,
    /// See the method of this name.
    pub connection_error: Option<Arc<OnConnectionError>>,
    /// A text message that each session starts with; none by default.
    ///
    /// It is sent together with the handshake's answer.
    pub initial_packet: Option<String>,
    /// A cookie with the session id, for load balancers; none by default.
    pub cookie: Option<Cookie>,
    /// Files served below the path, by name, for instance `socket.io.js`.
    pub client_files: HashMap<String, ClientFile>,
}

/// See [`Config::allow_request`].
///
/// ```
/// use std::sync::Arc;
/// use chorus_socketio::engine::{Allowed, AllowRequest, Config};
///
/// let nobody: Arc<AllowRequest> = Arc::new(|_| Box::pin(async { Err("closed".to_owned()) }) as Allowed);
/// let config = Config { allow_request: Some(nobody), ..Config::new("/game/") };
/// ```
pub type AllowRequest = dyn Fn(&Parts) -> Allowed + Send + Sync;

/// Whether a request is allowed, when that is known.
///
/// ```
/// use chorus_socketio::engine::Allowed;
///
/// /// Asks somebody else who may come in.
/// fn ask(key: String) -> Allowed {
///     Box::pin(async move { if key == "s3cret" { Ok(()) } else { Err("who are you?".to_owned()) } })
/// }
/// ```
pub type Allowed = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// See [`Config::headers`].
///
/// ```
/// use std::sync::Arc;
/// use chorus_socketio::engine::{AddHeaders, Config};
/// use http::{HeaderMap, HeaderValue, request::Parts};
///
/// let add = |headers: &mut HeaderMap, _: &Parts| {
///     headers.insert("x-server", HeaderValue::from_static("eu-3"));
/// };
/// let add: Arc<AddHeaders> = Arc::new(add);
/// let config = Config { headers: Some(add), ..Config::new("/game/") };
/// ```
pub type AddHeaders = dyn Fn(&mut HeaderMap, &Parts) + Send + Sync;

/// A request that was refused with one of Engine.IO's numbered errors.
///
/// ```
/// use chorus_socketio::engine::ConnectionError;
///
/// fn describe(error: &ConnectionError<'_>) -> String {
///     format!("{} {}: {} {}", error.request.method, error.request.uri, error.code, error.message)
/// }
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ConnectionError<'a> {
    /// 0 unknown transport, 1 unknown session, 2 bad handshake method, 3 bad request, 4 forbidden,
    /// 5 unsupported protocol version.
    pub code: u8,
    /// What the client is told.
    pub message: &'a str,
    /// The request, without its body.
    pub request: &'a Parts,
}

/// See [`Config::connection_error`].
///
/// ```
/// use std::sync::Arc;
/// use chorus_socketio::engine::{Config, ConnectionError, OnConnectionError};
///
/// let count: Arc<OnConnectionError> = Arc::new(|error: &ConnectionError<'_>| println!("{}", error.code));
/// let config = Config { connection_error: Some(count), ..Config::new("/game/") };
/// ```
pub type OnConnectionError = dyn Fn(&ConnectionError<'_>) + Send + Sync;

/// A file of the client's.
#[derive(Debug, Clone)]
pub struct ClientFile {
    pub(crate) content: Bytes,
    /// Compressed, if that is shorter.
    pub(crate) gzip: Option<Bytes>,
    pub(crate) etag: String,
}

/// The cookie of the handshake's answer.
///
/// ```
/// use chorus_socketio::{Cookie, SameSite, Server};
///
/// // for pages of other sites that embed ours
/// let cookie = Cookie { same_site: SameSite::None, secure: true, ..Cookie::new("io") };
/// let io = Server::builder().cookie(cookie).build();
/// ```
#[derive(Debug, Clone)]
pub struct Cookie {
    /// Its name; `io` is usual.
    pub name: String,
    /// `SameSite`.
    pub same_site: SameSite,
    /// `Secure`.
    pub secure: bool,
}

/// Whether a cookie goes with requests from other sites.
///
/// ```
/// use chorus_socketio::{Cookie, SameSite};
///
/// assert_eq!(Cookie::new("io").same_site, SameSite::Lax);
/// let cookie = Cookie { same_site: SameSite::Strict, ..Cookie::new("io") };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Never.
    Strict,
    /// With links only.
    Lax,
    /// Always; needs `Secure`.
    None,
}

impl Config {
    /// The defaults, below `path`.
    ///
    /// ```
    /// # use chorus_socketio::engine::Config;
    /// assert_eq!(Config::new("game").path, "/game/");
    /// assert_eq!(Config::new("/").path, "/");
    /// ```
    pub fn new(path: &str) -> Self {
        let path = path.trim_matches('/');
        Self {
            path: if path.is_empty() { "/".to_owned() } else { format!("/{path}/") },
            add_trailing_slash: true,
            transports: vec![Transport::Polling, Transport::WebSocket],
            allow_eio3: false,
            allow_upgrades: true,
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            upgrade_timeout: Duration::from_secs(10),
            max_http_buffer_size: 1_000_000,
            body_timeout: Duration::from_secs(20),
            max_header_size: 16 << 10,
            max_sessions_per_address: None,
            max_outbox_size: 4 << 20,
            per_message_deflate: None,
            http_compression: Some(1024),
            cors: None,
            origins: Origins::default(),
            allow_request: None,
            initial_headers: None,
            headers: None,
            connection_error: None,
            initial_packet: None,
            cookie: None,
            client_files: HashMap::new(),
        }
    }

    /// Decides about each handshake and each WebSocket.
    ///
    /// A refusal's text is told to the client, with status 403, or 400 in place of a WebSocket.
    ///
    /// ```
    /// # use chorus_socketio::engine::Config;
    /// let mut config = Config::new("/game/");
    /// config.allow_request(|request| {
    ///     let known = request.headers.contains_key("x-api-key");
    ///     async move { if known { Ok(()) } else { Err("no key".to_owned()) } }
    /// });
    /// ```
    pub fn allow_request<F>(&mut self, allow: impl Fn(&Parts) -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.allow_request = Some(Arc::new(move |parts: &Parts| Box::pin(allow(parts)) as Allowed));
    }

    /// Changes the headers of the answer that opens a session, given its request.
    ///
    /// ```
    /// # use {chorus_socketio::engine::Config, http::HeaderValue};
    /// let mut config = Config::new("/game/");
    /// config.initial_headers(|headers, _request| {
    ///     headers.append("set-cookie", HeaderValue::from_static("seen=1; HttpOnly"));
    /// });
    /// ```
    pub fn initial_headers(&mut self, add: impl Fn(&mut HeaderMap, &Parts) + Send + Sync + 'static) {
        self.initial_headers = Some(Arc::new(add));
    }

    /// Changes the headers of each answer of a session, given its request.
    ///
    /// These are the answers to polling requests and to those for a WebSocket. Refusals and preflight
    /// answers are none.
    ///
    /// ```
    /// # use {chorus_socketio::engine::Config, http::HeaderValue};
    /// let mut config = Config::new("/game/");
    /// config.headers(|headers, _request| {
    ///     headers.insert("x-server", HeaderValue::from_static("eu-3"));
    /// });
    /// ```
    pub fn headers(&mut self, add: impl Fn(&mut HeaderMap, &Parts) + Send + Sync + 'static) {
        self.headers = Some(Arc::new(add));
    }

    /// Tells of each request that is refused with one of Engine.IO's numbered errors.
    ///
    /// ```
    /// # use chorus_socketio::engine::Config;
    /// let mut config = Config::new("/game/");
    /// config.connection_error(|error| eprintln!("refused: {} {}", error.code, error.message));
    /// ```
    pub fn connection_error(&mut self, tell: impl Fn(&ConnectionError<'_>) + Send + Sync + 'static) {
        self.connection_error = Some(Arc::new(tell));
    }

    /// Serves `content` as `name` below the path.
    ///
    /// ```
    /// # use chorus_socketio::engine::Config;
    /// let mut config = Config::new("/game/");
    /// config.client_file("client.js", "export const game = …".into());
    /// assert!(config.client_files.contains_key("client.js"));
    /// ```
    pub fn client_file(&mut self, name: &str, content: Bytes) {
        let etag = super::http::etag(&content);
        let gzip = super::compression::gzip(&content).filter(|gzip| gzip.len() < content.len());
        self.client_files.insert(name.to_owned(), ClientFile { content, gzip, etag });
    }

    /// What a request's path says beyond the engine's own; none for a path that is not the engine's.
    pub(super) fn below<'p>(&self, path: &'p str) -> Option<&'p str> {
        let bare = self.path.trim_end_matches('/');
        match path.strip_prefix(&self.path) {
            None if !self.add_trailing_slash && path == bare => Some(""),
            below => below,
        }
    }

    pub(super) fn timing(&self) -> Timing {
        Timing {
            ping_interval: self.ping_interval,
            ping_timeout: self.ping_timeout,
            upgrade_timeout: self.upgrade_timeout,
        }
    }

    pub(super) fn may_upgrade(&self) -> bool {
        self.allow_upgrades && self.transports.contains(&Transport::WebSocket)
    }
}

impl Cookie {
    /// A `Lax` cookie of this name.
    ///
    /// ```
    /// # use chorus_socketio::{Cookie, SameSite};
    /// let cookie = Cookie::new("io");
    /// assert_eq!((cookie.same_site, cookie.secure), (SameSite::Lax, false));
    /// ```
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), same_site: SameSite::Lax, secure: false }
    }

    /// The header's value; none if the name is not one (a token: RFC 6265, section 4.1.1).
    pub(super) fn header(&self, session: &str) -> Option<HeaderValue> {
        if HeaderName::from_bytes(self.name.as_bytes()).is_err() {
            tracing::error!(name = self.name, "no cookie is set: that is not a cookie's name");
            return None;
        }
        let same_site = match self.same_site {
            SameSite::Strict => "Strict",
            SameSite::Lax => "Lax",
            SameSite::None => "None",
        };
        let secure = if self.secure { "; Secure" } else { "" };
        let value = format!("{}={session}; Path=/; HttpOnly{secure}; SameSite={same_site}", self.name);
        HeaderValue::from_str(&value).ok()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("path", &self.path).finish_non_exhaustive()
    }
}
