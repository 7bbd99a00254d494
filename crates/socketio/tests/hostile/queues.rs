//! What waits: for a client that does not read, for a handler, for an answer. As in `memory`, the amounts
//! are several times what is allowed.

use std::{sync::Arc, time::Duration};

use chorus_socketio::{Binary, DisconnectReason, Payload, Reply, Server, Socket};
use parking_lot::Mutex;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::harness::{FIN, Peer, Scene, TEXT, Watch, frame, mib, within};

/// Case 15, RUSTSEC-2020-0043: clients that subscribe and do not read.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_do_not_read_are_turned_out() {
    const COUNT: usize = 20;
    let reasons = Arc::<Mutex<Vec<String>>>::default();
    let told = reasons.clone();
    let io = Server::builder().ping_timeout(Duration::from_mins(1)).max_outbox_size(mib(1)).build();
    io.of("/").on("subscribe", |socket: Socket| async move {
        socket.join("news");
        Reply(())
    });
    io.of("/").on_disconnect(move |reason: DisconnectReason| {
        told.lock().push(reason.to_string());
        async {}
    });
    let scene = Scene::alone(io).await;
    let mut stuck = Vec::new();
    for _ in 0..COUNT {
        let mut peer = Peer::connect(scene.address).await;
        peer.send(r#"421["subscribe"]"#).await;
        assert_eq!(peer.next().await, "431[null]");
        stuck.push(peer);
    }
    let watch = Watch::start();
    let news = Binary::from(vec![0; 64 << 10]);
    let mut offered = 0;
    // each gets a copy of its own, so that nothing is shared
    while let sockets @ [_, ..] = &scene.io.to("news").sockets()[..] {
        for socket in sockets {
            socket.emit("news", &news).unwrap();
            offered += news.0.len();
        }
        assert!(offered < mib(2_000), "they are still there");
        tokio::task::yield_now().await;
    }
    // what each may have waiting, and as much again in the making
    assert!(watch.peak() < COUNT * mib(2) + mib(30), "{} MiB", watch.peak() >> 20);
    within("each is told why", || reasons.lock().len() == COUNT).await;
    assert!(reasons.lock().iter().all(|reason| reason == "slow consumer"), "{reasons:?}");
    scene.is_empty().await;
    drop(stuck);
    scene.end().await;
}

/// Case 15: volatile packets are for those who can take them at once.
#[tokio::test(flavor = "multi_thread")]
async fn volatile_packets_are_not_kept_for_who_does_not_read() {
    let io = Server::builder().ping_timeout(Duration::from_mins(1)).build();
    io.of("/").on("subscribe", |socket: Socket| async move {
        socket.join("news");
        Reply(())
    });
    let scene = Scene::alone(io).await;
    let mut peer = Peer::connect(scene.address).await;
    peer.send(r#"421["subscribe"]"#).await;
    assert_eq!(peer.next().await, "431[null]");
    let watch = Watch::start();
    let news = Binary::from(vec![0; 256 << 10]);
    for _ in 0..800 {
        scene.io.to("news").volatile().emit("news", &news).unwrap();
        tokio::task::yield_now().await;
    }
    assert!(watch.peak() < mib(50), "{} MiB of 200", watch.peak() >> 20);
    drop(peer);
    scene.end().await;
}

/// Case 28: events that wait for a handler that does not end are few, the rest stays with the client.
#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_client_that_is_not_served_yet_are_not_read() {
    let io = Server::new();
    let gate = Arc::new(Semaphore::new(0));
    let open = gate.clone();
    io.of("/").on("wait", move |_: Payload| {
        let open = open.clone();
        async move {
            let _ = open.acquire().await;
        }
    });
    let scene = Scene::alone(io).await;
    let event = frame(FIN | TEXT, format!(r#"42["wait","{}"]"#, "x".repeat(900_000)).as_bytes());
    let watch = Watch::start();
    let mut floods = JoinSet::new();
    for _ in 0..5 {
        let (event, address) = (event.clone(), scene.address);
        floods.spawn(async move {
            let mut peer = Peer::connect(address).await;
            peer.flood(std::iter::repeat_n(event, 60)).await
        });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    scene.is_served().await;
    assert!(watch.peak() < mib(60), "{} MiB of 270", watch.peak() >> 20);
    floods.shutdown().await;
    gate.add_permits(Semaphore::MAX_PERMITS / 2);
    scene.is_empty().await;
    scene.end().await;
}

/// Case 18: CONNECTs that nobody has decided about yet, each with an `auth` of nearly a megabyte.
#[tokio::test(flavor = "multi_thread")]
async fn connects_that_wait_are_few() {
    // who is not read is not seen to leave either: this is what ends it
    let io = Server::builder().connect_timeout(Duration::from_millis(1_500)).build();
    io.of_allowed(|_, _| std::future::pending());
    let scene = Scene::alone(io).await;
    let auth = "x".repeat(900_000);
    let watch = Watch::start();
    let mut floods = JoinSet::new();
    for _ in 0..5 {
        let (auth, address) = (auth.clone(), scene.address);
        floods.spawn(async move {
            let mut peer = Peer::open(address).await;
            let connect = |n| frame(FIN | TEXT, format!(r#"40/{n},{{"token":"{auth}"}}"#).as_bytes());
            peer.flood((0..60).map(connect)).await
        });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    scene.is_served().await;
    assert!(watch.peak() < mib(100), "{} MiB of 270", watch.peak() >> 20);
    floods.shutdown().await;
    scene.end().await;
}

/// Reading goes on while an answer is awaited, which may be behind the events; not for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_in_place_of_an_answer_closes() {
    let io = Server::new();
    io.of("/").on("ask me", |socket: Socket, _: Payload| async move {
        let _ = socket.emit_with_ack::<()>("question", ()).await;
    });
    let scene = Scene::alone(io).await;
    let watch = Watch::start();
    let small = frame(FIN | TEXT, br#"42["ask me"]"#).repeat(1_000);
    let large = frame(FIN | TEXT, format!(r#"42["ask me","{}"]"#, "x".repeat(900_000)).as_bytes());
    for (event, times) in [(small, 100), (large, 100)] {
        let mut peer = Peer::connect(scene.address).await;
        peer.raw(&frame(FIN | TEXT, br#"42["ask me"]"#)).await;
        assert!(peer.next().await.contains("question"));
        assert_eq!(peer.flood(std::iter::repeat_n(event, times)).await, 1005);
    }
    assert!(watch.peak() < mib(60), "{} MiB of 90", watch.peak() >> 20);
    scene.end().await;
}
