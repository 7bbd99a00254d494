//! Handlers: order, extractors, answers, failures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chorus_socketio::{
    Ack, AckError, Args, ConnectError, Data, DisconnectReason, EventName, Reply, Server, Socket, State,
    parser::MessagePackParser,
};
use common::{Client, LONG, serve};
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, mpsc},
    time::timeout,
};

#[tokio::test]
async fn events_of_a_socket_are_handled_in_order_one_at_a_time() {
    let io = Server::new();
    io.of("/").on("work", |socket: Socket, Data(n): Data<u64>| async move {
        tokio::time::sleep(Duration::from_millis(if n % 5 == 0 { 3 } else { 0 })).await;
        let _ = socket.emit("done", n);
    });
    let mut client = Client::connect(serve(&io).await).await;
    for n in 0..300 {
        client.send(&format!(r#"42["work",{n}]"#)).await;
    }
    for n in 0..300 {
        assert_eq!(client.next().await, format!(r#"42["done",{n}]"#));
    }
}

#[tokio::test]
async fn a_handler_may_wait_for_the_answer_of_its_own_client() {
    let io = Server::new();
    io.of("/").on("ask", |socket: Socket| async move {
        let answer: String = socket.emit_with_ack("question", Args((1, 2))).await.unwrap();
        Reply(answer)
    });
    let mut client = Client::connect(serve(&io).await).await;
    client.send(r#"427["ask"]"#).await;
    assert_eq!(client.next().await, r#"420["question",1,2]"#);
    client.send(r#"430["fine"]"#).await;
    assert_eq!(client.next().await, r#"437["fine"]"#);
}

#[tokio::test]
async fn answers_that_do_not_come_are_errors() {
    let (results, mut reported) = mpsc::unbounded_channel();
    let io = Server::new();
    io.of("/").on_connect(move |socket: Socket| {
        let results = results.clone();
        async move {
            let late = socket.timeout(Duration::from_millis(20)).emit_with_ack::<Value>("a", 1).await;
            results.send(late).unwrap();
            results.send(socket.emit_with_ack::<Value>("b", 1).await).unwrap();
        }
    });
    let mut client = Client::connect(serve(&io).await).await;
    assert_eq!(client.next().await, r#"420["a",1]"#);
    assert!(matches!(reported.recv().await, Some(Err(AckError::Timeout))));
    assert_eq!(client.next().await, r#"421["b",1]"#);
    client.send(r#"430["too late"]"#).await;
    client.send(r#"43999["never asked"]"#).await;
    drop(client);
    assert!(matches!(timeout(LONG, reported.recv()).await.unwrap(), Some(Err(AckError::Disconnected))));
}

#[tokio::test]
async fn a_panicking_handler_costs_its_event_only() {
    let io = Server::new();
    io.of("/").on("panic", |Data(at): Data<String>| {
        assert_ne!(at, "once");
        async move {
            tokio::task::yield_now().await;
            assert_ne!(at, "later");
        }
    });
    io.of("/").on("echo", |Data(value): Data<Value>| async move { Reply(value) });
    let mut client = Client::connect(serve(&io).await).await;
    client.send(r#"42["panic","once"]"#).await;
    client.send(r#"42["panic","later"]"#).await;
    client.send(r#"421["echo","still here"]"#).await;
    assert_eq!(client.next().await, r#"431["still here"]"#);
}

#[tokio::test]
async fn invalid_data_is_answered_and_the_connection_lives_on() {
    let io = Server::new();
    io.of("/").on("number", |Data(n): Data<u8>| async move { Reply(n) });
    let mut client = Client::connect(serve(&io).await).await;
    client.send(r#"421["number","x"]"#).await;
    let answer = client.next().await;
    let answer: Value = serde_json::from_str(answer.strip_prefix("431").unwrap()).unwrap();
    assert_eq!(answer[0]["error"]["code"], "invalid_data");
    client.send(r#"422["number",7]"#).await;
    assert_eq!(client.next().await, "432[7]");
}

#[tokio::test]
async fn extractors_state_names_and_several_handlers() {
    let calls = Arc::new(AtomicUsize::new(0));
    let io = Server::builder().state(calls.clone()).build();
    let namespace = io.of("/");
    namespace.on_any(|name: EventName, State(calls): State<Arc<AtomicUsize>>| async move {
        assert_eq!(&*name, "both");
        calls.fetch_add(1, Ordering::SeqCst);
    });
    namespace.on("both", |ack: Ack| async move { ack.send(Args((1, "first"))).unwrap() });
    namespace.on("both", |ack: Ack| async move { ack.send("second").unwrap() });
    let mut client = Client::connect(serve(&io).await).await;
    client.send(r#"425["both"]"#).await;
    assert_eq!(client.next().await, r#"435[1,"first"]"#);
    client.expect_silence().await;
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_result_is_an_answer_either_way() {
    let io = Server::new();
    io.of("/").on("half", |Data(n): Data<u32>| async move {
        if n % 2 == 0 { Ok(Reply(n / 2)) } else { Err(Reply(json!({ "error": "odd" }))) }
    });
    let mut client = Client::connect(serve(&io).await).await;
    client.send(r#"421["half",8]"#).await;
    assert_eq!(client.next().await, "431[4]");
    client.send(r#"422["half",7]"#).await;
    assert_eq!(client.next().await, r#"432[{"error":"odd"}]"#);
}

#[tokio::test]
async fn middleware_refuses_with_data_and_handlers_do_not_run() {
    let (left, mut told) = mpsc::unbounded_channel();
    let io = Server::new();
    io.of("/secret")
        .middleware(|socket: Socket| async move {
            match socket.auth::<Value>() {
                Ok(auth) if auth["token"] == "right" => Ok(()),
                _ => Err(ConnectError::new("no entry").data(json!({ "code": "forbidden" }))),
            }
        })
        .on_disconnect(move |reason: DisconnectReason| {
            let left = left.clone();
            async move { left.send(reason).unwrap() }
        });
    let mut client = Client::open(serve(&io).await).await;
    client.send(r#"40/secret,{"token":"wrong"}"#).await;
    assert_eq!(client.next().await, r#"44/secret,{"message":"no entry","data":{"code":"forbidden"}}"#);
    client.send("40/nowhere,").await;
    assert_eq!(client.next().await, r#"44/nowhere,{"message":"Invalid namespace"}"#);
    client.send(r#"40/secret,{"token":"right"}"#).await;
    assert!(client.next().await.starts_with(r#"40/secret,{"sid":""#));
    client.send("41/secret,").await;
    assert_eq!(timeout(LONG, told.recv()).await.unwrap(), Some(DisconnectReason::ClientNamespaceDisconnect));
    assert!(told.try_recv().is_err(), "the refused socket had never been there");
}

#[tokio::test]
async fn events_before_the_end_are_handled_before_the_disconnect() {
    let (log, mut logged) = mpsc::unbounded_channel();
    let again = log.clone();
    let io = Server::new();
    io.of("/")
        .on("vote", move |Data(n): Data<u32>| {
            let log = log.clone();
            async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                log.send(format!("vote {n}")).unwrap();
            }
        })
        .on_disconnect(move |reason: DisconnectReason| {
            let log = again.clone();
            async move { log.send(reason.to_string()).unwrap() }
        });
    let mut client = Client::connect(serve(&io).await).await;
    for n in 0..3 {
        client.send(&format!(r#"42["vote",{n}]"#)).await;
    }
    drop(client);
    for expected in ["vote 0", "vote 1", "vote 2", "transport close"] {
        assert_eq!(timeout(LONG, logged.recv()).await.unwrap().as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn a_slow_handler_holds_up_its_own_client_only() {
    let gate = Arc::new(Notify::new());
    let io = Server::builder().state(gate.clone()).build();
    io.of("/")
        .on("wait", |State(gate): State<Arc<Notify>>| async move { gate.notified().await })
        .on("sink", |_: Data<String>| async {})
        .on("last", || async { Reply(()) });
    let address = serve(&io).await;
    let mut slow = Client::connect(address).await;
    slow.send(r#"42["wait"]"#).await;
    let big = format!(r#"42["sink","{}"]"#, "x".repeat(500_000));
    let flood = async {
        for _ in 0..100 {
            slow.send(&big).await;
        }
    };
    assert!(timeout(Duration::from_millis(500), flood).await.is_err(), "50 MB were read with nowhere to go");
    let mut other = Client::connect(address).await;
    other.send(r#"421["last"]"#).await;
    assert_eq!(other.next().await, "431[null]");
    gate.notify_one();
    drop(slow);
    let mut fresh = Client::connect(address).await;
    fresh.send(r#"421["last"]"#).await;
    assert_eq!(fresh.next().await, "431[null]");
}

#[tokio::test]
async fn packets_can_be_message_pack() {
    let io = Server::builder().parser(MessagePackParser).build();
    io.of("/").on("echo", |Data(value): Data<Value>| async move { Reply(value) });
    let mut client = Client::open(serve(&io).await).await;
    client.send_binary(b"\x82\xa4type\x00\xa3nsp\xa1/").await;
    assert!(client.next().await.starts_with('b'), "a binary CONNECT");
    client.send_binary(b"\x84\xa4type\x02\xa4data\x92\xa4echo\x93\x01\xc3\xa1x\xa3nsp\xa1/\xa2id\x07").await;
    let answer = b"\x84\xa4type\x03\xa4data\x91\x93\x01\xc3\xa1x\xa2id\x07\xa3nsp\xa1/";
    let received = client.next().await;
    let mut bytes: Vec<u8> = serde_json::from_str(received.strip_prefix('b').unwrap()).unwrap();
    let mut expected = answer.to_vec();
    // the order of the fields does not matter
    bytes.sort_unstable();
    expected.sort_unstable();
    assert_eq!(bytes, expected);
    client.send(r#"42["echo",1]"#).await;
    assert_eq!(client.end().await, 1005, "text is a violation");
}
