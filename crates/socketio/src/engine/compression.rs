//! Compression of the answers to polling requests (RFC 9110, section 8.4).

use bytes::Bytes;
use flate2::{
    Compression as Level,
    write::{GzEncoder, ZlibEncoder},
};
use http::{HeaderMap, HeaderValue, Response, header};

/// How an answer may be compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Compression {
    coding: Coding,
    threshold: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    /// The zlib format, whatever the name says.
    Deflate,
}

impl Compression {
    /// What the client accepts, if the server compresses at all.
    pub(super) fn of(request: &HeaderMap, threshold: Option<usize>) -> Option<Self> {
        let threshold = threshold?;
        let accepted = request.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
        let accepts = |coding: &str| {
            accepted.split(',').any(|item| {
                let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
                let refused = parameters.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
                name.trim().eq_ignore_ascii_case(coding) && !refused
            })
        };
        let coding = if accepts("gzip") {
            Coding::Gzip
        } else if accepts("deflate") {
            Coding::Deflate
        } else {
            return None;
        };
        Some(Self { coding, threshold })
    }
}

/// Compresses an answer that is long enough.
pub(super) fn compress(response: Response<Bytes>, compression: Option<Compression>) -> Response<Bytes> {
    let Some(Compression { coding, .. }) = compression.filter(|how| response.body().len() >= how.threshold)
    else {
        return response;
    };
    let (mut parts, body) = response.into_parts();
    let compressed = match coding {
        Coding::Gzip => gzip(&body),
        Coding::Deflate => {
            write(&body, ZlibEncoder::new(Vec::new(), Level::default()), ZlibEncoder::finish).map(Bytes::from)
        }
    };
    let Some(compressed) = compressed else { return Response::from_parts(parts, body) };
    let name = match coding {
        Coding::Gzip => "gzip",
        Coding::Deflate => "deflate",
    };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    Response::from_parts(parts, compressed)
}

/// The content as gzip.
pub(super) fn gzip(content: &[u8]) -> Option<Bytes> {
    write(content, GzEncoder::new(Vec::new(), Level::default()), GzEncoder::finish).map(Bytes::from)
}

/// Whether a client takes gzip.
pub(super) fn accepts_gzip(request: &HeaderMap) -> bool {
    Compression::of(request, Some(0)).is_some_and(|how| how.coding == Coding::Gzip)
}

fn write<W: std::io::Write>(
    body: &[u8],
    mut encoder: W,
    finish: impl FnOnce(W) -> std::io::Result<Vec<u8>>,
) -> Option<Vec<u8>> {
    encoder.write_all(body).ok()?;
    finish(encoder).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn of(accepted: &'static str) -> Option<Compression> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        Compression::of(&headers, Some(10))
    }

    #[test]
    fn takes_what_the_client_accepts() {
        assert_eq!(of("gzip, deflate, br").map(|how| how.coding), Some(Coding::Gzip));
        assert_eq!(of("GZIP;q=0, deflate;q=0.5").map(|how| how.coding), Some(Coding::Deflate));
        assert_eq!(of("br"), None);
        assert_eq!(of("gzip;q=0"), None);
    }

    #[test]
    fn compresses_from_the_threshold_on() {
        let short = compress(Response::new(Bytes::from("short")), of("gzip"));
        assert!(!short.headers().contains_key(header::CONTENT_ENCODING));
        let long = compress(Response::new(Bytes::from("x".repeat(1000))), of("gzip"));
        assert_eq!(long.headers()[header::CONTENT_ENCODING], "gzip");
        let mut text = String::new();
        flate2::read::GzDecoder::new(&long.body()[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "x".repeat(1000));
    }
}
