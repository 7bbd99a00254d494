//! Binary packets: a header that announces attachments, and what comes in their place.

use chorus_socketio::{Binary, Payload, Reply, Server, ServerBuilder, Socket};

use crate::harness::{BINARY, FIN, Peer, Poller, Received, Scene, frame, impatient};

/// `back` returns its arguments, bytes included.
fn server(builder: ServerBuilder) -> Server {
    let io = builder.build();
    io.of("/").on("back", |payload: Payload| async move { Reply(payload) });
    io
}

const ONE: &str = r#"451-["x",{"_placeholder":true,"num":0}]"#;

/// CVE-2026-33151, CVE-2026-69185: the header is enough, whatever follows it.
#[tokio::test(flavor = "multi_thread")]
async fn a_count_out_of_range_closes_at_the_header() {
    let scene = Scene::new(server(Server::builder())).await;
    let binary = frame(FIN | BINARY, &[0; 10_000]);
    for header in [
        r#"450-["x"]"#,
        r#"450-["x",1]"#,
        r#"4500-["x"]"#,
        r#"4511-["x"]"#,
        r#"451000000-["x"]"#,
        r#"4518446744073709551617-["x"]"#,
        r#"45-1-["x"]"#,
        r#"45+1-["x"]"#,
        "460-1[]",
        "4611-1[]",
    ] {
        let mut peer = Peer::connect(scene.address).await;
        peer.send(header).await;
        assert_eq!(peer.end().await, 1005, "{header}");
        let mut peer = Peer::connect(scene.address).await;
        peer.send(header).await;
        assert_eq!(peer.flood(std::iter::repeat_n(&binary, 500)).await, 1005, "{header}");
    }
    scene.end().await;
}

/// The limit is an option.
#[tokio::test(flavor = "multi_thread")]
async fn the_most_attachments_can_be_configured() {
    let items = |count: usize| {
        let placeholders: Vec<_> =
            (0..count).map(|n| format!(r#"{{"_placeholder":true,"num":{n}}}"#)).collect();
        format!(r#"45{count}-7["back",{}]"#, placeholders.join(","))
    };
    for most in [2, 20] {
        let scene = Scene::new(server(Server::builder().max_attachments(most))).await;
        let mut peer = Peer::connect(scene.address).await;
        peer.send(&items(most)).await;
        for n in 0..most {
            peer.send_binary(&[n as u8]).await;
        }
        assert!(peer.next().await.starts_with(&format!("46{most}-7[")));
        for n in 0..most {
            assert_eq!(peer.receive().await, Received::Binary(vec![n as u8]));
        }
        peer.send(&items(most + 1)).await;
        assert_eq!(peer.end().await, 1005);
        drop(peer);
        scene.end().await;
    }
}

/// CVE-2022-2421.
#[tokio::test(flavor = "multi_thread")]
async fn a_placeholder_names_an_attachment_that_is_there() {
    let scene = Scene::new(server(Server::builder())).await;
    for num in [
        "\"splice\"",
        "\"__proto__\"",
        "\"0\"",
        "-1",
        "1",
        "99",
        "0.5",
        "1.5",
        "1e3",
        "18446744073709551616",
        "null",
        "true",
        "[0]",
        "{}",
    ] {
        let inner = format!(r#"{{"_placeholder":true,"num":{num}}}"#);
        for packet in [
            format!(r#"451-["x",{inner}]"#),
            format!(r#"451-["x",{{"a":[{inner}]}}]"#),
            format!("461-1[{inner}]"),
        ] {
            let mut peer = Peer::connect(scene.address).await;
            peer.send(&packet).await;
            peer.send_binary(b"bytes").await;
            assert_eq!(peer.end().await, 1005, "{packet}");
        }
    }
    let mut peer = Peer::connect(scene.address).await;
    peer.send(r#"451-["x",{"_placeholder":true}]"#).await;
    peer.send_binary(b"bytes").await;
    assert_eq!(peer.end().await, 1005);
    drop(peer);
    scene.end().await;
}

/// Case 24, and CVE-2026-48804: attachments that gathered over several packets.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_its_attachments_follows_a_header() {
    let scene = Scene::new(server(Server::builder())).await;
    for packet in [r#"42["echo",1]"#, ONE, "40/other,", "41", "431[]", "4"] {
        for attachments in 0..2 {
            let mut peer = Peer::connect(scene.address).await;
            peer.send(r#"452-["x",{"_placeholder":true,"num":1}]"#).await;
            for _ in 0..attachments {
                peer.send_binary(b"bytes").await;
            }
            peer.send(packet).await;
            assert_eq!(peer.end().await, 1005, "{packet}");
        }
    }
    // the heartbeat is not part of it
    let mut peer = Peer::connect(scene.address).await;
    peer.send(r#"451-7["back",{"_placeholder":true,"num":0}]"#).await;
    peer.send("3").await;
    peer.send("6").await;
    peer.send_binary(b"bytes").await;
    assert_eq!(peer.next().await, r#"461-7[{"_placeholder":true,"num":0}]"#);
    assert_eq!(peer.receive().await, Received::Binary(b"bytes".to_vec()));
    // one more than was announced
    peer.send_binary(b"bytes").await;
    assert_eq!(peer.end().await, 1005);
    drop(peer);
    scene.end().await;
}

/// Case 24: what is odd and yet allowed.
#[tokio::test(flavor = "multi_thread")]
async fn attachments_may_be_named_twice_or_never_and_come_with_answers() {
    let io = server(Server::builder());
    io.of("/").on("ask", |socket: Socket| async move {
        Reply(socket.emit_with_ack::<Binary>("question", ()).await.unwrap())
    });
    let scene = Scene::new(io).await;
    let mut peer = Peer::connect(scene.address).await;
    let twice = r#"[{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]"#;
    for (packet, answer) in [
        (format!(r#"451-7["back",{twice}]"#), format!("461-7[{twice}]")),
        (r#"451-7["back",1]"#.to_owned(), "461-7[1]".to_owned()),
    ] {
        peer.send(&packet).await;
        peer.send_binary(b"bytes").await;
        assert_eq!(peer.next().await, answer);
        assert_eq!(peer.receive().await, Received::Binary(b"bytes".to_vec()));
    }
    peer.send(r#"427["ask"]"#).await;
    assert_eq!(peer.next().await, r#"420["question",null]"#);
    peer.send(r#"461-0[{"_placeholder":true,"num":0}]"#).await;
    peer.send_binary(b"answer").await;
    assert_eq!(peer.next().await, r#"461-7[{"_placeholder":true,"num":0}]"#);
    assert_eq!(peer.receive().await, Received::Binary(b"answer".to_vec()));
    drop(peer);
    scene.end().await;
}

/// Case 24, and what `netty-socketio` ran out of memory by: announced, and never sent.
#[tokio::test(flavor = "multi_thread")]
async fn attachments_that_never_come_are_forgotten_with_the_connection() {
    let scene = Scene::new(server(impatient())).await;
    let mut silent = Vec::new();
    for n in 0..50 {
        let mut peer = Peer::connect(scene.address).await;
        peer.send(r#"4510-["x"]"#).await;
        for _ in 0..n % 10 {
            peer.send_binary(&[0; 10_000]).await;
        }
        silent.push(peer);
        let poller = Poller::open(scene.address).await;
        poller.join().await;
        assert_eq!(poller.post(format!("{ONE}\u{1e}6")).await.status, 200);
    }
    scene.is_served().await;
    // half of them leave; the others answer no ping and are turned out
    silent.truncate(25);
    scene.is_empty().await;
    drop(silent);
    scene.end().await;
}
