//! What clients want, and what they are answered.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Offset, PersonId};
use crate::scenario::{
    ActionId, CurveballId, MitigationId, Place, Reach, ResponseId, RoleId, Settings, ThreatId,
};

/// A command of a client: the event `command`, answered by a [`Reply`](chorus_platform::kind::Reply).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct ExerciseCommand {
    /// Made by the client, 8 to 64 characters of `A–Z a–z 0–9 _ -`. The same id of the same
    /// person is applied once; a repetition gets the first answer.
    pub id: String,
    /// What to do.
    #[serde(flatten)]
    pub action: ExerciseAction,
}

/// What a command does. All but `introduce` and `note` need a facilitator; an observer may `note`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, TS)]
#[serde(tag = "do", rename_all = "snake_case")]
#[ts(export, export_to = "exercise/")]
pub enum ExerciseAction {
    /// Buys a mitigation, where it is not in place yet.
    Buy {
        /// The mitigation.
        mitigation: MitigationId,
        /// Where; both places when absent.
        #[serde(default)]
        #[ts(optional = nullable)]
        at: Option<Reach>,
    },
    /// Gives a mitigation back for its full cost, where it is in place.
    Sell {
        /// The mitigation.
        mitigation: MitigationId,
        /// Where; both places when absent.
        #[serde(default)]
        #[ts(optional = nullable)]
        at: Option<Reach>,
    },
    /// Ends the preparation, or lets a paused clock run on. Nothing, when it runs.
    Start,
    /// Pauses the clock. Nothing, when it is paused.
    Pause,
    /// Ends the simulation; the review begins.
    Finish,
    /// Takes the end back: the simulation again, paused.
    Reopen,
    /// Delivers a threat that is due.
    Deliver {
        /// The threat.
        threat: ThreatId,
        /// Whether it is delivered also when it is not due yet.
        #[serde(default)]
        early: bool,
    },
    /// Answers a delivered threat.
    Respond {
        /// The threat.
        threat: ThreatId,
        /// What was done.
        answer: super::Answer,
    },
    /// Restores systems by a response, without a threat.
    Restore {
        /// The response.
        response: ResponseId,
    },
    /// Has participants do something.
    Act {
        /// The action.
        action: ActionId,
    },
    /// Throws a curveball.
    Throw {
        /// The curveball.
        curveball: CurveballId,
    },
    /// Takes the last action back, if it is this entry of the log.
    Undo {
        /// The entry: `undo` of the game.
        #[ts(type = "number")]
        entry: Offset,
    },
    /// Writes a note down.
    Note {
        /// 1 to 2,000 characters.
        text: String,
        /// The threat it is about.
        #[serde(default)]
        #[ts(optional = nullable)]
        threat: Option<ThreatId>,
    },
    /// Says who the sender is.
    Introduce {
        /// Up to 60 characters.
        name: String,
        /// The role the sender plays.
        #[serde(default)]
        #[ts(optional = nullable)]
        role: Option<RoleId>,
        /// Where the sender is.
        #[serde(default)]
        #[ts(optional = nullable)]
        place: Option<Place>,
    },
    /// Changes how the game is played; budget and support only in the preparation.
    Set {
        /// The settings.
        settings: Settings,
    },
    /// Gives the exercise another title: 1 to 200 characters.
    Rename {
        /// The title.
        title: String,
    },
    /// Lets no more participants in, or lets them in again.
    Lock {
        /// Whether it is locked.
        locked: bool,
    },
    /// Gives somebody the part of a facilitator, an observer or a participant, or takes it back.
    Entrust {
        /// The person.
        person: PersonId,
        /// The part.
        part: super::Part,
    },
    /// Puts somebody out for good.
    Remove {
        /// The person.
        person: PersonId,
    },
}
