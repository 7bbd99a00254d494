//! The history of a room: what was missed comes again, each event once and in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{sync::Arc, time::Duration};

use chorus_socketio::{Args, Data, Delivery, Joined, Reply, RoomHistory, Server, Socket};
use common::{Client, serve};
use serde_json::Value;

fn server(history: RoomHistory) -> Server {
    following(Server::new(), history)
}

fn following(io: Server, history: RoomHistory) -> Server {
    let main = io.of("/");
    main.keep_history("news", history);
    main.on("follow", |socket: Socket, Data(offset): Data<Option<String>>| async move {
        let joined = socket.join_after("news", offset.as_deref()).unwrap();
        Reply((joined.offset, joined.replayed))
    });
    io
}

/// Follows the news from an offset on; returns what came before the answer, and the answer.
async fn follow(client: &mut Client, offset: Option<&str>) -> (Vec<Value>, Value) {
    client.send(&format!(r#"420["follow",{}]"#, serde_json::to_string(&offset).unwrap())).await;
    let mut events = Vec::new();
    loop {
        let packet = client.next().await;
        match packet.strip_prefix("430") {
            Some(answer) => return (events, serde_json::from_str::<Value>(answer).unwrap()[0].clone()),
            None => events.push(serde_json::from_str(&packet[2..]).unwrap()),
        }
    }
}

fn numbers(events: &[Value]) -> Vec<u64> {
    events.iter().map(|event| event[1].as_u64().unwrap()).collect()
}

fn last_offset(events: &[Value]) -> &str {
    events.last().unwrap()[2].as_str().unwrap()
}

#[tokio::test]
async fn who_was_away_gets_what_was_missed_and_then_what_follows() {
    let io = server(RoomHistory::default());
    let main = io.of("/");
    let address = serve(&io).await;
    let mut client = Client::connect(address).await;
    let (events, answer) = follow(&mut client, None).await;
    assert_eq!((events.len(), &answer[1]), (0, &Value::Null), "a newcomer missed nothing that is known");
    let start = answer[0].as_str().unwrap().to_owned();
    drop(client);
    for n in 0..100 {
        main.to("news").emit("item", n).unwrap();
        main.to("elsewhere").emit("item", 1000).unwrap();
        main.emit("item", 2000).unwrap();
    }
    let mut client = Client::connect(address).await;
    let (events, answer) = follow(&mut client, Some(&start)).await;
    assert_eq!(numbers(&events), (0..100).collect::<Vec<_>>());
    assert_eq!(answer[1], 100);
    assert_eq!(answer[0], last_offset(&events));
    main.to("news").emit("item", 100).unwrap();
    assert!(client.next().await.starts_with(r#"42["item",100,""#));
    // from the middle on
    let middle = events[49][2].as_str().unwrap();
    let (again, _) = follow(&mut Client::connect(address).await, Some(middle)).await;
    assert_eq!(numbers(&again), (50..=100).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_was_away_for_too_long_is_told_so() {
    let io = server(RoomHistory { max_events: 10, ..RoomHistory::default() });
    let main = io.of("/");
    let address = serve(&io).await;
    let mut client = Client::connect(address).await;
    let (_, answer) = follow(&mut client, None).await;
    for n in 0..11 {
        main.to("news").emit("item", n).unwrap();
    }
    let (events, told) = follow(&mut Client::connect(address).await, answer[0].as_str()).await;
    assert_eq!((events.len(), &told[1]), (0, &Value::Null));
    for unknown in ["", "0", "__proto__", "zzzzzz9"] {
        let (events, told) = follow(&mut Client::connect(address).await, Some(unknown)).await;
        assert_eq!((events.len(), &told[1]), (0, &Value::Null), "{unknown}");
    }
}

#[tokio::test]
async fn volatile_events_and_those_for_others_are_not_repeated() {
    let io = server(RoomHistory::default());
    let main = io.of("/");
    main.keep_history("more", RoomHistory::default());
    let address = serve(&io).await;
    let mut client = Client::connect(address).await;
    let (_, answer) = follow(&mut client, None).await;
    main.to("news").volatile().emit("item", 1).unwrap();
    main.to(["more", "news", "more"]).emit("item", 2).unwrap();
    main.to("news").except("news").emit("item", 3).unwrap();
    main.to("news").emit("item", Args((4, "four"))).unwrap();
    let (events, _) = follow(&mut Client::connect(address).await, answer[0].as_str()).await;
    assert_eq!(numbers(&events), [2, 4]);
    assert_eq!(events[1][2], "four");
    main.forget_history("news");
    main.to("news").emit("item", 5).unwrap();
    client.next().await;
    client.next().await;
    client.next().await;
    assert_eq!(client.next().await, r#"42["item",5]"#, "without an offset, as nothing is kept");
}

#[tokio::test]
async fn a_room_without_history_is_not_joined_by_offset() {
    let io = Server::new();
    let main = io.of("/");
    main.on("join", |socket: Socket| async move {
        let joined: Option<Joined> = socket.join_after("plain", None);
        Reply((joined.is_some(), socket.rooms().len()))
    });
    let mut client = Client::connect(serve(&io).await).await;
    client.send(r#"420["join"]"#).await;
    assert_eq!(client.next().await, "430[[false,0]]");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_however_the_joins_fall() {
    let io = server(RoomHistory::default());
    let main = io.of("/");
    let address = serve(&io).await;
    let (_, answer) = follow(&mut Client::connect(address).await, None).await;
    let start: Arc<str> = answer[0].as_str().unwrap().into();
    let sending = tokio::spawn(async move {
        for n in 0..600 {
            main.to("news").emit("item", n).unwrap();
            if n % 20 == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    });
    let readers = (0..20).map(|n| {
        let start = start.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(n * 3)).await;
            let mut client = Client::connect(address).await;
            let (mut events, _) = follow(&mut client, Some(&start)).await;
            while events.len() < 600 {
                events.push(serde_json::from_str(&client.next().await[2..]).unwrap());
            }
            assert_eq!(numbers(&events), (0..600).collect::<Vec<_>>());
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.unwrap();
    }
    sending.await.unwrap();
}

#[tokio::test]
async fn rooms_have_limits() {
    let io = Server::builder().max_rooms(3).build();
    io.of("/").on("join", |socket: Socket, Data(room): Data<String>| async move {
        Reply((socket.try_join(room), socket.rooms().len()))
    });
    let mut client = Client::connect(serve(&io).await).await;
    let long = "x".repeat(1025);
    for (room, answer) in [("a", "[true,1]"), ("b", "[true,2]"), (&*long, "[false,2]"), ("c", "[true,3]")] {
        client.send(&format!(r#"420["join","{room}"]"#)).await;
        assert_eq!(client.next().await, format!("430[{answer}]"));
    }
    for (room, answer) in [("d", "[false,3]"), ("a", "[true,3]")] {
        client.send(&format!(r#"420["join","{room}"]"#)).await;
        assert_eq!(client.next().await, format!("430[{answer}]"));
    }
}

#[tokio::test]
async fn what_does_not_fit_is_not_replayed_in_part() {
    let io = following(Server::builder().max_outbox_size(100_000).build(), RoomHistory::default());
    let main = io.of("/");
    let address = serve(&io).await;
    let (_, answer) = follow(&mut Client::connect(address).await, None).await;
    for _ in 0..9 {
        main.to("news").emit("item", "x".repeat(20_000)).unwrap();
    }
    let mut client = Client::connect(address).await;
    let (events, told) = follow(&mut client, answer[0].as_str()).await;
    assert_eq!((events.len(), &told[1]), (0, &Value::Null), "it needs a fresh start");
    main.to("news").emit("item", 9).unwrap();
    main.to("news").emit("item", 10).unwrap();
    assert!(client.next().await.starts_with(r#"42["item",9,""#));
    let (events, _) = follow(&mut Client::connect(address).await, told[0].as_str()).await;
    assert_eq!(numbers(&events), [9, 10]);
}

#[tokio::test]
async fn a_replay_is_reliable_also_for_a_socket_that_may_lose_events() {
    let io = server(RoomHistory::default());
    let main = io.of("/");
    main.on_connect(|socket: Socket| async move { socket.set_delivery(Delivery::Volatile) });
    let address = serve(&io).await;
    let (_, answer) = follow(&mut Client::connect(address).await, None).await;
    for n in 0..5 {
        main.to("news").emit("item", n).unwrap();
    }
    let (events, told) = follow(&mut Client::connect(address).await, answer[0].as_str()).await;
    assert_eq!((numbers(&events), &told[1]), ((0..5).collect(), &5.into()));
}
