//! What a leaving client's last packets lead to.

use chorus_socketio::{Description, DisconnectReason, Server, State};

use crate::support::{Log, Polling, finish, log, serve, told};

fn telling() -> (Server, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let (log, news) = log();
    let io = Server::builder().state(log).build();
    io.of("/")
        .on("test", |State(log): State<Log>| async move { log.send("test".to_owned()).unwrap() })
        .on_disconnect(
            |reason: DisconnectReason, Description(description): Description, State(log): State<Log>| async move {
                let description = description.map(|description| format!(": {description}"));
                log.send(format!("{reason}{}", description.unwrap_or_default())).unwrap();
            },
        );
    (io, news)
}

/// In Node an event in the same body as the DISCONNECT behind it is lost; see `docs/NODE-TESTS.md`.
#[tokio::test]
async fn an_event_before_the_disconnect_is_handled_and_one_behind_it_is_not() {
    let (io, mut news) = telling();
    let client = Polling::connect(serve(&io).await).await;
    client.send("42[\"test\"]\u{1e}41\u{1e}42[\"test\"]").await;
    assert_eq!(told(&mut news).await, "test");
    assert_eq!(told(&mut news).await, "client namespace disconnect");
    crate::support::until(|| io.of("/").socket_count() == 0).await;
    assert!(news.try_recv().is_err());
}

/// Of polling: over WebSocket, `tests/delivery.rs` has them.
#[tokio::test]
async fn violations_end_a_polling_session_in_good_order() {
    for (violation, end) in [
        ("40", "forced server close: packet out of place"),
        ("4abc", "parse error: unknown packet type"),
        (r#"42/elsewhere,["x"]"#, "forced server close: packet out of place"),
        ("44{}", "parse error: unknown packet type"),
        ("450-[]", "parse error: illegal attachments"),
    ] {
        let (io, mut news) = telling();
        let mut client = Polling::connect(serve(&io).await).await;
        assert_eq!(client.post(violation).await.status, 200, "{violation}");
        assert_eq!(told(&mut news).await, end, "{violation}");
        assert_eq!(client.next().await, "1", "{violation}");
        assert_eq!(client.poll().await.code(), 1, "{violation}");
    }
}

#[tokio::test]
async fn an_end_for_a_fault_of_the_transport_says_which() {
    let (io, mut news) = telling();
    let client = Polling::connect(serve(&io).await).await;
    let first = client.parked().await;
    client.poll().await;
    assert_eq!(told(&mut news).await, "transport error: overlap from client");
    finish(first).await;

    let client = Polling::connect(serve(&io).await).await;
    assert_eq!(client.post("abc").await.status, 400);
    assert_eq!(told(&mut news).await, "parse error: malformed payload");

    let client = Polling::connect(serve(&io).await).await;
    drop(client.parked().await);
    assert_eq!(told(&mut news).await, "transport error: poll connection closed prematurely");
}
