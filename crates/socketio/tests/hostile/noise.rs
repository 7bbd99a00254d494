//! Anything at all: bytes without sense, within a time (CVE-2026-42899: a loop without end).

use std::time::Duration;

use chorus_socketio::Server;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinSet,
    time::timeout,
};

use crate::harness::{Peer, Poller, Scene, connection, frame, impatient};

/// A small generator, so that each run is the same.
struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.next(most)).map(|_| self.next(256) as u8).collect()
    }

    /// What looks like packets, for a while.
    fn text(&mut self) -> String {
        const PIECES: [&str; 24] = [
            "0",
            "1",
            "2",
            "3",
            "4",
            "42",
            "45",
            "451-",
            "46",
            "40",
            "/",
            "/a,",
            "[",
            "]",
            "{",
            "}",
            "\"x\"",
            ",",
            ":",
            "1",
            "\\",
            "\u{1e}",
            r#"{"_placeholder":true,"num":0}"#,
            "\u{20ac}",
        ];
        (0..self.next(12)).map(|_| PIECES[self.next(PIECES.len())]).collect()
    }
}

/// Sends noise until it is done or the server has had enough.
async fn websocket(address: std::net::SocketAddr, mut noise: Noise) {
    let mut peer = Peer::connect(address).await;
    for _ in 0..30 {
        let sent = match noise.next(4) {
            0 => peer.raw(&noise.bytes(40)).await,
            1 => {
                let first = noise.next(256) as u8;
                peer.raw(&frame(first, &noise.bytes(200))).await
            }
            2 => peer.send_binary(&noise.bytes(100)).await,
            _ => peer.send(&format!("4{}", noise.text())).await,
        };
        if !sent {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_on_websockets_is_survived() {
    let scene = Scene::new(Server::new()).await;
    let mut clients = JoinSet::new();
    for seed in 0..300 {
        clients.spawn(timeout(Duration::from_secs(15), websocket(scene.address, Noise(seed))));
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap().expect("it ends in time");
    }
    scene.is_empty().await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_in_bodies_is_survived() {
    let scene = Scene::new(Server::builder().allow_eio3(true).build()).await;
    let mut clients = JoinSet::new();
    for seed in 0..100 {
        let address = scene.address;
        clients.spawn(timeout(Duration::from_secs(15), async move {
            let mut noise = Noise(seed);
            let target = format!("/socket.io/?EIO={}&transport=polling", 3 + seed % 2);
            let poller = Poller::open_at(address, &target).await;
            for _ in 0..12 {
                let text = noise.text();
                let body = match (noise.next(3), seed % 2) {
                    (0, _) => noise.bytes(100),
                    (_, 0) => format!("{}:{text}", text.encode_utf16().count()).into_bytes(),
                    _ => text.into_bytes(),
                };
                let status = poller.post(body).await.status;
                assert!(matches!(status, 200 | 400), "{status}");
            }
            // a session that is closing waits for its last packets to be fetched
            poller.post(["1:1", "1"][(seed % 2) as usize]).await;
            while poller.get().await.status == 200 {}
        }));
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap().expect("it ends in time");
    }
    scene.is_empty().await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_in_place_of_a_request_is_survived() {
    let scene = Scene::new(impatient().build()).await;
    for seed in 0..200 {
        let mut noise = Noise(seed);
        let mut tcp = connection(scene.address).await;
        let mut bytes =
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                .to_vec();
        bytes.truncate(noise.next(bytes.len()));
        bytes.extend(noise.bytes(300));
        bytes.extend(b"\r\n\r\n");
        tcp.write_all(&bytes).await.unwrap();
        tcp.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let read = tcp.read_to_end(&mut answer);
        let _ = timeout(Duration::from_secs(15), read).await.expect("it ends in time");
    }
    scene.is_empty().await;
    scene.end().await;
}
