//! What is kept of the request that opened a session.

use std::{borrow::Cow, net::SocketAddr, time::SystemTime};

use http::{HeaderMap, request::Parts};

/// The request that opened a session.
///
/// Its header values are copied into one string: keeping hyper's own would keep the whole read
/// buffer that they are slices of alive for as long as the session.
///
/// ```
/// use chorus_socketio::{ConnectError, Server, Socket};
///
/// let io = Server::new();
/// io.of("/").middleware(|socket: Socket| async move {
///     let handshake = socket.handshake();
///     println!("{:?} asks for {} at {:?}", handshake.address(), handshake.url(), handshake.time());
///     match handshake.header("cookie") {
///         Some(cookies) if cookies.contains("session=") => Ok(()),
///         _ => Err(ConnectError::new("log in first")),
///     }
/// });
/// ```
#[derive(Debug)]
pub struct Handshake {
    /// `name: value` lines.
    headers: Box<str>,
    target: Box<str>,
    time: SystemTime,
    address: Option<SocketAddr>,
    secure: bool,
}

/// The peer's address, in a request's extensions.
///
/// Whoever accepts the connections puts it there, as [`serve`](crate::serve) does.
///
/// With `axum::serve`, which knows it as `ConnectInfo`, a layer outside of the server's does that:
///
/// ```
/// use std::net::SocketAddr;
/// use axum::{Router, extract::{ConnectInfo, Request}, middleware::map_request};
/// use chorus_socketio::{RemoteAddress, Server};
///
/// async fn remember(ConnectInfo(address): ConnectInfo<SocketAddr>, mut request: Request) -> Request {
///     request.extensions_mut().insert(RemoteAddress(address));
///     request
/// }
///
/// let app: Router = Router::new().layer(Server::new().layer()).layer(map_request(remember));
/// // axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddress(pub SocketAddr);

/// Says that a request came by TLS; put into its extensions by whoever ended that.
///
/// That is the acceptor of the TLS connection, or a layer that believes the `X-Forwarded-Proto` of a
/// proxy which lets no client set it.
///
/// ```
/// use axum::{Router, extract::Request, middleware::map_request};
/// use chorus_socketio::{Secure, Server};
///
/// async fn believe_the_proxy(mut request: Request) -> Request {
///     if request.headers().get("x-forwarded-proto").is_some_and(|proto| proto == "https") {
///         request.extensions_mut().insert(Secure);
///     }
///     request
/// }
///
/// let app: Router = Router::new().layer(Server::new().layer()).layer(map_request(believe_the_proxy));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Secure;

/// A request with more to keep than is allowed.
pub(super) struct TooLarge;

impl Handshake {
    /// Keeps up to `max_size` bytes of a request.
    pub(super) fn new(parts: &Parts, max_size: usize) -> Result<Self, TooLarge> {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let headers = lines(&parts.headers, max_size.checked_sub(target.len()).ok_or(TooLarge)?)?;
        Ok(Self {
            headers,
            target: target.into(),
            time: SystemTime::now(),
            address: parts.extensions.get::<RemoteAddress>().map(|address| address.0),
            secure: parts.extensions.get::<Secure>().is_some(),
        })
    }

    /// The first header of this name, in lower case.
    ///
    /// Values that are not ASCII text are left out.
    ///
    /// ```
    /// # use chorus_socketio::{Reply, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on("language", |socket: Socket| async move {
    ///     Reply(socket.handshake().header("accept-language").unwrap_or("en").to_owned())
    /// });
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(header, _)| *header == name).map(|(_, value)| value)
    }

    /// All headers of this name, in lower case, in order.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     // each proxy may have added one
    ///     for hop in socket.handshake().header_values("x-forwarded-for") {
    ///         println!("by way of {hop}");
    ///     }
    /// });
    /// ```
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers().filter(move |(header, _)| *header == name).map(|(_, value)| value)
    }

    /// All headers, names in lower case.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     for (name, value) in socket.handshake().headers().filter(|(name, _)| *name != "cookie") {
    ///         println!("{name}: {value}");
    ///     }
    /// });
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.lines().filter_map(|line| line.split_once(": "))
    }

    /// The first query parameter of this name, decoded.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// // in the browser: io({ query: { poll: "7" } })
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     if let Some(poll) = socket.handshake().query("poll") {
    ///         socket.join(format!("poll-{poll}"));
    ///     }
    /// });
    /// ```
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        self.queries().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// All query parameters, decoded, in order.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// // in the browser: io("/?topic=sports&topic=news")
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     for (_, topic) in socket.handshake().queries().filter(|(name, _)| name == "topic") {
    ///         socket.join(&*topic);
    ///     }
    /// });
    /// ```
    pub fn queries(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        super::http::query(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    /// Path and query as they were requested.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     println!("{} asked for {}", socket.id(), socket.handshake().url());
    /// });
    /// ```
    pub fn url(&self) -> &str {
        &self.target
    }

    /// When the session was opened.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     println!("here since {:?}", socket.handshake().time().elapsed());
    /// });
    /// ```
    pub fn time(&self) -> SystemTime {
        self.time
    }

    /// The peer's address, when the listener told it by [`RemoteAddress`].
    ///
    /// ```
    /// # use chorus_socketio::{ConnectError, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/admin").middleware(|socket: Socket| async move {
    ///     match socket.handshake().address() {
    ///         Some(address) if address.ip().is_loopback() => Ok(()),
    ///         _ => Err(ConnectError::new("from this machine only")),
    ///     }
    /// });
    /// ```
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Whether the client came by TLS, when the listener told it by [`Secure`].
    ///
    /// Node's `secure`.
    ///
    /// ```
    /// # use chorus_socketio::{ConnectError, Server, Socket};
    /// # let io = Server::new();
    /// io.of("/bank").middleware(|socket: Socket| async move {
    ///     if socket.handshake().is_secure() { Ok(()) } else { Err(ConnectError::new("by TLS only")) }
    /// });
    /// ```
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the request named the origin of a page.
    ///
    /// Node's `xdomain`: browsers do so for pages of other origins, and some for any page.
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     if socket.handshake().is_cross_domain() {
    ///         socket.join("browsers");
    ///     }
    /// });
    /// ```
    pub fn is_cross_domain(&self) -> bool {
        self.header("origin").is_some()
    }
}

fn lines(headers: &HeaderMap, max_size: usize) -> Result<Box<str>, TooLarge> {
    let mut lines = String::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            if lines.len() + name.as_str().len() + value.len() + ": \n".len() > max_size {
                return Err(TooLarge);
            }
            lines.push_str(name.as_str());
            lines.push_str(": ");
            lines.push_str(value);
            lines.push('\n');
        }
    }
    Ok(lines.into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handshake(request: http::request::Builder) -> Handshake {
        Handshake::new(&request.body(()).unwrap().into_parts().0, 1000).ok().unwrap()
    }

    #[test]
    fn keeps_headers_and_query() {
        let handshake = handshake(
            http::Request::get("/socket.io/?EIO=4&name=J%C3%B6rg+K&name=2")
                .header("Cookie", "a=1; b=2")
                .header("X-Forwarded-For", "10.0.0.1")
                .header("X-Forwarded-For", "10.0.0.2")
                .header("X-Empty", ""),
        );
        assert_eq!(handshake.header("cookie"), Some("a=1; b=2"));
        assert_eq!(handshake.header("x-empty"), Some(""));
        assert_eq!(handshake.header("host"), None);
        assert_eq!(handshake.header("x-forwarded-for"), Some("10.0.0.1"));
        let values: Vec<_> = handshake.header_values("x-forwarded-for").collect();
        assert_eq!(values, ["10.0.0.1", "10.0.0.2"]);
        assert_eq!(handshake.query("name").as_deref(), Some("Jörg K"));
        assert_eq!(handshake.query("none"), None);
    }

    #[test]
    fn tells_how_the_client_came() {
        let plain = handshake(http::Request::get("/").header("X-Forwarded-Proto", "https"));
        assert!(!plain.is_secure(), "a client can say so itself");
        assert!(!plain.is_cross_domain());
        let from_page =
            handshake(http::Request::get("/").header("Origin", "https://a.test").extension(Secure));
        assert!(from_page.is_secure());
        assert!(from_page.is_cross_domain());
    }

    #[test]
    fn keeps_no_more_than_is_allowed() {
        let parts = http::Request::get("/12345").header("a", "12345").body(()).unwrap().into_parts().0;
        let size = "/12345a: 12345\n".len();
        assert!(Handshake::new(&parts, size).is_ok());
        assert!(Handshake::new(&parts, size - 1).is_err());
        assert!(Handshake::new(&parts, 3).is_err());
    }
}
