//! What each table's columns become.

use serde_json::{Map, Value, json};

use super::super::super::GameTime;
use super::roles::{self, Roles};
use super::{Generation, Row};

/// The minutes of a game, when no injection comes later.
const MINUTES: i64 = 75;

pub(super) fn system(row: &mut Row<'_>) {
    same(row, &["id", "name", "description"]);
    row.pass("type", "at");
}

pub(super) fn mitigation(row: &mut Row<'_>) {
    same(row, &["id", "category"]);
    row.pass("description", "name");
    let whole = row.has("cost").then(|| row.take("cost").unwrap_or(json!(0)));
    let places = [("hq", "is_hq", "hq_cost"), ("local", "is_local", "local_cost")];
    let by_place = places.iter().any(|(_, sold, cost)| row.has(sold) || row.has(cost));
    let prices = places.map(|(place, sold, cost)| Some((place.to_owned(), price(row, sold, cost)?)));
    if by_place {
        row.put("cost", prices.into_iter().flatten().collect::<Map<_, _>>());
    } else if let Some(cost) = whole {
        row.put("cost", cost);
    }
}

/// The price at a place; none where it is not sold.
fn price(row: &mut Row<'_>, sold: &str, cost: &str) -> Option<Value> {
    let price = row.take(cost);
    let is_sold = match row.take(sold) {
        Some(Value::Bool(is_sold)) => is_sold,
        Some(_) => {
            row.fault(sold, "This must be true or false.");
            true
        }
        None => price.is_some(),
    };
    let price = price.unwrap_or(json!(0));
    if price.is_i64() || price.is_u64() {
        return is_sold.then_some(price);
    }
    row.fault(cost, "This must be a whole number.");
    Some(json!(0))
}

pub(super) fn response(row: &mut Row<'_>) {
    same(row, &["id", "cost"]);
    row.pass("description", "text");
    row.pass("location", "at");
    row.pass("mitigation_id", "mitigation");
    row.pass("mitigation_type", "mitigation_at");
    row.pass("systems_to_restore", "restores");
    row.pass("required_mitigation", "requires");
    row.pass("required_mitigation_type", "requires_at");
}

pub(super) fn injection(row: &mut Row<'_>, roles: &Roles) {
    same(row, &["id", "title", "description"]);
    row.pass("recommendations", "advice");
    row.pass("location", "place");
    row.pass("asset_code", "asset");
    row.pass("skipper_mitigation", "prevented_by");
    row.pass("skipper_mitigation_type", "prevented_at");
    row.pass("systems_to_disable", "disables");
    row.pass("followup_injecion", "followup");
    row.pass("followup_injection", "followup");
    if let Some(kind) = row.take_text("type") {
        row.put("kind", kind.to_lowercase());
    }
    if let Some(change) = row.take_number("poll_change") {
        row.put("support", change);
    }
    if let Some(recipient) = row.take_text("recipient_role").filter(|recipient| !recipient.is_empty()) {
        row.put("to", roles.meant(&recipient).into_iter().collect::<Vec<_>>());
        row.put("recipient", recipient);
    }
    if let Some(responses) = row.take("responses") {
        let id = |response: &Value| response.get("id").unwrap_or(response).clone();
        let ids = responses.as_array().map(|responses| responses.iter().map(id).collect());
        row.put("responses", ids.unwrap_or(responses));
    }
    time(row);
}

/// Milliseconds as game time.
fn time(row: &mut Row<'_>) {
    let Some(time) = row.take_number("trigger_time") else { return };
    if let Some(time) = time.as_i64().and_then(GameTime::from_millis) {
        row.put("at", time.to_string());
    } else {
        row.put("at", "0:00");
        row.fault("trigger_time", "This must be a number of milliseconds, up to 24 hours.");
    }
}

pub(super) fn role(row: &mut Row<'_>) {
    same(row, &["id"]);
    if let Some(name) = row.take("name") {
        row.put("at", name.as_str().map_or("party", roles::place));
        row.put("name", name);
    }
}

pub(super) fn action(row: &mut Row<'_>, roles: &Roles) {
    same(row, &["id", "cost"]);
    row.pass("description", "text");
    row.pass("type", "at");
    row.pass("budget_increase", "gain");
    row.pass("required_systems", "needs");
    if let Some(increase) = row.take_number("poll_increase") {
        row.put("support", increase);
    }
    let Some(Value::Array(names)) = row.take("roles") else { return };
    let mut ids = Vec::new();
    for name in names {
        match name.as_str().and_then(|name| roles.find(name)) {
            Some(id) => ids.push(id),
            None => row.fault("roles", format!("There is no role {name}.")),
        }
    }
    row.put("roles", ids);
}

pub(super) fn curveball(row: &mut Row<'_>) {
    same(row, &["id"]);
    row.pass("description", "text");
    row.pass("lose_all_budget", "lose_budget");
    row.pass("budget_change", "budget");
    if let Some(change) = row.take_number("poll_change") {
        row.put("support", change);
    }
}

pub(super) fn location(row: &mut Row<'_>) {
    row.take("id");
    same(row, &["name"]);
    match row.take_text("type").as_deref() {
        Some(place @ ("hq" | "local")) => row.put("type", place),
        _ => row.fault("type", "This must be hq or local."),
    }
}

pub(super) fn word(row: &mut Row<'_>) {
    row.take("id");
    same(row, &["word", "synonym"]);
}

/// What the places are called.
pub(super) fn places(locations: &[Value]) -> Value {
    let named = locations.iter().filter_map(|row| Some((row["type"].as_str()?, row["name"].as_str()?)));
    named.map(|(place, name)| (place.to_owned(), name.into())).collect::<Map<_, _>>().into()
}

/// How games of that generation begin; long enough for every injection.
pub(super) fn settings(generation: Generation, threats: &[Value]) -> Value {
    let (budget, support, most) = match generation {
        Generation::First => (7_000, 40, 100),
        Generation::Second => (6_000, 55, 200),
    };
    let times = threats.iter().filter_map(|threat| GameTime::parse(threat["at"].as_str()?));
    let last = times.max().map_or(0, GameTime::millis);
    // whole steps of five minutes
    let minutes = (last / 300_000 + i64::from(last % 300_000 > 0)) * 5;
    let duration = format!("{}:00", minutes.clamp(MINUTES, 24 * 60));
    json!({ "budget": budget, "support": support, "support_max": most, "duration": duration })
}

/// Columns that are called the same.
fn same(row: &mut Row<'_>, columns: &[&str]) {
    for column in columns {
        row.pass(column, column);
    }
}
