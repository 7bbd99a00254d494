//! What must hold in a scenario; every fault is found, and named by table, row and field.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use ts_rs::TS;

use super::{Cost, Document, MitigationId, Points, Reach, Threat, ThreatId};

/// The most money there is, in any one place.
pub const MAX_BUDGET: i64 = 1_000_000_000;
/// The most faults that are told.
const MOST: usize = 500;

/// One thing that is wrong with a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, export_to = "exercise/")]
pub struct Fault {
    /// The file, when there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub file: Option<String>,
    /// The table: `threats`, `mitigations`, …; empty for the document itself.
    pub table: String,
    /// The id of the row, or its number from 1 as `#3` when it has none; empty for the document.
    pub row: String,
    /// The field; empty for the whole row.
    pub field: String,
    /// What is wrong, in plain words.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = [self.file.as_deref().unwrap_or_default(), &self.table, &self.row, &self.field];
        let mut place = place.into_iter().filter(|part| !part.is_empty()).peekable();
        while let Some(part) = place.next() {
            f.write_str(part)?;
            f.write_str(if place.peek().is_some() { " › " } else { ": " })?;
        }
        f.write_str(&self.message)
    }
}

/// Everything that is wrong with a scenario, at least one thing and at most 500.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Some faults; none when there is none.
    pub fn some(mut faults: Vec<Fault>) -> Option<Self> {
        faults.truncate(MOST);
        (!faults.is_empty()).then_some(Self(faults))
    }

    /// The faults.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.0.iter();
        if let Some(first) = lines.next() {
            write!(f, "{first}")?;
        }
        lines.try_for_each(|fault| write!(f, "\n{fault}"))
    }
}

impl std::error::Error for Faults {}

/// Finds everything that is wrong.
pub(super) fn check(document: &Document) -> Result<(), Faults> {
    let mut check = Check { document, faults: Vec::new() };
    check.head();
    check.systems();
    check.mitigations();
    check.responses();
    check.threats();
    check.followups();
    check.people();
    check.learning();
    Faults::some(check.faults).map_or(Ok(()), Err)
}

struct Check<'a> {
    document: &'a Document,
    faults: Vec<Fault>,
}

/// A row of a table.
#[derive(Clone, Copy)]
struct Row<'a>(&'static str, &'a str);

impl Check<'_> {
    fn head(&mut self) {
        let head = Row("", "");
        let document = self.document;
        self.text(head, "title", &document.title, 1..=200);
        self.text(head, "summary", &document.summary, 0..=5_000);
        let language = &document.language;
        let known = language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !known || !(2..=35).contains(&language.len()) {
            self.fault(head, "language", "This is not a language tag, such as en or de.");
        }
        let places = Row("places", "");
        self.text(places, "hq", &document.places.hq, 1..=60);
        self.text(places, "local", &document.places.local, 1..=60);
        self.count("words", document.words.len(), 500);
        for word in &document.words {
            let row = Row("words", &word.word);
            self.text(row, "word", &word.word, 1..=60);
            self.text(row, "synonym", &word.synonym, 1..=60);
        }
        for (field, message) in document.settings.faults() {
            self.fault(Row("settings", ""), field, message);
        }
    }

    fn systems(&mut self) {
        let systems = &self.document.systems;
        self.ids("systems", systems.iter().map(|system| system.id.as_str()), 200);
        for system in systems {
            let row = Row("systems", system.id.as_str());
            self.text(row, "name", &system.name, 1..=200);
            self.text(row, "description", &system.description, 0..=5_000);
        }
    }

    fn mitigations(&mut self) {
        let mitigations = &self.document.mitigations;
        self.ids("mitigations", mitigations.iter().map(|mitigation| mitigation.id.as_str()), 500);
        for mitigation in mitigations {
            let row = Row("mitigations", mitigation.id.as_str());
            self.text(row, "name", &mitigation.name, 1..=500);
            self.text(row, "category", &mitigation.category, 1..=100);
            match mitigation.cost {
                Cost::Whole(cost) => self.money(row, "cost", cost),
                Cost::Each { hq: None, local: None } => {
                    self.fault(row, "cost", "It needs a price for at least one place.");
                }
                Cost::Each { hq, local } => {
                    for cost in [hq, local].into_iter().flatten() {
                        self.money(row, "cost", cost);
                    }
                }
            }
        }
    }

    fn responses(&mut self) {
        let responses = &self.document.responses;
        self.ids("responses", responses.iter().map(|response| response.id.as_str()), 1_000);
        for response in responses {
            let row = Row("responses", response.id.as_str());
            self.text(row, "text", &response.text, 1..=1_000);
            if let Some(cost) = response.cost {
                self.money(row, "cost", cost);
            }
            let mitigation = response.mitigation.as_ref().map(MitigationId::as_str);
            let reach = response.mitigation_at.unwrap_or(response.at);
            self.mitigation(row, "mitigation", mitigation, reach);
            let required = response.requires.as_ref().map(MitigationId::as_str);
            self.mitigation(row, "requires", required, response.requires_at.unwrap_or(response.at));
            self.known_systems(row, "restores", &response.restores);
        }
    }

    fn threats(&mut self) {
        let document = self.document;
        self.ids("threats", document.threats.iter().map(|threat| threat.id.as_str()), 1_000);
        let responses: BTreeSet<_> = document.responses.iter().map(|response| &response.id).collect();
        let roles: BTreeSet<_> = document.roles.iter().map(|role| &role.id).collect();
        for threat in &document.threats {
            let row = Row("threats", threat.id.as_str());
            self.text(row, "title", &threat.title, 1..=200);
            self.text(row, "description", &threat.description, 0..=5_000);
            self.text(row, "advice", &threat.advice, 0..=2_000);
            self.text(row, "recipient", threat.recipient.as_deref().unwrap_or_default(), 0..=200);
            self.text(row, "asset", threat.asset.as_deref().unwrap_or_default(), 0..=100);
            self.support(row, threat.support);
            let mitigation = threat.prevented_by.as_ref().map(MitigationId::as_str);
            self.mitigation(row, "prevented_by", mitigation, threat.prevented_at.unwrap_or_default());
            self.known_systems(row, "disables", &threat.disables);
            self.known(row, "responses", &responses, &threat.responses, "response");
            self.known(row, "to", &roles, &threat.to, "role");
        }
    }

    /// A follow-up must exist, and no threat may follow from itself.
    fn followups(&mut self) {
        let threats: BTreeMap<&ThreatId, &Threat> =
            self.document.threats.iter().map(|threat| (&threat.id, threat)).collect();
        for threat in &self.document.threats {
            let row = Row("threats", threat.id.as_str());
            let Some(followup) = &threat.followup else { continue };
            if !threats.contains_key(followup) {
                self.fault(row, "followup", format!("There is no threat {followup}."));
                continue;
            }
            let mut next = Some(followup);
            for _ in 0..threats.len() {
                next = next.and_then(|id| threats.get(id)).and_then(|threat| threat.followup.as_ref());
                if next == Some(&threat.id) {
                    self.fault(row, "followup", "It would follow from itself.");
                    break;
                }
            }
        }
    }

    fn people(&mut self) {
        let document = self.document;
        self.ids("roles", document.roles.iter().map(|role| role.id.as_str()), 200);
        for role in &document.roles {
            let row = Row("roles", role.id.as_str());
            self.text(row, "name", &role.name, 1..=100);
            self.text(row, "briefing", &role.briefing, 0..=5_000);
        }
        let roles: BTreeSet<_> = document.roles.iter().map(|role| &role.id).collect();
        self.ids("actions", document.actions.iter().map(|action| action.id.as_str()), 500);
        for action in &document.actions {
            let row = Row("actions", action.id.as_str());
            self.text(row, "text", &action.text, 1..=500);
            self.money(row, "cost", action.cost);
            self.money(row, "gain", action.gain);
            self.support(row, action.support);
            self.known_systems(row, "needs", &action.needs);
            self.known(row, "roles", &roles, &action.roles, "role");
        }
        self.ids("curveballs", document.curveballs.iter().map(|curveball| curveball.id.as_str()), 200);
        for curveball in &document.curveballs {
            let row = Row("curveballs", curveball.id.as_str());
            self.text(row, "text", &curveball.text, 1..=500);
            self.money(row, "budget", curveball.budget.saturating_abs());
            self.support(row, curveball.support);
        }
    }

    fn learning(&mut self) {
        let document = self.document;
        let threats: BTreeSet<_> = document.threats.iter().map(|threat| &threat.id).collect();
        self.ids("learning", document.learning.iter().map(|point| point.id.as_str()), 500);
        for point in &document.learning {
            let row = Row("learning", point.id.as_str());
            self.text(row, "theme", &point.theme, 1..=100);
            self.text(row, "text", &point.text, 1..=2_000);
            self.known(row, "threats", &threats, &point.threats, "threat");
        }
    }

    /// A mitigation must exist, and be sold somewhere where it is asked for.
    fn mitigation(&mut self, row: Row<'_>, field: &str, id: Option<&str>, reach: Reach) {
        let Some(id) = id else { return };
        let found = self.document.mitigations.iter().find(|mitigation| mitigation.id.as_str() == id);
        match found {
            None => self.fault(row, field, format!("There is no mitigation {id}.")),
            Some(found) if !found.cost.places().any(|place| reach.includes(place)) => {
                self.fault(row, field, format!("The mitigation {id} cannot be bought there."));
            }
            Some(_) => {}
        }
    }

    fn known_systems(&mut self, row: Row<'_>, field: &str, ids: &[super::SystemId]) {
        let systems: BTreeSet<_> = self.document.systems.iter().map(|system| &system.id).collect();
        self.known(row, field, &systems, ids, "system");
    }

    fn known<I: Ord + fmt::Display>(
        &mut self,
        row: Row<'_>,
        field: &str,
        known: &BTreeSet<&I>,
        ids: &[I],
        what: &str,
    ) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !known.contains(id) {
                self.fault(row, field, format!("There is no {what} {id}."));
            }
            if !seen.insert(id) {
                self.fault(row, field, format!("{id} is there twice."));
            }
        }
    }

    fn ids<'i>(&mut self, table: &'static str, ids: impl Iterator<Item = &'i str>, most: usize) {
        let mut seen = BTreeSet::new();
        let mut count = 0;
        for id in ids {
            count += 1;
            if !seen.insert(id) {
                self.fault(Row(table, id), "id", "Another row has this id.");
            }
        }
        self.count(table, count, most);
    }

    fn count(&mut self, table: &'static str, count: usize, most: usize) {
        if count > most {
            self.fault(Row(table, ""), "", format!("There are {count} rows; {most} is the most."));
        }
    }

    fn text(&mut self, row: Row<'_>, field: &str, text: &str, length: std::ops::RangeInclusive<usize>) {
        let characters = text.chars().count();
        if *length.start() > 0 && text.trim().is_empty() {
            self.fault(row, field, "This must not be empty.");
        } else if characters > *length.end() {
            let message = format!("This has {characters} characters; {} is the most.", length.end());
            self.fault(row, field, message);
        }
    }

    fn money(&mut self, row: Row<'_>, field: &str, money: i64) {
        if !(0..=MAX_BUDGET).contains(&money) {
            self.fault(row, field, "Money is a whole number from 0 to 1,000,000,000.");
        }
    }

    fn support(&mut self, row: Row<'_>, support: Points) {
        if support < Points::whole(-1_000) || support > Points::whole(1_000) {
            self.fault(row, "support", "Support changes by 1,000 points at most.");
        }
    }

    fn fault(&mut self, Row(table, row): Row<'_>, field: &str, message: impl Into<String>) {
        // as many more may follow from one
        if self.faults.len() < MOST {
            self.faults.push(Fault {
                file: None,
                table: table.to_owned(),
                row: row.to_owned(),
                field: field.to_owned(),
                message: message.into(),
            });
        }
    }
}
