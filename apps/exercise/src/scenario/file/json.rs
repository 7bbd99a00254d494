//! JSON.

use chorus_platform::Error;
use serde_json::Value;

use super::super::{Document, Fault};
use super::at_line;

/// Reads any value.
pub(super) fn read(file: &str, text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
        at_line(file, Some(error.line() as u64), format!("This is not valid JSON: {said}."))
    })
}

/// A document, over several lines.
pub fn write(document: &Document) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(document).map_err(|error| {
        tracing::error!(%error, "a scenario cannot be written as JSON");
        Error::Internal
    })?;
    text.push('\n');
    Ok(text)
}
