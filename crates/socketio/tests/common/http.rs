//! Requests by hand, each on a connection of its own.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::LONG;

/// What a request was answered with.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    /// The values of a header, by its name in lower case.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(header, _)| *header == name).map(|(_, value)| value).collect()
    }
}

/// Sends a request as it is and reads up to the end of the connection.
pub async fn ask(address: SocketAddr, request: &str) -> Answer {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
    read(&mut tcp).await
}

/// Reads up to the end of the connection.
pub async fn read(tcp: &mut TcpStream) -> Answer {
    let mut answer = Vec::new();
    let _ = timeout(LONG, tcp.read_to_end(&mut answer)).await.expect("an answer in time");
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// Asks with more header lines, each with its end.
pub async fn get(address: SocketAddr, target: &str, lines: &str) -> Answer {
    ask(address, &format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{lines}\r\n"))
        .await
}

pub async fn post(address: SocketAddr, target: &str, lines: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!("POST {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    ask(address, &format!("{head}Content-Length: {length}\r\n{lines}\r\n{body}")).await
}

/// Asks for a WebSocket and reads the answer, which must be a refusal.
pub async fn refused_websocket(address: SocketAddr, target: &str, lines: &str) -> Answer {
    let head =
        format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
    let key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    ask(address, &format!("{head}{key}{lines}\r\n")).await
}

/// Opens a session that polls and returns where.
pub async fn handshake(address: SocketAddr) -> String {
    let answer = get(address, POLLING, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let open: Value = serde_json::from_str(&answer.body[1..]).unwrap();
    format!("{POLLING}&sid={}", open["sid"].as_str().unwrap())
}

pub const POLLING: &str = "/socket.io/?EIO=4&transport=polling";
pub const WEBSOCKET: &str = "/socket.io/?EIO=4&transport=websocket";
