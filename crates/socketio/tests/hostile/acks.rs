//! Answers: to nothing, of others, twice, and never.

use std::{sync::Arc, time::Duration};

use chorus_socketio::{AckError, Data, Reply, Server, Socket};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::harness::{FIN, Peer, Scene, TEXT, frame};

/// Case 23.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_comes_back_as_the_number_it_is() {
    let scene = Scene::new(Server::new()).await;
    let mut peer = Peer::connect(scene.address).await;
    for (sent, back) in
        [("0", "0"), ("007", "7"), ("1000000000", "1000000000"), ("9007199254740991", "9007199254740991")]
    {
        peer.send(&format!(r#"42{sent}["echo",1]"#)).await;
        assert_eq!(peer.next().await, format!("43{back}[1]"));
        // one id twice is two events to us
        peer.send(&format!(r#"42{sent}["echo",2]"#)).await;
        assert_eq!(peer.next().await, format!("43{back}[2]"));
    }
    drop(peer);
    scene.end().await;
}

/// Case 23.
#[tokio::test(flavor = "multi_thread")]
async fn answers_that_nobody_asked_for_are_nothing() {
    let scene = Scene::new(Server::new()).await;
    let mut peer = Peer::connect(scene.address).await;
    for packet in [r#"430["x"]"#, r#"439007199254740991["x"]"#, "430[]", r#"4300["__proto__"]"#] {
        assert!(peer.raw(&frame(FIN | TEXT, packet.as_bytes()).repeat(10_000)).await);
    }
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}

/// Case 23: an id is one client's; nobody can answer for another, nor twice.
#[tokio::test(flavor = "multi_thread")]
async fn only_who_was_asked_can_answer_and_once() {
    let io = Server::new();
    let answers = Arc::new(Mutex::new(Vec::new()));
    let told = answers.clone();
    io.of("/").on("ask me", move |socket: Socket| {
        let told = told.clone();
        async move {
            let answer = socket.emit_with_ack::<Value>("question", ()).await.unwrap();
            told.lock().push(answer);
        }
    });
    let scene = Scene::new(io).await;
    let mut asked = Peer::connect(scene.address).await;
    let mut other = Peer::connect(scene.address).await;
    asked.send(r#"42["ask me"]"#).await;
    assert_eq!(asked.next().await, r#"420["question",null]"#);
    other.send(r#"430["from another"]"#).await;
    other.is_alive().await;
    assert!(answers.lock().is_empty());
    asked.send(r#"431["another id"]"#).await;
    asked.send(r#"430["the answer"]"#).await;
    asked.send(r#"430["once more"]"#).await;
    asked.is_alive().await;
    assert_eq!(*answers.lock(), ["the answer"]);
    drop((asked, other));
    scene.end().await;
}

/// Case 23: who never answers costs so much and no more.
#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_awaited_are_limited_and_forgotten() {
    let scene = Scene::new(Server::builder().max_pending_acks(8).build()).await;
    let mut peer = Peer::open(scene.address).await;
    peer.send("40").await;
    let connected: Value = serde_json::from_str(&peer.next().await[2..]).unwrap();
    let id = connected["sid"].as_str().unwrap().parse().unwrap();
    let socket = scene.io.of("/").socket(id).unwrap();
    let ask = |timeout| {
        let socket = socket.clone();
        async move { socket.timeout(timeout).emit_with_ack::<Value>("question", ()).await }
    };
    for _ in 0..3 {
        let mut asks = JoinSet::new();
        for _ in 0..20 {
            asks.spawn(ask(Duration::from_millis(300)));
        }
        let (mut late, mut too_many) = (0, 0);
        while let Some(result) = asks.join_next().await {
            match result.unwrap() {
                Err(AckError::Timeout) => late += 1,
                Err(AckError::TooMany) => too_many += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((late, too_many), (8, 12));
        for _ in 0..8 {
            assert!(peer.next().await.contains("question"), "those that were refused were not asked");
        }
    }
    // who leaves lets go of those who wait
    let waiting: Vec<_> = (0..8).map(|_| tokio::spawn(ask(Duration::from_hours(1)))).collect();
    for _ in 0..8 {
        peer.next().await;
    }
    drop(peer);
    for ask in waiting {
        assert!(matches!(ask.await.unwrap(), Err(AckError::Disconnected)));
    }
    drop(socket);
    scene.end().await;
}

/// An answer of any shape is the asker's to judge, and the connection's business no longer.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_shape_is_an_error() {
    let io = Server::new();
    io.of("/").on("ask me", |socket: Socket, Data(()): Data<()>| async move {
        let answer = socket.emit_with_ack::<u8>("question", ()).await;
        Reply(match answer {
            Ok(number) => format!("{number}"),
            Err(error) => error.to_string(),
        })
    });
    let scene = Scene::new(io).await;
    let mut peer = Peer::connect(scene.address).await;
    for answer in [
        "[]",
        "[{}]",
        "[-1]",
        "[256]",
        "[1e400]",
        "[\"\\ud800\"]",
        &format!("[{}{}]", "[".repeat(50_000), "]".repeat(50_000)),
    ] {
        peer.send(r#"427["ask me"]"#).await;
        let question = peer.next().await;
        let id = question.strip_prefix("42").unwrap().split('[').next().unwrap();
        peer.send(&format!("43{id}{answer}")).await;
        assert_eq!(peer.next().await, r#"437["answer cannot be read"]"#, "{answer:.20}");
    }
    drop(peer);
    scene.end().await;
}
