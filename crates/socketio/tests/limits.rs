//! Rate limits, and events that clients send again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chorus_socketio::{Args, Data, Deduplicate, RateLimit, Reply, Server, Socket};
use common::{Client, LONG, serve};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};

const HOUR: Duration = Duration::from_hours(1);

async fn ask(client: &mut Client, event: &str) -> Value {
    client.send(&format!(r#"420["{event}"]"#)).await;
    serde_json::from_str(client.next().await.strip_prefix("430").unwrap()).unwrap()
}

fn limited(answer: &Value) -> bool {
    answer[0]["error"]["code"] == "rate_limited"
}

#[tokio::test]
async fn what_is_too_much_is_answered_and_not_handled() {
    let handled = Arc::new(AtomicUsize::new(0));
    let io = Server::new();
    let main = io.of("/");
    main.limit(RateLimit::per_socket(3, Duration::from_millis(600)));
    main.on("x", {
        let handled = handled.clone();
        move || {
            handled.fetch_add(1, Ordering::SeqCst);
            async { Reply("ok") }
        }
    });
    let address = serve(&io).await;
    let (mut client, mut other) = (Client::connect(address).await, Client::connect(address).await);
    for _ in 0..3 {
        assert_eq!(ask(&mut client, "x").await, json!(["ok"]));
    }
    let refused = ask(&mut client, "x").await;
    assert!(limited(&refused), "{refused}");
    client.send(r#"42["x"]"#).await;
    assert_eq!(ask(&mut other, "x").await, json!(["ok"]), "others have their own allowance");
    let wait = refused[0]["error"]["retryAfter"].as_u64().unwrap();
    assert!((1..=201).contains(&wait), "{wait} ms");
    tokio::time::sleep(Duration::from_millis(wait)).await;
    assert_eq!(ask(&mut client, "x").await, json!(["ok"]), "after the time that was told");
    assert_eq!(handled.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn a_limit_of_an_event_leaves_the_others_alone() {
    let io = Server::new();
    let main = io.of("/");
    main.limit(RateLimit::per_socket(1, HOUR).of_event("rare"));
    main.on("rare", || async { Reply(1) }).on("common", || async { Reply(2) });
    let mut client = Client::connect(serve(&io).await).await;
    assert_eq!(ask(&mut client, "rare").await, json!([1]));
    assert!(limited(&ask(&mut client, "rare").await));
    assert_eq!(ask(&mut client, "common").await, json!([2]));
    assert_eq!(ask(&mut client, "common").await, json!([2]));
}

#[tokio::test]
async fn a_users_tabs_and_an_addresss_sockets_share_theirs() {
    let io = Server::new();
    let main = io.of("/");
    main.limit(RateLimit::per_user(2, HOUR).of_event("user"));
    main.limit(RateLimit::per_address(3, HOUR).of_event("address"));
    main.on("user", || async { Reply(1) }).on("address", || async { Reply(1) });
    main.on_connect(|socket: Socket, Data(auth): Data<Value>| async move {
        if let Some(user) = auth["user"].as_str() {
            socket.set_user(user);
        }
        socket.emit("ready", ()).unwrap();
    });
    let address = serve(&io).await;
    let mut clients = Vec::new();
    for auth in [r#"{"user":"ada"}"#, r#"{"user":"ada"}"#, r#"{"user":"bob"}"#, ""] {
        let mut client = Client::open(address).await;
        client.send(&format!("40{auth}")).await;
        client.next().await;
        assert_eq!(client.next().await, r#"42["ready",null]"#);
        clients.push(client);
    }
    let mut answers = Vec::new();
    for n in [0, 1, 0, 2, 3, 3, 3] {
        answers.push(limited(&ask(&mut clients[n], "user").await));
    }
    assert_eq!(answers, [false, false, true, false, false, false, true]);
    let mut answers = Vec::new();
    for client in &mut clients {
        answers.push(limited(&ask(client, "address").await));
    }
    assert_eq!(answers, [false, false, false, true]);
}

#[tokio::test]
async fn a_limit_may_cost_the_connection() {
    let io = Server::new();
    let main = io.of("/");
    main.limit(RateLimit::per_socket(100, HOUR).or_disconnect());
    main.on("x", || async {});
    let address = serve(&io).await;
    let (mut flooding, mut other) = (Client::connect(address).await, Client::connect(address).await);
    for _ in 0..200 {
        if flooding.try_send(r#"42["x"]"#).await.is_err() {
            break;
        }
    }
    flooding.end().await;
    main.on("y", || async { Reply(1) });
    assert_eq!(ask(&mut other, "y").await, json!([1]));
}

/// A server whose handler counts, waits for a permit, and panics at "panic".
fn orders() -> (Server, Arc<AtomicUsize>, Arc<Semaphore>) {
    let (count, permits) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let io = Server::new();
    let main = io.of("/");
    main.deduplicate(Deduplicate::by_last_argument());
    main.on_connect(|socket: Socket, Data(auth): Data<Value>| async move {
        if let Some(user) = auth["user"].as_str() {
            socket.set_user(user);
        }
    });
    let state = (count.clone(), permits.clone());
    main.on("order", move |Args((what, _)): Args<(String, Value)>| {
        let (count, permits) = state.clone();
        async move {
            permits.acquire().await.unwrap().forget();
            let n = count.fetch_add(1, Ordering::SeqCst);
            assert_ne!(what, "panic");
            Reply(format!("{what} {n}"))
        }
    });
    (io, count, permits)
}

async fn connect(address: std::net::SocketAddr, user: &str) -> Client {
    let mut client = Client::open(address).await;
    client.send(&format!(r#"40{{"user":"{user}"}}"#)).await;
    client.next().await;
    client
}

#[tokio::test]
async fn an_event_that_comes_again_is_handled_once_and_answered_each_time() {
    let (io, count, permits) = orders();
    let address = serve(&io).await;
    let mut client = connect(address, "ada").await;
    client.send(r#"421["order","tea","id-1"]"#).await;
    drop(client);
    // the answer was lost; the client is back, and tries twice before the handler is done
    let mut client = connect(address, "ada").await;
    client.send(r#"422["order","tea","id-1"]"#).await;
    client.send(r#"423["order","tea","id-1"]"#).await;
    client.expect_silence().await;
    permits.add_permits(10);
    assert_eq!(client.next().await, r#"432["tea 0"]"#);
    assert_eq!(client.next().await, r#"433["tea 0"]"#);
    client.send(r#"424["order","tea","id-1"]"#).await;
    assert_eq!(client.next().await, r#"434["tea 0"]"#);
    client.send(r#"425["order","tea","id-2"]"#).await;
    assert_eq!(client.next().await, r#"435["tea 1"]"#);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn ids_are_those_of_a_user_and_what_has_none_is_handled_each_time() {
    let (io, count, permits) = orders();
    permits.add_permits(10);
    let address = serve(&io).await;
    let mut ada = connect(address, "ada").await;
    let mut bob = connect(address, "bob").await;
    ada.send(r#"421["order","tea","id"]"#).await;
    assert_eq!(ada.next().await, r#"431["tea 0"]"#);
    bob.send(r#"421["order","milk","id"]"#).await;
    assert_eq!(bob.next().await, r#"431["milk 1"]"#);
    for n in 2..4 {
        ada.send(r#"421["order","tea",7]"#).await;
        assert_eq!(ada.next().await, format!(r#"431["tea {n}"]"#));
    }
    ada.send(r#"42["order","tea","id"]"#).await;
    while count.load(Ordering::SeqCst) < 5 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_was_not_answered_is_handled_again() {
    let (io, count, permits) = orders();
    permits.add_permits(10);
    let mut client = connect(serve(&io).await, "ada").await;
    client.send(r#"421["order","panic","id"]"#).await;
    client.send(r#"422["order","tea","id"]"#).await;
    assert_eq!(client.next().await, r#"432["tea 1"]"#);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn strangers_do_not_get_each_others_answers() {
    let io = Server::new();
    let main = io.of("/");
    main.deduplicate(Deduplicate::by_last_argument());
    main.on("secret", |socket: Socket| async move { Reply(socket.id()) });
    // without their addresses, and with the same one
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let unknown = listener.local_addr().unwrap();
    let app = axum::Router::new().layer(io.layer());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    for address in [unknown, serve(&io).await] {
        let mut answers = Vec::new();
        for _ in 0..2 {
            let mut client = Client::connect(address).await;
            client.send(r#"420["secret","1"]"#).await;
            answers.push(client.next().await);
        }
        assert_ne!(answers[0], answers[1]);
    }
}

#[tokio::test]
async fn an_id_is_that_of_one_event() {
    let io = Server::new();
    let main = io.of("/");
    main.deduplicate(Deduplicate::by_last_argument());
    main.on("join", || async { Reply("joined") }).on("leave", || async { Reply("left") });
    let mut client = Client::connect(serve(&io).await).await;
    for (event, answer) in [("join", "joined"), ("leave", "left")] {
        client.send(&format!(r#"420["{event}","room 1"]"#)).await;
        assert_eq!(client.next().await, format!(r#"430["{answer}"]"#));
    }
}

/// A large answer is given late, while others push what is older out.
#[tokio::test]
async fn what_is_at_work_is_not_forgotten_and_what_is_counts_no_more() {
    let (count, permits) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let io = Server::builder().max_outbox_size(100 << 20).build();
    let main = io.of("/");
    main.deduplicate(Deduplicate::by_last_argument().max_answers(2));
    main.on_connect(|socket: Socket| async move { socket.set_user("ada") });
    let state = (count.clone(), permits.clone());
    main.on("slow", move || {
        let (count, permits) = state.clone();
        async move {
            count.fetch_add(1, Ordering::SeqCst);
            permits.acquire().await.unwrap().forget();
            Reply("x".repeat(9 << 20))
        }
    });
    let fast = AtomicUsize::new(0);
    main.on("fast", move || std::future::ready(Reply(fast.fetch_add(1, Ordering::SeqCst))));
    let address = serve(&io).await;
    let mut others = Client::connect(address).await;
    for round in 0..2 {
        let (mut first, mut again) = (Client::connect(address).await, Client::connect(address).await);
        let event = format!(r#"421["slow","{round}"]"#);
        first.send(&event).await;
        timeout(LONG, async {
            while count.load(Ordering::SeqCst) == round {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("it is at work");
        for n in 0..3 {
            others.send(&format!(r#"420["fast","{round} {n}"]"#)).await;
            others.next().await;
        }
        again.send(&event).await;
        again.send(r#"420["fast",7]"#).await;
        assert!(again.next().await.starts_with("430"), "the event before is not handled again");
        permits.add_permits(1);
        assert_eq!(first.next().await, again.next().await);
    }
    assert_eq!(count.load(Ordering::SeqCst), 2);
    others.send(r#"420["fast","mine"]"#).await;
    let answer = others.next().await;
    others.send(r#"420["fast","mine"]"#).await;
    assert_eq!(others.next().await, answer, "answers are still known");
}
