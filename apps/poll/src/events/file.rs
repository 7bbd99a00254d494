//! Polls as files.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Question;

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
