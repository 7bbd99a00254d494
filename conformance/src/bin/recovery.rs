//! Connection state recovery: kind C, and handlers that show what comes back.

use std::{env, error::Error, time::Duration};

use axum::Router;
use chorus_socketio::{Args, Cors, Data, Recovery, Reply, Server, Socket};
use conformance::{Knobs, client_suite};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let knobs = Knobs { port: 3210, ping_interval: Duration::from_secs(2), ..Knobs::default() }.or_env()?;
    let keep = env::var("RECOVERY_MS").map_or(Ok(120_000), |keep| keep.parse())?;
    let recovery =
        Recovery { max_disconnection_duration: Duration::from_millis(keep), ..Recovery::default() };
    let io = knobs.server().cors(Cors::any()).connection_state_recovery(recovery).build();
    client_suite::mount(&io);
    mount(&io);
    Ok(knobs.serve(Router::new().layer(io.layer())).await?)
}

fn mount(io: &Server) {
    io.of("/")
        .on("join", |socket: Socket, Data(room): Data<String>| async move {
            socket.join(room);
            Reply(Args(()))
        })
        .on("room", |socket: Socket, Args((room, payload)): Args<(String, Value)>| async move {
            let _ = socket.namespace().to(room).emit("room-msg", payload);
            Reply(Args(()))
        })
        .on("set-data", |socket: Socket, Data(value): Data<Value>| async move {
            socket.set_data(value);
            Reply(Args(()))
        })
        .on("whoami", |socket: Socket| async move {
            let mut rooms = vec![socket.id().to_string()];
            rooms.extend(socket.rooms().iter().map(ToString::to_string));
            let data = match socket.data::<Value>() {
                Some(value) => json!({ "value": *value }),
                None => json!({}),
            };
            Reply(json!({ "id": socket.id(), "rooms": rooms, "recovered": socket.recovered(), "data": data }))
        });
}
