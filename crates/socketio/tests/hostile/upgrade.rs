//! Polling sessions that a second connection wants to take over, and does not.

use std::time::Duration;

use chorus_socketio::Server;
use tokio::io::AsyncWriteExt;

use crate::harness::{
    FIN, Peer, Poller, Received, Scene, TEXT, ask, connection, frame, impatient, upgrade_head, within,
};

async fn candidate(poller: &Poller) -> Peer {
    let request = Peer::request(poller.address, &poller.upgrade_target(), "").await;
    request.unwrap_or_else(|answer| panic!("{answer:?}")).0
}

/// CVE-2022-21676: bytes behind the request, in the same segment.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_frame_in_the_segment_of_the_request_closes() {
    let scene = Scene::new(Server::new()).await;
    let target = "/socket.io/?EIO=4&transport=websocket";
    for bits in [0x40, 0x20, 0x10, 0x30, 0x70] {
        let behind = frame(FIN | bits | TEXT, b"40");
        let (mut peer, _) =
            Peer::request_with(scene.address, &upgrade_head(target, ""), &behind).await.unwrap();
        assert_eq!(peer.end().await, 1002, "{bits:x}");
        // a candidate is closed without a word, and its session goes on
        let poller = Poller::open(scene.address).await;
        let head = upgrade_head(&poller.upgrade_target(), "");
        let (mut peer, _) = Peer::request_with(scene.address, &head, &behind).await.unwrap();
        assert_eq!(peer.end().await, 1005, "{bits:x}");
        poller.join().await;
        poller.leave().await;
        scene.is_served().await;
    }
    let behind = frame(FIN | TEXT, b"40");
    let (mut peer, _) = Peer::request_with(scene.address, &upgrade_head(target, ""), &behind).await.unwrap();
    assert!(peer.next().await.starts_with("0{"));
    assert!(peer.next().await.starts_with("40{"), "what is sound there is read");
    drop(peer);
    scene.end().await;
}

/// CVE-2022-41940: a reset right behind the request.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_in_the_middle_of_an_upgrade_harms_nobody() {
    let scene = Scene::new(Server::new()).await;
    let poller = Poller::open(scene.address).await;
    let targets = [
        "/socket.io/?EIO=4&transport=websocket".to_owned(),
        "/socket.io/?EIO=4&transport=websocket&sid=aaaaaaaaaaaaaaaaaaaa".to_owned(),
        poller.upgrade_target(),
    ];
    for n in 0..300 {
        let mut tcp = connection(scene.address).await;
        tcp.write_all(upgrade_head(&targets[n % 3], "").as_bytes()).await.unwrap();
        if n % 2 == 0 {
            tokio::task::yield_now().await;
        }
        tcp.set_zero_linger().unwrap();
        drop(tcp);
    }
    scene.is_served().await;
    poller.leave().await;
    scene.is_empty().await;
    scene.end().await;
}

/// socketioxide #731: probes that nobody completes, and both connections dropped.
#[tokio::test(flavor = "multi_thread")]
async fn probes_that_are_never_completed_are_freed() {
    let scene = Scene::new(impatient().build()).await;
    let mut kept = Vec::new();
    for n in 0..150 {
        let poller = Poller::open(scene.address).await;
        let mut peer = candidate(&poller).await;
        if n % 3 > 0 {
            peer.send("2probe").await;
            assert_eq!(peer.next().await, "3probe");
        }
        // every other one is dropped, as is its polling
        if n % 2 == 0 {
            kept.push(peer);
        }
    }
    scene.is_empty().await;
    for mut peer in kept {
        assert_eq!(peer.end().await, 1005);
    }
    scene.end().await;
}

/// Case 14: one that never comes to its end is closed, and its session goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_that_says_nothing_is_closed() {
    let scene = Scene::new(Server::builder().upgrade_timeout(Duration::from_millis(300)).build()).await;
    let poller = Poller::open(scene.address).await;
    poller.join().await;
    for probes in [false, true, true] {
        let mut peer = candidate(&poller).await;
        if probes {
            peer.send("2probe").await;
            assert_eq!(peer.next().await, "3probe");
        }
        assert_eq!(peer.end().await, 1005);
        assert_eq!(poller.post(r#"421["echo",1]"#).await.status, 200);
        let mut body = String::new();
        while body != "431[1]" {
            body = poller.get().await.body;
        }
    }
    poller.leave().await;
    scene.end().await;
}

/// Case 14: two at once, and more behind them.
#[tokio::test(flavor = "multi_thread")]
async fn one_candidate_at_a_time() {
    let scene = Scene::new(Server::builder().upgrade_timeout(Duration::from_secs(20)).build()).await;
    let poller = Poller::open(scene.address).await;
    poller.join().await;
    let mut first = candidate(&poller).await;
    for _ in 0..5 {
        assert_eq!(candidate(&poller).await.end().await, 1005, "there is one already");
    }
    first.send("2probe").await;
    assert_eq!(first.next().await, "3probe");
    assert_eq!(candidate(&poller).await.end().await, 1005);
    first.send("5").await;
    first.is_alive().await;
    assert_eq!(candidate(&poller).await.end().await, 1005, "it is upgraded");
    first.is_alive().await;
    drop(first);
    scene.end().await;
}

/// Case 14: what is no probe costs the candidate, not the session.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_probe_closes_the_candidate_only() {
    let scene = Scene::new(Server::new()).await;
    let poller = Poller::open(scene.address).await;
    poller.join().await;
    for packets in [
        &[r#"42["echo",1]"#][..],
        &["2"],
        &["2probe", r#"42["echo",1]"#],
        &["2probe", "6"],
        &["1"],
        &["9"],
        &[""],
    ] {
        let mut peer = candidate(&poller).await;
        for packet in packets {
            peer.send(packet).await;
        }
        assert_eq!(peer.end().await, 1005, "{packets:?}");
        assert_eq!(poller.post(r#"421["echo",1]"#).await.status, 200, "{packets:?}");
        let mut answer = String::new();
        while answer != "431[1]" {
            // noops of the probe, and pings
            answer = poller.get().await.body;
            assert!(matches!(&*answer, "431[1]" | "6" | "2"), "{packets:?}: {answer}");
            if answer == "2" {
                poller.post("3").await;
            }
        }
    }
    let mut peer = candidate(&poller).await;
    peer.send_binary(b"2probe").await;
    assert_eq!(peer.end().await, 1005);
    drop(peer);
    // as in Node, who is sure of itself need not probe
    let mut peer = candidate(&poller).await;
    peer.send("5").await;
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}

/// Case 14: a probe for a session that has ended.
#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_of_a_closed_session_is_refused() {
    let scene = Scene::new(Server::new()).await;
    let poller = Poller::open(scene.address).await;
    let mut early = candidate(&poller).await;
    early.send("2probe").await;
    assert_eq!(early.next().await, "3probe");
    assert_eq!(poller.post("1").await.status, 200);
    assert!(matches!(early.receive().await, Received::Close(_) | Received::End));
    within("the session has ended", || scene.io.stats().sessions == 1).await;
    let late = ask(scene.address, upgrade_head(&poller.upgrade_target(), "Connection: close\r\n")).await;
    assert_eq!((late.status, &*late.body), (400, "Session ID unknown"));
    drop(early);
    scene.end().await;
}

/// Case 2: upgraded, and then silence.
#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_that_says_nothing_is_closed() {
    let scene = Scene::new(Server::builder().connect_timeout(Duration::from_millis(300)).build()).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(Peer::open(scene.address).await);
    }
    for peer in &mut silent {
        // it answers pings and joins nothing
        assert_eq!(peer.end().await, 1005);
    }
    drop(silent);
    scene.is_empty().await;
    scene.end().await;
}
