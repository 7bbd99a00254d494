//! The setup tables over HTTP: the rows of the original, in both of their generations at once.
//!
//! Requests do not tell which client asks, so a row has today's columns first and then those that
//! only the article's clients read. Where the original has null in place of a list or a price, a
//! row has an empty list or the price: null breaks its own UI.

use super::rows::{
    ActionRow, CurveballRow, InjectionRow, LocationRow, MitigationRow, ResponseRow, SystemRow, WordRow,
};
use super::shape::place;
use crate::scenario::{
    Action, Curveball, Document, Kind, Mitigation, MitigationId, Place, Reach, Response, System, SystemId,
    Threat, ThreatId, Word,
};

/// The tables, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tables {
    pub(super) systems: String,
    pub(super) mitigations: String,
    pub(super) responses: String,
    pub(super) injections: String,
    pub(super) actions: String,
    pub(super) curveballs: String,
    pub(super) locations: String,
    pub(super) dictionary: String,
}

impl Tables {
    pub(super) fn new(document: &Document) -> Result<Self, serde_json::Error> {
        let mut threats: Vec<&Threat> = document.threats.iter().collect();
        threats.sort_by_key(|threat| threat.at);
        let responses: Vec<_> = document.responses.iter().map(|row| response(document, row)).collect();
        let injections: Vec<_> = threats.into_iter().map(|row| injection(document, row)).collect();
        let actions: Vec<_> = document.actions.iter().map(|row| action(document, row)).collect();
        Ok(Self {
            systems: serde_json::to_string(&document.systems.iter().map(system).collect::<Vec<_>>())?,
            mitigations: serde_json::to_string(
                &document.mitigations.iter().map(mitigation).collect::<Vec<_>>(),
            )?,
            responses: serde_json::to_string(&responses)?,
            injections: serde_json::to_string(&injections)?,
            actions: serde_json::to_string(&actions)?,
            curveballs: serde_json::to_string(
                &document.curveballs.iter().map(curveball).collect::<Vec<_>>(),
            )?,
            locations: serde_json::to_string(&Place::ALL.map(|at| location(document, at)))?,
            dictionary: serde_json::to_string(&dictionary(&document.words))?,
        })
    }
}

fn system(system: &System) -> SystemRow<'_> {
    SystemRow {
        id: system.id.as_str(),
        name: &system.name,
        description: &system.description,
        kind: reach(system.at),
    }
}

fn mitigation(mitigation: &Mitigation) -> MitigationRow<'_> {
    let cost = mitigation.cost;
    let (hq_cost, local_cost) = (cost.at(Place::Hq), cost.at(Place::Local));
    MitigationRow {
        id: mitigation.id.as_str(),
        description: &mitigation.name,
        category: &mitigation.category,
        cost: cost.total(),
        is_hq: hq_cost.is_some(),
        is_local: local_cost.is_some(),
        hq_cost,
        local_cost,
    }
}

fn response<'a>(document: &'a Document, response: &'a Response) -> ResponseRow<'a> {
    let at = |mitigation: &Option<MitigationId>, at: Option<Reach>| {
        mitigation.as_ref().map(|_| reach(at.unwrap_or(response.at)))
    };
    ResponseRow {
        id: response.id.as_str(),
        description: &response.text,
        cost: document.cost(response),
        mitigation_id: response.mitigation.as_ref().map(MitigationId::as_str),
        systems_to_restore: response.restores.iter().map(SystemId::as_str).collect(),
        required_mitigation: response.requires.as_ref().map(MitigationId::as_str),
        location: reach(response.at),
        mitigation_type: at(&response.mitigation, response.mitigation_at),
        required_mitigation_type: at(&response.requires, response.requires_at),
    }
}

fn injection<'a>(document: &'a Document, threat: &'a Threat) -> InjectionRow<'a> {
    let responses = threat.responses.iter().filter_map(|id| document.response(id));
    let skipper = threat.prevented_by.as_ref();
    InjectionRow {
        id: threat.id.as_str(),
        title: &threat.title,
        description: &threat.description,
        recommendations: Some(threat.advice.as_str()).filter(|advice| !advice.is_empty()),
        trigger_time: threat.at.millis(),
        location: Some(reach(threat.place)).filter(|_| threat.place != Reach::Party),
        kind: kind(threat.kind),
        recipient_role: threat.recipient.clone().or_else(|| recipients(document, threat)),
        asset_code: threat.asset.as_deref(),
        skipper_mitigation: skipper.map(MitigationId::as_str),
        systems_to_disable: threat.disables.iter().map(SystemId::as_str).collect(),
        poll_change: Some(threat.support).filter(|change| !change.is_zero()),
        followup_injecion: threat.followup.as_ref().map(ThreatId::as_str),
        skipper_mitigation_type: skipper.map(|id| reach(prevented_at(document, threat, id))),
        responses: responses.map(|row| response(document, row)).collect(),
    }
}

/// Where a mitigation prevents a threat: where it is sold, if it is not said.
fn prevented_at(document: &Document, threat: &Threat, id: &MitigationId) -> Reach {
    let sold = || match document.mitigation(id)?.cost.places().collect::<Vec<_>>()[..] {
        [Place::Hq] => Some(Reach::Hq),
        [Place::Local] => Some(Reach::Local),
        _ => None,
    };
    threat.prevented_at.or_else(sold).unwrap_or_default()
}

fn recipients(document: &Document, threat: &Threat) -> Option<String> {
    let names = threat.to.iter().filter_map(|id| document.role(id)).map(|role| role.name.as_str());
    let names = names.collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then_some(names)
}

fn action<'a>(document: &'a Document, action: &'a Action) -> ActionRow<'a> {
    let roles = action.roles.iter().filter_map(|id| document.role(id));
    ActionRow {
        id: action.id.as_str(),
        description: &action.text,
        kind: place(action.at),
        cost: action.cost,
        budget_increase: action.gain,
        poll_increase: action.support,
        required_systems: action.needs.iter().map(SystemId::as_str).collect(),
        roles: roles.map(|role| role.name.as_str()).collect(),
    }
}

fn curveball(curveball: &Curveball) -> CurveballRow<'_> {
    CurveballRow {
        id: curveball.id.as_str(),
        description: &curveball.text,
        lose_all_budget: curveball.lose_budget,
        budget_change: curveball.budget,
        poll_change: curveball.support,
    }
}

fn location(document: &Document, at: Place) -> LocationRow<'_> {
    let name = match at {
        Place::Hq => &document.places.hq,
        Place::Local => &document.places.local,
    };
    LocationRow { id: place(at), name, kind: place(at) }
}

/// The words as today's client can take them: it makes one pattern of all and looks up what it
/// finds in small letters, and it fails without any.
fn dictionary(words: &[Word]) -> Vec<WordRow> {
    let is_plain = |word: &&Word| !word.word.contains(|letter| r".*+?^${}()|[]\/".contains(letter));
    let row = |word: &Word| WordRow { word: word.word.to_lowercase(), synonym: word.synonym.clone() };
    let mut rows: Vec<_> = words.iter().filter(is_plain).map(row).collect();
    if rows.is_empty() {
        rows.push(WordRow { word: "budget".to_owned(), synonym: "budget".to_owned() });
    }
    rows
}

fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Hq => "hq",
        Reach::Local => "local",
        Reach::Party => "party",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Table => "Table",
        Kind::Board => "Board",
        Kind::Background => "Background",
    }
}
