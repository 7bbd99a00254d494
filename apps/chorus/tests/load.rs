//! 5,000 voters on one poll: `cargo test --release -p chorus --test load -- --ignored --nocapture`

mod common;

use std::time::{Duration, Instant};

use common::socket::Socket;
use common::{Server, folder, single};
use serde_json::json;
use tokio::task::JoinSet;

const VOTERS: usize = 5_000;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn five_thousand_voters_vote_within_five_seconds() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let mut host = Socket::join(&host, &code, "host", 0).await.unwrap();
    host.done("command-open", json!({ "do": "open", "question": 1 })).await;

    let start = Instant::now();
    let cpu = server.cpu();
    let mut guests = JoinSet::new();
    for _ in 0..VOTERS {
        let address = server.address;
        guests.spawn(async move { common::session(address).await });
    }
    let guests = guests.join_all().await;
    println!("{VOTERS} sessions in {:?}, {:?} CPU", start.elapsed(), server.cpu().saturating_sub(cpu));

    let (start, cpu) = (Instant::now(), server.cpu());
    let mut joining = JoinSet::new();
    for guest in guests {
        let code = code.clone();
        joining.spawn(async move {
            let mut socket = Socket::join(&guest, &code, "participant", 0).await.unwrap();
            socket.next("votes").await;
            socket
        });
    }
    let voters = joining.join_all().await;
    println!("{VOTERS} connected in {:?}, {:?} CPU", start.elapsed(), server.cpu().saturating_sub(cpu));
    host.until("tally", |tally| tally["people"] == VOTERS).await;

    let (start, cpu) = (Instant::now(), server.cpu());
    let mut voting = JoinSet::new();
    for (number, mut voter) in voters.into_iter().enumerate() {
        voting.spawn(async move {
            voter.events.clear();
            let vote = json!({ "do": "vote", "question": 1, "choices": [number % 3] });
            voter.done("command-vote", vote).await;
            let answered = start.elapsed();
            let exact = json!([1_667, 1_667, 1_666]);
            voter.until("tally", |tally| tally["questions"][0]["counts"] == exact).await;
            (answered, start.elapsed(), voter)
        });
    }
    let mut done = voting.join_all().await;
    let took = start.elapsed();
    done.sort_by_key(|(answered, ..)| *answered);
    println!(
        "{VOTERS} votes: answered {:?} (median), {:?} (last); exact tally everywhere after {took:?}; {:?} CPU; {} MB peak",
        done[VOTERS / 2].0,
        done[VOTERS - 1].0,
        server.cpu().saturating_sub(cpu),
        server.peak_memory() / 1_000_000,
    );
    assert!(done[VOTERS - 1].0 < Duration::from_secs(5));
}
