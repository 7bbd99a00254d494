//! A Socket.IO client over WebSocket, as small as can be.

use std::collections::VecDeque;
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Guest, PATIENCE};

/// A connection in one namespace.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    namespace: String,
    /// What the server said when it let us in.
    pub greeting: Value,
    /// Events that came and were not asked for yet.
    pub events: VecDeque<(String, Value)>,
    acks: VecDeque<(u64, Value)>,
    next_ack: u64,
    /// The server has taken us out of the namespace.
    pub disconnected: bool,
}

impl Socket {
    /// Joins a poll; an error is the `connect_error`.
    pub async fn join(guest: &Guest, code: &str, role: &str, since: u64) -> Result<Self, Value> {
        let auth = json!({ "code": code, "as": role, "since": since });
        Self::connect(guest.address, &guest.cookie, "/poll", &auth).await
    }

    /// Joins a namespace.
    pub async fn connect(
        address: SocketAddr,
        cookie: &str,
        namespace: &str,
        auth: &Value,
    ) -> Result<Self, Value> {
        let stream = open(address, cookie, None).await.expect("an upgrade");
        let namespace = if namespace == "/" { String::new() } else { format!("{namespace},") };
        let mut socket = Self {
            stream,
            namespace,
            greeting: Value::Null,
            events: VecDeque::new(),
            acks: VecDeque::new(),
            next_ack: 0,
            disconnected: false,
        };
        assert!(socket.text().await.starts_with('0'), "the handshake");
        socket.send(&format!("40{}{auth}", socket.namespace)).await;
        loop {
            let text = socket.text().await;
            let refused = format!("44{}", socket.namespace);
            if let Some(error) = text.strip_prefix(&refused) {
                return Err(serde_json::from_str(error).unwrap());
            }
            socket.take(&text);
            if !socket.greeting.is_null() {
                return Ok(socket);
            }
        }
    }

    /// Sends a packet as it is.
    pub async fn send(&mut self, text: &str) {
        self.stream.send(Message::text(text.to_owned())).await.unwrap();
    }

    pub async fn emit(&mut self, event: &str, arguments: &[Value]) {
        let packet = self.packet(event, arguments, "");
        self.send(&packet).await;
    }

    /// Sends an event and waits for its acknowledgement.
    pub async fn emit_with_ack(&mut self, event: &str, arguments: &[Value]) -> Value {
        let id = self.emit_later(event, arguments).await;
        self.acked(id).await
    }

    /// Sends an event; its acknowledgement is waited for with [`acked`](Self::acked).
    pub async fn emit_later(&mut self, event: &str, arguments: &[Value]) -> u64 {
        let id = self.next_ack;
        self.next_ack += 1;
        let packet = self.packet(event, arguments, &id.to_string());
        self.send(&packet).await;
        id
    }

    pub async fn acked(&mut self, id: u64) -> Value {
        loop {
            if let Some(found) = self.acks.iter().position(|(acked, _)| *acked == id) {
                return self.acks.remove(found).unwrap().1;
            }
            self.read().await;
        }
    }

    /// Sends a command and waits for its reply.
    pub async fn command(&mut self, id: &str, action: Value) -> Value {
        let mut command = action;
        command["id"] = json!(id);
        self.emit_with_ack("command", &[command]).await
    }

    /// The code of the error that a command is refused with.
    pub async fn refused(&mut self, id: &str, action: Value) -> String {
        let reply = self.command(id, action).await;
        reply["error"]["code"].as_str().unwrap_or_else(|| panic!("not refused: {reply}")).to_owned()
    }

    /// Sends a command that is done, and returns its offset.
    pub async fn done(&mut self, id: &str, action: Value) -> u64 {
        let reply = self.command(id, action).await;
        reply["ok"]["offset"].as_u64().unwrap_or_else(|| panic!("refused: {reply}"))
    }

    /// The data of the next event of a name; others are kept.
    pub async fn next(&mut self, event: &str) -> Value {
        loop {
            if let Some(found) = self.events.iter().position(|(name, _)| name == event) {
                return self.events.remove(found).unwrap().1;
            }
            self.read().await;
        }
    }

    /// Reads events of a name until one fits.
    pub async fn until(&mut self, event: &str, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let data = self.next(event).await;
            if fits(&data) {
                return data;
            }
        }
    }

    /// Takes in everything that was sent before the answer to a question asked now.
    pub async fn settle(&mut self) {
        self.emit_with_ack("command", &[json!({"nonsense": true})]).await;
    }

    /// Leaves the namespace and enters it again, on the same connection.
    pub async fn enter_again(&mut self) {
        let namespace = self.namespace.clone();
        self.greeting = Value::Null;
        self.send(&format!("41{namespace}")).await;
        self.send(&format!("40{namespace}")).await;
        while self.greeting.is_null() {
            self.read().await;
        }
    }

    /// Reads until the server has disconnected us.
    pub async fn disconnected(&mut self) {
        while !self.disconnected {
            self.read().await;
        }
    }

    pub async fn close(mut self) {
        let _ = self.stream.close(None).await;
    }

    fn packet(&self, event: &str, arguments: &[Value], id: &str) -> String {
        let mut packet = vec![json!(event)];
        packet.extend_from_slice(arguments);
        format!("42{}{id}{}", self.namespace, Value::from(packet))
    }

    async fn read(&mut self) {
        let text = self.text().await;
        self.take(&text);
    }

    fn take(&mut self, text: &str) {
        let event = format!("42{}", self.namespace);
        let ack = format!("43{}", self.namespace);
        if let Some(greeting) = text.strip_prefix(&format!("40{}", self.namespace)) {
            self.greeting = serde_json::from_str(greeting).unwrap();
        } else if let Some(packet) = text.strip_prefix(&event) {
            let mut packet: Vec<Value> = serde_json::from_str(packet).unwrap();
            let name = packet.remove(0).as_str().unwrap().to_owned();
            let data = if packet.is_empty() { Value::Null } else { packet.remove(0) };
            self.events.push_back((name, data));
        } else if let Some(packet) = text.strip_prefix(&ack) {
            let (id, data) = packet.split_at(packet.find('[').unwrap());
            let mut data: Vec<Value> = serde_json::from_str(data).unwrap();
            self.acks.push_back((id.parse().unwrap(), data.remove(0)));
        } else if text.starts_with("41") {
            self.disconnected = true;
        }
    }

    /// The next packet; pings are answered.
    async fn text(&mut self) -> String {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a packet in time");
            match message.expect("an open connection").expect("a message") {
                Message::Text(text) if text.as_str() == "2" => self.send("3").await,
                Message::Text(text) => return text.to_string(),
                Message::Close(_) => panic!("the server closed the connection"),
                _ => {}
            }
        }
    }
}

/// Opens a WebSocket; an error is the status of the refusal.
pub async fn open(
    address: SocketAddr,
    cookie: &str,
    origin: Option<&str>,
) -> Result<WebSocketStream<TcpStream>, u16> {
    let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
    let mut request = url.into_client_request().unwrap();
    if !cookie.is_empty() {
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
    }
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    let stream = TcpStream::connect(address).await.unwrap();
    match client_async(request, stream).await {
        Ok((stream, _)) => Ok(stream),
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}
