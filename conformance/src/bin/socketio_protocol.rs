//! What the test suite of the Socket.IO protocol expects: `auth` on connect, and echoes.

use std::{error::Error, time::Duration};

use axum::Router;
use chorus_socketio::{Ack, Cors, Namespace, Payload, Socket};
use conformance::Knobs;
use serde_json::value::RawValue;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let own = Knobs {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(200),
        connect_timeout: Duration::from_secs(1),
        ..Knobs::default()
    };
    let knobs = own.or_env()?;
    let io = knobs.server().cors(Cors::any()).build();
    converse(&io.of("/"));
    converse(&io.of("/custom"));
    Ok(knobs.serve(Router::new().layer(io.layer())).await?)
}

fn converse(namespace: &Namespace) {
    namespace.on_connect(|socket: Socket| async move {
        let _ = socket.emit("auth", socket.auth::<Box<RawValue>>().ok());
    });
    namespace.on("message", |socket: Socket, message: Payload| async move {
        let _ = socket.emit("message-back", message);
    });
    namespace.on("message-with-ack", |message: Payload, ack: Ack| async move {
        let _ = ack.send(message);
    });
}
