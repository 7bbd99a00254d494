//! What clients are told.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Answer, Bought, Deed, ExercisePhase, Millis, Offset, Part, PersonId};
use crate::scenario::{
    Document, Kind, MitigationId, Place, Places, Points, Reach, RoleId, Scenario, Settings, SystemId,
    ThreatId, Word,
};

/// The event `changes`: on connect what the client lacks, later what has just changed.
///
/// Each list holds the items that changed, as far as the part may see them.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct ExerciseChanges {
    /// The state below is complete up to here.
    #[ts(type = "number")]
    pub offset: Offset,
    /// The server's clock, to run the game's clock by.
    #[ts(type = "number")]
    pub now: Millis,
    /// Whether this is the whole state: forget what you have.
    pub whole: bool,
    /// The game, when it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub game: Option<GameView>,
    /// The scenario, with the whole state, for facilitators and observers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, as = "Option<Document>")]
    pub scenario: Option<Arc<Scenario>>,
    /// What participants and projectors know of the scenario, with the whole state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub brief: Option<Brief>,
    /// Mitigations, for facilitators and observers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<MitigationView>>")]
    pub mitigations: Vec<MitigationView>,
    /// Systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<SystemView>>")]
    pub systems: Vec<SystemView>,
    /// Threats, for facilitators and observers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<ThreatView>>")]
    pub threats: Vec<ThreatView>,
    /// Threats that reached a participant, or the people in a place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Card>>")]
    pub cards: Vec<Card>,
    /// Cards that were taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<ThreatId>>")]
    pub withdrawn: Vec<ThreatId>,
    /// Entries of the log, for facilitators and observers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<LogEntry>>")]
    pub log: Vec<LogEntry>,
    /// People, for facilitators and observers; for others themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<PersonView>>")]
    pub people: Vec<PersonView>,
}

/// The game itself.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct GameView {
    /// The room's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub phase: ExercisePhase,
    /// The game's clock.
    pub clock: ClockView,
    /// The money.
    #[ts(type = "number")]
    pub budget: i64,
    /// The support.
    pub support: Points,
    /// How it is played.
    pub settings: Settings,
    /// Whether no more participants are let in.
    pub locked: bool,
    /// The entry that can be taken back.
    #[ts(type = "number | null")]
    pub undo: Option<Offset>,
}

/// The game's clock: `elapsed + (now - running_since) × speed / 100`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct ClockView {
    /// What it showed when it was last set going, in milliseconds of game time.
    #[ts(type = "number")]
    pub elapsed: i64,
    /// Since when it runs, on the server's clock; none while it is paused.
    #[ts(type = "number | null")]
    pub running_since: Option<Millis>,
    /// Game time in percent of real time.
    pub speed: u32,
}

/// What participants and projectors know of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Brief {
    /// The title of the scenario.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// The language of its texts, as in BCP 47.
    pub language: String,
    /// What the places are called.
    pub places: Places,
    /// Words that screens replace.
    pub words: Vec<Word>,
    /// The roles there are.
    pub roles: Vec<BriefRole>,
    /// The systems there are.
    pub systems: Vec<BriefSystem>,
}

/// A role, as everybody knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct BriefRole {
    /// Its id.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// Where it is played.
    pub at: Reach,
    /// What whoever plays it is told.
    pub briefing: String,
}

/// A system, as everybody knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct BriefSystem {
    /// Its id.
    pub id: SystemId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub at: Reach,
}

/// Where a mitigation is in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct MitigationView {
    /// The mitigation.
    pub id: MitigationId,
    /// Since when at the head office.
    pub hq: Option<Bought>,
    /// Since when at the local branch.
    pub local: Option<Bought>,
}

/// Whether a system works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct SystemView {
    /// The system.
    pub id: SystemId,
    /// Whether it works.
    pub up: bool,
}

/// Where a threat stands. Times are milliseconds of game time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct ThreatView {
    /// The threat.
    pub id: ThreatId,
    /// When it was delivered.
    #[ts(type = "number | null")]
    pub delivered_at: Option<i64>,
    /// When it was prevented.
    #[ts(type = "number | null")]
    pub prevented_at: Option<i64>,
    /// When it was answered.
    #[ts(type = "number | null")]
    pub answered_at: Option<i64>,
    /// What was done about it.
    pub answer: Option<Answer>,
}

/// A threat as it reaches those it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Card {
    /// The threat.
    pub id: ThreatId,
    /// Its title.
    pub title: String,
    /// What they are told.
    pub description: String,
    /// How it reaches them.
    pub kind: Kind,
    /// Whom it reaches.
    pub place: Reach,
    /// The number of the card or the file that goes with it.
    pub asset: Option<String>,
    /// When it was delivered, in milliseconds of game time.
    #[ts(type = "number")]
    pub delivered_at: i64,
    /// Whether it was answered.
    pub answered: bool,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct LogEntry {
    /// Its place in the log.
    #[ts(type = "number")]
    pub entry: Offset,
    /// What the game's clock showed, in milliseconds of game time.
    #[ts(type = "number")]
    pub elapsed: i64,
    /// When it happened.
    #[ts(type = "number")]
    pub at: Millis,
    /// Whose doing it was; none for the room's own.
    pub by: Option<PersonId>,
    /// What happened.
    pub deed: Deed,
    /// Whether it was taken back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub undone: bool,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct PersonView {
    /// The person.
    pub id: PersonId,
    /// The name; empty when it was not said.
    pub name: String,
    /// As what they are there.
    pub part: Part,
    /// The role they play.
    pub role: Option<RoleId>,
    /// Where they are.
    pub place: Option<Place>,
    /// Whether they were put out.
    pub removed: bool,
}

/// The event `presence`: the last value, at most 8 times a second.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Presence {
    /// The people who are there, of those who did something; for facilitators and observers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub here: Option<Vec<PersonId>>,
    /// How many facilitators are there.
    pub facilitators: u32,
    /// How many observers are there.
    pub observers: u32,
    /// How many participants are there; two tabs of one person are one.
    pub participants: u32,
    /// How many projectors are there.
    pub projectors: u32,
}

impl Presence {
    /// The same for those who are told numbers only.
    pub(crate) fn without_names(&self) -> Self {
        Self { here: None, ..self.clone() }
    }
}

/// The events `stage` and, from a facilitator, `show`: what projectors show in the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Stage {
    /// The moment that is replayed, in milliseconds of game time; none for the end result.
    #[ts(type = "number | null")]
    pub at: Option<i64>,
}
