//! Takes files in pieces: `await socket.emitWithAck("piece", { name, bytes })`, and axum serves them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{Path, State as AxumState},
    http::StatusCode,
    routing::get,
};
use chorus_socketio::{Binary, Cors, Data, Reply, Server, State, serve};
use serde::Deserialize;

type Files = Arc<Mutex<HashMap<String, Vec<u8>>>>;

#[derive(Debug, Deserialize)]
struct Piece {
    name: String,
    bytes: Binary,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let files = Files::default();
    let io = Server::builder().cors(Cors::any()).state(files.clone()).build();
    io.of("/").on("piece", append);

    let app = Router::new().route("/{name}", get(download)).with_state(files).layer(io.layer());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    serve(listener, app).await;
    Ok(())
}

/// Answers with the size so far. Pieces of one client are taken in order.
async fn append(State(files): State<Files>, Data(piece): Data<Piece>) -> Reply<usize> {
    let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
    let file = files.entry(piece.name).or_default();
    file.extend_from_slice(&piece.bytes.0);
    Reply(file.len())
}

async fn download(
    AxumState(files): AxumState<Files>,
    Path(name): Path<String>,
) -> Result<Vec<u8>, StatusCode> {
    let files = files.lock().unwrap_or_else(PoisonError::into_inner);
    files.get(&name).cloned().ok_or(StatusCode::NOT_FOUND)
}
