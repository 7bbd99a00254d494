//! Limits of counts.

use std::net::SocketAddr;

use chorus_socketio::{Data, Reply, Server, Socket};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::{
    common::LONG,
    harness::{FIN, Peer, Scene, TEXT, frame, upgrade_head},
};

/// Case 3: one address takes all there is. The bystander's is 127.0.0.1.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_so_many_sessions_and_no_more() {
    let scene = Scene::new(Server::builder().max_sessions_per_address(5).build()).await;
    let polling = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let websocket = upgrade_head("/socket.io/?EIO=4&transport=websocket", "");
    let mut kept = Vec::new();
    for _ in 0..5 {
        let (tcp, status) = from(scene.address, "127.0.0.2:0", &websocket).await;
        assert_eq!(status, 101);
        kept.push(tcp);
    }
    for _ in 0..20 {
        assert_eq!(from(scene.address, "127.0.0.2:0", &websocket).await.1, 400);
        assert_eq!(from(scene.address, "127.0.0.2:0", polling).await.1, 403);
    }
    assert_eq!(scene.io.stats().sessions, 6);
    let (tcp, status) = from(scene.address, "127.0.0.3:0", &websocket).await;
    assert_eq!(status, 101, "another address has its own");
    drop((kept, tcp));
    scene.is_empty().await;
    let (tcp, status) = from(scene.address, "127.0.0.2:0", &websocket).await;
    assert_eq!(status, 101, "what has ended no longer counts");
    drop(tcp);
    scene.end().await;
}

async fn from(address: SocketAddr, own: &str, request: &str) -> (TcpStream, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(own.parse().unwrap()).unwrap();
    let mut tcp = socket.connect(address).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    timeout(LONG, tcp.read_exact(&mut status)).await.expect("an answer in time").unwrap();
    (tcp, std::str::from_utf8(&status[9..]).unwrap().parse().unwrap())
}

/// Case 20: rooms by the thousand, and names by the megabyte.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_in_so_many_rooms_and_no_more() {
    let io = Server::builder().max_rooms(100).build();
    io.of("/").on("join", |socket: Socket, Data(room): Data<String>| async move { socket.join(room) });
    io.of("/").on("leave", |socket: Socket, Data(room): Data<String>| async move { socket.leave(room) });
    io.of("/").on("count", |socket: Socket| async move { Reply(socket.rooms().len()) });
    let scene = Scene::new(io).await;
    let mut peer = Peer::connect(scene.address).await;
    let joins: Vec<u8> =
        (0..5_000).flat_map(|n| frame(FIN | TEXT, format!(r#"42["join","{n}"]"#).as_bytes())).collect();
    peer.raw(&joins).await;
    peer.send(r#"421["count"]"#).await;
    assert_eq!(peer.next().await, "431[100]");
    assert_eq!(scene.io.to("100").sockets().len(), 0);
    peer.send(r#"42["leave","5"]"#).await;
    peer.send(r#"42["join","new"]"#).await;
    peer.send(r#"421["count"]"#).await;
    assert_eq!(peer.next().await, "431[100]", "who leaves one may join another");
    assert_eq!(scene.io.to("new").sockets().len(), 1);
    peer.send(r#"42["leave","6"]"#).await;
    let long = "x".repeat(100_000);
    peer.send(&format!(r#"42["join","{long}"]"#)).await;
    peer.send(r#"421["count"]"#).await;
    assert_eq!(peer.next().await, "431[99]", "a name has its length");
    drop(peer);
    scene.end().await;
}
