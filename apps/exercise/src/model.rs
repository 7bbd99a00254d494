//! The rules of an exercise: a state that is a fold over the room's log.
//!
//! Pure: no clock, no I/O. A command is checked by [`decide`](chorus_platform::live::Rules::decide)
//! and makes exactly one [`Event`]. What counts for the score is on the [`Board`]; taking something
//! back folds the board again from the history without it. What a part may see is read by the
//! functions of [`view`](Exercise::changes); every item carries the offset that last changed it.

mod apply;
mod board;
mod clock;
mod decide;
mod event;
mod people;
mod refusal;
mod summary;
mod view;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use chorus_platform::Millis;
use chorus_platform::log::Offset;
use chorus_platform::rooms::MemberId;

pub use board::{Board, Holding, ThreatState};
pub use clock::Clock;
pub use event::{Created, Event};
pub use people::Person;
pub use refusal::Refusal;
pub use summary::Summary;
pub use view::Viewer;

use crate::events::{Deed, ExerciseAction};
use crate::scenario::{Scenario, Settings};
use people::People;
use view::Stamps;

/// The most entries of one exercise: ten facilitators who click every second for half an hour.
pub const MAX_ENTRIES: Offset = 20_000;
/// Who does what the server does by itself: nobody.
pub const SERVER: MemberId = MemberId::from_stored(0);
/// The longest title, in characters.
pub const MAX_TITLE: usize = 200;
/// The longest name of a person, in characters.
pub const MAX_NAME: usize = 60;
/// The longest note, in characters.
pub const MAX_NOTE: usize = 2_000;
/// The longest answer in own words, in characters.
pub const MAX_CUSTOM: usize = 255;

/// What people want to happen in an exercise.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A command of the wire.
    Act(ExerciseAction),
    /// A command of the classic dialect: what changes nothing is done, not refused, and threats
    /// can be delivered and answered at any time of the simulation.
    Classic(ExerciseAction),
    /// The server was down from some time on: a running clock is paused as of then.
    Standstill(Millis),
}

/// The state of an exercise.
#[derive(Debug, Clone)]
pub struct Exercise {
    code: String,
    title: String,
    /// Who made it.
    owner: Option<MemberId>,
    scenario: Arc<Scenario>,
    /// The settings at the beginning.
    first: Settings,
    settings: Settings,
    board: Board,
    locked: bool,
    people: People,
    history: Vec<Record>,
    offset: Offset,
    stamps: Stamps,
}

/// One entry of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its place in the log.
    pub entry: Offset,
    /// When it happened.
    pub at: Millis,
    /// What the game's clock showed, in milliseconds.
    pub elapsed: i64,
    /// Whose doing it was; none for the room's own.
    pub member: Option<MemberId>,
    /// What happened.
    pub deed: Deed,
    /// The entry that took it back.
    pub undone: Option<Offset>,
}

impl Exercise {
    /// The room's code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it is played with.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// How it is played.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How it was to be played at the beginning.
    pub fn first_settings(&self) -> &Settings {
        &self.first
    }

    /// What counts for the score.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Everything that happened, in order, also what was taken back.
    pub fn history(&self) -> &[Record] {
        &self.history
    }

    /// The people who did something.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.iter()
    }

    /// The person that a member is.
    pub fn person(&self, member: MemberId) -> Option<&Person> {
        self.people.find(member)
    }

    /// Whether no more participants are let in.
    pub fn is_locked(&self) -> bool {
        self.locked
    }

    /// The last entry that was applied.
    pub fn offset(&self) -> Offset {
        self.offset
    }

    /// The last action that can be taken back: one of a person, since the last change of phase.
    pub fn undoable(&self) -> Option<Offset> {
        let since = self.history.iter().rev().take_while(|record| !record.deed.is_boundary());
        let mut actions = since.filter(|record| record.undone.is_none() && record.member.is_some());
        actions.find(|record| record.deed.is_undoable()).map(|record| record.entry)
    }
}
