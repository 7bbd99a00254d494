//! Namespaces that come and go, and what servers say to each other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use chorus_socketio::{
    Adapter, Args, ConnectError, InMemoryAdapter, Packet, PartialAcks, Payload, RemoteSocket, Reply, Room,
    Server, ServerAnswers, Socket, SocketId, Target, deflate,
};
use common::{Client, LONG, serve};
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::{
    sync::{Semaphore, mpsc::unbounded_channel},
    time::timeout,
};

#[tokio::test]
async fn sockets_are_fetched_with_rooms_data_and_handshake() {
    let io = Server::new();
    let main = io.of("/");
    main.on_connect(|socket: Socket| async move {
        let name = socket.handshake().query("name").map(std::borrow::Cow::into_owned);
        socket.set_shared_data(json!({ "name": name })).unwrap();
        socket.join("room");
        socket.emit("ready", ()).unwrap();
    });
    let address = serve(&io).await;
    let mut client = Client::request(address, "/socket.io/?EIO=4&transport=websocket&name=ada").await;
    client.next().await;
    client.send("40").await;
    client.next().await;
    client.next().await;
    let found = main.to("room").fetch_sockets().await;
    let [socket] = &found[..] else { panic!("{found:?}") };
    assert_eq!(*socket.data, json!({ "name": "ada" }));
    assert_eq!(socket.rooms, [Room::from("room")]);
    assert!(socket.handshake.url().contains("name=ada"));
    assert!(main.except(socket.id).fetch_sockets().await.is_empty());
    main.to(socket.id).emit("found", ()).unwrap();
    assert_eq!(client.next().await, r#"42["found",null]"#);
    assert_eq!(main.to("room").local().emit("here", 1).unwrap(), 1);
    main.to("room").send("text").unwrap();
    client.next().await;
    assert_eq!(client.next().await, r#"42["message","text"]"#);
}

#[tokio::test]
async fn namespaces_are_announced_and_can_be_removed() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let io = Server::new();
    io.on_new_namespace({
        let seen = seen.clone();
        move |namespace| seen.lock().push(namespace.name().to_owned())
    });
    io.of("/static").on("x", || async { Reply(1) });
    io.of("/static");
    io.of_matching(|name| name.starts_with("/room-"));
    let address = serve(&io).await;
    let mut client = Client::connect(address).await;
    for name in ["/static", "/room-1"] {
        client.send(&format!("40{name},")).await;
        assert!(client.next().await.starts_with(&format!("40{name},{{")));
    }
    assert_eq!(*seen.lock(), ["/static", "/room-1"]);
    assert_eq!(io.namespaces().len(), 3);
    assert!(io.remove_namespace("/static"));
    assert_eq!(client.next().await, "41/static,");
    assert!(!io.remove_namespace("/static"));
    assert!(!io.remove_namespace("/"), "the main one stays");
    client.send("40/static,").await;
    assert_eq!(client.next().await, r#"44/static,{"message":"Invalid namespace"}"#);
    assert!(io.remove_namespace("/room-1"));
    assert_eq!(client.next().await, "41/room-1,");
    client.send("40/room-1,").await;
    assert!(client.next().await.starts_with("40/room-1,{"), "it comes into being again");
    assert_eq!(seen.lock().len(), 3);
}

#[tokio::test]
async fn a_room_of_each_child_can_be_sent_to() {
    let io = Server::new();
    let parent = io.of_matching(|name| name.starts_with("/room-"));
    parent.on_connect(|socket: Socket| async move { socket.join("front") });
    let address = serve(&io).await;
    let mut client = Client::connect(address).await;
    for name in ["/room-1", "/room-2"] {
        client.send(&format!("40{name},")).await;
        client.next().await;
    }
    let _other = Client::connect(address).await;
    let children = parent.namespaces();
    let reached: usize = children.iter().map(|child| child.to("front").emit("x", 1).unwrap()).sum();
    assert_eq!(reached, 2);
    let mut received = [client.next().await, client.next().await];
    received.sort();
    assert_eq!(received, [r#"42/room-1,["x",1]"#, r#"42/room-2,["x",1]"#]);
    assert_eq!(parent.emit("y", 2).unwrap(), 2);
}

/// Two servers in one process.
#[derive(Default)]
struct Pair {
    own: InMemoryAdapter,
    other: Arc<OnceLock<chorus_socketio::Namespace>>,
}

impl Adapter for Pair {
    fn add(&self, socket: &Socket, rooms: &[Room], after: Option<&str>) -> bool {
        self.own.add(socket, rooms, after)
    }
    fn remove(&self, socket: &Socket, rooms: &[Room]) {
        self.own.remove(socket, rooms);
    }
    fn join(&self, socket: &Socket, room: Room) -> bool {
        self.own.join(socket, room)
    }
    fn leave(&self, socket: &Socket, room: &Room) {
        self.own.leave(socket, room);
    }
    fn broadcast(&self, packet: &Packet, target: &Target) -> usize {
        self.own.broadcast(packet, target)
    }
    fn sockets(&self, target: &Target) -> Vec<Socket> {
        self.own.sockets(target)
    }
    fn socket(&self, id: SocketId) -> Option<Socket> {
        self.own.socket(id)
    }
    fn len(&self) -> usize {
        self.own.len()
    }
    fn fetch_sockets(&self, target: &Target) -> BoxFuture<'_, Vec<RemoteSocket>> {
        let target = target.clone();
        Box::pin(async move {
            let mut found = self.own.fetch_sockets(&target).await;
            if !target.local {
                let others = self.other.get().unwrap().to(target.rooms).except(target.except);
                found.extend(others.local().fetch_sockets().await);
            }
            found
        })
    }
    fn server_side_emit(&self, event: &str, payload: &Payload) {
        let (other, event, payload) = (self.other.clone(), event.to_owned(), payload.clone());
        tokio::spawn(async move { other.get().unwrap().server_side_event(&event, payload).await });
    }
    fn server_side_ask(
        &self,
        event: &str,
        payload: &Payload,
        timeout: Duration,
    ) -> BoxFuture<'_, ServerAnswers> {
        let (event, payload) = (event.to_owned(), payload.clone());
        Box::pin(async move {
            let asked = self.other.get().unwrap().server_side_event(&event, payload);
            match tokio::time::timeout(timeout, asked).await {
                Ok(Some(answer)) => ServerAnswers { answers: vec![answer], missing: 0 },
                _ => ServerAnswers { answers: Vec::new(), missing: 1 },
            }
        })
    }
}

#[tokio::test]
async fn servers_ask_each_other() {
    let make = || {
        let other = Arc::new(OnceLock::new());
        let adapter = Arc::new(Pair { other: other.clone(), ..Pair::default() });
        (Server::builder().adapter(move |_| adapter.clone()).build(), other)
    };
    let ((a, others_of_a), (b, others_of_b)) = (make(), make());
    others_of_a.set(b.of("/")).unwrap();
    others_of_b.set(a.of("/")).unwrap();
    let _clients = (Client::connect(serve(&a).await).await, Client::connect(serve(&b).await).await);
    assert_eq!(a.of("/").broadcast().fetch_sockets().await.len(), 2);
    assert_eq!(b.of("/").broadcast().local().fetch_sockets().await.len(), 1);
    let (told, mut hears) = tokio::sync::mpsc::unbounded_channel();
    b.of("/").on_server_side_emit("sum", |Args((x, y)): Args<(i64, i64)>| async move { x + y });
    b.of("/").on_server_side_emit("tell", move |text: String| {
        told.send(text).unwrap();
        async {}
    });
    let sums: Vec<i64> = a.of("/").server_side_emit_with_ack("sum", Args((3, 4))).await.unwrap();
    assert_eq!(sums, [7]);
    a.of("/").server_side_emit("tell", "news").unwrap();
    assert_eq!(hears.recv().await.as_deref(), Some("news"));
    let unknown: Result<Vec<Value>, PartialAcks<Value>> =
        a.of("/").server_side_emit_with_ack("unknown", ()).await;
    assert_eq!(unknown.unwrap_err().missing, 1);
    let unreadable: Result<Vec<i64>, _> = a.of("/").server_side_emit_with_ack("sum", "text").await;
    assert_eq!(unreadable.unwrap_err().missing, 1);
    let alone: Vec<i64> = Server::new().of("/").server_side_emit_with_ack("sum", Args((3, 4))).await.unwrap();
    assert!(alone.is_empty());
}

#[tokio::test]
async fn an_event_can_stay_uncompressed() {
    let io = Server::builder().per_message_deflate(deflate::Config::default()).build();
    let main = io.of("/");
    let address = serve(&io).await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let (mut client, head) =
        Client::request_with(address, "/socket.io/?EIO=4&transport=websocket", offer).await;
    assert!(head.to_lowercase().contains("permessage-deflate"), "{head}");
    let agreement =
        chorus_protocol::websocket::deflate::negotiate("permessage-deflate", &deflate::Config::default())
            .unwrap();
    client.deflate(agreement);
    client.next().await;
    client.send("40").await;
    client.next().await;
    let text = "long ".repeat(10_000);
    let mut sizes = Vec::new();
    for uncompressed in [false, true] {
        let before = client.bytes_read();
        let all = main.broadcast();
        let all = if uncompressed { all.uncompressed() } else { all };
        all.emit("text", &text).unwrap();
        assert_eq!(client.next().await, format!(r#"42["text","{text}"]"#));
        sizes.push(client.bytes_read() - before);
    }
    assert!(sizes[0] < 5_000 && sizes[1] > text.len(), "{sizes:?}");
}

/// Joins a namespace.
async fn join(address: std::net::SocketAddr, name: &str) -> Client {
    let mut client = Client::open(address).await;
    client.send(&format!("40{name},")).await;
    assert!(client.next().await.starts_with(&format!("40{name},{{")));
    client
}

#[tokio::test]
async fn handlers_of_a_child_are_its_own() {
    let io = Server::new();
    let parent = io.of_matching(|name| name.starts_with("/r-"));
    let handled = Arc::new(AtomicUsize::new(0));
    let count = handled.clone();
    io.on_new_namespace(move |namespace| {
        let count = count.clone();
        namespace.on("x", move || {
            count.fetch_add(1, Ordering::SeqCst);
            async { Reply("x") }
        });
    });
    io.of("/r-admin").on("secret", || async { Reply("secret") });
    let address = serve(&io).await;
    let _admin = join(address, "/r-admin").await;
    let mut guest = join(address, "/r-guest").await;
    parent.on("all", || async { Reply("all") });
    guest.send(r#"42/r-guest,0["secret"]"#).await;
    guest.send(r#"42/r-guest,1["x"]"#).await;
    guest.send(r#"42/r-guest,2["all"]"#).await;
    assert_eq!(guest.next().await, r#"43/r-guest,1["x"]"#);
    assert_eq!(guest.next().await, r#"43/r-guest,2["all"]"#);
    assert_eq!(handled.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_removed_namespace_lets_nobody_in() {
    let io = Server::new();
    let permits = Arc::new(Semaphore::new(0));
    let (told, mut tells) = unbounded_channel();
    let waiting = permits.clone();
    io.of("/x").middleware(move || {
        told.send(()).unwrap();
        let waiting = waiting.clone();
        async move {
            waiting.acquire().await.unwrap().forget();
            Ok(())
        }
    });
    let mut client = Client::open(serve(&io).await).await;
    client.send("40/x,").await;
    timeout(LONG, tells.recv()).await.unwrap().unwrap();
    assert!(io.remove_namespace("/x"));
    permits.add_permits(1);
    assert_eq!(client.next().await, r#"44/x,{"message":"Invalid namespace"}"#);
}

/// Serves on threads of its own, which the test may block.
async fn serve_apart(io: Server) -> std::net::SocketAddr {
    let (told, address) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_all().build();
        runtime.unwrap().block_on(async {
            told.send(serve(&io).await).unwrap();
            std::future::pending::<()>().await;
        });
    });
    address.await.unwrap()
}

#[tokio::test]
async fn nobody_gets_in_before_the_hook_has_seen_the_namespace() {
    let io = Server::new();
    io.of_matching(|name| name.starts_with("/r-"));
    let (told, mut tells) = unbounded_channel();
    let (go, wait) = mpsc::channel();
    let wait = Mutex::new(wait);
    io.on_new_namespace(move |namespace| {
        told.send(()).unwrap();
        tokio::task::block_in_place(|| wait.lock().recv_timeout(LONG).unwrap());
        namespace.middleware(|| async { Err(ConnectError::new("not you")) });
    });
    let address = serve_apart(io).await;
    let (mut first, mut second) = (Client::open(address).await, Client::open(address).await);
    first.send("40/r-1,").await;
    timeout(LONG, tells.recv()).await.unwrap().unwrap();
    second.send("40/r-1,").await;
    second.expect_silence().await;
    go.send(()).unwrap();
    for client in [&mut first, &mut second] {
        assert_eq!(client.next().await, r#"44/r-1,{"message":"not you"}"#);
    }
}
