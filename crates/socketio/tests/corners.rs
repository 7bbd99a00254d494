//! Settings at the end of their range.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod common;

use std::{future::IntoFuture, pin::pin, time::Duration};

use chorus_socketio::{PartialAcks, RateLimit, Reply, Server};
use common::{Client, LONG, serve};
use futures_util::FutureExt;
use tokio::{net::TcpListener, time::timeout};

const MAX: Duration = Duration::MAX;

#[tokio::test]
async fn times_without_end_are_endless() {
    for builder in [
        Server::builder().connect_timeout(MAX),
        Server::builder().ping_interval(MAX),
        Server::builder().ping_timeout(MAX),
        Server::builder().upgrade_timeout(MAX),
        Server::builder().body_timeout(MAX),
    ] {
        let io = builder.build();
        let mut client = Client::connect(serve(&io).await).await;
        io.of("/").sockets()[0].close();
        client.end().await;
        timeout(LONG, io.close()).await.expect("nothing is left");
    }
}

#[tokio::test]
async fn a_connection_may_take_its_time() {
    let io = Server::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum::Router::new().layer(io.layer());
    let serving = chorus_socketio::serve(listener, app).header_timeout(MAX).write_timeout(MAX);
    tokio::spawn(serving.end_timeout(MAX).into_future());
    Client::connect(address).await;
}

#[tokio::test]
async fn one_event_in_all_times_is_a_limit() {
    let io = Server::new();
    io.of("/").limit(RateLimit::per_socket(2, MAX)).on("x", || async { Reply(1) });
    let mut client = Client::connect(serve(&io).await).await;
    for answer in ["430[1]", "430[1]", r#"430[{"error":{"code":"rate_limited","#] {
        client.send(r#"420["x"]"#).await;
        let told = client.next().await;
        assert!(told.starts_with(answer), "{told}");
    }
}

#[tokio::test]
async fn an_answer_may_take_for_ever() {
    let io = Server::new();
    let main = io.of("/");
    let mut client = Client::connect(serve(&io).await).await;
    let socket = main.sockets().remove(0);
    let asking = tokio::spawn(async move { socket.timeout(MAX).emit_with_ack::<u32>("ask", ()).await });
    let answer = |packet: String| format!("43{}[5]", &packet[2..packet.find('[').unwrap()]);
    let asked = client.next().await;
    client.send(&answer(asked)).await;
    assert_eq!(asking.await.unwrap().unwrap(), 5);
    let all = main.broadcast().timeout(MAX);
    let asking = tokio::spawn(async move { all.emit_with_ack::<u32>("ask", ()).await });
    let asked = client.next().await;
    client.send(&answer(asked)).await;
    let answers: Result<Vec<u32>, PartialAcks<u32>> = asking.await.unwrap();
    assert_eq!(answers.unwrap(), [5]);
}

#[tokio::test]
async fn a_drain_without_end_ends_when_all_have_left() {
    let io = Server::new();
    let address = serve(&io).await;
    let clients = [Client::connect(address).await, Client::connect(address).await];
    let mut drain = pin!(io.drain(MAX));
    assert!(drain.as_mut().now_or_never().is_none());
    drop(clients);
    timeout(LONG, drain).await.expect("all have left");
}
