//! What the original says when something cannot be done.

use chorus_platform::Error;

use super::request::{Request, Unreadable};

/// A game of this name is there already.
pub(super) const EXISTS: &str = "Game id already exists!";
/// No game has this name.
pub(super) const NOT_FOUND: &str = "Game not found!";
/// Why somebody could not join a game.
pub(super) const NOT_JOINED: &str = "Server error on join game!";
/// Why a game could not be made.
pub(super) const NOT_CREATED: &str = "Server error on create game!";

impl Request {
    /// What is said when it cannot be understood, or the server fails.
    pub(super) fn failed(self) -> &'static str {
        match self {
            Self::ChangeMitigation => "Server error on change mitigation",
            Self::StartSimulation => "Server error on start simulation",
            Self::PauseSimulation | Self::FinishSimulation => "Server error on pause simulation",
            // as it is spelt in the original
            Self::RestoreSystem | Self::RespondToInjection => "Server error on making respone",
            Self::NonCorrectRespondToInjection => "Server error on making non correct injection response",
            Self::DeliverInjection => "Server error on changing games injection deliverance",
            Self::PerformAction | Self::PerformCurveball => "Server error on performing action",
        }
    }

    /// Why it was refused.
    pub(super) fn refused(self, error: &Error) -> String {
        match (error.code(), self) {
            ("not_enough_budget", _) => "Not enough budget".to_owned(),
            ("not_allowed", _) => "Response not allowed".to_owned(),
            ("ended", Self::StartSimulation) => "Cannot start finalized game".to_owned(),
            ("ended" | "not_started", Self::PauseSimulation | Self::FinishSimulation) => {
                self.failed().to_owned()
            }
            ("unknown", _) => error.to_string().replacen("no threat", "no injection", 1),
            _ => plain(error).unwrap_or_else(|| self.failed().to_owned()),
        }
    }

    pub(super) fn unreadable(self, why: Unreadable) -> String {
        match why {
            Unreadable::Shape => self.failed().to_owned(),
            Unreadable::Unknown(words) => words,
        }
    }
}

/// The words of a refusal; none for what is the server's own affair.
pub(super) fn plain(error: &Error) -> Option<String> {
    let plain = matches!(
        error,
        Error::Refused { .. } | Error::Invalid(_) | Error::TooManyAttempts | Error::Full | Error::Busy
    );
    plain.then(|| error.to_string())
}
