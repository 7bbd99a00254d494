//! Who is let in, and which events pass.

use std::{sync::Arc, time::Duration};

use chorus_socketio::{Args, ConnectError, EventName, Namespace, Payload, Reply, Server, Socket, State};
use tokio::sync::Notify;

use crate::support::{CLOSE, Client, Log, Polling, enter, join, log, serve, told, until};

/// A middleware that takes its time and tells that it was asked.
fn telling(namespace: &Namespace, word: &'static str) {
    namespace.middleware(move |State(log): State<Log>| async move {
        tokio::time::sleep(Duration::from_millis(5)).await;
        log.send(word.to_owned()).unwrap();
        Ok(())
    });
}

#[tokio::test]
async fn it_runs_in_order_before_the_connect_handlers_and_for_its_namespace_alone() {
    let (log, mut news) = log();
    let io = Server::builder().state(log).build();
    telling(&io.of("/"), "main");
    let chat = io.of("/chat");
    for word in ["1", "2", "3"] {
        telling(&chat, word);
    }
    chat.on_connect(|State(log): State<Log>| async move { log.send("connected".to_owned()).unwrap() });
    let mut client = Client::open(serve(&io).await).await;
    join(&mut client, "/chat", "").await;
    for word in ["1", "2", "3", "connected"] {
        assert_eq!(told(&mut news).await, word);
    }
    join(&mut client, "/", "").await;
    assert_eq!(told(&mut news).await, "main");
    assert!(news.try_recv().is_err());
}

#[tokio::test]
async fn the_first_refusal_is_the_answer_and_nothing_after_it_runs() {
    let (log, mut news) = log();
    let io = Server::builder().state(log).build();
    let main = io.of("/");
    main.middleware(|| async { Err(ConnectError::new("Authentication error")) });
    telling(&main, "the second middleware");
    main.on_connect(|State(log): State<Log>| async move { log.send("connected".to_owned()).unwrap() });
    let mut client = Client::open(serve(&io).await).await;
    client.send("40").await;
    assert_eq!(client.next().await, r#"44{"message":"Authentication error"}"#);
    assert_eq!(main.socket_count(), 0);
    assert!(news.try_recv().is_err());
}

#[tokio::test]
async fn what_it_keeps_with_the_socket_is_there_for_the_handlers() {
    let io = Server::new();
    io.of("/")
        .middleware(|socket: Socket| async move {
            socket.set_data("guillermo");
            Ok(())
        })
        .on("name", |socket: Socket| async move { Reply(*socket.data::<&str>().unwrap()) });
    let (mut client, _) = enter(serve(&io).await).await;
    client.send(r#"421["name"]"#).await;
    assert_eq!(client.next().await, r#"431["guillermo"]"#);
}

#[tokio::test]
async fn a_socket_is_connected_when_it_has_passed() {
    let (log, mut news) = log();
    let io = Server::builder().state(log).build();
    let tell = |socket: &Socket, log: &Log| {
        let count = socket.namespace().socket_count();
        log.send(format!("{} {count}", socket.is_connected())).unwrap();
    };
    io.of("/")
        .middleware(move |socket: Socket, State(log): State<Log>| async move {
            tell(&socket, &log);
            Ok(())
        })
        .on_connect(move |socket: Socket, State(log): State<Log>| async move { tell(&socket, &log) });
    let _client = enter(serve(&io).await).await;
    assert_eq!([told(&mut news).await, told(&mut news).await], ["false 0", "true 1"]);
}

#[tokio::test]
async fn a_client_that_leaves_meanwhile_is_never_connected() {
    let (log, mut news) = log();
    let gate = Arc::new(Notify::new());
    let io = Server::builder().state(log).state(gate.clone()).build();
    io.of("/")
        .middleware(|State(log): State<Log>, State(gate): State<Arc<Notify>>| async move {
            log.send("asked".to_owned()).unwrap();
            gate.notified().await;
            log.send("allowed".to_owned()).unwrap();
            Ok(())
        })
        .on_connect(|State(log): State<Log>| async move { log.send("connected".to_owned()).unwrap() })
        .on_disconnect(|State(log): State<Log>| async move { log.send("left".to_owned()).unwrap() });
    let mut client = Client::open(serve(&io).await).await;
    client.send("40").await;
    assert_eq!(told(&mut news).await, "asked");
    client.send_raw(&CLOSE).await;
    assert_eq!(client.end().await, 1005, "the server has noticed");
    drop(client);
    gate.notify_one();
    assert_eq!(told(&mut news).await, "allowed");
    until(|| io.stats().sessions == 0).await;
    assert!(news.try_recv().is_err());
    assert_eq!(io.of("/").socket_count(), 0);
}

#[tokio::test]
async fn rooms_joined_by_who_is_refused_are_left() {
    let io = Server::new();
    io.of("/").middleware(|socket: Socket| async move {
        socket.join("room1");
        assert_eq!(socket.rooms().len(), 1);
        Err(ConnectError::new("nope"))
    });
    let mut client = Client::open(serve(&io).await).await;
    client.send("40").await;
    assert_eq!(client.next().await, r#"44{"message":"nope"}"#);
    until(|| io.to("room1").sockets().is_empty()).await;
    assert_eq!(io.to("room1").emit("x", 1).unwrap(), 0);
}

#[tokio::test]
async fn rooms_joined_by_who_is_let_in_are_kept() {
    let io = Server::new();
    io.of("/").middleware(|socket: Socket| async move {
        socket.join("test");
        Ok(())
    });
    let address = serve(&io).await;
    let (mut websocket, _) = enter(address).await;
    let mut polling = Polling::connect(address).await;
    assert_eq!(io.to("test").emit("hello", 1).unwrap(), 2);
    assert_eq!(websocket.next().await, r#"42["hello",1]"#);
    assert_eq!(polling.next().await, r#"42["hello",1]"#);
}

#[tokio::test]
async fn event_middleware_runs_in_order_and_stops_at_the_first_refusal() {
    let (log, mut news) = log();
    let io = Server::builder().state(log).build();
    io.of("/")
        .event_middleware(|name: EventName, payload: Payload, State(log): State<Log>| async move {
            log.send(format!("first: {} {}", &*name, payload.json())).unwrap();
            if &*name == "bad" { Err(()) } else { Ok(()) }
        })
        .event_middleware(|State(log): State<Log>| async move {
            log.send("second".to_owned()).unwrap();
            Ok::<_, ()>(())
        })
        .on("join", |State(log): State<Log>| async move {
            log.send("handled".to_owned()).unwrap();
            Reply(Args(()))
        })
        .on("bad", |State(log): State<Log>| async move { log.send("not to be".to_owned()).unwrap() });
    let (mut client, _) = enter(serve(&io).await).await;
    client.send(r#"42["bad"]"#).await;
    client.send(r#"421["join","woot"]"#).await;
    assert_eq!(client.next().await, "431[]");
    for line in ["first: bad []", r#"first: join ["woot"]"#, "second", "handled"] {
        assert_eq!(told(&mut news).await, line);
    }
    assert!(news.try_recv().is_err());
}
