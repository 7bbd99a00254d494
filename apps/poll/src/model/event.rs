//! What happens in a poll, as it is stored. Stored events may gain members and kinds, no more.

use serde::{Deserialize, Serialize};

use crate::events::{Millis, Question, QuestionId};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The first entry: a title, and questions that get the ids from 1.
    Created {
        /// The title.
        title: String,
        /// The questions.
        questions: Vec<Question>,
    },
    /// The member of the entry voted.
    Voted {
        /// The question.
        question: QuestionId,
        /// The choices.
        choices: Choices,
        /// Whether the vote is taken back when the voter goes.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        while_here: bool,
    },
    /// The member of the entry has gone; votes that were held while here are void.
    Left,
    /// A draft was added.
    Added {
        /// Its id.
        question: QuestionId,
        /// Its content.
        content: Question,
        /// Its position.
        index: u32,
    },
    /// A question was rewritten.
    Edited {
        /// The question.
        question: QuestionId,
        /// Its new content.
        content: Question,
    },
    /// A question and its votes are gone.
    Removed {
        /// The question.
        question: QuestionId,
    },
    /// A question has a new position.
    Moved {
        /// The question.
        question: QuestionId,
        /// Its position.
        index: u32,
    },
    /// Votes are taken; whatever else was open is closed.
    Opened {
        /// The question.
        question: QuestionId,
        /// When it closes by itself.
        closes_at: Option<Millis>,
    },
    /// No more votes are taken.
    Closed {
        /// The question.
        question: QuestionId,
    },
    /// Everybody sees the results.
    Revealed {
        /// The question.
        question: QuestionId,
    },
    /// Only the host sees the results.
    Hidden {
        /// The question.
        question: QuestionId,
    },
    /// A draft again, without votes.
    Reset {
        /// The question.
        question: QuestionId,
    },
    /// The projector shows a question, or none.
    Shown {
        /// The question.
        question: Option<QuestionId>,
    },
    /// The poll has a title and an end time.
    Set {
        /// The title.
        title: String,
        /// The end time.
        ends_at: Option<Millis>,
    },
    /// The poll has ended.
    Ended,
    /// The poll has not ended, and has no end time.
    Reopened,
}

impl Event {
    /// The question whose numbers, or who may see them, the event changes.
    pub fn recounts(&self) -> Option<QuestionId> {
        match self {
            Self::Voted { question, .. }
            | Self::Added { question, .. }
            | Self::Edited { question, .. }
            | Self::Opened { question, .. }
            | Self::Revealed { question }
            | Self::Hidden { question }
            | Self::Reset { question } => Some(*question),
            _ => None,
        }
    }
}

/// Chosen positions, as a set of up to 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<u8>", into = "Vec<u8>")]
pub struct Choices(u16);

impl Choices {
    /// The set of some positions; none when one is 16 or more, or is there twice.
    pub fn new(positions: &[u8]) -> Option<Self> {
        positions.iter().try_fold(Self::default(), |set, position| {
            let bit = 1_u16.checked_shl(u32::from(*position))?;
            (set.0 & bit == 0).then_some(Self(set.0 | bit))
        })
    }

    /// The positions, in order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..16).filter(move |position| self.0 & (1 << position) != 0)
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The highest position.
    pub fn highest(self) -> Option<u8> {
        self.0.checked_ilog2().map(|position| position as u8)
    }
}

impl From<Vec<u8>> for Choices {
    /// Stored choices were checked when they were made; what cannot be one is left out.
    fn from(positions: Vec<u8>) -> Self {
        Self(
            positions
                .iter()
                .filter_map(|position| 1_u16.checked_shl(u32::from(*position)))
                .fold(0, |set, bit| set | bit),
        )
    }
}

impl From<Choices> for Vec<u8> {
    fn from(choices: Choices) -> Self {
        choices.iter().collect()
    }
}
