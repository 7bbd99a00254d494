//! A chat with names and rooms: `join`, `say`, and who is there.

use std::sync::Arc;

use chorus_socketio::{Cors, Data, DisconnectReason, Reply, Server, Socket, serve};
use serde::{Deserialize, Serialize};

/// What a client tells when it joins; kept with its socket.
#[derive(Debug, Clone, Deserialize)]
struct Guest {
    name: String,
    room: String,
}

#[derive(Debug, Serialize)]
struct Said<'a> {
    name: &'a str,
    text: &'a str,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let io = Server::builder().cors(Cors::any()).build();
    io.of("/chat").on("join", join).on("say", say).on_disconnect(leave);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    serve(listener, io.service()).await;
    Ok(())
}

/// Answers with the names of those who are there.
async fn join(socket: Socket, Data(guest): Data<Guest>) -> Reply<Vec<String>> {
    socket.join(guest.room.as_str());
    let _ = socket.to(guest.room.as_str()).emit("joined", &guest.name);
    let room = guest.room.clone();
    socket.set_data(guest);
    let there = socket.namespace().to(room).sockets();
    Reply(there.iter().filter_map(|other| Some(other.data::<Guest>()?.name.clone())).collect())
}

/// Answers whether anybody could hear it.
async fn say(socket: Socket, Data(text): Data<String>) -> Result<Reply<usize>, Reply<&'static str>> {
    let guest: Arc<Guest> = socket.data().ok_or(Reply("join first"))?;
    let said = Said { name: &guest.name, text: &text };
    let heard = socket.to(guest.room.as_str()).emit("said", &said).unwrap_or_default();
    Ok(Reply(heard))
}

async fn leave(socket: Socket, reason: DisconnectReason) {
    if let Some(guest) = socket.data::<Guest>() {
        println!("{} has left: {reason}", guest.name);
        let _ = socket.namespace().to(guest.room.as_str()).emit("left", &guest.name);
    }
}
