//! Clients that do not join again when they come back: today's public UI.

use serde_json::{Value, json};

use crate::table::{Client, Table};

fn pid(client: &Client) -> Value {
    json!({ "pid": client.socket.greeting["pid"] })
}

/// Bug 5.
#[tokio::test]
async fn who_comes_back_after_a_restart_is_in_the_game_and_told() {
    let mut table = Table::new().await;
    let mut new = table.v2("g", 6000, 55.0).await;
    let mut old = table.client().await;
    old.game("g").await;
    new.ok("changeMitigation", &[json!({ "id": "M2", "value": true })]).await;
    let (before_new, before_old) = (new.told().await, old.told().await);
    table.restart().await;

    let mut new = Client::connect(table.address(), &pid(&new)).await;
    assert_eq!(new.told().await, before_new);
    // the last offset it has seen is of another life
    let mut auth = pid(&old);
    auth["offset"] = json!("of-another-life");
    let mut old = Client::connect(table.address(), &auth).await;
    assert_eq!(old.told().await, before_old);
    let game = new.ok("startSimulation", &[]).await;
    assert_eq!(game["state"], "SIMULATION");
    assert_eq!(old.told().await["state"], "SIMULATION");
    // and once more, by the ids they have been given now
    table.restart().await;
    let mut new = Client::connect(table.address(), &pid(&new)).await;
    let game = new.told().await;
    assert_eq!((&game["paused"], &game["state"]), (&json!(false), &json!("SIMULATION")), "time goes on");
}

#[tokio::test]
async fn an_id_opens_the_last_game_only_and_no_other() {
    let mut table = Table::new().await;
    let mut client = table.v1("first").await;
    table.v1("second").await;
    client.game("second").await;
    table.restart().await;
    let mut back = Client::connect(table.address(), &pid(&client)).await;
    assert_eq!(back.told().await["id"], "second");
    for forged in
        [json!({ "pid": "invented" }), json!({ "pid": 7 }), json!({ "pid": client.socket.greeting["sid"] })]
    {
        let mut forger = Client::connect(table.address(), &forged).await;
        let error = forger.error("startSimulation", &[]).await;
        assert_eq!(error, "Server error on start simulation", "{forged}");
        assert!(forger.socket.events.is_empty());
    }
}

#[tokio::test]
async fn who_left_of_his_own_accord_is_forgotten() {
    let mut table = Table::new().await;
    let mut client = table.v1("g").await;
    let auth = pid(&client);
    client.socket.enter_again().await;
    let error = client.error("startSimulation", &[]).await;
    assert_eq!(error, "Server error on start simulation");
    table.end_and_start().await;
    let mut back = Client::connect(table.address(), &auth).await;
    assert_eq!(back.error("startSimulation", &[]).await, "Server error on start simulation");
}

#[tokio::test]
async fn a_closed_game_is_closed_to_who_comes_back() {
    let mut table = Table::new().await;
    let (host, code, client) = table.prepared().await;
    let closed = host.send("DELETE", &format!("/api/exercises/{code}/classic"), "").await;
    assert_eq!(closed.status, 204);
    let auth = pid(&client);
    table.restart().await;
    let mut back = Client::connect(table.address(), &auth).await;
    assert_eq!(back.error("startSimulation", &[]).await, "Server error on start simulation");
}
