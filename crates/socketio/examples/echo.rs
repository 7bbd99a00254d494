//! Sends back what it gets. Try it in a browser's console:
//! `const socket = io("http://127.0.0.1:3000"); await socket.emitWithAck("echo", { any: "thing" })`

use chorus_socketio::{Cors, Payload, Reply, Server, serve};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let io = Server::builder().cors(Cors::any()).build();
    // a payload is what came, bytes included, and goes back unparsed
    io.of("/").on("echo", |payload: Payload| async move { Reply(payload) });

    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    serve(listener, io.service()).await;
    Ok(())
}
