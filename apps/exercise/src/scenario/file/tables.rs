//! The tables of a scenario: their fields in order, and the least that a row must have.
//!
//! A test holds them against the types.

/// A table, or a group of fields such as the settings.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name in a document.
    pub(super) name: &'static str,
    /// What every row must have, as JSON with any values.
    pub(super) least: &'static str,
    /// Its fields, in the order in which people read them. A dot leads into a field's own fields.
    pub(super) fields: &'static [(&'static str, Cell)],
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Text,
    /// An id, a time or one of some words: nothing with spaces around it.
    Word,
    Number,
    Flag,
    /// Several ids.
    List,
}

use Cell::{Flag, List, Number, Text, Word};

impl Table {
    /// The field that names a row.
    pub(super) fn key(&self) -> &'static str {
        self.fields.first().map_or("", |(key, _)| key)
    }

    /// Whether every row must have a field.
    pub(super) fn requires(&self, field: &str) -> bool {
        self.least.contains(&format!("\"{field}\":"))
    }

    /// Whether a field that has fields of its own has this one; any, where it has none.
    pub(super) fn leads(&self, field: &str, inner: &str) -> bool {
        let inners = self.fields.iter().filter_map(|(name, _)| name.split_once('.'));
        let mut known = inners.filter(|(outer, _)| *outer == field).map(|(_, inner)| inner).peekable();
        known.peek().is_none() || known.any(|known| known == inner)
    }

    /// The names of the fields of a row, without what a dot leads into.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|(name, _)| *name).filter(|name| !name.contains('.'))
    }
}

pub(super) const HEAD: Table = Table {
    name: "",
    least: r#"{"format": "chorus-scenario/1", "title": "-"}"#,
    fields: &[("format", Word), ("title", Text), ("summary", Text), ("language", Word)],
};

pub(super) const SETTINGS: Table = Table {
    name: "settings",
    least: "{}",
    fields: &[
        ("budget", Number),
        ("support", Number),
        ("support_min", Number),
        ("support_max", Number),
        ("duration", Word),
        ("speed", Number),
        ("carry_over", Flag),
        ("delivery", Word),
        ("resale", Word),
        ("restart", Word),
    ],
};

pub(super) const PLACES: Table =
    Table { name: "places", least: "{}", fields: &[("hq", Text), ("local", Text)] };

pub(super) const WORDS: Table = Table {
    name: "words",
    least: r#"{"word": "-", "synonym": "-"}"#,
    fields: &[("word", Text), ("synonym", Text)],
};

pub(super) const SYSTEMS: Table = Table {
    name: "systems",
    least: r#"{"id": "-", "name": "-"}"#,
    fields: &[("id", Word), ("name", Text), ("description", Text), ("at", Word)],
};

pub(super) const MITIGATIONS: Table = Table {
    name: "mitigations",
    least: r#"{"id": "-", "name": "-", "category": "-", "cost": 0}"#,
    fields: &[
        ("id", Word),
        ("name", Text),
        ("category", Text),
        ("cost", Number),
        ("cost.hq", Number),
        ("cost.local", Number),
    ],
};

pub(super) const RESPONSES: Table = Table {
    name: "responses",
    least: r#"{"id": "-", "text": "-"}"#,
    fields: &[
        ("id", Word),
        ("text", Text),
        ("cost", Number),
        ("at", Word),
        ("mitigation", Word),
        ("mitigation_at", Word),
        ("restores", List),
        ("requires", Word),
        ("requires_at", Word),
    ],
};

pub(super) const THREATS: Table = Table {
    name: "threats",
    least: r#"{"id": "-", "title": "-", "at": "0:00"}"#,
    fields: &[
        ("id", Word),
        ("title", Text),
        ("description", Text),
        ("at", Word),
        ("place", Word),
        ("kind", Word),
        ("to", List),
        ("recipient", Text),
        ("asset", Text),
        ("prevented_by", Word),
        ("prevented_at", Word),
        ("disables", List),
        ("support", Number),
        ("responses", List),
        ("followup", Word),
        ("advice", Text),
    ],
};

pub(super) const ROLES: Table = Table {
    name: "roles",
    least: r#"{"id": "-", "name": "-"}"#,
    fields: &[("id", Word), ("name", Text), ("at", Word), ("briefing", Text)],
};

pub(super) const ACTIONS: Table = Table {
    name: "actions",
    least: r#"{"id": "-", "text": "-", "at": "hq"}"#,
    fields: &[
        ("id", Word),
        ("text", Text),
        ("at", Word),
        ("cost", Number),
        ("gain", Number),
        ("support", Number),
        ("needs", List),
        ("roles", List),
    ],
};

pub(super) const CURVEBALLS: Table = Table {
    name: "curveballs",
    least: r#"{"id": "-", "text": "-"}"#,
    fields: &[("id", Word), ("text", Text), ("lose_budget", Flag), ("budget", Number), ("support", Number)],
};

pub(super) const LEARNING: Table = Table {
    name: "learning",
    least: r#"{"id": "-", "theme": "-", "text": "-"}"#,
    fields: &[("id", Word), ("theme", Text), ("text", Text), ("threats", List)],
};

/// All tables with rows.
pub(super) const ROWS: [&Table; 9] =
    [&WORDS, &SYSTEMS, &MITIGATIONS, &RESPONSES, &THREATS, &ROLES, &ACTIONS, &CURVEBALLS, &LEARNING];
