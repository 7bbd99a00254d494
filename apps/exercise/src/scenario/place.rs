//! The two places of an exercise.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One of the two places of an exercise.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Place {
    /// The head office.
    Hq,
    /// The local branch.
    Local,
}

impl Place {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hq, Self::Local];
}

/// Where something is, or whom it concerns.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Reach {
    /// The head office.
    Hq,
    /// The local branch.
    Local,
    /// Both places.
    #[default]
    Party,
}

impl Reach {
    /// Whether it includes a place.
    pub fn includes(self, place: Place) -> bool {
        match self {
            Self::Hq => place == Place::Hq,
            Self::Local => place == Place::Local,
            Self::Party => true,
        }
    }
}

/// What the two places are called, each 1 to 60 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
#[ts(export, export_to = "exercise/")]
pub struct Places {
    /// The head office.
    pub hq: String,
    /// The local branch.
    pub local: String,
}

impl Default for Places {
    fn default() -> Self {
        Self { hq: "Head office".to_owned(), local: "Local branch".to_owned() }
    }
}
