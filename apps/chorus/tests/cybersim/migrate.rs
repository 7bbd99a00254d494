//! `POST /migrate`, from a stand-in of Airtable.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::common::{Answer, Server, request};
use crate::table::{Client, Table};

/// A base with a row in each table.
fn table(name: &str) -> Value {
    let fields = match name {
        "purchased_mitigations_category" => json!({ "name": "Devices" }),
        "handbook_categories" => json!({ "name": "Handbook" }),
        "recommendations" => json!({ "name": "Lock up", "handbook_category": ["handbook_categories0"] }),
        "event_types" => json!({ "name": "Table" }),
        "locations" => json!({ "name": "Head office", "location_code": "hq" }),
        "dictionary" => json!({ "word": "poll", "synonym": "trust" }),
        "events" => json!({
            "title": "Fire", "description": "It burns", "trigger_time": 90, "locations": ["locations0"],
            "event_types": ["event_types0"], "skipper_mitigation": ["purchased_mitigations0"], "poll_change": -2,
            "recommendations": ["recommendations0"], "response": ["responses0"],
        }),
        "purchased_mitigations" => {
            json!({ "description": "Alarm", "cost": 700, "category": ["purchased_mitigations_category0"] })
        }
        "responses" => json!({ "description": "Put it out", "cost": 0 }),
        "systems" => json!({ "name": "Power", "locations": ["locations0"] }),
        "roles" => json!({ "name": "Mayor" }),
        "actions" => {
            json!({ "description": "Speak", "cost": 0, "poll_increase": 1, "locations": ["locations0"], "role": ["roles0"] })
        }
        "curveballs" => json!({ "description": "Rain", "poll_change": -1 }),
        _ => json!({}),
    };
    json!({ "records": [{ "id": format!("{name}0"), "fields": fields }] })
}

/// Where it listens.
async fn airtable() -> String {
    let answer = async |Path((base, name)): Path<(String, String)>, headers: HeaderMap| -> Response {
        let token = headers.get("authorization").map(http::HeaderValue::as_bytes);
        match (token, base.as_str()) {
            (Some(b"Bearer right"), "faulty") if name == "curveballs" => {
                let fields = json!({ "description": "", "poll_change": "much" });
                Json(json!({ "records": [{ "id": "c0", "fields": fields }] })).into_response()
            }
            (Some(b"Bearer right"), "base" | "faulty") => Json(table(&name)).into_response(),
            (Some(b"Bearer right"), "broken") => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            (Some(b"Bearer right"), _) => StatusCode::NOT_FOUND.into_response(),
            _ => StatusCode::UNAUTHORIZED.into_response(),
        }
    };
    let app = Router::new().route("/v0/{base}/{table}", get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { chorus_socketio::serve(listener, app).await });
    format!("http://{address}")
}

async fn migrate(table: &Table, password: &str, token: &str, base: &str) -> Answer {
    let body = json!({ "password": password, "accessToken": token, "tableId": base }).to_string();
    let headers = [("content-type", "application/json")];
    request(table.address(), "POST", "/migrate", &headers, &body).await
}

#[tokio::test]
async fn a_base_is_played_by_new_games_and_no_other() {
    let airtable = airtable().await;
    let options = ["--migration-password", "open sesame", "--airtable-url", &airtable];
    let mut table = Table::with(&options).await;
    let mut before = table.v1("before").await;
    let answer = migrate(&table, "open sesame", "right", "base").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));

    let expect = async |table: &Table| {
        assert_eq!(table.get("/dictionary").await.body, r#"[{"word":"poll","synonym":"trust"}]"#);
        let injection = table.get("/injections").await.json()[0].clone();
        assert_eq!(injection["recommendations"], "Handbook: Lock up");
        assert_eq!((&injection["trigger_time"], &injection["location"]), (&json!(90_000), &json!("hq")));
        assert_eq!(injection["responses"][0]["description"], "Put it out");
    };
    expect(&table).await;
    let mut after = table.v2("after", 6000, 55.0).await;
    let bought = json!({ "id": "purchased_mitigations0", "value": true });
    assert_eq!(after.ok("changeMitigation", &[bought]).await["budget"], 5300);
    assert_eq!(before.change("M1", "hq", true).await["budget"], 6500, "a game in play keeps its scenario");
    // and so after a restart
    table.restart().await;
    expect(&table).await;
    let mut client = Client::connect(table.address(), &json!({})).await;
    assert_eq!(client.game("before").await["injections"][0]["injection_id"], "I1");
    // the new UI can play it too
    let guest = table.server.guest().await;
    let listed = guest.get("/api/scenarios").await.json();
    assert!(listed.as_array().unwrap().iter().any(|scenario| scenario["id"] == "airtable"), "{listed}");
}

#[tokio::test]
async fn what_is_wrong_is_told_as_the_original_does() {
    let airtable = airtable().await;
    let table = Table::with(&["--migration-password", "secret", "--airtable-url", &airtable]).await;
    for (password, token, base, expected) in [
        ("wrong", "right", "base", json!({ "password": "Invalid master password" })),
        ("secret", "wrong", "base", json!({ "accessToken": "Invalid airtable access token" })),
        ("secret", "", "base", json!({ "accessToken": "Invalid airtable access token" })),
        ("secret", "right", "unknown", json!({ "tableId": "Invalid airtable base id" })),
        ("secret", "right", "", json!({ "tableId": "Invalid airtable base id" })),
    ] {
        let answer = migrate(&table, password, token, base).await;
        assert_eq!((answer.status, answer.json()), (400, expected), "{password} {token} {base}");
    }
    let faulty = migrate(&table, "secret", "right", "faulty").await;
    assert_eq!((faulty.status, &faulty.json()["validation"]), (400, &json!(true)));
    let errors = faulty.json()["errors"].clone();
    assert!(errors[0]["message"].as_str().unwrap().contains("curveballs"), "{errors}");
    let broken = migrate(&table, "secret", "right", "broken").await;
    let message =
        "There was an internal server error during the migration! Please contact the developers to fix it.";
    assert_eq!((broken.status, broken.json()), (500, json!({ "message": message })));
    assert_eq!(table.get("/injections").await.json()[1]["id"], "I1", "nothing has changed");
}

#[tokio::test]
async fn passwords_are_not_tried_for_ever() {
    let table = Table::with(&["--migration-password", "secret"]).await;
    let mut last = 0;
    for _ in 0..40 {
        last = migrate(&table, "wrong", "t", "b").await.status;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn the_password_comes_by_the_environment() {
    let data = crate::common::folder();
    let mut command = crate::common::command(data.path(), &["--classic", "cybersim=0"]);
    command.env("CHORUS_MIGRATION_PASSWORD", "secret").env("CHORUS_AIRTABLE_URL", airtable().await);
    let server = Server::run(command);
    let body = json!({ "password": "secret", "accessToken": "wrong", "tableId": "base" }).to_string();
    let answer = request(crate::table::address(&server), "POST", "/migrate", &[], &body).await;
    assert_eq!(answer.json(), json!({ "accessToken": "Invalid airtable access token" }));
}
