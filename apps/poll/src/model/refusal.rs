//! Why a command is refused: every code a client can meet, and its words.

use chorus_platform::Error;
use http::StatusCode;

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The role does not allow it.
    #[error("Only the host may do this.")]
    Forbidden,
    /// There is no such question, or the role may not see it.
    #[error("This question does not exist (any more).")]
    UnknownQuestion,
    /// The question takes no votes.
    #[error("This question is not open for votes.")]
    NotOpen,
    /// The poll has ended.
    #[error("This poll has ended.")]
    Ended,
    /// The vote is cast and may not be changed.
    #[error("You have already voted, and votes on this question are final.")]
    AlreadyVoted,
    /// A choice that is not there, none, or one twice.
    #[error("This is not one of the choices.")]
    InvalidChoice,
    /// More choices than allowed.
    #[error("You may choose {0} at most.")]
    TooManyChoices(u8),
    /// The change would give votes another meaning.
    #[error("This question has votes: only its wording may change. Reset it first.")]
    HasVotes,
    /// A draft cannot be shown.
    #[error("A draft cannot be shown. Open it first.")]
    Draft,
    /// The poll holds as many questions as it may.
    #[error("A poll holds {} questions at most.", super::MAX_QUESTIONS)]
    TooManyQuestions,
    /// The poll holds the votes of as many people as it may.
    #[error("This poll takes no more voters.")]
    Full,
    /// A text or number is not what it must be.
    #[error("{0}")]
    Invalid(String),
}

impl Refusal {
    fn row(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::UnknownQuestion => (StatusCode::NOT_FOUND, "unknown_question"),
            Self::NotOpen => (StatusCode::CONFLICT, "not_open"),
            Self::Ended => (StatusCode::CONFLICT, "ended"),
            Self::AlreadyVoted => (StatusCode::CONFLICT, "already_voted"),
            Self::InvalidChoice => (StatusCode::BAD_REQUEST, "invalid_choice"),
            Self::TooManyChoices(_) => (StatusCode::BAD_REQUEST, "too_many_choices"),
            Self::HasVotes => (StatusCode::CONFLICT, "has_votes"),
            Self::Draft => (StatusCode::CONFLICT, "draft"),
            Self::TooManyQuestions => (StatusCode::CONFLICT, "too_many_questions"),
            Self::Full => (StatusCode::SERVICE_UNAVAILABLE, "full"),
            Self::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid"),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (status, code) = refusal.row();
        Self::refused(status, code, refusal.to_string())
    }
}
