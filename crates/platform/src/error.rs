//! The one error of the platform, its status and its shape on the wire.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

/// The result of nearly everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done. Peers see `{code, message}`: see [`Error::code`].
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule of a kind of room refused it; its code and words are the rule's own.
    #[error("{message}")]
    Refused {
        /// The status over HTTP.
        status: StatusCode,
        /// The stable name.
        code: &'static str,
        /// In plain words.
        message: Cow<'static, str>,
    },
    /// The input does not hold what it must.
    #[error("{0}")]
    Invalid(Cow<'static, str>),
    /// There is no guest cookie, or an unknown one.
    #[error("There is no session yet.")]
    NoSession,
    /// The asking person does not hold the role it takes.
    #[error("You may not do this.")]
    Forbidden,
    /// The key does not open this room.
    #[error("This link is not valid for this room.")]
    InvalidKey,
    /// The request comes from a page of another site.
    #[error("This page may not talk to this server.")]
    Origin,
    /// No room has this code (any more).
    #[error("There is no room with this code.")]
    UnknownRoom,
    /// The room has as many people as it takes.
    #[error("The room is full.")]
    Full,
    /// Too many failed attempts.
    #[error("Too many attempts. Please wait a moment.")]
    TooManyAttempts,
    /// The room has more waiting commands than it takes.
    #[error("The room is busy. Please try again.")]
    Busy,
    /// The database did not do it; nothing was changed.
    #[error("It could not be saved. Please try again.")]
    Storage(#[source] Arc<sqlx::Error>),
    /// A fault of the server.
    #[error("Something went wrong here. Please try again.")]
    Internal,
}

impl Error {
    /// The input does not hold what it must, in plain words.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid(message.into())
    }

    /// A rule refused it, in plain words.
    pub fn refused(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused { status, code, message: message.into() }
    }

    /// There is no place left, in plain words.
    pub fn full(message: &'static str) -> Self {
        Self::refused(StatusCode::SERVICE_UNAVAILABLE, "full", message)
    }

    /// The stable name that peers see.
    pub fn code(&self) -> &'static str {
        self.row().1
    }

    /// The status over HTTP.
    pub fn status(&self) -> StatusCode {
        self.row().0
    }

    /// Whether the database refused a row because another one is in its place.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Storage(source)
            if source.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation))
    }

    /// Whether the database refused a row because what it belongs to is not there.
    pub(crate) fn is_orphan(&self) -> bool {
        matches!(self, Self::Storage(source)
            if source.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation))
    }

    /// What peers see, over HTTP and over a socket.
    pub fn wire(&self) -> Wire {
        Wire { code: self.code(), message: self.to_string() }
    }

    /// The one table from kinds to statuses and codes.
    fn row(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Refused { status, code, .. } => (*status, code),
            Self::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid"),
            Self::NoSession => (StatusCode::UNAUTHORIZED, "no_session"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::InvalidKey => (StatusCode::FORBIDDEN, "invalid_key"),
            Self::Origin => (StatusCode::FORBIDDEN, "origin"),
            Self::UnknownRoom => (StatusCode::NOT_FOUND, "unknown_room"),
            Self::Full => (StatusCode::SERVICE_UNAVAILABLE, "full"),
            Self::TooManyAttempts => (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Storage(_) => (StatusCode::SERVICE_UNAVAILABLE, "storage"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(Arc::new(error))
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Storage(source) = &self {
            tracing::error!(error = %source, "the database failed a request");
        }
        (self.status(), Json(self.wire())).into_response()
    }
}

/// An error as peers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wire {
    /// The stable name.
    pub code: &'static str,
    /// In plain words.
    pub message: String,
}
