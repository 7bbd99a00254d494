//! What the original's own tests ask for: 40 behaviours, by the file they are in there. Here they
//! run (bug 19).
//!
//! Some of them act on a game that has not begun; here it has, since actions belong to the
//! simulation.

use serde_json::{Value, json};

use crate::table::{Client, Table, injection, logged, mitigation, system};

const EVERYTHING: [&str; 5] = ["id", "game_id", "injection_id", "prevented", "delivered"];

// action

#[tokio::test]
async fn b01_actions_have_the_names_of_their_roles() {
    let actions = Table::new().await.get("/actions").await.json();
    assert_eq!(actions[0]["roles"], json!(["Candidate", "Treasurer"]));
}

// injection

#[tokio::test]
async fn b02_injections_are_ordered_and_have_their_responses() {
    let injections = Table::new().await.get("/injections").await.json();
    let ids: Vec<_> = injections.as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(ids, ["I2", "I1", "I3"]);
    assert_eq!(injections[1]["responses"][0]["id"], "RP1");
    assert_eq!(injections[2]["responses"], json!([]), "never null");
}

// changeMitigation

#[tokio::test]
async fn b03_a_mitigation_is_toggled() {
    let table = Table::new().await;
    let mut client = table.v1("g").await;
    let game = client.change("M1", "hq", true).await;
    assert_eq!(mitigation(&game, "M1", "hq")["state"], true);
    assert_eq!(mitigation(&game, "M1", "hq")["preparation"], true);
    let game = client.change("M1", "hq", false).await;
    assert_eq!(mitigation(&game, "M1", "hq")["state"], false);
    assert_eq!(mitigation(&game, "M1", "hq")["preparation"], false);
}

#[tokio::test]
async fn b04_a_mitigation_costs_its_price() {
    let table = Table::new().await;
    let mut client = table.v1("g").await;
    assert_eq!(client.change("M1", "hq", true).await["budget"], 6500);
    assert_eq!(client.change("M1", "local", true).await["budget"], 5500);
}

#[tokio::test]
async fn b05_giving_back_what_was_not_bought_brings_nothing() {
    let table = Table::new().await;
    assert_eq!(table.v1("g").await.change("M1", "hq", false).await["budget"], 7000);
    assert_eq!(table.simulation().await.change("M1", "hq", false).await["budget"], 7000);
}

#[tokio::test]
async fn b06_a_mitigation_bought_in_the_simulation_prevents() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let game = client.change("M1", "local", true).await;
    assert_eq!(injection(&game, "I1")["prevented"], true);
    assert!(injection(&game, "I1")["prevented_at"].is_i64());
    assert_eq!(injection(&game, "I3")["prevented"], false);
    assert_eq!(mitigation(&game, "M1", "local")["preparation"], false);
}

#[tokio::test]
async fn b07_a_mitigation_bought_in_the_simulation_is_logged() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let game = client.change("M1", "local", true).await;
    let rows = logged(&game, "Budget Item Purchase");
    assert_eq!((rows.len(), &rows[0]["mitigation_id"]), (1, &json!("M1")));
    assert_eq!(rows[0]["mitigation_type"], "local");
    let game = table.v1("g").await.change("M1", "local", true).await;
    assert_eq!(game["logs"], Value::Null, "not in the preparation");
}

#[tokio::test]
async fn b08_a_mitigation_is_not_bought_without_money() {
    let table = Table::new().await;
    let mut client = table.v2("g", 1100, 50.0).await;
    let buy = json!({ "id": "M2", "value": true });
    assert_eq!(client.error("changeMitigation", &[buy]).await, "Not enough budget");
}

// createGame

#[tokio::test]
async fn b09_a_new_game_has_all_rows_with_their_defaults() {
    let table = Table::new().await;
    let game = table.client().await.ok("createGame", &[json!("new")]).await;
    assert_eq!((&game["id"], &game["state"]), (&json!("new"), &json!("PREPARATION")));
    assert_eq!((&game["poll"], &game["budget"]), (&json!(40), &json!(7000)));
    assert_eq!((&game["started_at"], &game["paused"]), (&Value::Null, &json!(true)));
    assert_eq!((&game["millis_taken_before_started"], &game["logs"]), (&json!(0), &Value::Null));
    let columns = |table: &str| game[table][0].as_object().unwrap().clone();
    let expected = json!({
        "id": 1, "game_id": "new", "injection_id": "I1", "predefined_responses_made": null,
        "is_response_correct": null, "custom_response": null, "prevented": false, "prevented_at": null,
        "delivered": false, "delivered_at": null, "response_made_at": null,
    });
    assert!(EVERYTHING.iter().all(|column| columns("injections").contains_key(*column)));
    assert_eq!(game["injections"][0], expected);
    let expected = json!({ "id": 1, "game_id": "new", "mitigation_id": "M1", "location": "hq", "state": false, "preparation": false });
    assert_eq!(game["mitigations"][0], expected);
    assert_eq!(game["systems"][0], json!({ "id": 1, "game_id": "new", "system_id": "S1", "state": true }));
    let rows = |table: &str| game[table].as_array().unwrap().len();
    assert_eq!((rows("injections"), rows("mitigations"), rows("systems")), (3, 3, 2));
}

#[tokio::test]
async fn b10_a_name_is_taken_once() {
    let table = Table::new().await;
    table.v1("taken").await;
    let mut other = table.client().await;
    assert_eq!(other.error("createGame", &[json!("taken")]).await, "Game id already exists!");
    let v2 = [json!("taken"), json!(6000), json!(55)];
    assert_eq!(other.error("createGame", &v2).await, "Game id already exists!");
}

// deliverGameInjection

#[tokio::test]
async fn b11_a_delivered_injection_disables_its_systems() {
    let game = Table::new().await.simulation().await.deliver("I1").await;
    assert!(!system(&game, "S1") && system(&game, "S2"));
}

#[tokio::test]
async fn b12_a_delivered_injection_changes_the_poll() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    assert_eq!(client.deliver("I1").await["poll"], 39.5);
    for _ in 0..4 {
        client.throw("C4").await;
    }
    assert_eq!(client.deliver("I2").await["poll"], 0, "never below zero");
}

#[tokio::test]
async fn b13_a_delivered_injection_has_its_time() {
    let game = Table::new().await.simulation().await.deliver("I1").await;
    let row = injection(&game, "I1");
    assert_eq!(row["delivered"], true);
    assert!((0..20_000).contains(&row["delivered_at"].as_i64().unwrap()), "{row}");
}

// makeNonCorrectInjectionResponse

#[tokio::test]
async fn b14_a_wrong_response_has_its_time() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.deliver("I1").await;
    let game = client.ok("nonCorrectRespondToInjection", &[json!({ "injectionId": "I1" })]).await;
    let row = injection(&game, "I1");
    assert!(row["response_made_at"].as_i64().unwrap() >= row["delivered_at"].as_i64().unwrap());
    assert_eq!(row["is_response_correct"], Value::Null);
}

#[tokio::test]
async fn b15_a_wrong_response_keeps_its_words() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.deliver("I1").await;
    let wrong = json!({ "injectionId": "I1", "customResponse": "We do nothing" });
    let game = client.ok("nonCorrectRespondToInjection", &[wrong]).await;
    assert_eq!(injection(&game, "I1")["custom_response"], "We do nothing");
    assert_eq!(injection(&game, "I2")["prevented"], false);
}

// makeResponses

#[tokio::test]
async fn b16_a_response_needs_its_mitigation() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.deliver("I1").await;
    let respond = json!({ "injectionId": "I1", "responseIds": ["RP1"] });
    assert_eq!(client.error("respondToInjection", &[respond]).await, "Response not allowed");
    client.change("M1", "hq", true).await;
    let restore = json!({ "responseId": "RP1" });
    assert_eq!(client.error("restoreSystem", &[restore]).await, "Response not allowed", "the wrong place");
}

#[tokio::test]
async fn b17_a_response_needs_money() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.throw("C8").await;
    let respond = json!({ "injectionId": "I2", "responseIds": ["RP2"] });
    assert_eq!(client.error("respondToInjection", &[respond]).await, "Not enough budget");
}

#[tokio::test]
async fn b18_a_response_costs_what_its_mitigation_costs() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    assert_eq!(client.respond("I2", &["RP2"]).await["budget"], 5800);
}

#[tokio::test]
async fn b19_a_response_puts_its_mitigation_in_place() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let game = client.respond("I2", &["RP2"]).await;
    assert_eq!(mitigation(&game, "M2", "local")["state"], true);
}

#[tokio::test]
async fn b20_a_response_restores_systems() {
    let (_table, mut client) = restoring().await;
    let game = client.respond("I1", &["RP1"]).await;
    assert!(system(&game, "S2") && !system(&game, "S1"));
}

#[tokio::test]
async fn b21_a_right_response_prevents_what_would_follow() {
    let (_table, mut client) = restoring().await;
    let game = client.respond("I1", &["RP1"]).await;
    assert_eq!(injection(&game, "I2")["prevented"], true);
    assert!(injection(&game, "I2")["prevented_at"].is_i64());
}

#[tokio::test]
async fn b22_a_right_response_in_own_words_prevents_what_would_follow() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.deliver("I1").await;
    let right = json!({ "injectionId": "I1", "customResponse": "We call the police" });
    let game = client.ok("respondToInjection", &[right]).await;
    assert_eq!(injection(&game, "I2")["prevented"], true);
}

#[tokio::test]
async fn b23_a_response_prevents_what_its_mitigation_prevents() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let game = client.respond("I2", &["RP2"]).await;
    assert_eq!(injection(&game, "I3")["prevented"], true);
}

#[tokio::test]
async fn b24_predefined_responses_are_kept_and_right() {
    let (_table, mut client) = restoring().await;
    let game = client.respond("I1", &["RP1"]).await;
    let row = injection(&game, "I1");
    assert_eq!(row["predefined_responses_made"], json!(["RP1"]));
    assert_eq!(row["is_response_correct"], true);
    assert!(row["response_made_at"].is_i64());
}

#[tokio::test]
async fn b25_a_response_in_own_words_is_kept_and_right() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.deliver("I1").await;
    let right = json!({ "injectionId": "I1", "responseIds": [], "customResponse": "We call the police" });
    let game = client.ok("respondToInjection", &[right]).await;
    let row = injection(&game, "I1");
    assert_eq!(row["custom_response"], "We call the police");
    assert_eq!(
        (&row["is_response_correct"], &row["predefined_responses_made"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(game["logs"].as_array().unwrap().len(), 1, "no row: its clients derive it");
}

#[tokio::test]
async fn b26_restoring_is_logged() {
    let (_table, mut client) = restoring().await;
    let game = client.ok("restoreSystem", &[json!({ "responseId": "RP1" })]).await;
    let rows = logged(&game, "System Restore Action");
    assert_eq!((rows.len(), &rows[0]["response_id"]), (1, &json!("RP1")));
}

/// A client in a game where I1 has come and RP1 can be done.
async fn restoring() -> (Table, Client) {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.deliver("I1").await;
    client.change("M1", "local", true).await;
    (table, client)
}

// pauseSimulation

#[tokio::test]
async fn b27_a_paused_game_keeps_its_time() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let game = client.ok("pauseSimulation", &[]).await;
    assert_eq!((&game["state"], &game["paused"]), (&json!("SIMULATION"), &json!(true)));
    assert!(game["millis_taken_before_started"].as_i64().unwrap() >= 5, "{game}");
}

#[tokio::test]
async fn b28_a_pause_is_logged_with_the_time() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let game = client.ok("pauseSimulation", &[]).await;
    let last = game["logs"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["type"], &last["description"]),
        (&json!("Game State Changed"), &json!("Timer Stopped"))
    );
    assert_eq!(last["game_timer"], game["millis_taken_before_started"]);
}

// performAction

#[tokio::test]
async fn b29_an_action_costs_money_and_raises_the_poll() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let game = client.act("A1").await;
    assert_eq!((&game["poll"], &game["budget"]), (&json!(45), &json!(6000)));
    let game = client.act("A2").await;
    assert_eq!((&game["poll"], &game["budget"]), (&json!(45), &json!(6200)));
    assert_eq!(logged(&game, "Campaign Action")[1]["action_id"], "A2");
}

#[tokio::test]
async fn b30_an_action_needs_money() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.throw("C8").await;
    assert_eq!(client.error("performAction", &[json!({ "actionId": "A1" })]).await, "Not enough budget");
}

#[tokio::test]
async fn b31_an_action_needs_its_systems() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.deliver("I1").await;
    let error = client.error("performAction", &[json!({ "actionId": "A1" })]).await;
    assert_eq!(error, "The required systems for this action are not available.");
}

// performCurveball

#[tokio::test]
async fn b32_a_curveball_takes() {
    let game = Table::new().await.simulation().await.throw("C4").await;
    assert_eq!((&game["poll"], &game["budget"]), (&json!(30), &json!(6000)));
}

#[tokio::test]
async fn b33_a_curveball_gives() {
    let game = Table::new().await.simulation().await.throw("C7").await;
    assert_eq!((&game["poll"], &game["budget"]), (&json!(50), &json!(8500)));
}

#[tokio::test]
async fn b34_a_curveball_is_logged() {
    let game = Table::new().await.simulation().await.throw("C4").await;
    let rows = logged(&game, "Curveball Event");
    assert_eq!((rows.len(), &rows[0]["curveball_id"]), (1, &json!("C4")));
}

#[tokio::test]
async fn b35_a_curveball_takes_everything() {
    assert_eq!(Table::new().await.simulation().await.throw("C8").await["budget"], 0);
}

// startSimulation

#[tokio::test]
async fn b36_a_started_game_runs() {
    let game = Table::new().await.v1("g").await.ok("startSimulation", &[]).await;
    assert_eq!((&game["paused"], &game["state"]), (&json!(false), &json!("SIMULATION")));
    let started = game["started_at"].as_str().unwrap();
    assert!(started.len() == 24 && started.ends_with('Z') && started.contains('T'), "{started}");
    assert_eq!(game["budget"], 0, "what was not spent is lost");
}

#[tokio::test]
async fn b37_what_was_bought_prevents_at_the_start() {
    let table = Table::new().await;
    let mut client = table.v1("g").await;
    client.change("M1", "local", true).await;
    let game = client.ok("startSimulation", &[]).await;
    assert_eq!(
        (&injection(&game, "I1")["prevented"], &injection(&game, "I1")["prevented_at"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(injection(&game, "I3")["prevented"], false);
}

#[tokio::test]
async fn b38_the_start_is_logged() {
    let game = Table::new().await.v1("g").await.ok("startSimulation", &[]).await;
    let rows = logged(&game, "Game State Changed");
    assert_eq!((rows.len(), &rows[0]["description"]), (1, &json!("Simulation Started")));
    assert_eq!(rows[0]["game_timer"], 0);
}

#[tokio::test]
async fn b39_going_on_is_logged() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.ok("pauseSimulation", &[]).await;
    let game = client.ok("startSimulation", &[]).await;
    assert_eq!(logged(&game, "Game State Changed").last().unwrap()["description"], "Timer Started");
    assert_eq!(game["paused"], false);
}

#[tokio::test]
async fn b40_a_finished_game_cannot_be_started() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let game = client.ok("finishSimulation", &[]).await;
    assert_eq!((&game["state"], &game["paused"]), (&json!("ASSESSMENT"), &json!(true)));
    assert_eq!(logged(&game, "Game State Changed").last().unwrap()["description"], "Game Finalized");
    assert_eq!(client.error("startSimulation", &[]).await, "Cannot start finalized game");
}
