//! What clients want, and what they are answered.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Millis, Question, QuestionId};

/// A command of a client: the event `command`, answered by a [`Reply`](chorus_platform::kind::Reply).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct Command {
    /// Made by the client, 8 to 64 characters of `A–Z a–z 0–9 _ -`. The same id of the same
    /// person is applied once; a repetition gets the first answer.
    pub id: String,
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
}

/// What a command does. All but `vote` need the role host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(tag = "do", rename_all = "snake_case")]
#[ts(export)]
pub enum Action {
    /// Casts or changes the sender's vote.
    Vote {
        /// The question.
        question: QuestionId,
        /// The chosen positions.
        choices: Vec<u8>,
    },
    /// Adds a question as a draft, at the end or at `index`.
    Add {
        /// The question.
        content: Question,
        /// Its position, from 0.
        #[serde(default)]
        #[ts(optional = nullable)]
        index: Option<u32>,
    },
    /// Rewrites a question. Once it has votes, only wording may change, not the kind nor the number of options.
    Edit {
        /// The question.
        question: QuestionId,
        /// Its new content.
        content: Question,
    },
    /// Removes a question and its votes.
    Remove {
        /// The question.
        question: QuestionId,
    },
    /// Moves a question to the position `index`, from 0.
    Move {
        /// The question.
        question: QuestionId,
        /// Its new position.
        index: u32,
    },
    /// Adds a copy of a question, as a draft, behind it.
    Duplicate {
        /// The question.
        question: QuestionId,
    },
    /// Takes votes, and shows the question on the projector. Closes what else is open.
    Open {
        /// The question.
        question: QuestionId,
        /// A count-down in seconds (5 to 3,600) in place of the question's own; 0 for none.
        #[serde(default)]
        #[ts(optional = nullable)]
        seconds: Option<u32>,
    },
    /// Takes no more votes.
    Close {
        /// The question.
        question: QuestionId,
    },
    /// Shows the results to participants and projector.
    Reveal {
        /// The question.
        question: QuestionId,
    },
    /// Hides the results from participants and projector.
    Hide {
        /// The question.
        question: QuestionId,
    },
    /// Throws the votes away and makes the question a draft again.
    Reset {
        /// The question.
        question: QuestionId,
    },
    /// Puts a question that is not a draft on the projector, or none (the join screen).
    Show {
        /// The question.
        question: Option<QuestionId>,
    },
    /// Changes title and end time.
    Settings {
        /// 1 to 200 characters.
        title: String,
        /// When votes end; none for never.
        #[ts(type = "number | null")]
        ends_at: Option<Millis>,
    },
    /// Ends the poll now: open questions close, results stay, votes are refused.
    End,
    /// Takes the end back, and the end time with it.
    Reopen,
}
