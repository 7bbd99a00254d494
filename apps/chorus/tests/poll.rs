//! A poll over real connections: votes, roles, ends.

#![allow(clippy::similar_names, reason = "a vote, its voter, the votes")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::poll::{counts, open, vote};
use common::socket::Socket;
use common::{Server, folder, single};
use serde_json::json;

#[tokio::test]
async fn a_vote_is_counted_confirmed_and_shown_to_all() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let mut host = Socket::join(&host, &code, "host", 0).await.unwrap();
    let voter = server.guest().await;
    let mut tab = Socket::join(&voter, &code.to_lowercase(), "participant", 0).await.unwrap();
    let mut other_tab = Socket::join(&voter, &code, "participant", 0).await.unwrap();

    let first = tab.next("changes").await;
    assert_eq!((&first["whole"], first["questions"].as_array().unwrap().len()), (&json!(true), 0));
    assert_eq!(first["poll"]["order"], json!([]), "drafts are the host's");
    assert_eq!(host.next("changes").await["questions"][0]["phase"], "draft");

    host.done("command-open", open(1)).await;
    let opened = tab.next("changes").await;
    assert_eq!((&opened["whole"], &opened["poll"]["current"]), (&json!(false), &json!(1)));
    assert_eq!(opened["questions"][0]["phase"], "open");

    tab.done("command-vote", vote(1, &[1])).await;
    for socket in [&mut tab, &mut other_tab] {
        let votes = socket.until("votes", |votes| votes["whole"] == false).await;
        assert_eq!(votes["votes"], json!([{ "question": 1, "choices": [1] }]));
    }
    for socket in [&mut host, &mut tab, &mut other_tab] {
        let tally = socket.until("tally", |tally| counts(tally, 1) == Some(vec![0, 1, 0])).await;
        assert_eq!(tally["people"], 1, "two tabs are one person");
    }
    other_tab.done("command-change", vote(1, &[2])).await;
    host.until("tally", |tally| counts(tally, 1) == Some(vec![0, 0, 1])).await;

    let mut late = Socket::join(&server.guest().await, &code, "participant", 0).await.unwrap();
    assert_eq!(late.next("changes").await["questions"][0]["id"], 1);
    assert_eq!(counts(&late.next("tally").await, 1), Some(vec![0, 0, 1]));
    assert_eq!(late.next("votes").await, json!({ "whole": true, "votes": [] }));
    tab.close().await;
    let mut reload = Socket::join(&voter, &code, "participant", 0).await.unwrap();
    assert_eq!(reload.next("votes").await["votes"], json!([{ "question": 1, "choices": [2] }]));
}

#[tokio::test]
async fn a_repeated_command_is_applied_once() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let mut socket = Socket::join(&host, &code, "host", 0).await.unwrap();
    let duplicate = json!({ "do": "duplicate", "question": 1 });
    let first = socket.done("command-1", duplicate.clone()).await;
    assert_eq!(socket.done("command-1", duplicate.clone()).await, first);
    let mut again = Socket::join(&host, &code, "host", 0).await.unwrap();
    assert_eq!(again.done("command-1", duplicate).await, first, "also over another connection");
    assert_eq!(again.next("changes").await["questions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn roles_are_enforced() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let stranger = server.guest().await;
    let refused = |role: &'static str| Socket::join(&stranger, &code, role, 0);
    assert_eq!(refused("host").await.err().unwrap()["data"]["code"], "forbidden");
    let mut screen = refused("projector").await.unwrap();
    let mut voter = refused("participant").await.unwrap();
    for action in [open(1), json!({ "do": "end" }), json!({ "do": "remove", "question": 1 })] {
        assert_eq!(voter.refused("command-1", action.clone()).await, "forbidden");
        assert_eq!(screen.refused("command-1", action).await, "forbidden");
    }
    for path in ["poll.json", "results.csv"] {
        assert_eq!(stranger.get(&format!("/api/polls/{code}/{path}")).await.status, 403);
    }
    assert_eq!(stranger.send("DELETE", &format!("/api/polls/{code}"), "").await.status, 403);
    let key = json!({ "role": "host" });
    assert_eq!(stranger.post(&format!("/api/rooms/{code}/keys"), &key).await.status, 403);

    let key = host.post(&format!("/api/rooms/{code}/keys"), &key).await.json();
    let claim = format!("/api/rooms/{code}/claim");
    assert_eq!(stranger.post(&claim, &json!({ "key": "guess" })).await.code(), "invalid_key");
    assert_eq!(stranger.post(&claim, &json!({ "key": key["key"] })).await.json()["role"], "host");
    assert_eq!(stranger.get(&format!("/api/rooms/{code}")).await.json()["role"], "host");
    let mut remote = Socket::join(&stranger, &code, "host", 0).await.unwrap();
    remote.done("command-open", open(1)).await;
}

#[tokio::test]
async fn an_end_time_ends_the_poll_by_itself() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let mut socket = Socket::join(&host, &code, "host", 0).await.unwrap();
    socket.done("command-open", open(1)).await;
    let now = socket.next("changes").await["now"].as_i64().unwrap();
    let settings = json!({ "do": "settings", "title": "Soon over", "ends_at": now + 300 });
    socket.done("command-set", settings).await;
    socket.until("changes", |changes| changes["poll"]["ended"] == true).await;
    let mut voter = Socket::join(&server.guest().await, &code, "participant", 0).await.unwrap();
    assert_eq!(voter.refused("command-vote", vote(1, &[0])).await, "ended");
    let shown = host.get(&format!("/api/rooms/{code}")).await.json();
    assert_eq!((&shown["ended"], &shown["title"]), (&json!(true), &json!("Soon over")));
}

#[tokio::test]
async fn a_deleted_poll_is_gone_for_everybody() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let mut voter = Socket::join(&server.guest().await, &code, "participant", 0).await.unwrap();
    assert_eq!(host.send("DELETE", &format!("/api/polls/{code}"), "").await.status, 204);
    assert_eq!(voter.next("gone").await["code"], "deleted");
    voter.disconnected().await;
    let refused = Socket::join(&host, &code, "host", 0).await.err().unwrap();
    assert_eq!(refused["data"]["code"], "unknown_room");
    assert_eq!(host.get(&format!("/api/rooms/{code}")).await.status, 404);
    assert_eq!(host.get("/api/polls").await.json(), json!([]));
}

#[tokio::test]
async fn a_room_takes_as_many_people_as_it_is_told() {
    let data = folder();
    let server = Server::start(data.path(), &["--max-people", "2"]);
    let (host, code) = server.poll(json!([])).await;
    let (first, second, third) = (server.guest().await, server.guest().await, server.guest().await);
    let one = Socket::join(&first, &code, "participant", 0).await.unwrap();
    let _two = Socket::join(&second, &code, "participant", 0).await.unwrap();
    let full = Socket::join(&third, &code, "participant", 0).await.err().unwrap();
    assert_eq!(
        (full["data"]["code"].as_str(), full["message"].as_str()),
        (Some("full"), Some("The room is full."))
    );
    let _tab = Socket::join(&second, &code, "participant", 0).await.unwrap();
    let mut host = Socket::join(&host, &code, "host", 0).await.unwrap();
    one.close().await;
    host.until("tally", |tally| tally["people"] == 1).await;
    Socket::join(&third, &code, "participant", 0).await.unwrap();
}

#[tokio::test]
async fn who_was_there_comes_back_to_a_full_room() {
    let data = folder();
    let server = Server::start(data.path(), &["--max-people", "1"]);
    let (host, code) = server.poll(json!([])).await;
    let mut host = Socket::join(&host, &code, "host", 0).await.unwrap();
    let (first, second) = (server.guest().await, server.guest().await);
    let dropped = Socket::join(&first, &code, "participant", 0).await.unwrap();
    host.until("tally", |tally| tally["people"] == 1).await;
    dropped.close().await;
    host.until("tally", |tally| tally["people"] == 0).await;
    let _newcomer = Socket::join(&second, &code, "participant", 0).await.unwrap();
    let _back = Socket::join(&first, &code, "participant", 0).await.unwrap();
    let stranger = server.guest().await;
    let full = Socket::join(&stranger, &code, "participant", 0).await.err().unwrap();
    assert_eq!(full["data"]["code"], "full");
}

#[tokio::test]
async fn who_has_voted_comes_back_to_a_full_room_at_any_time() {
    let data = folder();
    let one = ["--max-people", "1"];
    let mut server = Server::start(data.path(), &one);
    let (host, code) = server.poll(json!([single("?")])).await;
    Socket::join(&host, &code, "host", 0).await.unwrap().done("command-open", open(1)).await;
    let (voter, other) = (server.guest().await, server.guest().await);
    let mut socket = Socket::join(&voter, &code, "participant", 0).await.unwrap();
    socket.done("command-vote", vote(1, &[0])).await;
    // who was there is forgotten with the process, votes are not
    assert_eq!(server.terminate().await, Some(0));
    let server = Server::start(data.path(), &one);
    let mut newcomer = Socket::join(&other.at(&server), &code, "participant", 0).await.unwrap();
    newcomer.next("changes").await;
    Socket::join(&voter.at(&server), &code, "participant", 0).await.unwrap();
}

#[tokio::test]
async fn the_connections_of_one_member_and_projectors_are_limited() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([])).await;
    let voter = server.guest().await;
    let mut sockets = Vec::new();
    for (guest, role, most) in [(&host, "host", 20), (&voter, "participant", 20), (&voter, "projector", 200)]
    {
        for _ in 0..most {
            sockets.push(Socket::join(guest, &code, role, 0).await.unwrap());
        }
        // the places are taken when the sockets have been shown the poll
        for socket in &mut sockets {
            socket.next("changes").await;
        }
        let full = Socket::join(guest, &code, role, 0).await.err().unwrap();
        assert_eq!(full["data"]["code"], "full", "{role}");
        assert!(full["message"].as_str().unwrap().contains(" too many "), "{full}");
        sockets.clear();
    }
}

#[tokio::test]
async fn withdrawn_hosts_are_put_out() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let keys = format!("/api/rooms/{code}/keys");
    let key = host.post(&keys, &json!({ "role": "host" })).await.json();
    let helper = server.guest().await;
    let claim = format!("/api/rooms/{code}/claim");
    helper.post(&claim, &json!({ "key": key["key"] })).await;
    let mut owner = Socket::join(&host, &code, "host", 0).await.unwrap();
    let mut remote = Socket::join(&helper, &code, "host", 0).await.unwrap();
    remote.next("changes").await;
    let withdraw = format!("/api/polls/{code}/keys");
    assert_eq!(server.guest().await.send("DELETE", &withdraw, "").await.status, 403);

    assert_eq!(host.send("DELETE", &withdraw, "").await.status, 204);
    assert_eq!(remote.next("gone").await["code"], "forbidden");
    remote.disconnected().await;
    assert_eq!(helper.post(&claim, &json!({ "key": key["key"] })).await.code(), "invalid_key");
    let refused = Socket::join(&helper, &code, "host", 0).await.err().unwrap();
    assert_eq!(refused["data"]["code"], "forbidden");
    Socket::join(&helper, &code, "participant", 0).await.unwrap();
    owner.done("command-open", open(1)).await;
}

#[tokio::test]
async fn a_flood_of_commands_is_slowed_down() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let mut host = Socket::join(&host, &code, "host", 0).await.unwrap();
    host.done("command-open", open(1)).await;
    let voter = server.guest().await;
    let mut refused = 0;
    // what is over after one tab is still over in the next
    for tab in 0..3 {
        let mut voter = Socket::join(&voter, &code, "participant", 0).await.unwrap();
        let mut waiting = Vec::new();
        for number in 0..150_usize {
            let mut command = vote(1, &[(number % 3) as u8]);
            command["id"] = json!(format!("command-{tab}-{number}"));
            waiting.push(voter.emit_later("command", &[command]).await);
        }
        for id in waiting {
            let reply = voter.acked(id).await;
            refused += usize::from(reply["error"]["code"] == "too_many_attempts");
        }
    }
    assert!((1..=250).contains(&refused), "{refused} were refused");
}
