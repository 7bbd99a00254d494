//! Peers that take their time, or too much of anything: each is ended, others are served.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{
    future::IntoFuture,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use chorus_socketio::{Args, Secure, Server, Socket};
use common::{
    Client, LONG,
    http::{POLLING, WEBSOCKET, get, handshake, post, read, refused_websocket},
    serve,
};
use http::Request;
use hyper::body::Incoming;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    time::{sleep, timeout},
};
use tower::{Service as _, service_fn};

const SHORT: Duration = Duration::from_millis(200);

async fn until(mut done: impl FnMut() -> bool) {
    timeout(LONG, async {
        while !done() {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("nothing is left");
}

/// Sends the head of a POST and a part of its body.
async fn half_post(address: SocketAddr, session: &str) -> TcpStream {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    let head = format!("POST {session} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 1000\r\n\r\n4");
    tcp.write_all(head.as_bytes()).await.unwrap();
    tcp
}

#[tokio::test]
async fn a_body_that_takes_too_long_ends_its_session() {
    let io = Server::builder().body_timeout(SHORT).build();
    let address = serve(&io).await;
    let session = handshake(address).await;
    let mut other = Client::connect(address).await;
    let start = Instant::now();
    let slow = half_post(address, &session).await;
    let (mut reading, mut writing) = slow.into_split();
    // a byte now and then does not help
    let trickle = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            sleep(SHORT / 10).await;
        }
    });
    let mut answer = Vec::new();
    let _ = timeout(LONG, reading.read_to_end(&mut answer)).await.expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("connection: close"), "{answer}");
    assert!(start.elapsed() >= SHORT);
    trickle.abort();
    assert_eq!(get(address, &session, "").await.status, 400);
    other.send("42[\"x\"]").await;
    other.expect_silence().await;
    assert_eq!(io.stats().sessions, 1);
}

#[tokio::test]
async fn a_slow_body_is_answered_also_when_its_session_has_ended() {
    let io = Server::builder().body_timeout(SHORT).build();
    let address = serve(&io).await;
    let session = handshake(address).await;
    let mut slow = half_post(address, &session).await;
    // the POST is being received once a second one is refused, which ends the session
    timeout(LONG, async { while post(address, &session, "", "6").await.status == 200 {} })
        .await
        .expect("an overlap");
    until(|| io.stats().sessions == 0).await;
    assert_eq!(read(&mut slow).await.status, 408);
}

#[tokio::test]
async fn a_body_in_time_is_none_of_it() {
    let io = Server::builder().body_timeout(LONG).build();
    let address = serve(&io).await;
    let session = handshake(address).await;
    assert_eq!(post(address, &session, "", "40").await.body, "ok");
}

#[tokio::test]
async fn a_parked_poll_ends_with_the_heartbeat() {
    let io = Server::builder().ping_interval(SHORT).ping_timeout(SHORT).build();
    let address = serve(&io).await;
    let session = handshake(address).await;
    // the ping, then nothing but the end
    assert_eq!(get(address, &session, "").await.body, "2");
    let end = get(address, &session, "").await;
    assert!(end.body == "1" || end.status == 400, "{end:?}");
    until(|| io.stats().sessions == 0).await;
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let io = Server::builder().max_outbox_size(64 << 20).ping_interval(SHORT).ping_timeout(SHORT).build();
    io.of("/").on_connect(|socket: Socket| async move {
        let _ = socket.emit("much", "x".repeat(32 << 20));
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // each connection has a clone of the service, and with it of this
    let connections = Arc::new(());
    let (inner, held) = (io.service(), connections.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let _ = &held;
        inner.clone().call(request)
    });
    tokio::spawn(chorus_socketio::serve(listener, service).write_timeout(SHORT).into_future());
    let session = handshake(address).await;
    post(address, &session, "", "40").await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut tcp = socket.connect(address).await.unwrap();
    tcp.write_all(format!("GET {session} HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).await.unwrap();
    until(|| io.stats().sessions == 0).await;
    // the answer is on its way, and is not read until the server has given up
    until(|| Arc::strong_count(&connections) == 2).await;
    let mut read = Vec::new();
    let end = timeout(LONG, tcp.read_to_end(&mut read)).await.expect("an end");
    assert!(end.is_err() || read.len() < 32 << 20, "{end:?} after {} bytes", read.len());
}

#[tokio::test]
async fn a_head_of_one_byte_at_a_time_is_ended_while_others_are_served() {
    let io = Server::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(chorus_socketio::serve(listener, io.service()).header_timeout(SHORT).into_future());
    let tcp = TcpStream::connect(address).await.unwrap();
    let (mut reading, mut writing) = tcp.into_split();
    let trickle = tokio::spawn(async move {
        for byte in "GET /socket.io/ HTTP/1.1\r\nX-Long: ".bytes().chain(std::iter::repeat(b'x')) {
            if writing.write_all(&[byte]).await.is_err() {
                return;
            }
            sleep(SHORT / 10).await;
        }
    });
    let mut client = Client::connect(address).await;
    let mut rest = Vec::new();
    let _ = timeout(LONG, reading.read_to_end(&mut rest)).await.expect("it is ended");
    timeout(LONG, trickle).await.expect("nobody listens").unwrap();
    client.send("40/none,").await;
    assert!(client.next().await.starts_with("44/none"), "the head's timeout is none of a WebSocket");
}

#[tokio::test]
async fn one_address_has_so_many_sessions_and_no_more() {
    let io = Server::builder().max_sessions_per_address(2).build();
    let address = serve(&io).await;
    let first = Client::connect(address).await;
    let session = handshake(address).await;
    let refused = get(address, POLLING, "").await;
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (403, r#"{"code":4,"message":"too many connections"}"#)
    );
    let refused = refused_websocket(address, WEBSOCKET, "").await;
    assert_eq!((refused.status, refused.body.as_str()), (400, "too many connections"));
    // not a new session
    Client::request(address, &session.replace("polling", "websocket")).await;
    drop(first);
    timeout(LONG, async { while get(address, POLLING, "").await.status != 200 {} })
        .await
        .expect("a free place");
}

#[tokio::test]
async fn handshakes_with_too_much_to_keep_are_refused() {
    let io = Server::builder().max_header_size(1000).build();
    let address = serve(&io).await;
    let large = format!("X-Large: {}\r\n", "x".repeat(1000));
    assert_eq!(get(address, POLLING, &large).await.status, 431);
    assert_eq!(refused_websocket(address, WEBSOCKET, &large).await.status, 431);
    assert_eq!(get(address, &format!("{POLLING}&x={}", "x".repeat(1000)), "").await.status, 431);
    assert_eq!(io.stats().sessions, 0);
    let session = handshake(address).await;
    assert_eq!(post(address, &session, &large, "40").await.status, 200, "of later requests nothing is kept");
}

#[tokio::test]
async fn the_handshake_tells_address_and_tls() {
    let io = Server::new();
    io.of("/").on_connect(|socket: Socket| async move {
        let handshake = socket.handshake();
        let _ = socket.emit("came", Args((handshake.address().is_some(), handshake.is_secure())));
    });
    let plain = serve(&io).await;
    assert_eq!(Client::connect(plain).await.next().await, r#"42["came",true,false]"#);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let secure = listener.local_addr().unwrap();
    let behind_tls = axum::Router::new().layer(io.layer()).layer(axum::Extension(Secure));
    tokio::spawn(chorus_socketio::serve(listener, behind_tls).into_future());
    assert_eq!(Client::connect(secure).await.next().await, r#"42["came",true,true]"#);
}
