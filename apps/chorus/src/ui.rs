//! The web UI, embedded. A debug build reads it from `web/dist` at each request.

use std::borrow::Cow;
use std::fmt::Write;

use axum::body::Body;
use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use chorus_platform::Error;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use rust_embed::{EmbeddedFile, RustEmbed};

/// Only our own scripts, styles and connections; styles of single elements are set by scripts.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Names of files with a hash of their content never mean another content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Where the official client is among the files.
const CLIENT: &str = "socket.io-client/";

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// The files of the official Socket.IO client: name and content.
pub(crate) fn client_files() -> impl Iterator<Item = (String, Cow<'static, [u8]>)> {
    Files::iter().filter_map(|path| {
        let name = path.strip_prefix(CLIENT)?.to_owned();
        Some((name, Files::get(&path)?.data))
    })
}

/// Answers whatever no route answers: a file, or the page for paths that are the page's own.
pub(crate) async fn page(method: Method, uri: Uri, request: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if path.starts_with("api/") {
        let message = "There is nothing at this address.";
        return Error::refused(StatusCode::NOT_FOUND, "not_found", message).into_response();
    }
    if is_file && path != "index.html" {
        return match Files::get(path) {
            Some(found) => file(path, found, &request),
            None => StatusCode::NOT_FOUND.into_response(),
        };
    }
    match Files::get("index.html") {
        Some(found) => file("index.html", found, &request),
        None => not_built(),
    }
}

/// Adds to every response what keeps browsers from being tricked.
pub(crate) async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn file(path: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    let (file, encoding) = match packed(path, request) {
        Some((packed, encoding)) => (packed, Some((header::CONTENT_ENCODING, encoding))),
        None => (file, None),
    };
    let tag = tag(&file);
    let cache = if path.starts_with("assets/") { IMMUTABLE } else { "no-cache" };
    let known = mentions(request, header::IF_NONE_MATCH, &tag);
    let headers = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = match kind.type_() {
        mime_guess::mime::TEXT => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    let content = match file.data {
        Cow::Borrowed(content) => Body::from(content),
        Cow::Owned(content) => Body::from(content),
    };
    (headers, [(header::CONTENT_TYPE, kind)], AppendHeaders(encoding), content).into_response()
}

/// The file as the build has packed it beside itself, for whoever can unpack it.
fn packed(path: &str, request: &HeaderMap) -> Option<(EmbeddedFile, &'static str)> {
    [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, suffix)| {
        let accepted = mentions(request, header::ACCEPT_ENCODING, encoding);
        let found = accepted.then(|| Files::get(&format!("{path}.{suffix}"))).flatten()?;
        Some((found, encoding))
    })
}

/// Whether a value is in the list of a header. Weights are not weighed: no browser refuses by them.
fn mentions(request: &HeaderMap, name: HeaderName, wanted: &str) -> bool {
    request.get_all(name).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        let mut values = value.split(',').map(|value| value.split(';').next().unwrap_or_default().trim());
        values.any(|value| value == wanted)
    })
}

fn tag(file: &EmbeddedFile) -> String {
    let mut tag = String::from("\"");
    for byte in file.metadata.sha256_hash().iter().take(16) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

fn not_built() -> Response {
    let page = "<!doctype html><html lang=en><meta charset=utf-8><title>Chorus</title>\
        <h1>The server runs, but the web UI was not built.</h1>\
        <p>Run <code>make run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, \
        and start the server again.";
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_headers_are_read() {
        let mut request = HeaderMap::new();
        request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br;q=0.9"));
        assert!(mentions(&request, header::ACCEPT_ENCODING, "br"));
        assert!(mentions(&request, header::ACCEPT_ENCODING, "gzip"));
        assert!(!mentions(&request, header::ACCEPT_ENCODING, "zip"));
        assert!(!mentions(&request, header::IF_NONE_MATCH, "br"));
    }
}
