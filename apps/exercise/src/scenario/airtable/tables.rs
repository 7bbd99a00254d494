//! From the tables of a base to those of `CyberSim`: links become what they lead to.

use serde_json::{Value, json};

use super::super::Fault;
use super::super::file::Draft;
use super::super::file::cybersim::{Kind, Tables};
use super::base::{Base, Links, Texts, fault};
use super::names::{
    self, ACTIONS, CATEGORIES, CURVEBALLS, DICTIONARY, EVENT_TYPES, EVENTS, HANDBOOK_CATEGORIES, LOCATIONS,
    MITIGATIONS, RECOMMENDATIONS, RESPONSES, ROLES, SYSTEMS, TYPES,
};

impl Base {
    /// The scenario of the base, with the faults in the base's own names.
    pub(super) fn draft(&self, title: &str, missing: Vec<&'static str>) -> Draft {
        let mut links = Links { faults: missing.into_iter().map(absent).collect(), base: self };
        let tables = links.tables();
        let earlier = links.faults;
        tables.draft(title).told(|faults| in_names_of_the_base(earlier, faults))
    }
}

impl Links<'_> {
    fn tables(&mut self) -> Tables {
        let mut tables = Tables::default();
        for (kind, rows) in [
            (Kind::Injection, self.events()),
            (Kind::Mitigation, self.mitigations()),
            (
                Kind::Response,
                self.rows(RESPONSES, &["description", "cost", "systems_to_restore"], |_, record, row| {
                    Self::first(record, "mitigation_id", row);
                    Self::first(record, "required_mitigation", row);
                }),
            ),
            (Kind::System, self.systems()),
            (Kind::Role, self.rows(ROLES, &["name"], |_, _, _| ())),
            (Kind::Action, self.actions()),
            (Kind::ActionRole, self.action_roles()),
            (
                Kind::Curveball,
                self.rows(
                    CURVEBALLS,
                    &["description", "poll_change", "budget_change", "lose_all_budget"],
                    |_, _, _| (),
                ),
            ),
            (
                Kind::Location,
                self.rows(LOCATIONS, &["name"], |_, record, row| {
                    let code = record.fields.get("location_code").cloned().unwrap_or_default();
                    row.insert("type".to_owned(), code);
                }),
            ),
            (Kind::Dictionary, self.rows(DICTIONARY, &["word", "synonym"], |_, _, _| ())),
        ] {
            tables.insert(kind, None, rows);
        }
        tables
    }

    fn events(&mut self) -> Vec<Value> {
        let places = self.base.texts(LOCATIONS, "location_code");
        let types = self.base.texts(EVENT_TYPES, "name");
        let roles = self.base.texts(ROLES, "name");
        let advice = self.recommendations();
        let same = ["title", "description", "poll_change", "systems_to_disable"];
        self.rows(EVENTS, &same, |links, record, row| {
            let mut put =
                |column: &str, value: Option<Value>| row.insert(column.to_owned(), value.unwrap_or_default());
            put("location", links.text(EVENTS, record, "locations", &places).map(Into::into));
            put("recommendations", links.text(EVENTS, record, "recommendations", &advice).map(Into::into));
            put("recipient_role", links.text(EVENTS, record, "role", &roles).map(Into::into));
            let name = links.text(EVENTS, record, "event_types", &types);
            let kind = TYPES.iter().find(|(known, _)| Some(*known) == name.as_deref());
            put("type", Some(kind.map_or("Board", |(_, kind)| kind).into()));
            put("trigger_time", record.fields.get("trigger_time").map(in_millis));
            put("asset_code", record.fields.get("spreadsheet_id").map(as_text));
            put("responses", record.fields.get("response").cloned());
            Self::first(record, "skipper_mitigation", row);
            Self::first(record, "followup_event", row);
            if let Some(followup) = row.remove("followup_event") {
                row.insert("followup_injecion".to_owned(), followup);
            }
        })
    }

    /// What was recommended: the category of the handbook, and the name.
    fn recommendations(&mut self) -> Texts {
        let categories = self.base.texts(HANDBOOK_CATEGORIES, "name");
        let records = self.base.records(RECOMMENDATIONS).iter().filter_map(|record| {
            let name = record.fields.get("name")?.as_str()?;
            let category = self.text(RECOMMENDATIONS, record, "handbook_category", &categories);
            let text = category.map_or_else(|| name.to_owned(), |category| format!("{category}: {name}"));
            Some((record.id.clone(), text))
        });
        records.collect()
    }

    fn mitigations(&mut self) -> Vec<Value> {
        let categories = self.base.texts(CATEGORIES, "name");
        self.rows(MITIGATIONS, &["description"], |links, record, row| {
            let cost = record.fields.get("cost").filter(|cost| !cost.is_null());
            row.insert("cost".to_owned(), cost.cloned().unwrap_or_else(|| json!(0)));
            if let Some(category) = links.text(MITIGATIONS, record, "category", &categories) {
                row.insert("category".to_owned(), category.into());
            }
        })
    }

    fn systems(&mut self) -> Vec<Value> {
        let places = self.base.texts(LOCATIONS, "location_code");
        self.rows(SYSTEMS, &["name", "description"], |links, record, row| {
            let at = links.all(SYSTEMS, record, "locations", &places);
            let has = |place: &str| at.iter().any(|found| found == place);
            let place =
                if has("hq") && has("local") { Some("party") } else { at.first().map(String::as_str) };
            if let Some(place) = place {
                row.insert("type".to_owned(), place.into());
            } else {
                links.faults.push(fault(SYSTEMS, &record.id, "locations", "This is missing.".to_owned()));
            }
        })
    }

    fn actions(&mut self) -> Vec<Value> {
        let places = self.base.texts(LOCATIONS, "location_code");
        let same = ["description", "cost", "budget_increase", "poll_increase", "required_systems"];
        self.rows(ACTIONS, &same, |links, record, row| {
            if let Some(place) = links.text(ACTIONS, record, "locations", &places) {
                row.insert("type".to_owned(), place.into());
            }
        })
    }

    fn action_roles(&mut self) -> Vec<Value> {
        let ids = self.base.records(ROLES).iter().map(|role| (role.id.clone(), role.id.clone())).collect();
        let mut pairs = Vec::new();
        for record in self.base.records(ACTIONS) {
            let roles = self.all(ACTIONS, record, "role", &ids);
            pairs.extend(roles.into_iter().map(|role| json!({ "action_id": record.id, "role_id": role })));
        }
        pairs
    }
}

/// Seconds in milliseconds; what is no number is told later.
fn in_millis(seconds: &Value) -> Value {
    match seconds.as_f64() {
        Some(seconds) if seconds.abs() < 1e9 => json!((seconds * 1000.0).round() as i64),
        _ => seconds.clone(),
    }
}

/// A number as text.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        other => other.clone(),
    }
}

/// Faults of `CyberSim`'s tables behind those of the links, without what follows from these.
fn in_names_of_the_base(mut faults: Vec<Fault>, more: Vec<Fault>) -> Vec<Fault> {
    let links = faults.len();
    for fault in more {
        let (table, field) = names::here(&fault.table, &fault.field);
        let (table, field) = (table.to_owned(), field.to_owned());
        // the base counts in seconds
        let message = fault.message.replace("milliseconds", "seconds");
        let follows = |link: &Fault| link.row == fault.row && link.table == table && link.field == field;
        if !faults[..links].iter().any(follows) {
            faults.push(Fault { table, field, message, ..fault });
        }
    }
    faults
}

fn absent(table: &'static str) -> Fault {
    let message = format!("There is no such table, or it has no view called {}.", names::VIEW);
    fault(table, "", "", message)
}
