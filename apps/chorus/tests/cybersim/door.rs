//! Between the new UI and classic clients.

use serde_json::{Value, json};

use crate::common::socket::Socket;
use crate::common::{Server, folder};
use crate::table::{Table, import_and_start, scenario};

#[tokio::test]
async fn a_room_is_opened_by_a_name_that_is_free() {
    let table = Table::new().await;
    table.v1("taken").await;
    let (host, code) = table.exercise("fixture").await;
    let path = format!("/api/exercises/{code}/classic");
    assert_eq!(host.get(&path).await.json(), json!({ "name": null }));
    let open = async |name: &str| host.post(&path, &json!({ "name": name })).await;
    let refused = open("taken").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "taken"));
    assert_eq!(open("").await.status, 400);
    assert_eq!(open("mine").await.status, 204);
    assert_eq!(open("mine").await.status, 204, "once more is nothing");
    assert_eq!(host.get(&path).await.json(), json!({ "name": "mine" }));
    let stranger = table.server.guest().await;
    for (method, body) in [("POST", r#"{"name":"x"}"#), ("DELETE", ""), ("GET", "")] {
        assert_eq!(stranger.send(method, &path, body).await.code(), "forbidden", "{method}");
    }
    let mut client = table.client().await;
    let game = client.game("mine").await;
    assert_eq!((&game["id"], &game["budget"], &game["poll"]), (&json!("mine"), &json!(7000), &json!(40)));
    // under another name: those who are there go
    assert_eq!(open("ours").await.status, 204);
    assert_eq!(client.error("startSimulation", &[]).await, "Server error on start simulation");
    assert_eq!(client.error("joinGame", &[json!("mine")]).await, "Game not found!");
    client.game("ours").await;
}

#[tokio::test]
async fn a_room_of_another_scenario_is_not_opened() {
    let table = Table::new().await;
    let (host, code) = table.exercise("demonstration").await;
    let refused = host.post(&format!("/api/exercises/{code}/classic"), &json!({ "name": "other" })).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "other_scenario"));
}

#[tokio::test]
async fn a_classic_game_is_found_by_its_name() {
    let table = Table::new().await;
    let mut client = table.v2("table 7", 6000, 55.0).await;
    let guest = table.server.guest().await;
    let unknown = guest.post("/api/exercises/classic", &json!({ "name": "table 8" })).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "unknown_room"));
    let found = guest.post("/api/exercises/classic", &json!({ "name": "table 7" })).await;
    let code = found.json()["code"].as_str().unwrap().to_owned();
    let auth = json!({ "code": code, "as": "facilitator" });
    let mut host = Socket::connect(guest.address, &guest.cookie, "/exercise", &auth).await.unwrap();
    let changes = host.next("changes").await;
    assert_eq!(changes["game"]["title"], "table 7");
    assert_eq!(changes["people"][0]["name"], "CyberSim");
    host.done("start-that", json!({ "do": "start" })).await;
    assert_eq!(client.told().await["state"], "SIMULATION");
}

#[tokio::test]
async fn classic_clients_that_are_put_out_go() {
    let table = Table::new().await;
    let (host, code, mut client) = table.prepared().await;
    let auth = json!({ "code": code, "as": "facilitator" });
    let mut new = Socket::connect(host.address, &host.cookie, "/exercise", &auth).await.unwrap();
    let changes = new.next("changes").await;
    let people = changes["people"].as_array().unwrap();
    let person = people.iter().find(|person| person["name"] == "CyberSim").unwrap();
    new.done("remove-that", json!({ "do": "remove", "person": person["id"] })).await;
    new.done("start-that", json!({ "do": "start" })).await;
    let error = client.error("joinGame", &[json!("game")]).await;
    assert_eq!(error, "A facilitator has put you out of this exercise.");
    assert!(client.socket.events.iter().all(|(_, game)| game["state"] != "SIMULATION"), "told nothing more");
}

#[tokio::test]
async fn a_deleted_game_is_gone_and_its_name_is_free() {
    let table = Table::new().await;
    let (host, code, mut client) = table.prepared().await;
    assert_eq!(host.send("DELETE", &format!("/api/exercises/{code}"), "").await.status, 204);
    assert_eq!(client.error("startSimulation", &[]).await, "Server error on start simulation");
    assert_eq!(client.error("joinGame", &[json!("game")]).await, "Game not found!");
    assert_eq!(client.ok("createGame", &[json!("game")]).await["budget"], 7000);
}

#[tokio::test]
async fn without_the_dialect_nothing_is_opened_or_found() {
    let data = folder();
    let server = import_and_start(data.path(), "fixture", scenario(), &[]).await;
    let host = server.guest().await;
    let made = host.post("/api/exercises", &json!({ "scenario": "fixture" })).await;
    let code = made.json()["code"].as_str().unwrap().to_owned();
    let name = json!({ "name": "x" });
    assert_eq!(host.post(&format!("/api/exercises/{code}/classic"), &name).await.code(), "no_classic");
    assert_eq!(host.post("/api/exercises/classic", &name).await.code(), "no_classic");
}

#[tokio::test]
async fn several_dialects_are_served_at_once() {
    let data = folder();
    let list = "ask-the-audience=0,cybersim=0,scenario=demonstration";
    let server = Server::start(data.path(), &["--classic", list]);
    let said = |start: &str| server.said.iter().any(|line| line.starts_with(start));
    assert!(said("Ask the Audience is on port ") && said("CyberSim is on port "), "{:?}", server.said);
    let injections =
        crate::common::request(crate::table::address(&server), "GET", "/injections", &[], "").await;
    assert!(injections.json().as_array().is_some_and(|rows: &Vec<Value>| !rows.is_empty()));
}
