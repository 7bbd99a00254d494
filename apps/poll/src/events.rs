//! What goes over the wire, in both directions; `web/src/generated` is made from it.
//!
//! State travels as last values: every item carries the offset of the log entry that last changed
//! it, and a client that comes back names the offset it has and is sent the items changed since.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A place in the room's log, from 1; 0 is "nothing yet".
pub type Offset = u64;
/// A question of one poll, from 1, never used again.
pub type QuestionId = u32;
/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// The `auth` of the Socket.IO CONNECT to the namespace `/poll`.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct Join {
    /// The room's join code, in any case, with or without blanks and dashes.
    pub code: String,
    /// The role the client wants; it is refused when the person does not hold it.
    #[serde(rename = "as")]
    pub role: Role,
    /// The last offset the client has seen, 0 or absent when it has nothing.
    #[serde(default)]
    #[ts(type = "number", optional = nullable)]
    pub since: Offset,
}

/// What a person may do in a room. A host may do all, anyone may be a participant or a projector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Role {
    /// Runs the poll.
    Host,
    /// Votes.
    Participant,
    /// Shows the poll to the room; sees what participants may see.
    Projector,
}

/// A question as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct Question {
    /// What is asked: 1 to 500 characters.
    pub text: String,
    /// How it is answered.
    #[serde(flatten)]
    pub kind: Kind,
    /// Whether a vote may be changed while the question is open.
    #[serde(default = "yes")]
    pub changeable: bool,
    /// Whether results stay hidden from participants and projector until the host reveals them.
    #[serde(default)]
    pub hidden: bool,
    /// The count-down started by opening it, in seconds (5 to 3,600).
    #[serde(default)]
    pub seconds: Option<u32>,
}

/// How a question is answered. A choice is the position of an option, from 0.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[ts(export)]
pub enum Kind {
    /// Exactly one of the options.
    Single {
        /// 2 to 12 options of 1 to 200 characters, all different.
        options: Vec<String>,
    },
    /// At least one and at most `max` of the options.
    Multiple {
        /// 2 to 12 options of 1 to 200 characters, all different.
        options: Vec<String>,
        /// The most options one person may choose, 1 to the number of options.
        max: u8,
    },
    /// A step on a scale; choice 0 is the value 1.
    Rating {
        /// The highest value, 2 to 10.
        scale: u8,
        /// What the lowest value means, up to 60 characters.
        #[serde(default)]
        low: String,
        /// What the highest value means, up to 60 characters.
        #[serde(default)]
        high: String,
    },
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Phase {
    /// Only the host sees it.
    Draft,
    /// Votes are taken.
    Open,
    /// Votes are refused, results stay.
    Closed,
}

/// A command of a client: the event `command`, answered by a [`Reply`].
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

/// The answer to a command. It is sent when the command is on disk, or refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Reply {
    /// Done, and durable.
    Ok {
        /// The log entry it made.
        #[ts(type = "number")]
        offset: Offset,
    },
    /// Refused; nothing changed.
    Error {
        /// A stable name: `not_open`, `already_voted`, `ended`, `unknown_question`, `invalid_choice`,
        /// `too_many_choices`, `has_votes`, `invalid`, `forbidden`, `busy`, `storage`, …
        code: String,
        /// In plain words.
        message: String,
    },
}

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

/// A poll as a file: what `poll.json` holds and an import takes (`results` is ignored there).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct PollFile {
    /// Always `chorus-poll/1`.
    pub format: String,
    /// 1 to 200 characters.
    pub title: String,
    /// Up to 200 questions.
    pub questions: Vec<FileQuestion>,
}

/// A question in a file, with the results at the time of the export.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct FileQuestion {
    /// The question.
    #[serde(flatten)]
    pub content: Question,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub results: Option<Results>,
}

/// The results of one question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[ts(export)]
pub struct Results {
    /// People who voted.
    pub voted: u32,
    /// Votes by option.
    pub counts: Vec<u32>,
}

fn yes() -> bool {
    true
}
