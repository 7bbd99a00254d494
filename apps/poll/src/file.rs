//! Polls as files: JSON that can be imported again, CSV for spreadsheets.

use chorus_platform::Error;
use http::StatusCode;

use crate::events::{FileQuestion, Kind, PollFile, Question, Results};
use crate::model::{Item, Poll, Refusal, check_questions, check_title};

/// What a file says it is.
const FORMAT: &str = "chorus-poll/1";
/// What is said of any other file.
const NO_POLL: &str = "This file is not a Chorus poll.";
/// The byte-order mark in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl PollFile {
    /// A poll with its results.
    pub fn of(poll: &Poll) -> Self {
        Self {
            format: FORMAT.to_owned(),
            title: poll.title().to_owned(),
            questions: poll.questions().map(file_question).collect(),
        }
    }

    /// The title and the questions, checked; results are left behind.
    pub fn into_poll(self) -> Result<(String, Vec<Question>), Refusal> {
        if self.format != FORMAT {
            return Err(Refusal::Invalid(NO_POLL.to_owned()));
        }
        let questions = self.questions.into_iter().map(|question| question.content);
        Ok((check_title(&self.title)?, check_questions(questions.collect())?))
    }
}

/// Why a file is no poll; the question and the fault come from what its parser says, such as
/// ``questions[1]: missing field `kind` ``.
pub(crate) fn unreadable(error: Error) -> Error {
    let Error::Refused { status: StatusCode::BAD_REQUEST, code, message } = error else { return error };
    let fault = message.strip_prefix("questions[").and_then(|rest| {
        let (index, fault) = rest.split_once(']')?;
        let fault = fault.trim_start_matches(|character| character != ':').trim_start_matches(": ");
        Some(format!("Question {}: {fault}.", index.parse::<usize>().ok()? + 1))
    });
    let fault = fault.or_else(|| {
        let known =
            message.starts_with("title") || message.contains("`title`") || message.contains("`questions`");
        known.then(|| format!("This poll cannot be read: {message}."))
    });
    let message = fault.unwrap_or_else(|| NO_POLL.to_owned());
    Error::refused(StatusCode::BAD_REQUEST, code, message)
}

/// The results as CSV (RFC 4180), one line per option. It begins with the byte-order mark, without
/// which Excel takes it for something else than UTF-8.
pub fn csv(poll: &Poll) -> Result<Vec<u8>, Error> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec());
    let failed = |error: csv::Error| {
        tracing::error!(%error, "results cannot be written as CSV");
        Error::Internal
    };
    csv.write_record(["question", "kind", "option", "votes", "percent", "voted"]).map_err(failed)?;
    for item in poll.questions() {
        for (option, votes) in item.counts().iter().enumerate() {
            csv.write_record([
                &cell(&item.content().text),
                item.content().kind.name(),
                &cell(&item.content().kind.option(option)),
                &votes.to_string(),
                &percent(*votes, item.voted()),
                &item.voted().to_string(),
            ])
            .map_err(failed)?;
        }
    }
    csv.into_inner().map_err(|_| Error::Internal)
}

impl Kind {
    /// Its name in files and on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Single { .. } => "single",
            Self::Multiple { .. } => "multiple",
            Self::Rating { .. } => "rating",
        }
    }

    /// What a choice says.
    fn option(&self, choice: usize) -> String {
        match self {
            Self::Single { options } | Self::Multiple { options, .. } => {
                options.get(choice).cloned().unwrap_or_default()
            }
            Self::Rating { .. } => (choice + 1).to_string(),
        }
    }
}

fn file_question(item: &Item) -> FileQuestion {
    FileQuestion {
        content: item.content().clone(),
        results: Some(Results { voted: item.voted(), counts: item.counts().to_vec() }),
    }
}

/// A text that no spreadsheet takes for a formula (OWASP, CSV injection).
fn cell(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

fn percent(count: u32, people: u32) -> String {
    if people == 0 {
        return "0.0".to_owned();
    }
    format!("{:.1}", f64::from(count) * 100.0 / f64::from(people))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        assert_eq!(cell("1 = 1"), "1 = 1");
    }

    #[test]
    fn percentages_are_of_people() {
        assert_eq!(percent(1, 3), "33.3");
        assert_eq!(percent(0, 0), "0.0");
    }
}
