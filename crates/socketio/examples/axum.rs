//! Beside other routes of an axum application, which send to the clients, too.
//!
//! `curl -d 'Dinner is ready' http://127.0.0.1:3000/announce` tells all; `/health` says how many that are.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use chorus_socketio::{Cors, Server, Socket};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let io = Server::builder().cors(Cors::any()).build();
    io.of("/").on_connect(|socket: Socket| async move { socket.join("announcements") });

    let app = Router::new()
        .route("/announce", post(announce))
        .route("/health", get(health))
        .with_state(io.clone())
        // requests below /socket.io/ are answered here; all others go on to the routes
        .layer(io.layer());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).with_graceful_shutdown(stopped(io)).await
}

async fn announce(State(io): State<Server>, text: String) -> Result<Json<Value>, StatusCode> {
    let reached = io.to("announcements").emit("announcement", text);
    let reached = reached.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(json!({ "reached": reached })))
}

async fn health(State(io): State<Server>) -> Json<Value> {
    Json(json!({ "connected": io.of("/").socket_count() }))
}

/// Waits for Ctrl-C, then lets the clients go.
async fn stopped(io: Server) {
    let _ = tokio::signal::ctrl_c().await;
    io.close().await;
}
