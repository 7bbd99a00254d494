//! The events of a review as CSV.

use chorus_platform::Error;

use super::format::{Moment, game_time};
use crate::events::{Remark, Review, ReviewEvent};

/// The byte-order mark in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// The first line.
const COLUMNS: [&str; 14] = [
    "entry",
    "time",
    "wall_time",
    "who",
    "what",
    "text",
    "detail",
    "threat",
    "budget_change",
    "support_change",
    "budget",
    "support",
    "undone",
    "remark",
];

/// The events as CSV (RFC 4180), one line each. It begins with the byte-order mark, without which
/// Excel takes it for something else than UTF-8.
pub fn csv(review: &Review) -> Result<Vec<u8>, Error> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec());
    let failed = |error: csv::Error| {
        tracing::error!(%error, "events cannot be written as CSV");
        Error::Internal
    };
    csv.write_record(COLUMNS).map_err(failed)?;
    for event in &review.events {
        csv.write_record(line(event)).map_err(failed)?;
    }
    csv.into_inner().map_err(|_| Error::Internal)
}

fn line(event: &ReviewEvent) -> [String; 14] {
    [
        event.entry.to_string(),
        game_time(event.at),
        Moment::from(event.time).to_string(),
        cell(&event.by),
        cell(&event.kind),
        cell(&event.text),
        cell(&event.detail),
        event.threat.as_ref().map(|threat| cell(threat.as_str())).unwrap_or_default(),
        event.budget.to_string(),
        event.support.to_string(),
        event.budget_after.to_string(),
        event.support_after.to_string(),
        if event.undone { "yes" } else { "" }.to_owned(),
        event.remark.map(Remark::name).unwrap_or_default().to_owned(),
    ]
}

impl Remark {
    /// Its name in files and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Restart => "restart",
            Self::Unlocked => "unlocked",
        }
    }
}

/// A text that no spreadsheet takes for a formula (OWASP, CSV injection).
fn cell(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let formula = formula || text.starts_with(['\t', '\r', '\n']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\rx", "＝1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        assert_eq!(cell("1 = 1"), "1 = 1");
    }
}
