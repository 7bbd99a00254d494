//! The after-action review: what happened, what became of it, and what would have helped.
//!
//! Pure: it plays the history of what was not taken back over a fresh [`Board`](crate::model::Board)
//! and compares what was bought with what there was to buy.

mod best;
mod format;
mod html;
mod language;
mod lines;
mod outcome;
mod people;
mod replay;
mod shop;
mod story;
mod table;
mod texts;

use chorus_platform::Millis;

pub use html::html;
pub use language::Language;
pub use lines::json_lines;
pub use table::csv;

use crate::events::{Deed, Lesson, Review, ReviewNote, Theme};
use crate::model::Exercise;
use crate::scenario::Document;
use replay::Replay;
use shop::Shop;

/// Whether a review holds the notes, and who took part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notes {
    /// For those who run an exercise.
    Told,
    /// For everybody else.
    Withheld,
}

impl Review {
    /// The review of an exercise as it stands.
    pub fn of(exercise: &Exercise, now: Millis, notes: Notes) -> Self {
        let (scenario, settings) = (exercise.scenario(), exercise.settings());
        let replay = Replay::of(exercise, notes);
        let shop = Shop::new(scenario);
        let (best, exact) = shop.best(settings.budget);
        let threats = outcome::threats(exercise, &shop);
        Self {
            code: exercise.code().to_owned(),
            title: exercise.title().to_owned(),
            scenario: scenario.title.clone(),
            language: scenario.language.clone(),
            phase: exercise.board().phase,
            offset: exercise.offset(),
            started: replay.started,
            elapsed: exercise.board().clock.elapsed(now),
            settings: settings.clone(),
            places: scenario.places.clone(),
            words: scenario.words.clone(),
            totals: outcome::totals(&threats, &replay),
            curve: replay.curve,
            events: replay.events,
            threats,
            systems: replay.systems,
            learning: learning(scenario),
            notes: self::notes(exercise, notes),
            bought: shop.held(&replay.prepared),
            best,
            exact,
            people: match notes {
                Notes::Told => people::list(exercise),
                Notes::Withheld => Vec::new(),
            },
        }
    }
}

/// The learning points by theme, both in the order of the scenario.
fn learning(scenario: &Document) -> Vec<Theme> {
    let mut themes: Vec<Theme> = Vec::new();
    for point in &scenario.learning {
        let lesson =
            Lesson { id: point.id.clone(), text: point.text.clone(), threats: point.threats.clone() };
        match themes.iter_mut().find(|theme| theme.name == point.theme) {
            Some(theme) => theme.points.push(lesson),
            None => themes.push(Theme { name: point.theme.clone(), points: vec![lesson] }),
        }
    }
    themes
}

fn notes(exercise: &Exercise, notes: Notes) -> Vec<ReviewNote> {
    let records = exercise.history().iter().filter(|_| notes == Notes::Told);
    let list = records.filter_map(|record| {
        let Deed::Noted { text, threat } = &record.deed else { return None };
        Some(ReviewNote {
            entry: record.entry,
            at: record.elapsed,
            by: people::name(exercise, record.member),
            text: text.clone(),
            threat: threat.clone(),
        })
    });
    list.collect()
}
