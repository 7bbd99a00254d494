//! The WebSocket handshake (RFC 6455, section 4.2), and sockets that are not wanted after it.

use std::{collections::VecDeque, convert::Infallible, future::poll_fn, task::Poll, time::Duration};

use bytes::Bytes;
use chorus_protocol::websocket::{
    self, Opcode,
    deflate::{self, Agreement},
    handshake::accept_key,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode, Version, header};

use super::{
    http::empty,
    websocket::{ReadError, WebSocket},
};

/// Whether a request asks for a WebSocket. What a proxy passes on as an ordinary request, because its
/// connection is not to be upgraded, does not.
pub(super) fn is_websocket(version: Version, headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE);
    let mut connection = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    version >= Version::HTTP_11
        && upgrade.is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))
        && connection
            .any(|options| options.split(',').any(|option| option.trim().eq_ignore_ascii_case("upgrade")))
}

/// The answer to a WebSocket request, if it is one (RFC 6455, section 4.2.1).
pub(super) fn switching(
    headers: &HeaderMap,
    deflate: Option<&deflate::Config>,
) -> Option<(Response<Bytes>, Option<Agreement>)> {
    let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
    let key = keys.next().filter(|_| keys.next().is_none())?;
    let version = headers.get(header::SEC_WEBSOCKET_VERSION)?;
    if version != "13" && version != "8" {
        return None;
    }
    let accept = accept_key(key.as_bytes()).ok()?;
    let agreement = deflate.and_then(|config| agree(headers, config));
    let mut response = empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, HeaderValue::from_bytes(&accept).ok()?);
    if let Some(agreement) = &agreement {
        let value = HeaderValue::from_str(&agreement.to_string()).ok()?;
        headers.insert(header::SEC_WEBSOCKET_EXTENSIONS, value);
    }
    Some((response, agreement))
}

/// What is agreed on compression: several headers stand for one list (RFC 9110, section 5.3).
fn agree(headers: &HeaderMap, config: &deflate::Config) -> Option<Agreement> {
    let offers = headers.get_all(header::SEC_WEBSOCKET_EXTENSIONS);
    let offers: Vec<_> = offers.iter().filter_map(|offers| offers.to_str().ok()).collect();
    deflate::negotiate(&offers.join(", "), config)
}

/// Sends a close frame and gives the peer a moment to answer it.
pub(super) fn close_websocket(mut socket: WebSocket) {
    let mut frame = Vec::new();
    websocket::encode(Opcode::Close, &[], &mut frame);
    let mut frames = VecDeque::from([Bytes::from(frame)]);
    tokio::spawn(tokio::time::timeout(CLOSE_TIMEOUT, async move {
        poll_fn(|cx| match socket.write(cx, &mut frames) {
            Ok(_) if !frames.is_empty() => Poll::Pending,
            _ => socket.poll_shutdown(cx).map(|_| ()),
        })
        .await;
        loop {
            let read = poll_fn(|cx| socket.poll_read(cx, &mut |_| Ok::<_, Infallible>(()))).await;
            if let Err(ReadError::Gone | ReadError::Protocol(_)) = read {
                return;
            }
        }
    }));
}

/// How long a refused WebSocket may take to answer the close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
