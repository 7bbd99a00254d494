//! What becomes of events to a client that reads too slowly: by event, by room, by socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chorus_socketio::{Data, Delivery, Namespace, Reply, Server, Socket};
use common::{Client, LONG, serve};
use serde_json::Value;
use tokio::time::timeout;

/// More than fits into the buffers of a loopback connection.
const MANY: usize = 2_000;
const SIZE: usize = 20_000;

fn server(limit: usize) -> (Server, Namespace) {
    let io = Server::builder().max_outbox_size(limit).build();
    let main = io.of("/");
    main.on_connect(|socket: Socket| async move { socket.join("room") });
    main.on("ping", || async { Reply("pong") });
    (io, main)
}

fn numbered(n: usize) -> String {
    format!("{n:06}{}", "x".repeat(SIZE))
}

/// Sends many events, each after the task had its turn.
async fn flood(main: &Namespace, delivery: Option<Delivery>) {
    for n in 0..MANY {
        let mut room = main.to("room");
        if let Some(delivery) = delivery {
            room = room.delivery(delivery);
        }
        room.emit("tick", numbered(n)).unwrap();
        tokio::task::yield_now().await;
    }
}

/// Reads all events up to the answer of a ping; returns their numbers.
async fn read_all(client: &mut Client) -> Vec<usize> {
    client.send(r#"420["ping"]"#).await;
    let mut numbers = Vec::new();
    loop {
        let packet = client.next().await;
        if packet.starts_with("430") {
            return numbers;
        }
        let event: Value = serde_json::from_str(&packet[2..]).unwrap();
        assert_eq!(event[0], "tick");
        numbers.push(event[1].as_str().unwrap()[..6].parse().unwrap());
    }
}

fn assert_in_order_and_few(numbers: &[usize]) {
    assert!(numbers.is_sorted_by(|a, b| a < b), "each once and in order");
    assert!(numbers.len() < MANY * 3 / 4, "{} of {MANY} came", numbers.len());
}

#[tokio::test]
async fn the_last_value_arrives_and_few_before_it() {
    let (io, main) = server(1 << 20);
    let mut client = Client::connect(serve(&io).await).await;
    flood(&main, Some(Delivery::Latest)).await;
    let numbers = read_all(&mut client).await;
    assert_in_order_and_few(&numbers);
    assert_eq!(numbers.last(), Some(&(MANY - 1)), "nothing newer is missing");
    assert_eq!(main.socket_count(), 1);
}

#[tokio::test]
async fn a_last_value_room_needs_no_word_with_each_event() {
    let (io, main) = server(1 << 20);
    main.set_delivery("room", Delivery::Latest);
    let mut client = Client::connect(serve(&io).await).await;
    flood(&main, None).await;
    let numbers = read_all(&mut client).await;
    assert_in_order_and_few(&numbers);
    assert_eq!(numbers.last(), Some(&(MANY - 1)));
}

#[tokio::test]
async fn last_values_of_different_events_do_not_replace_each_other() {
    let (io, main) = server(64 << 20);
    let mut client = Client::connect(serve(&io).await).await;
    // block the line
    main.to("room").emit("tick", format!("000000{}", "x".repeat(20 << 20))).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    for n in 0..10 {
        main.to("room").delivery(Delivery::Latest).emit("a", n).unwrap();
        main.to(["room", "other"]).delivery(Delivery::Latest).emit("a", n).unwrap();
        main.to("room").delivery(Delivery::Latest).emit("b", n).unwrap();
        main.to("room").emit("event", n).unwrap();
    }
    let mut others = Vec::new();
    client.next().await;
    for _ in 0..13 {
        others.push(client.next().await);
    }
    let events: Vec<_> = (0..10).map(|n| format!(r#"42["event",{n}]"#)).collect();
    let (events_before, end) = (&events[..9], [r#"42["a",9]"#, r#"42["a",9]"#, r#"42["b",9]"#]);
    assert_eq!(&others[..9], events_before);
    assert_eq!(others[9..12], end);
    assert_eq!(others[12], events[9], "a new value comes behind what was sent before it");
}

#[tokio::test]
async fn a_lossy_room_loses_events_but_not_the_client() {
    let (io, main) = server(1 << 20);
    main.set_delivery("room", Delivery::Lossy);
    let mut client = Client::connect(serve(&io).await).await;
    flood(&main, None).await;
    let numbers = read_all(&mut client).await;
    assert_in_order_and_few(&numbers);
    assert_eq!(numbers[0], 0);
}

#[tokio::test]
async fn a_lossy_socket_stays_where_others_are_disconnected() {
    let (io, main) = server(1 << 20);
    main.on("lossy", |socket: Socket| async move {
        socket.set_delivery(Delivery::Lossy);
        Reply(())
    });
    let address = serve(&io).await;
    let mut lossy = Client::connect(address).await;
    lossy.send(r#"420["lossy"]"#).await;
    lossy.next().await;
    let _slow = Client::connect(address).await;
    flood(&main, None).await;
    timeout(LONG, async {
        while main.socket_count() > 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the other one is disconnected");
    assert_in_order_and_few(&read_all(&mut lossy).await);
}

#[tokio::test]
async fn a_volatile_event_never_costs_the_client() {
    let (io, main) = server(1000);
    let mut client = Client::connect(serve(&io).await).await;
    for n in 0..100 {
        // the task has no turn in between
        main.broadcast().volatile().emit("tick", numbered(n)).unwrap();
    }
    assert_eq!(read_all(&mut client).await, [0]);
}

async fn until(handled: &AtomicUsize, count: usize) {
    let done = async {
        while handled.load(Ordering::SeqCst) < count {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, done).await.expect("all are handled");
}

#[tokio::test]
async fn an_answer_is_not_dropped_for_a_socket_that_may_lose_events() {
    for delivery in [Delivery::Volatile, Delivery::Latest] {
        let (io, main) = server(64 << 20);
        let handled = Arc::new(AtomicUsize::new(0));
        let count = handled.clone();
        main.on("ask", move |Data(n): Data<u32>| {
            count.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Reply(n))
        });
        let mut client = Client::connect(serve(&io).await).await;
        let socket = main.sockets().remove(0);
        socket.set_delivery(delivery);
        // block the line
        socket.emit("big", "x".repeat(12 << 20)).unwrap();
        for n in 0..5 {
            client.send(&format!(r#"42{n}["ask",{n}]"#)).await;
        }
        until(&handled, 5).await;
        assert!(client.next().await.starts_with(r#"42["big""#));
        for n in 0..5 {
            assert_eq!(client.next().await, format!("43{n}[{n}]"), "{delivery:?}");
        }
    }
}

#[tokio::test]
async fn last_values_of_one_sockets_events_do_not_replace_each_other() {
    let (io, main) = server(1 << 20);
    let mut client = Client::connect(serve(&io).await).await;
    let socket = main.sockets().remove(0);
    socket.set_delivery(Delivery::Latest);
    // the task has no turn in between
    for (event, n) in [("a", 1), ("b", 2), ("a", 3)] {
        socket.emit(event, n).unwrap();
    }
    assert_eq!([client.next().await, client.next().await], [r#"42["b",2]"#, r#"42["a",3]"#]);
}

#[tokio::test]
async fn what_an_event_says_counts_more_than_what_the_socket_has() {
    let (io, main) = server(1 << 20);
    let mut client = Client::connect(serve(&io).await).await;
    main.sockets()[0].set_delivery(Delivery::Volatile);
    for n in 0..5 {
        main.broadcast().delivery(Delivery::Reliable).emit("n", n).unwrap();
    }
    for n in 0..5 {
        assert_eq!(client.next().await, format!(r#"42["n",{n}]"#));
    }
}

#[tokio::test]
async fn an_answer_finds_room_beside_what_may_be_lost() {
    let (io, main) = server(1 << 20);
    main.set_delivery("room", Delivery::Lossy);
    let handled = Arc::new(AtomicUsize::new(0));
    let count = handled.clone();
    main.on("long", move || {
        count.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Reply("x".repeat(SIZE * 3 / 2)))
    });
    let mut client = Client::connect(serve(&io).await).await;
    flood(&main, None).await;
    client.send(r#"420["long"]"#).await;
    until(&handled, 1).await;
    // it fails when the connection ends
    while !client.next().await.starts_with("430") {}
}
