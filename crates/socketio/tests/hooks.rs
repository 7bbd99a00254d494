//! Where requests are answered, what applications add to answers, and what sessions start with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use chorus_socketio::{Cors, Server};
use common::{
    Client,
    http::{POLLING, WEBSOCKET, ask, get, handshake, post, refused_websocket},
    serve,
};
use http::{HeaderValue, Method};

#[tokio::test]
async fn the_path_without_its_slash_is_answered_on_wish() {
    let with = serve(&Server::new()).await;
    let without = serve(&Server::builder().add_trailing_slash(false).build()).await;
    let query = "?EIO=4&transport=polling";
    for (path, statuses) in [
        ("/socket.io/", [200, 200]),
        ("/socket.io", [404, 200]),
        ("/socket.iox", [404, 404]),
        ("/", [404, 404]),
    ] {
        for (address, status) in [with, without].into_iter().zip(statuses) {
            assert_eq!(get(address, &format!("{path}{query}"), "").await.status, status, "{path}");
        }
    }
    let mut client = Client::request(without, "/socket.io?EIO=4&transport=websocket").await;
    assert!(client.next().await.starts_with("0{"));
}

#[tokio::test]
async fn the_path_can_be_the_root() {
    let address = serve(&Server::builder().path("/").build()).await;
    assert_eq!(get(address, "/?EIO=4&transport=polling", "").await.status, 200);
}

/// A server that marks its answers, and says of which method the request was.
fn marking() -> Server {
    Server::builder()
        .cors(Cors::any())
        .initial_headers(|headers, request| {
            assert_eq!(request.method, Method::GET);
            headers.append("x-mark", HeaderValue::from_static("first"));
        })
        .headers(|headers, request| {
            headers.append("x-mark", HeaderValue::from_str(request.method.as_str()).unwrap());
            headers.insert("access-control-allow-origin", HeaderValue::from_static("https://a.test"));
        })
        .build()
}

#[tokio::test]
async fn hooks_change_the_headers_of_every_answer_of_a_session() {
    let address = serve(&marking()).await;
    let opened = get(address, POLLING, "").await;
    assert_eq!(opened.headers("x-mark"), ["first", "GET"]);
    assert_eq!(opened.headers("access-control-allow-origin"), ["https://a.test"], "theirs is the last word");
    let session = handshake(address).await;
    assert_eq!(post(address, &session, "", "40").await.headers("x-mark"), ["POST"]);
    assert_eq!(get(address, &session, "").await.headers("x-mark"), ["GET"]);
    let (_direct, head) = Client::request_with(address, WEBSOCKET, "").await;
    let marks = |head: &str| -> Vec<String> {
        head.lines().filter_map(|line| line.strip_prefix("x-mark: ")).map(str::to_owned).collect()
    };
    assert_eq!(marks(&head), ["first", "GET"]);
    let upgrade = session.replace("polling", "websocket");
    assert_eq!(marks(&Client::request_with(address, &upgrade, "").await.1), ["GET"]);
}

#[tokio::test]
async fn hooks_do_not_touch_refusals_and_preflights() {
    let address = serve(&marking()).await;
    let none: [&str; 0] = [];
    assert_eq!(get(address, &format!("{POLLING}&sid=unknown"), "").await.headers("x-mark"), none);
    assert_eq!(refused_websocket(address, "/socket.io/?EIO=1", "").await.headers("x-mark"), none);
    let request = format!("OPTIONS {POLLING} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let preflight = ask(address, &request).await;
    assert_eq!((preflight.status, preflight.headers("x-mark")), (204, none.to_vec()));
}

#[tokio::test]
async fn sessions_start_with_the_initial_packet() {
    let io = Server::builder().initial_packet("hello").allow_eio3(true).build();
    let address = serve(&io).await;
    let polling = get(address, POLLING, "").await.body;
    assert!(polling.starts_with("0{") && polling.ends_with("}\x1e4hello"), "{polling}");
    let old = get(address, "/socket.io/?EIO=3&transport=polling", "").await.body;
    assert!(old.contains("6:4hello"), "{old}");
    let mut client = Client::open(address).await;
    assert_eq!(client.next().await, "4hello");
}

#[tokio::test]
async fn refused_requests_are_told_of_with_what_the_client_is_told() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let io = Server::builder()
        .allow_request(|request| {
            let known = request.headers.contains_key("x-key");
            async move { if known { Ok(()) } else { Err("no key".to_owned()) } }
        })
        .connection_error(move |error| {
            let path = error.request.uri.path_and_query().map(ToString::to_string);
            tell.send((error.code, error.message.to_owned(), path.unwrap())).unwrap();
        })
        .build();
    let address = serve(&io).await;
    for (post_it, target, lines, code, message) in [
        (false, "/socket.io/?EIO=4&transport=pigeon", "", 0, "Transport unknown"),
        (false, "/socket.io/?EIO=4&transport=polling&sid=nobody", "", 1, "Session ID unknown"),
        (true, "/socket.io/?EIO=4&transport=polling", "", 2, "Bad handshake method"),
        (false, "/socket.io/?EIO=4&transport=websocket", "", 3, "Bad request"),
        (false, "/socket.io/?EIO=4&transport=polling", "", 4, "no key"),
        (false, "/socket.io/?EIO=3&transport=polling", "X-Key: 1\r\n", 5, "Unsupported protocol version"),
    ] {
        let answer =
            if post_it { post(address, target, lines, "").await } else { get(address, target, lines).await };
        assert!(answer.body.starts_with(&format!(r#"{{"code":{code},"#)), "{target}: {answer:?}");
        assert_eq!(told.recv().await.unwrap(), (code, message.to_owned(), target.to_owned()));
    }
    let answer = refused_websocket(address, WEBSOCKET, "").await;
    assert_eq!((answer.status, &*answer.body), (400, "no key"));
    assert_eq!(told.recv().await.unwrap(), (4, "no key".to_owned(), WEBSOCKET.to_owned()));
    let served = get(address, POLLING, "X-Key: 1\r\n").await;
    assert_eq!(served.status, 200);
    assert!(told.try_recv().is_err(), "who is served is not told of");
}
