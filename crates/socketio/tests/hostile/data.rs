//! Arguments without measure: depth, numbers, keys, MessagePack.

use chorus_protocol::socketio::msgpack;
use chorus_socketio::{Data, Payload, Reply, Server, parser::MessagePackParser};
use serde_json::{Value, json};

use crate::harness::{BINARY, FIN, Peer, Received, Scene, TEXT, frame};

/// `back` returns what it gets unparsed; `typed` and `number` parse it.
fn handlers(io: Server) -> Server {
    io.of("/").on("back", |payload: Payload| async move { Reply(payload) });
    io.of("/").on("typed", |Data(value): Data<Value>| async move { Reply(value) });
    io.of("/").on("number", |Data(value): Data<u32>| async move { Reply(value) });
    io
}

/// Case 22.
#[tokio::test(flavor = "multi_thread")]
async fn nesting_of_any_depth_is_survived() {
    let scene = Scene::new(handlers(Server::builder().max_http_buffer_size(4_000_000).build())).await;
    let mut peer = Peer::connect(scene.address).await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}0{}", open.repeat(400_000), close.repeat(400_000));
        peer.send(&format!(r#"421["back",{deep}]"#)).await;
        assert!(peer.next().await == format!("431[{deep}]"), "it is sent on as it came");
        peer.send(&format!(r#"422["typed",{deep}]"#)).await;
        assert!(peer.next().await.contains("invalid_data"), "nobody parses that");
        scene.is_served().await;
        // without an end it is no JSON
        let mut other = Peer::connect(scene.address).await;
        other.send(&format!(r#"421["back",{}"#, open.repeat(400_000))).await;
        assert_eq!(other.end().await, 1005);
    }
    let deep = format!(r#"40{{"auth":{}{}}}"#, "[".repeat(400_000), "]".repeat(400_000));
    let mut other = Peer::open(scene.address).await;
    other.send(&deep).await;
    assert!(other.next().await.starts_with("40{\"sid\""));
    drop((peer, other));
    scene.end().await;
}

/// A placeholder may lie as deep as it likes; who looks for it must not run out of stack.
#[tokio::test(flavor = "multi_thread")]
async fn nesting_around_an_attachment_is_survived() {
    let scene = Scene::new(handlers(Server::new())).await;
    for depth in [100, 400_000] {
        let mut peer = Peer::connect(scene.address).await;
        let deep = format!(r#"{}{{"_placeholder":true,"num":0}}{}"#, "[".repeat(depth), "]".repeat(depth));
        peer.send(&format!(r#"451-1["back",{deep}]"#)).await;
        peer.send_binary(b"bytes").await;
        match peer.receive().await {
            Received::Text(text) => assert_eq!((text, depth), (format!("461-1[{deep}]"), 100)),
            received => assert_eq!((received, depth), (Received::Close(None), 400_000)),
        }
        scene.is_served().await;
    }
    scene.end().await;
}

/// Cases 21 and 22.
#[tokio::test(flavor = "multi_thread")]
async fn numbers_keys_and_texts_that_no_type_holds_are_passed_on_or_refused() {
    let scene = Scene::new(handlers(Server::new())).await;
    let mut peer = Peer::connect(scene.address).await;
    let digits = "9".repeat(100_000);
    for odd in [
        "1e400",
        "-1e400",
        "1e-400",
        "-0",
        "18446744073709551616",
        "-9223372036854775809",
        &digits,
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""\u0000""#,
        r#"{"a":1,"a":2}"#,
        r#"{"__proto__":{"a":1},"constructor":{"prototype":{}}}"#,
        r#"{"":{"":""}}"#,
        r#"{"_placeholder":true,"num":0}"#,
    ] {
        peer.send(&format!(r#"423["back",{odd}]"#)).await;
        assert_eq!(peer.next().await, format!("433[{odd}]"));
        peer.send(&format!(r#"424["typed",{odd}]"#)).await;
        assert!(peer.next().await.starts_with("434["), "{odd:.20}");
        peer.send(&format!(r#"425["number",{odd}]"#)).await;
        assert!(peer.next().await.contains("invalid_data"), "{odd:.20}");
    }
    for broken in [
        "01",
        "+1",
        ".5",
        "1.",
        "0x1",
        "NaN",
        "Infinity",
        "'x'",
        "\"\\x\"",
        "\"\u{1}\"",
        "[1,]",
        "{a:1}",
        "{\"a\":1,}",
    ] {
        let mut other = Peer::connect(scene.address).await;
        other.send(&format!(r#"423["back",{broken}]"#)).await;
        assert_eq!(other.end().await, 1005, "{broken}");
    }
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}

/// Case 21: arguments by the hundred thousand.
#[tokio::test(flavor = "multi_thread")]
async fn any_number_of_arguments_is_one_event() {
    let scene = Scene::new(handlers(Server::builder().max_http_buffer_size(4_000_000).build())).await;
    let mut peer = Peer::connect(scene.address).await;
    let many = vec!["1"; 1_000_000].join(",");
    peer.send(&format!(r#"421["back",{many}]"#)).await;
    assert!(peer.next().await == format!("431[{many}]"));
    peer.send(&format!(r#"422["number",{many}]"#)).await;
    assert_eq!(peer.next().await, "432[1]", "those that nobody takes are passed over");
    drop(peer);
    scene.end().await;
}

/// Case 22 and CVE-2026-48109, by the other parser. The vectors are in `crates/protocol/tests/msgpack`.
#[tokio::test(flavor = "multi_thread")]
async fn message_pack_that_lies_about_its_length_closes() {
    let scene = Scene::message_pack(handlers(Server::builder().parser(MessagePackParser).build())).await;
    // type 2, nsp "/", and data ["x", …
    let event = |argument: &[u8]| [b"\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x92\xa1x", argument].concat();
    let mut cases =
        vec![Vec::new(), vec![0xC1], vec![0x80], vec![0x91; 500_000], vec![0xDF, 0xFF, 0xFF, 0xFF, 0xFF]];
    for argument in [
        // strings, bytes, extensions, arrays and maps of 2^32 - 1, and a few bytes
        &b"\xdb\xff\xff\xff\xff"[..],
        b"\xc6\xff\xff\xff\xffxxxx",
        b"\xc9\xff\xff\xff\xff\x01xxxx",
        b"\xdd\xff\xff\xff\xff\xc0\xc0",
        b"\xdf\xff\xff\xff\xff\xa1a\xc0",
        b"\xa1\xff",
        // LZ4 blocks of other libraries
        b"\xc7\x01\x63\x00",
        b"\xc7\x01\x62\x00",
        b"\xd4\xff\x00",
        // a map as a key, and as deep as it is long
        b"\x81\x80\xc0",
        &b"\x91".repeat(500_000),
        &b"\x81\xa1a".repeat(150_000),
    ] {
        cases.push(event(argument));
    }
    for (n, bytes) in cases.iter().enumerate() {
        let mut peer = packed(&scene).await;
        assert_eq!(peer.flood([frame(FIN | BINARY, bytes)]).await, 1005, "case {n}");
        scene.is_served().await;
    }
    let mut peer = packed(&scene).await;
    peer.raw(&frame(FIN | TEXT, b"42[\"x\"]")).await;
    assert_eq!(peer.end().await, 1005, "text is for the other parser");
    drop(peer);
    // a million keys that would collide in a hash of the reader's
    let mut peer = packed(&scene).await;
    let keys: serde_json::Map<_, _> = (0..50_000).map(|n| (format!("{n:08}"), Value::Null)).collect();
    peer.send_binary(&bytes(&json!({ "type": 2, "nsp": "/", "data": ["back", keys], "id": 1 }))).await;
    let Received::Binary(answer) = peer.receive().await else { panic!("no answer") };
    let answer: Value = serde_json::from_str(&msgpack::to_json(&answer, 0).unwrap().0).unwrap();
    assert!(answer["data"] == json!([keys]));
    drop(peer);
    scene.end().await;
}

fn bytes(packet: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    msgpack::from_json(&packet.to_string(), &[], &mut bytes).unwrap();
    bytes
}

async fn packed(scene: &Scene) -> Peer {
    let mut peer = Peer::open(scene.address).await;
    peer.send_binary(&bytes(&json!({ "type": 0, "nsp": "/" }))).await;
    assert!(matches!(peer.receive().await, Received::Binary(_)));
    peer
}
