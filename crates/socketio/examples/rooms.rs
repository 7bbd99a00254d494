//! Rooms with a list of who is there, and messages that nobody misses.
//!
//! A client enters with its name; when its line broke, it gives the last argument of the last message
//! that it has seen, and gets what came since.

use std::time::Duration;

use axum::Router;
use chorus_socketio::{Args, Cors, Data, Delivery, Presence, RateLimit, Reply, RoomHistory, Server, Socket};
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Deserialize)]
struct Enter {
    room: String,
    name: String,
    /// Where the client was when it last saw a message.
    offset: Option<String>,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let io = Server::builder().cors(Cors::any()).build();
    let main = io.of("/");
    for room in ROOMS {
        main.keep_history(room, RoomHistory::default());
    }
    // who loses the line has ten seconds to come back before the others are told
    let presence = Presence::with(&main, "present", Duration::from_secs(10));
    main.limit(RateLimit::per_socket(20, Duration::from_secs(10)));
    main.on("enter", move |socket: Socket, Data(enter): Data<Enter>| {
        let answer = self::enter(&socket, &enter, &presence);
        async move { Reply(answer) }
    });
    main.on("say", |socket: Socket, Args((room, text)): Args<(String, String)>| async move {
        let inside = socket.rooms().iter().any(|joined| **joined == *room);
        if inside {
            let _ = socket.namespace().to(room).emit("said", json!({ "by": socket.user(), "text": text }));
        }
        Reply(inside)
    });
    main.on("cursor", |socket: Socket, Args((room, x, y)): Args<(String, f32, f32)>| async move {
        // of those that a slow client could not take, only the last one counts
        let cursors = socket.to(room).delivery(Delivery::Latest);
        let _ = cursors.emit(&format!("cursor of {}", socket.id()), (x, y));
    });

    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, Router::new().layer(io.layer())).await
}

fn enter(socket: &Socket, enter: &Enter, presence: &Presence) -> serde_json::Value {
    if !ROOMS.contains(&&*enter.room) {
        return json!({ "error": "there is no such room" });
    }
    socket.set_user(&enter.name);
    let Some(joined) = socket.join_after(&*enter.room, enter.offset.as_deref()) else {
        return json!({ "error": "you are in too many rooms" });
    };
    json!({
        "present": presence.enter(socket, &*enter.room, json!(null)),
        "offset": joined.offset,
        // false: read the room anew
        "complete": enter.offset.is_none() || joined.replayed.is_some(),
    })
}

/// Those there are.
const ROOMS: [&str; 2] = ["lobby", "library"];
