//! The after-action review: `GET /api/exercises/{code}/review`.
//!
//! It is complete in itself, so that whoever has it can replay the exercise. Times are milliseconds
//! of game time unless they say otherwise; what was taken back counts for nothing.

use serde::Serialize;
use ts_rs::TS;

use super::{ExercisePhase, Millis, Offset, Part, PersonId};
use crate::scenario::{
    Kind, LearningId, MitigationId, Place, Places, Points, Reach, Settings, SystemId, ThreatId, Word,
};

/// What happened in an exercise, and what can be learned from it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Review {
    /// The room's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The title of the scenario.
    pub scenario: String,
    /// The language of its texts, as in BCP 47.
    pub language: String,
    /// Where it stands; the review can be read before the end.
    pub phase: ExercisePhase,
    /// The last entry of the log that is in it.
    #[ts(type = "number")]
    pub offset: Offset,
    /// When the simulation began, on the server's clock.
    #[ts(type = "number | null")]
    pub started: Option<Millis>,
    /// How long the simulation has taken.
    #[ts(type = "number")]
    pub elapsed: i64,
    /// How it was played.
    pub settings: Settings,
    /// What the places are called.
    pub places: Places,
    /// Words that screens replace.
    pub words: Vec<Word>,
    /// Money and support over time: the values from each moment on. The first is the start.
    pub curve: Vec<CurvePoint>,
    /// What happened, in order.
    pub events: Vec<ReviewEvent>,
    /// What became of the threats, in the order in which they were due.
    pub threats: Vec<ThreatOutcome>,
    /// When the systems did not work.
    pub systems: Vec<SystemOutcome>,
    /// What there is to learn, by theme.
    pub learning: Vec<Theme>,
    /// Notes; none for those who may not read them.
    pub notes: Vec<ReviewNote>,
    /// The numbers.
    pub totals: Totals,
    /// What was bought in the preparation, and what it prevented.
    pub bought: Purchases,
    /// The purchases for the starting budget that prevent the most harm: no others prevent more.
    pub best: Purchases,
    /// Whether that is certain; not where there are far too many to compare.
    pub exact: bool,
    /// Who took part; none for those who may not read notes.
    pub people: Vec<ReviewPerson>,
}

/// Money and support from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct CurvePoint {
    /// The moment.
    #[ts(type = "number")]
    pub at: i64,
    /// The money.
    #[ts(type = "number")]
    pub budget: i64,
    /// The support.
    pub support: Points,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct ReviewEvent {
    /// Its place in the log.
    #[ts(type = "number")]
    pub entry: Offset,
    /// When it happened.
    #[ts(type = "number")]
    pub at: i64,
    /// What kind of thing: `bought`, `delivered`, `prevented`, … (the types of a deed).
    pub kind: String,
    /// What happened, in the scenario's words: `Two-factor authentication`.
    pub text: String,
    /// More of it: the responses, the answer in own words, where.
    pub detail: String,
    /// Whose decision it was; empty for the clock's.
    pub by: String,
    /// The threat it is about.
    pub threat: Option<ThreatId>,
    /// By how much the money changed.
    #[ts(type = "number")]
    pub budget: i64,
    /// By how much the support changed.
    pub support: Points,
    /// Whether it was taken back.
    pub undone: bool,
    /// When it happened, on the server's clock.
    #[ts(type = "number")]
    pub time: Millis,
    /// Whose decision it was; none for the clock's.
    pub person: Option<PersonId>,
    /// What else there is to say of it.
    pub remark: Option<Remark>,
    /// The money from then on.
    #[ts(type = "number")]
    pub budget_after: i64,
    /// The support from then on.
    pub support_after: Points,
}

/// What else there is to say of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Remark {
    /// A threat was delivered before it was due.
    Early,
    /// An answer was right.
    Right,
    /// An answer was wrong.
    Wrong,
    /// The clock was paused because the server was down.
    Restart,
    /// Participants are let in again.
    Unlocked,
}

/// What became of a threat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Outcome {
    /// It did not come.
    Prevented,
    /// It came and was answered rightly, or asked for no answer.
    Handled,
    /// It came and was answered wrongly.
    Mishandled,
    /// It came and nobody answered.
    Missed,
    /// It was not delivered.
    Pending,
}

/// A threat and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct ThreatOutcome {
    /// Its id.
    pub id: ThreatId,
    /// Its title.
    pub title: String,
    /// What participants were told.
    pub description: String,
    /// What would have been wise.
    pub advice: String,
    /// How it reached them.
    pub kind: Kind,
    /// Whom it reached.
    pub place: Reach,
    /// When it was due.
    #[ts(type = "number")]
    pub due: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// When it was delivered.
    #[ts(type = "number | null")]
    pub delivered_at: Option<i64>,
    /// When it was prevented.
    #[ts(type = "number | null")]
    pub prevented_at: Option<i64>,
    /// When it was answered.
    #[ts(type = "number | null")]
    pub answered_at: Option<i64>,
    /// What was done about it, in words.
    pub answer: Vec<String>,
    /// The responses that are right.
    pub right: Vec<String>,
    /// What it does to the support.
    pub support: Points,
    /// The names of the systems that it disables.
    pub disables: Vec<String>,
    /// The cheapest purchase that prevents it.
    pub help: Option<Purchase>,
}

/// A mitigation and what it prevents.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Purchase {
    /// The mitigation.
    pub id: MitigationId,
    /// Its name.
    pub name: String,
    /// Under what it is listed.
    pub category: String,
    /// Where.
    pub at: Vec<Place>,
    /// What it costs there.
    #[ts(type = "number")]
    pub cost: i64,
    /// The threats that it prevents.
    pub prevents: Vec<ThreatId>,
    /// The support that they would cost.
    pub saves: Points,
}

/// Some purchases together.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Purchases {
    /// The purchases.
    pub items: Vec<Purchase>,
    /// What they cost.
    #[ts(type = "number")]
    pub cost: i64,
    /// The support that what they prevent would cost.
    pub saves: Points,
    /// How many systems' failures they prevent.
    pub failures: u32,
}

/// A system and when it did not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct SystemOutcome {
    /// Its id.
    pub id: SystemId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub at: Reach,
    /// From when until when.
    pub down: Vec<Outage>,
}

/// A time in which a system did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Outage {
    /// From when on.
    #[ts(type = "number")]
    pub from: i64,
    /// Until when; none when it was never restored.
    #[ts(type = "number | null")]
    pub to: Option<i64>,
}

/// What there is to learn under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Theme {
    /// The heading.
    pub name: String,
    /// What there is to learn.
    pub points: Vec<Lesson>,
}

/// Something to learn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Lesson {
    /// Its id.
    pub id: LearningId,
    /// What there is to learn.
    pub text: String,
    /// The threats that teach it.
    pub threats: Vec<ThreatId>,
}

/// Something that was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct ReviewNote {
    /// Its place in the log.
    #[ts(type = "number")]
    pub entry: Offset,
    /// When it was noted.
    #[ts(type = "number")]
    pub at: i64,
    /// Who noted it.
    pub by: String,
    /// The note.
    pub text: String,
    /// The threat it is about.
    pub threat: Option<ThreatId>,
}

/// Somebody who took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct ReviewPerson {
    /// The person.
    pub id: PersonId,
    /// The name; empty when it was not said.
    pub name: String,
    /// As what they were there.
    pub part: Part,
    /// The name of the role they played; empty when they played none.
    pub role: String,
    /// Where they were.
    pub place: Option<Place>,
}

/// The numbers of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Totals {
    /// Threats that were prevented.
    pub prevented: u32,
    /// Threats that were answered rightly, or asked for no answer.
    pub handled: u32,
    /// Threats that were answered wrongly.
    pub mishandled: u32,
    /// Threats that nobody answered.
    pub missed: u32,
    /// Threats that were not delivered.
    pub pending: u32,
    /// The median time from delivery to answer.
    #[ts(type = "number | null")]
    pub median_response: Option<i64>,
    /// The support at the start.
    pub support_start: Points,
    /// The support at the end.
    pub support_end: Points,
    /// The money that was spent.
    #[ts(type = "number")]
    pub spent: i64,
}
