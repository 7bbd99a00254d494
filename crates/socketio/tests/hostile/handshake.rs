//! Requests that open a session, or claim one.

use std::collections::HashSet;

use chorus_socketio::{Reply, Server, Socket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{Peer, Poller, Scene, connection, get, impatient, post};

const OPEN: &str = "/socket.io/?EIO=4&transport=polling";

/// CVE-2017-16031: ids that could be guessed.
#[tokio::test(flavor = "multi_thread")]
async fn session_ids_are_unique_and_random() {
    const COUNT: usize = 2_000;
    let scene = Scene::new(impatient().build()).await;
    let mut tcp = connection(scene.address).await;
    let mut ids = HashSet::new();
    let request = format!("GET {OPEN} HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut ones = [0; 120];
    let mut buffer = vec![0; 64 << 10];
    for _ in 0..COUNT {
        tcp.write_all(request.as_bytes()).await.unwrap();
        let read = tcp.read(&mut buffer).await.unwrap();
        let answer = std::str::from_utf8(&buffer[..read]).unwrap();
        let (_, sid) = answer.split_once(r#""sid":""#).unwrap();
        let sid = &sid[..20];
        for (place, digit) in sid.bytes().enumerate() {
            let value = ALPHABET.iter().position(|known| *known == digit).unwrap();
            for bit in 0..6 {
                ones[place * 6 + bit] += value >> bit & 1;
            }
        }
        assert!(ids.insert(sid.to_owned()), "{sid} twice");
    }
    // each of the 120 bits is a coin: 200 is nine standard deviations
    assert!(ones.iter().all(|ones| ones.abs_diff(COUNT / 2) < 200), "{ones:?}");
    drop(tcp);
    scene.end().await;
}

/// CVE-2023-31125 and case 7.
#[tokio::test(flavor = "multi_thread")]
async fn odd_queries_are_refused_with_their_code() {
    let scene = Scene::new(impatient().build()).await;
    let long = "x".repeat(5_000);
    let id = "aaaaaaaaaaaaaaaaaaaa";
    let unknown = r#"{"code":0,"message":"Transport unknown"}"#;
    for transport in ["constructor", "__proto__", "toString", "hasOwnProperty", "", "Polling", "polling%00"] {
        let target = format!("/socket.io/?EIO=4&transport={transport}");
        let answer = get(scene.address, &target, "").await;
        assert_eq!((answer.status, &*answer.body), (400, unknown), "{transport}");
        let Err(answer) = Peer::request(scene.address, &target, "").await else { panic!("{transport}") };
        assert_eq!((answer.status, &*answer.body), (400, "Transport unknown"), "{transport}");
    }
    let cases = [
        ("", 0),
        ("EIO=4", 0),
        ("EIO=4&transport=polling&transport=constructor", 0),
        ("transport=polling", 5),
        ("EIO=&transport=polling", 5),
        ("EIO=1&transport=polling", 5),
        ("EIO=3&transport=polling", 5),
        ("EIO=5&transport=polling", 5),
        ("EIO=4x&transport=polling", 5),
        ("EIO=%204&transport=polling", 5),
        ("EIO=4&EIO=3&transport=polling", 5),
        ("EIO=4&transport=polling&sid=", 1),
        ("EIO=4&transport=polling&sid=__proto__", 1),
        ("EIO=4&transport=polling&sid=%00%ff%2e%2e%2f", 1),
        (&format!("EIO=4&transport=polling&sid={id}"), 1),
        (&format!("EIO=4&transport=polling&sid={id}&sid={id}"), 1),
        (&format!("EIO=4&transport=polling&sid={long}"), 1),
        ("EIO=4&transport=websocket", 3),
    ];
    for (query, code) in cases {
        let answer = get(scene.address, &format!("/socket.io/?{query}"), "").await;
        assert_eq!((answer.status, answer.code()), (400, Some(code)), "{query}: {answer:?}");
    }
    // of what is repeated the last counts, and an escaped letter is that letter
    for query in [
        "EIO=3&EIO=4&transport=x&transport=polling",
        "EIO=4&transport=%70olling",
        "EIO=4&transport=polling&sid",
    ] {
        let answer = get(scene.address, &format!("/socket.io/?{query}"), "").await;
        assert!(
            matches!((answer.status, answer.code()), (200, None) | (400, Some(1))),
            "{query}: {answer:?}"
        );
    }
    scene.end().await;
}

/// Case 7: paths, and what is too long to be one.
#[tokio::test(flavor = "multi_thread")]
async fn other_paths_are_not_ours() {
    let io = Server::builder().client_file("socket.io.js", "the client").build();
    let scene = Scene::new(io).await;
    for path in [
        "/socket.iox/",
        "/",
        "//socket.io/",
        "/socket.io",
        "/SOCKET.IO/",
        "/socket%2eio/",
        "/x/../socket.io/",
    ] {
        let answer = get(scene.address, &format!("{path}?EIO=4&transport=polling"), "").await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for path in
        ["../Cargo.toml", "%2e%2e/Cargo.toml", "..%2f..%2fetc/passwd", "./socket.io.js", "socket.io.js/.."]
    {
        let answer = get(scene.address, &format!("/socket.io/{path}"), "").await;
        assert_eq!((answer.status, answer.code()), (400, Some(0)), "{path}: {answer:?}");
    }
    for length in [100_000, 1_000_000] {
        let answer = get(scene.address, &format!("{OPEN}&sid={}", "x".repeat(length)), "").await;
        assert!(matches!(answer.status, 414 | 431), "{length}: {}", answer.status);
    }
    scene.end().await;
}

/// Case 8.
#[tokio::test(flavor = "multi_thread")]
async fn odd_methods_are_refused_and_the_session_is_kept() {
    let scene = Scene::new(Server::new()).await;
    let poller = Poller::open(scene.address).await;
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let request =
            |target: &str| format!("{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = crate::harness::ask(scene.address, request(&poller.target)).await;
        assert_eq!((answer.status, answer.code()), (400, Some(3)), "{method} of a session");
        let answer = crate::harness::ask(scene.address, request(OPEN)).await;
        assert_eq!((answer.status, answer.code()), (400, Some(2)), "{method} for a handshake");
    }
    let answer = post(scene.address, OPEN, "", "4x").await;
    assert_eq!((answer.status, answer.code()), (400, Some(2)));
    poller.join().await;
    poller.leave().await;
    scene.end().await;
}

/// Case 9.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_reached_by_its_own_id_and_transport_only() {
    let io = Server::new();
    io.of("/").on("who", |socket: Socket| async move { Reply(socket.id()) });
    let scene = Scene::new(io).await;
    let poller = Poller::open(scene.address).await;
    poller.join().await;
    assert_eq!(poller.post(r#"421["who"]"#).await.status, 200);
    let answer = poller.get().await;
    let public = answer.body.strip_prefix(r#"431[""#).unwrap().strip_suffix(r#""]"#).unwrap();
    assert_ne!(public, poller.sid, "who knows the public id must not know the session");
    let answer = get(scene.address, &poller.target.replace(&poller.sid, public), "").await;
    assert_eq!((answer.status, answer.code()), (400, Some(1)));
    let answer = get(scene.address, &poller.upgrade_target(), "").await;
    assert_eq!((answer.status, answer.code()), (400, Some(3)), "a GET is no WebSocket");

    let (mut peer, _) = Peer::request(scene.address, &poller.upgrade_target(), "").await.unwrap();
    peer.send("2probe").await;
    assert_eq!(peer.next().await, "3probe");
    peer.send("5").await;
    peer.is_alive().await;
    for answer in [poller.get().await, poller.post("4x").await] {
        assert_eq!((answer.status, answer.code()), (400, Some(3)), "the WebSocket carries it now");
    }
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
