//! The client's files, served below the path.

use chorus_socketio::{Cors, Server};

use crate::support::{get, serve};

const BUNDLE: &str = "/socket.io/socket.io.js";

fn serving() -> chorus_socketio::ServerBuilder {
    Server::builder()
        .client_file("socket.io.js", "/* engine.io */".repeat(100))
        .client_file("socket.io.js.map", "{}")
        .client_file("socket.io.msgpack.min.js", "msgpack")
}

#[tokio::test]
async fn they_are_served_by_name_with_their_type_and_an_etag() {
    let address = serve(&serving().build()).await;
    for (name, content_type) in [
        ("socket.io.js", "application/javascript; charset=utf-8"),
        ("socket.io.js?buster=123", "application/javascript; charset=utf-8"),
        ("socket.io.js.map", "application/json; charset=utf-8"),
        ("socket.io.msgpack.min.js", "application/javascript; charset=utf-8"),
    ] {
        let answer = get(address, &format!("/socket.io/{name}"), "").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)), "{name}");
        assert!(answer.header("etag").is_some_and(|etag| etag.starts_with("W/\"")), "{name}");
        assert_eq!(answer.header("x-sourcemap"), None);
    }
}

#[tokio::test]
async fn who_has_a_file_is_told_so() {
    let address = serve(&serving().build()).await;
    let etag = get(address, BUNDLE, "").await.header("etag").unwrap().to_owned();
    for (known, status) in [
        (etag.clone(), 304),
        (format!("W/{etag}"), 304),
        (format!(r#""other", {etag}"#), 304),
        (r#""other""#.to_owned(), 200),
    ] {
        let answer = get(address, BUNDLE, &format!("If-None-Match: {known}\r\n")).await;
        assert_eq!((answer.status, answer.body.is_empty()), (status, status == 304), "{known}");
    }
}

#[tokio::test]
async fn other_names_below_the_path_are_bad_requests_and_other_paths_not_ours() {
    let address = serve(&serving().build()).await;
    assert_eq!(get(address, "/socket.io/socket.io.esm.js", "").await.status, 400);
    assert_eq!(get(address, "/abcdefghij/socket.io.js", "").await.status, 404);
    let none = serve(&Server::new()).await;
    assert_eq!(get(none, BUNDLE, "").await.status, 400);
}

#[tokio::test]
async fn they_are_compressed_for_those_who_accept_it() {
    let address = serve(&serving().build()).await;
    let answer = get(address, BUNDLE, "Accept-Encoding: gzip,br,deflate\r\n").await;
    assert_eq!((answer.status, answer.header("content-encoding")), (200, Some("gzip")));
}

#[tokio::test]
async fn other_origins_get_them_with_the_headers_for_it() {
    let io = serving().cors(Cors::origins(["https://good-origin.com"])).build();
    let answer = get(serve(&io).await, BUNDLE, "Origin: https://good-origin.com\r\n").await;
    let allowed = answer.header("access-control-allow-origin");
    assert_eq!((answer.status, allowed), (200, Some("https://good-origin.com")));
}
