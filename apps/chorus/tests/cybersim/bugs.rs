//! The bugs of the original that are mended, by their numbers in its description.
//!
//! 5, clients that do not come back, is in `sessions`; 19, tests and data that do not load, in
//! `behaviours`.

use serde_json::{Value, json};

use crate::common::request;
use crate::table::{Table, injection, logged, mitigation, system};

/// Everything that acts on a game, with what does it.
fn commands() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("changeMitigation", vec![json!({ "id": "M1", "type": "hq", "value": true })]),
        ("startSimulation", vec![]),
        ("pauseSimulation", vec![]),
        ("finishSimulation", vec![]),
        ("restoreSystem", vec![json!({ "responseId": "RP2" })]),
        ("respondToInjection", vec![json!({ "injectionId": "I2", "responseIds": ["RP2"] })]),
        ("nonCorrectRespondToInjection", vec![json!({ "injectionId": "I2" })]),
        ("deliverInjection", vec![json!({ "injectionId": "I1" })]),
        ("performAction", vec![json!({ "actionId": "A1" })]),
        ("performCurveball", vec![json!({ "curveballId": "C7" })]),
    ]
}

/// 1: what is done at the same time is done.
#[tokio::test]
async fn bug_01_concurrent_actions_cost_what_they_cost() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    for _ in 0..10 {
        client.throw("C7").await;
    }
    // 22,000 left of which 20 actions take 20,000; support is at its upper bound
    assert_eq!(client.game("game").await["budget"], 22_000);
    let mut others = Vec::new();
    for _ in 0..4 {
        let mut other = table.client().await;
        other.game("game").await;
        others.push(other);
    }
    let mut asked = Vec::new();
    for n in 0..20 {
        let other = &mut others[n % 4];
        asked.push((n % 4, other.socket.emit_later("performAction", &[json!({ "actionId": "A1" })]).await));
    }
    for (other, id) in asked {
        let answer = others[other].socket.acked(id).await;
        assert!(answer["game"].is_object(), "{answer}");
    }
    let game = client.game("game").await;
    assert_eq!((&game["budget"], &game["poll"]), (&json!(2000), &json!(100)));
    assert_eq!(logged(&game, "Campaign Action").len(), 20);
    // two more can be paid, the others are refused
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(client.socket.emit_later("performAction", &[json!({ "actionId": "A1" })]).await);
    }
    let mut refused = 0;
    for id in ids {
        refused += usize::from(client.socket.acked(id).await["error"] == "Not enough budget");
    }
    let game = client.game("game").await;
    assert_eq!((refused, &game["budget"]), (18, &json!(0)));
    assert_eq!(logged(&game, "Campaign Action").len(), 22);
}

/// 2: a response with a mitigation takes its money and does its work, for today's clients too.
#[tokio::test]
async fn bug_02_a_response_with_a_mitigation_works() {
    let table = Table::new().await;
    table.simulation().await;
    let mut client = table.client().await;
    client.ok("joinGame", &[json!("game"), json!(null), json!(null)]).await;
    let game = client.respond("I2", &["RP2"]).await;
    assert_eq!(game["budget"], 5800);
    let rows = game["mitigations"].as_array().unwrap();
    assert_eq!((&rows[1]["mitigation_id"], &rows[1]["state"]), (&json!("M2"), &json!(true)));
    assert_eq!(injection(&game, "I3")["prevented"], true);
}

/// 3: events without an answer or a payload, or with too much or the wrong one, hurt nobody.
#[tokio::test]
async fn bug_03_nonsense_hurts_nobody() {
    let table = Table::new().await;
    let mut watcher = table.simulation().await;
    let mut client = table.client().await;
    let nonsense = || {
        let values =
            [json!(null), json!(7), json!("x"), json!([]), json!({}), json!({ "id": {}, "value": 1 })];
        let ids = json!({ "injectionId": "I1", "responseIds": [7] });
        values.into_iter().chain([ids, json!({ "injectionId": ["I1"] }), json!({ "actionId": "A1 " })])
    };
    for joined in [false, true] {
        if joined {
            client.game("game").await;
        }
        for (event, _) in commands() {
            let takes_none = ["startSimulation", "pauseSimulation", "finishSimulation"].contains(&event);
            client.socket.emit(event, &[]).await;
            assert!(!client.error_unless(joined && takes_none, event, &[]).await.is_empty());
            for value in nonsense() {
                client.socket.emit(event, std::slice::from_ref(&value)).await;
                client.socket.emit(event, &[value.clone(), value.clone(), value.clone()]).await;
                if !takes_none {
                    assert!(
                        !client.error(event, std::slice::from_ref(&value)).await.is_empty(),
                        "{event} {value}"
                    );
                }
            }
            if joined && event == "finishSimulation" {
                break;
            }
        }
        for event in ["createGame", "joinGame"] {
            client.socket.emit(event, &[]).await;
            for value in nonsense().filter(|value| !value.is_string()) {
                client.socket.emit(event, std::slice::from_ref(&value)).await;
                assert!(
                    !client.error(event, std::slice::from_ref(&value)).await.is_empty(),
                    "{event} {value}"
                );
                assert!(!client.error(event, &[value.clone(), value.clone(), value]).await.is_empty());
            }
        }
        client.socket.emit("unknown", &[json!(1)]).await;
    }
    watcher.game("game").await;
}

/// 3: what can be done is done also when nobody waits for the answer.
#[tokio::test]
async fn bug_03_an_event_without_an_answer_is_done() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.socket.emit("performCurveball", &[json!({ "curveballId": "C7" })]).await;
    assert_eq!(client.told().await["budget"], 8500);
    let many = [json!({ "actionId": "A1" }), json!(1), json!({ "actionId": "A2" })];
    assert_eq!(client.ok("performAction", &many).await["budget"], 7500);
}

/// 3: who sends far too much is told to wait, and nobody else is.
#[tokio::test]
async fn bug_03_a_flood_is_slowed_down() {
    let table = Table::new().await;
    let mut calm = table.simulation().await;
    let mut client = table.client().await;
    client.game("game").await;
    let mut ids = Vec::new();
    for _ in 0..1000 {
        ids.push(client.socket.emit_later("performAction", &[json!({ "actionId": "A2" })]).await);
    }
    let mut done = 0;
    for id in ids {
        let answer = client.socket.acked(id).await;
        match answer["error"].as_str() {
            None => done += 1,
            Some(words) => assert_eq!(words, "Too many attempts. Please wait a moment."),
        }
    }
    assert!((199..1000).contains(&done), "{done}");
    assert_eq!(calm.act("A2").await["budget"], 7200 + 200 * done);
}

/// 4: who joins a game that is not there stays where he is, and is answered once.
#[tokio::test]
async fn bug_04_joining_an_unknown_game_leaves_one_where_one_is() {
    let table = Table::new().await;
    let mut client = table.v1("here").await;
    assert_eq!(client.error("joinGame", &[json!("nowhere")]).await, "Game not found!");
    let game = client.change("M1", "hq", true).await;
    assert_eq!((&game["id"], &client.told().await["id"]), (&json!("here"), &json!("here")));
    let mut nowhere = table.v1("nowhere").await;
    nowhere.change("M1", "hq", true).await;
    client.game("here").await;
    assert!(client.socket.events.is_empty(), "{:?}", client.socket.events);
}

/// 6: starting a game that runs changes nothing, and no time is lost.
#[tokio::test]
async fn bug_06_starting_twice_loses_no_time() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let first = client.game("game").await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let second = client.ok("startSimulation", &[]).await;
    assert_eq!(first, second);
    let paused = client.ok("pauseSimulation", &[]).await;
    assert!(paused["millis_taken_before_started"].as_i64().unwrap() >= 20);
}

/// 7: pausing a paused game changes nothing.
#[tokio::test]
async fn bug_07_pausing_twice_is_logged_once() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let first = client.ok("pauseSimulation", &[]).await;
    client.told().await;
    assert_eq!(client.ok("pauseSimulation", &[]).await, first);
    assert_eq!(client.told().await, first, "everybody is told, as in the original");
    let finished = client.ok("finishSimulation", &[]).await;
    assert_eq!(finished["millis_taken_before_started"], first["millis_taken_before_started"]);
}

/// 8: a threat comes once, not when it was prevented, and only in the simulation.
#[tokio::test]
async fn bug_08_an_injection_is_delivered_once() {
    let table = Table::new().await;
    let (_, _, mut client) = table.prepared().await;
    let deliver = json!({ "injectionId": "I1" });
    let refused = client.error("deliverInjection", std::slice::from_ref(&deliver)).await;
    assert_eq!(refused, "The simulation has not started yet.");
    client.change("M2", "local", true).await;
    client.ok("startSimulation", &[]).await;
    let first = client.deliver("I1").await;
    assert_eq!(first["poll"], 39.5, "before its time: a facilitator may");
    assert_eq!(client.deliver("I1").await, first);
    let prevented = client.deliver("I3").await;
    assert_eq!(
        (injection(&prevented, "I3"), injection(&first, "I3")["delivered"].as_bool()),
        (injection(&first, "I3"), Some(false))
    );
    client.ok("finishSimulation", &[]).await;
    assert_eq!(client.error("deliverInjection", &[deliver]).await, "The simulation has ended.");
}

/// 9: after the end nothing changes the score, and before the start only purchases do.
#[tokio::test]
async fn bug_09_the_end_is_the_end() {
    let table = Table::new().await;
    let (_, _, mut client) = table.prepared().await;
    let before = client.game("game").await;
    for (event, arguments) in commands() {
        if !["changeMitigation", "startSimulation"].contains(&event) {
            let error = client.error(event, &arguments).await;
            let pauses = ["pauseSimulation", "finishSimulation"].contains(&event);
            let expected = if pauses {
                "Server error on pause simulation"
            } else {
                "The simulation has not started yet."
            };
            assert_eq!(error, expected, "{event}");
        }
    }
    assert_eq!(client.game("game").await, before);
    client.ok("startSimulation", &[]).await;
    let end = client.ok("finishSimulation", &[]).await;
    for (event, arguments) in commands() {
        let expected = match event {
            "startSimulation" => "Cannot start finalized game",
            "pauseSimulation" | "finishSimulation" => "Server error on pause simulation",
            _ => "The simulation has ended.",
        };
        assert_eq!(client.error(event, &arguments).await, expected, "{event}");
    }
    assert_eq!(client.game("game").await, end);
}

/// 10: an action whose systems are down is refused for that reason.
#[tokio::test]
async fn bug_10_a_failed_system_is_named_as_the_reason() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let before = client.deliver("I1").await;
    let act = json!({ "actionId": "A1" });
    let error = client.error("performAction", &[act]).await;
    assert_eq!(error, "The required systems for this action are not available.");
    assert_eq!(client.game("game").await, before, "nothing is paid");
}

/// 11: each fault of a new game has its own words, and leaves nothing behind.
#[tokio::test]
async fn bug_11_a_new_game_is_refused_for_its_own_reason() {
    let table = Table::new().await;
    let mut client = table.client().await;
    let long = "x".repeat(256);
    for (arguments, reason) in [
        (json!([""]), "A game needs an id."),
        (json!([long]), "A game id has 255 characters at most."),
        (json!([7]), "A game id is a text."),
        (json!([]), "A game id is a text."),
        (json!(["g", -1, 55]), "The initial budget is a whole number from 0 to 1,000,000,000."),
        (json!(["g", 100.5, 55]), "The initial budget is a whole number from 0 to 1,000,000,000."),
        (json!(["g", "", 55]), "The initial budget is a whole number from 0 to 1,000,000,000."),
        (json!(["g", 6000, -1]), "The support must lie within its bounds."),
        (json!(["g", 6000, 200.5]), "The support must lie within its bounds."),
        (json!(["g", 6000, "much"]), "The initial support is a number from 0 to 200."),
    ] {
        assert_eq!(client.error("createGame", arguments.as_array().unwrap()).await, reason, "{arguments}");
    }
    assert_eq!(client.error("joinGame", &[json!("g")]).await, "Game not found!");
    let longest = "ü".repeat(255);
    assert_eq!(client.ok("createGame", &[json!(longest)]).await["id"], longest);
    let game = client.ok("createGame", &[json!("g"), json!(null), json!(null)]).await;
    assert_eq!((&game["budget"], &game["poll"]), (&json!(6000), &json!(55)));
    let game = client.ok("createGame", &[json!("h"), json!("6500"), json!("54.5")]).await;
    assert_eq!((&game["budget"], &game["poll"]), (&json!(6500), &json!(54.5)), "as input fields have it");
}

/// 12: purchases of the simulation are final.
#[tokio::test]
async fn bug_12_nothing_is_sold_in_the_simulation() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let bought = client.change("M1", "hq", true).await;
    let sell = json!({ "id": "M1", "type": "hq", "value": false });
    let error = client.error("changeMitigation", &[sell]).await;
    assert_eq!(error, "What was bought can be given back in the preparation only.");
    assert_eq!(client.game("game").await, bought);
    assert_eq!(client.change("M1", "hq", true).await, bought, "once more is nothing");
}

/// 13: today's clients are not spared what a response requires.
#[tokio::test]
async fn bug_13_a_response_needs_its_mitigation_for_all_clients() {
    let table = Table::new().await;
    table.simulation().await;
    let mut client = table.client().await;
    client.ok("joinGame", &[json!("game"), json!(null), json!(null)]).await;
    let restore = json!({ "responseId": "RP1" });
    assert_eq!(client.error("restoreSystem", std::slice::from_ref(&restore)).await, "Response not allowed");
    client.ok("changeMitigation", &[json!({ "id": "M1", "value": true })]).await;
    client.ok("restoreSystem", &[restore]).await;
}

/// 14: what must be in place at both places is prevented when it is, and not before.
#[tokio::test]
async fn bug_14_both_places_prevent_together() {
    let mut table = Table::new().await;
    let mut document = crate::table::scenario();
    document["threats"][0]["prevented_at"] = json!("party");
    table.replace("fixture", document).await;
    let mut client = table.simulation().await;
    let game = client.change("M1", "local", true).await;
    assert_eq!(injection(&game, "I1")["prevented"], false);
    let game = client.change("M1", "hq", true).await;
    assert_eq!(injection(&game, "I1")["prevented"], true);
}

/// 15: rows are in the order of their ids, also after a change, and what everybody is told is what is
/// answered.
#[tokio::test]
async fn bug_15_rows_stay_in_order() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.change("M1", "hq", true).await;
    client.told().await;
    let game = client.deliver("I1").await;
    assert_eq!(client.told().await, game);
    for table in ["injections", "mitigations", "systems", "logs"] {
        let ids: Vec<_> =
            game[table].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{table}: {ids:?}");
    }
    let ids: Vec<_> = game["injections"].as_array().unwrap().iter().map(|row| &row["injection_id"]).collect();
    assert_eq!(ids, ["I1", "I2", "I3"]);
}

/// 16: lists and prices are never null; an action that needs nothing can be done.
#[tokio::test]
async fn bug_16_lists_and_prices_are_never_null() {
    let table = Table::new().await;
    let row = |answer: Value, index: usize| answer[index].clone();
    let action = row(table.get("/actions").await.json(), 1);
    assert_eq!((&action["required_systems"], &action["roles"]), (&json!([]), &json!([])));
    let response = row(table.get("/responses").await.json(), 1);
    assert_eq!((&response["cost"], &response["systems_to_restore"]), (&json!(1200), &json!([])));
    assert_eq!(row(table.get("/mitigations").await.json(), 0)["cost"], 1500);
    let injection = row(table.get("/injections").await.json(), 2);
    assert_eq!((&injection["systems_to_disable"], &injection["responses"]), (&json!([]), &json!([])));
    assert_eq!(table.simulation().await.act("A2").await["budget"], 7200);
}

/// 17: there is always a word.
#[tokio::test]
async fn bug_17_the_dictionary_is_never_empty() {
    let words = Table::new().await.get("/dictionary").await;
    assert_eq!(words.body, r#"[{"word":"budget","synonym":"budget"}]"#);
}

/// 18: a long answer is refused in words.
#[tokio::test]
async fn bug_18_a_long_answer_is_refused_in_words() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    client.deliver("I1").await;
    for event in ["respondToInjection", "nonCorrectRespondToInjection"] {
        let long = json!({ "injectionId": "I1", "customResponse": "x".repeat(256) });
        assert_eq!(client.error(event, &[long]).await, "An answer has 255 characters at most.");
    }
    let longest = json!({ "injectionId": "I1", "customResponse": "ü".repeat(255) });
    client.ok("nonCorrectRespondToInjection", &[longest]).await;
}

/// 20: nobody may migrate without a password that was set, and bad JSON has a plain answer.
#[tokio::test]
async fn bug_20_migrating_needs_a_password_that_was_set() {
    let table = Table::new().await;
    let json = [("content-type", "application/json")];
    for password in ["secret", ""] {
        let body = json!({ "password": password, "accessToken": "t", "tableId": "b" }).to_string();
        let answer = request(table.address(), "POST", "/migrate", &json, &body).await;
        assert_eq!((answer.status, answer.json()), (400, json!({ "password": "Invalid master password" })));
    }
    for body in ["{", "{\"password\":", "nonsense", "7"] {
        let answer = request(table.address(), "POST", "/migrate", &json, body).await;
        assert_eq!((answer.status, answer.body.as_str()), (400, "This is not valid JSON."), "{body}");
    }
    table.v1("still there").await;
}

/// 21: a facilitator closes a game, and puts classic clients out.
#[tokio::test]
async fn bug_21_a_facilitator_decides_who_plays() {
    let table = Table::new().await;
    let (host, code, mut client) = table.prepared().await;
    let path = format!("/api/exercises/{code}/classic");
    assert_eq!(host.send("DELETE", &path, "").await.status, 204);
    let buy = json!({ "id": "M1", "type": "hq", "value": true });
    assert_eq!(client.error("changeMitigation", &[buy]).await, "Server error on change mitigation");
    assert_eq!(client.error("joinGame", &[json!("game")]).await, "Game not found!");
}

/// 22: one clock says when a game was started and how long it has run.
#[tokio::test]
async fn bug_22_one_clock_tells_the_time() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let game = client.deliver("I1").await;
    let at = injection(&game, "I1")["delivered_at"].as_i64().unwrap();
    assert!((0..20_000).contains(&at), "{at}");
    let paused = client.ok("pauseSimulation", &[]).await;
    assert!(paused["millis_taken_before_started"].as_i64().unwrap() >= at);
    assert_eq!(paused["started_at"], game["started_at"]);
}

/// 23: an id that is not there is named, and nothing is done.
#[tokio::test]
async fn bug_23_what_is_not_there_is_named() {
    let table = Table::new().await;
    let mut client = table.simulation().await;
    let before = client.game("game").await;
    for (event, arguments, reason) in [
        ("nonCorrectRespondToInjection", json!({ "injectionId": "I9" }), "There is no injection I9."),
        ("deliverInjection", json!({ "injectionId": "I9" }), "There is no injection I9."),
        ("respondToInjection", json!({ "injectionId": "I9" }), "There is no injection I9."),
        (
            "respondToInjection",
            json!({ "injectionId": "I1", "responseIds": ["RP9"] }),
            "There is no response RP9.",
        ),
        ("restoreSystem", json!({ "responseId": "RP9" }), "There is no response RP9."),
        ("performAction", json!({ "actionId": "A9" }), "There is no action A9."),
        ("performAction", json!({ "actionId": "a b" }), "There is no action a b."),
        ("performCurveball", json!({ "curveballId": "C9" }), "There is no curveball C9."),
        ("changeMitigation", json!({ "id": "M9", "value": true }), "There is no mitigation M9."),
    ] {
        assert_eq!(client.error(event, &[arguments]).await, reason, "{event}");
    }
    assert_eq!(client.game("game").await, before);
    assert!(client.socket.events.is_empty(), "nobody is told of what was refused");
    assert!(system(&before, "S1") && mitigation(&before, "M1", "hq")["state"] == false);
}
