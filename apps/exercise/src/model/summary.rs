//! What a list of exercises shows of one; it is stored with the room, in step with the log.

use serde::{Deserialize, Serialize};

use super::Exercise;
use crate::events::ExercisePhase;
use crate::scenario::{Delivery, Restart};

/// What a list shows, and what a starting server has to know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// The title of the scenario.
    pub scenario: String,
    /// Where it stands.
    pub phase: ExercisePhase,
    /// Whether the clock runs.
    pub running: bool,
    /// Whether the clock is to be paused when the server was down.
    pub pauses: bool,
    /// Whether the clock delivers threats.
    pub automatic: bool,
}

impl Summary {
    /// The summary of an exercise.
    pub fn of(exercise: &Exercise) -> Self {
        Self {
            scenario: exercise.scenario.title.clone(),
            phase: exercise.board.phase,
            running: exercise.board.clock.is_running(),
            pauses: exercise.settings.restart == Restart::Pause,
            automatic: exercise.settings.delivery == Delivery::Automatic,
        }
    }

    /// The summary of a new exercise.
    pub fn of_new(scenario: &str) -> Self {
        Self { scenario: scenario.to_owned(), ..Self::default() }
    }
}
