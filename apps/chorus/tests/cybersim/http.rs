//! The setup tables and the address itself.

use serde_json::{Value, json};

use crate::common::{Server, folder, request};
use crate::table::{Table, address, import_and_start};

fn columns(row: &Value) -> Vec<&str> {
    row.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Whether a row has all columns of today's original.
fn has(row: &Value, expected: &str) -> bool {
    expected.split(' ').all(|column| columns(row).contains(&column))
}

#[tokio::test]
async fn the_tables_have_the_originals_columns() {
    let table = Table::new().await;
    for (path, expected) in [
        ("/systems", "id name description type"),
        ("/mitigations", "id description category cost is_hq is_local hq_cost local_cost"),
        ("/responses", "id description cost mitigation_id systems_to_restore required_mitigation location"),
        (
            "/injections",
            "id title description recommendations trigger_time location type recipient_role asset_code \
             skipper_mitigation systems_to_disable poll_change followup_injecion responses",
        ),
        ("/actions", "id description type cost budget_increase poll_increase required_systems roles"),
        ("/curveballs", "id description lose_all_budget budget_change poll_change"),
        ("/locations", "id name type"),
        ("/dictionary", "word synonym"),
    ] {
        let answer = table.get(path).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("*")), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
        let rows = answer.json();
        assert!(rows.as_array().unwrap().iter().all(|row| has(row, expected)), "{path}: {rows}");
    }
}

#[tokio::test]
async fn the_rows_say_what_the_scenario_says() {
    let table = Table::new().await;
    let row = async |path: &str, index: usize| table.get(path).await.json()[index].clone();
    assert_eq!(
        row("/systems", 0).await,
        json!({ "id": "S1", "name": "Website", "description": "", "type": "party" })
    );
    let mitigation = json!({
        "id": "M2", "description": "Backup", "category": "Devices", "cost": 1200, "is_hq": false, "is_local": true,
        "hq_cost": null, "local_cost": 1200,
    });
    assert_eq!(row("/mitigations", 1).await, mitigation);
    let response = json!({
        "id": "RP1", "description": "Change locks", "cost": 0, "mitigation_id": null, "systems_to_restore": ["S2"],
        "required_mitigation": "M1", "location": "local", "mitigation_type": null,
        "required_mitigation_type": "local",
    });
    assert_eq!(row("/responses", 0).await, response);
    let injection = row("/injections", 1).await;
    let expected = json!({
        "id": "I1", "title": "Theft", "description": "", "recommendations": null, "trigger_time": 120_000,
        "location": "local", "type": "Table", "recipient_role": null, "asset_code": null, "skipper_mitigation": "M1",
        "systems_to_disable": ["S1"], "poll_change": -0.5, "followup_injecion": "I2",
        "skipper_mitigation_type": "local", "responses": [response],
    });
    assert_eq!(injection, expected);
    let both = row("/injections", 0).await;
    assert_eq!((&both["location"], &both["type"]), (&Value::Null, &json!("Board")));
    let curveball = json!({ "id": "C8", "description": "Theft of the till", "lose_all_budget": true, "budget_change": 0, "poll_change": 0 });
    assert_eq!(row("/curveballs", 2).await, curveball);
    assert_eq!(row("/locations", 1).await, json!({ "id": "local", "name": "Local branch", "type": "local" }));
}

#[tokio::test]
async fn words_are_as_todays_client_can_take_them() {
    let data = folder();
    let mut document = crate::table::scenario();
    document["words"] = json!([
        { "word": "Support", "synonym": "Polls" },
        { "word": "a (b", "synonym": "would break its pattern" },
    ]);
    let classic = ["--classic", "cybersim=0,scenario=words"];
    let server = import_and_start(data.path(), "words", document, &classic).await;
    let words = request(address(&server), "GET", "/dictionary", &[], "").await;
    assert_eq!(words.body, r#"[{"word":"support","synonym":"Polls"}]"#);
}

#[tokio::test]
async fn programs_are_told_that_it_works_and_people_what_it_is() {
    let table = Table::new().await;
    let get = async |accept: &str| request(table.address(), "GET", "/", &[("accept", accept)], "").await;
    for accept in ["", "*/*", "application/json"] {
        let answer = get(accept).await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ok" })), "{accept}");
    }
    let page = get("text/html,application/xhtml+xml,*/*;q=0.8").await;
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(page.body.contains(&format!("href=\"http://{}\"", table.server.address)), "{}", page.body);
    assert_eq!(page.header("vary"), Some("Accept"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let table = Table::new().await;
    for (method, path) in [("GET", "/other"), ("POST", "/systems"), ("GET", "/migrate"), ("DELETE", "/")] {
        let answer = request(table.address(), method, path, &[], "").await;
        assert_eq!(answer.status, 404, "{method} {path}");
        assert!(answer.header("content-type").unwrap().starts_with("text/html"));
    }
}

#[tokio::test]
async fn pages_of_any_origin_may_ask() {
    let table = Table::new().await;
    let asks = [
        ("origin", "https://elsewhere.test"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let answer = request(table.address(), "OPTIONS", "/migrate", &asks, "").await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(answer.header("access-control-allow-headers"), Some("content-type"));
    assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"));
    let path = "/socket.io/?EIO=4&transport=polling";
    let answer = request(table.address(), "GET", path, &asks[..1], "").await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("*")));
}

#[tokio::test]
async fn without_a_name_the_shipped_scenario_is_played() {
    let data = folder();
    let server = Server::start(data.path(), &["--classic", "cybersim=0"]);
    let injections = request(address(&server), "GET", "/injections", &[], "").await.json();
    let rows = injections.as_array().unwrap().iter();
    let times: Vec<_> = rows.map(|row| row["trigger_time"].as_i64().unwrap()).collect();
    assert!(times.len() >= 60 && times.is_sorted(), "{times:?}");
}
