//! Packets of Engine.IO: floods of them, and such as nobody sends.

use std::time::Duration;

use chorus_socketio::Server;
use tokio::{runtime::Handle, time::Instant};

use crate::harness::{FIN, PING, PONG, Peer, Poller, Received, Scene, TEXT, frame, impatient, within};

/// CVE-2026-48802: a pong used to start another timer each.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_pongs_starts_no_timers_and_no_tasks() {
    let scene = Scene::new(impatient().build()).await;
    let pongs = frame(FIN | TEXT, b"3").repeat(20_000);
    for join in [false, true] {
        let mut peer = Peer::open(scene.address).await;
        if join {
            peer.send("40").await;
            assert!(peer.next().await.starts_with("40{"));
        }
        let tasks = Handle::current().metrics().num_alive_tasks();
        assert!(peer.raw(&pongs).await);
        if !join {
            peer.send("40").await;
            assert!(peer.next().await.starts_with("40{"));
        }
        peer.is_alive().await;
        assert!(Handle::current().metrics().num_alive_tasks() <= tasks, "a pong starts no task");
    }
    // one ping for each interval of 300 ms, not one for each pong
    let mut peer = Peer::connect(scene.address).await;
    assert!(peer.raw(&pongs).await);
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_millis(700) {
        count += usize::from(peer.ping().await);
    }
    assert!((1..=3).contains(&count), "{count} pings in 700 ms");
    drop(peer);
    scene.end().await;
}

/// Case 12.
#[tokio::test(flavor = "multi_thread")]
async fn floods_of_control_packets_cost_nothing() {
    let scene = Scene::new(Server::new()).await;
    for packet in
        [frame(FIN | TEXT, b"3"), frame(FIN | TEXT, b"6"), frame(FIN | TEXT, b"5"), frame(FIN | PONG, b"x")]
    {
        let mut peer = Peer::connect(scene.address).await;
        assert!(peer.raw(&packet.repeat(50_000)).await);
        peer.is_alive().await;
    }
    scene.is_served().await;
    scene.end().await;
}

/// Case 12: what waits stays small, for only the last of several pings need be answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_websocket_pings_costs_nothing() {
    let scene = Scene::new(Server::builder().max_outbox_size(10_000).build()).await;
    let mut peer = Peer::connect(scene.address).await;
    for _ in 0..10 {
        // it is not turned out for what it did not ask the application for
        assert!(peer.raw(&frame(FIN | PING, &[7; 125]).repeat(10_000)).await);
    }
    peer.send(r#"421["echo","alive"]"#).await;
    loop {
        match peer.receive().await {
            Received::Pong(data) => assert_eq!(data, [7; 125]),
            received => break assert_eq!(received, Received::Text(r#"431["alive"]"#.to_owned())),
        }
    }
    scene.is_served().await;
    drop(peer);
    scene.end().await;
}

/// RFC 6455, 5.5.3: an endpoint may answer only the most recent ping, but that it must.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_a_flood_of_pings_is_answered() {
    let scene = Scene::new(Server::new()).await;
    let mut peer = Peer::connect(scene.address).await;
    for _ in 0..10 {
        assert!(peer.raw(&frame(FIN | PING, &[7; 125]).repeat(10_000)).await);
    }
    assert!(peer.raw(&frame(FIN | PING, b"the last")).await);
    peer.send(r#"421["echo","behind it"]"#).await;
    let mut last = Vec::new();
    while let Received::Pong(data) = peer.receive().await {
        last = data;
    }
    assert_eq!(String::from_utf8_lossy(&last), "the last");
    drop(peer);
    scene.end().await;
}

/// CVE-2016-10518: a pong says what the ping said, byte for byte and no more.
#[tokio::test(flavor = "multi_thread")]
async fn a_pong_carries_what_the_ping_did() {
    let scene = Scene::new(Server::new()).await;
    let mut peer = Peer::connect(scene.address).await;
    let all: Vec<u8> = (0..=255).collect();
    for data in [&b""[..], b"42", b"\0\0\0\0", &all[..125], &all[131..]] {
        peer.raw(&frame(FIN | PING, data)).await;
        assert_eq!(peer.receive().await, Received::Pong(data.to_vec()));
    }
    drop(peer);
    scene.end().await;
}

/// Cases 12 and 13, on a WebSocket.
#[tokio::test(flavor = "multi_thread")]
async fn packets_that_no_client_sends_close() {
    let scene = Scene::new(Server::new()).await;
    for packet in ["2", "2probe", "9", "7", "abc", "", "4", "\u{20ac}", "b!", "bAAAA"] {
        let mut peer = Peer::connect(scene.address).await;
        peer.send(packet).await;
        assert_eq!(peer.end().await, 1005, "{packet:?}");
        scene.is_served().await;
    }
    let mut peer = Peer::connect(scene.address).await;
    peer.send_binary(b"").await;
    assert_eq!(peer.end().await, 1005, "an attachment that nobody announced");
    // as in Node these mean nothing
    drop(peer);
    let mut peer = Peer::connect(scene.address).await;
    for packet in ["0", r#"0{"sid":"__proto__"}"#, "1", "5", "6", "3probe"] {
        peer.send(packet).await;
    }
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}

/// Case 13, on polling.
#[tokio::test(flavor = "multi_thread")]
async fn packets_that_no_client_polls_with_end_the_session() {
    let scene = Scene::new(Server::new()).await;
    for body in ["9", "7", "\u{20ac}", "0{}\u{1e}9"] {
        let poller = Poller::open(scene.address).await;
        poller.join().await;
        assert_eq!(poller.post(body).await.status, 400, "{body}");
        poller.is_gone().await;
    }
    let poller = Poller::open(scene.address).await;
    poller.join().await;
    assert_eq!(poller.post("0{}\u{1e}5\u{1e}6\u{1e}3").await.status, 200);
    assert_eq!(poller.post(r#"421["echo",1]"#).await.status, 200);
    assert_eq!(poller.get().await.body, "431[1]");
    // a client that leaves need not be polled to its end
    assert_eq!(poller.post("1").await.status, 200);
    within("it has left", || scene.io.of("/").socket_count() == 1).await;
    scene.end().await;
}

/// CVE-2026-34824: a thread, or a task, for each message.
#[tokio::test(flavor = "multi_thread")]
async fn events_of_one_client_are_handled_one_at_a_time() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static RUNNING: AtomicUsize = AtomicUsize::new(0);
    static HANDLED: AtomicUsize = AtomicUsize::new(0);
    let io = Server::new();
    io.of("/").on("work", || async {
        assert_eq!(RUNNING.fetch_add(1, Ordering::SeqCst), 0, "two at a time");
        tokio::task::yield_now().await;
        RUNNING.fetch_sub(1, Ordering::SeqCst);
        HANDLED.fetch_add(1, Ordering::SeqCst);
    });
    let scene = Scene::new(io).await;
    let mut peer = Peer::connect(scene.address).await;
    let tasks = Handle::current().metrics().num_alive_tasks();
    assert!(peer.raw(&frame(FIN | TEXT, br#"42["work"]"#).repeat(5_000)).await);
    while HANDLED.load(Ordering::SeqCst) < 5_000 {
        assert!(Handle::current().metrics().num_alive_tasks() <= tasks, "an event is no task");
        tokio::task::yield_now().await;
    }
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}
