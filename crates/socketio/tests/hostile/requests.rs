//! HTTP itself: heads without end, lengths that contradict each other, bytes that fit nowhere.

use std::time::{Duration, Instant};

use chorus_socketio::Server;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use crate::{
    common::LONG,
    harness::{Peer, Poller, Scene, ask, connection, get, impatient, upgrade_head},
};

const OPEN: &str = "/socket.io/?EIO=4&transport=polling";
const WEBSOCKET: &str = "/socket.io/?EIO=4&transport=websocket";

/// CVE-2024-37890: a WebSocket request with so many headers that `ws` read a null.
#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_headers_are_refused() {
    let scene = Scene::new(Server::new()).await;
    for count in [101, 2_000, 10_000] {
        let lines: Vec<_> = (0..count).map(|n| format!("X-{n}: {n}\r\n")).collect();
        let lines = lines.concat();
        assert_eq!(ask(scene.address, upgrade_head(WEBSOCKET, &lines)).await.status, 431, "{count}");
        assert_eq!(get(scene.address, OPEN, &lines).await.status, 431, "{count}");
        scene.is_served().await;
    }
    scene.end().await;
}

/// CVE-2023-43669, RUSTSEC-2023-0065: a head of megabytes, in small pieces.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_end_is_cut_off_in_linear_time() {
    let scene = Scene::new(Server::new()).await;
    for lines in ["X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaa\r\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        let start = Instant::now();
        let (mut read, mut write) = connection(scene.address).await.into_split();
        let write = tokio::spawn(async move {
            let head = format!("GET {WEBSOCKET} HTTP/1.1\r\nHost: x\r\nX-Long: ");
            write.write_all(head.as_bytes()).await?;
            // byte by byte at first, then faster: a quadratic reader does not get that far
            for byte in lines.bytes().cycle().take(10_000) {
                write.write_all(&[byte]).await?;
            }
            for _ in 0..20_000 {
                write.write_all(lines.repeat(30).as_bytes()).await?;
            }
            Ok::<_, std::io::Error>(())
        });
        let mut answer = Vec::new();
        let _ = timeout(LONG, read.read_to_end(&mut answer)).await.expect("an end in time");
        let answer = String::from_utf8_lossy(&answer);
        // the reset that follows an unread rest may swallow the answer
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
        assert!(write.await.unwrap().is_err(), "not all of it was taken");
        assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    }
    scene.end().await;
}

/// RUSTSEC-2021-0020, 2021-0078, 2020-0008: what a proxy and the server could read differently. The
/// body is a noop and would be taken as one, or as a request with an answer of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_never_taken_for_a_request() {
    let scene = Scene::new(Server::new()).await;
    let body = "6GET /socket.io/hidden HTTP/1.1\r\nHost: x\r\n\r\n";
    let length = body.len();
    let refused = [
        format!("Content-Length: +{length}"),
        format!("Content-Length: -{length}"),
        format!("Content-Length: {length}x"),
        format!("Content-Length: {length}, 1"),
        format!("Content-Length: {length}\r\nContent-Length: 1"),
        "Content-Length: 99999999999999999999999".to_owned(),
        format!("Content-Length : {length}"),
        "Transfer-Encoding: gzip".to_owned(),
        "Transfer-Encoding: chunked, identity".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity".to_owned(),
    ];
    for lines in refused {
        let poller = Poller::open(scene.address).await;
        let head = format!("POST {} HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n", poller.target);
        let answer = ask(scene.address, head + body).await;
        assert_eq!(answer.status, 400, "{lines}: {answer:?}");
        assert!(!answer.body.contains("HTTP/1.1"), "{lines}: {answer:?}");
        poller.post("1").await;
    }
    // with both, the chunks count, and nothing is read behind them
    for lines in ["Content-Length: 1\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked"] {
        let poller = Poller::open(scene.address).await;
        let head =
            format!("POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n\r\n", poller.target);
        let answer = ask(scene.address, format!("{head}{length:x}\r\n{body}\r\n0\r\n\r\n")).await;
        assert_eq!((answer.status, &*answer.body), (200, "ok"), "{lines}");
        poller.leave().await;
    }
    scene.end().await;
}

/// RUSTSEC-2020-0008: a GET may have a body, which is no request either.
#[tokio::test(flavor = "multi_thread")]
async fn the_body_of_a_get_is_passed_over() {
    let scene = Scene::new(impatient().build()).await;
    let hidden = "GET /socket.io/hidden HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut tcp = connection(scene.address).await;
    let head = format!("GET {OPEN} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", hidden.len());
    let next = "GET /other HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    tcp.write_all(format!("{head}{hidden}{next}").as_bytes()).await.unwrap();
    let mut answers = String::new();
    let _ = timeout(LONG, tcp.read_to_string(&mut answers)).await.expect("an end in time");
    let statuses: Vec<_> =
        answers.match_indices("HTTP/1.1 ").map(|(at, _)| &answers[at + 9..at + 12]).collect();
    assert!(statuses == ["200", "404"] || statuses == ["200"], "{answers}");
    drop(tcp);
    scene.end().await;
}

/// Case 10: header lines and hosts that are not what they should be.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_header_is_refused() {
    let scene = Scene::new(impatient().build()).await;
    for lines in [
        "X: a\r\n b: folded\r\n",
        "X: a\0b\r\n",
        "X: a\rY: b\r\n",
        "X\0: a\r\n",
        "X y: a\r\n",
        ": a\r\n",
        "no colon\r\n",
        "\u{e4}: a\r\n",
    ] {
        assert_eq!(get(scene.address, OPEN, lines).await.status, 400, "{lines:?}");
    }
    for request in [
        "\0\0\0\0\r\n\r\n",
        "GET\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\0",
    ] {
        let answer = ask(scene.address, format!("{request}\r\n\r\n")).await;
        assert!(matches!(answer.status, 0 | 400 | 505), "{request:?}: {answer:?}");
    }
    // a host is nothing to go by, so whatever it says changes nothing
    for host in [
        "",
        "Host: \r\n",
        "Host: evil.test:99999\r\n",
        "Host: a, b\r\n",
        "Host: x\r\nHost: y\r\n",
        "Host: \u{ff}\r\n",
    ] {
        let answer =
            ask(scene.address, format!("GET {OPEN} HTTP/1.1\r\nConnection: close\r\n{host}\r\n")).await;
        assert!(matches!(answer.status, 200 | 400), "{host:?}: {answer:?}");
        assert!(!answer.head.contains("evil"), "{answer:?}");
    }
    scene.end().await;
}

/// Handshakes that are none; GHSA-5v72-xg48-5rpm, CVE-2021-32640 and granian's panic among them.
#[tokio::test(flavor = "multi_thread")]
async fn websocket_requests_hold_what_they_must_and_nothing_else_matters() {
    let scene = Scene::new(Server::new()).await;
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let version = "Sec-WebSocket-Version: 13\r\n";
    let refused = [
        String::new(),
        key.to_owned(),
        version.to_owned(),
        format!("{version}Sec-WebSocket-Key: short\r\n"),
        format!("{version}Sec-WebSocket-Key: {}\r\n", "A".repeat(10_000)),
        format!("{version}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j*Q==\r\n"),
        format!("{version}{key}{key}"),
        format!("Sec-WebSocket-Version: 12\r\n{key}"),
        format!("Sec-WebSocket-Version: 99999999999\r\n{key}"),
    ];
    for lines in refused {
        let head = format!(
            "GET {WEBSOCKET} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{lines}\r\n"
        );
        assert_eq!(ask(scene.address, head).await.status, 400, "{lines:?}");
    }
    for query in [
        "EIO=4&transport=polling",
        "EIO=3&transport=websocket",
        "EIO=4&transport=websocket&sid=aaaaaaaaaaaaaaaaaaaa",
        "EIO=4&transport=websocket&sid=",
    ] {
        let Err(answer) = Peer::request(scene.address, &format!("/socket.io/?{query}"), "").await else {
            panic!("{query}")
        };
        assert_eq!(answer.status, 400, "{query}");
    }
    for lines in [
        "Sec-WebSocket-Extensions: constructor\r\n".to_owned(),
        "Sec-WebSocket-Extensions: __proto__;a=b\r\n".to_owned(),
        format!("Sec-WebSocket-Protocol: b{}x\r\n", " ".repeat(12_000)),
        "Sec-WebSocket-Protocol: \u{e9}\u{ff}\r\n".to_owned(),
    ] {
        let start = Instant::now();
        let request = Peer::request(scene.address, WEBSOCKET, &lines).await;
        let (mut peer, answer) = request.unwrap_or_else(|answer| panic!("{lines:.60}: {answer:?}"));
        assert_eq!(answer.header("sec-websocket-extensions"), None);
        assert_eq!(answer.header("sec-websocket-protocol"), None, "none was asked for by the server");
        assert!(peer.next().await.starts_with("0{"));
        assert!(start.elapsed() < Duration::from_secs(5), "{lines:.60}");
    }
    scene.end().await;
}

/// RFC 6455, 4.2.1: what a proxy passes on as an ordinary request must be answered as one, or whoever
/// sent it has a tunnel that the proxy knows nothing of.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_connection_that_is_to_be_upgraded_becomes_a_websocket() {
    let scene = Scene::new(Server::new()).await;
    let head = upgrade_head(WEBSOCKET, "");
    let refused = [
        head.replace("Connection: Upgrade\r\n", ""),
        head.replace("Connection: Upgrade", "Connection: close"),
        head.replace("Connection: Upgrade", "Connection: keep-alive, x-upgrade"),
        head.replace("HTTP/1.1", "HTTP/1.0"),
        head.replace("GET", "POST"),
        head.replace("Upgrade: websocket\r\n", "Upgrade: websocket2\r\n"),
    ];
    for head in refused {
        let Err(answer) = Peer::request_with(scene.address, &head, b"").await else { panic!("{head}") };
        assert_eq!(answer.status, 400, "{head}{answer:?}");
    }
    for accepted in ["Connection: keep-alive, UPGRADE", "Connection: close\r\nConnection: upgrade"] {
        let head = head.replace("Connection: Upgrade", accepted);
        let Ok((mut peer, _)) = Peer::request_with(scene.address, &head, b"").await else { panic!("{head}") };
        assert!(peer.next().await.starts_with("0{"));
    }
    scene.end().await;
}
