//! The setup tables of `CyberSim` as JSON: its public data, of either generation.
//!
//! A table is a file such as `1_injection.json`, the answer of a REST endpoint, or a member of one
//! file that has them all. In the first generation a mitigation is bought for each place by itself
//! (`hq_cost`, `local_cost`), and responses have a place; in the second it has one `cost`.

mod join;
mod names;
mod roles;
mod row;
mod rows;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{Document, Fault};
use super::{Draft, InputFile, draft, json, note, stem, text, whole};
pub(in super::super) use names::Kind;
use roles::Roles;
use row::Row;

/// The tables, as they came from wherever they came.
#[derive(Debug, Default)]
pub(in super::super) struct Tables {
    tables: BTreeMap<Kind, Table>,
    faults: Vec<Fault>,
}

#[derive(Debug)]
struct Table {
    file: Option<String>,
    rows: Vec<Value>,
}

/// Which generation of `CyberSim` the tables are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Generation {
    /// Mitigations and responses have places.
    First,
    Second,
}

/// Whether a document is `CyberSim`'s tables in one file.
pub(super) fn is_whole(value: &Value) -> bool {
    let tables = value.as_object().filter(|fields| !fields.contains_key("format"));
    tables.is_some_and(|fields| fields.keys().any(|name| Kind::parse(name) == Some(Kind::Injection)))
}

/// Reads tables from a file each.
pub(super) fn read(files: &[&InputFile], title: &str) -> Draft {
    let mut tables = Tables::default();
    for file in files {
        let read = text(file).and_then(|text| json::read(&file.name, text));
        match read {
            Ok(value) => tables.file(&file.name, value),
            Err(fault) => tables.faults.push(fault),
        }
    }
    tables.draft(title)
}

/// Reads tables that are members of one document.
pub(super) fn read_whole(value: Value, title: &str) -> Draft {
    let mut tables = Tables::default();
    tables.members(None, value);
    tables.draft(title)
}

impl Tables {
    /// Adds rows of the second generation.
    pub(in super::super) fn insert(&mut self, kind: Kind, file: Option<String>, mut rows: Vec<Value>) {
        let name = file.clone().unwrap_or_else(|| kind.name().to_owned());
        if rows.len() > kind.most() {
            let message = format!("There are {} rows; {} is the most that is read.", rows.len(), kind.most());
            note(&mut self.faults, whole(&name, message));
            rows.truncate(kind.most());
        }
        if self.tables.insert(kind, Table { file, rows }).is_some() {
            self.faults.push(whole(&name, format!("The table {} is there twice.", kind.name())));
        }
    }

    fn file(&mut self, name: &str, value: Value) {
        let kind = Kind::parse(stem(name));
        match (kind, value) {
            (Some(kind), Value::Array(rows)) => self.insert(kind, Some(name.to_owned()), rows),
            (Some(kind), Value::Object(mut fields))
                if fields.values().filter(|value| value.is_array()).count() == 1 =>
            {
                let rows = fields.values_mut().find_map(|value| value.as_array_mut().map(std::mem::take));
                self.insert(kind, Some(name.to_owned()), rows.unwrap_or_default());
            }
            (None, value) if is_whole(&value) => self.members(Some(name), value),
            (Some(_), _) => {
                note(&mut self.faults, whole(name, "This is not a table: it must be a list of rows."));
            }
            (None, _) => {
                let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
                let message = format!("There is no table of this name. There is {}.", known.join(", "));
                note(&mut self.faults, whole(name, message));
            }
        }
    }

    fn members(&mut self, file: Option<&str>, value: Value) {
        let Value::Object(fields) = value else { return };
        for (name, value) in fields {
            match (Kind::parse(&name), value) {
                (Some(kind), Value::Array(rows)) => self.insert(kind, file.map(ToOwned::to_owned), rows),
                (Some(_), Value::Null) => {}
                (Some(_), _) => {
                    note(
                        &mut self.faults,
                        whole(file.unwrap_or(&name), format!("{name} must be a list of rows.")),
                    );
                }
                (None, _) => {
                    note(
                        &mut self.faults,
                        whole(file.unwrap_or(&name), format!("There is no table {name}.")),
                    );
                }
            }
        }
    }

    /// The scenario that the tables make.
    pub(in super::super) fn draft(mut self, title: &str) -> Draft {
        if !self.tables.contains_key(&Kind::Injection) {
            note(&mut self.faults, whole("", "There is no table injection."));
            return Draft::new(Document::default(), self.faults);
        }
        let document = self.document(title);
        let draft = draft(document);
        let told = self.faults.len();
        for fault in draft.faults {
            let fault = self.named(fault);
            let place = |fault: &Fault| (fault.table.clone(), fault.row.clone(), fault.field.clone());
            if !self.faults[..told].iter().any(|earlier| place(earlier) == place(&fault)) {
                self.faults.push(fault);
            }
        }
        Draft::new(draft.document, self.faults)
    }

    fn document(&mut self, title: &str) -> Value {
        let generation = self.generation();
        let known = Roles::new(self.rows(Kind::Role), self.rows(Kind::Action));
        let systems = self.map(Kind::System, rows::system);
        let mitigations = self.map(Kind::Mitigation, rows::mitigation);
        let responses = self.map(Kind::Response, rows::response);
        let mut threats = self.map(Kind::Injection, |row| rows::injection(row, &known));
        let mut actions = self.map(Kind::Action, |row| rows::action(row, &known));
        let mut roles = self.map(Kind::Role, rows::role);
        roles.extend(known.derived());
        let mut pairs = join::Pairs::new("injection_id", "response_id", &mut threats, &responses);
        self.map(Kind::InjectionResponse, |row| pairs.join(row, "responses"));
        let mut pairs = join::Pairs::new("action_id", "role_id", &mut actions, &roles);
        self.map(Kind::ActionRole, |row| pairs.join(row, "roles"));
        json!({
            "format": "chorus-scenario/1",
            "title": title,
            "settings": rows::settings(generation, &threats),
            "places": rows::places(&self.map(Kind::Location, rows::location)),
            "words": self.map(Kind::Dictionary, rows::word),
            "systems": systems,
            "mitigations": mitigations,
            "responses": responses,
            "threats": threats,
            "roles": roles,
            "actions": actions,
            "curveballs": self.map(Kind::Curveball, rows::curveball),
        })
    }

    fn rows(&self, kind: Kind) -> &[Value] {
        self.tables.get(&kind).map_or(&[], |table| &table.rows)
    }

    /// By the columns that only the first generation has.
    fn generation(&self) -> Generation {
        let has = |kind, columns: &[&str]| {
            self.rows(kind).iter().any(|row| columns.iter().any(|column| row.get(column).is_some()))
        };
        let mitigations = ["is_hq", "is_local", "hq_cost", "local_cost"];
        if has(Kind::Mitigation, &mitigations) || has(Kind::Response, &["location"]) {
            Generation::First
        } else {
            Generation::Second
        }
    }

    /// The rows of a table as those of a document; what is no row stays what it is.
    fn map(&mut self, kind: Kind, mut read: impl FnMut(&mut Row<'_>)) -> Vec<Value> {
        let Some(table) = self.tables.get_mut(&kind) else { return Vec::new() };
        let rows = std::mem::take(&mut table.rows);
        let rows = rows.into_iter().enumerate().map(|(index, value)| match value {
            Value::Object(given) => {
                let mut row = Row::new(kind, table.file.as_deref(), index, given, &mut self.faults);
                read(&mut row);
                row.finish()
            }
            other => other,
        });
        rows.collect()
    }

    /// A fault in the names of the tables.
    fn named(&self, fault: Fault) -> Fault {
        let Some(kind) = Kind::of_ours(&fault.table) else { return fault };
        let file = self.tables.get(&kind).and_then(|table| table.file.clone());
        let field = kind.theirs(&fault.field).to_owned();
        Fault { file, table: kind.name().to_owned(), field, ..fault }
    }
}
