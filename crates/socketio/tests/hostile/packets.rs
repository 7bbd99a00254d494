//! Packets of Socket.IO that are none, or out of place.

use std::time::{Duration, Instant};

use chorus_socketio::Server;

use crate::harness::{Peer, Poller, Received, Scene};

/// CVE-2023-32695, socketioxide #357, cases 18, 19, 23 and 25.
const VIOLATIONS: [&str; 60] = [
    // no packets
    "4999",
    "47",
    "4a",
    "45",
    "45[",
    "451",
    "45a-",
    "451.23-",
    "4-",
    r#"45-["x"]"#,
    r#"46-["x"]"#,
    // no events
    "42",
    "42{}",
    "42[]",
    "42[",
    r#"42["some","data""#,
    r#"42["x"]]"#,
    r#"42["x"] x"#,
    r#"42"x""#,
    r#"42[{"toString":"foo"}]"#,
    r#"42[true,"foo"]"#,
    r#"42[null,"bar"]"#,
    r#"42[["x"]]"#,
    r#"42/admin,"invalid"#,
    // names of our own
    r#"42["connect"]"#,
    r#"42["connect_error"]"#,
    r#"42["disconnect","123"]"#,
    r#"42["disconnecting"]"#,
    r#"42["newListener"]"#,
    r#"42["removeListener"]"#,
    r#"42["\u0063onnect"]"#,
    // out of place
    "40",
    "40{}",
    r#"42/other,["x"]"#,
    r#"43/other,1["x"]"#,
    "41/other,",
    r#"44{"message":"x"}"#,
    "44/other,{}",
    // what is given to CONNECT and DISCONNECT
    "40[]",
    r#"40"x""#,
    "40{",
    "40null",
    r#"40/admin,"invalid""#,
    "41{}",
    "41/admin,{}",
    // numbers of answers
    "43",
    "43[]",
    r#"43["x"]"#,
    "431",
    "431{}",
    r#"42-1["echo"]"#,
    r#"421e9["echo"]"#,
    r#"421.5["echo"]"#,
    r#"42 1["echo"]"#,
    r#"429007199254740992["echo"]"#,
    r#"429007199254740993["echo"]"#,
    r#"4218446744073709551616["echo"]"#,
    r#"42123456789012345678901234567890["echo"]"#,
    r#"43123456789012345678901234567890["x"]"#,
    r#"43-1["x"]"#,
];

#[tokio::test(flavor = "multi_thread")]
async fn violations_close_a_websocket() {
    let scene = Scene::new(Server::new()).await;
    for packet in VIOLATIONS {
        let mut peer = Peer::connect(scene.address).await;
        peer.send(packet).await;
        assert_eq!(peer.end().await, 1005, "{packet}");
    }
    scene.is_empty().await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn violations_close_a_polling_session() {
    let scene = Scene::new(Server::new()).await;
    for packet in VIOLATIONS {
        let poller = Poller::open(scene.address).await;
        poller.join().await;
        assert_eq!(
            poller.post(format!("{packet}\u{1e}{}", r#"421["echo",1]"#)).await.status,
            200,
            "{packet}"
        );
        assert_eq!(poller.get().await.body, "1", "{packet}, and nothing behind it is answered");
    }
    scene.is_empty().await;
    scene.end().await;
}

/// Case 18.
#[tokio::test(flavor = "multi_thread")]
async fn packets_before_connect_close() {
    let scene = Scene::new(Server::new()).await;
    for packet in [
        r#"42["echo",1]"#,
        r#"421["echo",1]"#,
        r#"431["x"]"#,
        "41",
        r#"451-["x",{"_placeholder":true,"num":0}]"#,
    ] {
        let mut peer = Peer::open(scene.address).await;
        peer.send(packet).await;
        // the header of a binary packet alone is nothing yet
        peer.send_binary(b"").await;
        assert_eq!(peer.end().await, 1005, "{packet}");
    }
    scene.end().await;
}

/// CVE-2024-38355: an event named `error` without a handler ended the process.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_nobody_handles_is_nothing() {
    let scene = Scene::new(Server::new()).await;
    let mut peer = Peer::connect(scene.address).await;
    for name in [
        "error",
        "",
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
        "prototype",
        "\\ud800",
        "\\u0000",
    ] {
        for packet in
            [format!(r#"42["{name}"]"#), format!(r#"427["{name}",{{"__proto__":{{"polluted":1}}}}]"#)]
        {
            assert!(peer.send(&packet).await, "{packet}");
            peer.is_alive().await;
        }
    }
    assert!(peer.send("42[5]").await);
    peer.is_alive().await;
    drop(peer);
    scene.end().await;
}

/// CVE-2020-36049: texts of a megabyte that a slow parser takes apart again and again.
#[tokio::test(flavor = "multi_thread")]
async fn long_packets_take_linear_time() {
    let scene = Scene::new(Server::new()).await;
    let long = |c: &str| c.repeat(990_000 / c.len());
    let cases = [
        (format!("42111{}[", long("1")), true),
        (format!("4511{}-", long("1")), true),
        (format!("45{}", long("1")), true),
        (format!("42[{}", long("[")), true),
        (format!("42[\"{}", long("\\\\")), true),
        (format!("42/{}", long("/")), true),
        (format!("42/{}", long(",")), true),
        (format!("40{{{}", long("\"a\":{")), true),
        (format!(r#"42["{}"]"#, long("a")), false),
        (format!(r#"42["{}"]"#, long("\\u0061")), false),
        (format!(r#"42["x"{}]"#, long(",1")), false),
        (format!(r#"42["x",{{{}"z":1}}]"#, long("\"a\":1,")), false),
    ];
    for (packet, closes) in cases {
        let start = Instant::now();
        let mut peer = Peer::connect(scene.address).await;
        peer.send(&packet).await;
        if closes {
            assert_eq!(peer.end().await, 1005, "{packet:.20}");
        } else {
            peer.is_alive().await;
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{packet:.20}: {:?}", start.elapsed());
        scene.is_served().await;
    }
    // a name that long is answered or not, but it is looked for once
    let start = Instant::now();
    let mut peer = Peer::connect(scene.address).await;
    peer.send(&format!("40/{}", long("a"))).await;
    assert!(matches!(peer.receive().await, Received::Text(_) | Received::Close(None)));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    drop(peer);
    scene.end().await;
}
