//! A server on a free port, and a bare client that sends and receives packets as text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

pub mod http;

use std::{collections::VecDeque, future::IntoFuture, net::SocketAddr, time::Duration};

use axum::Router;
use chorus_protocol::websocket::{self, Decoder, Message, Opcode, Role};
use chorus_socketio::Server;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Serves on a free port of the loopback interface.
pub async fn serve(io: &Server) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().layer(io.layer());
    tokio::spawn(chorus_socketio::serve(listener, app).into_future());
    address
}

/// One WebSocket.
pub struct Client {
    tcp: TcpStream,
    decoder: Decoder,
    received: VecDeque<String>,
    closed: Option<u16>,
    bytes_read: usize,
}

impl Client {
    /// Opens a WebSocket and takes the handshake packet.
    pub async fn open(address: SocketAddr) -> Self {
        let mut client = Self::request(address, "/socket.io/?EIO=4&transport=websocket").await;
        assert!(client.next().await.starts_with("0{"));
        client
    }

    /// Opens a WebSocket and joins the main namespace.
    pub async fn connect(address: SocketAddr) -> Self {
        let mut client = Self::open(address).await;
        client.send("40").await;
        assert!(client.next().await.starts_with("40{"));
        client
    }

    pub async fn request(address: SocketAddr, target: &str) -> Self {
        Self::request_with(address, target, "").await.0
    }

    /// Asks with more header lines; returns also the head of the answer.
    pub async fn request_with(address: SocketAddr, target: &str, lines: &str) -> (Self, String) {
        let mut tcp = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
        );
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(LONG, tcp.read_u8()).await.unwrap().unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        let decoder = Decoder::new(Role::Client, 100 << 20);
        (Self { tcp, decoder, received: VecDeque::new(), closed: None, bytes_read: 0 }, head)
    }

    pub fn bytes_read(&self) -> usize {
        self.bytes_read
    }

    /// Reads as agreed from now on.
    pub fn deflate(&mut self, agreement: websocket::deflate::Agreement) {
        self.decoder = Decoder::with_deflate(Role::Client, 100 << 20, agreement);
    }

    pub async fn send(&mut self, packet: &str) {
        self.try_send(packet).await.unwrap();
    }

    pub async fn try_send(&mut self, packet: &str) -> std::io::Result<()> {
        let mut frame = Vec::new();
        websocket::encode_masked(Opcode::Text, packet.as_bytes(), [1, 2, 3, 4], &mut frame);
        self.tcp.write_all(&frame).await
    }

    pub async fn send_binary(&mut self, data: &[u8]) {
        let mut frame = Vec::new();
        websocket::encode_masked(Opcode::Binary, data, [1, 2, 3, 4], &mut frame);
        self.tcp.write_all(&frame).await.unwrap();
    }

    pub async fn send_raw(&mut self, bytes: &[u8]) {
        self.tcp.write_all(bytes).await.unwrap();
    }

    /// The next packet; pings are left out.
    pub async fn next(&mut self) -> String {
        timeout(LONG, self.receive()).await.expect("a packet in time").expect("a packet before the end")
    }

    /// The status with which the server closed the WebSocket, 0 for none at all.
    pub async fn end(&mut self) -> u16 {
        while let Some(packet) = timeout(LONG, self.receive()).await.expect("the end in time") {
            self.received.clear();
            drop(packet);
        }
        self.closed.unwrap_or(0)
    }

    /// Asserts that nothing comes for a while.
    pub async fn expect_silence(&mut self) {
        if let Ok(packet) = timeout(Duration::from_millis(100), self.receive()).await {
            panic!("unexpected {packet:?}");
        }
    }

    async fn receive(&mut self) -> Option<String> {
        loop {
            if let Some(packet) = self.received.pop_front() {
                return Some(packet);
            }
            if self.closed.is_some() {
                return None;
            }
            let mut buffer = vec![0; 64 << 10];
            let read = self.tcp.read(&mut buffer).await.unwrap_or(0);
            if read == 0 {
                return None;
            }
            self.bytes_read += read;
            let mut input = &mut buffer[..read];
            while let Some(message) = self.decoder.decode(&mut input).unwrap() {
                match message {
                    Message::Text("2") | Message::Ping(_) | Message::Pong(_) => {}
                    Message::Text(text) => self.received.push_back(text.to_owned()),
                    Message::Binary(data) => self.received.push_back(format!("b{data:?}")),
                    Message::Close(reason) => self.closed = Some(reason.map_or(1005, |reason| reason.code)),
                }
            }
        }
    }
}

/// Longer than anything here takes.
pub const LONG: Duration = Duration::from_secs(20);
