//! The rules of a poll: a state that is a fold over the room's log.
//!
//! Pure: no clock, no I/O. A command is checked by [`decide`](chorus_platform::live::Rules::decide)
//! and makes exactly one [`Event`], the event is applied, and what a role may see of the state is
//! read by the functions of [`view`](Poll::changes). Every item carries the offset that last
//! changed it, so that a client that comes back is sent the items changed since.

mod apply;
mod check;
mod decide;
mod event;
mod question;
mod refusal;
mod summary;
mod view;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use chorus_platform::Millis;
use chorus_platform::log::Offset;
use chorus_platform::rooms::MemberId;

pub use check::{check_questions, check_title};
pub use event::{Choices, Event};
pub use question::Item;
pub use refusal::Refusal;
pub use summary::Summary;
pub use view::Viewer;

use crate::events::{Action, QuestionId};

/// The most questions of one poll.
pub const MAX_QUESTIONS: usize = 200;
/// The most people whose votes one poll holds.
pub const MAX_VOTERS: usize = 200_000;
/// How many removed questions a returning client is told one by one.
const REMEMBERED_REMOVALS: usize = 1_000;

/// What people want to happen in a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A command of the wire.
    Act(Action),
    /// A vote that is held only while its voter is there: the classic dialect.
    VoteWhileHere {
        /// The question.
        question: QuestionId,
        /// The chosen positions.
        choices: Vec<u8>,
    },
    /// The voter has gone: takes back what was held.
    Leave,
}

/// The state of a poll.
#[derive(Debug, Clone, PartialEq)]
pub struct Poll {
    code: String,
    title: String,
    ends_at: Option<Millis>,
    ended: Option<Millis>,
    current: Option<QuestionId>,
    order: Vec<QuestionId>,
    questions: BTreeMap<QuestionId, Item>,
    last_question: QuestionId,
    /// How many questions each voter has voted on.
    voters: std::collections::HashMap<MemberId, u32>,
    /// What is open, so that a look at the time need not go through all questions.
    open: Option<QuestionId>,
    offset: Offset,
    changed: Stamp,
    removals: VecDeque<Removal>,
    /// A client that stopped before this cannot be told every removal.
    forgotten: Offset,
}

/// The offsets at which the two audiences last saw the poll itself change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Stamp {
    host: Offset,
    public: Offset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Removal {
    question: QuestionId,
    at: Offset,
    /// Whether participants had seen it.
    seen: bool,
}

impl Poll {
    /// How many people have voted on anything.
    pub fn people_voted(&self) -> usize {
        self.voters.len()
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether it has ended.
    pub fn is_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Its questions, in order.
    pub fn questions(&self) -> impl Iterator<Item = &Item> {
        self.order.iter().filter_map(|id| self.questions.get(id))
    }

    /// One of its questions.
    pub fn question(&self, id: QuestionId) -> Option<&Item> {
        self.questions.get(&id)
    }

    /// The question that takes votes.
    pub fn open(&self) -> Option<&Item> {
        self.open.and_then(|id| self.questions.get(&id))
    }

    /// Those with a vote that is taken back when they go.
    pub fn voters_while_here(&self) -> impl Iterator<Item = MemberId> {
        self.questions.values().flat_map(Item::voters_while_here)
    }

    /// Whether somebody has voted on anything.
    pub fn has_vote_of(&self, member: MemberId) -> bool {
        self.voters.contains_key(&member)
    }

    /// Whether somebody has a vote that is taken back when they go.
    pub fn holds_vote_of(&self, member: MemberId) -> bool {
        self.questions.values().any(|item| item.holds(member))
    }

    /// The last entry that was applied.
    pub fn offset(&self) -> Offset {
        self.offset
    }
}
