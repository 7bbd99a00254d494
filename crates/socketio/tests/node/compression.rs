//! Compressed answers to polling requests.

use chorus_socketio::{Binary, Server, ServerBuilder};

use crate::support::{Polling, ask, serve};

/// How an answer with that many bytes is coded for a client that accepts `accepted`.
async fn coding(server: ServerBuilder, size: usize, accepted: &str) -> Option<String> {
    let io = server.build();
    let address = serve(&io).await;
    let polling = Polling::connect(address).await;
    io.emit("bytes", Binary::from((0..size).map(|n| (n % 255) as u8).collect::<Vec<_>>())).unwrap();
    let lines = format!("Accept-Encoding: {accepted}\r\n");
    let answer = ask(address, "GET", &polling.target, &lines, b"").await;
    assert_eq!(answer.status, 200);
    answer.header("content-encoding").map(str::to_owned)
}

#[tokio::test]
async fn long_answers_are_compressed_as_the_client_accepts() {
    assert_eq!(coding(Server::builder(), 1024, "gzip, deflate").await.as_deref(), Some("gzip"));
    assert_eq!(coding(Server::builder(), 1024, "deflate").await.as_deref(), Some("deflate"));
    assert_eq!(coding(Server::builder(), 100, "gzip, deflate").await, None);
}

#[tokio::test]
async fn the_threshold_is_the_applications() {
    assert_eq!(
        coding(Server::builder().http_compression(Some(0)), 10, "gzip, deflate").await.as_deref(),
        Some("gzip")
    );
    assert_eq!(coding(Server::builder().http_compression(None), 1024, "gzip, deflate").await, None);
}
