//! From any value to a document, with every fault of its shape.
//!
//! Serde stops at the first fault. So where a row does not fit, each of its fields is tried by
//! itself, in a row that has nothing else than what it must have; what fits is kept, and the rest
//! is told. What is kept is checked further, so that one pass tells nearly everything.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::super::{Document, Fault, check};
use super::tables::{self, Table};
use super::{Draft, MAX_ROWS, MOST, note, words};

type Fields = Map<String, Value>;

/// How much of a text is shown to name a row, in characters.
const LABEL: usize = 64;

/// Reads a document from a value of any shape.
pub fn draft(value: Value) -> Draft {
    let mut shape = Shape { faults: Vec::new() };
    let Value::Object(fields) = value else {
        let message = "This is not a scenario: it must begin with the line format: chorus-scenario/1.";
        shape.fault(At { table: &tables::HEAD, row: "" }, "", message);
        return Draft::new(Document::default(), shape.faults);
    };
    let document = shape.document(fields);
    let mut faults = shape.faults;
    if let Err(more) = check::check(&document) {
        let told = faults.len();
        let new = more.iter().filter(|fault| !faults[..told].iter().any(|earlier| follows(fault, earlier)));
        let new: Vec<_> = new.cloned().collect();
        faults.extend(new);
    }
    Draft::new(document, faults)
}

/// Whether a fault may come only from an earlier one: the settings hang together.
fn follows(fault: &Fault, earlier: &Fault) -> bool {
    let same_row = fault.table == earlier.table && fault.row == earlier.row;
    same_row && (fault.field == earlier.field || fault.table == tables::SETTINGS.name)
}

struct Shape {
    faults: Vec<Fault>,
}

/// A row of a table, or a group of fields.
#[derive(Clone, Copy)]
struct At<'a> {
    table: &'static Table,
    row: &'a str,
}

impl Shape {
    fn document(&mut self, mut fields: Fields) -> Document {
        let settings = self.group(&tables::SETTINGS, fields.remove("settings"));
        let places = self.group(&tables::PLACES, fields.remove("places"));
        let mut take = |table: &Table| fields.remove(table.name);
        let [words, systems, mitigations, responses, threats, roles, actions, curveballs, learning] =
            tables::ROWS.map(&mut take);
        let head: Document = self.fields(At { table: &tables::HEAD, row: "" }, fields).unwrap_or_default();
        Document {
            settings: settings.unwrap_or_default(),
            places: places.unwrap_or_default(),
            words: self.rows(&tables::WORDS, words),
            systems: self.rows(&tables::SYSTEMS, systems),
            mitigations: self.rows(&tables::MITIGATIONS, mitigations),
            responses: self.rows(&tables::RESPONSES, responses),
            threats: self.rows(&tables::THREATS, threats),
            roles: self.rows(&tables::ROLES, roles),
            actions: self.rows(&tables::ACTIONS, actions),
            curveballs: self.rows(&tables::CURVEBALLS, curveballs),
            learning: self.rows(&tables::LEARNING, learning),
            ..head
        }
    }

    fn group<T: DeserializeOwned>(&mut self, table: &'static Table, value: Option<Value>) -> Option<T> {
        let at = At { table, row: "" };
        match value {
            None | Some(Value::Null) => None,
            Some(Value::Object(fields)) => self.fields(at, fields),
            Some(_) => {
                self.fault(at, "", "This must be a group of fields.");
                None
            }
        }
    }

    fn rows<T: DeserializeOwned>(&mut self, table: &'static Table, value: Option<Value>) -> Vec<T> {
        let rows = match value {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(rows)) => rows,
            Some(_) => {
                self.fault(At { table, row: "" }, "", "This must be a list of rows.");
                Vec::new()
            }
        };
        if rows.len() > MAX_ROWS {
            let message = format!("There are {} rows; no table may have as many.", rows.len());
            self.fault(At { table, row: "" }, "", message);
        }
        let mut read = Vec::new();
        for (index, row) in rows.into_iter().take(MAX_ROWS).enumerate() {
            if self.faults.len() >= MOST {
                break;
            }
            read.extend(self.row(table, index, row));
        }
        read
    }

    /// A row; none when it is not even known which.
    fn row<T: DeserializeOwned>(&mut self, table: &'static Table, index: usize, value: Value) -> Option<T> {
        let number = format!("#{}", index + 1);
        let Value::Object(fields) = value else {
            self.fault(At { table, row: &number }, "", "A row must be a group of fields.");
            return None;
        };
        let label = fields.get(table.key()).and_then(Value::as_str).filter(|label| !label.trim().is_empty());
        let label = label.map_or(number, |label| label.chars().take(LABEL).collect());
        let at = At { table, row: &label };
        let before = self.faults.len();
        let row = self.fields(at, fields);
        let nameless = self.faults[before..].iter().any(|fault| fault.field == table.key());
        row.filter(|_| !nameless)
    }

    /// What fits of some fields.
    fn fields<T: DeserializeOwned>(&mut self, at: At<'_>, mut given: Fields) -> Option<T> {
        // a field that says nothing is as good as none
        given.retain(|_, value| !value.is_null());
        self.leave_known(at, &mut given);
        if let Ok(read) = serde_json::from_value(Value::Object(given.clone())) {
            return Some(read);
        }
        let least: Fields = serde_json::from_str(at.table.least).unwrap_or_default();
        for missing in least.keys().filter(|field| !given.contains_key(*field)) {
            self.fault(at, missing, "This is missing.");
        }
        let mut good = least.clone();
        for (field, value) in given {
            if self.faults.len() >= MOST {
                break;
            }
            let mut probe = least.clone();
            probe.insert(field.clone(), value.clone());
            match serde_json::from_value::<T>(Value::Object(probe)) {
                Ok(_) => _ = good.insert(field, value),
                Err(error) => self.fault(at, &field, words::of(&error)),
            }
        }
        serde_json::from_value(Value::Object(good))
            .map_err(|error| self.fault(at, "", words::of(&error)))
            .ok()
    }

    /// Takes away what serde would pass over in fields that have fields of their own.
    fn leave_known(&mut self, at: At<'_>, given: &mut Fields) {
        for (field, value) in given {
            let Value::Object(inner) = value else { continue };
            inner.retain(|name, _| {
                let known = at.table.leads(field, name);
                if !known {
                    self.fault(at, field, format!("There is no {name} here."));
                }
                known
            });
        }
    }

    fn fault(&mut self, at: At<'_>, field: &str, message: impl Into<String>) {
        let fault = Fault {
            file: None,
            table: at.table.name.to_owned(),
            row: at.row.to_owned(),
            field: field.to_owned(),
            message: message.into(),
        };
        note(&mut self.faults, fault);
    }
}
