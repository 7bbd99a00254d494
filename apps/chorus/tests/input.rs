//! What clients and files may say, and what they are answered when they may not.

#![allow(clippy::similar_names, reason = "a vote, its voter, the votes")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::socket::Socket;
use common::{Guest, Server, folder, single};
use serde_json::{Value, json};

#[tokio::test]
async fn bad_input_gets_a_clear_error_and_the_server_goes_on() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([single("?")])).await;
    let mut socket = Socket::join(&host, &code, "host", 0).await.unwrap();
    socket.done("command-open", json!({ "do": "open", "question": 1 })).await;
    let mut number = 0;
    for (action, expected) in [
        (json!({ "do": "vote", "question": 9, "choices": [0] }), "unknown_question"),
        (json!({ "do": "vote", "question": 1, "choices": [] }), "invalid_choice"),
        (json!({ "do": "vote", "question": 1, "choices": [3] }), "invalid_choice"),
        (json!({ "do": "vote", "question": 1, "choices": [0, 1] }), "too_many_choices"),
        (json!({ "do": "vote", "question": 1, "choices": [-1] }), "invalid_data"),
        (json!({ "do": "vote", "question": 1, "choices": [256] }), "invalid_data"),
        (json!({ "do": "vote", "question": "1", "choices": [0] }), "invalid_data"),
        (json!({ "do": "vote", "question": 1 }), "invalid_data"),
        (json!({ "do": "fly" }), "invalid_data"),
        (json!({}), "invalid_data"),
        (json!({ "do": "add", "content": single(" ") }), "invalid"),
        (json!({ "do": "add", "content": single(&"x".repeat(501)) }), "invalid"),
        (json!({ "do": "add", "content": single("a\u{7}b") }), "invalid"),
        (json!({ "do": "open", "question": 1, "seconds": 4 }), "invalid"),
        (json!({ "do": "show", "question": 7 }), "unknown_question"),
        (json!({ "do": "settings", "title": "", "ends_at": null }), "invalid"),
        (json!({ "do": "settings", "title": "t", "ends_at": -1 }), "invalid"),
    ] {
        number += 1;
        assert_eq!(socket.refused(&format!("command-{number}"), action.clone()).await, expected, "{action}");
    }
    for id in ["short", "", "has blanks in it", &"x".repeat(65), "ümlauts-everywhere"] {
        assert_eq!(socket.refused(id, json!({ "do": "end" })).await, "invalid", "{id}");
    }
    for arguments in
        [vec![], vec![json!(null)], vec![json!(5)], vec![json!([[[]]])], vec![json!("x"), json!({})]]
    {
        let reply = socket.emit_with_ack("command", &arguments).await;
        assert_eq!(reply["error"]["code"], "invalid_data", "{arguments:?}");
    }
    socket.emit("unknown-event", &[json!({})]).await;
    socket.emit("command", &[json!({ "no": "ack asked for" })]).await;
    socket.done("command-last", json!({ "do": "close", "question": 1 })).await;

    for (role, code, expected) in [
        ("participant", "NNNNNN", "unknown_room"),
        ("participant", "", "unknown_room"),
        ("participant", "💥", "unknown_room"),
        ("emperor", code.as_str(), "invalid_data"),
    ] {
        let refused = Socket::join(&host, code, role, 0).await.err().unwrap();
        assert_eq!(refused["data"]["code"], expected, "{role} {code}");
    }
    for (path, body, status) in [
        ("/api/polls", "", 400),
        ("/api/polls", "{", 400),
        ("/api/polls", "{}", 400),
        ("/api/polls", r#"{"title":""}"#, 400),
        ("/api/polls", r#"{"title":5}"#, 400),
        ("/api/rooms/NNNNNN/claim", r#"{"key":"x"}"#, 404),
        ("/api/nothing", "{}", 405),
    ] {
        let answer = host.send("POST", path, body).await;
        assert_eq!(answer.status, status, "{path} {body}");
        assert!(status == 405 || !answer.json()["message"].as_str().unwrap().is_empty());
    }
    let huge = format!(r#"{{"title":"{}"}}"#, "x".repeat(5_000_000));
    assert_eq!(host.send("POST", "/api/polls", &huge).await.status, 413);
    assert_eq!(host.get("/healthz").await.body, "ok");
}

#[tokio::test]
async fn guessing_codes_is_limited_and_finding_rooms_is_not() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let (host, code) = server.poll(json!([])).await;
    let guesser = server.guest().await;
    let mut statuses = Vec::new();
    for _ in 0..25 {
        statuses.push(guesser.get("/api/rooms/NNNNNN").await.status);
    }
    assert_eq!((statuses[0], statuses[19], statuses[24]), (404, 404, 429), "{statuses:?}");
    for _ in 0..50 {
        assert_eq!(host.get(&format!("/api/rooms/{code}")).await.status, 200);
    }
    let room = format!("/api/rooms/{code}");
    let nobody = Guest::nobody(&server);
    for guesser in [&host, &nobody] {
        for _ in 0..25 {
            guesser.get("/api/rooms/NNNNNN").await;
        }
    }
    assert_eq!(nobody.get(&room).await.status, 429);
    assert_eq!(host.get(&room).await.status, 200, "who is in the room is let through");
    Socket::join(&host, &code, "host", 0).await.unwrap();
    let newcomer = server.guest().await;
    assert_eq!(newcomer.get(&room).await.status, 200, "others are not locked out");
    Socket::join(&newcomer, &code, "participant", 0).await.unwrap();
}

#[tokio::test]
async fn a_poll_survives_being_exported_and_imported() {
    let data = folder();
    let server = Server::start(data.path(), &[]);
    let questions = json!([
        { "text": "=1+1", "kind": "single", "options": ["@SUM(A1)", "a \"quoted\", one"], "changeable": false, "hidden": true, "seconds": 30 },
        { "text": "Many?", "kind": "multiple", "options": ["a", "b", "c"], "max": 2, "changeable": true, "hidden": false, "seconds": null },
        { "text": "How much?", "kind": "rating", "scale": 5, "low": "little", "high": "much", "changeable": true, "hidden": false, "seconds": null },
    ]);
    let (host, code) = server.poll(questions.clone()).await;
    let mut socket = Socket::join(&host, &code, "host", 0).await.unwrap();
    socket.done("command-open", json!({ "do": "open", "question": 2 })).await;
    let mut voter = Socket::join(&server.guest().await, &code, "participant", 0).await.unwrap();
    voter.done("command-vote", json!({ "do": "vote", "question": 2, "choices": [0, 2] })).await;

    let exported = host.get(&format!("/api/polls/{code}/poll.json")).await;
    assert!(exported.header("content-disposition").unwrap().starts_with("attachment"));
    let file = exported.json();
    assert_eq!(file["questions"][1]["results"], json!({ "voted": 1, "counts": [1, 0, 1] }));
    let imported = host.post("/api/polls/import", &file).await;
    assert_eq!(imported.status, 201, "{}", imported.body);
    let copy = imported.json()["code"].as_str().unwrap().to_owned();
    let mut again = host.get(&format!("/api/polls/{copy}/poll.json")).await.json();
    for (index, question) in questions.as_array().unwrap().iter().enumerate() {
        let again = again["questions"][index].as_object_mut().unwrap();
        let results = again.remove("results").unwrap();
        assert_eq!(results["voted"], 0, "results are not imported");
        assert_eq!(&Value::Object(again.clone()), question);
    }

    let csv = host.get(&format!("/api/polls/{code}/results.csv")).await;
    let text = csv.body.strip_prefix('\u{feff}').expect("the mark by which Excel knows UTF-8");
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(lines[0], "question,kind,option,votes,percent,voted");
    assert_eq!(lines[1], "'=1+1,single,'@SUM(A1),0,0.0,0");
    assert_eq!(lines[2], r#"'=1+1,single,"a ""quoted"", one",0,0.0,0"#);
    assert_eq!(lines[3], "Many?,multiple,a,1,100.0,1");
    assert_eq!(lines[10], "How much?,rating,5,0,0.0,0");

    let wrong = json!({ "format": "chorus-poll/1", "title": "t", "questions": [single("ok"), { "text": "q", "kind": "single", "options": ["one"] }] });
    let refused = host.post("/api/polls/import", &wrong).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "invalid"));
    assert!(refused.json()["message"].as_str().unwrap().contains("Question 2"), "{}", refused.body);
    let file = |title: Value, question: Value| {
        json!({ "format": "chorus-poll/1", "title": title, "questions": [single("ok"), question] })
            .to_string()
    };
    let no_poll = "This file is not a Chorus poll.";
    for (file, words) in [
        (json!({ "format": "other", "title": "t", "questions": [] }).to_string(), no_poll),
        ("{}".to_owned(), no_poll),
        ("[1, 2]".to_owned(), no_poll),
        ("a picture".to_owned(), no_poll),
        (file(json!("t"), json!({ "text": "q" })), "Question 2: missing field `kind`."),
        (file(json!("t"), json!({ "text": 5, "kind": "single", "options": [] })), "Question 2: "),
        (file(json!("t"), json!(5)), "Question 2: "),
        (file(json!(5), single("ok")), "This poll cannot be read: title: invalid type"),
    ] {
        let refused = host.send("POST", "/api/polls/import", &file).await;
        let message = refused.json()["message"].as_str().unwrap().to_owned();
        assert_eq!((refused.status, refused.code().as_str()), (400, "invalid"), "{file}");
        assert!(message.starts_with(words) && !message.contains(" at line "), "{file}: {message}");
    }
    let listed = host.get("/api/polls").await.json();
    assert_eq!(listed[0]["code"], copy);
    assert_eq!((&listed[1]["people_voted"], &listed[1]["questions"]), (&json!(1), &json!(3)));
}
