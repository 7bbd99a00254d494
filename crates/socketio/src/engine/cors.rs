//! Pages of other origins: what their browsers are told, and which may talk to the server.

mod origins;

use http::{HeaderMap, HeaderValue, header};

pub use self::origins::Origins;

/// Which other origins may use polling, and whether with cookies.
///
/// It is what browsers ask for before and with polling requests. Whom it names may use every
/// transport; see [`Origins`].
///
/// ```
/// use chorus_socketio::{Cors, Server};
///
/// let cors = Cors::origins(["https://app.example", "http://localhost:5173"]).credentials();
/// let io = Server::builder().cors(cors).build();
/// ```
#[derive(Debug, Clone)]
pub struct Cors {
    /// None for any.
    origins: Option<List>,
    credentials: bool,
}

/// Origins as browsers write them.
#[derive(Debug, Clone, Default)]
struct List(Vec<String>);

impl Cors {
    /// Any origin, without cookies.
    ///
    /// ```
    /// # use chorus_socketio::{Cors, Server};
    /// // a public stream, without any user's cookies
    /// let io = Server::builder().cors(Cors::any()).build();
    /// ```
    pub fn any() -> Self {
        Self { origins: None, credentials: false }
    }

    /// These origins, for instance `https://example.com`.
    ///
    /// ```
    /// # use chorus_socketio::{Cors, Server};
    /// let io = Server::builder().cors(Cors::origins(["https://app.example"])).build();
    /// ```
    pub fn origins<S: AsRef<str>>(origins: impl IntoIterator<Item = S>) -> Self {
        Self { origins: Some(List::new(origins)), credentials: false }
    }

    /// Allows cookies; without effect for [`Cors::any`].
    ///
    /// That would open every user's session to all.
    ///
    /// ```
    /// # use chorus_socketio::{Cors, Server};
    /// // in the browser: io("https://api.example", { withCredentials: true })
    /// let io = Server::builder().cors(Cors::origins(["https://app.example"]).credentials()).build();
    /// ```
    #[must_use]
    pub fn credentials(mut self) -> Self {
        self.credentials = self.origins.is_some();
        self
    }

    /// Whether pages of an origin may talk to the server; those of none only when any may.
    fn allows(&self, origin: Option<&str>) -> bool {
        let Some(listed) = &self.origins else { return true };
        origin.is_some_and(|origin| listed.has(origin))
    }

    /// The headers that answer a request with `headers`.
    pub(super) fn apply(&self, request: &HeaderMap, response: &mut HeaderMap) {
        match &self.origins {
            None => {
                response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Some(listed) => {
                response.append(header::VARY, HeaderValue::from_static("Origin"));
                let Some(origin) = request.get(header::ORIGIN) else { return };
                if !origin.to_str().is_ok_and(|origin| listed.has(&normal(origin))) {
                    return;
                }
                response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            }
        }
        if self.credentials {
            response.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
    }

    /// The headers that answer a preflight request.
    pub(super) fn apply_preflight(&self, request: &HeaderMap, response: &mut HeaderMap) {
        self.apply(request, response);
        let methods = HeaderValue::from_static("GET,HEAD,PUT,PATCH,POST,DELETE");
        response.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        // also when there are none to mirror: a cache must not take this answer for one with some
        response.append(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
        if let Some(headers) = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            response.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, headers.clone());
        }
    }
}

impl List {
    fn new<S: AsRef<str>>(origins: impl IntoIterator<Item = S>) -> Self {
        Self(origins.into_iter().map(|origin| normal(origin.as_ref())).collect())
    }

    fn has(&self, origin: &str) -> bool {
        self.0.iter().any(|listed| listed == origin)
    }
}

/// An origin in lower case, without the port that goes without saying.
fn normal(origin: &str) -> String {
    let origin = origin.trim().trim_end_matches('/').to_ascii_lowercase();
    match origin.split_once("://") {
        Some((scheme, host)) => format!("{scheme}://{}", bare(host, scheme)),
        None => origin,
    }
}

fn bare<'a>(host: &'a str, scheme: &str) -> &'a str {
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return host,
    };
    host.strip_suffix(port).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(cors: &Cors, origin: &'static str) -> HeaderMap {
        let mut request = HeaderMap::new();
        request.insert(header::ORIGIN, HeaderValue::from_static(origin));
        let mut response = HeaderMap::new();
        cors.apply(&request, &mut response);
        response
    }

    #[test]
    fn names_only_listed_origins() {
        let cors = Cors::origins(["https://A.test:443/"]).credentials();
        let headers = answer(&cors, "https://a.test");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://a.test");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
        let headers = answer(&cors, "https://evil.test");
        assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
        assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    }

    #[test]
    fn never_combines_any_origin_with_credentials() {
        let headers = answer(&Cors::any().credentials(), "https://evil.test");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    }
}
