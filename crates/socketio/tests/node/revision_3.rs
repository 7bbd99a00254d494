//! Clients of Socket.IO 1 and 2.

use chorus_socketio::{Reply, Server, Socket};
use serde_json::Value;

use crate::support::{Client, get, serve};

const WEBSOCKET_3: &str = "/socket.io/?EIO=3&transport=websocket";

#[tokio::test]
async fn they_join_the_main_namespace_by_themselves_and_others_with_a_query() {
    let io = Server::builder().allow_eio3(true).build();
    io.of("/the-namespace")
        .on("auth", |socket: Socket| async move { Reply(socket.auth::<Value>().unwrap()) });
    let mut client = Client::request(serve(&io).await, WEBSOCKET_3).await;
    assert!(client.next().await.starts_with("0{"));
    assert_eq!(client.next().await, "40");
    assert_eq!(io.of("/").socket_count(), 1);
    client.send("40/the-namespace?test=123,").await;
    assert_eq!(client.next().await, "40/the-namespace,");
    client.send(r#"42/the-namespace,1["auth"]"#).await;
    assert_eq!(client.next().await, r#"43/the-namespace,1[{"test":"123"}]"#);
}

#[tokio::test]
async fn they_are_refused_unless_they_are_allowed() {
    let address = serve(&Server::new()).await;
    let answer = get(address, "/socket.io/?EIO=3&transport=polling", "").await;
    assert_eq!((answer.status, answer.code()), (400, 5.into()));
}
