//! Namespaces that are made by the application.

use chorus_socketio::{Args, Binary, DisconnectReason, Reply, Server, Socket, State};

use crate::support::{Client, Log, enter, join, log, serve, settled, told, until};

/// A server of which clients can learn that nothing is under way to them.
fn settling(names: &[&str]) -> Server {
    let io = Server::new();
    for name in names {
        io.of(name).on("settled", || async { Reply(Args(())) });
    }
    io
}

#[tokio::test]
async fn a_broadcast_stays_in_its_namespace_with_and_without_bytes() {
    let io = settling(&["/"]);
    io.of("/test");
    let address = serve(&io).await;
    let (mut first, _) = enter(address).await;
    let (mut second, _) = enter(address).await;
    join(&mut second, "/test", "").await;
    let mut stranger = Client::open(address).await;
    join(&mut stranger, "/test", "").await;
    assert_eq!(io.emit("a", "b").unwrap(), 2);
    assert_eq!(io.emit("bin", Binary::from(vec![0; 10])).unwrap(), 2);
    for client in [&mut first, &mut second] {
        assert_eq!(client.next().await, r#"42["a","b"]"#);
        assert_eq!(client.next().await, r#"451-["bin",{"_placeholder":true,"num":0}]"#);
        assert_eq!(client.next().await, format!("b{:?}", [0; 10]));
        settled(client).await;
    }
    assert_eq!(io.of("/test").emit("own", 1).unwrap(), 2);
    assert_eq!(stranger.next().await, r#"42/test,["own",1]"#);
}

#[tokio::test]
async fn names_have_a_leading_slash_whether_it_is_written_or_not() {
    let io = Server::new();
    io.of("").on("where", |socket: Socket| async move { Reply(socket.namespace().name().to_owned()) });
    io.of("abc").on("where", |socket: Socket| async move { Reply(socket.namespace().name().to_owned()) });
    assert_eq!((io.of("").name(), io.of("abc").name()), ("/", "/abc"));
    let mut client = Client::open(serve(&io).await).await;
    client.send("40/,").await;
    assert!(client.next().await.starts_with("40{"), "the main namespace, written out");
    join(&mut client, "/abc", "").await;
    client.send(r#"421["where"]"#).await;
    assert_eq!(client.next().await, r#"431["/"]"#);
    client.send(r#"42/abc,2["where"]"#).await;
    assert_eq!(client.next().await, r#"43/abc,2["/abc"]"#);
}

#[tokio::test]
async fn every_connect_handler_runs_for_every_socket() {
    let (log, mut news) = log();
    let io = Server::builder().state(log).build();
    for round in ["first", "second"] {
        io.of("/news").on_connect(move |socket: Socket, State(log): State<Log>| async move {
            assert!(socket.is_connected());
            log.send(round.to_owned()).unwrap();
        });
    }
    let mut client = Client::open(serve(&io).await).await;
    join(&mut client, "/news", "").await;
    assert_eq!([told(&mut news).await, told(&mut news).await], ["first", "second"]);
    assert!(news.try_recv().is_err());
}

#[tokio::test]
async fn the_sockets_of_a_namespace_and_of_its_rooms_are_its_own() {
    let io = Server::new();
    let (chat, other) = (io.of("/chat"), io.of("/other"));
    let address = serve(&io).await;
    let mut clients = Vec::new();
    let mut ids = Vec::new();
    for name in ["/chat", "/chat", "/other"] {
        let mut client = Client::open(address).await;
        ids.push(join(&mut client, name, "").await.parse().unwrap());
        clients.push(client);
    }
    chat.socket(ids[0]).unwrap().join("foo");
    chat.socket(ids[1]).unwrap().join("bar");
    other.socket(ids[2]).unwrap().join("foo");
    let found = |sockets: Vec<Socket>| {
        let mut positions: Vec<_> =
            sockets.iter().map(|socket| ids.iter().position(|id| *id == socket.id()).unwrap()).collect();
        positions.sort_unstable();
        positions
    };
    assert_eq!(found(chat.sockets()), [0, 1]);
    assert_eq!(found(chat.to("foo").sockets()), [0]);
    assert_eq!(found(chat.to(["foo", "bar"]).sockets()), [0, 1]);
    assert_eq!(found(other.to("foo").sockets()), [2]);
    assert!(chat.socket(ids[2]).is_none());
    assert!(io.of("/").sockets().is_empty());
}

#[tokio::test]
async fn a_target_is_not_changed_by_what_is_made_of_it() {
    let io = Server::new();
    let address = serve(&io).await;
    let mut clients = Vec::new();
    for room in ["room1", "room2", "room3", "room4"] {
        let (client, id) = enter(address).await;
        io.of("/").socket(id.parse().unwrap()).unwrap().join(room);
        clients.push(client);
    }
    let target = io.to(["room1", "room2", "room3"]).except("room3");
    assert_eq!(target.clone().to("room4").emit("x", 1).unwrap(), 3);
    assert_eq!(target.clone().except("room1").emit("x", 1).unwrap(), 1);
    assert_eq!(target.clone().volatile().emit("x", 1).unwrap(), 2);
    assert_eq!(io.to("room4").emit("x", 1).unwrap(), 1);
    assert_eq!(target.emit("x", 1).unwrap(), 2);
}

#[tokio::test]
async fn a_leaving_socket_is_in_its_rooms_until_it_has_left() {
    let (log, mut news) = log();
    let io = Server::builder().state(log).build();
    io.of("/")
        .on_connect(|socket: Socket| async move { socket.join("a") })
        .on("leave", |socket: Socket| async move { socket.disconnect() })
        .on_disconnecting(|socket: Socket, reason: DisconnectReason, State(log): State<Log>| async move {
            let _ = socket.to("a").emit("leaving", 1);
            log.send(format!("{reason}, in {} rooms", socket.rooms().len())).unwrap();
        })
        .on_disconnect(|socket: Socket, reason: DisconnectReason, State(log): State<Log>| async move {
            assert!(!socket.is_connected());
            log.send(format!("{reason}, in {} rooms", socket.rooms().len())).unwrap();
        });
    let address = serve(&io).await;
    let (mut stays, _) = enter(address).await;
    let (mut leaves, _) = enter(address).await;
    until(|| io.to("a").sockets().len() == 2).await;
    leaves.send(r#"42["leave"]"#).await;
    assert_eq!(told(&mut news).await, "server namespace disconnect, in 1 rooms");
    assert_eq!(told(&mut news).await, "server namespace disconnect, in 0 rooms");
    assert_eq!(stays.next().await, r#"42["leaving",1]"#);
}

/// Official clients close the connection when they get one: the name is taken.
#[tokio::test]
async fn reserved_names_cannot_be_emitted() {
    let io = settling(&["/"]);
    let address = serve(&io).await;
    let (mut client, id) = enter(address).await;
    let socket = io.of("/").socket(id.parse().unwrap()).unwrap();
    let mut sent = Vec::new();
    for name in ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"] {
        if socket.emit(name, 1).is_ok() || io.emit(name, 1).is_ok() {
            sent.push(name);
        }
    }
    assert!(sent.is_empty(), "{sent:?} were sent");
    settled(&mut client).await;
}
