//! The poll that is voted on, over HTTP.

use serde::Deserialize;
use serde_json::json;

use super::{OPTIONS, round::Numbers};
use crate::{Result, product::Product};

/// A poll of three questions.
#[derive(Default)]
pub(super) struct Room {
    pub(super) code: String,
    /// The cookie of the host.
    host: String,
}

#[derive(Deserialize)]
struct Created {
    code: String,
}

#[derive(Deserialize)]
struct PollFile {
    questions: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    results: Results,
}

#[derive(Deserialize)]
struct Results {
    voted: u32,
    counts: [u32; OPTIONS],
}

impl Room {
    /// Makes it; the host is the first of the guests.
    pub(super) fn open(product: &Product, guests: &[String]) -> Result<Self> {
        let host = guests.first().cloned().unwrap_or_default();
        let question = |text| json!({"text": text, "kind": "single", "options": ["A", "B", "C", "D"]});
        let questions = ["one", "two", "three"].map(question);
        let poll = json!({"title": "Load", "questions": questions});
        let created = product.http()?.post("/api/polls", Some(&host), &poll.to_string())?;
        let Created { code } = serde_json::from_slice(&created.body)?;
        Ok(Self { code, host })
    }

    /// The numbers of each question, as the host exports them.
    pub(super) fn results(&self, product: &Product) -> Result<Vec<Numbers>> {
        let path = format!("/api/polls/{}/poll.json", self.code);
        let exported = product.http()?.get(&path, Some(&self.host))?;
        let PollFile { questions } = serde_json::from_slice(&exported.body)?;
        let numbers = |Question { results: Results { voted, counts } }| Numbers { voted, counts };
        Ok(questions.into_iter().map(numbers).collect())
    }
}
