//! What clients are told: everything, once, and not too often.

#![allow(clippy::similar_names, reason = "a vote, its voter, the votes")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::time::Instant;

use common::poll::{counts, open, vote};
use common::socket::Socket;
use common::{Server, folder, single};
use serde_json::{Value, json};

#[tokio::test]
async fn a_returning_client_gets_exactly_what_it_missed() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("1"), single("2"), single("3")])).await;
    let mut host = Socket::join(&host, &code, "host", 0).await.unwrap();
    for question in 1..=3 {
        host.done(&format!("command-{question}"), open(question)).await;
    }
    let voter = server.guest().await;
    let mut socket = Socket::join(&voter, &code, "participant", 0).await.unwrap();
    let since = socket.next("changes").await["offset"].as_u64().unwrap();
    socket.close().await;

    host.done("command-hide", json!({ "do": "hide", "question": 2 })).await;
    host.done("command-reset", json!({ "do": "reset", "question": 1 })).await;
    let last = host.done("command-add", json!({ "do": "add", "content": single("4") })).await;

    let mut socket = Socket::join(&voter, &code, "participant", since).await.unwrap();
    let missed = socket.next("changes").await;
    assert_eq!((&missed["whole"], &missed["offset"]), (&json!(false), &json!(last)));
    let questions: Vec<_> = missed["questions"].as_array().unwrap().iter().map(|q| &q["id"]).collect();
    assert_eq!(questions, [2]);
    assert_eq!(missed["removed"], json!([1]));
    assert_eq!(missed["poll"]["order"], json!([2, 3]));
    let mut nothing_missed = Socket::join(&voter, &code, "participant", last).await.unwrap();
    let nothing = nothing_missed.next("changes").await;
    assert_eq!((&nothing["poll"], &nothing["questions"]), (&Value::Null, &json!([])));
    let mut ahead = Socket::join(&voter, &code, "participant", last + 1).await.unwrap();
    assert_eq!(ahead.next("changes").await["whole"], true);
}

#[tokio::test]
async fn no_change_is_missed_or_doubled_while_clients_join() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("1"), single("2")])).await;
    let mut host = Socket::join(&host, &code, "host", 0).await.unwrap();
    let mut guests = Vec::new();
    for _ in 0..6 {
        guests.push(server.guest().await);
    }
    let at = code.clone();
    let joining = tokio::spawn(async move {
        let mut sockets = Vec::new();
        for number in 0..60 {
            sockets.push(Socket::join(&guests[number % 6], &at, "participant", 0).await.unwrap());
        }
        sockets
    });
    let mut last = 0;
    for number in 0..150 {
        last = host.done(&format!("command-{number}"), open(number % 2 + 1)).await;
    }
    let sockets = joining.await.unwrap();
    for mut socket in sockets {
        let mut offset = socket.next("changes").await["offset"].as_u64().unwrap();
        while offset < last {
            let changes = socket.next("changes").await;
            let next = changes["offset"].as_u64().unwrap();
            // each command is a batch of its own, for the host waits for each acknowledgement
            assert_eq!(next, offset + 1, "a gap or a duplicate");
            offset = next;
        }
    }
}

#[tokio::test]
async fn tallies_are_few_and_the_last_is_exact() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let mut host = Socket::join(&host, &code, "host", 0).await.unwrap();
    host.done("command-open", open(1)).await;
    let mut voters = Vec::new();
    for _ in 0..20 {
        voters.push(Socket::join(&server.guest().await, &code, "participant", 0).await.unwrap());
    }
    host.until("tally", |tally| tally["people"] == 20).await;
    host.settle().await;
    host.events.clear();
    let start = Instant::now();
    for round in 0..40 {
        for (number, voter) in voters.iter_mut().enumerate() {
            let choice = if round < 39 { ((round + number) % 2) as u8 } else { 2 };
            voter.done(&format!("command-{round}"), vote(1, &[choice])).await;
        }
    }
    // nobody chose 2 before the last round, so only the last tally says this
    let mut tallies = 1;
    while counts(&host.next("tally").await, 1) != Some(vec![0, 0, 20]) {
        tallies += 1;
    }
    let took = start.elapsed();
    assert!(tallies <= took.as_millis() / 100 + 2, "{tallies} tallies in {took:?}");
    host.settle().await;
    assert!(host.events.iter().all(|(name, _)| name != "changes"), "votes are no changes");
}

#[tokio::test]
async fn hidden_results_stay_with_the_host_until_they_are_revealed() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let mut question = single("secret");
    question["hidden"] = json!(true);
    let (host, code) = server.poll(json!([question])).await;
    let mut host_socket = Socket::join(&host, &code, "host", 0).await.unwrap();
    let mut screen = Socket::join(&host, &code, "projector", 0).await.unwrap();
    let mut voter = Socket::join(&server.guest().await, &code, "participant", 0).await.unwrap();
    host_socket.done("command-open", open(1)).await;
    voter.done("command-vote", vote(1, &[0])).await;
    host_socket.until("tally", |tally| counts(tally, 1) == Some(vec![1, 0, 0])).await;
    for socket in [&mut screen, &mut voter] {
        let tally = socket.until("tally", |tally| tally["questions"][0]["voted"] == 1).await;
        assert_eq!(tally["questions"][0]["counts"], Value::Null);
    }
    host_socket.done("command-show", json!({ "do": "reveal", "question": 1 })).await;
    for socket in [&mut screen, &mut voter] {
        socket.until("tally", |tally| counts(tally, 1) == Some(vec![1, 0, 0])).await;
    }
}
