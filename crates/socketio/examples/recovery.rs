//! Clients whose line breaks come back with their rooms and data, and get what they missed.
//!
//! Switch the client's network off and on again: `socket.recovered` is true.

use std::time::Duration;

use chorus_socketio::{Cors, Recovery, Server, Socket, serve};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let recovery = Recovery { max_disconnection_duration: Duration::from_secs(30), ..Recovery::default() };
    let io = Server::builder().cors(Cors::any()).connection_state_recovery(recovery).build();
    io.of("/").on_connect(|socket: Socket| async move {
        println!("{} {}", socket.id(), if socket.recovered() { "is back" } else { "is new" });
        socket.join("news");
    });

    let news = io.clone();
    tokio::spawn(async move {
        for n in 1_u64.. {
            let _ = news.to("news").emit("news", n);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });

    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    serve(listener, io.service()).await;
    Ok(())
}
