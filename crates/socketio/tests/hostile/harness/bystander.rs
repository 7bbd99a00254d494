//! A client that wants nothing but answers, all the time.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chorus_protocol::socketio::msgpack;
use serde_json::{Value, json};
use tokio::{task::JoinHandle, time::sleep};

use super::{peer::Peer, reader::Received, scene::within};

/// What the server's parser takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    Json,
    MessagePack,
}

pub(super) struct Bystander {
    task: JoinHandle<()>,
    rounds: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Bystander {
    /// Joins the main namespace and begins to ask.
    pub(super) async fn start(address: SocketAddr, tongue: Tongue) -> Self {
        let mut peer = Peer::open(address).await;
        let connect = message(tongue, "40", &json!({ "type": 0, "nsp": "/" }));
        assert!(peer.send_message(&connect).await);
        assert!(matches!(peer.receive().await, Received::Text(_) | Received::Binary(_)));
        let (rounds, stop) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let task = tokio::spawn(ask_on(peer, tongue, rounds.clone(), stop.clone()));
        Self { task, rounds, stop }
    }

    /// Asserts that it gets answers now.
    pub(super) async fn is_served(&self) {
        let before = self.rounds.load(Ordering::SeqCst);
        let rounds = &self.rounds;
        let served = || self.task.is_finished() || rounds.load(Ordering::SeqCst) >= before + 2;
        within("the bystander is served", served).await;
        assert!(!self.task.is_finished(), "the bystander was turned out");
    }

    pub(super) async fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.task.await.expect("the bystander was served to the end");
    }
}

/// Asks and waits for the answer, until it is to stop; fails at anything else but broadcasts.
async fn ask_on(mut peer: Peer, tongue: Tongue, rounds: Arc<AtomicUsize>, stop: Arc<AtomicBool>) {
    for n in 0_u64.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let question = json!({ "type": 2, "nsp": "/", "data": ["bystander", n], "id": n });
        let question = message(tongue, &format!(r#"42{n}["bystander",{n}]"#), &question);
        assert!(peer.send_message(&question).await, "the bystander was cut off");
        while !answers(&peer.receive().await, n) {}
        rounds.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(2)).await;
    }
}

fn message(tongue: Tongue, json: &str, packet: &Value) -> Received {
    match tongue {
        Tongue::Json => Received::Text(json.to_owned()),
        Tongue::MessagePack => {
            let mut bytes = Vec::new();
            msgpack::from_json(&packet.to_string(), &[], &mut bytes).unwrap();
            Received::Binary(bytes)
        }
    }
}

/// Whether it is the answer to question `n`; it may be a broadcast, but nothing else.
fn answers(received: &Received, n: u64) -> bool {
    match received {
        Received::Text(text) if text.starts_with("42[") || text.starts_with("451-[") => false,
        Received::Text(text) => {
            assert_eq!(*text, format!("43{n}[{n}]"));
            true
        }
        // an attachment of a broadcast
        Received::Binary(data) if data.iter().all(|byte| *byte == 0) => false,
        Received::Binary(data) => {
            let (json, _) = msgpack::to_json(data, 0).unwrap();
            let packet: Value = serde_json::from_str(&json).unwrap();
            assert_eq!(packet, json!({ "type": 3, "nsp": "/", "data": [n], "id": n }));
            true
        }
        other => panic!("the bystander got {other:?}"),
    }
}
