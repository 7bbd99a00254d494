//! Questions and answers, to one client and to many.

use std::time::Duration;

use chorus_socketio::{Ack, AckError, Args, Binary, Data, PartialAcks, Reply, Server, Socket};
use serde_json::Value;
use tokio::time::timeout;

use crate::support::{Client, LONG, enter, serve};

fn asked(io: &Server, id: &str) -> Socket {
    io.of("/").socket(id.parse().unwrap()).unwrap()
}

#[tokio::test]
async fn a_client_that_answers_in_time_is_heard_and_one_that_does_not_is_not() {
    let io = Server::new();
    let (mut client, id) = enter(serve(&io).await).await;
    let socket = asked(&io, &id);
    let brief = socket.timeout(Duration::from_millis(20)).emit_with_ack::<Value>("unknown", Args(()));
    assert!(matches!(brief.await, Err(AckError::Timeout)));
    assert_eq!(client.next().await, r#"420["unknown"]"#);
    let never = socket.timeout(Duration::ZERO).emit_with_ack::<Value>("echo", 42);
    assert!(matches!(never.await, Err(AckError::Timeout)), "no time at all");
    assert_eq!(client.next().await, r#"421["echo",42]"#);
    client.send("431[42]").await;
    let asking = tokio::spawn(async move {
        socket.timeout(LONG).emit_with_ack::<Args<(u32, u32)>>("echo", Args((1, 2))).await.unwrap()
    });
    assert_eq!(client.next().await, r#"422["echo",1,2]"#);
    client.send("432[3,4]").await;
    assert_eq!(timeout(LONG, asking).await.unwrap().unwrap(), Args((3, 4)));
}

#[tokio::test]
async fn questions_and_answers_may_be_of_bytes() {
    let io = Server::new();
    io.of("/")
        .on("woot", |Data(bytes): Data<Binary>, ack: Ack| async move {
            assert_eq!(bytes.0.len(), 3);
            ack.send(Args((1, 2))).unwrap();
        })
        .on("more", || async { Reply(Binary::from(vec![7, 8])) });
    let (mut client, id) = enter(serve(&io).await).await;
    client.send(r#"451-1["woot",{"_placeholder":true,"num":0}]"#).await;
    client.send_binary(&[1, 2, 3]).await;
    assert_eq!(client.next().await, "431[1,2]");
    client.send(r#"422["more"]"#).await;
    assert_eq!(client.next().await, r#"461-2[{"_placeholder":true,"num":0}]"#);
    assert_eq!(client.next().await, "b[7, 8]");

    let socket = asked(&io, &id);
    let asking =
        tokio::spawn(
            async move { socket.emit_with_ack::<Binary>("hi", Binary::from(vec![4; 4])).await.unwrap() },
        );
    assert_eq!(client.next().await, r#"451-0["hi",{"_placeholder":true,"num":0}]"#);
    assert_eq!(client.next().await, "b[4, 4, 4, 4]");
    client.send(r#"461-0[{"_placeholder":true,"num":0}]"#).await;
    client.send_binary(&[9]).await;
    assert_eq!(timeout(LONG, asking).await.unwrap().unwrap().0, [9][..]);
}

#[tokio::test]
async fn a_question_to_nobody_is_answered_by_nobody() {
    let io = Server::new();
    let (_client, _) = enter(serve(&io).await).await;
    let nobody = io.to("room123").timeout(LONG);
    let answers = nobody.emit_with_ack::<Value>("some event", 1);
    assert!(timeout(LONG / 2, answers).await.expect("at once").unwrap().is_empty());
}

/// What Node calls `err.responses`; nothing stays behind for those who did not answer.
#[tokio::test]
async fn a_question_to_all_fails_with_the_answers_that_came() {
    let io = Server::builder().max_pending_acks(1).build();
    let address = serve(&io).await;
    let mut clients = [Client::connect(address).await, Client::connect(address).await];
    for round in 0..2 {
        let everyone = io.of("/").broadcast().timeout(Duration::from_secs(1));
        let asking = tokio::spawn(async move { everyone.emit_with_ack::<u32>("some event", 1).await });
        for client in &mut clients {
            assert_eq!(client.next().await, format!(r#"42{round}["some event",1]"#));
        }
        clients[0].send(&format!("43{round}[7]")).await;
        let Err(PartialAcks { answers, missing }) = timeout(LONG, asking).await.unwrap().unwrap() else {
            panic!("one was silent");
        };
        assert_eq!((answers, missing), (vec![7], 1));
    }
}
