//! An exercise whose server is killed again and again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use common::socket::Socket;
use common::{Guest, Server, folder};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error as WebSocketError, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// How often the server is killed while clicks are under way.
const KILLS: usize = 200;
/// How often at most, also while nobody clicks: connections are being made, or all is answered.
const MOST_KILLS: usize = 4 * KILLS;
/// The facilitators who click.
const FACILITATORS: usize = 3;
/// How many clicks a facilitator makes on one connection, besides those to be repeated.
const CLICKS: u64 = 12;

/// With so many unanswered clicks no new ones are made: the server takes a hundred at once.
const MOST: usize = 60;

/// A facilitator and what became of the clicks: the entry of the log once it is known.
struct Facilitator {
    guest: Guest,
    clicks: BTreeMap<u64, Option<u64>>,
    /// Whether clicks have been sent that are not all answered.
    clicking: bool,
}

impl Facilitator {
    /// Clicks, again where no answer came, until the line breaks or all is answered.
    async fn click(&mut self, code: &str) -> Result<(), WebSocketError> {
        let (first, unanswered) = (self.clicks.len() as u64, self.unanswered().count());
        if unanswered < MOST {
            self.clicks.extend((first..first + CLICKS).map(|number| (number, None)));
        }
        self.clicking = false;
        let mut stream = open(&self.guest).await?;
        let auth = json!({ "code": code, "as": "facilitator", "since": 1 });
        stream.send(Message::text(format!("40/exercise,{auth}"))).await?;
        // who sends events before the namespace has let them in is closed, as by the official server
        while !matches!(next(&mut stream).await?, Message::Text(text) if text.starts_with("40/exercise")) {}
        // a few that are known already are repeated too: they must get the first answer
        let known = self.clicks.iter().filter(|(_, entry)| entry.is_some()).rev().take(2);
        let known = known.map(|(number, _)| *number);
        let wanted: Vec<u64> = known.chain(self.unanswered()).collect();
        self.clicking = true;
        for number in &wanted {
            let click = json!({ "id": format!("click-{number:04}"), "do": "act", "action": "A1" });
            let packet = format!(r#"42/exercise,{number}["command",{click}]"#);
            stream.send(Message::text(packet)).await?;
        }
        let mut answers = 0;
        while answers < wanted.len() {
            let Message::Text(text) = next(&mut stream).await? else { continue };
            if text.as_str() == "2" {
                stream.send(Message::text("3")).await?;
            }
            let Some(ack) = text.strip_prefix("43/exercise,") else { continue };
            let (number, reply) = ack.split_at(ack.find('[').unwrap());
            let reply: serde_json::Value = serde_json::from_str(reply).unwrap();
            let entry = reply[0]["ok"]["offset"].as_u64().unwrap_or_else(|| panic!("{reply}"));
            let before = self.clicks.insert(number.parse().unwrap(), Some(entry)).unwrap();
            assert!(before.is_none_or(|before| before == entry), "a retry is answered as the first time");
            answers += 1;
        }
        self.clicking = false;
        Ok(())
    }
}

impl Facilitator {
    fn unanswered(&self) -> impl Iterator<Item = u64> {
        self.clicks.iter().filter(|(_, entry)| entry.is_none()).map(|(number, _)| *number)
    }
}

async fn open(guest: &Guest) -> Result<WebSocketStream<TcpStream>, WebSocketError> {
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", guest.address);
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("cookie", guest.cookie.parse().unwrap());
    let stream = TcpStream::connect(guest.address).await?;
    Ok(client_async(request, stream).await?.0)
}

async fn next(stream: &mut WebSocketStream<TcpStream>) -> Result<Message, WebSocketError> {
    stream.next().await.ok_or(WebSocketError::ConnectionClosed)?
}

/// The same numbers at each run.
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_outlives_kill_9_and_a_retry_counts_once() {
    let data = folder();
    let mut server = Server::start(data.path(), &[]);
    let host = server.guest().await;
    let scenario = json!({
        "format": "chorus-scenario/1", "title": "Clicks",
        "settings": { "budget": 0, "carry_over": true, "restart": "keep" },
        "actions": [{ "id": "A1", "text": "Collect", "at": "hq", "gain": 1 }],
    });
    let kept = host.post("/api/scenarios", &json!({ "document": scenario })).await.json();
    let made = host.post("/api/exercises", &json!({ "scenario": kept["id"] })).await.json();
    let code = made["code"].as_str().unwrap().to_owned();
    let auth = json!({ "code": code, "as": "facilitator" });
    let mut socket = Socket::connect(host.address, &host.cookie, "/exercise", &auth).await.unwrap();
    socket.done("start-it-now", json!({ "do": "start" })).await;
    let key = host.post(&format!("/api/rooms/{code}/keys"), &json!({ "role": "host" })).await.json();
    let mut facilitators =
        vec![Facilitator { guest: host.clone(), clicks: BTreeMap::new(), clicking: false }];
    while facilitators.len() < FACILITATORS {
        let guest = server.guest().await;
        guest.post(&format!("/api/rooms/{code}/claim"), &json!({ "key": key["key"] })).await;
        facilitators.push(Facilitator { guest, clicks: BTreeMap::new(), clicking: false });
    }

    let (mut seed, mut interrupted) = (20_261_120, 0);
    for kill in 0.. {
        assert!(kill <= MOST_KILLS, "{interrupted} of {kill} kills came while clicks were under way");
        interrupted += usize::from(facilitators.iter().any(|facilitator| facilitator.clicking));
        for facilitator in &mut facilitators {
            facilitator.guest = facilitator.guest.at(&server);
        }
        let clicks = facilitators.iter_mut().map(|facilitator| facilitator.click(&code));
        let clicks = futures_util::future::join_all(clicks);
        if interrupted == KILLS {
            clicks.await.into_iter().for_each(|done| done.unwrap());
            break;
        }
        let moment = Duration::from_micros(random(&mut seed) % 60_000);
        // the clicks go on until the lines break, which they do when the server is gone
        tokio::pin!(clicks);
        let all_answered = tokio::time::timeout(moment, &mut clicks).await.is_ok();
        server.signal_9();
        if !all_answered {
            clicks.await;
        }
        server.kill_9();
        server = Server::start(data.path(), &[]);
    }

    let all: usize = facilitators.iter().map(|facilitator| facilitator.clicks.len()).sum();
    let mut entries: Vec<u64> = facilitators
        .iter()
        .flat_map(|facilitator| facilitator.clicks.values().map(|entry| entry.unwrap()))
        .collect();
    entries.sort_unstable();
    entries.dedup();
    assert_eq!(entries.len(), all, "each click has an entry of its own");
    let host = host.at(&server);
    let mut socket = Socket::connect(host.address, &host.cookie, "/exercise", &auth).await.unwrap();
    let state = socket.next("changes").await;
    assert_eq!(state["game"]["budget"], all, "each click counts once");
    let acted = state["log"].as_array().unwrap().iter().filter(|entry| entry["deed"]["type"] == "acted");
    assert_eq!(acted.count(), all);
}
