//! Airtable bases, of a stand-in for Airtable.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chorus_exercise::scenario::airtable::{Airtable, Error};
use chorus_exercise::scenario::{Cost, Kind, MitigationId, Place, Points, Reach, ThreatId};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::support::{document, faults};

const TOKEN: &str = "patStandIn.0123";
const BASE: &str = "appStandIn";

#[tokio::test]
async fn a_whole_base_is_read_page_by_page_at_the_pace_of_airtable() {
    let mut tables = base();
    // more than one page, and one request that comes too fast
    let words =
        (0..205).map(|n| row(&format!("recW{n}"), json!({ "word": format!("w{n}"), "synonym": "s" })));
    tables.insert("dictionary", words.collect());
    let stand_in = StandIn { tables, too_fast: true, ..StandIn::default() }.start().await;
    let read = stand_in.read(TOKEN, BASE).await.unwrap();
    let read = document(&read);

    assert_eq!((read.title.as_str(), read.settings.budget), ("A base", 6_000));
    assert_eq!((read.settings.support, read.settings.support_max), (Points::whole(55), Points::whole(200)));
    assert_eq!((read.places.hq.as_str(), read.places.local.as_str()), ("Town hall", "Village"));
    assert_eq!(read.words.len(), 205);
    assert_eq!(read.words[204].word, "w204");
    let [well, phones] = read.systems.as_slice() else { panic!() };
    assert_eq!(
        (well.at, phones.at, phones.description.as_str()),
        (Reach::Local, Reach::Party, "All of them")
    );
    assert_eq!(
        (read.mitigations[0].category.as_str(), read.mitigations[0].cost),
        ("Pumps", Cost::Whole(300))
    );
    assert_eq!(read.mitigations[1].cost, Cost::Whole(0), "no cost is none");
    let response = &read.responses[0];
    assert_eq!((response.cost, response.restores.len()), (None, 1));
    assert_eq!(response.mitigation.as_ref().map(MitigationId::as_str), Some("recM1"));
    let fire = &read.threats[0];
    assert_eq!((fire.title.as_str(), fire.at.to_string().as_str()), ("Fire", "2:00"));
    assert_eq!(
        (fire.place, fire.kind, fire.support),
        (Reach::Local, Kind::Table, Points::from_f64(-1.5).unwrap())
    );
    assert_eq!(
        (fire.recipient.as_deref(), fire.to.len(), fire.asset.as_deref()),
        (Some("Local Mayor"), 1, Some("7"))
    );
    assert_eq!(fire.prevented_by.as_ref().map(MitigationId::as_str), Some("recM1"));
    assert_eq!((fire.prevented_at, fire.disables.len(), fire.responses.len()), (None, 1, 1));
    assert_eq!(fire.followup.as_ref().map(ThreatId::as_str), Some("recE2"));
    assert_eq!(fire.advice, "Water: Have enough of it");
    assert_eq!((read.threats[1].kind, read.threats[1].place), (Kind::Board, Reach::Party));
    let feast = &read.actions[0];
    assert_eq!(
        (feast.at, feast.roles.len(), feast.needs.len(), feast.support),
        (Place::Hq, 2, 1, Points::whole(2))
    );
    assert_eq!((read.curveballs[0].budget, read.curveballs[0].support), (-200, Points::whole(1)));

    let seen = stand_in.seen.lock().unwrap();
    assert_eq!(seen.len(), 13 + 2 + 1, "two more pages, one more attempt");
    for six in seen.windows(6) {
        let time = six[5].duration_since(six[0]);
        assert!(time >= Duration::from_millis(900), "six requests within {time:?}");
    }
}

#[tokio::test]
async fn a_wrong_token_and_a_wrong_base_are_told() {
    let stand_in = StandIn::default().start().await;
    assert!(matches!(stand_in.read("wrong", BASE).await, Err(Error::Token)));
    assert_eq!(stand_in.seen.lock().unwrap().len(), 1, "it is not tried again");
    for token in ["", "two words", "new\nline", "ä"] {
        assert!(matches!(stand_in.read(token, BASE).await, Err(Error::Token)), "{token}");
    }
    for base in ["", "../x", "app?view=x", &"a".repeat(65)] {
        assert!(matches!(stand_in.read(TOKEN, base).await, Err(Error::Base)), "{base}");
    }
    assert_eq!(stand_in.seen.lock().unwrap().len(), 1, "nothing of it was sent");
    assert!(matches!(stand_in.read(TOKEN, "appOther").await, Err(Error::Base)));
}

#[tokio::test]
async fn faults_are_told_in_the_names_of_the_base() {
    let mut tables = base();
    tables.remove("roles");
    tables.insert("event_types", Vec::new());
    tables.insert(
        "purchased_mitigations",
        vec![row("recM1", json!({ "description": "A pump", "category": ["recNone"] }))],
    );
    tables.insert(
        "systems",
        vec![row("recS1", json!({ "name": "Well" })), row("recS2", json!({ "locations": ["recL1"] }))],
    );
    let events = json!({ "title": "Fire", "trigger_time": "soon", "skipper_mitigation": ["recM9"], "poll_change": "much" });
    tables.insert(
        "events",
        vec![row("recE1", events), row("recE2", json!({ "trigger_time": 1, "locations": ["recX"] }))],
    );
    let stand_in = StandIn { tables, ..StandIn::default() }.start().await;
    let told = faults(&stand_in.read(TOKEN, BASE).await.unwrap());
    for line in [
        "roles: There is no such table, or it has no view called Grid view.",
        "purchased_mitigations › recM1 › category: This leads to \"recNone\", which is not there or says nothing.",
        "systems › recS1 › locations: This is missing.",
        "systems › recS2 › name: This is missing.",
        "events › recE1 › trigger_time: This must be a number of seconds, up to 24 hours.",
        "events › recE1 › skipper_mitigation: There is no mitigation recM9.",
        "events › recE1 › poll_change: This must be a number, not the text \"much\".",
        "events › recE2 › title: This is missing.",
        "events › recE2 › locations: This leads to \"recX\", which is not there or says nothing.",
    ] {
        assert!(told.contains(&format!("{line}\n")), "{line}\n\n{told}");
    }
}

#[tokio::test]
async fn answers_that_are_none_are_told() {
    let stand_in = StandIn { odd: Some(Odd::Words), ..StandIn::default() }.start().await;
    let error = stand_in.read(TOKEN, BASE).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("Airtable answered the request for handbook_categories with what is no page"),
        "{error}"
    );
    let stand_in = StandIn { odd: Some(Odd::Failure), ..StandIn::default() }.start().await;
    let error = stand_in.read(TOKEN, BASE).await.unwrap_err();
    assert!(error.to_string().ends_with("with 500 Internal Server Error"), "{error}");
    let stand_in = StandIn { odd: Some(Odd::Flood), ..StandIn::default() }.start().await;
    assert!(matches!(stand_in.read(TOKEN, BASE).await, Err(Error::TooLarge("handbook_categories"))));
    let stand_in = StandIn { odd: Some(Odd::Elsewhere), ..StandIn::default() }.start().await;
    let error = stand_in.read(TOKEN, BASE).await.unwrap_err();
    assert!(error.to_string().ends_with("with 307 Temporary Redirect"), "the token stays here: {error}");
    let closed = Airtable::new(Some("http://127.0.0.1:1"), TOKEN).unwrap().read(BASE, "x").await;
    assert!(matches!(closed, Err(Error::Unreachable(_))), "{closed:?}");
    assert!(matches!(Airtable::new(Some("http://example.org"), TOKEN), Err(Error::Endpoint(_))));
}

/// What is odd about a stand-in.
#[derive(Clone, Copy)]
enum Odd {
    Words,
    Failure,
    Flood,
    Elsewhere,
}

/// Airtable, as far as it is needed.
#[derive(Default)]
struct StandIn {
    tables: HashMap<&'static str, Vec<Value>>,
    too_fast: bool,
    odd: Option<Odd>,
    seen: Mutex<Vec<Instant>>,
}

struct Started {
    endpoint: String,
    stand_in: Arc<StandIn>,
}

impl std::ops::Deref for Started {
    type Target = StandIn;

    fn deref(&self) -> &StandIn {
        &self.stand_in
    }
}

impl Started {
    async fn read(&self, token: &str, base: &str) -> Result<chorus_exercise::scenario::file::Draft, Error> {
        Airtable::new(Some(&self.endpoint), token)?.read(base, "A base").await
    }
}

impl StandIn {
    async fn start(self) -> Started {
        let stand_in = Arc::new(self);
        let app = Router::new().route("/v0/{base}/{table}", get(records)).with_state(Arc::clone(&stand_in));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Started { endpoint, stand_in }
    }
}

async fn records(
    State(stand_in): State<Arc<StandIn>>,
    Path((base, table)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let before = {
        let mut seen = stand_in.seen.lock().unwrap();
        seen.push(Instant::now());
        seen.len() - 1
    };
    if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some(&format!("Bearer {TOKEN}"))
    {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": { "type": "AUTHENTICATION_REQUIRED" } })))
            .into_response();
    }
    match stand_in.odd {
        None => {}
        Some(Odd::Words) => return "hello".into_response(),
        Some(Odd::Failure) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Odd::Flood) => return "x".repeat(5_000_000).into_response(),
        Some(Odd::Elsewhere) => {
            return (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response();
        }
    }
    if stand_in.too_fast && before == 3 {
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response();
    }
    let Some(rows) = stand_in.tables.get(table.as_str()).filter(|_| base == BASE) else {
        let error = json!({ "error": { "type": "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND" } });
        return (StatusCode::FORBIDDEN, Json(error)).into_response();
    };
    assert_eq!((query["view"].as_str(), query["pageSize"].as_str()), ("Grid view", "100"));
    let from = query.get("offset").map_or(0, |offset| offset.trim_start_matches("itr&/").parse().unwrap());
    let to = (from + 100).min(rows.len());
    let mut page = json!({ "records": rows[from..to] });
    if to < rows.len() {
        page["offset"] = format!("itr&/{to}").into();
    }
    Json(page).into_response()
}

fn row(id: &str, fields: Value) -> Value {
    json!({ "id": id, "createdTime": "2026-01-01T00:00:00.000Z", "fields": fields })
}

/// A small base. Columns that nobody knows are in it, as in real ones.
fn base() -> HashMap<&'static str, Vec<Value>> {
    HashMap::from([
        ("handbook_categories", vec![row("recH1", json!({ "name": "Water" }))]),
        (
            "recommendations",
            vec![row("recA1", json!({ "name": "Have enough of it", "handbook_category": ["recH1"] }))],
        ),
        (
            "event_types",
            vec![row("recT1", json!({ "name": "Table" })), row("recT2", json!({ "name": "System Board" }))],
        ),
        ("purchased_mitigations_category", vec![row("recC1", json!({ "name": "Pumps" }))]),
        (
            "locations",
            vec![
                row("recL1", json!({ "name": "Town hall", "location_code": "hq" })),
                row("recL2", json!({ "name": "Village", "location_code": "local" })),
            ],
        ),
        ("dictionary", vec![row("recW1", json!({ "word": "poll", "synonym": "mood" }))]),
        (
            "systems",
            vec![
                row("recS1", json!({ "name": "Well", "locations": ["recL2"], "notes": "extra" })),
                row(
                    "recS2",
                    json!({ "name": "Telephones", "description": "All of them", "locations": ["recL1", "recL2"] }),
                ),
            ],
        ),
        (
            "roles",
            vec![row("recR1", json!({ "name": "Local Mayor" })), row("recR2", json!({ "name": "Clerk" }))],
        ),
        (
            "purchased_mitigations",
            vec![
                row("recM1", json!({ "description": "A pump", "category": ["recC1"], "cost": 300 })),
                row("recM2", json!({ "description": "A bucket", "category": ["recC1"] })),
            ],
        ),
        (
            "responses",
            vec![row(
                "recP1",
                json!({ "description": "Dig", "mitigation_id": ["recM1"], "systems_to_restore": ["recS1"] }),
            )],
        ),
        (
            "events",
            vec![
                row(
                    "recE1",
                    json!({
                        "title": "Fire", "description": "It burns.", "trigger_time": 120, "locations": ["recL2"],
                        "event_types": ["recT1"], "role": ["recR1"], "spreadsheet_id": 7, "poll_change": -1.5,
                        "systems_to_disable": ["recS1"], "response": ["recP1"], "skipper_mitigation": ["recM1"],
                        "followup_event": ["recE2"], "recommendations": ["recA1"],
                    }),
                ),
                row(
                    "recE2",
                    json!({ "title": "Smoke", "description": "It stinks.", "trigger_time": 240, "event_types": ["recT2"] }),
                ),
            ],
        ),
        (
            "actions",
            vec![row(
                "recA1",
                json!({ "description": "A feast", "locations": ["recL1"], "cost": 100, "poll_increase": 2, "required_systems": ["recS2"], "role": ["recR1", "recR2"] }),
            )],
        ),
        (
            "curveballs",
            vec![row("recB1", json!({ "description": "A flood", "poll_change": 1, "budget_change": -200 }))],
        ),
    ])
}
