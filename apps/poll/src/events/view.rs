//! What clients are told.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Millis, Offset, Phase, Question, QuestionId};

/// The event `changes`: on connect what the client lacks, later what has just changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct Changes {
    /// The state below is complete up to here.
    #[ts(type = "number")]
    pub offset: Offset,
    /// The server's clock, to count down by.
    #[ts(type = "number")]
    pub now: Millis,
    /// Whether this is the whole state: forget what you have.
    pub whole: bool,
    /// The poll itself, when it changed.
    pub poll: Option<PollView>,
    /// The questions that changed, as far as the role may see them.
    pub questions: Vec<QuestionView>,
    /// Questions that are gone or may no longer be seen.
    pub removed: Vec<QuestionId>,
}

/// The poll without its questions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct PollView {
    /// The room's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// When votes end.
    #[ts(type = "number | null")]
    pub ends_at: Option<Millis>,
    /// Whether it has ended.
    pub ended: bool,
    /// The questions the role may see, in order.
    pub order: Vec<QuestionId>,
    /// What the projector shows and participants see first.
    pub current: Option<QuestionId>,
}

/// A question as a role may see it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct QuestionView {
    /// Its id.
    pub id: QuestionId,
    /// Its content.
    pub content: Question,
    /// Where it stands.
    pub phase: Phase,
    /// When it closes by itself.
    #[ts(type = "number | null")]
    pub closes_at: Option<Millis>,
    /// Whether participants and projector see the results.
    pub revealed: bool,
    /// How many times it was reset: votes of an earlier round are void.
    pub round: u32,
}

/// The event `tally`: the last value, at most 10 times a second.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct Tally {
    /// Participants with a live connection; two tabs of one person are one.
    pub people: u32,
    /// One entry for each question whose numbers changed since the last tally, all on connect.
    pub questions: Vec<QuestionTally>,
}

/// The numbers of one question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct QuestionTally {
    /// The question.
    pub id: QuestionId,
    /// People who voted.
    pub voted: u32,
    /// Votes by option; absent while the role may not see them.
    pub counts: Option<Vec<u32>>,
}

/// The event `votes`: the person's own votes, all on connect, later the one that changed, in
/// every tab of the person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct MyVotes {
    /// Whether these are all of them.
    pub whole: bool,
    /// The votes.
    pub votes: Vec<MyVote>,
}

/// One vote of the person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct MyVote {
    /// The question.
    pub question: QuestionId,
    /// The chosen positions.
    pub choices: Vec<u8>,
}
