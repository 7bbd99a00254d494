//! The classic dialect, as its original clients speak it.

#![allow(clippy::similar_names, reason = "a vote, its voter, the votes")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, Instant};

use common::socket::Socket;
use common::{Guest, Server, folder, request};
use serde_json::{Value, json};

const HIDDEN: &str = "Results are hidden until the host reveals them.";

async fn connect(server: &Server, cookie: &str) -> Socket {
    Socket::connect(server.classic(), cookie, "/", &json!({})).await.unwrap()
}

fn host_link(server: &Server) -> (String, String) {
    let line = server.said.iter().find(|line| line.contains("#key=")).unwrap();
    let link = line.rsplit("/host/").next().unwrap();
    let (code, key) = link.split_once("#key=").unwrap();
    (code.to_owned(), key.to_owned())
}

/// A host of its room, by the link of the start.
async fn host(server: &Server) -> (Socket, Guest) {
    let (code, key) = host_link(server);
    let guest = server.guest().await;
    let claimed = guest.post(&format!("/api/rooms/{code}/claim"), &json!({ "key": key })).await;
    assert_eq!(claimed.json()["role"], "host");
    (Socket::join(&guest, &code, "host", 0).await.unwrap(), guest)
}

async fn cookie(server: &Server) -> String {
    server.guest().await.cookie
}

#[tokio::test]
async fn the_original_wire_is_spoken() {
    let data = folder();
    let server = Server::start(data.path(), &["--classic", "ask-the-audience=0"]);
    let mut voter = connect(&server, &cookie(&server).await).await;
    assert_eq!(voter.next("usersConnected").await, 1);
    assert_eq!(voter.next("statusMessage").await, "You have connected.");
    assert_eq!(voter.next("voteCount").await, json!({ "A": 0, "B": 0, "C": 0, "D": 0 }));
    let mut other = connect(&server, &cookie(&server).await).await;
    voter.until("usersConnected", |count| *count == 2).await;

    voter.emit("message", &[json!("voteCast"), json!("A")]).await;
    for name in ["userVote", "youVoted", "userChoice", "voteCastMessage", "voteCast"] {
        assert_eq!(voter.next(name).await, "A", "{name}");
    }
    let record = voter.next("yourVote").await;
    assert!(record["vote"] == "A" && record["time"].is_i64(), "{record}");
    for socket in [&mut voter, &mut other] {
        socket.until("voteCount", |votes| votes["A"] == 1).await;
    }
    voter.emit("message", &[json!("voteCast"), json!("some-poll"), json!("B")]).await;
    other.until("voteCount", |votes| *votes == json!({ "A": 0, "B": 1, "C": 0, "D": 0 })).await;
    other.emit("message", &[json!("voteCast"), json!({ "option": "D", "id": 1 })]).await;
    other.until("voteCount", |votes| *votes == json!({ "A": 0, "B": 1, "C": 0, "D": 1 })).await;
    for nonsense in [json!("E"), json!(null), json!({}), json!(5)] {
        other.emit("message", &[json!("voteCast"), nonsense]).await;
        other.until("statusMessage", |text| text.as_str().unwrap().contains("A, B, C or D")).await;
    }
    let mut newcomer = connect(&server, "").await;
    assert_eq!(newcomer.next("voteCount").await, json!({ "A": 0, "B": 1, "C": 0, "D": 1 }));
    assert_eq!(newcomer.next("usersConnected").await, 3);
}

#[tokio::test]
async fn a_vote_outlives_a_reload_and_goes_with_its_voter() {
    let data = folder();
    let server = Server::start(data.path(), &["--classic", "ask-the-audience=0"]);
    let guest = cookie(&server).await;
    let mut watcher = connect(&server, "").await;
    let mut voter = connect(&server, &guest).await;
    let mut passer_by = connect(&server, "").await;
    voter.emit("message", &[json!("voteCast"), json!("C")]).await;
    passer_by.emit("message", &[json!("voteCast"), json!("C")]).await;
    watcher.until("voteCount", |votes| votes["C"] == 2).await;
    voter.close().await;
    let reloaded = connect(&server, &guest).await;
    let mut tab = connect(&server, &guest).await;
    tab.emit("message", &[json!("voteCast"), json!("D")]).await;
    watcher.until("voteCount", |votes| votes["D"] == 1 && votes["C"] == 1).await;
    passer_by.close().await;
    // three seconds later; the voter of two tabs is still there
    let votes = watcher.until("voteCount", |votes| votes["C"] == 0).await;
    assert_eq!(votes["D"], 1);
    reloaded.close().await;
    tab.close().await;
    watcher.until("voteCount", |votes| votes["D"] == 0).await;
}

#[tokio::test]
async fn the_grace_begins_anew_each_time_a_voter_leaves() {
    let data = folder();
    let server = Server::start(data.path(), &["--classic", "ask-the-audience=0"]);
    let guest = cookie(&server).await;
    let mut watcher = connect(&server, "").await;
    let mut voter = connect(&server, &guest).await;
    voter.emit("message", &[json!("voteCast"), json!("A")]).await;
    watcher.until("voteCount", |votes| votes["A"] == 1).await;
    voter.close().await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    connect(&server, &guest).await.close().await;
    let left = Instant::now();
    watcher.until("voteCount", |votes| votes["A"] == 0).await;
    assert!(left.elapsed() > Duration::from_millis(2_900), "{:?}", left.elapsed());
}

#[tokio::test]
async fn old_and_new_clients_share_one_room() {
    let data = folder();
    let server = Server::start(data.path(), &["--classic", "ask-the-audience=0"]);
    let (code, _) = host_link(&server);
    let (mut host, _) = host(&server).await;
    assert_eq!(host.next("changes").await["poll"]["title"], "Ask the Audience");

    let guest = server.guest().await;
    let mut classic = connect(&server, &guest.cookie).await;
    classic.emit("message", &[json!("voteCast"), json!("A")]).await;
    let counted = |counts: [u32; 4]| move |tally: &Value| tally["questions"][0]["counts"] == json!(counts);
    host.until("tally", counted([1, 0, 0, 0])).await;
    let mut modern = Socket::join(&guest, &code, "participant", 0).await.unwrap();
    assert_eq!(modern.next("votes").await["votes"][0]["choices"], json!([0]), "the same person");
    let vote = json!({ "do": "vote", "question": 1, "choices": [1] });
    modern.done("command-vote", vote).await;
    classic.until("voteCount", |votes| votes["A"] == 0 && votes["B"] == 1).await;

    host.done("command-close", json!({ "do": "close", "question": 1 })).await;
    classic.emit("message", &[json!("voteCast"), json!("C")]).await;
    classic.until("statusMessage", |text| text.as_str().unwrap().contains("not open")).await;
}

#[tokio::test]
async fn hidden_results_are_not_told() {
    let data = folder();
    let server = Server::start(data.path(), &["--classic", "ask-the-audience=0"]);
    let (mut host, _) = host(&server).await;
    let mut voter = connect(&server, &cookie(&server).await).await;
    voter.next("voteCount").await;
    host.done("command-hide", json!({ "do": "hide", "question": 1 })).await;
    voter.until("statusMessage", |text| *text == HIDDEN).await;
    voter.emit("message", &[json!("voteCast"), json!("A")]).await;
    assert_eq!(voter.next("userVote").await, "A");
    host.until("tally", |tally| tally["questions"][0]["counts"] == json!([1, 0, 0, 0])).await;
    let mut newcomer = connect(&server, "").await;
    assert_eq!(newcomer.next("statusMessage").await, "You have connected.");
    assert_eq!(newcomer.next("statusMessage").await, HIDDEN);

    host.done("command-reveal", json!({ "do": "reveal", "question": 1 })).await;
    for socket in [&mut voter, &mut newcomer] {
        assert_eq!(socket.next("voteCount").await["A"], 1, "the first numbers since it was hidden");
        assert!(socket.events.iter().all(|(_, data)| *data != HIDDEN), "it is said once");
    }
}

#[tokio::test]
async fn numbers_of_a_removed_question_do_not_stay() {
    let data = folder();
    let server = Server::start(data.path(), &["--classic", "ask-the-audience=0"]);
    let (mut host, _) = host(&server).await;
    let mut voter = connect(&server, &cookie(&server).await).await;
    voter.emit("message", &[json!("voteCast"), json!("B")]).await;
    voter.until("voteCount", |votes| votes["B"] == 1).await;
    let question = json!({ "text": "2", "kind": "single", "options": ["a", "b"] });
    host.done("command-add", json!({ "do": "add", "content": question })).await;
    host.done("command-open", json!({ "do": "open", "question": 2 })).await;
    voter.until("voteCount", |votes| votes["B"] == 0).await;
    host.done("command-remove", json!({ "do": "remove", "question": 2 })).await;
    voter.until("voteCount", |votes| votes["B"] == 1).await;
}

#[tokio::test]
async fn after_its_room_is_deleted_there_is_another() {
    let data = folder();
    let server = Server::start(data.path(), &["--classic", "ask-the-audience=0"]);
    let (_, guest) = host(&server).await;
    let voter = cookie(&server).await;
    let mut before = connect(&server, &voter).await;
    before.emit("message", &[json!("voteCast"), json!("C")]).await;
    before.until("voteCount", |votes| votes["C"] == 1).await;
    let (code, _) = host_link(&server);
    assert_eq!(guest.send("DELETE", &format!("/api/polls/{code}"), "").await.status, 204);
    before.until("statusMessage", |text| *text == "This poll has been deleted.").await;
    before.disconnected().await;
    for who in [voter.as_str(), ""] {
        let mut after = connect(&server, who).await;
        assert_eq!(after.next("statusMessage").await, "You have connected.");
        let shown = after.next("voteCount").await;
        assert_eq!(shown["C"], 0, "{shown}");
        after.emit("message", &[json!("voteCast"), json!("D")]).await;
        assert_eq!(after.next("userVote").await, "D");
    }
}

#[tokio::test]
async fn clients_of_its_time_speak_engine_io_3() {
    let data = folder();
    let server = Server::start(data.path(), &["--classic", "ask-the-audience=0"]);
    let path = "/socket.io/?EIO=3&transport=polling";
    let opened = request(server.classic(), "GET", path, &[], "").await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    let sid = opened.body.split("\"sid\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let mut told = String::new();
    while !told.contains(r#"42["usersConnected",1]"#) {
        // without a CONNECT of the client
        let more = request(server.classic(), "GET", &format!("{path}&sid={sid}"), &[], "").await;
        assert_eq!(more.status, 200, "{more:?}");
        told += &more.body;
    }
    assert_eq!(server.request("GET", path, &[], "").await.status, 400, "ours speaks 4 only");
}

#[tokio::test]
async fn each_start_has_one_host_key() {
    let data = folder();
    let classic = ["--classic", "ask-the-audience=0"];
    let mut server = Server::start(data.path(), &classic);
    let (code, before) = host_link(&server);
    assert_eq!(server.terminate().await, Some(0));
    let server = Server::start(data.path(), &classic);
    let guest = server.guest().await;
    let claim = format!("/api/rooms/{code}/claim");
    assert_eq!(guest.post(&claim, &json!({ "key": before })).await.code(), "invalid_key");
    host(&server).await;
}

#[tokio::test]
async fn the_page_and_the_room_are_there_again_after_a_restart() {
    let data = folder();
    let classic = ["--classic", "ask-the-audience=0"];
    let mut server = Server::start(data.path(), &classic);
    for path in ["/", "/index.html"] {
        let page = request(server.classic(), "GET", path, &[], "").await;
        assert_eq!(page.status, 200);
        assert!(page.header("set-cookie").unwrap().starts_with("chorus_guest="));
        assert!(page.body.contains("/socket.io/socket.io.js") && page.body.contains("/page.js"));
        assert_eq!(page.header("cache-control"), Some("no-store"), "it has one person's cookie");
        assert!(page.header("content-security-policy").unwrap().contains("default-src 'self'"));
        assert!(!page.body.contains("<script>"), "the policy lets no script in the page run");
    }
    let script = request(server.classic(), "GET", "/page.js", &[], "").await;
    assert!(script.header("content-type").unwrap().starts_with("text/javascript"), "{script:?}");
    assert_eq!(request(server.classic(), "GET", "/other", &[], "").await.status, 404);
    let (code, _) = host_link(&server);
    let guest = server.guest().await;
    let mut voter = connect(&server, &guest.cookie).await;
    voter.emit("message", &[json!("voteCast"), json!("B")]).await;
    voter.next("userVote").await;
    let mut passer_by = connect(&server, "").await;
    passer_by.emit("message", &[json!("voteCast"), json!("D")]).await;
    passer_by.next("userVote").await;
    server.kill_9();

    let server = Server::start(data.path(), &classic);
    assert_eq!(host_link(&server).0, code);
    let mut voter = connect(&server, &Guest { address: server.classic(), ..guest }.cookie).await;
    let votes = voter.next("voteCount").await;
    assert_eq!((&votes["B"], &votes["D"]), (&json!(1), &json!(1)), "acknowledged votes are there");
    let votes = voter.until("voteCount", |votes| votes["D"] == 0).await;
    assert_eq!(votes["B"], 1, "only who did not come back is gone");
}
