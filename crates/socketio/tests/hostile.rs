//! Requests and connections that nobody well-meaning makes: each is answered or ended, others are
//! served all the while, and nothing stays behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{net::SocketAddr, time::Duration};

use chorus_socketio::{Data, Reply, Server};
use common::{Client, LONG, serve};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

fn echo() -> Server {
    let io = Server::builder()
        .ping_interval(Duration::from_millis(200))
        .ping_timeout(Duration::from_millis(100))
        .upgrade_timeout(Duration::from_millis(100))
        .connect_timeout(Duration::from_millis(200))
        .max_http_buffer_size(10_000)
        .build();
    io.of("/").on("echo", |Data(value): Data<Value>| async move { Reply(value) });
    io
}

/// Sends a request and returns status and body.
async fn ask(address: SocketAddr, request: &str) -> (u16, String) {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(LONG, tcp.read_to_end(&mut answer)).await.expect("an answer in time");
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, body.to_owned())
}

async fn get(address: SocketAddr, target: &str) -> (u16, String) {
    ask(address, &format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await
}

async fn post(address: SocketAddr, target: &str, lines: &str, body: &str) -> (u16, String) {
    let length = body.len();
    let head = format!("POST {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}");
    ask(address, &format!("{head}\r\n{lines}\r\n{body}")).await
}

async fn handshake(address: SocketAddr) -> String {
    let (status, body) = get(address, "/socket.io/?EIO=4&transport=polling").await;
    assert_eq!(status, 200);
    let open: Value = serde_json::from_str(&body[1..]).unwrap();
    format!("/socket.io/?EIO=4&transport=polling&sid={}", open["sid"].as_str().unwrap())
}

async fn emptied(io: &Server) {
    timeout(LONG, async {
        while io.stats().sessions > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("no session stays behind");
    assert_eq!(io.of("/").socket_count(), 0);
}

#[tokio::test]
async fn odd_handshakes_are_refused_with_their_code() {
    let address = serve(&echo()).await;
    let long = "x".repeat(5_000);
    let cases = [
        ("/socket.io/?EIO=4&transport=constructor", 0),
        ("/socket.io/?EIO=4&transport=__proto__", 0),
        ("/socket.io/?EIO=4", 0),
        ("/socket.io/", 0),
        ("/socket.io/?transport=polling", 5),
        ("/socket.io/?EIO=1&transport=polling", 5),
        ("/socket.io/?EIO=3&transport=polling", 5),
        ("/socket.io/?EIO=5&transport=polling", 5),
        ("/socket.io/?EIO=4x&transport=polling", 5),
        ("/socket.io/?EIO=4&transport=polling&sid=", 1),
        ("/socket.io/?EIO=4&transport=polling&sid=__proto__", 1),
        ("/socket.io/?EIO=4&transport=polling&sid=aaaaaaaaaaaaaaaaaaaa", 1),
        (&format!("/socket.io/?EIO=4&transport=polling&sid={long}"), 1),
        ("/socket.io/?EIO=4&transport=websocket", 3),
    ];
    for (target, code) in cases {
        let (status, body) = get(address, target).await;
        let error: Value = serde_json::from_str(&body).unwrap_or_default();
        assert_eq!((status, &error["code"]), (400, &code.into()), "{target}: {body}");
    }
    for target in ["/socket.iox/?EIO=4&transport=polling", "/", "//socket.io/"] {
        assert_eq!(get(address, target).await.0, 404, "{target}");
    }
    let (status, body) = post(address, "/socket.io/?EIO=4&transport=polling", "", "4x").await;
    assert_eq!((status, body.contains("\"code\":2")), (400, true));
}

#[tokio::test]
async fn odd_bodies_are_refused_and_others_are_served() {
    let io = echo();
    let address = serve(&io).await;
    let mut bystander = Client::connect(address).await;
    let many = vec!["4"; 70_000].join("\u{1e}");
    let cases = [
        ("", "abc", 400),
        ("", "", 400),
        ("", "\u{1e}\u{1e}", 400),
        ("", "b!!!", 400),
        ("Content-Type: application/octet-stream\r\n", "4x", 400),
        ("", &"4".repeat(10_001), 413),
        ("", &many, 413),
    ];
    for (n, (lines, body, status)) in cases.into_iter().enumerate() {
        let target = handshake(address).await;
        assert_eq!(post(address, &target, lines, body).await.0, status, "body {n}");
        bystander.send(r#"421["echo",7]"#).await;
        assert_eq!(bystander.next().await, "431[7]");
        bystander.send("3").await;
    }
    drop(bystander);
    emptied(&io).await;
}

#[tokio::test]
async fn odd_websocket_requests_are_refused() {
    let address = serve(&echo()).await;
    let ok = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let cases = [
        ("", "EIO=4&transport=websocket"),
        ("Sec-WebSocket-Version: 13\r\n", "EIO=4&transport=websocket"),
        ("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n", "EIO=4&transport=websocket"),
        (
            "Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            "EIO=4&transport=websocket",
        ),
        (&format!("{ok}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), "EIO=4&transport=websocket"),
        (ok, "EIO=4&transport=polling"),
        (ok, "EIO=3&transport=websocket"),
        (ok, "EIO=4&transport=websocket&sid=aaaaaaaaaaaaaaaaaaaa"),
        (ok, "EIO=4&transport=websocket&sid="),
    ];
    for (lines, query) in cases {
        let head = format!(
            "GET /socket.io/?{query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket"
        );
        let (status, _) = ask(address, &format!("{head}\r\n{lines}\r\n")).await;
        assert_eq!(status, 400, "{query} with {lines:?}");
    }
}

#[tokio::test]
async fn nothing_half_done_stays_behind() {
    let io = echo();
    let address = serve(&io).await;
    let mut kept = Vec::new();
    for _ in 0..50 {
        // a handshake and nothing more
        handshake(address).await;
        // a WebSocket that joins nothing, kept open
        kept.push(Client::open(address).await);
        // the same, dropped
        drop(Client::open(address).await);
        // a parked poll that breaks off
        let target = handshake(address).await;
        let mut parked = TcpStream::connect(address).await.unwrap();
        parked.write_all(format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
        // half a body
        let target = handshake(address).await;
        let mut half = TcpStream::connect(address).await.unwrap();
        let head = format!("POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n4half");
        half.write_all(head.as_bytes()).await.unwrap();
        // a probe that is never completed, kept open
        let target = handshake(address).await.replace("polling", "websocket");
        let mut probe = Client::request(address, &target).await;
        probe.send("2probe").await;
        assert_eq!(probe.next().await, "3probe");
        kept.push(probe);
    }
    emptied(&io).await;
}

#[tokio::test]
async fn a_reset_in_the_middle_of_an_upgrade_harms_nobody() {
    let io = echo();
    let address = serve(&io).await;
    let head = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
                Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    for _ in 0..200 {
        let mut tcp = TcpStream::connect(address).await.unwrap();
        tcp.write_all(head.as_bytes()).await.unwrap();
        // what is unread makes the close a reset
        drop(tcp);
    }
    let mut client = Client::connect(address).await;
    client.send(r#"421["echo","alive"]"#).await;
    assert_eq!(client.next().await, r#"431["alive"]"#);
    drop(client);
    emptied(&io).await;
}

#[tokio::test]
async fn floods_of_control_packets_cost_nothing() {
    let io = echo();
    let address = serve(&io).await;
    let mut client = Client::connect(address).await;
    let mut flood = Vec::new();
    for _ in 0..20_000 {
        chorus_protocol::websocket::encode_masked(
            chorus_protocol::websocket::Opcode::Text,
            b"3",
            [0; 4],
            &mut flood,
        );
        chorus_protocol::websocket::encode_masked(
            chorus_protocol::websocket::Opcode::Ping,
            b"x",
            [0; 4],
            &mut flood,
        );
    }
    client.send_raw(&flood).await;
    client.send(r#"421["echo","alive"]"#).await;
    assert_eq!(client.next().await, r#"431["alive"]"#);
}

#[tokio::test]
async fn nesting_and_numbers_beyond_measure_are_survived() {
    let io = Server::new();
    io.of("/").on("echo", |payload: chorus_socketio::Payload| async move { Reply(payload) });
    io.of("/").on("typed", |Data(value): Data<Value>| async move { Reply(value) });
    let mut client = Client::connect(serve(&io).await).await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    client.send(&format!(r#"421["echo",{deep}]"#)).await;
    assert_eq!(client.next().await, format!("431[{deep}]"));
    client.send(&format!(r#"422["typed",{deep}]"#)).await;
    assert!(client.next().await.contains("invalid_data"));
    for number in ["1e400", "-0", "18446744073709551616", r#""\ud800""#, r#"{"a":1,"a":2}"#] {
        client.send(&format!(r#"423["echo",{number}]"#)).await;
        assert_eq!(client.next().await, format!("433[{number}]"));
    }
}
