//! Presence: users, not connections.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{
    net::SocketAddr,
    sync::{Arc, mpsc},
    time::Duration,
};

use chorus_socketio::{Args, ConnectError, Data, Presence, Recovery, Reply, Server, Socket};
use common::{Client, LONG, serve};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, time::timeout};

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

#[tokio::test]
async fn a_user_who_logs_in_later_is_not_there_twice() {
    let (io, presence) = server(Duration::ZERO);
    io.of("/").on("login", |socket: Socket, Data(user): Data<String>| async move {
        socket.set_user(&user);
        Reply(())
    });
    let mut client = Client::connect(serve(&io).await).await;
    let mut before = enter_again(&mut client, json!(1)).await[0]["user"].clone();
    for user in ["ada", "bob"] {
        client.send(&format!(r#"420["login","{user}"]"#)).await;
        client.next().await;
        client.send(r#"421["enter",1]"#).await;
        assert_eq!(change(&mut client).await, json!({ "left": { "user": before } }));
        assert_eq!(client.next().await, format!(r#"431[[{{"user":"{user}","state":1}}]]"#));
        before = user.into();
    }
    drop(client);
    until_empty(&presence).await;
}

async fn until_empty(presence: &Presence) {
    let empty = async {
        while !presence.list("lobby").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, empty).await.expect("nobody is there any more");
}

#[tokio::test]
async fn who_is_refused_was_never_there() {
    let io = Server::new();
    let main = io.of("/");
    let presence = Presence::new(&main);
    let handle = presence.clone();
    main.middleware(move |socket: Socket| {
        handle.enter(&socket, "lobby", 1);
        async { Err(ConnectError::new("no")) }
    });
    let mut client = Client::open(serve(&io).await).await;
    client.send("40").await;
    assert!(client.next().await.starts_with("44"));
    drop(client);
    assert!(presence.list("lobby").is_empty());
}

/// A listener of outgoing events asks on a thread of its own, so that this test fails where it would hang.
#[tokio::test]
async fn who_listens_to_the_changes_may_ask_who_is_there() {
    let (io, presence) = server(Duration::ZERO);
    let counts = Arc::new(Mutex::new(Vec::new()));
    io.of("/").on_any_outgoing({
        let counts = counts.clone();
        move |_, _, _| {
            let (asked, answer) = mpsc::channel();
            let presence = presence.clone();
            std::thread::spawn(move || asked.send(presence.list("lobby").len()));
            counts.lock().push(answer.recv_timeout(Duration::from_secs(2)).ok());
        }
    });
    let address = serve(&io).await;
    let (mut ada, _) = enter(address, "ada", json!(1)).await;
    let (bob, _) = enter(address, "bob", json!(1)).await;
    change(&mut ada).await;
    drop(bob);
    assert_eq!(change(&mut ada).await, json!({ "left": { "user": "bob" } }));
    while counts.lock().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(*counts.lock(), [Some(2), Some(1)]);
}

/// Joins the main namespace, and reads up to the event `ready`; returns the id, and what brings it back.
async fn join(address: SocketAddr, auth: &Value) -> (Client, Value, Value) {
    let mut client = Client::open(address).await;
    client.send(&format!("40{auth}")).await;
    let greeting: Value = serde_json::from_str(&client.next().await[2..]).unwrap();
    let ready = loop {
        let event: Value = serde_json::from_str(&client.next().await[2..]).unwrap();
        if event[0] == "ready" {
            break event;
        }
    };
    (client, greeting["sid"].clone(), json!({ "pid": greeting["pid"], "offset": ready[1] }))
}

/// A server on which sockets can be recovered.
fn recovering() -> (Server, Presence) {
    let io = Server::builder().connection_state_recovery(Recovery::default()).build();
    let main = io.of("/");
    let presence = Presence::new(&main);
    main.on_connect(|socket: Socket| async move { socket.emit("ready", Args(())).unwrap() });
    (io, presence)
}

async fn until_nobody_is_connected(io: &Server) {
    let gone = async {
        while io.of("/").socket_count() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, gone).await.expect("the socket is gone");
}

#[tokio::test]
async fn who_is_back_before_the_loss_is_told_stays() {
    let (permits, (told, mut tells)) = (Arc::new(Semaphore::new(0)), tokio::sync::mpsc::unbounded_channel());
    let io = Server::builder().connection_state_recovery(Recovery::default()).build();
    let main = io.of("/");
    let waiting = permits.clone();
    main.on_disconnect(move || {
        let waiting = waiting.clone();
        async move { waiting.acquire().await.unwrap().forget() }
    });
    let presence = Presence::new(&main);
    main.on_disconnect(move || {
        told.send(()).unwrap();
        std::future::ready(())
    });
    let handle = presence.clone();
    main.on_connect(move |socket: Socket| {
        socket.set_user("ada");
        handle.enter(&socket, "lobby", 1);
        async move { socket.emit("ready", Args(())).unwrap() }
    });
    let address = serve(&io).await;
    let (client, sid, back) = join(address, &json!({})).await;
    drop(client);
    until_nobody_is_connected(&io).await;
    let (_client, recovered, _) = join(address, &back).await;
    assert_eq!(recovered, sid);
    permits.add_permits(1);
    timeout(LONG, tells.recv()).await.unwrap().unwrap();
    assert_eq!(presence.list("lobby").len(), 1);
}

#[tokio::test]
async fn a_recovered_socket_can_leave_where_it_has_not_entered_again() {
    let (io, presence) = recovering();
    let main = io.of("/");
    let handle = presence.clone();
    main.on_connect(move |socket: Socket| {
        if !socket.recovered() {
            handle.enter(&socket, "lobby", 1);
        }
        std::future::ready(())
    });
    let handle = presence.clone();
    main.on("leave", move |socket: Socket| {
        handle.leave(&socket, "lobby");
        async { Reply(()) }
    });
    let address = serve(&io).await;
    let (client, sid, back) = join(address, &json!({})).await;
    drop(client);
    until_nobody_is_connected(&io).await;
    let (mut client, recovered, _) = join(address, &back).await;
    assert_eq!(recovered, sid);
    assert_eq!(main.to("lobby").sockets().len(), 1, "its rooms are recovered");
    client.send(r#"420["leave"]"#).await;
    assert_eq!(client.next().await, "430[null]");
    assert!(main.to("lobby").sockets().is_empty());
}
