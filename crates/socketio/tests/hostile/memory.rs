//! What one message can make the server hold. The amounts are such that a server which keeps what it is
//! offered takes several times what is allowed here; what the client holds is part of it.

use std::sync::Arc;

use chorus_protocol::websocket::deflate::{Config, negotiate};
use chorus_socketio::{Payload, Reply, Server};
use flate2::{Compress, Compression, FlushCompress};
use tokio::task::JoinSet;

use crate::harness::{BINARY, CONTINUATION, FIN, Peer, RSV1, Received, Scene, TEXT, Watch, frame, mib};

/// CVE-2016-10542, CVE-2026-48809: a message of 256 MB, whole and in fragments.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_too_big_is_not_kept() {
    let scene = Scene::alone(Server::new()).await;
    let megabyte = vec![b'x'; mib(1)];
    let header = [&[FIN | BINARY, 0xFF][..], &(mib(256) as u64).to_be_bytes(), &[0; 4]].concat();
    let watch = Watch::start();
    let mut peer = Peer::connect(scene.address).await;
    let all = [&header].into_iter().chain(std::iter::repeat_n(&megabyte, 256));
    assert_eq!(peer.flood(all).await, 1009);
    drop(peer);
    let fragment = frame(CONTINUATION, &vec![b'x'; mib(1) / 4]);
    let mut peer = Peer::connect(scene.address).await;
    let begin = frame(TEXT, b"4");
    assert_eq!(peer.flood([&begin].into_iter().chain(std::iter::repeat_n(&fragment, 1_000))).await, 1009);
    assert!(watch.peak() < mib(40), "{} MiB of 512", watch.peak() >> 20);
    drop(peer);
    scene.end().await;
}

/// RUSTSEC-2022-0035: a length is a promise, whatever the limit.
#[tokio::test(flavor = "multi_thread")]
async fn a_declared_length_takes_no_memory() {
    let scene = Scene::alone(Server::builder().max_http_buffer_size(1 << 40).build()).await;
    let watch = Watch::start();
    let mut peers = Vec::new();
    for first in [FIN | TEXT, FIN | BINARY, TEXT].repeat(10) {
        let mut peer = Peer::connect(scene.address).await;
        peer.raw(&[&[first, 0xFF][..], &(1_u64 << 39).to_be_bytes(), &[0; 4], b"some"].concat()).await;
        peers.push(peer);
    }
    scene.is_served().await;
    assert!(watch.peak() < mib(20), "{} MiB", watch.peak() >> 20);
    assert!(watch.reserved() < mib(2_000), "{} MiB set aside", watch.reserved() >> 20);
    drop(peers);
    scene.end().await;
}

/// CVE-2026-33151, CVE-2026-69185: endless attachments behind a header that announces none, or too many.
#[tokio::test(flavor = "multi_thread")]
async fn attachments_behind_a_bad_header_are_not_kept() {
    let scene = Scene::alone(Server::new()).await;
    let attachment = frame(FIN | BINARY, &vec![0; 900_000]);
    let watch = Watch::start();
    for header in [r#"450-["x"]"#, r#"451000000-["x"]"#] {
        let mut peer = Peer::connect(scene.address).await;
        let header = frame(FIN | TEXT, header.as_bytes());
        assert_eq!(
            peer.flood([&header].into_iter().chain(std::iter::repeat_n(&attachment, 150))).await,
            1005
        );
    }
    assert!(watch.peak() < mib(40), "{} MiB of 270", watch.peak() >> 20);
    scene.end().await;
}

/// Case 24: as many attachments as are allowed, each as large as is allowed, are the most there is.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_packet_is_let_go_with_its_client() {
    let io = Server::builder().max_attachments(4).build();
    io.of("/").on("take", |payload: Payload| async move { Reply(payload.size()) });
    let scene = Scene::alone(io).await;
    let attachment = frame(FIN | BINARY, &vec![0; 1_000_000]);
    let mut watch = Watch::start();
    for round in 0..5 {
        // what the allocator keeps for itself it keeps once
        if round == 1 {
            watch = Watch::start();
        }
        let mut kept = Vec::new();
        for _ in 0..12 {
            let mut peer = Peer::connect(scene.address).await;
            peer.send(r#"454-1["take"]"#).await;
            assert!(peer.raw(&attachment.repeat(3)).await);
            kept.push(peer);
        }
        scene.is_served().await;
        let mut last = kept.pop().unwrap();
        last.raw(&attachment).await;
        assert_eq!(last.next().await, "431[4000002]");
        drop((kept, last));
        scene.is_empty().await;
    }
    assert!(watch.growth() < mib(40), "{} MiB of 144 are left", watch.growth() >> 20);
    scene.end().await;
}

/// Case 19: what one connection leaves behind in names of namespaces, whichever way that is limited.
#[tokio::test(flavor = "multi_thread")]
async fn names_of_namespaces_have_a_limit() {
    let io = Server::builder().cleanup_empty_child_namespaces(true).build();
    io.of_matching(|name| name.starts_with("/room-"));
    let scene = Scene::alone(io).await;
    let long = "x".repeat(900_000);
    let watch = Watch::start();
    let mut peer = Peer::open(scene.address).await;
    for n in 0..50 {
        peer.send(&format!("40/room-{n}{long},")).await;
        if matches!(peer.receive().await, Received::Close(_) | Received::End) {
            break;
        }
    }
    assert!(watch.growth() < mib(60), "{} MiB for one connection", watch.growth() >> 20);
    drop(peer);
    scene.end().await;
}

/// Case 17: bombs, many at once.
#[tokio::test(flavor = "multi_thread")]
async fn bombs_are_inflated_no_further_than_the_limit() {
    let scene = Scene::alone(Server::builder().per_message_deflate(Config::default()).build()).await;
    let mut stream = Compress::new(Compression::best(), false);
    let mut bomb = Vec::with_capacity(mib(1));
    for _ in 0..64 {
        stream.compress_vec(&vec![0; mib(1)], &mut bomb, FlushCompress::None).unwrap();
    }
    stream.compress_vec(&[], &mut bomb, FlushCompress::Sync).unwrap();
    let bomb = Arc::new(frame(FIN | RSV1 | BINARY, &bomb));
    let watch = Watch::start();
    let mut peers = JoinSet::new();
    for _ in 0..16 {
        let (bomb, address) = (bomb.clone(), scene.address);
        peers.spawn(async move {
            let mut peer = Peer::open_with(address, "Sec-WebSocket-Extensions: permessage-deflate\r\n").await;
            peer.flood([&*bomb]).await
        });
    }
    while let Some(code) = peers.join_next().await {
        assert_eq!(code.unwrap(), 1009);
    }
    assert!(watch.peak() < mib(60), "{} MiB of 1,024", watch.peak() >> 20);
    scene.end().await;
}

/// Case 17: a window for each of 100,000 sockets would be gigabytes, so none is kept.
#[tokio::test(flavor = "multi_thread")]
async fn compression_keeps_nothing_for_an_idle_client() {
    const COUNT: usize = 500;
    let scene = Scene::alone(Server::builder().per_message_deflate(Config::default()).build()).await;
    let mut echo = Vec::with_capacity(1_000);
    let text = format!(r#"421["echo","{}"]"#, "x".repeat(5_000));
    Compress::new(Compression::default(), false)
        .compress_vec(text.as_bytes(), &mut echo, FlushCompress::Sync)
        .unwrap();
    echo.truncate(echo.len() - 4);
    let echo = frame(FIN | RSV1 | TEXT, &echo);
    let agreement = negotiate("permessage-deflate", &Config::default()).unwrap();
    let watch = Watch::start();
    let mut idle = Vec::new();
    for _ in 0..COUNT {
        let mut peer =
            Peer::open_with(scene.address, "Sec-WebSocket-Extensions: permessage-deflate\r\n").await;
        peer.deflate(agreement);
        peer.send("40").await;
        assert!(peer.next().await.starts_with("40{"));
        // read and written compressed
        peer.raw(&echo).await;
        assert_eq!(peer.next().await.len(), text.len() - 7);
        idle.push(peer);
    }
    assert!(watch.growth() < COUNT * 20_000, "{} bytes each", watch.growth() / COUNT);
    drop(idle);
    scene.end().await;
}
