//! YAML, the form for people.

use chorus_platform::Error;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use serde_saphyr::options::DuplicateKeyPolicy;

use super::super::{Document, Fault};
use super::tables::{self, Table};
use super::{MAX_BYTES, at_line};

/// How long a line of text may be.
const WIDTH: usize = 100;

/// Reads any value. Aliases and nesting are bounded: a small file stays small.
pub(super) fn read(file: &str, text: &str) -> Result<Value, Fault> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 16,
            flow_nesting_limit: 16,
            max_documents: 1,
            max_nodes: 200_000,
            max_events: 500_000,
            max_anchors: 100,
            max_aliases: 100,
            max_recorded_anchor_events: 10_000,
            max_recorded_anchor_bytes: 1_000_000,
            max_merge_keys: 100,
            max_total_scalar_bytes: MAX_BYTES,
            max_total_comment_bytes: MAX_BYTES,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 10_000, max_replay_stack_depth: 4 },
        duplicate_keys: DuplicateKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map(|location| location.line());
        at_line(file, line, format!("This is not valid YAML: {}.", said(&error)))
    })
}

/// What the parser says, without the place and without words of its own interface.
fn said(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let text = text.lines().next().unwrap_or_default();
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    if text.contains("budget") || text.contains("limit") {
        return "it is too large, too deep or repeats itself too often".to_owned();
    }
    text.split(", set ").next().unwrap_or(text).trim_end_matches('.').to_owned()
}

/// A document in block style, section by section, without what is empty.
pub fn write(document: &Document) -> Result<String, Error> {
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a scenario cannot be written as YAML");
        Error::Internal
    };
    let value = serde_json::to_value(document).map_err(|error| failed(&error))?;
    let Value::Object(fields) = value else { return Err(Error::Internal) };
    let mut text = String::new();
    for (name, node) in sections(&fields) {
        if !text.is_empty() {
            text.push('\n');
        }
        if let Some((_, says)) = HEADINGS.iter().find(|(section, _)| *section == name) {
            text.push_str(says);
            text.push('\n');
        }
        let options = serde_saphyr::ser_options! { folded_wrap_chars: WIDTH, compact_list_indent: false };
        let section = serde_saphyr::to_string_with_options(&node, options).map_err(|error| failed(&error))?;
        text.push_str(&section);
    }
    Ok(text)
}

/// What stands above a section.
const HEADINGS: [(&str, &str); 11] = [
    ("settings", "# How games of it begin"),
    ("places", "# What the two places are called"),
    ("words", "# Words of the screens, and what is said instead"),
    ("systems", "# What can fail and be restored"),
    ("mitigations", "# What can be bought to prevent threats"),
    ("responses", "# What can be done about a threat or a failed system"),
    ("threats", "# What happens, and when"),
    ("roles", "# Who takes part"),
    ("actions", "# What participants can do at any time"),
    ("curveballs", "# What the facilitator can have happen at any time"),
    ("learning", "# What the exercise is to teach"),
];

/// The head, the groups and the tables, each a document of its own.
fn sections(fields: &Map<String, Value>) -> Vec<(&'static str, Node<'_>)> {
    let mut sections = vec![("", row(&tables::HEAD, fields))];
    for table in [&tables::SETTINGS, &tables::PLACES] {
        if let Some(Value::Object(group)) = fields.get(table.name) {
            sections.push((table.name, Node::Fields(vec![(table.name, row(table, group))])));
        }
    }
    for table in tables::ROWS {
        if let Some(Value::Array(rows)) = fields.get(table.name)
            && !rows.is_empty()
        {
            let rows = rows.iter().filter_map(Value::as_object).map(|fields| row(table, fields));
            sections.push((table.name, Node::Fields(vec![(table.name, Node::Rows(rows.collect()))])));
        }
    }
    sections
}

/// The fields of a row in their order, without empty ones that need not be there.
fn row<'a>(table: &'static Table, fields: &'a Map<String, Value>) -> Node<'a> {
    let present = table.names().filter_map(|name| Some((name, fields.get(name)?)));
    let said = present.filter(|(name, value)| table.requires(name) || !is_empty(value));
    Node::Fields(said.map(|(name, value)| (name, Node::of(value))).collect())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

/// What is written, in order.
enum Node<'a> {
    Fields(Vec<(&'static str, Node<'a>)>),
    Rows(Vec<Node<'a>>),
    /// Several ids, on one line.
    Ids(&'a [Value]),
    Plain(&'a Value),
}

impl<'a> Node<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Array(ids) => Self::Ids(ids),
            other => Self::Plain(other),
        }
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fields(fields) => {
                let mut map = to.serialize_map(Some(fields.len()))?;
                for (name, node) in fields {
                    map.serialize_entry(name, node)?;
                }
                map.end()
            }
            Self::Rows(rows) => to.collect_seq(rows),
            Self::Ids(ids) => serde_saphyr::FlowSeq(ids).serialize(to),
            // in a block, the empty lines behind it would count as its own
            Self::Plain(Value::String(text)) if text.ends_with('\n') => {
                serde_saphyr::DoubleQuoted(text).serialize(to)
            }
            Self::Plain(value) => value.serialize(to),
        }
    }
}
