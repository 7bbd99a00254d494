//! Closing the server: who is told, what is still delivered, and that nothing stays behind.

use std::time::Duration;

use chorus_socketio::{DisconnectReason, Server, Socket, State};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};

use crate::support::{Client, LONG, Log, Polling, app, log, serve, told, until};

#[tokio::test]
async fn the_http_server_can_end_and_its_port_is_free_again() {
    let io = Server::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let routes = app(&io);
    let serving = tokio::spawn(async move {
        let _ = axum::serve(listener, routes).with_graceful_shutdown(async { drop(stopped.await) }).await;
    });
    let mut client = Client::connect(address).await;
    let polling = Polling::connect(address).await;
    let parked = polling.parked().await;
    assert_eq!(io.of("/").socket_count(), 2);
    let closing = tokio::spawn({
        let io = io.clone();
        async move { io.close().await }
    });
    assert_eq!(client.end().await, 1005);
    drop((client, parked));
    timeout(LONG, closing).await.expect("it closes").unwrap();
    assert_eq!(io.of("/").socket_count(), 0);
    stop.send(()).unwrap();
    timeout(LONG, serving).await.expect("no request is left").unwrap();
    let listener = TcpListener::bind(address).await.expect("the port is free");
    // another server in its place serves those who come back
    let routes = app(&Server::new());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Client::connect(address).await;
}

#[tokio::test]
async fn a_server_that_nobody_listened_for_closes_and_closes_again() {
    let io = Server::new();
    for _ in 0..2 {
        timeout(LONG, io.close()).await.expect("there is nothing to wait for");
    }
}

/// Handshakes, upgrades half done and done: their tasks and timers end with the server.
#[tokio::test]
async fn no_task_outlives_the_server() {
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let io = Server::new();
    let address = serve(&io).await;
    let websocket = Client::connect(address).await;
    let polling = Polling::connect(address).await;
    let half = Polling::connect(address).await;
    let mut candidate = Client::request(address, &half.upgrade_target()).await;
    candidate.send("2probe").await;
    assert_eq!(candidate.next().await, "3probe");
    let whole = Polling::connect(address).await;
    let mut upgraded = Client::request(address, &whole.upgrade_target()).await;
    upgraded.send("2probe").await;
    assert_eq!(upgraded.next().await, "3probe");
    upgraded.send("5").await;
    drop((websocket, polling, candidate, upgraded));
    timeout(LONG, io.close()).await.expect("it closes");
    // the task that accepts connections is the test's own
    until(|| tokio::runtime::Handle::current().metrics().num_alive_tasks() <= before + 1).await;
}

/// What waits is for a client that is to stay: shutting down is quick.
#[tokio::test]
async fn what_waits_is_dropped_when_the_server_shuts_down() {
    for goodbye in [false, true] {
        let io = Server::new();
        let address = serve(&io).await;
        let mut websocket = Client::connect(address).await;
        let polling = Polling::connect(address).await;
        io.emit("late", 1).unwrap();
        if goodbye {
            io.of("/").sockets().iter().for_each(Socket::close);
        }
        let before = websocket.bytes_read();
        // no task runs between the event and the close: the test has the only thread
        let (closed, ()) = tokio::join!(timeout(LONG, io.close()), async {
            assert_eq!(websocket.end().await, 1005);
            assert_eq!(websocket.bytes_read() - before, 2, "the close frame is all that comes");
            let answer = polling.poll().await;
            assert!(!answer.text().contains("late"), "{}", answer.text());
            drop(websocket);
        });
        closed.expect("it closes");
    }
}

#[tokio::test]
async fn what_was_sent_before_the_server_closes_a_client_arrives() {
    let io = Server::new();
    io.of("/").on("bye", |socket: Socket| async move {
        for n in 0..3 {
            let _ = socket.emit("last", n);
        }
        socket.close();
    });
    let address = serve(&io).await;
    let mut websocket = Client::connect(address).await;
    websocket.send(r#"42["bye"]"#).await;
    let mut polling = Polling::connect(address).await;
    polling.send(r#"42["bye"]"#).await;
    for n in 0..3 {
        assert_eq!(websocket.next().await, format!(r#"42["last",{n}]"#));
        assert_eq!(polling.next().await, format!(r#"42["last",{n}]"#));
    }
    assert_eq!((websocket.next().await, websocket.end().await), ("41".to_owned(), 1005));
    assert_eq!((polling.next().await, polling.next().await), ("41".to_owned(), "1".to_owned()));
}

#[tokio::test]
async fn a_polling_client_that_vanished_is_not_waited_for_when_it_is_closed() {
    let (log, mut news) = log();
    let io = Server::builder()
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(300))
        .state(log)
        .build();
    io.of("/").on_disconnect(|reason: DisconnectReason, State(log): State<Log>| async move {
        log.send(reason.to_string()).unwrap();
    });
    let polling = Polling::connect(serve(&io).await).await;
    io.of("/").sockets()[0].close();
    told(&mut news).await;
    until(|| io.stats().sessions == 0).await;
    assert_eq!(polling.poll().await.code(), 1);
}

#[tokio::test]
async fn an_upgrade_under_way_ends_with_its_session() {
    let io = Server::new();
    let address = serve(&io).await;
    let polling = Polling::connect(address).await;
    let mut candidate = Client::request(address, &polling.upgrade_target()).await;
    candidate.send("2probe").await;
    assert_eq!(candidate.next().await, "3probe");
    io.of("/").sockets()[0].close();
    assert_eq!(candidate.end().await, 1005);
    assert_eq!(polling.poll().await.text(), "41");
}
