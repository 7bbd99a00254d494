//! What happens.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{GameTime, MitigationId, Points, Reach, ResponseId, RoleId, SystemId, ThreatId};

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct Threat {
    /// Its id.
    pub id: ThreatId,
    /// 1 to 200 characters.
    pub title: String,
    /// What the participants are told: up to 5,000 characters.
    #[serde(default)]
    pub description: String,
    /// When it is due, in game time.
    pub at: GameTime,
    /// Whom it reaches.
    #[serde(default)]
    pub place: Reach,
    /// How it reaches them.
    #[serde(default)]
    pub kind: Kind,
    /// The roles that it reaches; everybody at its place when empty.
    #[serde(default)]
    pub to: Vec<RoleId>,
    /// To whom the card is handed, in words: up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub recipient: Option<String>,
    /// The number of the card or the file that goes with it: up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub asset: Option<String>,
    /// The mitigation that prevents it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub prevented_by: Option<MitigationId>,
    /// Where that must be in place; both places, as far as it can be bought there, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub prevented_at: Option<Reach>,
    /// Systems that fail.
    #[serde(default)]
    pub disables: Vec<SystemId>,
    /// What it does to the support.
    #[serde(default)]
    pub support: Points,
    /// Responses that are right.
    #[serde(default)]
    pub responses: Vec<ResponseId>,
    /// A threat that does not come when this one was handled rightly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub followup: Option<ThreatId>,
    /// What would have been wise: up to 2,000 characters, for the review.
    #[serde(default)]
    pub advice: String,
}

/// How a threat reaches people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/")]
pub enum Kind {
    /// A card that is handed over, or shown on the phones it is for.
    #[default]
    Table,
    /// Something on the system board, for all at its place to see.
    Board,
    /// Something in the background, that nobody is told of and nobody responds to.
    Background,
}
