//! Tables of pairs: which responses belong to an injection, which roles to an action.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Row;

/// Rows that get others by pairs of ids.
pub(super) struct Pairs<'a> {
    columns: [&'static str; 2],
    /// The rows by their ids.
    rows: BTreeMap<String, &'a mut Value>,
    others: BTreeSet<&'a str>,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(
        column: &'static str,
        other: &'static str,
        rows: &'a mut [Value],
        others: &'a [Value],
    ) -> Self {
        let rows = rows.iter_mut().filter_map(|row| Some((row["id"].as_str()?.to_owned(), row)));
        let others = others.iter().filter_map(|row| row["id"].as_str());
        Self { columns: [column, other], rows: rows.collect(), others: others.collect() }
    }

    /// Puts the second id of a pair into a list of the row of the first.
    pub(super) fn join(&mut self, pair: &mut Row<'_>, list: &str) {
        pair.take("id");
        let ids = self.columns.map(|column| {
            let id = pair.take_text(column);
            if id.is_none() {
                pair.fault(column, "This is missing.");
            }
            id
        });
        let [Some(id), Some(other)] = ids else { return };
        if !self.others.contains(other.as_str()) {
            pair.fault(self.columns[1], format!("There is no {other}."));
        } else if let Some(row) = self.rows.get_mut(&id) {
            add(row, list, other);
        } else {
            pair.fault(self.columns[0], format!("There is no {id}."));
        }
    }
}

/// Puts an id into a list, once.
fn add(row: &mut Value, list: &str, id: String) {
    let Some(fields) = row.as_object_mut() else { return };
    let list = fields.entry(list).or_insert_with(|| Value::Array(Vec::new()));
    if let Some(list) = list.as_array_mut()
        && !list.iter().any(|earlier| earlier.as_str() == Some(&id))
    {
        list.push(Value::String(id));
    }
}
