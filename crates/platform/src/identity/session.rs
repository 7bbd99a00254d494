//! Guests over HTTP: the route that makes one, and the extractor that finds one.

use axum::extract::{FromRef, FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};

use super::GuestId;
use super::cookie::{self, Scheme};
use crate::{Asking, Error, Platform, Result};

/// The person who asks; the request is refused with [`Error::NoSession`] when it is nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guest(pub GuestId);

impl<S> FromRequestParts<S> for Guest
where
    S: Send + Sync,
    Platform: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let guest = Platform::from_ref(state).identity.find(cookie_header(&parts.headers)).await?;
        guest.map(Self).ok_or(Error::NoSession)
    }
}

/// `POST /api/session`: makes the asking person a guest; who is one already stays it for longer.
pub(crate) async fn session(
    State(platform): State<Platform>,
    asking: Asking,
    request: HeaderMap,
) -> Result<Response> {
    let headers = platform.greet(asking, &request).await?;
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

impl Platform {
    /// The headers that make whoever asks a guest, or renew the cookie of who is one already.
    pub async fn greet(&self, asking: Asking, request: &HeaderMap) -> Result<HeaderMap> {
        let known = asking.guest.and_then(|_| cookie_header(request)).and_then(cookie::secret);
        let secret = if let Some(secret) = known {
            secret.to_owned()
        } else {
            self.newcomers.admit(asking.address)?;
            self.identity.create().await?.1
        };
        let scheme = if self.origins.is_https(request) { Scheme::Https } else { Scheme::Http };
        let value = cookie::set(&secret, scheme).parse().map_err(|_| Error::Internal)?;
        Ok(HeaderMap::from_iter([(header::SET_COOKIE, value)]))
    }
}

fn cookie_header(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::COOKIE)?.to_str().ok()
}
