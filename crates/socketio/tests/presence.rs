//! Presence: users, not connections.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{net::SocketAddr, time::Duration};

use chorus_socketio::{Args, Data, Presence, Reply, Server, Socket};
use common::{Client, serve};
use serde_json::{Value, json};

fn server(grace: Duration) -> (Server, Presence) {
    let io = Server::new();
    let main = io.of("/");
    let presence = Presence::with(&main, "presence", grace);
    main.on_connect(|socket: Socket, Data(auth): Data<Value>| async move {
        if let Some(user) = auth["user"].as_str() {
            socket.set_user(user);
        }
    });
    let handle = presence.clone();
    main.on("enter", move |socket: Socket, Data(state): Data<Value>| {
        let present = handle.enter(&socket, "lobby", state);
        async move { Reply(present) }
    });
    let handle = presence.clone();
    main.on("update", move |socket: Socket, Args((room, state)): Args<(String, Value)>| {
        handle.update(&socket, room, state);
        async {}
    });
    let handle = presence.clone();
    main.on("leave", move |socket: Socket| {
        handle.leave(&socket, "lobby");
        async { Reply(()) }
    });
    (io, presence)
}

async fn enter(address: SocketAddr, user: &str, state: Value) -> (Client, Value) {
    let mut client = Client::open(address).await;
    client.send(&format!("40{}", json!({ "user": user }))).await;
    client.next().await;
    let present = enter_again(&mut client, state).await;
    (client, present)
}

async fn enter_again(client: &mut Client, state: Value) -> Value {
    client.send(&format!("420{}", json!(["enter", state]))).await;
    let answer: Value = serde_json::from_str(client.next().await.strip_prefix("430").unwrap()).unwrap();
    answer[0].clone()
}

async fn change(client: &mut Client) -> Value {
    let packet = client.next().await;
    let event: Value = serde_json::from_str(packet.strip_prefix("42").unwrap()).unwrap();
    assert_eq!((&event[0], &event[1]["room"]), (&json!("presence"), &json!("lobby")));
    let mut change = event[1].clone();
    change.as_object_mut().unwrap().remove("room");
    change
}

#[tokio::test]
async fn a_user_is_there_from_the_first_tab_to_the_last() {
    let (io, presence) = server(Duration::ZERO);
    let address = serve(&io).await;
    let (mut ada, present) = enter(address, "ada", json!(1)).await;
    assert_eq!(present, json!([{ "user": "ada", "state": 1 }]));
    let (bob, present) = enter(address, "bob", json!(2)).await;
    assert_eq!(present, json!([{ "user": "ada", "state": 1 }, { "user": "bob", "state": 2 }]));
    assert_eq!(change(&mut ada).await, json!({ "joined": { "user": "bob", "state": 2 } }));
    let (bobs_phone, _) = enter(address, "bob", json!(2)).await;
    drop(bob);
    while io.of("/").socket_count() > 2 {
        tokio::task::yield_now().await;
    }
    ada.expect_silence().await;
    assert_eq!(presence.list("lobby").len(), 2);
    drop(bobs_phone);
    assert_eq!(change(&mut ada).await, json!({ "left": { "user": "bob" } }));
    assert_eq!(presence.list("lobby").len(), 1);
    drop(ada);
    while !presence.list("lobby").is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn states_change_for_all() {
    let (io, presence) = server(Duration::ZERO);
    let address = serve(&io).await;
    let (mut ada, _) = enter(address, "ada", json!({})).await;
    let (mut bob, _) = enter(address, "bob", json!({})).await;
    change(&mut ada).await;
    bob.send(r#"42["update","elsewhere",{}]"#).await;
    bob.send(r#"42["update","lobby",{"away":true}]"#).await;
    let told = json!({ "changed": { "user": "bob", "state": { "away": true } } });
    assert_eq!(change(&mut ada).await, told);
    assert_eq!(change(&mut bob).await, told);
    // another tab with another state
    let (mut phone, _) = enter(address, "bob", json!({ "away": false })).await;
    let told = json!({ "changed": { "user": "bob", "state": { "away": false } } });
    assert_eq!(change(&mut ada).await, told);
    assert_eq!(change(&mut bob).await, told);
    enter_again(&mut phone, json!({ "away": false })).await;
    ada.expect_silence().await;
    assert_eq!(*presence.list("lobby")[1].state, json!({ "away": false }));
}

#[tokio::test]
async fn who_leaves_goes_at_once_and_who_breaks_off_has_a_while_to_come_back() {
    let (io, presence) = server(Duration::from_millis(300));
    let address = serve(&io).await;
    let (mut ada, _) = enter(address, "ada", json!(1)).await;
    let (mut bob, _) = enter(address, "bob", json!(2)).await;
    change(&mut ada).await;
    bob.send(r#"420["leave"]"#).await;
    bob.next().await;
    assert_eq!(change(&mut ada).await, json!({ "left": { "user": "bob" } }));
    enter_again(&mut bob, json!(2)).await;
    change(&mut ada).await;
    drop(bob);
    let (bob, _) = enter(address, "bob", json!(2)).await;
    ada.expect_silence().await;
    drop(bob);
    let gone = std::time::Instant::now();
    assert_eq!(change(&mut ada).await, json!({ "left": { "user": "bob" } }));
    assert!(gone.elapsed() >= Duration::from_millis(250), "{:?}", gone.elapsed());
    assert_eq!(presence.list("lobby").len(), 1);
}

#[tokio::test]
async fn list_and_changes_fit_together_however_the_entries_fall() {
    let (io, presence) = server(Duration::ZERO);
    let address = serve(&io).await;
    let entries =
        (0..20).map(|n| tokio::spawn(async move { enter(address, &format!("user-{n:02}"), json!(n)).await }));
    for entry in entries.collect::<Vec<_>>() {
        let (mut client, present) = entry.await.unwrap();
        let mut known = present.as_array().unwrap().len();
        while known < 20 {
            let change = change(&mut client).await;
            assert!(change["joined"].is_object(), "{change}");
            known += 1;
        }
        // it stays to the end of the test
        std::mem::forget(client);
    }
    assert_eq!(presence.list("lobby").len(), 20);
}

#[tokio::test]
async fn a_socket_without_a_user_stands_for_itself() {
    let (io, presence) = server(Duration::ZERO);
    let mut client = Client::connect(serve(&io).await).await;
    let present = enter_again(&mut client, json!(null)).await;
    let id = io.of("/").sockets()[0].id();
    assert_eq!(present, json!([{ "user": id, "state": null }]));
    assert_eq!(&*presence.list("lobby")[0].user, id.as_str());
}
