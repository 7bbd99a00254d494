//! How a game is played.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{GameTime, MAX_BUDGET, Points};

/// How a game is played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
#[ts(export, export_to = "exercise/")]
pub struct Settings {
    /// The money to prepare with: 0 to 1,000,000,000.
    #[ts(type = "number")]
    pub budget: i64,
    /// The support at the beginning, within its bounds.
    pub support: Points,
    /// The least support, at least 0.
    pub support_min: Points,
    /// The most support, at most 1,000.
    pub support_max: Points,
    /// How long the simulation takes: up to 24 hours of game time.
    pub duration: GameTime,
    /// How fast game time runs, in percent of real time: 10 to 2,000.
    pub speed: u32,
    /// Whether money that was not spent in the preparation is there in the simulation.
    pub carry_over: bool,
    /// Whether threats are delivered by a facilitator or by the clock.
    pub delivery: Delivery,
    /// When what was bought can be given back.
    pub resale: Resale,
    /// What the clock does when the server was down.
    pub restart: Restart,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            budget: 6_000,
            support: Points::whole(55),
            support_min: Points::whole(0),
            support_max: Points::whole(100),
            duration: GameTime::minutes(75),
            speed: 100,
            carry_over: false,
            delivery: Delivery::Manual,
            resale: Resale::Preparation,
            restart: Restart::Pause,
        }
    }
}

impl Settings {
    /// What is wrong with the settings: fields and plain words.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let (min, max) = (self.support_min, self.support_max);
        let rules = [
            (
                (0..=MAX_BUDGET).contains(&self.budget),
                "budget",
                "The budget is a whole number from 0 to 1,000,000,000.",
            ),
            (min >= Points::whole(0), "support_min", "The least support is at least 0."),
            (max <= Points::whole(1_000), "support_max", "The most support is at most 1,000."),
            (min < max, "support_max", "The most support must be above the least."),
            ((min..=max).contains(&self.support), "support", "The support must lie within its bounds."),
            (self.duration > GameTime::default(), "duration", "The duration must be longer than nothing."),
            ((10..=2_000).contains(&self.speed), "speed", "The speed is 10 to 2,000 percent."),
        ];
        rules.into_iter().filter(|(holds, ..)| !holds).map(|(_, field, message)| (field, message)).collect()
    }
}

/// Who delivers threats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Delivery {
    /// A facilitator, when they are due.
    Manual,
    /// The clock, at their time.
    Automatic,
}

/// When what was bought can be given back for its full cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Resale {
    /// In the preparation only.
    Preparation,
    /// In the simulation too; what it has prevented stays prevented.
    Always,
}

/// What a running clock does when the server was down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Restart {
    /// It has stood still since the server went down, and is paused.
    Pause,
    /// It has gone on.
    Keep,
}
