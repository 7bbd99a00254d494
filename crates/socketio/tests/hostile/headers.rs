//! What the headers of a handshake say and are answered with.

use chorus_socketio::{Cookie, Cors, Reply, Server, Socket};

use crate::harness::{Peer, Poller, Scene, get};

const OPEN: &str = "/socket.io/?EIO=4&transport=polling";

/// CVE-2020-28481.
#[tokio::test(flavor = "multi_thread")]
async fn no_origin_is_allowed_to_read_unless_it_is_configured() {
    let evil = "Origin: https://evil.test\r\n";
    let servers = [
        (Server::new(), None),
        (Server::builder().cors(Cors::any().credentials()).build(), Some("*")),
        (Server::builder().cors(Cors::origins(["https://good.test"]).credentials()).build(), None),
    ];
    for (io, allowed) in servers {
        let scene = Scene::new(io).await;
        let answer = get(scene.address, OPEN, evil).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{answer:?}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{answer:?}");
        if let Some(poller) = Poller::of(scene.address, OPEN, &answer) {
            poller.leave().await;
        }
        scene.end().await;
    }
}

/// CVE-2019-13611 and case 1, by the hook: cookies go with a request from anywhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_origin_can_be_turned_away_on_each_transport() {
    let allow = |parts: &http::request::Parts| {
        let foreign = parts.headers.get("origin").is_some_and(|origin| origin != "https://good.test");
        async move { if foreign { Err("not from there".to_owned()) } else { Ok(()) } }
    };
    let scene = Scene::new(Server::builder().allow_request(allow).build()).await;
    let lines = "Origin: https://evil.test\r\nCookie: session=victim\r\n";
    let answer = get(scene.address, OPEN, lines).await;
    assert_eq!((answer.status, answer.code()), (403, Some(4)));
    let Err(answer) = Peer::request(scene.address, "/socket.io/?EIO=4&transport=websocket", lines).await
    else {
        panic!("it was let in")
    };
    assert_eq!(answer.status, 400);
    let poller = Poller::open(scene.address).await;
    let Err(answer) = Peer::request(scene.address, &poller.upgrade_target(), lines).await else {
        panic!("it was let in")
    };
    assert_eq!(answer.status, 400);
    poller.leave().await;
    scene.end().await;
}

/// CVE-2024-47764: what is no cookie name must not become attributes or headers.
#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_name_cannot_carry_attributes() {
    for name in ["io; Domain=evil.test", "io\r\nX-Evil: 1", "io=1; Path", "io,b", ""] {
        let scene = Scene::new(Server::builder().cookie(Cookie::new(name)).build()).await;
        let (poller, answer) = Poller::open_with(scene.address, OPEN, "").await;
        poller.leave().await;
        assert_eq!(answer.header("set-cookie"), None, "{name:?}");
        assert_eq!(answer.header("x-evil"), None, "{name:?}");
        scene.end().await;
    }
}

/// Case 10: what a client says of its address is a header like any other.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_a_header_is_not_believed() {
    let io = Server::new();
    io.of("/").on("address", |socket: Socket| async move {
        let handshake = socket.handshake();
        let address = handshake.address().map(|address| address.ip().to_string());
        Reply((address, handshake.header("x-forwarded-for").map(str::to_owned)))
    });
    let scene = Scene::new(io).await;
    let lines = "X-Forwarded-For: 10.9.8.7\r\nX-Real-IP: 10.9.8.7\r\nForwarded: for=10.9.8.7\r\n";
    let mut peer = Peer::open_with(scene.address, lines).await;
    peer.send("40").await;
    assert!(peer.next().await.starts_with("40{"));
    peer.send(r#"421["address"]"#).await;
    let answer = peer.next().await;
    // it is known only to a listener that tells it
    let known = [r#"431[[null,"10.9.8.7"]]"#, r#"431[["127.0.0.1","10.9.8.7"]]"#];
    assert!(known.contains(&&*answer), "{answer}");
    drop(peer);
    scene.end().await;
}
