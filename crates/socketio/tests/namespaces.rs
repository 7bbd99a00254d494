//! Namespaces that come into being, event middleware, and broadcasts that are answered.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::time::Duration;

use chorus_socketio::{Data, EventName, PartialAcks, Reply, Server, Socket};
use common::{Client, LONG, serve};
use serde_json::{Value, json};
use tokio::time::timeout;

#[tokio::test]
async fn a_namespace_comes_into_being_when_its_name_matches() {
    let io = Server::builder().cleanup_empty_child_namespaces(true).build();
    let rooms = io.of_matching(|name| name.starts_with("/room-"));
    rooms.on("who", |socket: Socket| async move { Reply(socket.namespace().name().to_owned()) });
    let address = serve(&io).await;
    let mut client = Client::open(address).await;
    client.send("40/room-1,").await;
    client.send("40/other,").await;
    assert!(client.next().await.starts_with(r#"40/room-1,{"sid""#));
    assert_eq!(client.next().await, r#"44/other,{"message":"Invalid namespace"}"#);
    client.send(r#"42/room-1,1["who"]"#).await;
    assert_eq!(client.next().await, r#"43/room-1,1["/room-1"]"#);

    let mut second = Client::open(address).await;
    second.send("40/room-2,").await;
    assert!(second.next().await.starts_with("40/room-2,"));
    assert_eq!(rooms.emit("all", 1).unwrap(), 2);
    assert_eq!(client.next().await, r#"42/room-1,["all",1]"#);
    assert_eq!(second.next().await, r#"42/room-2,["all",1]"#);

    drop(second);
    timeout(LONG, async {
        while rooms.children().len() > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("an empty child is forgotten");
    assert_eq!(rooms.children(), ["/room-1".into()]);
}

#[tokio::test]
async fn an_async_function_decides_by_name_and_auth() {
    let io = Server::new();
    io.of_allowed(|name: String, auth: Value| async move {
        tokio::time::sleep(Duration::from_millis(5)).await;
        name.starts_with("/club") && auth["member"] == true
    });
    let mut client = Client::open(serve(&io).await).await;
    client.send(r#"40/club-1,{"member":false}"#).await;
    client.send(r#"40/club-2,{"member":true}"#).await;
    assert_eq!(client.next().await, r#"44/club-1,{"message":"Invalid namespace"}"#);
    assert!(client.next().await.starts_with("40/club-2,"));
    // an event for a namespace that is not joined yet is a violation
    client.send("40/club-3,").await;
    client.send(r#"42/club-3,["early"]"#).await;
    assert_eq!(client.end().await, 1005);
}

#[tokio::test]
async fn a_flood_of_unknown_namespaces_closes() {
    let io = Server::new();
    let mut client = Client::connect(serve(&io).await).await;
    for n in 0..150 {
        if client.try_send(&format!("40/nope-{n},")).await.is_err() {
            break;
        }
    }
    assert_eq!(client.end().await, 1005);
}

#[tokio::test]
async fn event_middleware_answers_what_it_refuses() {
    let io = Server::new();
    io.of("/")
        .event_middleware(|name: EventName| async move {
            if name.starts_with("admin") { Err(Reply(json!({ "error": "not for you" }))) } else { Ok(()) }
        })
        .on("admin:stop", || async { Reply("stopped") })
        .on("echo", |Data(value): Data<Value>| async move { Reply(value) });
    let mut client = Client::connect(serve(&io).await).await;
    client.send(r#"421["admin:stop"]"#).await;
    assert_eq!(client.next().await, r#"431[{"error":"not for you"}]"#);
    client.send(r#"422["echo",1]"#).await;
    assert_eq!(client.next().await, "432[1]");
}

#[tokio::test]
async fn a_broadcast_collects_the_answers() {
    let io = Server::new();
    let address = serve(&io).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(Client::connect(address).await);
    }
    let asking = tokio::spawn({
        let io = io.clone();
        async move {
            let everyone = io.of("/").broadcast().timeout(Duration::from_millis(300));
            let whole = everyone.emit_with_ack::<u32>("q", "first").await;
            let partial = everyone.emit_with_ack::<u32>("q", "second").await;
            (whole, partial)
        }
    });
    for (n, client) in clients.iter_mut().enumerate() {
        assert_eq!(client.next().await, r#"420["q","first"]"#);
        client.send(&format!("430[{n}]")).await;
    }
    for (n, client) in clients.iter_mut().take(2).enumerate() {
        assert_eq!(client.next().await, r#"421["q","second"]"#);
        client.send(&format!("431[{n}]")).await;
    }
    let (whole, partial) = timeout(LONG, asking).await.unwrap().unwrap();
    let mut whole = whole.unwrap();
    whole.sort_unstable();
    assert_eq!(whole, [0, 1, 2]);
    let Err(PartialAcks { mut answers, missing }) = partial else { panic!("{partial:?}") };
    answers.sort_unstable();
    assert_eq!((answers, missing), (vec![0, 1], 1));
}

#[tokio::test]
async fn a_panic_on_leaving_leaves_no_trace() {
    let io = Server::new();
    io.of("/").on_connect(|socket: Socket| async move { socket.join("room") }).on_disconnecting(
        |socket: Socket| async move { assert_eq!(socket.rooms().len(), 100, "on purpose") },
    );
    let address = serve(&io).await;
    drop(Client::connect(address).await);
    timeout(LONG, async {
        while io.of("/").socket_count() > 0 || io.stats().sessions > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("the socket is gone");
    assert!(io.of("/").to("room").sockets().is_empty());
}

#[tokio::test]
async fn a_middleware_that_panics_refuses() {
    let io = Server::new();
    io.of("/").middleware(|socket: Socket| async move {
        assert!(socket.handshake().query("sane").is_some(), "on purpose");
        Ok(())
    });
    io.of_allowed(|name: String, _: Value| async move {
        assert_eq!(name, "/sane", "on purpose");
        true
    });
    let mut client = Client::open(serve(&io).await).await;
    client.send("40").await;
    assert_eq!(client.next().await, r#"44{"message":"internal error"}"#);
    client.send("40/mad,").await;
    assert_eq!(client.next().await, r#"44/mad,{"message":"Invalid namespace"}"#);
    client.send("40/sane,").await;
    assert!(client.next().await.starts_with("40/sane,"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disconnect_is_noticed_at_once_whatever_else_happens() {
    let (left, mut told) = tokio::sync::mpsc::unbounded_channel();
    let io = Server::new();
    io.of("/")
        .on("bye", |socket: Socket| async move {
            let _ = socket.emit("farewell", 1);
            socket.disconnect();
        })
        .on_disconnect(move || {
            let left = left.clone();
            async move { left.send(()).unwrap() }
        });
    let address = serve(&io).await;
    let news = tokio::spawn({
        let io = io.clone();
        async move {
            loop {
                let _ = io.emit("news", 1);
                tokio::task::yield_now().await;
            }
        }
    });
    for _ in 0..100 {
        let mut client = Client::connect(address).await;
        client.send(r#"42["bye"]"#).await;
        timeout(Duration::from_secs(5), told.recv()).await.expect("it is noticed");
    }
    news.abort();
}

#[tokio::test]
async fn events_behind_a_disconnect_are_not_handled() {
    let io = Server::new();
    io.of("/").on("bye", |socket: Socket| async move { socket.disconnect() }).on(
        "after",
        |socket: Socket| async move {
            let _ = socket.namespace().emit("handled", 1);
        },
    );
    let address = serve(&io).await;
    let mut witness = Client::connect(address).await;
    let mut client = Client::connect(address).await;
    let mut both = Vec::new();
    for packet in [r#"42["bye"]"#, r#"42["after"]"#] {
        chorus_protocol::websocket::encode_masked(
            chorus_protocol::websocket::Opcode::Text,
            packet.as_bytes(),
            [0; 4],
            &mut both,
        );
    }
    client.send_raw(&both).await;
    assert_eq!(client.next().await, "41");
    witness.expect_silence().await;
}
