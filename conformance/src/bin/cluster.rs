//! A member of a cluster. It is alone for now: the adapters that join servers are not there yet.

use std::{env, error::Error, time::Duration};

use axum::Router;
use chorus_socketio::{Args, Cors, Data, Namespace, RemoteSocket, Reply, Socket};
use conformance::Knobs;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let knobs = Knobs::default().or_env()?;
    if env::var_os("REDIS_URL").is_some() {
        return Err("REDIS_URL is set, but there is no adapter for Redis yet".into());
    }
    let io = knobs.server().cors(Cors::any()).build();
    let main = io.of("/");
    main.on_connect(|socket: Socket| async move {
        // strings can be written
        let _ = socket.set_shared_data(json!({ "name": socket.handshake().query("name") }));
    });
    rooms(&main);
    broadcasts(&main);
    asking(&main, env::var("NAME").unwrap_or_default());
    Ok(knobs.serve(Router::new().layer(io.layer())).await?)
}

/// The answer without arguments.
const DONE: Reply<Args<()>> = Reply(Args(()));

fn rooms(main: &Namespace) {
    main.on("join", |socket: Socket, Data(room): Data<String>| async move {
        socket.join(room);
        DONE
    })
    .on("leave", |socket: Socket, Data(room): Data<String>| async move {
        socket.leave(room);
        DONE
    })
    .on("sockets-join", |socket: Socket, Args((from, to)): Args<(String, String)>| async move {
        socket.namespace().to(from).join(to);
        DONE
    })
    .on("disconnect-room", |socket: Socket, Data(room): Data<String>| async move {
        socket.namespace().to(room).disconnect();
        DONE
    });
}

fn broadcasts(main: &Namespace) {
    main.on("all", |socket: Socket, Args((event, payload)): Args<(String, Value)>| async move {
        let _ = socket.namespace().emit(&event, payload);
        DONE
    })
    .on("local", |socket: Socket, Args((event, payload)): Args<(String, Value)>| async move {
        let _ = socket.namespace().broadcast().local().emit(&event, payload);
        DONE
    })
    .on("room", |socket: Socket, Args((room, event, payload)): Args<(String, String, Value)>| async move {
        let _ = socket.namespace().to(room).emit(&event, payload);
        DONE
    })
    .on("except", |socket: Socket, Args((room, except, event, payload)): Args<Excepting>| async move {
        let _ = socket.namespace().to(room).except(except).emit(&event, payload);
        DONE
    });
}

/// Room, rooms left out, event, payload.
type Excepting = (String, String, String, Value);

fn asking(main: &Namespace, name: String) {
    main.on("room-ack", |socket: Socket, Data(room): Data<String>| async move {
        // the asking client may be in the room: answers do not wait behind events
        let room = socket.namespace().to(room).timeout(Duration::from_secs(2));
        let answers = match room.emit_with_ack::<Value>("q", Args(())).await {
            Ok(answers) => answers,
            Err(partial) => partial.answers,
        };
        Reply(answers)
    })
    .on("fetch", |socket: Socket| async move {
        let sockets = socket.namespace().broadcast().fetch_sockets().await;
        Reply(sockets.iter().map(described).collect::<Vec<_>>())
    })
    .on("sse", |socket: Socket, Data(message): Data<Value>| async move {
        let asked = socket.namespace().server_side_emit_with_ack::<Value>("ping", message).await;
        Reply(asked.unwrap_or_else(|partial| partial.answers))
    })
    .on_server_side_emit("ping", {
        let name = name.clone();
        move |message: Value| {
            let text = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
            let answer = format!("{name}:{text}");
            async move { answer }
        }
    })
    .on("whoami", move || {
        let name = name.clone();
        async move { Reply(name) }
    });
}

fn described(socket: &RemoteSocket) -> Value {
    let mut rooms = vec![socket.id.to_string()];
    rooms.extend(socket.rooms.iter().map(ToString::to_string));
    json!({ "id": socket.id, "rooms": rooms, "data": *socket.data })
}
