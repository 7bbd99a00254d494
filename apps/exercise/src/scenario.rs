//! The scenario: what an exercise is made of, as people write it.
//!
//! A [`Document`] is what a file holds. A [`Scenario`] is a document that has been checked: every
//! id is there once, everything that is referred to exists, and every number is within its limits.
//! Games hold the scenario they began with, so that a later edit touches none that is in play.

pub mod airtable;
mod check;
pub mod file;
mod id;
mod mitigation;
mod number;
mod place;
mod schema;
mod settings;
mod threat;

use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use check::{Fault, Faults, MAX_BUDGET};
pub use id::{ActionId, CurveballId, LearningId, MitigationId, ResponseId, RoleId, SystemId, ThreatId};
pub use mitigation::{Cost, Mitigation};
pub use number::{GameTime, Points};
pub use place::{Place, Places, Reach};
pub use settings::{Delivery, Resale, Restart, Settings};
pub use threat::{Kind, Threat};

/// A checked document.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Scenario(Document);

impl Scenario {
    /// Checks a document; the answer to a faulty one is every fault in it.
    pub fn new(document: Document) -> Result<Self, Faults> {
        check::check(&document)?;
        Ok(Self(document))
    }

    /// A document that was checked when it was stored.
    pub(crate) fn stored(document: Document) -> Self {
        Self(document)
    }

    /// The document.
    pub fn into_document(self) -> Document {
        self.0
    }
}

impl Deref for Scenario {
    type Target = Document;

    fn deref(&self) -> &Document {
        &self.0
    }
}

/// A scenario as a file: version 1 of the format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct Document {
    /// The version of the format.
    pub format: Format,
    /// 1 to 200 characters.
    pub title: String,
    /// What it is about and for whom, up to 5,000 characters.
    #[serde(default)]
    pub summary: String,
    /// The language of its texts, as in BCP 47: `en`, `de`, …
    #[serde(default = "english")]
    pub language: String,
    /// How games of it begin, unless the facilitator decides otherwise.
    #[serde(default)]
    pub settings: Settings,
    /// What the two places are called.
    #[serde(default)]
    pub places: Places,
    /// Words that screens replace by the scenario's own.
    #[serde(default)]
    pub words: Vec<Word>,
    /// What can fail and be restored.
    #[serde(default)]
    pub systems: Vec<System>,
    /// What can be bought to prevent threats.
    #[serde(default)]
    pub mitigations: Vec<Mitigation>,
    /// What can be done about a threat or a failed system.
    #[serde(default)]
    pub responses: Vec<Response>,
    /// What happens, and when.
    #[serde(default)]
    pub threats: Vec<Threat>,
    /// Who takes part.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// What participants can do at any time.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What the facilitator can have happen at any time.
    #[serde(default)]
    pub curveballs: Vec<Curveball>,
    /// What the exercise is to teach.
    #[serde(default)]
    pub learning: Vec<LearningPoint>,
}

/// The version of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[ts(export, export_to = "exercise/")]
pub enum Format {
    /// The first.
    #[default]
    #[serde(rename = "chorus-scenario/1")]
    V1,
}

/// A word of the screens and what this scenario says instead, each 1 to 60 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct Word {
    /// The word.
    pub word: String,
    /// What is said instead.
    pub synonym: String,
}

/// Something that can fail and be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct System {
    /// Its id.
    pub id: SystemId,
    /// 1 to 200 characters.
    pub name: String,
    /// Up to 5,000 characters.
    #[serde(default)]
    pub description: String,
    /// Where it is.
    #[serde(default)]
    pub at: Reach,
}

/// Something that can be done about a threat or a failed system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct Response {
    /// Its id.
    pub id: ResponseId,
    /// 1 to 1,000 characters.
    pub text: String,
    /// What it costs; when absent, what its mitigation costs, else nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    pub cost: Option<i64>,
    /// Where it is done.
    #[serde(default)]
    pub at: Reach,
    /// A mitigation that is in place from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mitigation: Option<MitigationId>,
    /// Where that is put in place; when absent, where the response is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mitigation_at: Option<Reach>,
    /// Systems that work again.
    #[serde(default)]
    pub restores: Vec<SystemId>,
    /// A mitigation without which it cannot be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub requires: Option<MitigationId>,
    /// Where that must be in place; when absent, where the response is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub requires_at: Option<Reach>,
}

/// Who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// 1 to 100 characters.
    pub name: String,
    /// Where it is played.
    #[serde(default)]
    pub at: Reach,
    /// What whoever plays it is told: up to 5,000 characters.
    #[serde(default)]
    pub briefing: String,
}

/// Something participants can do at any time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// 1 to 500 characters.
    pub text: String,
    /// Where it is done.
    pub at: Place,
    /// What it costs.
    #[serde(default)]
    #[ts(type = "number")]
    pub cost: i64,
    /// What it brings in.
    #[serde(default)]
    #[ts(type = "number")]
    pub gain: i64,
    /// What it does to the support.
    #[serde(default)]
    pub support: Points,
    /// Systems that must work.
    #[serde(default)]
    pub needs: Vec<SystemId>,
    /// Who does it.
    #[serde(default)]
    pub roles: Vec<RoleId>,
}

/// Something the facilitator can have happen at any time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct Curveball {
    /// Its id.
    pub id: CurveballId,
    /// 1 to 500 characters.
    pub text: String,
    /// Whether all money is lost.
    #[serde(default)]
    pub lose_budget: bool,
    /// What it does to the budget.
    #[serde(default)]
    #[ts(type = "number")]
    pub budget: i64,
    /// What it does to the support.
    #[serde(default)]
    pub support: Points,
}

/// Something the exercise is to teach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exercise/")]
pub struct LearningPoint {
    /// Its id.
    pub id: LearningId,
    /// Under what it is listed: 1 to 100 characters.
    pub theme: String,
    /// 1 to 2,000 characters.
    pub text: String,
    /// The threats that teach it.
    #[serde(default)]
    pub threats: Vec<ThreatId>,
}

impl Document {
    /// A mitigation.
    pub fn mitigation(&self, id: &MitigationId) -> Option<&Mitigation> {
        self.mitigations.iter().find(|mitigation| mitigation.id == *id)
    }

    /// A response.
    pub fn response(&self, id: &ResponseId) -> Option<&Response> {
        self.responses.iter().find(|response| response.id == *id)
    }

    /// A threat.
    pub fn threat(&self, id: &ThreatId) -> Option<&Threat> {
        self.threats.iter().find(|threat| threat.id == *id)
    }

    /// A role.
    pub fn role(&self, id: &RoleId) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == *id)
    }

    /// What a response costs.
    pub fn cost(&self, response: &Response) -> i64 {
        let mitigation = || {
            let mitigation = self.mitigation(response.mitigation.as_ref()?)?;
            let reach = response.mitigation_at.unwrap_or(response.at);
            Some(mitigation.price(reach))
        };
        response.cost.or_else(mitigation).unwrap_or(0)
    }
}

impl Default for Document {
    /// A scenario with nothing in it.
    fn default() -> Self {
        Self {
            format: Format::V1,
            title: String::new(),
            summary: String::new(),
            language: english(),
            settings: Settings::default(),
            places: Places::default(),
            words: Vec::new(),
            systems: Vec::new(),
            mitigations: Vec::new(),
            responses: Vec::new(),
            threats: Vec::new(),
            roles: Vec::new(),
            actions: Vec::new(),
            curveballs: Vec::new(),
            learning: Vec::new(),
        }
    }
}

fn english() -> String {
    "en".to_owned()
}
