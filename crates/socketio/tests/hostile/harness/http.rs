//! Bare requests.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::common::LONG;

/// An answer as it came.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// 0 when the connection ended without one.
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        Self { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    /// The number of an Engine.IO error.
    pub(crate) fn code(&self) -> Option<u64> {
        serde_json::from_str::<Value>(&self.body).ok()?["code"].as_u64()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

pub(crate) async fn connection(address: SocketAddr) -> TcpStream {
    let tcp = TcpStream::connect(address).await.unwrap();
    tcp.set_nodelay(true).unwrap();
    tcp
}

/// Sends bytes and returns all that comes until the server closes the connection.
pub(crate) async fn ask(address: SocketAddr, request: impl AsRef<[u8]>) -> Answer {
    let (mut read, mut write) = connection(address).await.into_split();
    let mut answer = Vec::new();
    // a server that refuses early does not read the rest
    let written = async {
        let _ = write.write_all(request.as_ref()).await;
    };
    let exchange = async { tokio::join!(written, read.read_to_end(&mut answer)) };
    let _ = timeout(LONG, exchange).await.expect("an answer in time");
    Answer::parse(&answer)
}

/// `lines` are further header lines, each with its line break.
pub(crate) async fn get(address: SocketAddr, target: &str, lines: &str) -> Answer {
    ask(address, format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n")).await
}

pub(crate) async fn post(address: SocketAddr, target: &str, lines: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}Content-Length: {}\r\n\r\n",
        body.len()
    );
    ask(address, [head.as_bytes(), body].concat()).await
}

/// The request for a WebSocket.
pub(crate) fn upgrade_head(target: &str, lines: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
    )
}

/// A polling session; each of its requests has a connection of its own.
pub(crate) struct Poller {
    pub(crate) address: SocketAddr,
    pub(crate) sid: String,
    /// With the session's id.
    pub(crate) target: String,
}

impl Poller {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::open_at(address, "/socket.io/?EIO=4&transport=polling").await
    }

    pub(crate) async fn open_at(address: SocketAddr, target: &str) -> Self {
        Self::open_with(address, target, "").await.0
    }

    /// Opens a session with further header lines; returns also the answer.
    pub(crate) async fn open_with(address: SocketAddr, target: &str, lines: &str) -> (Self, Answer) {
        let answer = get(address, target, lines).await;
        let poller = Self::of(address, target, &answer).unwrap_or_else(|| panic!("{answer:?}"));
        (poller, answer)
    }

    /// The session that a handshake was answered with, if it was.
    pub(crate) fn of(address: SocketAddr, target: &str, answer: &Answer) -> Option<Self> {
        let start = answer.body.find('{').filter(|_| answer.status == 200)?;
        // Engine.IO 3 may send more behind it
        let mut open = serde_json::Deserializer::from_str(&answer.body[start..]).into_iter::<Value>();
        let sid = open.next()?.ok()?["sid"].as_str()?.to_owned();
        Some(Self { address, target: format!("{target}&sid={sid}"), sid })
    }

    pub(crate) async fn get(&self) -> Answer {
        get(self.address, &self.target, "").await
    }

    pub(crate) async fn post(&self, body: impl AsRef<[u8]>) -> Answer {
        post(self.address, &self.target, "", body).await
    }

    /// Joins the main namespace.
    pub(crate) async fn join(&self) {
        assert_eq!(self.post("40").await.status, 200);
        let answer = self.get().await;
        // a ping may come first
        let packets = answer.body.strip_prefix("2\u{1e}").unwrap_or(&answer.body);
        assert!(packets.starts_with("40{"), "{answer:?}");
    }

    /// Says that it leaves, which takes no time as a timeout does.
    pub(crate) async fn leave(&self) {
        assert_eq!(self.post("1").await.status, 200);
    }

    /// Where a WebSocket asks to take over.
    pub(crate) fn upgrade_target(&self) -> String {
        self.target.replace("transport=polling", "transport=websocket")
    }

    /// Waits until the server does not know the session: an answer may come before its end is complete.
    pub(crate) async fn is_gone(&self) {
        let gone = async { while self.post("6").await.code() != Some(1) {} };
        timeout(LONG, gone).await.expect("the session ends in time");
    }
}
