//! Rooms whose names a client chooses.

use std::time::{Duration, Instant};

use chorus_socketio::{Data, Server, Socket};

use crate::harness::{FIN, Peer, Poller, Scene, TEXT, frame};

/// A server where anybody joins anything.
fn server() -> Server {
    let io = Server::new();
    io.of("/").on("join", |socket: Socket, Data(room): Data<String>| async move { socket.join(room) });
    io.of("/").on("leave", |socket: Socket, Data(room): Data<String>| async move { socket.leave(room) });
    io
}

/// In how many rooms all sockets are together.
fn memberships(scene: &Scene) -> usize {
    scene.io.of("/").sockets().iter().map(|socket| socket.rooms().len()).sum()
}

/// Case 20: joined, left, joined again, and left behind.
#[tokio::test(flavor = "multi_thread")]
async fn rooms_of_a_client_vanish_with_it() {
    const ROOMS: usize = 3_000;
    let scene = Scene::new(server()).await;
    let name = |n: usize| format!("{}{n}", "room".repeat(50));
    let packets = |event: &str, numbers: &dyn Fn(usize) -> usize| -> Vec<u8> {
        let packet = |n| format!(r#"42["{event}","{}"]"#, name(numbers(n)));
        (0..ROOMS).flat_map(|n| frame(FIN | TEXT, packet(n).as_bytes())).collect()
    };
    for violation in [false, true] {
        let start = Instant::now();
        let mut peer = Peer::connect(scene.address).await;
        assert!(peer.raw(&packets("join", &|n| n)).await);
        peer.is_alive().await;
        assert_eq!(memberships(&scene), ROOMS);
        assert!(peer.raw(&packets("join", &|_| 0)).await);
        peer.is_alive().await;
        assert_eq!(memberships(&scene), ROOMS, "one is in a room once");
        // from the first on, which is the dearest to find
        assert!(peer.raw(&packets("leave", &|n| n / 2)).await);
        peer.is_alive().await;
        assert_eq!(memberships(&scene), ROOMS / 2);
        assert_eq!(scene.io.to(name(0)).sockets().len(), 0);
        assert_eq!(scene.io.to(name(ROOMS - 1)).sockets().len(), 1);
        if violation {
            peer.raw(b"\xff\xff").await;
            assert_eq!(peer.end().await, 1002);
        }
        drop(peer);
        scene.is_empty().await;
        assert!((0..ROOMS).all(|n| scene.io.to(name(n)).sockets().is_empty()), "no room is left");
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
    scene.end().await;
}

/// Case 20: a name is a string of any characters; whatever its length, the client lives on.
#[tokio::test(flavor = "multi_thread")]
async fn any_name_is_a_room() {
    let scene = Scene::new(server()).await;
    let mut peer = Peer::connect(scene.address).await;
    let names = ["", " ", "/", "__proto__", "constructor", "\\u0000", "\\u2028", "aaaaaaaaaaaaaaaaaaaa"];
    for (n, name) in names.into_iter().enumerate() {
        peer.send(&format!(r#"42["join","{name}"]"#)).await;
        peer.is_alive().await;
        assert_eq!(memberships(&scene), n + 1, "{name}");
    }
    for none in [r#""\ud800""#, r#"{"toString":"x"}"#, "[\"x\"]", "null", "1"] {
        peer.send(&format!(r#"42["join",{none}]"#)).await;
        peer.is_alive().await;
        assert_eq!(memberships(&scene), names.len(), "{none} is no name");
    }
    scene.io.to("__proto__").emit("hello", 1).unwrap();
    assert_eq!(peer.next().await, r#"42["hello",1]"#);
    let long = "x".repeat(990_000);
    peer.send(&format!(r#"42["join","{long}"]"#)).await;
    peer.is_alive().await;
    drop(peer);
    scene.is_empty().await;
    for name in names.into_iter().chain([&*long]) {
        assert_eq!(scene.io.to(name).sockets().len(), 0, "{name:.20}");
    }
    scene.end().await;
}

/// Who leaves while it is being let into rooms is in none.
#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_not_joined_by_who_has_left() {
    let scene = Scene::new(server()).await;
    for _ in 0..15 {
        let mut peer = Peer::connect(scene.address).await;
        for n in 0..20 {
            peer.send(&format!(r#"42["join","{n}"]"#)).await;
        }
        drop(peer);
        let poller = Poller::open(scene.address).await;
        poller.join().await;
        poller.post("42[\"join\",\"0\"]\u{1e}41\u{1e}1").await;
    }
    scene.is_empty().await;
    for n in 0..20 {
        assert_eq!(scene.io.to(n.to_string()).sockets().len(), 0);
    }
    scene.end().await;
}
