//! The whole history as JSON Lines.

use serde::Serialize;

use super::people;
use crate::events::{Deed, Millis, Offset, PersonId};
use crate::model::{Exercise, Record};
use crate::scenario::Settings;

/// What a file says it is.
const FORMAT: &str = "chorus-exercise-log/1";

/// The first line.
#[derive(Serialize)]
struct Head<'a> {
    format: &'static str,
    code: &'a str,
    title: &'a str,
    scenario: &'a str,
    /// Those at the beginning; later ones are deeds.
    settings: &'a Settings,
}

/// Any other line.
#[derive(Serialize)]
struct Line<'a> {
    entry: Offset,
    /// What the game's clock showed, in milliseconds.
    elapsed: i64,
    at: Millis,
    /// None for the clock's doing.
    person: Option<PersonId>,
    name: String,
    deed: &'a Deed,
    /// The entry that took it back.
    undone: Option<Offset>,
}

/// Everything that happened, also what was taken back: an object with the scenario's title and the
/// settings, then one for each entry.
pub fn json_lines(exercise: &Exercise) -> Vec<u8> {
    let head = Head {
        format: FORMAT,
        code: exercise.code(),
        title: exercise.title(),
        scenario: &exercise.scenario().title,
        settings: exercise.first_settings(),
    };
    let mut lines = Vec::new();
    push(&mut lines, &head);
    for record in exercise.history() {
        push(&mut lines, &line(exercise, record));
    }
    lines
}

fn line<'a>(exercise: &Exercise, record: &'a Record) -> Line<'a> {
    let person = record.member.and_then(|member| exercise.person(member));
    Line {
        entry: record.entry,
        elapsed: record.elapsed,
        at: record.at,
        person: person.map(|person| person.id),
        name: person.map(people::called).unwrap_or_default(),
        deed: &record.deed,
        undone: record.undone,
    }
}

fn push(lines: &mut Vec<u8>, line: &impl Serialize) {
    if let Err(error) = serde_json::to_writer(&mut *lines, line) {
        tracing::error!(%error, "an entry cannot be written as JSON");
    }
    lines.push(b'\n');
}
