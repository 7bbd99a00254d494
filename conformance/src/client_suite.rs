//! What the official JavaScript client's test suite expects of a server's namespaces.

use chorus_socketio::{
    Args, Binary, ConnectError, Data, Handshake, Namespace, Payload, Reply, Server, Socket,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Adds the suite's namespaces and handlers.
pub fn mount(io: &Server) {
    namespaces(io);
    let main = io.of("/");
    main.middleware(|socket: Socket| async move {
        match socket.handshake().query("fail") {
            Some(_) => Err(ConnectError::new("Auth failed (main namespace)")),
            None => Ok(()),
        }
    });
    text(&main);
    binary(&main);
}

fn namespaces(io: &Server) {
    for name in ["/timeout_socket", "/valid", "/asd"] {
        io.of(name);
    }
    io.of("/foo").on("getId", |socket: Socket| async move { Reply(socket.id()) });
    io.of("/abc").on_connect(|socket: Socket| async move {
        let _ = socket.emit("handshake", Seen::of(&socket));
    });
    io.of("/no").middleware(|| async { Err(ConnectError::new("Auth failed (custom namespace)")) });
}

/// A handshake, as Node's `socket.handshake` is written as JSON.
#[derive(Debug, Serialize)]
struct Seen {
    headers: Value,
    time: String,
    secure: bool,
    xdomain: bool,
    query: Value,
    url: String,
    auth: Value,
}

impl Seen {
    fn of(socket: &Socket) -> Self {
        let handshake: &Handshake = socket.handshake();
        let pairs = |pairs: Vec<(String, String)>| {
            Value::Object(pairs.into_iter().map(|(name, value)| (name, value.into())).collect())
        };
        Self {
            headers: pairs(handshake.headers().map(|(n, v)| (n.to_owned(), v.to_owned())).collect()),
            time: format!("{:?}", handshake.time()),
            secure: false,
            xdomain: handshake.header("origin").is_some(),
            query: pairs(handshake.queries().map(|(n, v)| (n.into_owned(), v.into_owned())).collect()),
            url: handshake.url().to_owned(),
            auth: socket.auth().unwrap_or_default(),
        }
    }
}

fn text(main: &Namespace) {
    main.on("hi", |socket: Socket| async move { socket.emit("hi", Args(())).unwrap_or_default() })
        .on("echo", |Data(value): Data<Value>| async move { Reply(value) })
        .on("false", |socket: Socket| async move { socket.emit("false", false).unwrap_or_default() })
        .on("ack", |socket: Socket| async move {
            // as a callback in Node: later events do not wait for the answer
            tokio::spawn(check_answer(socket));
        })
        .on("getAckDate", |_: Data<Value>| async { Reply(DATE) })
        .on("getDate", |socket: Socket| async move { socket.emit("takeDate", DATE).unwrap_or_default() })
        .on("getDateObj", |socket: Socket| async move {
            let _ = socket.emit("takeDateObj", json!({ "date": DATE }));
        })
        .on("getUtf8", |socket: Socket| async move {
            for text in ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"]
            {
                let _ = socket.emit("takeUtf8", text);
            }
        })
        .on("getHandshake", |socket: Socket| async move { Reply(Seen::of(&socket)) })
        .on("getId", |socket: Socket| async move { Reply(socket.id()) });
}

async fn check_answer(socket: Socket) {
    let answer = socket.emit_with_ack::<Args<(Value, Value)>>("ack", Args(())).await;
    if let Ok(Args((a, b))) = answer
        && a == 5
        && b == json!({ "test": true })
    {
        let _ = socket.emit("got it", Args(()));
    }
}

/// What `JSON.stringify(new Date())` looks like; which one does not matter to the suite.
const DATE: &str = "2026-01-01T00:00:00.000Z";

#[derive(Debug, Deserialize)]
struct JsonBuffer {
    hello: String,
    message: Binary,
    goodbye: String,
}

fn binary(main: &Namespace) {
    main.on("doge", |socket: Socket| async move {
        let _ = socket.emit("doge", Binary::from("asdfasdf"));
    })
    .on("buffa", |socket: Socket, _: Data<Binary>| async move {
        let _ = socket.emit("buffack", Args(()));
    })
    .on("getbin", |socket: Socket| async move {
        let _ = socket.emit("takebin", Binary::from("asdfasdf"));
    })
    .on("jsonbuff", |socket: Socket, Data(json): Data<JsonBuffer>| async move {
        if json.hello == "lol" && json.goodbye == "gotcha" && !json.message.0.is_empty() {
            let _ = socket.emit("jsonbuff-ack", Args(()));
        }
    })
    .on("abuff1", |socket: Socket, _: Data<Binary>| async move { socket.set_data("abuff1") })
    .on("abuff2", |socket: Socket| async move {
        if socket.data::<&str>().as_deref() == Some(&"abuff1") {
            let _ = socket.emit("abuff2-ack", Args(()));
        }
    })
    .on("blob", |socket: Socket, payload: Payload| async move {
        let _ = socket.emit("back", payload);
    })
    .on("jsonblob", |socket: Socket, Data(json): Data<JsonBuffer>| async move {
        if json.hello == "lol" && json.goodbye == "gotcha" && !json.message.0.is_empty() {
            let _ = socket.emit("jsonblob-ack", Args(()));
        }
    })
    .on("blob1", |socket: Socket, _: Data<Binary>| async move { socket.set_data("blob1") })
    .on("blob2", |socket: Socket, Data(text): Data<String>| async move {
        if text == "second" && socket.data::<&str>().as_deref() == Some(&"blob1") {
            socket.set_data("blob2");
        }
    })
    .on("blob3", |socket: Socket, _: Data<Binary>| async move {
        if socket.data::<&str>().as_deref() == Some(&"blob2") {
            let _ = socket.emit("blob3-ack", Args(()));
        }
    });
}
