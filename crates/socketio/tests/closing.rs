//! The end of a server: at once, or spread over a time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chorus_socketio::{DisconnectReason, InMemoryAdapter, Recovery, Server, Socket};
use common::{
    Client, LONG,
    http::{POLLING, get, handshake, post},
    serve,
};
use serde_json::Value;
use tokio::time::timeout;

/// Waits until the end of a session has begun, which closes all its sockets first.
async fn told_to_leave(io: &Server) {
    timeout(LONG, async {
        while !io.of("/").sockets().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("the sockets leave");
}

/// A server whose clients can ask to be closed, with something left to fetch.
fn closing_on_wish() -> Server {
    let io = Server::new();
    io.of("/").on("bye", |socket: Socket| async move {
        let _ = socket.emit("left", ());
        socket.close();
    });
    io
}

#[tokio::test]
async fn closing_does_not_wait_for_clients_that_are_already_leaving() {
    let io = closing_on_wish();
    let address = serve(&io).await;
    let session = handshake(address).await;
    post(address, &session, "", "40").await;
    assert!(get(address, &session, "").await.body.starts_with("40"));
    assert_eq!(post(address, &session, "", "42[\"bye\"]").await.body, "ok");
    told_to_leave(&io).await;
    assert_eq!(io.stats().sessions, 1, "its last packets wait for it");
    let start = Instant::now();
    timeout(LONG, io.close()).await.expect("nobody is waited for");
    assert!(start.elapsed() < Duration::from_secs(5), "30 seconds are the client's when the server stays");
    assert_eq!(io.stats().sessions, 0);
}

#[tokio::test]
async fn a_client_that_is_leaving_gets_its_last_packets_if_it_is_quick() {
    let io = closing_on_wish();
    let address = serve(&io).await;
    let session = handshake(address).await;
    post(address, &session, "", "40").await;
    assert!(get(address, &session, "").await.body.starts_with("40"));
    post(address, &session, "", "42[\"bye\"]").await;
    told_to_leave(&io).await;
    let closing = tokio::spawn({
        let io = io.clone();
        async move { io.close().await }
    });
    assert_eq!(refused_newcomer(address).await, 403);
    let last = get(address, &session, "").await;
    assert!(last.body.starts_with("42[\"left\",null]"), "{last:?}");
    timeout(LONG, closing).await.expect("the end").unwrap();
}

/// What newcomers are answered once the server refuses them.
async fn refused_newcomer(address: std::net::SocketAddr) -> u16 {
    timeout(LONG, async {
        loop {
            let status = get(address, POLLING, "").await.status;
            if status != 200 {
                return status;
            }
        }
    })
    .await
    .expect("a refusal")
}

#[tokio::test]
async fn draining_spreads_the_ends_over_the_time_and_refuses_newcomers() {
    let io = Server::new();
    let reasons = Arc::new(Mutex::new(Vec::new()));
    let noted = reasons.clone();
    io.of("/").on_disconnect(move |_: Socket, reason: DisconnectReason| {
        noted.lock().unwrap().push((Instant::now(), reason.as_str()));
        async {}
    });
    let address = serve(&io).await;
    let mut clients = Vec::new();
    for _ in 0..4 {
        clients.push(Client::connect(address).await);
    }
    let session = handshake(address).await;
    let start = Instant::now();
    let over = Duration::from_millis(500);
    let drained = tokio::spawn({
        let io = io.clone();
        async move { io.drain(over).await }
    });
    for mut client in clients {
        // no packet before the close frame: the client takes it for a broken line
        assert_eq!(client.end().await, 1005);
    }
    assert_eq!(refused_newcomer(address).await, 403);
    timeout(LONG, drained).await.expect("the end").unwrap();
    assert!(start.elapsed() >= over * 3 / 5, "five ends, four pauses at least between some of them");
    assert_eq!(get(address, &session, "").await.status, 400);
    let reasons = reasons.lock().unwrap();
    assert!(reasons.iter().all(|(_, reason)| *reason == "server shutting down"), "{reasons:?}");
    let ends: Vec<_> = reasons.iter().map(|(at, _)| *at).collect();
    assert_eq!(ends.len(), 4);
    assert!(ends[3] - ends[0] >= over * 2 / 5, "not all at once");
}

#[tokio::test]
async fn draining_an_empty_server_and_closing_a_draining_one_take_no_time() {
    let io = Server::new();
    timeout(LONG, io.drain(Duration::from_hours(1))).await.expect("nobody is there");
    let io = Server::new();
    let address = serve(&io).await;
    let clients = [Client::connect(address).await, Client::connect(address).await];
    let drained = tokio::spawn({
        let io = io.clone();
        async move { io.drain(Duration::from_hours(1)).await }
    });
    assert_eq!(refused_newcomer(address).await, 403);
    let closed = tokio::spawn(async move { io.close().await });
    for mut client in clients {
        client.end().await;
    }
    timeout(LONG, closed).await.expect("closed").unwrap();
    timeout(LONG, drained).await.expect("drained, too").unwrap();
}

#[tokio::test]
async fn who_is_drained_goes_on_at_another_server_of_the_same_adapter() {
    let shared = Arc::new(InMemoryAdapter::with_recovery(Duration::from_mins(1)));
    let server = || {
        let shared = shared.clone();
        let io = Server::builder()
            .connection_state_recovery(Recovery::default())
            .adapter(move |_| shared.clone())
            .build();
        io.of("/").on_connect(|socket: Socket| async move {
            let _ = socket.emit("recovered", socket.recovered());
        });
        io
    };
    let (first, second) = (server(), server());
    let (leaving, staying) = (serve(&first).await, serve(&second).await);
    let mut client = Client::open(leaving).await;
    client.send("40").await;
    let connected: Value = serde_json::from_str(&client.next().await[2..]).unwrap();
    assert!(client.next().await.starts_with("42[\"recovered\",false"));
    first.emit("news", 1).unwrap();
    let news = client.next().await;
    let news: Value = serde_json::from_str(&news[2..]).unwrap();
    let drained = tokio::spawn(async move { first.drain(Duration::ZERO).await });
    client.end().await;
    drop(client);
    timeout(LONG, drained).await.expect("drained").unwrap();
    let mut client = Client::open(staying).await;
    let auth = serde_json::json!({ "pid": connected["pid"], "offset": news[2] });
    client.send(&format!("40{auth}")).await;
    let back: Value = serde_json::from_str(&client.next().await[2..]).unwrap();
    assert_eq!(back["sid"], connected["sid"]);
    assert!(client.next().await.starts_with("42[\"recovered\",true"));
}
