//! Pages of other origins: refused on every transport, unless somebody said that they may.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::net::SocketAddr;

use chorus_socketio::{Cors, Origins, Server, ServerBuilder};
use common::{
    Client,
    http::{POLLING, WEBSOCKET, ask, get, handshake, post, refused_websocket},
    serve,
};

const FOREIGN: &str = "Origin: https://evil.test\r\n";
const REFUSAL: &str = r#"{"code":4,"message":"origin not allowed"}"#;

/// Asks over every transport, with and without a session, and says whether all served or all refused.
async fn serves(address: SocketAddr, lines: &str) -> bool {
    let opened = get(address, POLLING, lines).await;
    let session = handshake(address).await;
    let posted = post(address, &session, lines, "40").await;
    let polled = get(address, &session, lines).await;
    let served = opened.status == 200;
    for answer in [&opened, &posted, &polled] {
        assert_eq!(answer.status, if served { 200 } else { 403 }, "{lines}{answer:?}");
        assert!(served || answer.body == REFUSAL, "{answer:?}");
    }
    if served {
        Client::request_with(address, WEBSOCKET, lines).await;
    } else {
        for target in [WEBSOCKET.to_owned(), session.replace("polling", "websocket")] {
            let refused = refused_websocket(address, &target, lines).await;
            assert_eq!((refused.status, refused.body.as_str()), (400, "origin not allowed"));
            assert_eq!(refused.headers("content-type"), ["text/html"]);
        }
    }
    served
}

async fn start(builder: ServerBuilder) -> SocketAddr {
    serve(&builder.build()).await
}

#[tokio::test]
async fn only_pages_of_the_own_host_are_served_when_nothing_is_said() {
    let address = start(Server::builder()).await;
    assert!(serves(address, "").await);
    assert!(serves(address, &format!("Origin: http://{address}\r\n")).await);
    for foreign in [FOREIGN, "Origin: null\r\n", "Origin: http://127.0.0.1\r\n", "Origin: \r\n"] {
        assert!(!serves(address, foreign).await, "{foreign}");
    }
    assert!(!serves(address, &format!("Origin: http://{address}\r\n{FOREIGN}")).await, "two are no origin");
}

#[tokio::test]
async fn a_refusal_opens_no_session_and_harms_none() {
    let io = Server::new();
    let address = serve(&io).await;
    let session = handshake(address).await;
    assert_eq!(post(address, &session, FOREIGN, "1").await.status, 403);
    assert_eq!(get(address, POLLING, FOREIGN).await.status, 403);
    assert_eq!(io.stats().sessions, 1);
    assert_eq!(post(address, &session, "", "40").await.body, "ok");
}

#[tokio::test]
async fn what_cors_allows_is_served() {
    let any = start(Server::builder().cors(Cors::any())).await;
    assert!(serves(any, FOREIGN).await);
    assert!(serves(any, "Origin: null\r\n").await);
    let listed = start(Server::builder().cors(Cors::origins(["https://friend.test"]))).await;
    assert!(serves(listed, "Origin: https://friend.test\r\n").await);
    assert!(!serves(listed, FOREIGN).await);
}

#[tokio::test]
async fn origins_can_be_listed_opened_and_judged() {
    let listed = start(Server::builder().origins(Origins::listed(["https://friend.test"]))).await;
    assert!(serves(listed, "Origin: https://friend.test\r\n").await);
    assert!(serves(listed, &format!("Origin: http://{listed}\r\n")).await);
    assert!(!serves(listed, FOREIGN).await);
    let any = start(Server::builder().origins(Origins::any())).await;
    assert!(serves(any, FOREIGN).await);
    let judged = Origins::checked_by(|headers| !headers.contains_key("x-odd"));
    let judged = start(Server::builder().origins(judged)).await;
    assert!(serves(judged, FOREIGN).await);
    assert!(!serves(judged, "X-Odd: 1\r\n").await);
}

#[tokio::test]
async fn scripts_of_other_sites_are_refused() {
    let address =
        start(Server::builder().allow_eio3(true).origins(Origins::listed(["https://friend.test"]))).await;
    let script = "/socket.io/?EIO=3&transport=polling&j=0";
    for (lines, status) in [
        ("", 200),
        ("Sec-Fetch-Site: same-origin\r\n", 200),
        ("Sec-Fetch-Site: cross-site\r\n", 403),
        ("Sec-Fetch-Site: cross-site\r\nReferer: https://evil.test/\r\n", 403),
        ("Sec-Fetch-Site: cross-site\r\nReferer: https://friend.test/page\r\n", 200),
    ] {
        assert_eq!(get(address, script, lines).await.status, status, "{lines}");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_and_tells_foreign_pages_nothing() {
    let address = start(Server::builder().cors(Cors::origins(["https://friend.test"]).credentials())).await;
    for (origin, told) in
        [("https://friend.test", vec!["https://friend.test"]), ("https://evil.test", vec![])]
    {
        let request = format!(
            "OPTIONS {POLLING} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nOrigin: {origin}\r\n\
             Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n"
        );
        let answer = ask(address, &request).await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.headers("access-control-allow-origin"), told);
    }
}
