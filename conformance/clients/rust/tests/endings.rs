//! How connections end, seen from both sides.
//!
//! In a process of its own: a thread of the blocking client spins from the end of its connection to that of the
//! process.

use clients::{Player, Stage, play};
use rust_socketio::{Event, Payload};
use serde_json::{Value, json};

play! {
    the_client_says_goodbye,
    the_server_says_goodbye,
    the_server_closes_the_connection,
    last_words_arrive,
}

fn the_client_says_goodbye<P: Player>(stage: &Stage<P>) {
    let observer = stage.observer();
    let a = stage.enter("a");
    a.ask("join", text(json!("room")));
    a.disconnect();
    assert_eq!(observer.next("leaving"), Payload::Text(vec![json!("a"), json!(["room"])]));
    assert_eq!(observer.next("gone"), gone("a", "client namespace disconnect"));
}

fn the_server_says_goodbye<P: Player>(stage: &Stage<P>) {
    let observer = stage.observer();
    let a = stage.enter("a");
    a.emit("kick", Payload::Text(Vec::new()));
    a.next(Event::Close);
    assert_eq!(observer.next("gone"), gone("a", "server namespace disconnect"));
}

fn the_server_closes_the_connection<P: Player>(stage: &Stage<P>) {
    let observer = stage.observer();
    let a = stage.enter("a");
    a.emit("cut", Payload::Text(Vec::new()));
    a.next(Event::Close);
    assert_eq!(observer.next("gone"), gone("a", "server namespace disconnect"));
}

fn last_words_arrive<P: Player>(stage: &Stage<P>) {
    let a = stage.enter("a");
    assert_eq!(a.ask("last-words", Payload::Text(Vec::new())), text(json!(["farewell"])));
    for n in [1, 2] {
        assert_eq!(a.next("farewell"), text(json!(n)));
    }
    a.next(Event::Close);
}

fn gone(tag: &str, reason: &str) -> Payload {
    Payload::Text(vec![json!("/"), json!(tag), json!(reason), json!([])])
}

fn text(value: Value) -> Payload {
    Payload::Text(vec![value])
}
