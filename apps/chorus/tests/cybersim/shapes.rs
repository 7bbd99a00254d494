//! Old and new clients in one game, each with its own shape of it.

use serde_json::{Value, json};

use crate::common::request;
use crate::common::socket::Socket;
use crate::table::{Client, Table, mitigation};

#[tokio::test]
async fn each_client_has_its_own_shape_of_one_game() {
    let table = Table::new().await;
    let mut new = table.v2("g", 6000, 55.0).await;
    let mut old = table.client().await;
    let game = old.game("g").await;
    assert_eq!(places(&game), [("M1", Some("hq")), ("M1", Some("local")), ("M2", Some("local"))]);
    let mut other = table.client().await;
    let game = other.ok("joinGame", &[json!("g"), json!(6000), json!(55)]).await;
    assert_eq!(places(&game), [("M1", None), ("M2", None)]);

    let game = old.change("M1", "hq", true).await;
    assert_eq!((&game["budget"], &mitigation(&game, "M1", "hq")["state"]), (&json!(5500), &json!(true)));
    assert_eq!(old.told().await, game);
    let told = new.told().await;
    assert_eq!(told["mitigations"][0]["state"], false, "not everywhere yet");
    assert_eq!(other.told().await, told);

    let game = new.ok("changeMitigation", &[json!({ "id": "M1", "value": true })]).await;
    assert_eq!(
        (&game["budget"], &game["mitigations"][0]["state"]),
        (&json!(4500), &json!(true)),
        "what was missing"
    );
    assert_eq!(mitigation(&old.told().await, "M1", "local")["state"], true);
    let game = new.ok("changeMitigation", &[json!({ "id": "M1", "value": false })]).await;
    assert_eq!(game["budget"], 6000, "everything is given back");
    let game = old.told().await;
    assert!([("hq"), ("local")].iter().all(|at| mitigation(&game, "M1", at)["state"] == false));
    let game = new.ok("changeMitigation", &[json!({ "id": "M1", "value": true })]).await;
    assert_eq!(game["budget"], 4500, "the sum of its places");
}

#[tokio::test]
async fn the_log_names_the_place_to_those_who_know_places() {
    let table = Table::new().await;
    let mut old = table.simulation().await;
    let mut new = table.client().await;
    new.ok("joinGame", &[json!("game"), json!(null), json!(null)]).await;
    new.ok("changeMitigation", &[json!({ "id": "M1", "value": true })]).await;
    let rows = |game: &Value| -> Vec<Value> {
        let rows =
            game["logs"].as_array().unwrap().iter().filter(|row| row["type"] == "Budget Item Purchase");
        rows.map(|row| row.get("mitigation_type").cloned().unwrap_or_default()).collect()
    };
    assert_eq!(rows(&old.told().await), ["hq", "local"]);
    let game = new.told().await;
    assert_eq!(rows(&game), [Value::Null]);
    let columns: Vec<_> = game["logs"][0].as_object().unwrap().keys().cloned().collect();
    let expected = [
        "action_id",
        "curveball_id",
        "description",
        "game_id",
        "game_timer",
        "id",
        "mitigation_id",
        "response_id",
        "type",
    ];
    assert_eq!(columns, expected);
}

#[tokio::test]
async fn who_names_a_place_has_places_from_then_on() {
    let table = Table::new().await;
    let mut client = table.v2("g", 6000, 55.0).await;
    let game = client.change("M1", "hq", true).await;
    assert_eq!(places(&game).len(), 3);
    assert_eq!(client.told().await, game, "told once, in the same shape");
    client.game("g").await;
    assert!(client.socket.events.is_empty());
}

#[tokio::test]
async fn the_bounds_of_the_poll_are_those_of_the_game() {
    let table = Table::new().await;
    for (mut client, most) in [(table.v1("old").await, 100), (table.v2("new", 0, 195.0).await, 200)] {
        client.ok("startSimulation", &[]).await;
        let mut game = Value::Null;
        for _ in 0..7 {
            game = client.throw("C7").await;
        }
        assert_eq!(game["poll"], most);
    }
}

#[tokio::test]
async fn everybody_is_told_first_and_then_who_asked_is_answered() {
    let table = Table::new().await;
    let mut client = table.v1("g").await;
    assert!(client.socket.events.is_empty(), "nobody is told of a new game");
    let game = client.change("M1", "hq", true).await;
    assert_eq!(client.socket.events.pop_front(), Some(("gameUpdated".to_owned(), game)), "before the answer");
    let game = client.change("M1", "hq", true).await;
    assert_eq!(
        client.socket.events.pop_front(),
        Some(("gameUpdated".to_owned(), game)),
        "also of nothing new"
    );
    client.error("changeMitigation", &[json!({ "id": "M9", "value": true })]).await;
    assert!(client.socket.events.is_empty(), "but not of what was refused");
}

#[tokio::test]
async fn who_goes_to_another_game_leaves_the_first() {
    let table = Table::new().await;
    let mut first = table.v1("first").await;
    let mut client = table.client().await;
    client.game("first").await;
    client.ok("createGame", &[json!("second")]).await;
    first.change("M1", "hq", true).await;
    client.change("M2", "local", true).await;
    assert_eq!(client.told().await["id"], "second");
    client.game("second").await;
    assert!(client.socket.events.is_empty());
}

#[tokio::test]
async fn the_first_clients_speak_engine_io_3() {
    let table = Table::new().await;
    let path = "/socket.io/?EIO=3&transport=polling";
    let opened = table.get(path).await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    let sid = opened.body.split("\"sid\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let path = format!("{path}&sid={sid}");
    let packet = r#"420["createGame","g"]"#;
    let sent = request(table.address(), "POST", &path, &[], &format!("{}:{packet}", packet.len())).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    let mut told = String::new();
    while !told.contains(r#"430[{"game":{"id":"g""#) {
        let more = table.get(&path).await;
        assert_eq!(more.status, 200, "{more:?}");
        told += &more.body;
    }
    assert!(told.contains(r#""location":"local""#));
}

#[tokio::test]
async fn what_the_new_ui_does_reaches_classic_clients_and_the_other_way_round() {
    let table = Table::new().await;
    let (host, code, mut client) = table.prepared().await;
    let auth = json!({ "code": code, "as": "facilitator" });
    let mut new = Socket::connect(host.address, &host.cookie, "/exercise", &auth).await.unwrap();
    new.done("buy-locks", json!({ "do": "buy", "mitigation": "M1", "at": "hq" })).await;
    assert_eq!(mitigation(&client.told().await, "M1", "hq")["state"], true);
    client.change("M1", "local", true).await;
    let changes = new.until("changes", |changes| changes["game"]["budget"] == 5500).await;
    assert_eq!(changes["mitigations"], json!([{ "id": "M1", "hq": "preparation", "local": "preparation" }]));
    let entry = changes["game"]["undo"].clone();
    client.told().await;
    new.done("undo-that", json!({ "do": "undo", "entry": entry })).await;
    assert_eq!(mitigation(&client.told().await, "M1", "local")["state"], false);
}

#[tokio::test]
async fn the_new_ui_sees_how_many_facilitators_there_are() {
    let table = Table::new().await;
    let (host, code, first) = table.prepared().await;
    let auth = json!({ "code": code, "as": "facilitator" });
    let mut new = Socket::connect(host.address, &host.cookie, "/exercise", &auth).await.unwrap();
    new.until("presence", |presence| presence["facilitators"] == 2).await;
    let mut second = table.client().await;
    second.game("game").await;
    new.until("presence", |presence| presence["facilitators"] == 3).await;
    first.socket.close().await;
    new.until("presence", |presence| presence["facilitators"] == 2).await;
    second.ok("createGame", &[json!("another")]).await;
    new.until("presence", |presence| presence["facilitators"] == 1).await;
}

/// Its clients count the time by themselves, and know one speed.
#[tokio::test]
async fn the_time_of_a_faster_game_is_set_again_and_again() {
    let table = Table::new().await;
    let (host, code, mut client) = table.prepared().await;
    let auth = json!({ "code": code, "as": "facilitator" });
    let mut new = Socket::connect(host.address, &host.cookie, "/exercise", &auth).await.unwrap();
    let mut settings = new.next("changes").await["game"]["settings"].clone();
    settings["speed"] = json!(2000);
    new.done("set-speed", json!({ "do": "set", "settings": settings })).await;
    let begun = std::time::Instant::now();
    client.ok("startSimulation", &[]).await;
    client.socket.events.clear();
    // by itself, some seconds later
    let game = client.told().await;
    let (shown, real) = (game["millis_taken_before_started"].as_u64().unwrap(), begun.elapsed().as_millis());
    assert!((90_000..=u64::try_from(real).unwrap() * 20).contains(&shown), "{shown} after {real}");
}

fn places(game: &Value) -> Vec<(&str, Option<&str>)> {
    let rows = game["mitigations"].as_array().unwrap().iter();
    rows.map(|row| {
        (row["mitigation_id"].as_str().unwrap(), row.get("location").map(|at| at.as_str().unwrap()))
    })
    .collect()
}

impl Client {
    /// As [`error`](Self::error), or whatever the answer is.
    pub(crate) async fn error_unless(&mut self, done: bool, event: &str, arguments: &[Value]) -> String {
        if done {
            return self.socket.emit_with_ack(event, arguments).await.to_string();
        }
        self.error(event, arguments).await
    }
}
