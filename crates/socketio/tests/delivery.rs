//! Emits and broadcasts: who gets them, how often they are encoded, and what a slow reader costs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::time::Duration;

use chorus_socketio::{Args, Binary, Data, DisconnectReason, Server, Socket, deflate};
use common::{Client, LONG, serve};
use tokio::{sync::mpsc, time::timeout};

/// A server whose sockets join the rooms they name.
fn rooms() -> Server {
    let io = Server::new();
    io.of("/")
        .on("join", |socket: Socket, Data(rooms): Data<Vec<String>>| async move { socket.join(rooms) })
        .on("leave", |socket: Socket, Data(room): Data<String>| async move { socket.leave(room) });
    io
}

async fn member(io: &Server, address: std::net::SocketAddr, rooms: &str) -> Client {
    let before = io.of("/").to(["a", "b"]).sockets().len();
    let mut client = Client::connect(address).await;
    client.send(&format!(r#"42["join",{rooms}]"#)).await;
    while io.of("/").to(["a", "b"]).sockets().len() == before {
        tokio::task::yield_now().await;
    }
    client
}

#[tokio::test]
async fn a_broadcast_reaches_each_member_once() {
    let io = rooms();
    let address = serve(&io).await;
    let mut a = member(&io, address, r#"["a"]"#).await;
    let mut ab = member(&io, address, r#"["a","b"]"#).await;
    let mut b = member(&io, address, r#"["b"]"#).await;
    let main = io.of("/");
    assert_eq!(main.to(["a", "b"]).emit("x", 1).unwrap(), 3);
    assert_eq!(main.to("a").except("b").emit("x", 2).unwrap(), 1);
    assert_eq!(main.except("a").emit("x", 3).unwrap(), 1);
    assert_eq!(main.to("nobody").emit("x", 4).unwrap(), 0);
    let everyone = main.sockets();
    let mine = everyone.iter().find(|socket| socket.rooms().len() == 2).unwrap();
    assert_eq!(main.to(mine.id()).emit("x", 5).unwrap(), 1, "a socket's id is a room");
    assert_eq!(mine.to(["a", "b"]).emit("x", 6).unwrap(), 2, "not to itself");
    for (client, expected) in [(&mut a, "126"), (&mut ab, "15"), (&mut b, "136")] {
        for n in expected.chars() {
            assert_eq!(client.next().await, format!(r#"42["x",{n}]"#));
        }
        client.expect_silence().await;
    }
}

#[tokio::test]
async fn who_has_left_gets_nothing_and_rooms_vanish() {
    let io = rooms();
    let address = serve(&io).await;
    let mut a = member(&io, address, r#"["a"]"#).await;
    let b = member(&io, address, r#"["b"]"#).await;
    a.send(r#"42["leave","a"]"#).await;
    drop(b);
    timeout(LONG, async {
        while !io.of("/").to(["a", "b"]).sockets().is_empty() || io.stats().sessions > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(io.of("/").socket_count(), 1);
}

#[tokio::test]
async fn a_broadcast_is_encoded_once() {
    let io = Server::new();
    let address = serve(&io).await;
    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(Client::connect(address).await);
    }
    let before = io.stats();
    io.emit("x", Args(("text", Binary::from("bytes")))).unwrap();
    let after = io.stats();
    assert_eq!(after.encodes - before.encodes, 1);
    assert_eq!(after.deliveries - before.deliveries, 50);
    for client in &mut clients {
        assert_eq!(client.next().await, r#"451-["x","text",{"_placeholder":true,"num":0}]"#);
        assert_eq!(client.next().await, format!("b{:?}", b"bytes"));
    }
}

#[tokio::test]
async fn a_broadcast_is_compressed_for_those_who_agreed() {
    let config = deflate::Config::default();
    let io = Server::builder().per_message_deflate(config).build();
    let address = serve(&io).await;
    let target = "/socket.io/?EIO=4&transport=websocket";
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    let (mut small, head) = Client::request_with(address, target, offer).await;
    assert!(head.to_lowercase().contains("sec-websocket-extensions: permessage-deflate"), "{head}");
    small.deflate(chorus_protocol::websocket::deflate::negotiate("permessage-deflate", &config).unwrap());
    let mut plain = Client::request(address, target).await;
    for client in [&mut small, &mut plain] {
        assert!(client.next().await.starts_with("0{"));
        client.send("40").await;
        assert!(client.next().await.starts_with("40{"));
    }
    let text = "again and ".repeat(10_000);
    io.emit("long", &text).unwrap();
    io.emit("short", 1).unwrap();
    for client in [&mut small, &mut plain] {
        assert_eq!(client.next().await, format!(r#"42["long","{text}"]"#));
        assert_eq!(client.next().await, r#"42["short",1]"#);
    }
    assert!(small.bytes_read() < 5_000, "{}", small.bytes_read());
    assert!(plain.bytes_read() > 100_000);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected_and_the_others_are_served() {
    let (left, mut told) = mpsc::unbounded_channel();
    let io = Server::builder().max_outbox_size(1 << 20).build();
    io.of("/").on_disconnect(move |reason: DisconnectReason| {
        let left = left.clone();
        async move { left.send(reason.to_string()).unwrap() }
    });
    let address = serve(&io).await;
    let stuck = Client::connect(address).await;
    let mut reader = Client::connect(address).await;
    let big = "x".repeat(100 << 10);
    for n in 0..200 {
        io.emit("big", Args((n, &big))).unwrap();
        assert!(reader.next().await.starts_with(&format!(r#"42["big",{n},"#)));
    }
    assert_eq!(timeout(LONG, told.recv()).await.unwrap().as_deref(), Some("slow consumer"));
    assert_eq!(io.of("/").socket_count(), 1);
    drop(stuck);
}

#[tokio::test]
async fn volatile_events_are_dropped_for_a_client_that_does_not_read() {
    let io = Server::builder().max_outbox_size(1 << 20).build();
    let address = serve(&io).await;
    let mut client = Client::connect(address).await;
    let big = "x".repeat(100 << 10);
    for n in 0..250 {
        io.of("/").broadcast().volatile().emit("big", Args((n, &big))).unwrap();
        // the session's task has its turn
        tokio::task::yield_now().await;
    }
    io.emit("end", 1).unwrap();
    let mut received = 0;
    while client.next().await != r#"42["end",1]"# {
        received += 1;
    }
    assert!((1..250).contains(&received), "{received} of 250 were received");
}

#[tokio::test]
async fn disconnect_leaves_other_namespaces_and_close_ends_all() {
    let io = Server::new();
    io.of("/").on("out", |socket: Socket| async move { socket.disconnect() });
    io.of("/other").on("end", |socket: Socket| async move { socket.close() });
    let mut client = Client::connect(serve(&io).await).await;
    client.send("40/other,").await;
    assert!(client.next().await.starts_with("40/other,"));
    client.send(r#"42["out"]"#).await;
    assert_eq!(client.next().await, "41");
    client.send(r#"42/other,["end"]"#).await;
    assert_eq!(client.next().await, "41/other,");
    assert_eq!(client.end().await, 1005);
}

#[tokio::test]
async fn closing_the_server_leaves_nothing_behind() {
    let (left, mut told) = mpsc::unbounded_channel();
    let io = Server::new();
    io.of("/").on_disconnect(move |reason: DisconnectReason| {
        let left = left.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            left.send(reason.to_string()).unwrap();
        }
    });
    let address = serve(&io).await;
    let mut clients = vec![Client::connect(address).await, Client::connect(address).await];
    let polling = get(address, "/socket.io/?EIO=4&transport=polling").await;
    assert!(polling.starts_with("HTTP/1.1 200"), "{polling}");
    for client in clients.drain(..) {
        tokio::spawn(async move {
            let mut client = client;
            client.end().await
        });
    }
    timeout(LONG, io.close()).await.expect("it closes");
    assert_eq!(io.stats().sessions, 0);
    for _ in 0..2 {
        assert_eq!(told.try_recv().as_deref(), Ok("server shutting down"), "handlers have run");
    }
    let refused = get(address, "/socket.io/?EIO=4&transport=polling").await;
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
}

/// A bare GET.
async fn get(address: std::net::SocketAddr, target: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut tcp = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(LONG, tcp.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn violations_close_and_others_are_served() {
    let io = Server::builder().max_http_buffer_size(1000).build();
    io.of("/").on("echo", |Data(n): Data<u32>| async move { chorus_socketio::Reply(n) });
    let address = serve(&io).await;
    let mut bystander = Client::connect(address).await;
    let long = format!(r#"42["x","{}"]"#, "x".repeat(1000));
    let packets: [(&str, u16); 12] = [
        ("42{}", 1005),
        ("40", 1005),
        (r#"42["disconnect"]"#, 1005),
        (r#"42/other,["x"]"#, 1005),
        (r#"44{"message":"x"}"#, 1005),
        (r#"450-["x"]"#, 1005),
        (r#"4511-["x"]"#, 1005),
        ("abc", 1005),
        ("2", 1005),
        (r#"42["x""#, 1005),
        ("43", 1005),
        (&long, 1009),
    ];
    for (packet, code) in packets {
        let mut client = Client::connect(address).await;
        client.send(packet).await;
        assert_eq!(client.end().await, code, "{packet}");
        bystander.send(r#"421["echo",7]"#).await;
        assert_eq!(bystander.next().await, "431[7]");
    }
}

#[tokio::test]
async fn a_connection_that_joins_nothing_is_closed() {
    let io = Server::builder().connect_timeout(Duration::from_millis(50)).build();
    let address = serve(&io).await;
    let mut idle = Client::open(address).await;
    let mut joined = Client::connect(address).await;
    assert_eq!(idle.end().await, 1005);
    drop(idle);
    joined.expect_silence().await;
    assert_eq!(io.stats().sessions, 1);
}

#[tokio::test]
async fn the_clients_files_are_served_to_get_and_head() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let io = Server::builder().client_file("socket.io.js", "the client").build();
    let address = serve(&io).await;
    for (method, body) in [("GET", "the client"), ("HEAD", "")] {
        let mut tcp = tokio::net::TcpStream::connect(address).await.unwrap();
        let request =
            format!("{method} /socket.io/socket.io.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(LONG, tcp.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.to_lowercase().contains("etag: w/\""), "{answer}");
        assert_eq!(answer.split_once("\r\n\r\n").unwrap().1, body);
    }
}
