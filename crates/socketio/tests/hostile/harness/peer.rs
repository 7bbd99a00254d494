//! One WebSocket that may send anything.

use std::{net::SocketAddr, time::Duration};

use chorus_protocol::websocket::{self, Opcode, deflate::Agreement};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedWriteHalf},
    time::timeout,
};

use super::{
    http::{Answer, upgrade_head},
    reader::{Reader, Received},
};
use crate::common::LONG;

pub(crate) const FIN: u8 = 0x80;
pub(crate) const RSV1: u8 = 0x40;
pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

/// A masked frame with any first byte.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    websocket::encode_masked(Opcode::Binary, payload, [0x37, 0xfa, 0x21, 0x3d], &mut bytes);
    bytes[0] = first;
    bytes
}

pub(crate) struct Peer {
    reader: Reader,
    writer: OwnedWriteHalf,
}

impl Peer {
    /// Asks for a WebSocket with further header lines; the answer when there is none.
    pub(crate) async fn request(
        address: SocketAddr,
        target: &str,
        lines: &str,
    ) -> Result<(Self, Answer), Answer> {
        Self::request_with(address, &upgrade_head(target, lines), &[]).await
    }

    /// As [`Peer::request`], with bytes behind the request in the same write.
    pub(crate) async fn request_with(
        address: SocketAddr,
        head: &str,
        behind: &[u8],
    ) -> Result<(Self, Answer), Answer> {
        let mut tcp = TcpStream::connect(address).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        tcp.write_all(&[head.as_bytes(), behind].concat()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            match timeout(LONG, tcp.read_u8()).await.expect("an answer in time") {
                Ok(byte) => answer.push(byte),
                Err(_) => return Err(Answer::parse(&answer)),
            }
        }
        if !answer.starts_with(b"HTTP/1.1 101") {
            // no further request comes, so the connection ends
            let _ = tcp.shutdown().await;
            let _ = timeout(LONG, tcp.read_to_end(&mut answer)).await.expect("an answer in time");
            return Err(Answer::parse(&answer));
        }
        let (read, writer) = tcp.into_split();
        Ok((Self { reader: Reader::new(read), writer }, Answer::parse(&answer)))
    }

    /// Opens a WebSocket and takes the handshake.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::open_with(address, "").await
    }

    pub(crate) async fn open_with(address: SocketAddr, lines: &str) -> Self {
        let request = Self::request(address, "/socket.io/?EIO=4&transport=websocket", lines).await;
        let (mut peer, _) = request.unwrap_or_else(|answer| panic!("{answer:?}"));
        assert!(peer.next().await.starts_with("0{"));
        peer
    }

    /// Opens a WebSocket and joins the main namespace.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let mut peer = Self::open(address).await;
        peer.send("40").await;
        assert!(peer.next().await.starts_with("40{"));
        peer
    }

    /// Reads as agreed from now on.
    pub(crate) fn deflate(&mut self, agreement: Agreement) {
        self.reader.deflate(agreement);
    }

    /// Sends a packet. False when the server has gone.
    pub(crate) async fn send(&mut self, packet: &str) -> bool {
        self.raw(&frame(FIN | TEXT, packet.as_bytes())).await
    }

    pub(crate) async fn send_binary(&mut self, data: &[u8]) -> bool {
        self.raw(&frame(FIN | BINARY, data)).await
    }

    pub(crate) async fn send_message(&mut self, message: &Received) -> bool {
        match message {
            Received::Text(text) => self.send(text).await,
            Received::Binary(data) => self.send_binary(data).await,
            other => panic!("not a message: {other:?}"),
        }
    }

    /// Sends any bytes. False when the server has gone.
    pub(crate) async fn raw(&mut self, bytes: &[u8]) -> bool {
        timeout(LONG, self.writer.write_all(bytes)).await.expect("it is read in time").is_ok()
    }

    /// Sends all that `bytes` gives, unless the server ends it before; tells the close code.
    pub(crate) async fn flood<B: AsRef<[u8]>>(&mut self, bytes: impl IntoIterator<Item = B>) -> u16 {
        let (reader, writer) = (&mut self.reader, &mut self.writer);
        let write = async {
            for bytes in bytes {
                if writer.write_all(bytes.as_ref()).await.is_err() {
                    break;
                }
            }
            std::future::pending().await
        };
        tokio::select! {
            code = reader.end() => code,
            code = write => code,
        }
    }

    /// The next text packet but pings, which are answered.
    pub(crate) async fn next(&mut self) -> String {
        match self.receive().await {
            Received::Text(text) => text,
            other => panic!("{other:?} in place of a packet"),
        }
    }

    /// What comes next; Engine.IO's pings are answered.
    pub(crate) async fn receive(&mut self) -> Received {
        loop {
            match timeout(LONG, self.reader.receive()).await.expect("something in time") {
                Received::Text(text) if text == "2" => {
                    self.send("3").await;
                }
                received => return received,
            }
        }
    }

    /// Waits for a ping and answers it. False when none comes for a while.
    pub(crate) async fn ping(&mut self) -> bool {
        let ping = timeout(Duration::from_millis(100), self.reader.receive()).await;
        let pinged = ping.is_ok_and(|received| received == Received::Text("2".to_owned()));
        pinged && self.send("3").await
    }

    /// The status the server closes with, 1005 for an empty close frame and 0 for none. Whatever comes
    /// before it is passed over, and nothing may come behind it. Pings are answered meanwhile, so that
    /// it is not the heartbeat that ends it.
    pub(crate) async fn end(&mut self) -> u16 {
        let end = async {
            loop {
                match self.receive().await {
                    Received::Close(close) => return self.reader.closed(close).await,
                    Received::End => return 0,
                    _ => {}
                }
            }
        };
        timeout(LONG, end).await.expect("the end in time")
    }

    /// Asserts that the connection is of use: an `echo` is answered, whatever else comes before.
    pub(crate) async fn is_alive(&mut self) {
        self.send(r#"4299["echo","alive"]"#).await;
        let answer = Received::Text(r#"4399["alive"]"#.to_owned());
        loop {
            match self.receive().await {
                received if received == answer => return,
                received @ (Received::Close(_) | Received::End) => {
                    panic!("{received:?} in place of an answer")
                }
                _ => {}
            }
        }
    }
}
