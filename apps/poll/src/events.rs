//! What goes over the wire, in both directions; `web/src/generated` is made from it.
//!
//! State travels as last values: every item carries the offset of the log entry that last changed
//! it, and a client that comes back names the offset it has and is sent the items changed since.

mod command;
mod file;
mod question;
mod view;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use command::{Action, Command};
pub use file::{FileQuestion, PollFile, Results};
pub use question::{Kind, Phase, Question};
pub use view::{Changes, MyVote, MyVotes, PollView, QuestionTally, QuestionView, Tally};

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
