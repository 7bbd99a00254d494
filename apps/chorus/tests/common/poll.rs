//! What is sent in a poll, and read.

use serde_json::{Value, json};

/// Opens a question.
pub fn open(question: u32) -> Value {
    json!({ "do": "open", "question": question })
}

/// Votes.
pub fn vote(question: u32, choices: &[u8]) -> Value {
    json!({ "do": "vote", "question": question, "choices": choices })
}

/// The counts of a question in a tally.
pub fn counts(tally: &Value, question: u32) -> Option<Vec<u64>> {
    let found = tally["questions"].as_array()?.iter().find(|entry| entry["id"] == question)?;
    found["counts"].as_array().map(|counts| counts.iter().filter_map(Value::as_u64).collect())
}
