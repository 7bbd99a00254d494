//! Handlers that do what they should not, and clients that make them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use chorus_socketio::{ConnectError, Data, Reply, Server, Socket};
use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

use crate::{
    common::LONG,
    harness::{FIN, Peer, Poller, Received, Scene, TEXT, frame, get, within},
};

/// Case 28.
#[tokio::test(flavor = "multi_thread")]
async fn panics_of_handlers_cost_their_own_event() {
    fn fail() {
        panic!("on purpose");
    }
    let io = Server::new();
    let other = io.of("/other");
    other
        .on_connect(|| async { fail() })
        .on_disconnect(|| async { fail() })
        .on_disconnecting(|| async { fail() });
    io.of("/refused").middleware(|| async {
        fail();
        Ok::<_, ConnectError>(())
    });
    io.of("/").on("at once", || {
        fail();
        async {}
    });
    io.of("/").on("later", || async {
        tokio::task::yield_now().await;
        fail();
    });
    let scene = Scene::new(io).await;
    let mut peer = Peer::connect(scene.address).await;
    for _ in 0..50 {
        for packet in [r#"421["at once"]"#, r#"421["later"]"#, "40/refused,", "40/other,"] {
            peer.send(packet).await;
        }
        assert_eq!(peer.next().await, r#"44/refused,{"message":"internal error"}"#);
        assert!(peer.next().await.starts_with("40/other,"));
        peer.send("41/other,").await;
    }
    peer.is_alive().await;
    peer.send("40/other,").await;
    assert!(peer.next().await.starts_with("40/other,"));
    drop(peer);
    within("it has left", || scene.io.of("/other").socket_count() == 0).await;
    scene.end().await;
}

/// Case 28: a handler that does not end holds up its own client, which is not read meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_does_not_end_holds_up_its_client_only() {
    let io = Server::new();
    let (gate, started) = (Arc::new(Semaphore::new(0)), Arc::<AtomicUsize>::default());
    let (open, count) = (gate.clone(), started.clone());
    io.of("/").on("wait", move || {
        let (open, count) = (open.clone(), count.clone());
        async move {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = open.acquire().await;
        }
    });
    let scene = Scene::new(io).await;
    let (mut clients, mut pollers) = (Vec::new(), Vec::new());
    for _ in 0..30 {
        let mut peer = Peer::connect(scene.address).await;
        peer.raw(&frame(FIN | TEXT, br#"42["wait"]"#).repeat(1_000)).await;
        clients.push(peer);
        let poller = Poller::open(scene.address).await;
        poller.join().await;
        assert_eq!(poller.post(["42[\"wait\"]"; 100].join("\u{1e}")).await.status, 200);
        pollers.push(poller);
    }
    within("each has one that runs", || started.load(Ordering::SeqCst) == 60).await;
    scene.is_served().await;
    drop(clients);
    scene.is_served().await;
    gate.add_permits(Semaphore::MAX_PERMITS / 2);
    for poller in pollers {
        poller.leave().await;
    }
    scene.is_empty().await;
    scene.end().await;
}

/// Case 28: one that blocks its thread, while another thread is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_that_blocks_its_thread_does_not_stop_the_others() {
    let io = Server::new();
    io.of("/").on("block", || async {
        thread::sleep(Duration::from_millis(400));
    });
    let scene = Scene::new(io).await;
    let mut peer = Peer::connect(scene.address).await;
    peer.send(r#"42["block"]"#).await;
    scene.is_served().await;
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}

/// Case 28: a client that goes, or is sent, while its handler is at work.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_has_gone_takes_nothing_and_gets_nothing() {
    let io = Server::new();
    let ends = Arc::<AtomicUsize>::default();
    let count = ends.clone();
    io.of("/").on("leave", |socket: Socket| async move {
        socket.disconnect();
        socket.join("late");
        socket.emit("late", 1).unwrap();
        assert!(socket.emit_with_ack::<()>("late", 1).await.is_err());
        Reply("late")
    });
    io.of("/").on_disconnect(move |socket: Socket| {
        let count = count.clone();
        async move {
            socket.join("late");
            socket.emit("late", 1).unwrap();
            socket.to("late").emit("late", 1).unwrap();
            socket.disconnect();
            socket.close();
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let scene = Scene::new(io).await;
    for n in 1..=50 {
        let mut peer = Peer::connect(scene.address).await;
        peer.send(r#"421["leave"]"#).await;
        assert_eq!(peer.next().await, "41");
        assert!(matches!(peer.receive().await, Received::Close(_)), "closed by its last handler");
        within("it has left", || ends.load(Ordering::SeqCst) == n).await;
    }
    assert_eq!(scene.io.to("late").sockets().len(), 0);
    scene.end().await;
}

/// Case 28: the end of the server, while everybody is busy.
#[tokio::test(flavor = "multi_thread")]
async fn closing_under_load_ends_everybody() {
    let io = Server::new();
    io.of("/").on("all", |socket: Socket, Data(n): Data<u32>| async move {
        let _ = socket.namespace().emit("all", n);
    });
    let address = crate::common::serve(&io).await;
    let mut clients = JoinSet::new();
    for n in 0..40 {
        clients.spawn(async move {
            if n % 4 == 0 {
                let poller = Poller::open(address).await;
                poller.post("40").await;
                while poller.post(r#"42["all",1]"#).await.status == 200 {
                    poller.get().await;
                }
                return;
            }
            let mut peer = Peer::open(address).await;
            peer.send("40").await;
            // the end may come before the answer does
            while !matches!(peer.receive().await, Received::Close(_) | Received::End) {
                if !peer.send(r#"42["all",1]"#).await {
                    return;
                }
            }
        });
    }
    within("they are all there", || io.of("/").socket_count() == 40).await;
    timeout(LONG, io.close()).await.expect("it closes");
    assert_eq!((io.stats().sessions, io.of("/").socket_count()), (0, 0));
    while let Some(client) = timeout(LONG, clients.join_next()).await.expect("each is told") {
        client.unwrap();
    }
    assert_eq!(get(address, "/socket.io/?EIO=4&transport=polling", "").await.status, 403);
}
