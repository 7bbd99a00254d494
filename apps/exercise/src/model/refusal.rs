//! Why a command is refused: every code a client can meet, and its words.

use chorus_platform::Error;
use http::StatusCode;

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The part does not allow it.
    #[error("Only a facilitator may do this.")]
    Forbidden,
    /// Participants and projectors take no notes.
    #[error("Only observers and facilitators take notes.")]
    NoNotes,
    /// Something is not in the scenario, or somebody not there.
    #[error("There is no {0}.")]
    Unknown(String),
    /// It belongs to the simulation, which has not begun.
    #[error("The simulation has not started yet.")]
    NotStarted,
    /// The simulation is over.
    #[error("The simulation has ended.")]
    Ended,
    /// It was never over.
    #[error("The simulation has not ended.")]
    NotEnded,
    /// There is not enough money.
    #[error("Not enough budget: it costs {cost}, and {budget} is left.")]
    NotEnoughBudget {
        /// What it costs.
        cost: i64,
        /// What is left.
        budget: i64,
    },
    /// A response requires a mitigation that is not in place.
    #[error("This needs “{0}”, which is not in place.")]
    NotAllowed(String),
    /// An action needs systems that do not work.
    #[error("The required systems for this action are not available.")]
    SystemsDown,
    /// A threat is not due.
    #[error("This is not due yet. It can be delivered early.")]
    NotDue,
    /// A threat was prevented.
    #[error("This was prevented.")]
    Prevented,
    /// A threat was not delivered.
    #[error("This was not delivered yet.")]
    NotDelivered,
    /// A threat was answered rightly.
    #[error("Somebody has answered this already.")]
    AlreadyAnswered,
    /// A threat was answered, and only a right answer can follow.
    #[error("An answer needs responses or words.")]
    NoAnswer,
    /// Nothing that the response restores has failed.
    #[error("Nothing has to be restored.")]
    NothingToRestore,
    /// Purchases are final.
    #[error("What was bought can be given back in the preparation only.")]
    NoResale,
    /// Something was done since.
    #[error("Something else has been done since. Look again before you take it back.")]
    Overtaken,
    /// There is nothing to take back.
    #[error("There is nothing to take back.")]
    NothingToUndo,
    /// Budget and support are settled.
    #[error("Budget and support can be changed in the preparation only.")]
    Settled,
    /// More has been bought than the new budget pays for.
    #[error("Purchases of {0} have been made. Give something back first.")]
    Spent(i64),
    /// A facilitator has put them out.
    #[error("A facilitator has put you out of this exercise.")]
    PutOut,
    /// No newcomers are let in.
    #[error("This exercise takes no more participants.")]
    Locked,
    /// The exercise holds as much as it may.
    #[error("This exercise holds as much as it may.")]
    Full,
    /// A text or number is not what it must be.
    #[error("{0}")]
    Invalid(String),
}

impl Refusal {
    /// A text must have so many characters.
    pub(super) fn too_long(what: &str, most: usize) -> Self {
        Self::Invalid(format!("{what} has 1 to {most} characters."))
    }

    fn row(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Forbidden | Self::NoNotes => (StatusCode::FORBIDDEN, "forbidden"),
            Self::Unknown(_) => (StatusCode::NOT_FOUND, "unknown"),
            Self::PutOut => (StatusCode::FORBIDDEN, "removed"),
            Self::Locked => (StatusCode::FORBIDDEN, "locked"),
            Self::NotStarted => (StatusCode::CONFLICT, "not_started"),
            Self::Ended => (StatusCode::CONFLICT, "ended"),
            Self::NotEnded => (StatusCode::CONFLICT, "not_ended"),
            Self::NotEnoughBudget { .. } => (StatusCode::CONFLICT, "not_enough_budget"),
            Self::NotAllowed(_) => (StatusCode::CONFLICT, "not_allowed"),
            Self::SystemsDown => (StatusCode::CONFLICT, "systems_down"),
            Self::NotDue => (StatusCode::CONFLICT, "not_due"),
            Self::Prevented => (StatusCode::CONFLICT, "prevented"),
            Self::NotDelivered => (StatusCode::CONFLICT, "not_delivered"),
            Self::AlreadyAnswered => (StatusCode::CONFLICT, "already_answered"),
            Self::NothingToRestore => (StatusCode::CONFLICT, "nothing_to_restore"),
            Self::NoResale => (StatusCode::CONFLICT, "no_resale"),
            Self::Overtaken => (StatusCode::CONFLICT, "overtaken"),
            Self::NothingToUndo => (StatusCode::CONFLICT, "nothing_to_undo"),
            Self::Settled => (StatusCode::CONFLICT, "settled"),
            Self::Spent(_) => (StatusCode::CONFLICT, "spent"),
            Self::Full => (StatusCode::SERVICE_UNAVAILABLE, "full"),
            Self::NoAnswer | Self::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid"),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (status, code) = refusal.row();
        Self::refused(status, code, refusal.to_string())
    }
}
