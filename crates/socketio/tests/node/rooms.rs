//! Rooms: who is in which, and what can be done to all who are.

use chorus_socketio::{Args, Binary, Room, Server, Socket, SocketId, State};

use crate::support::{Client, Log, enter, log, serve, settled, told};

/// Three sockets, of which the first is in rooms 1 and 2, the second in 1 and the third in 2.
struct Three {
    io: Server,
    clients: Vec<Client>,
    sockets: Vec<Socket>,
}

impl Three {
    async fn new() -> Self {
        let io = Server::new();
        io.of("/").on("settled", || async { chorus_socketio::Reply(Args(())) });
        let address = serve(&io).await;
        let (mut clients, mut sockets) = (Vec::new(), Vec::new());
        for rooms in [vec!["room1", "room2"], vec!["room1"], vec!["room2"]] {
            let (client, id) = enter(address).await;
            let socket = io.of("/").socket(id.parse::<SocketId>().unwrap()).unwrap();
            socket.join(rooms);
            clients.push(client);
            sockets.push(socket);
        }
        Self { io, clients, sockets }
    }

    /// Which of them are in the room, by the sockets' own account and by the namespace's.
    fn members(&self, room: &str) -> Vec<usize> {
        let own: Vec<_> = (0..3).filter(|n| in_room(&self.sockets[*n], room)).collect();
        let mut ids: Vec<_> = self.io.to(room).sockets().iter().map(Socket::id).collect();
        let mut expected: Vec<_> = own.iter().map(|n| self.sockets[*n].id()).collect();
        ids.sort_by_key(ToString::to_string);
        expected.sort_by_key(ToString::to_string);
        assert_eq!(ids, expected);
        own
    }
}

fn in_room(socket: &Socket, room: &str) -> bool {
    socket.rooms().contains(&Room::from(room))
}

#[tokio::test]
async fn a_socket_knows_its_rooms() {
    let Three { io, sockets, clients } = Three::new().await;
    let socket = &sockets[2];
    let rooms = || {
        let mut rooms: Vec<_> = socket.rooms().iter().map(ToString::to_string).collect();
        rooms.sort();
        rooms
    };
    socket.join(["a", "b", "c"]);
    assert_eq!(rooms(), ["a", "b", "c", "room2"]);
    socket.join("a");
    socket.leave("b");
    socket.leave("unknown");
    assert_eq!(rooms(), ["a", "c", "room2"]);
    assert_eq!(io.to(["a", "b", "c"]).sockets().len(), 1);
    socket.leave(socket.rooms());
    assert!(rooms().is_empty());
    assert!(io.to(["a", "b", "c"]).sockets().is_empty());
    assert_eq!(io.to(socket.id()).sockets().len(), 1, "its own stays");
    drop(clients);
}

#[tokio::test]
async fn all_or_a_rooms_sockets_can_be_made_to_join() {
    let three = Three::new().await;
    three.io.of("/").broadcast().join("all");
    assert_eq!(three.members("all"), [0, 1, 2]);
    three.io.to("room1").join(["room3", "room4"]);
    assert_eq!(three.members("room3"), [0, 1]);
    assert_eq!(three.members("room4"), [0, 1]);
    three.io.of("/").except("room2").join("room5");
    assert_eq!(three.members("room5"), [1]);
}

#[tokio::test]
async fn all_or_a_rooms_sockets_can_be_made_to_leave() {
    let three = Three::new().await;
    three.io.to("room2").leave("room1");
    assert_eq!((three.members("room1"), three.members("room2")), (vec![1], vec![0, 2]));
    three.io.of("/").broadcast().leave("room1");
    assert_eq!((three.members("room1"), three.members("room2")), (vec![], vec![0, 2]));
}

#[tokio::test]
async fn all_or_a_rooms_sockets_can_be_disconnected() {
    let mut three = Three::new().await;
    three.io.to("room2").disconnect();
    assert_eq!(three.clients[0].next().await, "41");
    assert_eq!(three.clients[2].next().await, "41");
    settled(&mut three.clients[1]).await;
    // the connections are still there
    three.clients[0].send("40").await;
    assert!(three.clients[0].next().await.starts_with("40{"));
    three.io.of("/").sockets().iter().for_each(Socket::close);
    for n in [0, 1] {
        assert_eq!(three.clients[n].next().await, "41");
        assert_eq!(three.clients[n].end().await, 1005);
    }
}

#[tokio::test]
async fn bytes_to_a_room_reach_its_other_members() {
    let mut three = Three::new().await;
    three.sockets[0].to("room1").emit("bin", Binary::from(vec![5; 5])).unwrap();
    three.sockets[0].emit("bin2", Binary::from(vec![6; 5])).unwrap();
    for (n, name, byte) in [(1, "bin", 5), (0, "bin2", 6)] {
        let packet = three.clients[n].next().await;
        assert_eq!(packet, format!(r#"451-["{name}",{{"_placeholder":true,"num":0}}]"#));
        assert_eq!(three.clients[n].next().await, format!("b{:?}", [byte; 5]));
    }
    for client in &mut three.clients {
        settled(client).await;
    }
}

#[tokio::test]
async fn a_sockets_broadcast_can_leave_out_others_and_rooms() {
    let mut three = Three::new().await;
    let other = three.sockets[1].id();
    assert_eq!(three.sockets[0].except(other).emit("a", 1).unwrap(), 1);
    assert_eq!(three.clients[2].next().await, r#"42["a",1]"#);
    assert_eq!(three.sockets[0].broadcast().except("room2").emit("b", 2).unwrap(), 1);
    assert_eq!(three.clients[1].next().await, r#"42["b",2]"#);
    for client in &mut three.clients {
        settled(client).await;
    }
}

#[tokio::test]
async fn who_has_been_disconnected_joins_nothing() {
    let (log, mut news) = log();
    let io = Server::builder().state(log).build();
    io.of("/")
        .on_connect(|socket: Socket, State(log): State<Log>| async move {
            socket.disconnect();
            socket.join("room1");
            log.send(format!("in {:?}", socket.rooms())).unwrap();
        })
        .on_disconnect(|socket: Socket, State(log): State<Log>| async move {
            socket.join("room1");
            log.send(format!("in {:?}", socket.rooms())).unwrap();
        });
    let mut client = Client::connect(serve(&io).await).await;
    assert_eq!(client.next().await, "41");
    assert_eq!([told(&mut news).await, told(&mut news).await], ["in []", "in []"]);
    assert!(io.to("room1").sockets().is_empty());
    assert_eq!(io.of("/").socket_count(), 0);
}
