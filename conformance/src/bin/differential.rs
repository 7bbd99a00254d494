//! Our side of the differential tests: the handlers of `differential/oracle.mjs`. Keep the two in step.

use std::{
    borrow::Cow,
    error::Error,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use std::future::{Ready, ready};

use axum::Router;
use chorus_socketio::{
    Ack, AckError, Args, ConnectError, Cors, Data, Deduplicate, DisconnectReason, EventName, Namespace,
    Payload, Reply, Server, Socket, deflate,
};
use conformance::Knobs;
use http::request::Parts;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json, value::RawValue};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let knobs = Knobs { allow_eio3: false, ..Knobs::default() }.or_env()?;
    let mut builder = knobs.server().cors(Cors::any()).allow_request(unless_denied);
    if let Some(bundle) = std::env::var_os("CLIENT_BUNDLE") {
        builder = builder.client_file("socket.io.js", std::fs::read(bundle)?);
    }
    if std::env::var("PER_MESSAGE_DEFLATE").is_ok_and(|value| value == "1") {
        builder = builder.per_message_deflate(deflate::Config::default());
    }
    let io = builder.build();

    io.of("/").middleware(refuse_on_wish);
    io.of("/guarded").middleware(guard);
    io.of("/observe").on_connect(|socket: Socket| async move { socket.join(auth(&socket).play) });

    for name in ["/", "/guarded", "/custom", "/many-1", "/many-2", "/many-3", "/many-4", "/many-5"] {
        let namespace = io.of(name);
        greet(&namespace);
        converse(&namespace);
        acknowledge(&namespace);
        rooms(&namespace);
        endings(&io, &namespace);
    }
    once(&io.of("/once"));
    Ok(knobs.serve(Router::new().layer(io.layer())).await?)
}

/// Ours alone, for clients that send an event again until it is answered.
fn once(namespace: &Namespace) {
    namespace.deduplicate(Deduplicate::by_last_argument());
    namespace.middleware(|socket: Socket| async move {
        socket.set_user(&auth(&socket).play);
        Ok(())
    });
    let handled = Arc::new(AtomicU64::new(0));
    namespace.on("order", move |Args((delay, _)): Args<(u64, Value)>| {
        let handled = handled.fetch_add(1, Ordering::Relaxed) + 1;
        async move {
            tokio::time::sleep(Duration::from_millis(delay)).await;
            // the official client takes the first argument for an error
            Reply(Args((Value::Null, handled)))
        }
    });
}

/// What the scenarios' clients say of themselves.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Auth {
    play: String,
    tag: Option<String>,
    refuse: Option<String>,
    #[serde(deserialize_with = "present")]
    data: Option<Value>,
    token: Option<String>,
    greet: bool,
    turn_away: bool,
}

/// Tells `null` from nothing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn auth(socket: &Socket) -> Auth {
    socket.auth().unwrap_or_default()
}

/// What a socket's handshake tells.
#[derive(Debug, Serialize)]
struct Seen<'a> {
    auth: Option<Box<RawValue>>,
    query: Option<Cow<'a, str>>,
    header: Option<&'a str>,
    address: Option<IpAddr>,
    recent: bool,
}

/// One room or several, as JavaScript takes both.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Rooms {
    One(String),
    Several(Vec<String>),
}

impl From<Rooms> for Vec<String> {
    fn from(rooms: Rooms) -> Self {
        match rooms {
            Rooms::One(room) => vec![room],
            Rooms::Several(rooms) => rooms,
        }
    }
}

fn unless_denied(head: &Parts) -> Ready<Result<(), String>> {
    let denied = head.uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("deny=")));
    ready(if denied { Err("denied".to_owned()) } else { Ok(()) })
}

async fn refuse_on_wish(socket: Socket) -> Result<(), ConnectError> {
    let Auth { refuse: Some(message), data, .. } = auth(&socket) else { return Ok(()) };
    let error = ConnectError::new(message);
    Err(match data {
        Some(data) => error.data(data),
        None => error,
    })
}

async fn guard(socket: Socket) -> Result<(), ConnectError> {
    tokio::time::sleep(Duration::from_millis(10)).await;
    if auth(&socket).token.as_deref() == Some("open sesame") {
        return Ok(());
    }
    Err(ConnectError::new("not allowed").data(json!({ "code": 7, "needs": ["token"] })))
}

fn greet(namespace: &Namespace) {
    namespace.on_connect(|socket: Socket| async move {
        let Auth { greet, turn_away, .. } = auth(&socket);
        if greet {
            let _ = socket.emit("greeting", socket.auth::<Box<RawValue>>().ok());
        }
        if turn_away {
            socket.disconnect();
        }
    });
}

fn converse(namespace: &Namespace) {
    namespace.on_any(|socket: Socket, event: EventName, args: Payload| async move {
        if &*event.0 == "watched" {
            let _ = socket.emit("seen", args);
        }
    });
    namespace.on("watched", |socket: Socket, args: Payload| async move {
        let _ = socket.emit("handled", args);
    });
    for which in ["first", "second"] {
        namespace.on("handled twice", move |socket: Socket| async move {
            let _ = socket.emit("handled", which);
        });
    }
    namespace.on("echo", |socket: Socket, args: Payload| async move {
        let _ = socket.emit("echo", args);
    });
    namespace.on("echo-volatile", |socket: Socket, args: Payload| async move {
        let _ = socket.volatile().emit("echo", args);
    });
    namespace.on("message", |socket: Socket, args: Payload| async move {
        let _ = socket.emit("message", args);
    });
    namespace.on("burst", |socket: Socket, Args((count, padding)): Args<(u32, Value)>| async move {
        for i in 0..count {
            let _ = socket.emit("burst", Args((i, &padding)));
        }
    });
    namespace.on("handshake", |socket: Socket, ack: Ack| async move {
        let handshake = socket.handshake();
        let age = SystemTime::now().duration_since(handshake.time()).unwrap_or_default();
        let _ = ack.send(Seen {
            auth: socket.auth().ok(),
            query: handshake.query("name"),
            header: handshake.header("x-test"),
            address: handshake.address().map(|address| address.ip()),
            recent: age < Duration::from_mins(1),
        });
    });
}

fn acknowledge(namespace: &Namespace) {
    namespace.on("ack", |args: Payload, ack: Ack| async move {
        let _ = ack.send(args);
    });
    namespace.on("ack-nothing", |ack: Ack| async move {
        let _ = ack.send(Args(()));
    });
    namespace.on("ack-late", |Data(ms): Data<u64>, ack: Ack| async move {
        // other events are handled meanwhile, as in Node
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            let _ = ack.send("late");
        });
    });
    namespace.on("ask", |socket: Socket, args: Payload| async move {
        if let Ok(answer) = socket.emit_with_ack::<Payload>("question", args).await {
            let _ = socket.emit("answered", answer);
        }
    });
    namespace.on("ask-several", |socket: Socket| async move {
        let ask = |n: u32| socket.emit_with_ack::<u32>("question", n);
        if let (Ok(first), Ok(second), Ok(third)) = tokio::join!(ask(1), ask(2), ask(3)) {
            let _ = socket.emit("answered", Args((first, second, third)));
        }
    });
    namespace.on("ask-in-vain", |socket: Socket, Data(ms): Data<u64>| async move {
        let patience = Duration::from_millis(ms);
        let outcome = match socket.timeout(patience).emit_with_ack::<Payload>("question", Args(())).await {
            Err(AckError::Timeout) => "timed out",
            _ => "answered",
        };
        let _ = socket.emit("asked", outcome);
    });
}

fn rooms(namespace: &Namespace) {
    namespace.on("join", |socket: Socket, Data(rooms): Data<Rooms>, ack: Ack| async move {
        socket.join(Vec::from(rooms));
        let _ = ack.send(Args(()));
    });
    namespace.on("leave", |socket: Socket, Data(room): Data<String>, ack: Ack| async move {
        socket.leave(room);
        let _ = ack.send(Args(()));
    });
    namespace.on("rooms", |socket: Socket, ack: Ack| async move {
        let _ = ack.send(rooms_of(&socket));
    });
    namespace.on("room-size", |socket: Socket, Data(room): Data<String>, ack: Ack| async move {
        let _ = ack.send(socket.namespace().to(room).sockets().len());
    });
    namespace.on(
        "say",
        |socket: Socket, Args((to, except, args)): Args<(Rooms, Rooms, Value)>, ack: Ack| async move {
            let _ = socket.to(Vec::from(to)).except(Vec::from(except)).emit("said", args);
            let _ = ack.send(Args(()));
        },
    );
    namespace.on(
        "tell",
        |socket: Socket, Args((to, except, args)): Args<(Rooms, Rooms, Value)>, ack: Ack| async move {
            let _ = socket.namespace().to(Vec::from(to)).except(Vec::from(except)).emit("told", args);
            let _ = ack.send(Args(()));
        },
    );
    namespace.on(
        "tell-volatile",
        |socket: Socket, Args((to, args)): Args<(Rooms, Value)>, ack: Ack| async move {
            let _ = socket.namespace().to(Vec::from(to)).volatile().emit("told", args);
            let _ = ack.send(Args(()));
        },
    );
    namespace.on("shout", |socket: Socket, args: Payload, ack: Ack| async move {
        let _ = socket.broadcast().emit("shouted", args);
        let _ = ack.send(Args(()));
    });
    namespace.on("announce", |socket: Socket, args: Payload| async move {
        let _ = socket.namespace().emit("announced", args);
    });
}

fn endings(io: &Server, namespace: &Namespace) {
    let observers = io.of("/observe");
    namespace.on_disconnecting(move |socket: Socket| {
        let observers = observers.clone();
        async move {
            let Auth { play, tag: Some(tag), .. } = auth(&socket) else { return };
            let _ = observers.to(play).emit("leaving", Args((tag, rooms_of(&socket))));
        }
    });
    let observers = io.of("/observe");
    namespace.on_disconnect(move |socket: Socket, reason: DisconnectReason| {
        let observers = observers.clone();
        async move {
            let Auth { play, tag: Some(tag), .. } = auth(&socket) else { return };
            let name = socket.namespace().name();
            let _ = observers.to(play).emit("gone", Args((name, tag, reason.as_str(), rooms_of(&socket))));
        }
    });
    namespace.on("kick", |socket: Socket| async move { socket.disconnect() });
    namespace.on("cut", |socket: Socket| async move { socket.close() });
    namespace.on("last-words", |socket: Socket, ack: Ack| async move {
        let _ = socket.emit("farewell", 1);
        let _ = ack.send("farewell");
        let _ = socket.emit("farewell", 2);
        socket.disconnect();
    });
    let io = io.clone();
    namespace.on("shutdown", move || {
        let io = io.clone();
        async move {
            // not here: closing waits for this handler
            tokio::spawn(async move { io.close().await });
        }
    });
}

/// The rooms besides the one named by its id.
fn rooms_of(socket: &Socket) -> Vec<String> {
    let mut rooms: Vec<_> = socket.rooms().iter().map(ToString::to_string).collect();
    rooms.sort();
    rooms
}
