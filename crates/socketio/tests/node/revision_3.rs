//! Clients of Socket.IO 1 and 2.

use chorus_socketio::{Ack, Reply, Server, Socket};
use http::Request;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

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

/// The first request may be there before the session has had its first turn: nothing here yields
/// to it in between.
#[tokio::test]
async fn they_may_send_at_once() {
    let io = Server::builder().allow_eio3(true).build();
    io.of("/").on("hello", |ack: Ack| async move { ack.send("you").unwrap() });
    let service = io.service();
    let ask = async |request: Request<String>| {
        let answer = service.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    let path = "/socket.io/?EIO=3&transport=polling";
    let (status, opened) = ask(Request::get(path).body(String::new()).unwrap()).await;
    assert_eq!(status, 200, "{opened}");
    let (_, sid) = opened.split_once(r#""sid":""#).unwrap();
    let path = format!("{path}&sid={}", sid.split_once('"').unwrap().0);
    let posted = ask(Request::post(&path).body(r#"12:420["hello"]"#.to_owned()).unwrap()).await;
    assert_eq!(posted, (200, "ok".to_owned()));
    let (status, told) = ask(Request::get(&path).body(String::new()).unwrap()).await;
    assert_eq!(status, 200, "{told}");
    assert!(told.ends_with(r#"10:430["you"]"#), "{told}");
}

#[tokio::test]
async fn they_are_refused_unless_they_are_allowed() {
    let address = serve(&Server::new()).await;
    let answer = get(address, "/socket.io/?EIO=3&transport=polling", "").await;
    assert_eq!((answer.status, answer.code()), (400, 5.into()));
}
