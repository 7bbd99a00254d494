//! What is kept of the request that opened a session.

use std::{borrow::Cow, net::SocketAddr, time::SystemTime};

use http::{HeaderMap, request::Parts};

/// The request that opened a session.
///
/// Its header values are copied into one string: keeping hyper's own would keep the whole read
/// buffer that they are slices of alive for as long as the session.
#[derive(Debug)]
pub struct Handshake {
    /// `name: value` lines.
    headers: Box<str>,
    target: Box<str>,
    time: SystemTime,
    address: Option<SocketAddr>,
}

/// The peer's address, put into a request's extensions by whoever accepts the connections.
///
/// With axum, which knows it as `ConnectInfo`, a layer outside of the server's does that:
///
/// ```
/// use axum::{Router, extract::{ConnectInfo, Request}, middleware::map_request};
/// use chorus_socketio::{RemoteAddress, Server};
///
/// async fn remember(ConnectInfo(address): ConnectInfo<std::net::SocketAddr>, mut request: Request) -> Request {
///     request.extensions_mut().insert(RemoteAddress(address));
///     request
/// }
///
/// let app: Router = Router::new().layer(Server::new().layer()).layer(map_request(remember));
/// // axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddress(pub SocketAddr);

impl Handshake {
    pub(super) fn new(parts: &Parts) -> Self {
        Self {
            headers: lines(&parts.headers),
            target: parts.uri.path_and_query().map_or("/", |target| target.as_str()).into(),
            time: SystemTime::now(),
            address: parts.extensions.get::<RemoteAddress>().map(|address| address.0),
        }
    }

    /// The first header of this name, in lower case. Values that are not ASCII text are left out.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(header, _)| *header == name).map(|(_, value)| value)
    }

    /// All headers, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.lines().filter_map(|line| line.split_once(": "))
    }

    /// The first query parameter of this name, decoded.
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        self.queries().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// All query parameters, decoded, in order.
    pub fn queries(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        super::http::query(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    /// Path and query as they were requested.
    pub fn url(&self) -> &str {
        &self.target
    }

    /// When the session was opened.
    pub fn time(&self) -> SystemTime {
        self.time
    }

    /// The peer's address, when the listener told it by [`RemoteAddress`].
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }
}

fn lines(headers: &HeaderMap) -> Box<str> {
    let mut lines = String::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            lines.push_str(name.as_str());
            lines.push_str(": ");
            lines.push_str(value);
            lines.push('\n');
        }
    }
    lines.into_boxed_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_headers_and_query() {
        let request = http::Request::get("/socket.io/?EIO=4&name=J%C3%B6rg+K&name=2")
            .header("Cookie", "a=1; b=2")
            .header("X-Empty", "")
            .body(())
            .unwrap();
        let handshake = Handshake::new(&request.into_parts().0);
        assert_eq!(handshake.header("cookie"), Some("a=1; b=2"));
        assert_eq!(handshake.header("x-empty"), Some(""));
        assert_eq!(handshake.header("host"), None);
        assert_eq!(handshake.query("name").as_deref(), Some("Jörg K"));
        assert_eq!(handshake.query("none"), None);
    }
}
