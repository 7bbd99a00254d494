//! The handshake: what it says, what it is told, and who is refused.

use std::time::Duration;

use chorus_socketio::{Cookie, SameSite, Server, Socket, State, Transport};
use serde_json::{Value, json};

use crate::support::{
    Client, Log, POLLING, Polling, WEBSOCKET, ask, exchange, get, header, join, log, serve, sid, told,
};

async fn open(address: std::net::SocketAddr) -> Value {
    let answer = get(address, POLLING, "").await;
    assert_eq!(answer.status, 200);
    serde_json::from_str(answer.text().strip_prefix('0').unwrap()).unwrap()
}

#[tokio::test]
async fn it_tells_the_session_and_the_servers_measures() {
    let data = open(serve(&Server::new()).await).await;
    assert!(data["sid"].as_str().is_some_and(|sid| sid.len() == 20), "{data}");
    let rest = json!({ "pingInterval": 25_000, "pingTimeout": 20_000, "maxPayload": 1_000_000 });
    for (name, value) in rest.as_object().unwrap() {
        assert_eq!(&data[name], value, "{name}");
    }
    let io = Server::builder()
        .ping_timeout(Duration::from_millis(123))
        .ping_interval(Duration::from_millis(456))
        .max_http_buffer_size(789)
        .build();
    let data = open(serve(&io).await).await;
    assert_eq!([&data["pingTimeout"], &data["pingInterval"], &data["maxPayload"]], [123, 456, 789]);
}

#[tokio::test]
async fn it_suggests_the_upgrades_there_are() {
    let both = [Transport::Polling, Transport::WebSocket];
    for (server, upgrades) in [
        (Server::builder(), json!(["websocket"])),
        (Server::builder().transports(both), json!(["websocket"])),
        (Server::builder().transports([Transport::Polling]), json!([])),
        (Server::builder().allow_upgrades(false), json!([])),
    ] {
        assert_eq!(open(serve(&server.build()).await).await["upgrades"], upgrades);
    }
    for server in [Server::builder(), Server::builder().transports([Transport::WebSocket])] {
        let mut client = Client::request(serve(&server.build()).await, WEBSOCKET).await;
        let data: Value = serde_json::from_str(&client.next().await[1..]).unwrap();
        assert_eq!(data["upgrades"], json!([]));
    }
}

#[tokio::test]
async fn a_transport_that_is_off_is_unknown() {
    let address = serve(&Server::builder().transports([Transport::WebSocket]).build()).await;
    assert_eq!(get(address, POLLING, "").await.code(), 0);
    let address = serve(&Server::builder().transports([Transport::Polling]).build()).await;
    assert_eq!(upgrade(address, WEBSOCKET).await, (400, "Transport unknown".to_owned()));
}

/// What refuses a WebSocket.
async fn upgrade(address: std::net::SocketAddr, target: &str) -> (u16, String) {
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    let answer = exchange(address, request.as_bytes()).await;
    (answer.status, answer.text().to_owned())
}

#[tokio::test]
async fn names_of_the_object_prototype_are_no_transports() {
    let address = serve(&Server::new()).await;
    for name in ["__proto__", "constructor", "tobi"] {
        let target = format!("/socket.io/?EIO=4&transport={name}");
        assert_eq!(get(address, &target, "").await.code(), 0, "{name}");
        assert_eq!(upgrade(address, &target).await, (400, "Transport unknown".to_owned()), "{name}");
    }
}

#[tokio::test]
async fn a_preflight_without_cors_is_a_wrong_method() {
    let answer = ask(serve(&Server::new()).await, "OPTIONS", POLLING, "", b"").await;
    assert_eq!((answer.status, answer.code()), (400, json!(2)));
}

#[tokio::test]
async fn an_async_hook_decides_about_requests() {
    let io = Server::builder()
        .allow_request(|parts| {
            let allowed = parts.headers.get("x-key").is_some_and(|key| key == "right");
            async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                if allowed { Ok(()) } else { Err("Thou shall not pass".to_owned()) }
            }
        })
        .build();
    let address = serve(&io).await;
    let answer = get(address, POLLING, "X-Key: wrong\r\n").await;
    assert_eq!((answer.status, answer.code()), (403, json!(4)));
    assert!(answer.text().contains("Thou shall not pass"));
    assert_eq!(upgrade(address, WEBSOCKET).await.0, 400);
    assert_eq!(io.stats().sessions, 0);
    assert_eq!(get(address, POLLING, "X-Key: right\r\n").await.status, 200);
    Client::request_with(address, WEBSOCKET, "X-Key: right\r\n").await;
    assert_eq!(io.stats().sessions, 2);
}

#[tokio::test]
async fn the_cookie_holds_the_session_id_as_configured() {
    let strict = Cookie { same_site: SameSite::Strict, ..Cookie::new("io") };
    let open = Cookie { same_site: SameSite::None, secure: true, ..Cookie::new("io") };
    for (cookie, name, rest) in [
        (Cookie::new("io"), "io", "; Path=/; HttpOnly; SameSite=Lax"),
        (Cookie::new("woot"), "woot", "; Path=/; HttpOnly; SameSite=Lax"),
        (strict, "io", "; Path=/; HttpOnly; SameSite=Strict"),
        (open, "io", "; Path=/; HttpOnly; Secure; SameSite=None"),
    ] {
        let address = serve(&Server::builder().cookie(cookie).build()).await;
        let answer = get(address, POLLING, "").await;
        let sid = sid(answer.text().strip_prefix('0').unwrap());
        assert_eq!(answer.header("set-cookie"), Some(&*format!("{name}={sid}{rest}")));
        let target = format!("{POLLING}&sid={sid}");
        assert_eq!(ask(address, "POST", &target, "", b"40").await.header("set-cookie"), None);
        assert_eq!(get(address, &target, "").await.header("set-cookie"), None);
    }
    let answer = get(serve(&Server::new()).await, POLLING, "").await;
    assert_eq!(answer.header("set-cookie"), None);
}

/// The cookie is for the requests of one polling session; a WebSocket needs none.
#[tokio::test]
async fn a_websocket_gets_no_cookie() {
    let address = serve(&Server::builder().cookie(Cookie::new("io")).build()).await;
    let (_, head) = Client::request_with(address, WEBSOCKET, "").await;
    assert_eq!(header(&head, "set-cookie"), None);
}

#[tokio::test]
async fn sessions_are_counted_from_the_handshake_on() {
    let io = Server::new();
    let address = serve(&io).await;
    assert_eq!(io.stats().sessions, 0);
    let _polling = Polling::open(address).await;
    assert_eq!(io.stats().sessions, 1);
    let _websocket = Client::open(address).await;
    assert_eq!(io.stats().sessions, 2);
}

#[tokio::test]
async fn a_namespace_sees_its_own_auth_and_the_connections_query_and_headers() {
    let (log, mut news) = log();
    let io = Server::builder().state(log).build();
    for name in ["/", "/second"] {
        io.of(name).on_connect(|socket: Socket, State(log): State<Log>| async move {
            let seen = socket.handshake();
            let auth: Value = socket.auth().unwrap();
            let told = json!([seen.query("key1"), seen.query("EIO"), seen.header("x-token"), auth]);
            log.send(told.to_string()).unwrap();
        });
    }
    let target = format!("{WEBSOCKET}&key1=a%26b&key1=ignored");
    let lines = "X-Token: secret\r\nCookie: user=1; path=/\r\n";
    let (mut client, _) = Client::request_with(serve(&io).await, &target, lines).await;
    client.next().await;
    join(&mut client, "/second", r#"{"key1":"aa","key2":"&=bb"}"#).await;
    assert_eq!(told(&mut news).await, r#"["a&b","4","secret",{"key1":"aa","key2":"&=bb"}]"#);
    join(&mut client, "/", "").await;
    assert_eq!(told(&mut news).await, r#"["a&b","4","secret",{}]"#);
}

/// A proxy that takes the upgrade away leaves a plain GET: refused, and polling goes on.
#[tokio::test]
async fn a_websocket_request_without_an_upgrade_costs_the_session_nothing() {
    let io = Server::new();
    io.of("/").on("echo", |payload: chorus_socketio::Payload| async move { chorus_socketio::Reply(payload) });
    let address = serve(&io).await;
    let mut client = Polling::connect(address).await;
    let answer = get(address, &client.upgrade_target(), "").await;
    assert_eq!((answer.status, answer.code()), (400, json!(3)));
    client.send(r#"421["echo","still"]"#).await;
    assert_eq!(client.next().await, r#"431["still"]"#);
}

/// Bytes behind the request that are no frames end that connection, before and while it is upgraded.
#[tokio::test]
async fn rubbish_behind_the_request_harms_nobody() {
    let io = Server::new();
    let address = serve(&io).await;
    let polling = Polling::connect(address).await;
    for target in [WEBSOCKET, &polling.upgrade_target()] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\ntest"
        );
        assert_eq!(exchange(address, request.as_bytes()).await.status, 101);
    }
    crate::support::until(|| io.stats().sessions == 1).await;
    polling.send("41").await;
}
