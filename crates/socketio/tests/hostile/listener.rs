//! What comes before a request is one, at the library's own listener.

use std::{future::IntoFuture, net::SocketAddr, time::Duration};

use axum::Router;
use chorus_socketio::Server;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::{
    common::LONG,
    harness::{Scene, ask, connection, impatient, upgrade_head},
};

/// A listener with short patience, besides that of the scene.
async fn listen(io: &Server) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serve = chorus_socketio::serve(listener, Router::new().layer(io.layer()))
        .header_timeout(Duration::from_millis(500))
        .write_timeout(Duration::from_millis(500));
    (address, tokio::spawn(serve.into_future()))
}

/// Case 2: a head that comes a byte at a time, or not at all, and a connection kept for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_takes_too_long_is_not_waited_for() {
    let scene = Scene::new(impatient().build()).await;
    let (address, task) = listen(&scene.io).await;
    let head = upgrade_head("/socket.io/?EIO=4&transport=websocket", "");
    let heads =
        [head.as_bytes(), b"", b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n"];
    for (n, head) in heads.into_iter().enumerate() {
        let start = Instant::now();
        let (mut read, mut write) = connection(address).await.into_split();
        let drip = async {
            if n == 2 {
                // a whole request, and no other behind it
                let _ = write.write_all(head).await;
            }
            for byte in head {
                let _ = write.write_all(&[*byte]).await;
                sleep(Duration::from_millis(50)).await;
            }
            std::future::pending::<()>().await;
        };
        let mut answer = Vec::new();
        let ended = timeout(LONG, read.read_to_end(&mut answer));
        tokio::select! {
            ended = ended => drop(ended.expect("it is ended in time")),
            () = drip => {}
        }
        let answer = String::from_utf8_lossy(&answer);
        assert!(n == 2 || !answer.contains("200 OK") && !answer.contains("101"), "{answer}");
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
    task.abort();
    scene.end().await;
}

/// CVE-2023-43669: 64 KiB are enough for a head.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_head_is_refused() {
    let scene = Scene::new(Server::new()).await;
    let (address, task) = listen(&scene.io).await;
    for size in [70 << 10, 300 << 10] {
        let lines = format!("X-Filler: {}\r\n", "x".repeat(size));
        let answer = ask(address, upgrade_head("/socket.io/?EIO=4&transport=websocket", &lines)).await;
        // the reset that follows an unread rest may swallow the answer
        assert!(matches!(answer.status, 431 | 0), "{size}: {answer:?}");
    }
    // whatever it asks for; it is refused with the first read that goes beyond the limit
    let lines = format!("X-Filler: {}\r\n", "x".repeat(300 << 10));
    let answer = ask(address, format!("GET /other HTTP/1.1\r\nHost: x\r\n{lines}\r\n")).await;
    assert!(matches!(answer.status, 431 | 0), "{answer:?}");
    // what is kept as long as the session is kept smaller
    let lines = format!("X-Filler: {}\r\n", "x".repeat(20 << 10));
    let answer = ask(address, upgrade_head("/socket.io/?EIO=4&transport=websocket", &lines)).await;
    assert_eq!(answer.status, 431);
    task.abort();
    scene.end().await;
}

/// CVE-2023-44487 and the other advisories on HTTP/2: it is not spoken.
#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_not_spoken() {
    let scene = Scene::new(Server::new()).await;
    let (address, task) = listen(&scene.io).await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let mut tcp = connection(address).await;
    tcp.write_all(preface).await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(LONG, tcp.read_to_end(&mut answer)).await.expect("it is ended in time");
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 505"),
        "{answer:?}"
    );
    let lines = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    let request = format!("GET /other HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n");
    assert_eq!(ask(address, request).await.status, 404, "an offer to go over to it is passed over");
    task.abort();
    scene.end().await;
}
