//! Compressed messages.

use chorus_protocol::websocket::deflate::{Config, negotiate};
use chorus_socketio::Server;
use flate2::{Compress, Compression, FlushCompress};

use crate::harness::{BINARY, CONTINUATION, FIN, PING, PONG, Peer, RSV1, Scene, TEXT, frame, mib};

const OFFER: &str = "permessage-deflate";

fn server() -> Server {
    Server::builder().per_message_deflate(Config::default()).build()
}

async fn peer(scene: &Scene) -> Peer {
    let mut peer = Peer::open_with(scene.address, &format!("Sec-WebSocket-Extensions: {OFFER}\r\n")).await;
    peer.deflate(negotiate(OFFER, &Config::default()).unwrap());
    peer.send("40").await;
    assert!(peer.next().await.starts_with("40{"));
    peer
}

/// A message of so many equal bytes.
fn bomb(size: usize) -> Vec<u8> {
    let mut stream = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(size / 500 + 1000);
    for _ in 0..size / mib(1) {
        stream.compress_vec(&vec![b'x'; mib(1)], &mut out, FlushCompress::None).unwrap();
    }
    stream.compress_vec(&[], &mut out, FlushCompress::Sync).unwrap();
    out.truncate(out.len() - 4);
    out
}

fn compressed(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 100);
    Compress::new(Compression::default(), false).compress_vec(text, &mut out, FlushCompress::Sync).unwrap();
    out.truncate(out.len() - 4);
    out
}

/// Case 17: the size counts that it would have.
#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_closes_with_1009() {
    let scene = Scene::new(server()).await;
    let bomb = bomb(mib(64));
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let (front, back) = bomb.split_at(1000);
    for bytes in [
        frame(FIN | RSV1 | TEXT, &bomb),
        frame(FIN | RSV1 | BINARY, &bomb),
        [frame(RSV1 | TEXT, front), frame(FIN, back)].concat(),
    ] {
        let mut peer = peer(&scene).await;
        assert_eq!(peer.flood([bytes]).await, 1009);
        scene.is_served().await;
    }
    scene.end().await;
}

/// Case 17.
#[tokio::test(flavor = "multi_thread")]
async fn compressed_frames_that_are_wrong_close() {
    let scene = Scene::new(server()).await;
    let good = compressed(br#"421["echo",1]"#);
    let cases = [
        (frame(FIN | RSV1 | PING, b""), 1002),
        ([frame(TEXT, b"4"), frame(FIN | RSV1, b"2")].concat(), 1002),
        ([frame(RSV1 | TEXT, &good[..3]), frame(FIN | RSV1, &good[3..])].concat(), 1002),
        (frame(FIN | 0x20 | TEXT, &good), 1002),
        (frame(FIN | RSV1 | 0x10 | TEXT, &good), 1002),
        (frame(RSV1 | CONTINUATION, b""), 1002),
        (frame(FIN | RSV1 | TEXT, &[0xFF; 10]), 1007),
        (frame(FIN | RSV1 | TEXT, &[0x06]), 1007),
        (frame(FIN | RSV1 | TEXT, &[0x03, 0x00].repeat(1_000)), 1007),
        (frame(FIN | RSV1 | TEXT, &compressed(b"4\xff")), 1007),
        (frame(FIN | RSV1 | TEXT, &compressed(b"9")), 1005),
        (frame(FIN | RSV1 | TEXT, b""), 1005),
    ];
    for (n, (bytes, code)) in cases.iter().enumerate() {
        let mut peer = peer(&scene).await;
        peer.raw(bytes).await;
        assert_eq!(peer.end().await, *code, "case {n}");
    }
    let mut peer = peer(&scene).await;
    peer.raw(&[frame(RSV1 | TEXT, &good[..3]), frame(FIN | PONG, b""), frame(FIN, &good[3..])].concat())
        .await;
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}

/// Without an agreement the bit is a reserved one.
#[tokio::test(flavor = "multi_thread")]
async fn compression_that_was_not_agreed_closes_with_1002() {
    let good = compressed(br#"421["echo",1]"#);
    for io in [server(), Server::new()] {
        let scene = Scene::new(io).await;
        let mut peer = Peer::connect(scene.address).await;
        peer.raw(&frame(FIN | RSV1 | TEXT, &good)).await;
        assert_eq!(peer.end().await, 1002);
        drop(peer);
        scene.end().await;
    }
}

/// Case 17, GHSA-5v72-xg48-5rpm: an offer that is none is passed over, not half understood.
#[tokio::test(flavor = "multi_thread")]
async fn offers_that_are_none_are_passed_over() {
    let scene = Scene::new(server()).await;
    for offer in [
        "constructor",
        "__proto__;a=b",
        "permessage-deflate; constructor",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=\"",
        "permessage-deflate; server_no_context_takeover=1",
        &format!("permessage-deflate{}x", " ".repeat(12_000)),
        &"permessage-deflate; x,".repeat(500),
        &";".repeat(12_000),
        "permessage-deflate; a=\u{ff}",
    ] {
        let lines = format!("Sec-WebSocket-Extensions: {offer}\r\n");
        let request = Peer::request(scene.address, "/socket.io/?EIO=4&transport=websocket", &lines).await;
        let (mut peer, answer) = request.unwrap_or_else(|answer| panic!("{offer:.60}: {answer:?}"));
        assert_eq!(answer.header("sec-websocket-extensions"), None, "{offer:.60}");
        assert!(peer.next().await.starts_with("0{"));
    }
    scene.end().await;
}
