//! Writing a folder of tables.

use chorus_platform::Error;
use serde_json::Value;

use super::super::super::Document;
use super::super::InputFile;
use super::super::tables::{self, Cell};
use super::{HEAD, is_formula};

/// The byte-order mark in UTF-8, without which Excel takes a file for something else.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// Writes a folder of tables, without those that have no rows.
pub fn write(document: &Document) -> Result<Vec<InputFile>, Error> {
    let value = serde_json::to_value(document).map_err(|error| failed(&error))?;
    let mut files = vec![file(HEAD, head(&value))?];
    for table in tables::ROWS {
        let rows = value.get(table.name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if !rows.is_empty() {
            let names = table.fields.iter().map(|(name, _)| (*name).to_owned()).collect();
            let cells = rows.iter().map(|row| table.fields.iter().map(|field| cell(row, *field)).collect());
            files.push(file(table.name, std::iter::once(names).chain(cells).collect())?);
        }
    }
    Ok(files)
}

/// The lines of the title and the settings.
fn head(document: &Value) -> Vec<Vec<String>> {
    let mut lines = vec![vec!["field".to_owned(), "value".to_owned()]];
    for table in [&tables::HEAD, &tables::SETTINGS, &tables::PLACES] {
        let group = if table.name.is_empty() { document } else { &document[table.name] };
        for field in table.fields {
            let dot = if table.name.is_empty() { "" } else { "." };
            lines.push(vec![format!("{}{dot}{}", table.name, field.0), cell(group, *field)]);
        }
    }
    lines
}

/// The cell of a field.
fn cell(row: &Value, (name, _): (&str, Cell)) -> String {
    let value = match name.split_once('.') {
        Some((group, name)) => row.get(group).and_then(|group| group.get(name)),
        None => row.get(name),
    };
    match value {
        Some(Value::String(text)) => escaped(text),
        Some(Value::Array(ids)) => {
            escaped(&ids.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"))
        }
        Some(number @ (Value::Number(_) | Value::Bool(_))) => number.to_string(),
        Some(Value::Null | Value::Object(_)) | None => String::new(),
    }
}

fn escaped(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

fn file(name: &str, lines: Vec<Vec<String>>) -> Result<InputFile, Error> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec());
    for line in lines {
        csv.write_record(line).map_err(|error| failed(&error))?;
    }
    let content = csv.into_inner().map_err(|error| failed(&error))?;
    Ok(InputFile { name: format!("{name}.csv"), content })
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    tracing::error!(%error, "a scenario cannot be written as CSV");
    Error::Internal
}
