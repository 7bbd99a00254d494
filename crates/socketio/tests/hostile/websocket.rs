//! Frames that break RFC 6455 or go beyond a limit. `crates/protocol/tests/websocket` has the rules
//! one by one; here is what becomes of the connection.

use std::time::{Duration, Instant};

use chorus_socketio::Server;

use crate::harness::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, Peer, Received, Scene, TEXT, frame};

/// Sends bytes on a connection of their own and tells how that ends.
async fn end_of(scene: &Scene, bytes: &[u8]) -> u16 {
    let mut peer = Peer::connect(scene.address).await;
    peer.flood([bytes]).await
}

/// The header of a masked frame with a 64-bit length.
fn long(first: u8, length: u64) -> Vec<u8> {
    [&[first, 0xFF][..], &length.to_be_bytes(), &[0; 4]].concat()
}

/// Case 16.
#[tokio::test(flavor = "multi_thread")]
async fn broken_frames_close_with_1002() {
    let scene = Scene::new(Server::new()).await;
    let mut cases = vec![
        vec![FIN | TEXT, 2, b'4', b'0'],
        vec![FIN | PING, 0],
        vec![FIN | TEXT, 0x80 | 0x7E, 0, 2, 0, 0, 0, 0, b'6', b'6'],
        long(FIN | TEXT, 125),
        long(FIN | TEXT, 1 << 63),
        long(FIN | TEXT, u64::MAX),
        long(FIN | PING, 126),
        frame(FIN | PING, &[0; 126]),
        frame(FIN, b"x"),
        frame(CONTINUATION, b"x"),
        [frame(TEXT, b"4"), frame(FIN | TEXT, b"4")].concat(),
        [frame(TEXT, b"4"), frame(BINARY, b"4")].concat(),
        [frame(FIN | TEXT, b"6"), frame(FIN, b"6")].concat(),
        frame(FIN | CLOSE, b"\x03"),
    ];
    for opcode in [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF] {
        cases.push(frame(FIN | opcode, b""));
    }
    for bits in [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70] {
        cases.extend([TEXT, BINARY, PING, CLOSE].map(|opcode| frame(FIN | bits | opcode, b"")));
    }
    cases.extend([PING, PONG, CLOSE].map(|opcode| frame(opcode, b"")));
    for code in [0_u16, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] {
        cases.push(frame(FIN | CLOSE, &code.to_be_bytes()));
    }
    for bytes in cases {
        assert_eq!(end_of(&scene, &bytes).await, 1002, "{:x?}", &bytes[..bytes.len().min(20)]);
    }
    scene.end().await;
}

/// Case 16: as soon as nothing could mend it, in whatever pieces it comes.
#[tokio::test(flavor = "multi_thread")]
async fn text_that_is_not_utf8_closes_with_1007() {
    let scene = Scene::new(Server::new()).await;
    let cases = [
        frame(FIN | TEXT, b"4\xff"),
        frame(FIN | TEXT, b"4\xed\xa0\x80"),
        frame(FIN | TEXT, b"4\xc0\x80"),
        frame(FIN | TEXT, b"4\xf4\x90\x80\x80"),
        // no end is in sight, and none is waited for
        frame(TEXT, b"4\xff"),
        [frame(TEXT, b"4\xf4"), frame(CONTINUATION, b"\x90")].concat(),
        long(FIN | TEXT, 100_000)[..].iter().copied().chain(*b"4\xff").collect(),
        // cut off in a character for good
        [frame(TEXT, b"4\xe2"), frame(FIN, b"\x82")].concat(),
        [frame(TEXT, b"4\xe2\x82"), frame(FIN, b"")].concat(),
        frame(FIN | CLOSE, b"\x03\xe8\xff"),
    ];
    for bytes in cases {
        assert_eq!(end_of(&scene, &bytes).await, 1007, "{:x?}", &bytes[..bytes.len().min(20)]);
    }
    let mut peer = Peer::connect(scene.address).await;
    let packet = "421[\"echo\",\"\u{20ac}\"]".as_bytes();
    let place = packet.iter().position(|byte| *byte == 0xe2).unwrap() + 1;
    peer.raw(&[frame(TEXT, &packet[..place]), frame(FIN, &packet[place..])].concat()).await;
    assert_eq!(peer.next().await, "431[\"\u{20ac}\"]", "cut in a character, but whole");
    drop(peer);
    scene.end().await;
}

/// Case 16, CVE-2026-45736: an answer in kind, with what was given and nothing more.
#[tokio::test(flavor = "multi_thread")]
async fn a_close_is_answered_in_kind_and_nothing_is_read_behind_it() {
    let scene = Scene::new(Server::new()).await;
    let reason = "\u{fc}".repeat(61);
    for (code, reason) in [(1000, ""), (1001, "bye"), (1014, "x"), (3000, ""), (4999, &*reason)] {
        let mut peer = Peer::connect(scene.address).await;
        let payload = [&u16::to_be_bytes(code)[..], reason.as_bytes()].concat();
        let late = frame(FIN | TEXT, br#"421["echo",1]"#);
        peer.raw(&[frame(FIN | CLOSE, &payload), late, vec![0xFF; 1000]].concat()).await;
        assert_eq!(peer.receive().await, Received::Close(Some((code, reason.to_owned()))));
        assert_eq!(peer.receive().await, Received::End);
    }
    let mut peer = Peer::connect(scene.address).await;
    peer.raw(&frame(FIN | CLOSE, b"")).await;
    assert_eq!(peer.receive().await, Received::Close(None));
    drop(peer);
    scene.is_empty().await;
    scene.end().await;
}

/// CVE-2026-48809, CVE-2026-44545, RUSTSEC-2022-0035: the size that is declared is enough to refuse it.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_too_big_closes_with_1009() {
    let scene = Scene::new(Server::builder().max_http_buffer_size(10_000).build()).await;
    let half = [b"4", &[b'x'; 5_000][..]].concat();
    let cases = [
        frame(FIN | TEXT, &[b'x'; 10_001]),
        frame(FIN | BINARY, &[0; 10_001]),
        long(FIN | TEXT, 1 << 32),
        long(FIN | BINARY, (1 << 63) - 1),
        long(BINARY, (1 << 63) - 1),
        [frame(TEXT, &half), frame(FIN, &half)].concat(),
        [frame(TEXT, &half), long(FIN, (1 << 63) - 1)].concat(),
    ];
    for bytes in cases {
        assert_eq!(end_of(&scene, &bytes).await, 1009, "{:x?}", &bytes[..16]);
    }
    let mut peer = Peer::connect(scene.address).await;
    let most = format!(r#"421["echo","{}"]"#, "x".repeat(10_000 - 14));
    assert_eq!(most.len(), 10_000);
    peer.send(&most).await;
    assert_eq!(peer.next().await.len(), 10_000 - 7, "the limit itself is accepted");
    drop(peer);
    scene.end().await;
}

/// CVE-2026-48779 and `ws` #2331: fragments without end, of one byte or none.
#[tokio::test(flavor = "multi_thread")]
async fn endless_fragments_close_with_1008() {
    let scene = Scene::new(Server::new()).await;
    for payload in [&b""[..], b"x"] {
        let mut peer = Peer::connect(scene.address).await;
        let fragments = frame(CONTINUATION, payload).repeat(1_000);
        let begin = frame(TEXT, b"4");
        let fragments = std::iter::once(begin).chain(std::iter::repeat_n(fragments, 200));
        assert_eq!(peer.flood(fragments).await, 1008);
    }
    scene.end().await;
}

/// CVE-2026-48779: what comes byte by byte is read once.
#[tokio::test(flavor = "multi_thread")]
async fn bytes_one_at_a_time_take_linear_time() {
    let scene = Scene::new(Server::new()).await;
    let mut peer = Peer::connect(scene.address).await;
    let start = Instant::now();
    let packet = format!(r#"421["echo","{}"]"#, "x".repeat(20_000));
    let pieces: Vec<_> = packet.as_bytes().chunks(100).collect();
    let last = pieces.len() - 1;
    for (n, piece) in pieces.iter().enumerate() {
        let first = if n == 0 { TEXT } else { CONTINUATION };
        for byte in frame(first | if n == last { FIN } else { 0 }, piece) {
            assert!(peer.raw(&[byte]).await);
        }
    }
    assert_eq!(peer.next().await.len(), packet.len() - 7);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    drop(peer);
    scene.end().await;
}
