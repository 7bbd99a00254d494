//! Long-polling: how bodies arrive, and how requests end.

use chorus_socketio::{Data, DisconnectReason, Reply, Server, State};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{LONG, Log, Polling, exchange, log, serve, told};

fn lengths() -> Server {
    let io = Server::builder().max_http_buffer_size(10_000_000).build();
    io.of("/").on("length", |Data(text): Data<String>| async move { Reply(text.len()) });
    io
}

#[tokio::test]
async fn a_body_may_come_in_many_pieces() {
    let mut client = Polling::connect(serve(&lengths()).await).await;
    let text = "a".repeat(3_000_000);
    client.send(&format!(r#"421["length","{text}"]"#)).await;
    assert_eq!(client.next().await, "431[3000000]");
}

#[tokio::test]
async fn a_body_may_be_sent_without_its_length() {
    let address = serve(&lengths()).await;
    let mut client = Polling::connect(address).await;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
        client.target
    );
    let mut request = head.into_bytes();
    for piece in [r#"421["length","#, r#""1"#, "2", r#"3"]"#, ""] {
        request.extend_from_slice(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes());
    }
    let answer = exchange(address, &request).await;
    assert_eq!((answer.status, answer.text()), (200, "ok"));
    assert_eq!(client.next().await, "431[3]");
}

#[tokio::test]
async fn a_poll_that_breaks_off_ends_the_session() {
    let (log, mut news) = log();
    let io = Server::builder().state(log).build();
    io.of("/").on_disconnect(|reason: DisconnectReason, State(log): State<Log>| async move {
        log.send(reason.to_string()).unwrap();
    });
    let client = Polling::connect(serve(&io).await).await;
    drop(client.parked().await);
    assert_eq!(told(&mut news).await, "transport error");
    assert_eq!(client.poll().await.code(), 1);
}

/// The server closes the session while a body is on its way: the request does not hang.
#[tokio::test]
async fn a_post_under_way_ends_with_its_session() {
    let io = Server::new();
    let address = serve(&io).await;
    let mut client = Polling::connect(address).await;
    let mut tcp = TcpStream::connect(address).await.unwrap();
    let body = r#"42["late"]"#;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n4",
        client.target,
        body.len()
    );
    tcp.write_all(head.as_bytes()).await.unwrap();
    io.of("/").sockets()[0].close();
    assert_eq!((client.next().await, client.next().await), ("41".to_owned(), "1".to_owned()));
    tcp.write_all(&body.as_bytes()[1..]).await.unwrap();
    let mut answer = String::new();
    timeout(LONG, tcp.read_to_string(&mut answer)).await.expect("an answer in time").unwrap();
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
}
