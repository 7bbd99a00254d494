//! Clients that take their time.

use std::time::Duration;

use chorus_socketio::{Binary, Reply, Server, ServerBuilder, Socket};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, sleep},
};

use crate::harness::{FIN, Peer, Poller, Scene, TEXT, connection, frame, impatient};

fn library(builder: ServerBuilder) -> Server {
    let io = builder.http_compression(None).build();
    io.of("/").on("book", |socket: Socket| async move {
        let _ = socket.emit("book", "x".repeat(3 << 20));
        Reply(())
    });
    io
}

/// Case 2: an answer to a poll that nobody reads is not the session's any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_poll_whose_answer_is_not_read_ends_by_its_heartbeat() {
    let scene = Scene::new(library(impatient())).await;
    let mut unread = Vec::new();
    for _ in 0..4 {
        let poller = Poller::open(scene.address).await;
        poller.join().await;
        assert_eq!(poller.post(r#"42["book"]"#).await.status, 200);
        let mut tcp = connection(scene.address).await;
        let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", poller.target);
        tcp.write_all(request.as_bytes()).await.unwrap();
        unread.push(tcp);
    }
    scene.is_empty().await;
    drop(unread);
    scene.end().await;
}

/// Case 2: one who sips from a WebSocket gets its message, and nobody waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_that_is_read_slowly_holds_up_nobody() {
    let scene = Scene::new(library(Server::builder())).await;
    let (head, first) =
        (crate::harness::upgrade_head("/socket.io/?EIO=4&transport=websocket", ""), frame(FIN | TEXT, b"40"));
    let mut tcp = connection(scene.address).await;
    tcp.write_all(head.as_bytes()).await.unwrap();
    tcp.write_all(&[first, frame(FIN | TEXT, br#"421["book"]"#)].concat()).await.unwrap();
    let start = Instant::now();
    let mut sip = [0; 16];
    let mut taken = 0;
    while start.elapsed() < Duration::from_millis(700) {
        taken += tcp.read(&mut sip).await.unwrap();
        sleep(Duration::from_millis(5)).await;
    }
    assert!(taken > 0);
    scene.is_served().await;
    drop(tcp);
    scene.end().await;
}

/// Case 2: a packet of which a byte comes now and then is no sign of life; an answer to a ping would be.
#[tokio::test(flavor = "multi_thread")]
async fn a_packet_that_comes_byte_by_byte_keeps_nobody_alive() {
    let scene = Scene::new(impatient().build()).await;
    let mut peer = Peer::connect(scene.address).await;
    let bytes = frame(FIN | TEXT, &[b'6'; 100]);
    let start = Instant::now();
    for byte in bytes {
        if !peer.raw(&[byte]).await || start.elapsed() > Duration::from_secs(3) {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    // it did not read the pings
    assert!(matches!(peer.end().await, 0 | 1005));
    scene.is_empty().await;
    scene.end().await;
}

/// Case 15: a volatile packet may be lost, but nobody is turned out for one. All of them come in one
/// turn of the only thread, so that the client has no chance to take any.
#[tokio::test]
async fn volatile_packets_turn_nobody_out() {
    let scene = Scene::new(Server::builder().max_outbox_size(1 << 20).build()).await;
    let mut peer = Peer::connect(scene.address).await;
    let news = Binary::from(vec![0; 100 << 10]);
    for _ in 0..100 {
        scene.io.of("/").broadcast().volatile().emit("news", &news).unwrap();
    }
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}
