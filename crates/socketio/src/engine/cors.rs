//! Cross-origin requests, as browsers ask for them before and with polling requests.

use http::{HeaderMap, HeaderValue, header};

/// Which other origins may use polling, and whether with cookies.
///
/// CORS does not cover `WebSocket`: check the `Origin` in
/// [`Config::allow_request`](super::Config::allow_request).
#[derive(Debug, Clone)]
pub struct Cors {
    origins: Origins,
    credentials: bool,
}

#[derive(Debug, Clone)]
enum Origins {
    Any,
    Listed(Vec<String>),
}

impl Cors {
    /// Any origin, without cookies.
    pub fn any() -> Self {
        Self { origins: Origins::Any, credentials: false }
    }

    /// These origins, for instance `https://example.com`.
    pub fn origins<S: Into<String>>(origins: impl IntoIterator<Item = S>) -> Self {
        Self { origins: Origins::Listed(origins.into_iter().map(Into::into).collect()), credentials: false }
    }

    /// Allows cookies; without effect for [`Cors::any`], which would open every user's session to all.
    #[must_use]
    pub fn credentials(mut self) -> Self {
        self.credentials = matches!(self.origins, Origins::Listed(_));
        self
    }

    /// The headers that answer a request with `headers`.
    pub(super) fn apply(&self, request: &HeaderMap, response: &mut HeaderMap) {
        match &self.origins {
            Origins::Any => {
                response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Origins::Listed(origins) => {
                response.append(header::VARY, HeaderValue::from_static("Origin"));
                let Some(origin) = request.get(header::ORIGIN) else { return };
                if !origins.iter().any(|listed| listed.as_bytes() == origin.as_bytes()) {
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
        let cors = Cors::origins(["https://a.test"]).credentials();
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
