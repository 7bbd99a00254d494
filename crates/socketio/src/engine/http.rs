//! Answers, and the small parts of HTTP that every transport needs.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha1::{Digest, Sha1};

use super::{compression::accepts_gzip, config::ClientFile};

/// The numbered errors of Engine.IO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    UnknownTransport,
    UnknownSession,
    BadHandshakeMethod,
    BadRequest,
    Forbidden(String),
    UnsupportedVersion,
    /// Not one of Node's, whose parser refuses such a request: told as a bad one.
    HeadTooLarge,
}

impl Refusal {
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::UnknownTransport => 0,
            Self::UnknownSession => 1,
            Self::BadHandshakeMethod => 2,
            Self::BadRequest | Self::HeadTooLarge => 3,
            Self::Forbidden(_) => 4,
            Self::UnsupportedVersion => 5,
        }
    }

    pub(super) fn message(&self) -> &str {
        match self {
            Self::UnknownTransport => "Transport unknown",
            Self::UnknownSession => "Session ID unknown",
            Self::BadHandshakeMethod => "Bad handshake method",
            Self::BadRequest => "Bad request",
            Self::Forbidden(message) if message.is_empty() => "Forbidden",
            Self::Forbidden(message) => message,
            Self::UnsupportedVersion => "Unsupported protocol version",
            Self::HeadTooLarge => "Request header fields too large",
        }
    }

    /// The answer to a request for packets: JSON.
    pub(super) fn response(&self) -> Response<Bytes> {
        let status = match self {
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        let json = serde_json::json!({ "code": self.code(), "message": self.message() });
        answer(status, "application/json", json.to_string())
    }

    /// The answer to a WebSocket request: plain words.
    pub(super) fn upgrade_response(&self) -> Response<Bytes> {
        let status = match self {
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        let mut response = answer(status, "text/html", self.message().to_owned());
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

/// A response with a body.
pub(super) fn answer(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// A response without a body.
pub(super) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// A file of the client's, or 304 when the browser has it.
pub(super) fn file(name: &str, file: &ClientFile, request: &HeaderMap) -> Response<Bytes> {
    let known = request.get(header::IF_NONE_MATCH).is_some_and(|tags| {
        tags.to_str().is_ok_and(|tags| {
            tags.split(',')
                .any(|tag| tag.trim().trim_start_matches("W/") == file.etag.trim_start_matches("W/"))
        })
    });
    let content_type = match name.rsplit('.').next() {
        Some("map" | "json") => "application/json; charset=utf-8",
        _ => "application/javascript; charset=utf-8",
    };
    let gzip = file.gzip.as_ref().filter(|_| accepts_gzip(request));
    let mut response = if known {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        answer(StatusCode::OK, content_type, gzip.unwrap_or(&file.content).clone())
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if gzip.is_some() && !known {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=0"));
    if let Ok(etag) = HeaderValue::from_str(&file.etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

/// A validator from the content (RFC 9110, section 8.8.3): weak, as it stands for it compressed, too.
pub(super) fn etag(content: &[u8]) -> String {
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(Sha1::digest(content)))
}

/// The parameters of a query string, decoded, in order.
pub(super) fn query(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(query.as_bytes())
}
