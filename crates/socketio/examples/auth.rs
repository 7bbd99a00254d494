//! Lets in who has a token or a session cookie, and tells the others why not.

use chorus_socketio::{ConnectError, Reply, Server, Socket, serve};
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Auth {
    token: Option<String>,
}

/// Who it is; kept with the socket.
#[derive(Debug)]
struct User(&'static str);

#[tokio::main]
async fn main() -> std::io::Result<()> {
    // pages of other sites are refused before any of this
    let io = Server::new();
    io.of("/")
        .middleware(authenticate)
        .on("whoami", |socket: Socket| async move { Reply(socket.data::<User>().map(|user| user.0)) });

    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    serve(listener, io.service()).await;
    Ok(())
}

async fn authenticate(socket: Socket) -> Result<(), ConnectError> {
    let auth: Auth = socket.auth().unwrap_or_default();
    let cookie = socket
        .handshake()
        .header("cookie")
        .and_then(|cookies| cookies.split("; ").find_map(|cookie| cookie.strip_prefix("session=")));
    let user = match (auth.token.as_deref(), cookie) {
        (Some("secret"), _) => User("token"),
        (_, Some("secret")) => User("cookie"),
        _ => return Err(ConnectError::new("not authorized").data(json!({ "code": "unauthorized" }))),
    };
    socket.set_data(user);
    Ok(())
}
