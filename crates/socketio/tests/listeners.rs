//! Listeners of single sockets, and of outgoing events.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chorus_socketio::{Args, Binary, Data, EventName, Reply, Server, Socket};
use common::{Client, serve};
use parking_lot::Mutex;
use serde_json::{Value, json};

#[tokio::test]
async fn a_socket_has_listeners_of_its_own() {
    let io = Server::new();
    io.of("/").on_connect(|socket: Socket, Data(auth): Data<Value>| async move {
        let name = auth["name"].as_str().unwrap().to_owned();
        socket.on("who", move || {
            let name = name.clone();
            async move { Reply(name) }
        });
    });
    let address = serve(&io).await;
    let (mut ada, mut bob) = (Client::open(address).await, Client::open(address).await);
    ada.send(r#"40{"name":"ada"}"#).await;
    bob.send(r#"40{"name":"bob"}"#).await;
    // in one go: what comes right behind the CONNECT finds them, too
    ada.next().await;
    bob.next().await;
    bob.send(r#"420["who"]"#).await;
    ada.send(r#"421["who"]"#).await;
    assert_eq!(ada.next().await, r#"431["ada"]"#);
    assert_eq!(bob.next().await, r#"430["bob"]"#);
}

#[tokio::test]
async fn events_wait_for_listeners_that_a_slow_connect_handler_adds() {
    let io = Server::new();
    io.of("/").on_connect(|socket: Socket| async move {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        socket.on("late", || async { Reply("in time") });
    });
    let mut client = Client::connect(serve(&io).await).await;
    client.send(r#"420["late"]"#).await;
    assert_eq!(client.next().await, r#"430["in time"]"#);
}

#[tokio::test]
async fn once_is_once_and_off_removes() {
    let io = Server::new();
    io.of("/").on_connect(|socket: Socket| async move {
        socket.once("first", |socket: Socket| async move { socket.send("only").unwrap() });
        socket.on("gone", |socket: Socket| async move { socket.send("never").unwrap() }).off("gone");
        socket.on_any(|socket: Socket, name: EventName| async move {
            socket.emit("any", &*name.0).unwrap();
            socket.off_any();
        });
        socket.on("end", || async { Reply(()) });
    });
    let mut client = Client::connect(serve(&io).await).await;
    for event in ["first", "first", "gone"] {
        client.send(&format!(r#"42["{event}"]"#)).await;
    }
    client.send(r#"420["end"]"#).await;
    assert_eq!(client.next().await, r#"42["any","first"]"#);
    assert_eq!(client.next().await, r#"42["message","only"]"#);
    assert_eq!(client.next().await, "430[null]");
}

#[tokio::test]
async fn the_namespaces_listeners_come_first_and_its_middleware_too() {
    let io = Server::new();
    let main = io.of("/");
    main.on("both", |socket: Socket| async move { socket.send("namespace").unwrap() });
    main.event_middleware(|socket: Socket| async move {
        socket.send("first").unwrap();
        Ok::<(), ()>(())
    });
    main.on_connect(|socket: Socket| async move {
        socket.on("both", |socket: Socket| async move { socket.send("socket").unwrap() });
        socket.middleware(|socket: Socket, Data(pass): Data<bool>| async move {
            socket.send("second").unwrap();
            if pass { Ok(()) } else { Err(Reply("refused")) }
        });
    });
    let mut client = Client::connect(serve(&io).await).await;
    client.send(r#"42["both",true]"#).await;
    for text in ["first", "second", "namespace", "socket"] {
        assert_eq!(client.next().await, format!(r#"42["message","{text}"]"#));
    }
    client.send(r#"427["both",false]"#).await;
    assert_eq!(client.next().await, r#"42["message","first"]"#);
    assert_eq!(client.next().await, r#"42["message","second"]"#);
    assert_eq!(client.next().await, r#"437["refused"]"#);
}

#[tokio::test]
async fn listeners_are_let_go_of_when_the_socket_leaves() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let io = Server::new();
    io.of("/").on_connect({
        let dropped = dropped.clone();
        move |socket: Socket| {
            let counted = Counted(dropped.clone());
            // holds the socket that holds it
            let itself = socket.clone();
            socket.on("x", move || {
                let _ = (&counted, &itself);
                async {}
            });
            socket.on_disconnect(|socket: Socket| async move {
                socket.on("too late", || async {});
            });
            async {}
        }
    });
    let client = Client::connect(serve(&io).await).await;
    drop(client);
    while dropped.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn outgoing_events_are_shown_with_what_the_client_will_get() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let io = Server::new();
    let main = io.of("/");
    main.on("go", |socket: Socket| async move {
        socket.emit("one", Args((1, "two"))).unwrap();
        socket.broadcast().emit("others", ()).unwrap();
        socket.emit("binary", Binary::from(vec![7])).unwrap();
        socket.off_any_outgoing();
        socket.emit("unseen by itself", 0).unwrap();
    });
    let listener = |who: &'static str| {
        let seen = seen.clone();
        move |_: &Socket, event: &str, payload: &chorus_socketio::Payload| {
            seen.lock().push(format!("{who} {event} {} {}", payload.json(), payload.attachments().len()));
        }
    };
    main.on_connect({
        let listener = listener("socket");
        move |socket: Socket| {
            socket.on_any_outgoing(listener.clone());
            async {}
        }
    });
    let address = serve(&io).await;
    let mut client = Client::connect(address).await;
    let _other = Client::connect(address).await;
    client.send(r#"420["go"]"#).await;
    assert_eq!(client.next().await, r#"42["one",1,"two"]"#);
    assert_eq!(client.next().await, r#"451-["binary",{"_placeholder":true,"num":0}]"#);
    assert_eq!(client.next().await, "b[7]");
    assert_eq!(client.next().await, r#"42["unseen by itself",0]"#);
    assert_eq!(
        *seen.lock(),
        [
            r#"socket one [1,"two"] 0"#,
            "socket others [null] 0",
            r#"socket binary [{"_placeholder":true,"num":0}] 1"#,
        ]
    );
    seen.lock().clear();
    main.on_any_outgoing(listener("namespace"));
    main.emit("all", json!({ "a": 1 })).unwrap();
    assert_eq!(seen.lock().iter().filter(|line| *line == r#"namespace all [{"a":1}] 0"#).count(), 2);
}
