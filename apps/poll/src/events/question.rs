//! Questions, as they are written and as they stand.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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

fn yes() -> bool {
    true
}
