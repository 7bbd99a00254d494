//! Exercises on a real server: money, order, restarts, who may see and do what.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::socket::Socket;
use common::{Guest, Server, folder};
use serde_json::{Value, json};

/// A scenario with things that cost 1,000.
fn scenario() -> Value {
    let mitigations: Vec<_> = (1..=20)
        .map(|n| json!({ "id": format!("M{n}"), "name": format!("Thing {n}"), "category": "Things", "cost": 1000 }))
        .collect();
    json!({
        "format": "chorus-scenario/1", "title": "A storm",
        "settings": { "budget": 15000, "support": 50, "carry_over": true, "restart": "pause" },
        "systems": [{ "id": "S1", "name": "Power" }],
        "mitigations": mitigations,
        "roles": [{ "id": "R1", "name": "Mayor", "at": "hq" }],
        "responses": [{ "id": "RP1", "text": "Repair it", "cost": 100, "restores": ["S1"] }],
        "threats": [
            { "id": "T1", "title": "The power fails", "description": "It is dark.", "at": "0:00", "disables": ["S1"],
              "support": -5, "responses": ["RP1"] },
            { "id": "T2", "title": "A secret to come", "at": "5:00", "to": ["R1"] },
        ],
        "actions": [{ "id": "A1", "text": "Collect money", "at": "hq", "gain": 1 }],
        "curveballs": [{ "id": "C1", "text": "Wind", "support": -1 }],
    })
}

async fn exercise(server: &Server) -> (Guest, String) {
    let host = server.guest().await;
    let kept = host.post("/api/scenarios", &json!({ "document": scenario() })).await;
    assert_eq!(kept.status, 201, "{}", kept.body);
    let made = host.post("/api/exercises", &json!({ "scenario": kept.json()["id"] })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    (host, made.json()["code"].as_str().unwrap().to_owned())
}

async fn enter(guest: &Guest, code: &str, part: &str, since: u64) -> Result<Socket, Value> {
    let auth = json!({ "code": code, "as": part, "since": since });
    Socket::connect(guest.address, &guest.cookie, "/exercise", &auth).await
}

/// A guest with the role of a key.
async fn with_key(server: &Server, host: &Guest, code: &str, role: &str) -> Guest {
    let key = host.post(&format!("/api/rooms/{code}/keys"), &json!({ "role": role })).await.json();
    let guest = server.guest().await;
    let claimed = guest.post(&format!("/api/rooms/{code}/claim"), &json!({ "key": key["key"] })).await;
    assert_eq!(claimed.json()["role"], role);
    guest
}

#[tokio::test]
async fn twenty_who_buy_at_once_spend_what_is_there_and_no_more() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = exercise(&server).await;
    let mut buyers = Vec::new();
    for number in 1..=20 {
        let guest = if number == 1 { host.clone() } else { with_key(&server, &host, &code, "host").await };
        let mut socket = enter(&guest, &code, "facilitator", 0).await.unwrap();
        let buy = json!({ "id": "buy-something", "do": "buy", "mitigation": format!("M{number}") });
        let id = socket.emit_later("command", &[buy]).await;
        buyers.push((socket, id));
    }
    let (mut bought, mut refused) = (0, 0);
    for (socket, id) in &mut buyers {
        let reply = socket.acked(*id).await;
        match reply["error"]["code"].as_str() {
            None => bought += 1,
            Some("not_enough_budget") => {
                assert!(reply["error"]["message"].as_str().unwrap().contains("costs 1000"), "{reply}");
                refused += 1;
            }
            Some(_) => panic!("{reply}"),
        }
    }
    assert_eq!((bought, refused), (15, 5));
    let changes = enter(&host, &code, "facilitator", 0).await.unwrap().next("changes").await;
    assert_eq!(changes["game"]["budget"], 0);
    let held = changes["mitigations"].as_array().unwrap().iter().filter(|held| held["hq"] == "preparation");
    assert_eq!(held.count(), 15);
}

#[tokio::test]
async fn everybody_sees_what_is_theirs_and_who_comes_back_what_was_missed() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = exercise(&server).await;
    let mut facilitator = enter(&host, &code, "facilitator", 0).await.unwrap();
    let whole = facilitator.next("changes").await;
    assert_eq!(whole["scenario"]["threats"][1]["title"], "A secret to come");
    let observer = with_key(&server, &host, &code, "observer").await;
    let mut observer = enter(&observer, &code, "observer", 0).await.unwrap();
    assert_eq!(observer.refused("not-for-observers", json!({ "do": "start" })).await, "forbidden");
    observer.done("note-something", json!({ "do": "note", "text": "They wait." })).await;
    let player = server.guest().await;
    let mut phone = enter(&player, &code, "participant", 0).await.unwrap();
    let brief = phone.next("changes").await;
    assert_eq!(brief["brief"]["roles"][0]["name"], "Mayor");
    assert!(!brief.to_string().contains("secret"), "{brief}");
    assert_eq!(phone.refused("not-for-players", json!({ "do": "start" })).await, "forbidden");
    let mut projector = enter(&server.guest().await, &code, "projector", 0).await.unwrap();
    assert_eq!(projector.refused("not-for-projectors", json!({ "do": "start" })).await, "forbidden");

    phone
        .done("i-am-the-mayor", json!({ "do": "introduce", "name": "Ann", "role": "R1", "place": "hq" }))
        .await;
    facilitator.done("start-it-now", json!({ "do": "start" })).await;
    facilitator.done("deliver-first", json!({ "do": "deliver", "threat": "T1" })).await;
    let seen = phone.until("changes", |changes| !changes["cards"].is_null()).await;
    assert_eq!(seen["cards"][0]["description"], "It is dark.");
    let offset = seen["offset"].as_u64().unwrap();
    phone.close().await;
    facilitator.done("deliver-second", json!({ "do": "deliver", "threat": "T2", "early": true })).await;
    let mut phone = enter(&player, &code, "participant", offset).await.unwrap();
    let missed = phone.next("changes").await;
    assert_eq!((missed["whole"].as_bool(), missed["cards"].as_array().unwrap().len()), (Some(false), 1));
    assert_eq!(missed["cards"][0]["title"], "A secret to come");

    let presence = facilitator.until("presence", |presence| presence["participants"] == 1).await;
    assert_eq!(presence["observers"], 1);
    assert_eq!(host.get(&format!("/api/exercises/{code}/review")).await.status, 200);
    assert_eq!(player.get(&format!("/api/exercises/{code}/review")).await.status, 403, "not before the end");
    facilitator.done("finish-it-now", json!({ "do": "finish" })).await;
    let review = player.get(&format!("/api/exercises/{code}/review")).await.json();
    assert_eq!(review["notes"], json!([]), "notes are not for players");
    let review = host.get(&format!("/api/exercises/{code}/review")).await.json();
    assert_eq!(review["notes"][0]["text"], "They wait.");
}

#[tokio::test]
async fn who_is_put_out_or_locked_out_is_told_so() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = exercise(&server).await;
    let mut facilitator = enter(&host, &code, "facilitator", 0).await.unwrap();
    let helper = with_key(&server, &host, &code, "host").await;
    let mut second = enter(&helper, &code, "facilitator", 0).await.unwrap();
    second.done("i-am-the-second", json!({ "do": "introduce", "name": "Bob" })).await;
    let people = facilitator.until("changes", |changes| !changes["people"].is_null()).await;
    let bob = &people["people"][0]["id"];
    facilitator.done("put-out-bob", json!({ "do": "remove", "person": bob })).await;
    assert_eq!(second.next("gone").await["code"], "removed");
    second.disconnected().await;
    let refused = enter(&helper, &code, "facilitator", 0).await.err().unwrap();
    assert_eq!(refused["data"]["code"], "removed");
    assert_eq!(helper.get(&format!("/api/exercises/{code}/review")).await.code(), "removed");

    facilitator.done("lock-it-now", json!({ "do": "lock", "locked": true })).await;
    let refused = enter(&server.guest().await, &code, "participant", 0).await.err().unwrap();
    assert_eq!(refused["data"]["code"], "locked");

    let third = with_key(&server, &host, &code, "host").await;
    let mut third = enter(&third, &code, "facilitator", 0).await.unwrap();
    third.next("changes").await;
    assert_eq!(host.send("DELETE", &format!("/api/exercises/{code}/keys"), "").await.status, 204);
    assert_eq!(third.next("gone").await["code"], "forbidden");
}

#[tokio::test]
async fn a_clock_stands_still_while_the_server_is_down_or_goes_on() {
    for (restart, paused) in [("pause", true), ("keep", false)] {
        let data = folder();
        let mut server = Server::start(data.path(), &[]);
        let (host, code) = exercise(&server).await;
        let mut facilitator = enter(&host, &code, "facilitator", 0).await.unwrap();
        let mut settings = facilitator.next("changes").await["game"]["settings"].clone();
        settings["restart"] = restart.into();
        facilitator.done("set-the-clock", json!({ "do": "set", "settings": settings })).await;
        facilitator.done("start-it-now", json!({ "do": "start" })).await;
        server.kill_9();
        let server = Server::start(data.path(), &[]);
        let mut facilitator = enter(&host.at(&server), &code, "facilitator", 0).await.unwrap();
        let clock = facilitator.next("changes").await["game"]["clock"].clone();
        assert_eq!(clock["running_since"].is_null(), paused, "{clock}");
    }
}

#[tokio::test]
async fn the_clock_delivers_also_when_nobody_is_there() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = exercise(&server).await;
    let mut facilitator = enter(&host, &code, "facilitator", 0).await.unwrap();
    let mut settings = facilitator.next("changes").await["game"]["settings"].clone();
    settings["delivery"] = "automatic".into();
    // five minutes in a fifth of a second would be too fast: the fastest is twenty times
    settings["speed"] = 2000.into();
    facilitator.done("set-the-clock", json!({ "do": "set", "settings": settings })).await;
    facilitator.done("start-it-now", json!({ "do": "start" })).await;
    let first = facilitator.until("changes", |changes| !changes["threats"].is_null()).await;
    assert_eq!(first["threats"][0]["id"], "T1");
    assert_eq!(first["log"][0]["by"], Value::Null);
    facilitator.close().await;
}

#[tokio::test]
async fn a_bad_command_hurts_nobody() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = exercise(&server).await;
    let mut facilitator = enter(&host, &code, "facilitator", 0).await.unwrap();
    facilitator.next("changes").await;
    for nonsense in
        [json!(null), json!(7), json!({ "id": "x" }), json!({ "id": "12345678", "do": "explode" })]
    {
        facilitator.emit("command", &[nonsense]).await;
        facilitator.emit("show", &[json!({ "at": "yesterday" })]).await;
    }
    facilitator.emit("command", &[]).await;
    assert_eq!(facilitator.refused("short", json!({ "do": "start" })).await, "invalid");
    let unknown = json!({ "do": "buy", "mitigation": "M99" });
    assert_eq!(facilitator.refused("unknown-thing", unknown).await, "unknown");
    facilitator.done("start-it-now", json!({ "do": "start" })).await;
}

#[tokio::test]
async fn facilitation_is_handed_over_and_taken_back() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = exercise(&server).await;
    let mut facilitator = enter(&host, &code, "facilitator", 0).await.unwrap();
    let ann = server.guest().await;
    let mut phone = enter(&ann, &code, "participant", 0).await.unwrap();
    phone.done("i-am-ann", json!({ "do": "introduce", "name": "Ann" })).await;
    assert!(enter(&ann, &code, "facilitator", 0).await.is_err());
    facilitator.done("hand-over", json!({ "do": "entrust", "person": 1, "part": "facilitator" })).await;
    phone.until("changes", |changes| changes["people"][0]["part"] == "facilitator").await;
    let mut desk = enter(&ann, &code, "facilitator", 0).await.unwrap();
    desk.done("start-it-now", json!({ "do": "start" })).await;
    facilitator.done("take-back", json!({ "do": "entrust", "person": 1, "part": "participant" })).await;
    assert_eq!(desk.next("gone").await["code"], "forbidden");
    desk.disconnected().await;
    assert!(enter(&ann, &code, "facilitator", 0).await.is_err());
    phone.until("changes", |changes| changes["people"][0]["part"] == "participant").await;
}
