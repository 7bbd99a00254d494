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

/// `POST /api/session`: makes the asking person a guest, unless the person is one.
pub(crate) async fn session(
    State(platform): State<Platform>,
    asking: Asking,
    request: HeaderMap,
) -> Result<Response> {
    let headers = platform.greet(asking, &request).await?;
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

impl Platform {
    /// The headers that make whoever asks a guest; none when it is one already.
    pub async fn greet(&self, asking: Asking, request: &HeaderMap) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        if asking.guest.is_none() {
            self.newcomers.admit(asking.address)?;
            let (_, secret) = self.identity.create().await?;
            let scheme = if self.origins.is_https(request) { Scheme::Https } else { Scheme::Http };
            let value = cookie::set(&secret, scheme).parse();
            headers.insert(header::SET_COOKIE, value.map_err(|_| Error::Internal)?);
        }
        Ok(headers)
    }
}

fn cookie_header(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::COOKIE)?.to_str().ok()
}
