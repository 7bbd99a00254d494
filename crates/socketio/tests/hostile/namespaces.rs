//! CONNECTs: too many, to anywhere, with anything.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use chorus_socketio::{ConnectError, Server};

use crate::harness::{FIN, Peer, Received, Scene, TEXT, frame, within};

/// Case 18: an answer is longer than its question, so there are not many.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_unknown_namespaces_closes() {
    let scene = Scene::new(Server::new()).await;
    for join in [false, true] {
        let mut peer = Peer::open(scene.address).await;
        if join {
            peer.send("40").await;
            assert!(peer.next().await.starts_with("40{"));
        }
        let flood: Vec<u8> =
            (0..10_000).flat_map(|n| frame(FIN | TEXT, format!("40/{n},").as_bytes())).collect();
        peer.raw(&flood).await;
        let mut answers = 0;
        let end = loop {
            match peer.receive().await {
                Received::Text(text) if text.starts_with("44/") => answers += 1,
                received => break received,
            }
        };
        assert_eq!((end, answers), (Received::Close(None), 100));
    }
    scene.end().await;
}

/// Case 19: namespaces that come into being, for one client and for many.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_namespaces_closes_and_they_are_forgotten() {
    let io = Server::builder().cleanup_empty_child_namespaces(true).build();
    let children = io.of_matching(|name| name.starts_with("/room-"));
    let scene = Scene::new(io).await;
    let mut peer = Peer::open(scene.address).await;
    for n in 0..255 {
        peer.send(&format!("40/room-{n},")).await;
        assert!(peer.next().await.starts_with("40/room-"));
    }
    assert_eq!(children.children().len(), 255);
    peer.send("40/room-255,").await;
    assert_eq!(peer.end().await, 1005, "that is one too many");
    drop(peer);
    let mut peer = Peer::open(scene.address).await;
    let flood: Vec<u8> =
        (0..2_000).flat_map(|n| frame(FIN | TEXT, format!("40/room-{n},").as_bytes())).collect();
    assert_eq!(peer.flood([flood]).await, 1005, "so are all at once");
    drop(peer);
    within("they are forgotten", || children.children().is_empty()).await;

    // joined and left, again and again
    let mut peer = Peer::open(scene.address).await;
    for n in 0..500 {
        peer.send(&format!("40/room-{n},")).await;
        assert!(peer.next().await.starts_with("40/room-"));
        peer.send(&format!("41/room-{n},")).await;
    }
    within("they are forgotten", || children.children().is_empty()).await;
    drop(peer);
    scene.end().await;
}

/// Case 19: names of any characters.
#[tokio::test(flavor = "multi_thread")]
async fn any_name_is_a_name() {
    let io = Server::builder().cleanup_empty_child_namespaces(true).build();
    let children = io.of_matching(|name| name.starts_with("/odd"));
    let scene = Scene::new(io).await;
    for name in [
        "/odd",
        "/odd/../admin",
        "/odd?token=1",
        "/odd\0",
        "/odd\u{2028}\u{1f600}",
        "/odd\"{}[]",
        "/odd\\",
        "/odd\n\r",
        "/odd#",
    ] {
        let mut peer = Peer::open(scene.address).await;
        peer.send(&format!("40{name},")).await;
        assert!(peer.next().await.starts_with(&format!("40{name},{{\"sid\":")), "{name:.20}");
        assert_eq!(children.children(), [name.into()], "{name:.20}");
        peer.send(&format!("42{name},[\"x\"]")).await;
        peer.send(&format!("41{name},")).await;
        within("it is forgotten", || children.children().is_empty()).await;
        // nothing before the comma is cut off
        peer.send(&format!("42{name},[\"x\"]")).await;
        assert_eq!(peer.end().await, 1005, "{name:.20}");
    }
    let mut peer = Peer::open(scene.address).await;
    for name in ["/__proto__", "/constructor", "/", "//", "/\0", "/?", "/x y"] {
        peer.send(&format!("40{name},")).await;
        let answer = peer.next().await;
        let expected = if name == "/" { "40{\"sid\"".to_owned() } else { format!("44{name},{{\"message\"") };
        assert!(answer.starts_with(&expected), "{name:?}: {answer}");
    }
    drop(peer);
    scene.end().await;
}

/// What has not been refused yet does not count as refused: up to 255 namespaces may be asked for at once.
#[tokio::test(flavor = "multi_thread")]
async fn many_new_namespaces_at_once_are_no_flood() {
    let io = Server::builder().cleanup_empty_child_namespaces(true).build();
    io.of_matching(|name| name.starts_with("/room-"));
    let scene = Scene::new(io).await;
    let mut peer = Peer::open(scene.address).await;
    let connects: Vec<u8> =
        (0..200).flat_map(|n| frame(FIN | TEXT, format!("40/room-{n},").as_bytes())).collect();
    peer.raw(&connects).await;
    for n in 0..200 {
        assert!(peer.next().await.starts_with(&format!("40/room-{n},")));
    }
    drop(peer);
    scene.end().await;
}

/// Case 18: one who asks while nobody has decided yet is not read any further.
#[tokio::test(flavor = "multi_thread")]
async fn namespaces_that_are_never_decided_about_do_not_pile_up() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let io = Server::builder().connect_timeout(Duration::from_millis(500)).build();
    io.of_allowed(|_, _| async {
        ASKED.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    });
    let scene = Scene::new(io).await;
    let mut peer = Peer::open(scene.address).await;
    let flood: Vec<u8> = (0..90).flat_map(|n| frame(FIN | TEXT, format!("40/{n},").as_bytes())).collect();
    peer.raw(&flood).await;
    assert_eq!(peer.end().await, 1005, "nothing was joined in time");
    assert_eq!(ASKED.load(Ordering::SeqCst), 1, "one is decided about at a time");
    drop(peer);
    scene.is_empty().await;
    scene.end().await;
}

/// Case 18: out and in again in one segment, as often as you like.
#[tokio::test(flavor = "multi_thread")]
async fn leaving_and_connecting_in_a_loop_leaves_nothing() {
    let scene = Scene::new(Server::new()).await;
    let mut peer = Peer::connect(scene.address).await;
    let both = [frame(FIN | TEXT, b"41"), frame(FIN | TEXT, b"40")].concat();
    for _ in 0..1_000 {
        peer.raw(&both).await;
        assert!(peer.next().await.starts_with("40{"));
    }
    within("there is one of it", || scene.io.of("/").socket_count() == 2).await;
    peer.is_alive().await;
    // before the answer to its CONNECT it is in no namespace that it could leave
    peer.raw(&both.repeat(2)).await;
    assert_eq!(peer.end().await, 1005);
    drop(peer);
    scene.end().await;
}

/// socketioxide #627: who is refused, or whose handler fails, is nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_is_in_no_namespace() {
    let io = Server::new();
    io.of("/refuses").middleware(|| async { Err::<(), _>(ConnectError::new("no")) });
    io.of("/panics").middleware(|| async { panic!("on purpose") });
    io.of("/fails").on_connect(|| async { fail() });
    let scene = Scene::new(io).await;
    let mut peer = Peer::open(scene.address).await;
    for _ in 0..100 {
        peer.send("40/refuses,").await;
        assert_eq!(peer.next().await, r#"44/refuses,{"message":"no"}"#);
        peer.send("40/panics,").await;
        assert_eq!(peer.next().await, r#"44/panics,{"message":"internal error"}"#);
        peer.send("40/fails,").await;
        assert!(peer.next().await.starts_with(r#"40/fails,{"sid""#));
        peer.send("41/fails,").await;
    }
    for name in ["/refuses", "/panics", "/fails"] {
        within(name, || scene.io.of(name).socket_count() == 0).await;
    }
    drop(peer);
    scene.end().await;
}

/// Case 25: an `auth` of any size below the limit is the client's own.
#[tokio::test(flavor = "multi_thread")]
async fn an_auth_of_a_megabyte_is_let_go_with_its_socket() {
    let scene = Scene::new(Server::new()).await;
    for _ in 0..5 {
        let mut peer = Peer::open(scene.address).await;
        peer.send(&format!(r#"40{{"token":"{}","__proto__":{{"admin":true}}}}"#, "x".repeat(990_000))).await;
        assert!(peer.next().await.starts_with("40{\"sid\""));
    }
    scene.is_empty().await;
    let mut peer = Peer::open(scene.address).await;
    let over = format!(r#"40{{"token":"{}"}}"#, "x".repeat(1_000_000));
    assert_eq!(peer.flood([frame(FIN | TEXT, over.as_bytes())]).await, 1009);
    drop(peer);
    scene.end().await;
}

/// Case 25: what a client leaves with the server has a limit over all of its namespaces.
#[tokio::test(flavor = "multi_thread")]
async fn auths_of_one_connection_are_limited_together() {
    let io = Server::builder().cleanup_empty_child_namespaces(true).build();
    let children = io.of_matching(|_| true);
    let scene = Scene::new(io).await;
    let mut peer = Peer::open(scene.address).await;
    let token = "x".repeat(300_000);
    let mut joined = 0;
    loop {
        peer.send(&format!(r#"40/{joined},{{"token":"{token}"}}"#)).await;
        match peer.receive().await {
            Received::Text(text) if text.starts_with("40/") => joined += 1,
            received => break assert_eq!(received, Received::Close(None)),
        }
    }
    assert!((1..=4).contains(&joined), "{joined} times 300,000 bytes");
    drop(peer);
    within("they are forgotten", || children.children().is_empty()).await;
    scene.end().await;
}

fn fail() {
    panic!("on purpose");
}
