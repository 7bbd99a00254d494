//! The upgrade from long-polling, and the heartbeat behind it.

use std::time::Duration;

use chorus_socketio::{Payload, Reply, Server, Socket};

use crate::support::{Client, Polling, finish, serve};

async fn upgraded(address: std::net::SocketAddr, client: &Polling) -> Client {
    let parked = client.parked().await;
    let mut websocket = Client::request(address, &client.upgrade_target()).await;
    websocket.send("2probe").await;
    assert_eq!(websocket.next().await, "3probe");
    // a noop, or a ping that came before it
    finish(parked).await;
    websocket.send("5").await;
    websocket
}

#[tokio::test]
async fn nothing_is_lost_or_swapped_on_the_way() {
    let io = Server::new();
    io.of("/").on("echo", |payload: Payload| async move { Reply(payload) });
    let address = serve(&io).await;
    let mut client = Polling::connect(address).await;
    let (mut numbers, mut expected) = (0..60, 0..60);
    let mut send = |count: usize| {
        for n in numbers.by_ref().take(count) {
            io.emit("n", n).unwrap();
        }
    };
    send(20);
    for n in expected.by_ref().take(20) {
        assert_eq!(client.next().await, format!(r#"42["n",{n}]"#));
    }
    let parked = client.parked().await;
    let mut websocket = Client::request(address, &client.upgrade_target()).await;
    websocket.send("2probe").await;
    assert_eq!(websocket.next().await, "3probe");
    assert_eq!(finish(parked).await, "6", "polling pauses");
    // between the probe and the upgrade there is nobody to take them
    send(20);
    websocket.send("5").await;
    websocket.send(r#"421["echo","over WebSocket"]"#).await;
    send(20);
    let mut answered = false;
    for _ in 0..41 {
        match websocket.next().await {
            packet if packet == r#"431["over WebSocket"]"# => answered = true,
            packet => assert_eq!(packet, format!(r#"42["n",{}]"#, expected.next().unwrap())),
        }
    }
    assert!(answered && expected.next().is_none());
}

#[tokio::test]
async fn a_socket_knows_its_transport() {
    let io = Server::new();
    io.of("/").on("transport", |socket: Socket| async move { Reply(socket.transport().name()) });
    let address = serve(&io).await;
    let mut polling = Polling::connect(address).await;
    polling.send(r#"420["transport"]"#).await;
    assert_eq!(polling.next().await, r#"430["polling"]"#);
    let mut websocket = upgraded(address, &polling).await;
    websocket.send(r#"421["transport"]"#).await;
    assert_eq!(websocket.next().await, r#"431["websocket"]"#);
    let mut direct = Client::connect(address).await;
    direct.send(r#"420["transport"]"#).await;
    assert_eq!(direct.next().await, r#"430["websocket"]"#);
}

#[tokio::test]
async fn the_heartbeat_goes_on_behind_it() {
    let io = Server::builder()
        .ping_interval(Duration::from_millis(200))
        .ping_timeout(Duration::from_secs(1))
        .build();
    io.of("/").on("echo", |payload: Payload| async move { Reply(payload) });
    let address = serve(&io).await;
    let polling = Polling::connect(address).await;
    let mut client = upgraded(address, &polling).await;
    // pings are left out of what the client sees: an answer to each round shows that it is alive
    for round in 0..10 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        client.send("3").await;
        client.send(&format!(r#"42{round}["echo",{round}]"#)).await;
        assert_eq!(client.next().await, format!("43{round}[{round}]"));
    }
    assert_eq!(client.end().await, 1005, "and ends who is silent");
}

/// What the client says is read while what it is sent waits for it to read.
#[tokio::test]
async fn a_slow_reader_that_shows_signs_of_life_stays() {
    let io = Server::builder()
        .ping_interval(Duration::from_millis(200))
        .ping_timeout(Duration::from_secs(1))
        .max_outbox_size(16 << 20)
        .build();
    io.of("/").on("echo", |payload: Payload| async move { Reply(payload) });
    let mut client = Client::connect(serve(&io).await).await;
    let text = "a".repeat(1 << 16);
    for n in 0..100 {
        io.emit("big", chorus_socketio::Args((&text, n))).unwrap();
    }
    for n in 0..100 {
        assert!(client.next().await.ends_with(&format!(",{n}]")));
        client.send("3").await;
        // all in all longer than the heartbeat allows for silence
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    client.send(r#"421["echo","alive"]"#).await;
    assert_eq!(client.next().await, r#"431["alive"]"#);
}
