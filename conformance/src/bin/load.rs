//! What load generators talk to: broadcasts, rooms and echoes.

use std::error::Error;

use axum::{Json, Router, routing::get};
use chorus_socketio::{Ack, Cors, Data, Payload, Socket, Stats};
use conformance::Knobs;
use serde::Deserialize;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let knobs = Knobs::default().or_env()?;
    let io = knobs.server().cors(Cors::any()).build();
    let main = io.of("/");
    main.on("bcast", |socket: Socket, payload: Payload| async move {
        let _ = socket.namespace().emit("bcast", payload);
    });
    main.on("join", |socket: Socket, Data(room): Data<String>| async move { socket.join(room) });
    main.on("room", |socket: Socket, Data(to): Data<ToRoom>, payload: Payload| async move {
        let _ = socket.namespace().to(to.room).emit("room", payload);
    });
    main.on("echo", |payload: Payload, ack: Ack| async move {
        let _ = ack.send(payload);
    });
    let layer = io.layer();
    let router = Router::new().route("/stats", get(async move || Json(counters(io.stats())))).layer(layer);
    Ok(knobs.serve(router).await?)
}

#[derive(Debug, Deserialize)]
struct ToRoom {
    room: String,
}

fn counters(Stats { encodes, deliveries, sessions }: Stats) -> Value {
    json!({ "encodes": encodes, "deliveries": deliveries, "sessions": sessions })
}
