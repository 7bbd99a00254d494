//! The common scenario, as far as the library's API goes.
//!
//! It has no way to answer a question of the server, to send or take bytes that are nested in JSON or beside other
//! arguments, to have bytes acknowledged (it sends them as an acknowledgement), and to be in two namespaces on one
//! connection. It does not tell why a connection ended.

use std::{thread::sleep, time::Duration};

use clients::{Line, Player, Server, Stage, Ticket, admit, play};
use rust_socketio::{Event, Payload, TransportType};
use serde_json::{Value, json};

play! {
    events_go_both_ways,
    many_events_come_at_once_and_in_order,
    the_server_acknowledges,
    a_question_of_the_server_comes,
    bytes_go_both_ways,
    rooms_reach_their_members,
    namespaces_are_apart,
    a_refusal_says_why,
    a_cut_line_is_mended,
}

fn events_go_both_ways<P: Player>(stage: &Stage<P>) {
    let a = stage.enter("a");
    for args in [vec![nested()], vec![json!("several"), json!(2), json!([null]), json!(TEXT)]] {
        a.emit("echo", args.clone().into());
        assert_eq!(a.next("echo"), Payload::Text(args));
    }
    // an event without arguments reaches the handlers of `message` with its name as the argument
    a.emit("echo", Payload::Text(Vec::new()));
    assert_eq!(a.next(Event::Message), text(json!("echo")));
}

fn many_events_come_at_once_and_in_order<P: Player>(stage: &Stage<P>) {
    let a = stage.enter("a");
    a.emit("burst", Payload::Text(vec![json!(100), json!("x".repeat(50))]));
    for n in 0..100 {
        assert_eq!(a.next("burst"), Payload::Text(vec![json!(n), json!("x".repeat(50))]));
    }
}

fn the_server_acknowledges<P: Player>(stage: &Stage<P>) {
    let a = stage.enter("a");
    assert_eq!(a.ask("ack-nothing", Payload::Text(Vec::new())), text(json!([])));
    let args = vec![json!(1), json!(TEXT), nested(), Value::Null];
    assert_eq!(a.ask("ack", args.clone().into()), text(Value::Array(args)));
}

fn a_question_of_the_server_comes<P: Player>(stage: &Stage<P>) {
    let a = stage.enter("a");
    a.emit("ask-in-vain", text(json!(50)));
    assert_eq!(a.next(Event::Message), text(json!("question")));
    assert_eq!(a.next("asked"), text(json!("timed out")));
}

fn bytes_go_both_ways<P: Player>(stage: &Stage<P>) {
    let a = stage.enter("a");
    let mut all = vec![vec![4, 0, 29, 255], (31..=255).cycle().take(3000).collect()];
    if stage.transport == TransportType::Polling {
        // over WebSocket, from Node too, the client splits bytes at 0x1e and stumbles over none
        all.extend([vec![0, 30, 255], Vec::new()]);
    }
    for bytes in all {
        a.emit("echo", bytes.clone().into());
        assert_eq!(a.next("echo"), Payload::from(bytes));
    }
}

fn rooms_reach_their_members<P: Player>(stage: &Stage<P>) {
    let [a, b, c] = ["a", "b", "c"].map(|tag| stage.enter(tag));
    for one in [&a, &b] {
        one.ask("join", text(json!("room")));
    }
    assert_eq!(a.ask("rooms", Payload::Text(Vec::new())), text(json!([["room"]])));
    a.ask("say", Payload::Text(vec![json!("room"), json!([]), nested()]));
    c.ask("tell", Payload::Text(vec![json!(["room", "nobody"]), json!([]), json!(TEXT)]));
    for one in [&a, &b] {
        assert_eq!(one.next("told"), text(json!(TEXT)));
    }
    assert_eq!(b.next("said"), text(nested()));
    b.ask("leave", text(json!("room")));
    a.ask("tell", Payload::Text(vec![json!("room"), json!([]), json!("after b left")]));
    assert_eq!(a.next("told"), text(json!("after b left")));
    a.emit("announce", vec![1, 2, 255].into());
    for one in [&a, &b, &c] {
        assert_eq!(one.next("announced"), Payload::from(vec![1, 2, 255]));
    }
    assert!(a.silent("said") && b.silent("told") && c.silent("said") && c.silent("told"));
}

fn namespaces_are_apart<P: Player>(stage: &Stage<P>) {
    let main = stage.enter("a");
    let custom = stage.enter_namespace("/custom", json!({}));
    let guarded = stage.enter_namespace("/guarded", json!({ "token": "open sesame" }));
    for one in [&main, &custom, &guarded] {
        one.ask("join", text(json!("same name")));
    }
    custom.ask("tell", Payload::Text(vec![json!("same name"), json!([]), json!("custom")]));
    assert_eq!(custom.next("told"), text(json!("custom")));
    for one in [&main, &guarded] {
        one.ask("ack-nothing", Payload::Text(Vec::new()));
        assert!(one.silent("told"));
    }
}

fn a_refusal_says_why<P: Player>(stage: &Stage<P>) {
    let guarded = json!({ "message": "not allowed", "data": { "code": 7, "needs": ["token"] } });
    let refused = json!({ "message": "by auth", "data": [TEXT] });
    for (namespace, auth, why) in [
        ("/guarded", json!({ "token": "wrong" }), guarded),
        ("/nowhere", json!({}), json!({ "message": "Invalid namespace" })),
        ("/", json!({ "refuse": "by auth", "data": [TEXT] }), refused),
    ] {
        let a = P::knock(Ticket { namespace: namespace.to_owned(), auth, ..stage.ticket("a") });
        let Payload::Text(words) = a.next(Event::Error) else { panic!("words") };
        let words =
            words[0].as_str().and_then(|words| words.strip_prefix("Received an ConnectError frame: "));
        assert_eq!(serde_json::from_str::<Value>(words.expect("a refusal")).expect("JSON"), why);
    }
}

fn a_cut_line_is_mended<P: Player>(stage: &Stage<P>) {
    let line = Line::to(&stage.server.url);
    let a: P = admit(Ticket { url: line.url.clone(), comes_back: true, ..stage.ticket("a") });
    assert_eq!(a.ask("ack", text(nested())), text(json!([nested()])));
    line.cut();
    a.next(Event::Error);
    line.mend();
    a.next(Event::Connect);
    assert_eq!(a.ask("ack", text(nested())), text(json!([nested()])));
}

/// They wait twice as long as a client lives whose pings or pongs are lost.
#[test]
fn all_outlive_several_pings() {
    let server = Server::start(&[("PING_INTERVAL", "500"), ("PING_TIMEOUT", "3000")]);
    let transports = [
        TransportType::Polling,
        TransportType::Websocket,
        TransportType::WebsocketUpgrade,
        TransportType::Any,
    ];
    let ticket = |transport: &TransportType| Ticket {
        url: server.url.clone(),
        namespace: "/".to_owned(),
        auth: json!({}),
        transport: transport.clone(),
        comes_back: false,
    };
    let blocking = transports.each_ref().map(|transport| admit::<clients::Blocking>(ticket(transport)));
    let asynchronous =
        transports.each_ref().map(|transport| admit::<clients::Asynchronous>(ticket(transport)));
    sleep(Duration::from_millis(7500));
    blocking.iter().for_each(still_there);
    asynchronous.iter().for_each(still_there);
}

fn still_there<P: Player>(player: &P) {
    assert_eq!(player.ask("ack", text(json!("alive"))), text(json!(["alive"])));
    assert!(player.silent(Event::Connect) && player.silent(Event::Close) && player.silent(Event::Error));
}

fn text(value: Value) -> Payload {
    Payload::Text(vec![value])
}

fn nested() -> Value {
    json!({ "a": ["x", 1, -2.5, null, true, { "b": TEXT }], "": [] })
}

const TEXT: &str = "Ä € 💩 てすと \u{2028}";
