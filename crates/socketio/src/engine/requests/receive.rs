//! The body of a POST, bounded in size and time.

use bytes::{Buf, Bytes};
use http::{HeaderMap, header};
use http_body::Body;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::engine::{Config, Session, session::Request};

/// Ends the session when the POST it stands for breaks off.
pub(super) struct Posting<'a> {
    session: &'a Session,
    done: bool,
}

impl<'a> Posting<'a> {
    pub(super) fn start(session: &'a Session) -> Option<Self> {
        session.start_post().then_some(Self { session, done: false })
    }

    pub(super) fn finish(mut self) {
        self.done = true;
        self.session.end_post();
    }
}

impl Drop for Posting<'_> {
    fn drop(&mut self) {
        if !self.done {
            let _ = self.session.request(Request::BadPost("data request connection closed prematurely"));
        }
    }
}

/// Why a body was not received.
pub(super) enum BodyError {
    TooLarge,
    TooSlow,
    Broken,
}

/// Receives a body, within the limits of size and time.
pub(super) async fn receive<Q: Body>(
    body: Q,
    headers: &HeaderMap,
    config: &Config,
) -> Result<Bytes, BodyError> {
    let limit = config.max_http_buffer_size;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > limit as u64) {
        return Err(BodyError::TooLarge);
    }
    timeout(config.body_timeout, collect(body, limit)).await.unwrap_or(Err(BodyError::TooSlow))
}

async fn collect<Q: Body>(body: Q, limit: usize) -> Result<Bytes, BodyError> {
    let mut received = Vec::new();
    let mut body = std::pin::pin!(body);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        let mut data = data;
        while Buf::has_remaining(&data) {
            let chunk = Buf::chunk(&data);
            if received.len() + chunk.len() > limit {
                return Err(BodyError::TooLarge);
            }
            received.extend_from_slice(chunk);
            let taken = chunk.len();
            Buf::advance(&mut data, taken);
        }
    }
    Ok(received.into())
}
