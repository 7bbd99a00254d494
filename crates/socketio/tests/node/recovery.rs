//! Connection state recovery: who comes back, as whom, and with what was missed.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chorus_socketio::{
    Adapter, Args, DisconnectReason, InMemoryAdapter, Packet, Recovery, Room, SavedSession, Server,
    ServerBuilder, Socket, SocketId, State, Target,
};
use serde_json::{Value, json};

use crate::support::{Log, Polling, log, serve, sid, told};

/// The public id, the private one, and the offset of the last event seen.
struct Past {
    id: String,
    pid: String,
    offset: String,
}

impl Past {
    fn claim(&self) -> String {
        json!({ "pid": self.pid, "offset": self.offset }).to_string()
    }
}

fn recovering() -> ServerBuilder {
    Server::builder().connection_state_recovery(Recovery::default())
}

/// A client that has joined, got one event and left as one does whose page is reloaded.
async fn past(io: &Server, news: &mut tokio::sync::mpsc::UnboundedReceiver<String>) -> (Polling, Past) {
    let mut client = Polling::open(serve(io).await).await;
    client.send("40").await;
    let answer = client.next().await;
    let data: Value = serde_json::from_str(answer.strip_prefix("40").unwrap()).unwrap();
    assert_eq!(told(news).await, "new");
    io.emit("hello", Args(())).unwrap();
    let event = client.next().await;
    let event: Value = serde_json::from_str(event.strip_prefix("42").unwrap()).unwrap();
    assert_eq!(event[0], "hello");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let past = Past { id: sid(&data.to_string()), pid: text(&data["pid"]), offset: text(&event[1]) };
    client.send("1").await;
    assert_eq!(told(news).await, "transport close");
    (client, past)
}

/// Tells of every arrival and departure, and furnishes newcomers.
fn furnish(io: &Server) {
    io.of("/")
        .on_connect(|socket: Socket, State(log): State<Log>| async move {
            if !socket.recovered() {
                socket.join(["room1", "room2"]);
                socket.set_data("bar");
            }
            log.send(if socket.recovered() { "back" } else { "new" }.to_owned()).unwrap();
        })
        .on_disconnect(|reason: DisconnectReason, State(log): State<Log>| async move {
            log.send(reason.to_string()).unwrap();
        });
}

/// Node writes the missed events in front of the CONNECT; see `docs/NODE-TESTS.md`.
#[tokio::test]
async fn who_comes_back_gets_what_was_missed() {
    let (log, mut news) = log();
    let io = recovering().state(log).build();
    furnish(&io);
    let socket = Arc::new(Mutex::new(None));
    let kept = socket.clone();
    io.of("/").on_connect(move |socket: Socket| {
        let kept = kept.clone();
        async move {
            kept.lock().unwrap().get_or_insert(socket);
        }
    });
    let (_, past) = past(&io, &mut news).await;
    io.emit("hello1", 1).unwrap();
    io.to("room1").emit("hello2", 2).unwrap();
    io.to("elsewhere").emit("not for it", 0).unwrap();
    io.of("/").except("room2").emit("not for it", 0).unwrap();
    io.of("/").broadcast().volatile().emit("not for it", 0).unwrap();
    let gone: Socket = socket.lock().unwrap().clone().unwrap();
    gone.emit("hello3", Args((3, "x"))).unwrap();

    let mut again = Polling::open(serve(&io).await).await;
    again.send(&format!("40{}", past.claim())).await;
    let mut connects = Vec::new();
    let mut events = Vec::new();
    for _ in 0..4 {
        let packet = again.next().await;
        match packet.strip_prefix("40") {
            Some(data) => connects.push(serde_json::from_str::<Value>(data).unwrap()),
            None => events.push(serde_json::from_str::<Vec<Value>>(&packet[2..]).unwrap()),
        }
    }
    assert_eq!(connects, [json!({ "sid": past.id, "pid": past.pid })]);
    let offsets: Vec<_> = events.iter_mut().map(|event| event.pop().unwrap()).collect();
    assert_eq!(
        events,
        [
            vec![json!("hello1"), json!(1)],
            vec![json!("hello2"), json!(2)],
            vec![json!("hello3"), json!(3), json!("x")]
        ]
    );
    assert!(offsets.iter().all(|offset| offset.is_string() && *offset != *past.offset), "{offsets:?}");
    assert_eq!(told(&mut news).await, "back");
    io.to("room1").emit("live", 1).unwrap();
    assert!(again.next().await.starts_with(r#"42["live",1,"#));
}

#[tokio::test]
async fn who_comes_back_has_its_id_rooms_and_data() {
    let (log, mut news) = log();
    let io = recovering().state(log).build();
    furnish(&io);
    let (_, past) = past(&io, &mut news).await;
    let again = Polling::open(serve(&io).await).await;
    again.send(&format!("40{}", past.claim())).await;
    assert_eq!(told(&mut news).await, "back");
    let socket = io.of("/").socket(past.id.parse().unwrap()).expect("the same id");
    assert!(socket.recovered());
    let mut rooms = socket.rooms();
    rooms.sort();
    assert_eq!(rooms, [Room::from("room1"), Room::from("room2")]);
    assert_eq!(socket.data::<&str>().as_deref(), Some(&"bar"));
    assert_eq!(io.to(socket.id()).emit("x", 1).unwrap(), 1);
}

#[tokio::test]
async fn middleware_is_asked_again_only_if_wanted() {
    for (recovery, asked) in
        [(Recovery::default(), false), (Recovery { skip_middlewares: false, ..Recovery::default() }, true)]
    {
        let (log, mut news) = log();
        let io = Server::builder().connection_state_recovery(recovery).state(log).build();
        furnish(&io);
        let (_, past) = past(&io, &mut news).await;
        io.of("/").middleware(|socket: Socket, State(log): State<Log>| async move {
            assert!(!socket.is_connected());
            log.send("asked".to_owned()).unwrap();
            Ok(())
        });
        let again = Polling::open(serve(&io).await).await;
        again.send(&format!("40{}", past.claim())).await;
        if asked {
            assert_eq!(told(&mut news).await, "asked");
        }
        assert_eq!(told(&mut news).await, "back");
    }
}

#[tokio::test]
async fn an_unknown_session_is_a_new_one() {
    let (log, mut news) = log();
    let io = recovering().state(log).build();
    furnish(&io);
    let address = serve(&io).await;
    for claim in [
        r#"{"pid":"foo","offset":"bar"}"#,
        r#"{"pid":"foo"}"#,
        r#"{"pid":{},"offset":[]}"#,
        r#"{"pid":"","offset":""}"#,
    ] {
        let mut client = Polling::open(address).await;
        client.send(&format!("40{claim}")).await;
        let answer = client.next().await;
        let data: Value = serde_json::from_str(answer.strip_prefix("40").unwrap()).unwrap();
        assert!(data["sid"] != "foo" && data["pid"].is_string() && data["pid"] != "foo", "{data}");
        assert_eq!(told(&mut news).await, "new");
    }
}

#[tokio::test]
async fn who_was_away_for_too_long_is_new() {
    let (log, mut news) = log();
    let brief = Recovery { max_disconnection_duration: Duration::from_millis(20), ..Recovery::default() };
    let io = Server::builder().connection_state_recovery(brief).state(log).build();
    furnish(&io);
    let (_, past) = past(&io, &mut news).await;
    tokio::time::sleep(Duration::from_millis(40)).await;
    let again = Polling::open(serve(&io).await).await;
    again.send(&format!("40{}", past.claim())).await;
    assert_eq!(told(&mut news).await, "new");
}

/// Without recovery an adapter is never asked to keep or to restore a session.
struct Forgetful(InMemoryAdapter, Log);

impl Adapter for Forgetful {
    fn add(&self, socket: &Socket, rooms: &[Room], after: Option<&str>) -> bool {
        assert!(after.is_none());
        self.0.add(socket, rooms, after)
    }
    fn save(&self, _session: SavedSession) {
        self.1.send("saved".to_owned()).unwrap();
    }
    fn claim(&self, _pid: &str, _offset: &str) -> Option<SavedSession> {
        self.1.send("claimed".to_owned()).unwrap();
        None
    }
    fn remove(&self, socket: &Socket, rooms: &[Room]) {
        self.0.remove(socket, rooms);
        self.1.send("removed".to_owned()).unwrap();
    }
    fn join(&self, socket: &Socket, room: Room) -> bool {
        self.0.join(socket, room)
    }
    fn leave(&self, socket: &Socket, room: &Room) {
        self.0.leave(socket, room);
    }
    fn broadcast(&self, packet: &Packet, target: &Target) -> usize {
        assert!(packet.offset.is_none());
        self.0.broadcast(packet, target)
    }
    fn sockets(&self, target: &Target) -> Vec<Socket> {
        self.0.sockets(target)
    }
    fn socket(&self, id: SocketId) -> Option<Socket> {
        self.0.socket(id)
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}

#[tokio::test]
async fn it_is_off_by_default_and_then_asks_nothing_of_the_adapter() {
    let (log, mut news) = log();
    let io = Server::builder()
        .adapter(move |_| Arc::new(Forgetful(InMemoryAdapter::default(), log.clone())))
        .build();
    let mut client = Polling::open(serve(&io).await).await;
    client.send(r#"40{"pid":"foo","offset":"bar"}"#).await;
    let answer = client.next().await;
    let data: Value = serde_json::from_str(answer.strip_prefix("40").unwrap()).unwrap();
    assert!(data["sid"].is_string());
    assert_eq!(data["pid"], Value::Null);
    io.emit("plain", 1).unwrap();
    assert_eq!(client.next().await, r#"42["plain",1]"#);
    client.send("1").await;
    assert_eq!(told(&mut news).await, "removed");
    assert!(news.try_recv().is_err());
}

#[tokio::test]
async fn a_socket_has_the_private_id_that_its_client_was_told() {
    for builder in [recovering(), Server::builder()] {
        let (log, mut news) = log();
        let io = builder.state(log).build();
        io.of("/").on_connect(|socket: Socket, State(log): State<Log>| async move {
            log.send(json!(socket.pid()).to_string()).unwrap();
        });
        let mut client = Polling::open(serve(&io).await).await;
        client.send("40").await;
        let greeting: Value = serde_json::from_str(client.next().await.strip_prefix("40").unwrap()).unwrap();
        assert_eq!(told(&mut news).await, greeting["pid"].to_string());
    }
}
