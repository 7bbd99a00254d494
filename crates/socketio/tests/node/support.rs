//! Plain HTTP, long-polling by hand, and waiting for what the server's side tells.

use std::{collections::VecDeque, net::SocketAddr, sync::Mutex, time::Duration};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
};
use chorus_socketio::Server;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::timeout,
};

pub(crate) use crate::common::{Client, LONG};

/// The targets of all requests that have reached a server, so that a test can wait for its own.
static ARRIVED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn arrived(target: &str) -> usize {
    ARRIVED.lock().unwrap().iter().filter(|other| *other == target).count()
}

/// The server as an application that takes note of what arrives.
pub(crate) fn app(io: &Server) -> Router {
    Router::new().layer(io.layer()).layer(from_fn(|request: Request, next: Next| async move {
        ARRIVED.lock().unwrap().push(request.uri().to_string());
        next.run(request).await
    }))
}

/// Serves on a free port of the loopback interface.
pub(crate) async fn serve(io: &Server) -> SocketAddr {
    serve_app(app(io)).await
}

pub(crate) async fn serve_app(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// What handlers tell a test, given to them as [`State`](chorus_socketio::State).
pub(crate) type Log = UnboundedSender<String>;

pub(crate) fn log() -> (Log, UnboundedReceiver<String>) {
    unbounded_channel()
}

pub(crate) async fn told(log: &mut UnboundedReceiver<String>) -> String {
    timeout(LONG, log.recv()).await.expect("news in time").expect("somebody who tells")
}

pub(crate) async fn until(mut done: impl FnMut() -> bool) {
    let waiting = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, waiting).await.expect("it comes to pass");
}

/// A WebSocket that has joined the main namespace, and the id of its socket.
pub(crate) async fn enter(address: SocketAddr) -> (Client, String) {
    let mut client = Client::open(address).await;
    let id = join(&mut client, "/", "").await;
    (client, id)
}

/// Joins a namespace; returns the id of the socket there.
pub(crate) async fn join(client: &mut Client, namespace: &str, auth: &str) -> String {
    let prefix = if namespace == "/" { String::new() } else { format!("{namespace},") };
    client.send(&format!("40{prefix}{auth}")).await;
    let answer = client.next().await;
    let data = answer.strip_prefix(&format!("40{prefix}")).unwrap_or_else(|| panic!("{answer}"));
    sid(data)
}

pub(crate) fn sid(json: &str) -> String {
    let data: Value = serde_json::from_str(json).unwrap();
    data["sid"].as_str().unwrap().to_owned()
}

/// Asserts that nothing is on its way to the client: the answer to its question is the next packet.
/// The server has to answer `settled`.
pub(crate) async fn settled(client: &mut Client) {
    client.send(r#"42999["settled"]"#).await;
    assert_eq!(client.next().await, "43999[]");
}

/// The answer to a request.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> Value {
        serde_json::from_slice::<Value>(&self.body).map_or(Value::Null, |error| error["code"].clone())
    }
}

/// The first header of that name.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Sends bytes on a connection of their own and reads to its end.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(request).await.unwrap();
    let mut received = Vec::new();
    let _ = timeout(LONG, tcp.read_to_end(&mut received)).await.expect("an answer in time");
    let end = received.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a whole head");
    let head = String::from_utf8(received[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head, body: received[end + 4..].to_vec() }
}

/// One request, with more header lines.
pub(crate) async fn ask(address: SocketAddr, method: &str, target: &str, lines: &str, body: &[u8]) -> Answer {
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{lines}\r\n"
    );
    exchange(address, &[head.as_bytes(), body].concat()).await
}

pub(crate) async fn get(address: SocketAddr, target: &str, lines: &str) -> Answer {
    ask(address, "GET", target, lines, b"").await
}

/// The handshake of a polling session.
pub(crate) const POLLING: &str = "/socket.io/?EIO=4&transport=polling";
/// The handshake of a WebSocket.
pub(crate) const WEBSOCKET: &str = "/socket.io/?EIO=4&transport=websocket";

/// A client's close frame without a status.
pub(crate) const CLOSE: [u8; 6] = [0x88, 0x80, 0, 0, 0, 0];

/// A long-polling session by hand.
pub(crate) struct Polling {
    address: SocketAddr,
    /// Where its requests go.
    pub(crate) target: String,
    received: VecDeque<String>,
}

impl Polling {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let answer = get(address, POLLING, "").await;
        let open = answer.text().strip_prefix('0').unwrap_or_else(|| panic!("{}", answer.text()));
        Self { address, target: format!("{POLLING}&sid={}", sid(open)), received: VecDeque::new() }
    }

    /// Opens a session and joins the main namespace.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let mut client = Self::open(address).await;
        client.send("40").await;
        assert!(client.next().await.starts_with("40{"));
        client
    }

    /// The same session, asked for by a WebSocket.
    pub(crate) fn upgrade_target(&self) -> String {
        self.target.replace("polling", "websocket")
    }

    pub(crate) async fn post(&self, body: &str) -> Answer {
        ask(self.address, "POST", &self.target, "", body.as_bytes()).await
    }

    pub(crate) async fn send(&self, body: &str) {
        let answer = self.post(body).await;
        assert_eq!((answer.status, answer.text()), (200, "ok"));
    }

    pub(crate) async fn poll(&self) -> Answer {
        get(self.address, &self.target, "").await
    }

    /// The next packet; noops and pings are left out.
    pub(crate) async fn next(&mut self) -> String {
        loop {
            match self.received.pop_front() {
                Some(packet) if packet == "6" || packet == "2" => {}
                Some(packet) => return packet,
                None => {
                    let answer = self.poll().await;
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    self.received.extend(answer.text().split('\u{1e}').map(str::to_owned));
                }
            }
        }
    }

    /// A GET that has reached the session and waits there.
    pub(crate) async fn parked(&self) -> TcpStream {
        let before = arrived(&self.target);
        let mut tcp = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", self.target);
        tcp.write_all(request.as_bytes()).await.unwrap();
        until(|| arrived(&self.target) > before).await;
        tcp
    }
}

/// The body of the answer to a parked GET.
pub(crate) async fn finish(mut parked: TcpStream) -> String {
    let mut answer = String::new();
    timeout(LONG, parked.read_to_string(&mut answer)).await.expect("an answer in time").unwrap();
    answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned())
}
