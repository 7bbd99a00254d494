//! Layers around the server, which stand in for Node's middleware of the transport.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get as route,
};
use chorus_socketio::Server;

use crate::support::{Client, POLLING, Polling, WEBSOCKET, exchange, get, header, serve_app};

/// Appends its word to a header, so that the order shows.
async fn mark(word: &'static str, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().append("x-mark", HeaderValue::from_static(word));
    response
}

#[tokio::test]
async fn an_outer_layer_sees_every_answer() {
    let io = Server::new();
    let app = Router::new()
        .layer(io.layer())
        .layer(middleware::from_fn(|request: Request, next: Next| mark("inner", request, next)))
        .layer(middleware::from_fn(|request: Request, next: Next| mark("outer", request, next)));
    let address = serve_app(app).await;
    assert_eq!(get(address, POLLING, "").await.header("x-mark"), Some("inner"));
    let (mut client, head) = Client::request_with(address, WEBSOCKET, "").await;
    let marks: Vec<_> = head.lines().filter(|line| line.starts_with("x-mark")).collect();
    assert_eq!(marks, ["x-mark: inner", "x-mark: outer"]);
    assert!(header(&head, "sec-websocket-accept").is_some());
    assert!(client.next().await.starts_with("0{"));
}

#[tokio::test]
async fn an_outer_layer_may_answer_instead() {
    let io = Server::new();
    let busy = |_: Request, _: Next| async { StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let address = serve_app(Router::new().layer(io.layer()).layer(middleware::from_fn(busy))).await;
    assert_eq!(get(address, POLLING, "").await.status, 503);
    let request = format!(
        "GET {WEBSOCKET} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    assert_eq!(status_of(address, &request).await, 503);
    assert_eq!(io.stats().sessions, 0);
}

/// The status of an answer whose connection may stay open.
async fn status_of(address: SocketAddr, request: &str) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut tcp = tokio::net::TcpStream::connect(address).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    tokio::time::timeout(crate::support::LONG, tcp.read_exact(&mut start)).await.unwrap().unwrap();
    String::from_utf8_lossy(&start[9..]).parse().unwrap()
}

#[tokio::test]
async fn other_paths_and_upgrades_are_the_inner_services() {
    let io = Server::new();
    let app = Router::new()
        .route("/test", route(|| async { "inner" }))
        .route(
            "/irc",
            route(|request: Request<Body>| async move {
                let upgrade = request.headers().get("upgrade").cloned();
                format!("{upgrade:?}")
            }),
        )
        .layer(io.layer());
    let address = serve_app(app).await;
    assert_eq!(get(address, "/test", "").await.text(), "inner");
    assert_eq!(get(address, "/socket.io/default/", "").await.code(), 0);
    let request = "GET /irc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: IRC/6.9\r\n\r\n";
    assert!(exchange(address, request.as_bytes()).await.text().contains("IRC/6.9"));
    Polling::connect(address).await;
}

/// Node's test of a body over the limit behind a middleware.
#[tokio::test]
async fn a_body_over_the_limit_is_refused_behind_a_layer_too() {
    let io = Server::builder().max_http_buffer_size(5).build();
    let pass = |request: Request, next: Next| async move { next.run(request).await };
    let address = serve_app(Router::new().layer(io.layer()).layer(middleware::from_fn(pass))).await;
    let client = Polling::open(address).await;
    assert_eq!(client.post(&format!("4{}", "a".repeat(50))).await.status, 413);
    assert_eq!(client.post("40").await.status, 200);
}
