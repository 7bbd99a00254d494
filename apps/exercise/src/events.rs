//! What goes over the wire of the namespace `/exercise`, in both directions; `web/src/generated` is
//! made from it.
//!
//! State travels as last values: every item carries the offset of the log entry that last changed
//! it, and a client that comes back names the offset it has and is sent the items changed since.

mod command;
mod deed;
mod review;
mod view;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use command::{ExerciseAction, ExerciseCommand};
pub use deed::{Answer, Deed};
pub use review::{
    CurvePoint, Lesson, Outage, Outcome, Purchase, Purchases, Remark, Review, ReviewEvent, ReviewNote,
    ReviewPerson, SystemOutcome, Theme, ThreatOutcome, Totals,
};
pub use view::{
    Brief, BriefRole, BriefSystem, Card, ClockView, ExerciseChanges, GameView, LogEntry, MitigationView,
    PersonView, Presence, Stage, SystemView, ThreatView,
};

/// A place in the room's log, from 1; 0 is "nothing yet".
pub type Offset = u64;
/// A person in one exercise, from 1, in the order in which they did something.
pub type PersonId = u32;
/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// The `auth` of the Socket.IO CONNECT to the namespace `/exercise`.
#[derive(Debug, Clone, Deserialize, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct EnterExercise {
    /// The room's join code, in any case, with or without blanks and dashes.
    pub code: String,
    /// The part the client wants; it is refused when the person does not hold it.
    #[serde(rename = "as")]
    pub part: Part,
    /// The last offset the client has seen, 0 or absent when it has nothing.
    #[serde(default)]
    #[ts(type = "number", optional = nullable)]
    pub since: Offset,
}

/// As what a person is in an exercise; an earlier one includes all later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Part {
    /// Runs it, with all other facilitators.
    Facilitator,
    /// Sees what facilitators see, and takes notes.
    Observer,
    /// Plays a role.
    Participant,
    /// Shows it to the people in a place.
    Projector,
}

/// Where an exercise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum ExercisePhase {
    /// Money is spent on mitigations.
    #[default]
    Preparation,
    /// The clock runs, or is paused.
    Simulation,
    /// It is over; everybody learns from it.
    Review,
}

/// When a mitigation was put in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Bought {
    /// Before the start.
    Preparation,
    /// Later.
    Simulation,
}
