//! Which pages may talk to the server, and what a proxy in front of it is trusted to say.
//!
//! A browser sends our cookie along with requests of other sites' pages; it also says which page
//! it was. A page of another host is refused: on REST requests that change something, and on
//! every transport of Socket.IO. Programs that send no `Origin` are no browsers and carry no
//! stolen cookie.
//!
//! Pages of listed origins get the headers of CORS too. That does not make their visitors guests:
//! our cookie is `SameSite=Lax`, so a browser sends it from pages of the same site only, whatever
//! the port or subdomain.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::{Error, Result};

/// Whether the headers `x-forwarded-*` are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proxy {
    /// Nothing stands in front of the server, or nothing that is trusted.
    #[default]
    Untrusted,
    /// A proxy sets the headers and lets no client set them.
    Trusted,
}

/// The origins that may talk to the server.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    allowed: Vec<String>,
    proxy: Proxy,
}

impl Origins {
    /// The server's own host, and a list of origins such as `https://example.org`.
    pub fn new(allowed: impl IntoIterator<Item = String>, proxy: Proxy) -> Self {
        let allowed = allowed.into_iter().map(|origin| normal(&origin)).collect();
        Self { allowed, proxy }
    }

    /// Fails with [`Error::Origin`] when a request comes from a page of another host.
    pub fn check(&self, headers: &HeaderMap) -> Result<()> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else {
            return Ok(());
        };
        let origin = normal(origin.to_str().map_err(|_| Error::Origin)?);
        let alone = origins.next().is_none();
        let own = self.host(headers).map(str::to_ascii_lowercase);
        let same = origin
            .split_once("://")
            .is_some_and(|(scheme, host)| own.is_some_and(|own| host == bare(&own, scheme)));
        if alone && (same || self.allowed.contains(&origin)) { Ok(()) } else { Err(Error::Origin) }
    }

    /// The listed origins, as browsers write them.
    pub fn allowed(&self) -> &[String] {
        &self.allowed
    }

    /// Whether a request reached the proxy by HTTPS.
    pub fn is_https(&self, headers: &HeaderMap) -> bool {
        self.forwarded(headers, "x-forwarded-proto") == Some("https")
    }

    /// The address of the client: the proxy's word for it, if the proxy is trusted.
    pub fn address(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
        self.forwarded(headers, "x-forwarded-for").and_then(|address| address.parse().ok()).or(peer)
    }

    fn lists(&self, origin: &HeaderValue) -> bool {
        origin.to_str().is_ok_and(|origin| self.allowed.contains(&normal(origin)))
    }

    fn host<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        self.forwarded(headers, "x-forwarded-host").or_else(|| headers.get(header::HOST)?.to_str().ok())
    }

    /// The last value: the one the nearest proxy added.
    fn forwarded<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        if self.proxy == Proxy::Untrusted {
            return None;
        }
        let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next().map(str::trim)
    }
}

/// Refuses requests that change something and come from pages of other hosts, and lets browsers
/// give the answers to pages of the allowed ones (CORS).
pub async fn guard(State(origins): State<Arc<Origins>>, request: Request, next: Next) -> Result<Response> {
    if !request.method().is_safe() {
        origins.check(request.headers())?;
    }
    let origin = request.headers().get(header::ORIGIN).filter(|origin| origins.lists(origin)).cloned();
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight && origin.is_some() {
        (StatusCode::NO_CONTENT, PREFLIGHT).into_response()
    } else {
        next.run(request).await
    };
    if !origins.allowed.is_empty() {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// What the answer to a preflight request allows.
const PREFLIGHT: [(HeaderName, &str); 3] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE"),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
    (header::ACCESS_CONTROL_MAX_AGE, "600"),
];

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
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn check(origins: &Origins, host: &str, origin: &str) -> bool {
        origins.check(&headers(&[("host", host), ("origin", origin)])).is_ok()
    }

    #[test]
    fn the_own_host_and_the_list_pass() {
        let origins = Origins::new(["https://Chorus.example/".to_owned()], Proxy::Untrusted);
        assert!(check(&origins, "a.test:3000", "http://a.test:3000"));
        assert!(check(&origins, "a.test", "http://A.test:80"));
        assert!(check(&origins, "a.test:443", "https://a.test"));
        assert!(check(&origins, "127.0.0.1:3000", "https://chorus.example"));
        assert!(origins.check(&headers(&[("host", "a.test")])).is_ok());
    }

    #[test]
    fn other_hosts_ports_and_opaque_origins_are_refused() {
        let origins = Origins::default();
        for origin in [
            "http://evil.test",
            "http://a.test:3001",
            "http://a.test.evil.test:3000",
            "null",
            "",
            "a.test:3000",
            "http://x@a.test:3000",
            "file://",
        ] {
            assert!(!check(&origins, "a.test:3000", origin), "{origin}");
        }
        assert!(origins.check(&headers(&[("origin", "http://a.test")])).is_err());
        let mut two = headers(&[("host", "a.test"), ("origin", "http://a.test")]);
        two.append("origin", "http://evil.test".parse().unwrap());
        assert!(origins.check(&two).is_err());
    }

    #[test]
    fn forwarded_headers_count_only_behind_a_trusted_proxy() {
        let request = headers(&[
            ("host", "127.0.0.1:3000"),
            ("x-forwarded-host", "chorus.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", "6.6.6.6, 10.0.0.9"),
            ("origin", "https://chorus.example"),
        ]);
        let peer = Some("127.0.0.1".parse().unwrap());
        let trusted = Origins::new([], Proxy::Trusted);
        assert!(trusted.check(&request).is_ok());
        assert!(trusted.is_https(&request));
        assert_eq!(trusted.address(&request, peer), "10.0.0.9".parse().ok());
        let plain = Origins::default();
        assert!(plain.check(&request).is_err());
        assert!(!plain.is_https(&request));
        assert_eq!(plain.address(&request, peer), peer);
    }
}
