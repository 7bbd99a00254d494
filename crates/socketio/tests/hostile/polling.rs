//! Requests of polling sessions: bodies that are none, too many at once, and broken off.

use std::time::{Duration, Instant};

use chorus_socketio::Server;
use tokio::{io::AsyncWriteExt, task::JoinSet, time::timeout};

use crate::{
    common::LONG,
    harness::{Poller, Scene, ask, connection, impatient, post},
};

/// Case 6, and CVE-2026-59725: a binary body used to get no answer at all.
#[tokio::test(flavor = "multi_thread")]
async fn odd_bodies_are_refused_at_once_and_end_the_session() {
    let scene = Scene::new(Server::builder().max_http_buffer_size(3_000_000).build()).await;
    let binary = "Content-Type: application/octet-stream\r\n";
    let gzip = "Content-Encoding: gzip\r\n";
    let cases: [(&str, Vec<u8>); 14] = [
        ("", b"abc".to_vec()),
        ("", Vec::new()),
        ("", b"9".to_vec()),
        ("", b"2".to_vec()),
        ("", b"4".to_vec()),
        ("", b"\x1e".repeat(1_000_000)),
        ("", b"6\x1e".repeat(1_000_000)),
        ("", b"6\x1e".repeat(10)),
        ("", b"b!!!".to_vec()),
        ("", b"bAAAA".to_vec()),
        ("", b"4\xff".to_vec()),
        (binary, b"4x".to_vec()),
        (binary, vec![0; 1000]),
        (gzip, GZIP_BOMB.to_vec()),
    ];
    for (n, (lines, body)) in cases.iter().enumerate() {
        let poller = Poller::open(scene.address).await;
        let start = Instant::now();
        let answer = post(scene.address, &poller.target, lines, body).await;
        // these can be read; what they say ends the session
        let read = matches!(&body[..], b"2" | b"4" | b"bAAAA");
        assert_eq!(answer.status, if read { 200 } else { 400 }, "body {n}");
        if read && body != b"2" {
            assert_eq!(poller.get().await.body, "1", "body {n}");
        }
        poller.is_gone().await;
        assert!(start.elapsed() < Duration::from_secs(5), "body {n}: {:?}", start.elapsed());
        scene.is_served().await;
    }
    scene.end().await;
}

/// CVE-2026-59725, many times: none is left waiting.
#[tokio::test(flavor = "multi_thread")]
async fn binary_bodies_are_answered_however_many() {
    let scene = Scene::new(Server::new()).await;
    let mut posts = JoinSet::new();
    for _ in 0..200 {
        let address = scene.address;
        posts.spawn(async move {
            let poller = Poller::open(address).await;
            post(address, &poller.target, "Content-Type: application/octet-stream\r\n", "4x").await.status
        });
    }
    while let Some(status) = posts.join_next().await {
        assert_eq!(status.unwrap(), 400);
    }
    scene.is_empty().await;
    scene.end().await;
}

/// Case 5, and the sizes of CVE-2020-36048.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_too_large_is_refused_before_it_is_there() {
    let scene = Scene::new(Server::builder().max_http_buffer_size(10_000).build()).await;
    let poller = Poller::open(scene.address).await;
    for length in [10_001_usize, 100 << 20, usize::MAX >> 1] {
        // nothing of it is sent: the answer cannot have waited for it
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n",
            poller.target
        );
        let answer = ask(scene.address, head).await;
        assert_eq!((answer.status, &*answer.body), (413, ""), "{length}");
    }
    let chunks = "3e8\r\n".to_owned() + &"4".repeat(1000) + "\r\n";
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
        poller.target
    );
    let answer = ask(scene.address, head + &chunks.repeat(1000)).await;
    // the reset that follows an unread rest may swallow the answer
    assert!(matches!(answer.status, 413 | 0), "{answer:?}");
    poller.join().await;
    poller.leave().await;
    scene.end().await;
}

/// Case 5.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_ends_the_session() {
    let scene = Scene::new(Server::new()).await;
    for lines in [
        "Content-Length: 100\r\n\r\n4half",
        "Transfer-Encoding: chunked\r\n\r\n64\r\n4half",
        "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ] {
        for reset in [false, true] {
            let poller = Poller::open(scene.address).await;
            let mut tcp = connection(scene.address).await;
            let request = format!("POST {} HTTP/1.1\r\nHost: x\r\n{lines}", poller.target);
            tcp.write_all(request.as_bytes()).await.unwrap();
            if reset {
                tcp.set_zero_linger().unwrap();
            }
            drop(tcp);
            // long before its heartbeat would end it
            scene.is_empty().await;
        }
    }
    scene.end().await;
}

/// Case 4.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_get_ends_both_and_the_session() {
    let scene = Scene::new(Server::new()).await;
    let poller = Poller::open(scene.address).await;
    poller.join().await;
    let (one, other) = tokio::join!(poller.get(), poller.get());
    let mut answers = [(one.status, &*one.body), (other.status, &*other.body)];
    answers.sort_unstable();
    assert_eq!(answers, [(200, "1"), (400, "")]);
    poller.is_gone().await;
    scene.is_empty().await;
    scene.end().await;
}

/// Case 4.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_post_ends_the_session() {
    let scene = Scene::new(Server::new()).await;
    let poller = Poller::open(scene.address).await;
    let mut first = connection(scene.address).await;
    let request = format!("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n4half", poller.target);
    first.write_all(request.as_bytes()).await.unwrap();
    // the first is under way once a second one is refused
    let refused = async { while poller.post("6").await.status == 200 {} };
    timeout(LONG, refused).await.expect("the second is refused");
    drop(first);
    scene.is_empty().await;
    poller.is_gone().await;
    scene.end().await;
}

/// Case 3: polls that wait, and sessions that nobody polls.
#[tokio::test(flavor = "multi_thread")]
async fn crowds_of_idle_sessions_are_freed() {
    const COUNT: usize = 300;
    let scene = Scene::new(impatient().build()).await;
    let mut parked = JoinSet::new();
    let mut broken = Vec::new();
    for n in 0..COUNT {
        let poller = Poller::open(scene.address).await;
        match n % 3 {
            // never polled
            0 => {}
            // polled until the end, which comes as nobody answers the ping
            1 => {
                parked.spawn(async move {
                    assert_eq!(poller.get().await.body, "2");
                    poller.get().await
                });
            }
            // broken off
            _ => {
                let mut tcp = connection(scene.address).await;
                let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", poller.target);
                tcp.write_all(request.as_bytes()).await.unwrap();
                broken.push(tcp);
            }
        }
    }
    drop(broken);
    scene.is_served().await;
    while let Some(answer) = parked.join_next().await {
        let answer = answer.unwrap();
        assert!(answer.body == "1" || answer.code() == Some(1), "{answer:?}");
    }
    scene.end().await;
}

/// The head and the first block of a gzip stream; what it holds is never looked for.
const GZIP_BOMB: [u8; 16] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xec, 0xc1, 1, 1, 0, 0];
