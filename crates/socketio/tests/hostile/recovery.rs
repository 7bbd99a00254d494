//! Sessions that are not the client's to come back to.

use chorus_socketio::{ConnectError, Data, Recovery, Reply, Server, Socket};
use serde_json::{Value, json};

use crate::harness::{FIN, Peer, Scene, TEXT, frame, within};

fn server(recovery: Recovery) -> Server {
    let io = Server::builder().connection_state_recovery(recovery).build();
    io.of("/").on("back?", |socket: Socket| async move { Reply(socket.recovered()) });
    io.of("/").on("turn out", |socket: Socket| async move { socket.disconnect() });
    io
}

/// Joins with an `auth` and returns what the server says of it.
async fn connect(scene: &Scene, auth: &Value) -> (Peer, Value) {
    let mut peer = Peer::open(scene.address).await;
    peer.send(&format!("40{auth}")).await;
    let answer = peer.next().await;
    let data = serde_json::from_str(&answer[2..]).unwrap_or_else(|_| panic!("{answer}"));
    (peer, data)
}

async fn is_back(peer: &mut Peer) -> bool {
    peer.send(r#"421["back?"]"#).await;
    loop {
        match &*peer.next().await {
            "431[true]" => return true,
            "431[false]" => return false,
            _ => {}
        }
    }
}

/// A client that has seen a packet, and the offset of that.
async fn victim(scene: &Scene) -> (Peer, Value, Value) {
    let (mut peer, data) = connect(scene, &json!({})).await;
    scene.io.emit("news", 1).unwrap();
    let packet = peer.next().await;
    let packet: Value = serde_json::from_str(packet.strip_prefix("42").unwrap()).unwrap();
    (peer, data, packet[2].clone())
}

/// Breaks the line off, and waits until that was noticed.
async fn lose(scene: &Scene, peer: Peer) {
    drop(peer);
    scene.is_empty().await;
}

/// Case 25.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_claim_gets_a_session_of_its_own() {
    let scene = Scene::new(server(Recovery::default())).await;
    let (peer, data, offset) = victim(&scene).await;
    let (pid, sid) = (data["pid"].clone(), data["sid"].clone());
    assert_ne!(pid, sid);
    // as long as its owner is there, not even the right one is of use
    let (mut thief, stolen) = connect(&scene, &json!({ "pid": pid, "offset": offset })).await;
    assert!(!is_back(&mut thief).await);
    assert_ne!(stolen["sid"], sid);
    drop(thief);
    lose(&scene, peer).await;
    let long = "x".repeat(400_000);
    for claim in [
        json!({ "pid": sid, "offset": offset }),
        json!({ "pid": "aaaaaaaaaaaaaaaaaaaa", "offset": offset }),
        json!({ "pid": "__proto__", "offset": "__proto__" }),
        json!({ "pid": pid, "offset": null }),
        json!({ "pid": pid, "offset": [offset] }),
        json!({ "pid": pid }),
        json!({ "pid": [pid], "offset": offset }),
        json!({ "pid": { "toString": pid }, "offset": offset }),
        json!({ "pid": 1, "offset": 1 }),
        json!({ "pid": long, "offset": long }),
        json!({ "offset": offset }),
    ] {
        let (mut peer, data) = connect(&scene, &claim).await;
        assert!(!is_back(&mut peer).await, "{claim:.60}");
        assert!(data["sid"] != sid && data["pid"] != pid, "{claim:.60}");
    }
    // none of them has used it up
    let (mut peer, data) = connect(&scene, &json!({ "pid": pid, "offset": offset })).await;
    assert!(is_back(&mut peer).await);
    assert_eq!((&data["sid"], &data["pid"]), (&sid, &pid));
    drop(peer);
    scene.end().await;
}

/// Case 25: the right `pid`, but a place in the history that there is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_offset_brings_nothing_back() {
    let scene = Scene::new(server(Recovery::default())).await;
    for forged in ["__proto__", "", "0", "99999999999999999999"] {
        let (peer, data, _) = victim(&scene).await;
        lose(&scene, peer).await;
        let (mut peer, new) = connect(&scene, &json!({ "pid": data["pid"], "offset": forged })).await;
        assert!(!is_back(&mut peer).await, "{forged}");
        assert!(new["sid"] != data["sid"] && new["pid"] != data["pid"], "{forged}");
    }
    scene.end().await;
}

/// Two claims at once: an id is one client.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_comes_back_once() {
    let scene = Scene::new(server(Recovery::default())).await;
    for _ in 0..10 {
        let (peer, data, offset) = victim(&scene).await;
        lose(&scene, peer).await;
        let claim = json!({ "pid": data["pid"], "offset": offset });
        let ((mut one, _), (mut other, _)) = tokio::join!(connect(&scene, &claim), connect(&scene, &claim));
        assert!(is_back(&mut one).await ^ is_back(&mut other).await);
        drop((one, other));
        scene.is_empty().await;
    }
    scene.end().await;
}

/// Case 25: who was turned out does not come back by the side door.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_turned_out_cannot_come_back() {
    let scene = Scene::new(server(Recovery::default())).await;
    for end in [r#"42["turn out"]"#, "41", "49"] {
        let (mut peer, data, offset) = victim(&scene).await;
        peer.send(end).await;
        within("it has left", || scene.io.of("/").socket_count() == 1).await;
        let (mut again, new) = connect(&scene, &json!({ "pid": data["pid"], "offset": offset })).await;
        assert!(!is_back(&mut again).await, "{end}");
        assert_ne!(new["sid"], data["sid"]);
        drop((peer, again));
        scene.is_empty().await;
    }
    scene.end().await;
}

/// Case 25: middleware that must see everybody sees those who come back, too.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_banned_meanwhile_is_refused() {
    let io = server(Recovery { skip_middlewares: false, ..Recovery::default() });
    io.of("/").middleware(|Data(auth): Data<Value>| async move {
        if auth["banned"] == true { Err(ConnectError::new("banned")) } else { Ok(()) }
    });
    let scene = Scene::new(io).await;
    let (peer, data, offset) = victim(&scene).await;
    lose(&scene, peer).await;
    let claim = json!({ "pid": data["pid"], "offset": offset, "banned": true });
    let mut peer = Peer::open(scene.address).await;
    peer.raw(&frame(FIN | TEXT, format!("40{claim}").as_bytes())).await;
    assert_eq!(peer.next().await, r#"44{"message":"banned"}"#);
    drop(peer);
    scene.end().await;
}
