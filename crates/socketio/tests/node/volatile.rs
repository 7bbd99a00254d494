//! Events that may be lost: sent when the transport can take them at that moment, and else not.
//!
//! "At that moment" is Node's: an event right behind another finds the transport busy with that one.

use std::future::Future;

use chorus_socketio::{Args, Binary, Reply, Server, Socket};

use crate::support::{Client, Polling, finish, serve, settled};

/// A server whose `go` does that to the socket, when nothing else is under way.
async fn going<F>(go: impl Fn(Socket) -> F + Send + Sync + 'static) -> (Client, Polling)
where
    F: Future<Output = ()> + Send + 'static,
{
    let io = Server::new();
    io.of("/").on("go", go).on("settled", || async { Reply(Args(())) });
    let address = serve(&io).await;
    (Client::connect(address).await, Polling::connect(address).await)
}

async fn expect(client: &mut Client, packets: &[&str]) {
    client.send(r#"42["go"]"#).await;
    for packet in packets {
        assert_eq!(client.next().await, *packet);
    }
    settled(client).await;
}

/// What a waiting GET is answered with, and the one after it.
async fn expect_polling(client: &mut Polling, packets: &[&str]) {
    let parked = client.parked().await;
    client.send(r#"42["go"]"#).await;
    let first = finish(parked).await;
    client.send(r#"42999["settled"]"#).await;
    let mut received: Vec<_> = first.split('\u{1e}').map(str::to_owned).collect();
    while received.last().is_none_or(|packet| packet != "43999[]") {
        received.push(client.next().await);
    }
    received.pop();
    assert_eq!(received, packets);
}

const ONE: &str = r#"42["ev",1]"#;
const THREE: &str = r#"42["ev",3]"#;

#[tokio::test]
async fn one_is_sent_when_nothing_is_in_its_way() {
    let (mut websocket, mut polling) =
        going(|socket| async move { socket.volatile().emit("ev", 1).unwrap() }).await;
    expect(&mut websocket, &[ONE]).await;
    expect_polling(&mut polling, &[ONE]).await;
}

#[tokio::test]
async fn one_is_lost_on_a_polling_client_that_does_not_wait() {
    let (_, mut polling) = going(|socket| async move { socket.volatile().emit("ev", 1).unwrap() }).await;
    polling.send(r#"42["go"]"#).await;
    polling.send(r#"42999["settled"]"#).await;
    assert_eq!(polling.next().await, "43999[]");
}

async fn after_a_regular_one() -> (Client, Polling) {
    going(|socket| async move {
        socket.emit("ev", 1).unwrap();
        socket.volatile().emit("ev", 2).unwrap();
        socket.emit("ev", 3).unwrap();
    })
    .await
}

#[tokio::test]
async fn one_behind_a_regular_event_is_lost_and_the_next_regular_one_is_not_on_websocket() {
    let (mut websocket, _) = after_a_regular_one().await;
    expect(&mut websocket, &[ONE, THREE]).await;
}

#[tokio::test]
async fn one_behind_a_regular_event_is_lost_and_the_next_regular_one_is_not_on_polling() {
    let (_, mut polling) = after_a_regular_one().await;
    expect_polling(&mut polling, &[ONE, THREE]).await;
}

async fn two() -> (Client, Polling) {
    going(|socket| async move {
        socket.volatile().emit("ev", 1).unwrap();
        socket.volatile().emit("ev", 2).unwrap();
    })
    .await
}

#[tokio::test]
async fn of_two_the_second_is_lost_on_websocket() {
    let (mut websocket, _) = two().await;
    expect(&mut websocket, &[ONE]).await;
}

#[tokio::test]
async fn of_two_the_second_is_lost_on_polling() {
    let (_, mut polling) = two().await;
    expect_polling(&mut polling, &[ONE]).await;
}

const BYTES: [&str; 2] = [r#"451-["ev",{"_placeholder":true,"num":0}]"#, "b[1, 2, 3]"];

#[tokio::test]
async fn one_with_bytes_is_sent_whole_or_not_at_all() {
    let (mut websocket, _) = going(|socket| async move {
        socket.volatile().emit("ev", Binary::from(vec![1, 2, 3])).unwrap();
        socket.volatile().emit("ev", Binary::from(vec![4, 5, 6])).unwrap();
    })
    .await;
    expect(&mut websocket, &BYTES).await;
}

#[tokio::test]
async fn a_broadcast_one_with_bytes_is_sent_whole_or_not_at_all() {
    let (mut websocket, _) = going(|socket| async move {
        let all = socket.namespace().broadcast().volatile();
        all.emit("ev", Binary::from(vec![1, 2, 3])).unwrap();
        all.emit("ev", Binary::from(vec![4, 5, 6])).unwrap();
    })
    .await;
    expect(&mut websocket, &BYTES).await;
}

#[tokio::test]
async fn a_broadcast_one_is_lost_behind_a_regular_event() {
    let (mut websocket, _) = going(|socket| async move {
        socket.namespace().emit("ev", 1).unwrap();
        socket.namespace().broadcast().volatile().emit("ev", 2).unwrap();
    })
    .await;
    expect(&mut websocket, &[ONE]).await;
}
