//! What a list of polls shows of one; it is stored with the room, in step with the log.

use serde::{Deserialize, Serialize};

use super::Poll;

/// What a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// How many questions there are.
    pub questions: usize,
    /// How many people have voted on anything.
    pub people_voted: usize,
}

impl Summary {
    /// The summary of a poll.
    pub fn of(poll: &Poll) -> Self {
        Self { questions: poll.questions().count(), people_voted: poll.people_voted() }
    }

    /// The summary of a new poll.
    pub fn of_new(questions: usize) -> Self {
        Self { questions, people_voted: 0 }
    }
}
