//! Guests over HTTP: the route that makes one, and the extractor that finds one.

use axum::extract::{FromRef, FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};

use super::cookie::{self, Scheme};
use super::{GuestId, Identity};
use crate::origin::Origins;
use crate::{Error, Platform, Result};

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
pub async fn session(State(platform): State<Platform>, headers: HeaderMap) -> Result<Response> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().extend(platform.identity.greet(&platform.origins, &headers).await?);
    Ok(response)
}

impl Identity {
    /// The headers that make whoever asks a guest; none when it is one already.
    pub async fn greet(&self, origins: &Origins, request: &HeaderMap) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        if self.find(cookie_header(request)).await?.is_none() {
            let (_, secret) = self.create().await?;
            let scheme = if origins.is_https(request) { Scheme::Https } else { Scheme::Http };
            let value = cookie::set(&secret, scheme).parse();
            headers.insert(header::SET_COOKIE, value.map_err(|_| Error::Internal)?);
        }
        Ok(headers)
    }
}

fn cookie_header(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::COOKIE)?.to_str().ok()
}
