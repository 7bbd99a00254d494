//! The tables of a base, and the links between them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::Fault;
use super::super::file::note;
use super::client::Record;

/// The tables of a base.
#[derive(Default)]
pub(super) struct Base {
    tables: BTreeMap<&'static str, Vec<Record>>,
}

/// Where links of one table lead: texts by the ids of records.
pub(super) type Texts = BTreeMap<String, String>;

impl Base {
    pub(super) fn insert(&mut self, table: &'static str, records: Vec<Record>) {
        self.tables.insert(table, records);
    }

    pub(super) fn records(&self, table: &str) -> &[Record] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// One column of a table, by the ids of its records.
    pub(super) fn texts(&self, table: &str, column: &str) -> Texts {
        let text =
            |record: &Record| Some((record.id.clone(), record.fields.get(column)?.as_str()?.to_owned()));
        self.records(table).iter().filter_map(text).collect()
    }
}

/// The tables of a base on their way, and what is wrong with them.
pub(super) struct Links<'a> {
    pub(super) base: &'a Base,
    pub(super) faults: Vec<Fault>,
}

impl Links<'_> {
    /// The rows of a table: the columns that are the same there, and more.
    pub(super) fn rows(
        &mut self,
        table: &str,
        same: &[&str],
        more: impl Fn(&mut Self, &Record, &mut Map<String, Value>),
    ) -> Vec<Value> {
        let records = self.base.records(table).iter().map(|record| {
            let columns = same
                .iter()
                .filter_map(|column| Some(((*column).to_owned(), record.fields.get(*column)?.clone())));
            let mut row: Map<_, _> = columns.collect();
            row.insert("id".to_owned(), record.id.as_str().into());
            more(self, record, &mut row);
            Value::Object(row)
        });
        records.collect()
    }

    /// The id of the first record that a column leads to.
    pub(super) fn first(record: &Record, column: &str, row: &mut Map<String, Value>) {
        let value = record.fields.get(column).cloned().unwrap_or_default();
        let first = match value {
            Value::Array(links) => links.into_iter().next().unwrap_or_default(),
            other => other,
        };
        row.insert(column.to_owned(), first);
    }

    /// The text of the first record that a column leads to.
    pub(super) fn text(
        &mut self,
        table: &str,
        record: &Record,
        column: &str,
        texts: &Texts,
    ) -> Option<String> {
        self.all(table, record, column, texts).into_iter().next()
    }

    /// The texts of all records that a column leads to.
    pub(super) fn all(&mut self, table: &str, record: &Record, column: &str, texts: &Texts) -> Vec<String> {
        let mut found = Vec::new();
        let links = match record.fields.get(column) {
            None | Some(Value::Null) => &[],
            Some(Value::Array(links)) => links.as_slice(),
            Some(other) => std::slice::from_ref(other),
        };
        for link in links {
            if let Some(text) = link.as_str().and_then(|id| texts.get(id)) {
                found.push(text.clone());
            } else {
                let message = format!("This leads to {link}, which is not there or says nothing.");
                note(&mut self.faults, fault(table, &record.id, column, message));
            }
        }
        found
    }
}

/// A fault in the names of the base.
pub(super) fn fault(table: &str, row: &str, field: &str, message: String) -> Fault {
    Fault { file: None, table: table.to_owned(), row: row.to_owned(), field: field.to_owned(), message }
}
