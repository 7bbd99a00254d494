//! What happened in an exercise, as the log holds it and people are told it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Offset, PersonId};
use crate::scenario::{ActionId, CurveballId, MitigationId, Place, ResponseId, RoleId, Settings, ThreatId};

/// One thing that happened. It is stored, so it may only grow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "exercise/")]
pub enum Deed {
    /// A mitigation was bought.
    Bought {
        /// The mitigation.
        mitigation: MitigationId,
        /// Where it was not in place before.
        at: Vec<Place>,
    },
    /// A mitigation was given back.
    Sold {
        /// The mitigation.
        mitigation: MitigationId,
        /// Where it was in place.
        at: Vec<Place>,
    },
    /// The simulation began.
    Started,
    /// A paused clock runs on.
    Resumed,
    /// The clock was paused.
    Paused {
        /// What it shows, in milliseconds of game time.
        #[ts(type = "number")]
        elapsed: i64,
        /// Whether because the server was down.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        restart: bool,
    },
    /// The simulation ended.
    Finished {
        /// What the clock shows, in milliseconds of game time.
        #[ts(type = "number")]
        elapsed: i64,
    },
    /// The end was taken back.
    Reopened,
    /// A threat was delivered.
    Delivered {
        /// The threat.
        threat: ThreatId,
        /// Whether it was not due yet.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        early: bool,
    },
    /// A threat was answered.
    Responded {
        /// The threat.
        threat: ThreatId,
        /// What was done.
        answer: Answer,
    },
    /// Systems were restored without a threat.
    Restored {
        /// The response.
        response: ResponseId,
    },
    /// Participants did something.
    Acted {
        /// The action.
        action: ActionId,
    },
    /// A curveball was thrown.
    Thrown {
        /// The curveball.
        curveball: CurveballId,
    },
    /// An earlier entry was taken back.
    Undone {
        /// The entry.
        #[ts(type = "number")]
        entry: Offset,
    },
    /// Something was noted.
    Noted {
        /// The note.
        text: String,
        /// The threat it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        threat: Option<ThreatId>,
    },
    /// Somebody said who they are.
    Introduced {
        /// The name.
        name: String,
        /// As what they were there.
        part: super::Part,
        /// The role they play.
        role: Option<RoleId>,
        /// Where they are.
        place: Option<Place>,
    },
    /// The settings were changed.
    Set {
        /// The settings.
        settings: Settings,
    },
    /// The exercise has another title.
    Renamed {
        /// The title.
        title: String,
    },
    /// No more participants are let in, or they are again.
    Locked {
        /// Whether it is locked.
        locked: bool,
    },
    /// Somebody was given another part.
    Entrusted {
        /// The person.
        person: PersonId,
        /// The part.
        part: super::Part,
    },
    /// Somebody was put out.
    Removed {
        /// The person.
        person: PersonId,
    },
}

/// What was done about a threat.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Answer {
    /// Predefined responses; each costs what it costs.
    #[serde(default)]
    pub responses: Vec<ResponseId>,
    /// Something else: up to 255 characters.
    #[serde(default)]
    pub custom: String,
    /// Whether it was right.
    pub correct: bool,
}
