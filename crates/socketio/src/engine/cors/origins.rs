//! Which pages may talk to the server.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderValue, header, request::Parts};

use super::{Cors, List, bare, normal};

/// Which pages may talk to the server, over polling, JSONP and `WebSocket` alike.
///
/// A browser sends the cookies of its user with the requests of any page, and says in `Origin` which
/// page that is. Who says nothing is no browser, or a page of the server's own: it is served, unless
/// `Sec-Fetch-Site` betrays a script of another site (JSONP), whose page is then known by `Referer`.
///
/// Origins that [`Cors`] allows are allowed here, too. Others are refused with status 403, or 400 in
/// place of a `WebSocket`, and `origin not allowed`.
///
/// Behind a proxy that changes the `Host` header, list the origin by which browsers know the server.
///
/// ```
/// use chorus_socketio::{Origins, Server};
///
/// // the proxy in front of the server changes the host
/// let io = Server::builder().origins(Origins::listed(["https://chat.example"])).build();
/// ```
#[derive(Clone)]
pub struct Origins(Policy);

#[derive(Clone)]
enum Policy {
    Any,
    Own(List),
    Checked(Arc<dyn Fn(&HeaderMap) -> bool + Send + Sync>),
}

/// The page that a request comes from.
enum Page {
    /// None that is known of.
    None,
    /// One that does not say whose it is.
    Foreign,
    Of(String),
}

impl Origins {
    /// Pages whose origin has the host and port of the `Host` header. The default
    ///
    /// ```
    /// # use chorus_socketio::{Origins, Server};
    /// let io = Server::builder().origins(Origins::same_host()).build(); // as it is anyway
    /// ```
    pub fn same_host() -> Self {
        Self(Policy::Own(List::default()))
    }

    /// Pages of the server's own host, and of these origins.
    ///
    /// An origin is written as `https://example.com`.
    ///
    /// ```
    /// # use chorus_socketio::{Origins, Server};
    /// let io = Server::builder().origins(Origins::listed(["https://app.example", "app://mobile"])).build();
    /// ```
    pub fn listed<S: AsRef<str>>(origins: impl IntoIterator<Item = S>) -> Self {
        Self(Policy::Own(List::new(origins)))
    }

    /// Pages of whatever origin, as in Node.
    ///
    /// Then any site can act for its visitors who have a cookie.
    ///
    /// ```
    /// # use chorus_socketio::{Origins, Server};
    /// // a token in `auth` says who it is, and no cookie
    /// let io = Server::builder().origins(Origins::any()).build();
    /// ```
    pub fn any() -> Self {
        Self(Policy::Any)
    }

    /// What a function of the request's headers says, for each request.
    ///
    /// ```
    /// # use chorus_socketio::{Origins, Server};
    /// // each customer has a subdomain
    /// let ours = Origins::checked_by(|headers| {
    ///     match headers.get("origin").map(|origin| origin.to_str()) {
    ///         Some(Ok(origin)) => origin.starts_with("https://") && origin.ends_with(".example.com"),
    ///         Some(Err(_)) => false,
    ///         // no browser, or a page of the server's own
    ///         None => headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin"),
    ///     }
    /// });
    /// let io = Server::builder().origins(ours).build();
    /// ```
    pub fn checked_by(allows: impl Fn(&HeaderMap) -> bool + Send + Sync + 'static) -> Self {
        Self(Policy::Checked(Arc::new(allows)))
    }

    /// Whether a request may be served.
    pub(in crate::engine) fn allow(&self, request: &Parts, cors: Option<&Cors>) -> bool {
        let listed = match &self.0 {
            Policy::Any => return true,
            Policy::Checked(allows) => return allows(&request.headers),
            Policy::Own(listed) => listed,
        };
        let origin = match page(&request.headers) {
            Page::None => return true,
            Page::Foreign => None,
            Page::Of(origin) => Some(origin),
        };
        let known = |origin: &String| is_own(origin, request) || listed.has(origin);
        origin.as_ref().is_some_and(known) || cors.is_some_and(|cors| cors.allows(origin.as_deref()))
    }
}

impl Default for Origins {
    fn default() -> Self {
        Self::same_host()
    }
}

impl fmt::Debug for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Policy::Any => f.write_str("any"),
            Policy::Own(listed) => f.debug_tuple("own").field(listed).finish(),
            Policy::Checked(_) => f.write_str("checked"),
        }
    }
}

fn page(headers: &HeaderMap) -> Page {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) => origin.to_str().map_or(Page::Foreign, |origin| Page::Of(normal(origin))),
        (Some(_), Some(_)) => Page::Foreign,
        (None, _) => match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
            Some(b"cross-site" | b"same-site") => referring(headers).map_or(Page::Foreign, Page::Of),
            _ => Page::None,
        },
    }
}

/// The origin of the page that `Referer` names.
fn referring(headers: &HeaderMap) -> Option<String> {
    let (scheme, rest) = headers.get(header::REFERER)?.to_str().ok()?.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    Some(normal(&format!("{scheme}://{host}")))
}

/// Whether an origin is the one that the request was sent to, whatever the scheme: a proxy may be
/// what speaks HTTPS.
fn is_own(origin: &str, request: &Parts) -> bool {
    let host = match request.headers.get(header::HOST) {
        Some(host) => host.to_str().ok(),
        None => request.uri.authority().map(http::uri::Authority::as_str),
    };
    let (Some((scheme, page)), Some(host)) = (origin.split_once("://"), host) else { return false };
    bare(&host.to_ascii_lowercase(), scheme) == page
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes to `a.test:3000` with these headers.
    fn request(headers: &[(&str, &str)]) -> Parts {
        let request = http::Request::get("/socket.io/").header("host", "a.test:3000");
        let add =
            |request: http::request::Builder, (name, value): &(&str, &str)| request.header(*name, *value);
        headers.iter().fold(request, add).body(()).unwrap().into_parts().0
    }

    fn allows(origins: &Origins, origin: &str) -> bool {
        origins.allow(&request(&[("origin", origin)]), None)
    }

    #[test]
    fn pages_of_the_same_host_and_port_pass() {
        let own = Origins::default();
        for origin in ["http://a.test:3000", "https://a.test:3000", "http://A.TEST:3000"] {
            assert!(allows(&own, origin), "{origin}");
        }
        let mut to_default_port = request(&[("origin", "https://b.test")]);
        to_default_port.headers.insert(header::HOST, HeaderValue::from_static("b.test:443"));
        assert!(own.allow(&to_default_port, None));
        to_default_port.headers.insert(header::HOST, HeaderValue::from_static("b.test:80"));
        assert!(!own.allow(&to_default_port, None), "80 does not go without saying for https");
    }

    #[test]
    fn other_hosts_other_ports_and_opaque_origins_are_foreign() {
        for origin in [
            "https://evil.test",
            "http://a.test",
            "http://a.test:3001",
            "http://a.test:3000.evil.test",
            "http://evil.test/a.test:3000",
            "http://x@a.test:3000",
            "a.test:3000",
            "null",
            "",
            "file://",
        ] {
            assert!(!allows(&Origins::same_host(), origin), "{origin}");
        }
        let several = request(&[("origin", "http://a.test:3000"), ("origin", "https://evil.test")]);
        assert!(!Origins::same_host().allow(&several, None));
    }

    #[test]
    fn listed_origins_pass_beside_the_own_host() {
        let listed = Origins::listed(["https://Friend.test:443/"]);
        assert!(allows(&listed, "https://friend.test"));
        assert!(allows(&listed, "http://a.test:3000"));
        assert!(!allows(&listed, "http://friend.test"), "another scheme is another origin");
        assert!(!allows(&listed, "https://evil.test"));
        assert!(allows(&Origins::any(), "null"));
    }

    #[test]
    fn whom_cors_allows_passes() {
        let friend = request(&[("origin", "https://friend.test")]);
        let cors = Cors::origins(["https://friend.test"]);
        assert!(Origins::default().allow(&friend, Some(&cors)));
        assert!(!Origins::default().allow(&friend, Some(&Cors::origins(["https://other.test"]))));
        for any in [request(&[("origin", "null")]), request(&[("sec-fetch-site", "cross-site")])] {
            assert!(Origins::default().allow(&any, Some(&Cors::any())));
        }
    }

    #[test]
    fn who_names_no_page_passes_unless_the_browser_betrays_another_site() {
        let allows = |headers: &[(&str, &str)]| {
            Origins::listed(["https://friend.test"]).allow(&request(headers), None)
        };
        assert!(allows(&[]));
        assert!(
            allows(&[("referer", "https://evil.test/")]),
            "without the browser's own word it proves nothing"
        );
        for own in ["same-origin", "none"] {
            assert!(allows(&[("sec-fetch-site", own)]), "{own}");
        }
        for other in ["cross-site", "same-site"] {
            let site = ("sec-fetch-site", other);
            assert!(!allows(&[site]), "{other}");
            assert!(!allows(&[site, ("referer", "https://evil.test/?https://friend.test/")]), "{other}");
            assert!(allows(&[site, ("referer", "https://friend.test/page?x")]), "{other}");
        }
    }
}
