//! A folder of tables in CSV: `scenario.csv` with the title and the settings, and a file per table
//! with the names of its fields in the first line.
//!
//! Cells with several ids separate them by `;`. Cells that a spreadsheet could take for formulas
//! begin with `'` (OWASP, CSV injection), which is taken away again.

mod write;

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::super::{Document, Fault};
use super::tables::{self, Cell, Table};
use super::{Draft, InputFile, at_line, draft, note, stem, text, whole};

pub use write::write;

/// The file of the title and the settings.
const HEAD: &str = "scenario";

/// What the format calls itself.
const FORMAT: &str = "chorus-scenario/1";

/// Reads a folder of tables.
pub(super) fn read(files: &[&InputFile]) -> Draft {
    let mut folder = Folder::default();
    for file in files {
        folder.file(file);
    }
    if !folder.names.contains_key(HEAD) {
        folder
            .faults
            .push(whole("scenario.csv", "This file is missing: it holds the title and the settings."));
    }
    let Folder { mut document, names, mut faults } = folder;
    if names.contains_key(HEAD) {
        // a folder of tables has no other format
        document.entry("format").or_insert_with(|| FORMAT.into());
        let draft = draft(Value::Object(document));
        faults.extend(draft.faults.into_iter().map(|fault| named(fault, &names)));
        return Draft::new(draft.document, faults);
    }
    Draft::new(Document::default(), faults)
}

#[derive(Default)]
struct Folder {
    document: Map<String, Value>,
    /// The file of each table.
    names: BTreeMap<&'static str, String>,
    faults: Vec<Fault>,
}

impl Folder {
    fn file(&mut self, file: &InputFile) {
        let name = stem(&file.name).to_lowercase();
        let table = tables::ROWS.into_iter().find(|table| table.name == name);
        let key = table.map_or(HEAD, |table| table.name);
        if table.is_none() && name != HEAD {
            let known: Vec<_> = tables::ROWS.iter().map(|table| table.name).collect();
            let message = format!("There is no table of this name. There is scenario, {}.", known.join(", "));
            self.faults.push(whole(&file.name, message));
        } else if self.names.insert(key, file.name.clone()).is_some() {
            self.faults.push(whole(&file.name, "This table is there twice."));
        } else if let Some(lines) = self.lines(file) {
            match table {
                Some(table) => self.table(file, table, lines),
                None => self.head(file, lines),
            }
        }
    }

    /// The records of a file, without empty ones.
    fn lines(&mut self, file: &InputFile) -> Option<Vec<Vec<String>>> {
        let text = text(file).map_err(|fault| self.faults.push(fault)).ok()?;
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).delimiter(delimiter(text));
        let mut lines = Vec::new();
        for record in reader.from_reader(text.as_bytes()).records() {
            match record {
                Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(record) => lines.push(record.iter().map(ToOwned::to_owned).collect()),
                Err(error) => {
                    let line = error.position().map(csv::Position::line);
                    note(&mut self.faults, at_line(&file.name, line, "This line is not valid CSV."));
                }
            }
        }
        Some(lines)
    }

    /// Lines of a field and its value: `title`, `settings.budget`, `places.hq`.
    fn head(&mut self, file: &InputFile, lines: Vec<Vec<String>>) {
        let groups = [&tables::HEAD, &tables::SETTINGS, &tables::PLACES];
        let titled =
            |line: &Vec<String>| line.first().is_some_and(|cell| cell.trim().eq_ignore_ascii_case("field"));
        let skipped = usize::from(lines.first().is_some_and(titled));
        for line in lines.into_iter().skip(skipped) {
            let mut cells = line.into_iter();
            let (field, value) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
            let field = field.trim();
            let (group, name) = field.split_once('.').unwrap_or(("", field));
            let table = groups.into_iter().find(|table| table.name == group);
            let known = table.and_then(|table| table.fields.iter().find(|(known, _)| *known == name));
            match known {
                _ if cells.any(|cell| !cell.trim().is_empty()) => {
                    self.fault(file, "", "", field, "This line has more than a field and a value.");
                }
                None => self.fault(file, "", "", field, "There is no field of this name."),
                Some(_) if value.trim().is_empty() => {}
                Some((_, kind)) => {
                    if put(&mut self.document, field, value_of(*kind, &value)).is_err() {
                        self.fault(file, "", "", field, "This field is there twice.");
                    }
                }
            }
        }
    }

    fn table(&mut self, file: &InputFile, table: &'static Table, lines: Vec<Vec<String>>) {
        let mut lines = lines.into_iter();
        let names: Vec<_> =
            lines.next().unwrap_or_default().iter().map(|name| name.trim().to_owned()).collect();
        let columns: Vec<_> =
            names.iter().map(|name| table.fields.iter().find(|(known, _)| known == name).copied()).collect();
        for (name, column) in names.iter().zip(&columns) {
            if column.is_none() && !name.is_empty() {
                let known: Vec<_> = table.fields.iter().map(|(name, _)| *name).collect();
                let message = format!("There is no field of this name. There is {}.", known.join(", "));
                self.fault(file, table.name, "", name, &message);
            }
        }
        let mut rows = Vec::new();
        for (index, cells) in lines.enumerate() {
            let mut row = Map::new();
            let label = cells.first().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
            let label = label.unwrap_or_else(|| format!("#{}", index + 1));
            for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
                match columns.get(column) {
                    Some(Some((name, kind))) => {
                        if put(&mut row, name, value_of(*kind, cell)).is_err() {
                            let message = "Another cell of this row says something else.";
                            self.fault(file, table.name, &label, name, message);
                        }
                    }
                    Some(None) if names.get(column).is_some_and(|name| !name.is_empty()) => {}
                    _ => {
                        self.fault(file, table.name, &label, "", "A cell of this row has no field above it.");
                    }
                }
            }
            rows.push(Value::Object(row));
        }
        self.document.insert(table.name.to_owned(), Value::Array(rows));
    }

    fn fault(&mut self, file: &InputFile, table: &str, row: &str, field: &str, message: &str) {
        let fault = Fault {
            file: Some(file.name.clone()),
            table: table.to_owned(),
            row: row.to_owned(),
            field: field.to_owned(),
            message: message.to_owned(),
        };
        note(&mut self.faults, fault);
    }
}

/// The fault with the file of its table.
fn named(fault: Fault, names: &BTreeMap<&'static str, String>) -> Fault {
    let name = names.get(fault.table.as_str()).or_else(|| names.get(HEAD));
    Fault { file: name.cloned(), ..fault }
}

/// What separates cells: spreadsheets use `;` where `,` is in numbers.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    // the last of equals is taken
    b";\t,".iter().copied().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// Puts a value where its name leads; fails when something is there.
fn put(fields: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), ()> {
    let Some((group, name)) = name.split_once('.') else {
        return fields.insert(name.to_owned(), value).map_or(Ok(()), |_| Err(()));
    };
    let group = fields.entry(group).or_insert_with(|| Value::Object(Map::new()));
    let Value::Object(group) = group else { return Err(()) };
    group.insert(name.to_owned(), value).map_or(Ok(()), |_| Err(()))
}

/// The value of a cell; what does not fit stays text, and is told later.
fn value_of(kind: Cell, cell: &str) -> Value {
    let trimmed = cell.trim();
    let text = || Value::String(trimmed.to_owned());
    match kind {
        Cell::Text => Value::String(unescaped(cell).to_owned()),
        Cell::Word => Value::String(unescaped(trimmed).to_owned()),
        Cell::List => unescaped(trimmed).split(';').map(str::trim).filter(|id| !id.is_empty()).collect(),
        Cell::Number => {
            let number = trimmed.parse::<i64>().map(Number::from).ok();
            let number = number.or_else(|| trimmed.parse().ok().and_then(Number::from_f64));
            number.map_or_else(text, Value::Number)
        }
        Cell::Flag => match trimmed.to_lowercase().as_str() {
            "true" | "yes" | "1" => true.into(),
            "false" | "no" | "0" => false.into(),
            _ => text(),
        },
    }
}

/// Whether a spreadsheet could take a text for a formula, perhaps once a `'` is gone.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches(|character: char| character == '\'' || character.is_whitespace());
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

fn unescaped(text: &str) -> &str {
    text.strip_prefix('\'').filter(|_| is_formula(text)).unwrap_or(text)
}
