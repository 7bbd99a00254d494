//! Why a session ends, and what else there is to say.

use std::{borrow::Cow, fmt};

use super::CloseReason;

/// Why a session ends.
///
/// A reason alone will do: `Err(CloseReason::ForcedClose.into())`.
///
/// ```
/// use chorus_socketio::engine::{Close, CloseReason};
///
/// let close = Close::new(CloseReason::ParseError, "no move of chess");
/// assert_eq!(close.to_string(), "parse error: no move of chess");
/// assert_eq!(Close::from(CloseReason::PingTimeout).to_string(), "ping timeout");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Which of the few reasons it is.
    pub reason: CloseReason,
    /// What exactly went wrong, for logs; the peer is not told.
    pub description: Option<Cow<'static, str>>,
}

impl Close {
    /// An end with a description.
    ///
    /// ```
    /// # use chorus_socketio::engine::{Close, CloseReason};
    /// let close = Close::new(CloseReason::ForcedClose, format!("more than {} moves", 200));
    /// assert_eq!(close.description.as_deref(), Some("more than 200 moves"));
    /// ```
    pub fn new(reason: CloseReason, description: impl Into<Cow<'static, str>>) -> Self {
        Self { reason, description: Some(description.into()) }
    }
}

impl From<CloseReason> for Close {
    fn from(reason: CloseReason) -> Self {
        Self { reason, description: None }
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.as_str())?;
        self.description.iter().try_for_each(|description| write!(f, ": {description}"))
    }
}
