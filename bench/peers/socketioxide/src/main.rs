//! The load server (kind F) on socketioxide: `bcast`, `join`, `room` and `echo`.

use axum::{Router, serve::ListenerExt};
use serde::Deserialize;
use serde_json::Value;
use socketioxide::{
    SocketIo,
    extract::{AckSender, Data, SocketRef},
};
use tokio::net::TcpListener;

/// What `room` carries: only the room's name is looked at.
#[derive(Deserialize)]
struct Room {
    room: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve())
}

async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", async |socket: SocketRef| {
        socket.on("bcast", async |io: SocketIo, Data(payload): Data<Value>| {
            io.emit("bcast", &payload).await.ok();
        });
        socket.on("join", async |socket: SocketRef, Data(room): Data<String>| socket.join(room));
        socket.on("room", async |io: SocketIo, Data(payload): Data<Value>| {
            if let Ok(Room { room }) = Room::deserialize(&payload) {
                io.to(room).emit("room", &payload).await.ok();
            }
        });
        socket.on("echo", async |Data(payload): Data<Value>, ack: AckSender| {
            ack.send(&payload).ok();
        });
    });
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".into()).parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?.tap_io(|stream| {
        stream.set_nodelay(true).ok();
    });
    axum::serve(listener, Router::new().layer(layer)).await?;
    Ok(())
}
