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

    /// A stored summary; one that cannot be read shows nothing.
    pub fn read(stored: &str) -> Self {
        serde_json::from_str(stored).unwrap_or_default()
    }
}

impl From<Summary> for String {
    fn from(summary: Summary) -> Self {
        let Summary { questions, people_voted } = summary;
        format!(r#"{{"questions":{questions},"people_voted":{people_voted}}}"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_summary_is_read_again() {
        let summary = Summary { questions: 3, people_voted: 120 };
        assert_eq!(Summary::read(&String::from(summary)), summary);
        assert_eq!(Summary::read("?"), Summary::default());
    }
}
