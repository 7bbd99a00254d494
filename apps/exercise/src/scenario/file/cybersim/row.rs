//! A row on its way from their columns to our fields.

use serde_json::{Map, Value};

use super::super::super::Fault;
use super::super::note;
use super::Kind;

/// A row, half emptied into the other form.
pub(super) struct Row<'a> {
    kind: Kind,
    file: Option<&'a str>,
    label: String,
    given: Map<String, Value>,
    made: Map<String, Value>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Row<'a> {
    pub(super) fn new(
        kind: Kind,
        file: Option<&'a str>,
        index: usize,
        given: Map<String, Value>,
        faults: &'a mut Vec<Fault>,
    ) -> Self {
        let id = given.get("id").and_then(Value::as_str).filter(|id| !id.trim().is_empty());
        let label = id.map_or_else(|| format!("#{}", index + 1), ToOwned::to_owned);
        Self { kind, file, label, given, made: Map::new(), faults }
    }

    /// The row in the other form; a column that says something and that nobody took is a fault.
    pub(super) fn finish(mut self) -> Value {
        let given = std::mem::take(&mut self.given);
        for (column, value) in given {
            if !says_nothing(&value) {
                self.fault(&column, "This column is not known here.");
            }
        }
        Value::Object(self.made)
    }

    /// Moves a column to a field.
    pub(super) fn pass(&mut self, column: &str, field: &str) {
        if let Some(value) = self.take(column) {
            self.put(field, value);
        }
    }

    /// Takes a column, if it says something.
    pub(super) fn take(&mut self, column: &str) -> Option<Value> {
        self.given.remove(column).filter(|value| !value.is_null())
    }

    /// Takes a column of text.
    pub(super) fn take_text(&mut self, column: &str) -> Option<String> {
        if let Value::String(text) = self.take(column)? {
            return Some(text);
        }
        self.fault(column, "This must be text.");
        None
    }

    /// Takes a number; a database's exact numbers may be text.
    pub(super) fn take_number(&mut self, column: &str) -> Option<Value> {
        match self.take(column)? {
            Value::String(text) => match text.trim().parse::<serde_json::Number>() {
                Ok(number) => Some(Value::Number(number)),
                Err(_) => Some(Value::String(text)),
            },
            value => Some(value),
        }
    }

    /// Whether there is a column, whatever it says.
    pub(super) fn has(&self, column: &str) -> bool {
        self.given.contains_key(column)
    }

    pub(super) fn put(&mut self, field: &str, value: impl Into<Value>) {
        self.made.insert(field.to_owned(), value.into());
    }

    pub(super) fn fault(&mut self, column: &str, message: impl Into<String>) {
        let fault = Fault {
            file: self.file.map(ToOwned::to_owned),
            table: self.kind.name().to_owned(),
            row: self.label.clone(),
            field: column.to_owned(),
            message: message.into(),
        };
        note(self.faults, fault);
    }
}

/// Whether nothing is lost with a value.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) => false,
    }
}
