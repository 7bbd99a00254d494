//! Namespaces that come into being when a client asks for them, and go when it leaves.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chorus_socketio::{Args, ConnectError, ParentNamespace, Reply, Server, Socket};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::support::{Client, join, serve, until};

fn dynamic(io: &Server) -> ParentNamespace {
    io.of_matching(|name| name.strip_prefix("/dynamic-").is_some_and(|number| number.parse::<u32>().is_ok()))
}

#[tokio::test]
async fn a_child_has_its_parents_middleware_and_handlers() {
    let io = Server::new();
    let parent = dynamic(&io);
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    parent
        .middleware(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }
        })
        .on_connect({
            let parent = parent.clone();
            move |socket: Socket| {
                assert_eq!(socket.namespace().name(), "/dynamic-101");
                let _ = parent.emit("hello", Args((1, "2", json!({ "3": "4" }))));
                async {}
            }
        });
    let mut client = Client::open(serve(&io).await).await;
    join(&mut client, "/dynamic-101", "").await;
    assert_eq!(client.next().await, r#"42/dynamic-101,["hello",1,"2",{"3":"4"}]"#);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    client.send("40/dynamic-x,").await;
    assert_eq!(client.next().await, r#"44/dynamic-x,{"message":"Invalid namespace"}"#);
}

#[tokio::test]
async fn two_who_ask_for_the_same_child_at_once_meet_in_it() {
    let both = Arc::new(Barrier::new(2));
    let io = Server::new();
    let parent = io.of_allowed(move |_: String, _: Value| {
        let both = both.clone();
        async move {
            both.wait().await;
            true
        }
    });
    let address = serve(&io).await;
    let mut clients = [Client::open(address).await, Client::open(address).await];
    for client in &mut clients {
        client.send("40/dynamic-101,").await;
    }
    for client in &mut clients {
        assert!(client.next().await.starts_with("40/dynamic-101,"));
    }
    assert_eq!(parent.children(), ["/dynamic-101".into()]);
    assert_eq!(io.of("/dynamic-101").emit("message", 1).unwrap(), 2);
    for client in &mut clients {
        assert_eq!(client.next().await, r#"42/dynamic-101,["message",1]"#);
    }
}

#[tokio::test]
async fn a_child_that_was_forgotten_is_made_again() {
    let io = Server::builder().cleanup_empty_child_namespaces(true).build();
    let parent = dynamic(&io);
    let address = serve(&io).await;
    for _ in 0..2 {
        let mut client = Client::open(address).await;
        join(&mut client, "/dynamic-101", "").await;
        assert_eq!(parent.children().len(), 1);
        client.send("41/dynamic-101,").await;
        until(|| parent.children().is_empty()).await;
    }
}

#[tokio::test]
async fn a_child_stays_when_it_is_not_to_be_forgotten() {
    let io = Server::new();
    let parent = dynamic(&io);
    let mut client = Client::open(serve(&io).await).await;
    join(&mut client, "/dynamic-101", "").await;
    let child = io.of("/dynamic-101");
    client.send("41/dynamic-101,").await;
    until(|| child.socket_count() == 0).await;
    // what a leaving socket leaves behind is settled before the connection's next packet is answered
    join(&mut client, "/dynamic-102", "").await;
    assert_eq!(parent.children(), ["/dynamic-101".into(), "/dynamic-102".into()]);
}

/// Lets in who says `{"in":true}`.
fn guarded(cleanup: bool) -> (Server, ParentNamespace) {
    let io = Server::builder().cleanup_empty_child_namespaces(cleanup).build();
    let parent = dynamic(&io);
    parent.middleware(|socket: Socket| async move {
        match socket.auth::<Value>() {
            Ok(auth) if auth["in"] == true => Ok(()),
            _ => Err(ConnectError::new("You shall not pass!")),
        }
    });
    (io, parent)
}

async fn refused(address: std::net::SocketAddr) -> Client {
    let mut client = Client::open(address).await;
    client.send("40/dynamic-101,").await;
    assert_eq!(client.next().await, r#"44/dynamic-101,{"message":"You shall not pass!"}"#);
    client
}

#[tokio::test]
async fn a_child_that_nobody_was_let_into_is_forgotten_only_if_wanted() {
    let (io, parent) = guarded(true);
    let _client = refused(serve(&io).await).await;
    until(|| parent.children().is_empty()).await;

    let (io, parent) = guarded(false);
    let mut client = refused(serve(&io).await).await;
    // the refused socket is gone once the connection goes on
    client.send("40").await;
    assert!(client.next().await.starts_with("40{"));
    assert_eq!(parent.children(), ["/dynamic-101".into()]);
    assert_eq!(io.of("/dynamic-101").socket_count(), 0);
}

#[tokio::test]
async fn a_child_with_others_in_it_outlives_a_refusal() {
    let (io, parent) = guarded(true);
    let address = serve(&io).await;
    let mut member = Client::open(address).await;
    join(&mut member, "/dynamic-101", r#"{"in":true}"#).await;
    let mut stranger = refused(address).await;
    stranger.send("40").await;
    assert!(stranger.next().await.starts_with("40{"));
    assert_eq!(parent.children(), ["/dynamic-101".into()]);
    assert_eq!(io.of("/dynamic-101").socket_count(), 1);
}

#[tokio::test]
async fn a_namespace_that_the_application_made_is_never_forgotten() {
    let io = Server::builder().cleanup_empty_child_namespaces(true).build();
    dynamic(&io);
    io.of("/chat").on("settled", || async { Reply(Args(())) });
    let mut client = Client::open(serve(&io).await).await;
    for _ in 0..2 {
        join(&mut client, "/chat", "").await;
        client.send(r#"42/chat,1["settled"]"#).await;
        assert_eq!(client.next().await, "43/chat,1[]", "its handlers are still there");
        client.send("41/chat,").await;
        until(|| io.of("/chat").socket_count() == 0).await;
    }
}

#[tokio::test]
async fn a_namespace_made_by_hand_is_a_child_when_its_name_matches() {
    let io = Server::new();
    let parent = dynamic(&io);
    parent.on("settled", || async { Reply(Args(())) });
    let child = io.of("/dynamic-101");
    assert_eq!(parent.children(), ["/dynamic-101".into()]);
    let mut client = Client::open(serve(&io).await).await;
    join(&mut client, "/dynamic-101", "").await;
    assert_eq!(child.socket_count(), 1);
    client.send(r#"42/dynamic-101,1["settled"]"#).await;
    assert_eq!(client.next().await, "43/dynamic-101,1[]");
}
