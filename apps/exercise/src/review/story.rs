//! What happened, in the scenario's words.

use std::collections::BTreeMap;

use super::people;
use crate::events::{Answer, Deed, Offset, Part};
use crate::model::Exercise;
use crate::scenario::{Document, MitigationId, Place, ResponseId, Settings, SystemId, Threat, ThreatId};

/// Between the parts of a detail; names of places have commas.
const AND: &str = " · ";

/// What there is to say of a deed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) detail: String,
    pub(super) threat: Option<ThreatId>,
}

/// Knows what everything is called.
pub(super) struct Story<'a> {
    exercise: &'a Exercise,
    scenario: &'a Document,
    deeds: BTreeMap<Offset, &'a Deed>,
}

impl<'a> Story<'a> {
    pub(super) fn of(exercise: &'a Exercise) -> Self {
        let deeds = exercise.history().iter().map(|record| (record.entry, &record.deed));
        Self { exercise, scenario: exercise.scenario(), deeds: deeds.collect() }
    }

    /// What a deed is about; `settings` are those before it.
    pub(super) fn of_deed(&self, deed: &Deed, settings: &Settings) -> Words {
        match deed {
            Deed::Bought { mitigation, at } | Deed::Sold { mitigation, at } => {
                says(self.mitigation(mitigation), self.places(at))
            }
            Deed::Started | Deed::Resumed | Deed::Reopened | Deed::Paused { .. } | Deed::Finished { .. } => {
                Words::default()
            }
            Deed::Delivered { threat, .. } => {
                let disables = self.scenario.threat(threat).map(|threat| self.systems(&threat.disables));
                Words {
                    threat: Some(threat.clone()),
                    ..says(self.threat(threat), disables.unwrap_or_default())
                }
            }
            Deed::Responded { threat, answer } => {
                let answer = self.answer(answer).join(AND);
                Words { threat: Some(threat.clone()), ..says(self.threat(threat), answer) }
            }
            Deed::Restored { response } => {
                let restores =
                    self.scenario.response(response).map(|response| self.systems(&response.restores));
                says(self.response(response), restores.unwrap_or_default())
            }
            Deed::Acted { action } => {
                let action = self.scenario.actions.iter().find(|known| known.id == *action);
                action.map_or_else(Words::default, |action| {
                    says(action.text.clone(), self.places(&[action.at]))
                })
            }
            Deed::Thrown { curveball } => {
                let curveball = self.scenario.curveballs.iter().find(|known| known.id == *curveball);
                says(curveball.map(|curveball| curveball.text.clone()).unwrap_or_default(), String::new())
            }
            Deed::Undone { entry } => match self.deeds.get(entry) {
                // an entry that takes another back cannot be taken back
                Some(deed) if !matches!(deed, Deed::Undone { .. }) => self.of_deed(deed, settings),
                _ => Words::default(),
            },
            Deed::Noted { text, threat } => {
                Words { threat: threat.clone(), ..says(text.clone(), String::new()) }
            }
            Deed::Introduced { name, .. } => says(name.clone(), String::new()),
            Deed::Set { settings: new } => says(String::new(), differences(settings, new)),
            Deed::Renamed { title } => says(title.clone(), String::new()),
            Deed::Locked { .. } => Words::default(),
            Deed::Removed { person } | Deed::Entrusted { person, .. } => {
                let person = self.exercise.people().find(|known| known.id == *person);
                says(person.map(people::called).unwrap_or_default(), String::new())
            }
        }
    }

    /// What has prevented a threat: the right answer to the one before it, else its mitigation.
    pub(super) fn prevented_by(&self, threat: &Threat, deed: &Deed) -> String {
        if let Deed::Responded { threat: answered, answer } = deed
            && answer.correct
            && let Some(answered) = self.scenario.threat(answered)
            && answered.followup.as_ref() == Some(&threat.id)
        {
            return answered.title.clone();
        }
        threat.prevented_by.as_ref().map(|id| self.mitigation(id)).unwrap_or_default()
    }

    /// What was done about a threat.
    pub(super) fn answer(&self, answer: &Answer) -> Vec<String> {
        let responses = answer.responses.iter().map(|id| self.response(id));
        let custom = Some(answer.custom.clone()).filter(|custom| !custom.is_empty());
        responses.chain(custom).collect()
    }

    pub(super) fn response(&self, id: &ResponseId) -> String {
        self.scenario.response(id).map(|response| response.text.clone()).unwrap_or_default()
    }

    fn mitigation(&self, id: &MitigationId) -> String {
        self.scenario.mitigation(id).map(|mitigation| mitigation.name.clone()).unwrap_or_default()
    }

    fn threat(&self, id: &ThreatId) -> String {
        self.scenario.threat(id).map(|threat| threat.title.clone()).unwrap_or_default()
    }

    pub(super) fn system_names(&self, ids: &[SystemId]) -> Vec<String> {
        let known = ids.iter().filter_map(|id| self.scenario.systems.iter().find(|system| system.id == *id));
        known.map(|system| system.name.clone()).collect()
    }

    fn systems(&self, ids: &[SystemId]) -> String {
        self.system_names(ids).join(AND)
    }

    fn places(&self, places: &[Place]) -> String {
        let names = places.iter().map(|place| match place {
            Place::Hq => self.scenario.places.hq.as_str(),
            Place::Local => self.scenario.places.local.as_str(),
        });
        names.collect::<Vec<_>>().join(AND)
    }
}

impl Deed {
    /// The name of its kind, as it is stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bought { .. } => "bought",
            Self::Sold { .. } => "sold",
            Self::Started => "started",
            Self::Resumed => "resumed",
            Self::Paused { .. } => "paused",
            Self::Finished { .. } => "finished",
            Self::Reopened => "reopened",
            Self::Delivered { .. } => "delivered",
            Self::Responded { .. } => "responded",
            Self::Restored { .. } => "restored",
            Self::Acted { .. } => "acted",
            Self::Thrown { .. } => "thrown",
            Self::Undone { .. } => "undone",
            Self::Noted { .. } => "noted",
            Self::Introduced { .. } => "introduced",
            Self::Set { .. } => "set",
            Self::Renamed { .. } => "renamed",
            Self::Locked { .. } => "locked",
            Self::Entrusted { part: Part::Facilitator, .. } => "made_facilitator",
            Self::Entrusted { part: Part::Observer, .. } => "made_observer",
            Self::Entrusted { .. } => "made_participant",
            Self::Removed { .. } => "removed",
        }
    }
}

fn says(text: String, detail: String) -> Words {
    Words { text, detail, threat: None }
}

/// The settings that differ, by the names they have in a scenario.
fn differences(before: &Settings, after: &Settings) -> String {
    let fields = |settings| match serde_json::to_value(settings) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let before = fields(before);
    let after = fields(after).into_iter().filter(|(name, value)| before.get(name) != Some(value));
    let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let changes = after.map(|(name, value)| {
        let old = before.get(&name).map(plain).unwrap_or_default();
        format!("{name}: {old} → {}", plain(&value))
    });
    changes.collect::<Vec<_>>().join(AND)
}
