//! The floor: what the load server's work costs on bare tokio sockets, one task each.
//!
//! It speaks no more of the protocols than a well-behaved client needs: no heartbeat, no limits,
//! no checks, no closing handshake. A message is framed once; a recipient costs a push to its
//! outbox, and all that waits there leaves in one vectored write.

mod hub;
mod outbox;

use std::{
    cell::RefCell,
    future::poll_fn,
    net::Ipv4Addr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use chorus_protocol::websocket::{Decoder, Message, Opcode, Role, encode, handshake};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf},
    net::{TcpSocket, TcpStream},
};

use self::{hub::Hub, outbox::Outbox};
use crate::Result;

const OPEN: &str =
    r#"0{"sid":"floor","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
const CONNECT: &str = r#"40{"sid":"floor"}"#;
const MAX_MESSAGE: usize = 1_000_000;

thread_local! {
    /// Read into by every connection of the thread, so that none needs a buffer of its own.
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; 64 * 1024].into());
}

/// Serves on a port of 127.0.0.1, for ever.
pub(crate) fn serve(port: u16) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_io().build()?.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
        let listener = socket.listen(4096)?;
        let hub = Arc::new(Hub::default());
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(connection(stream, Arc::clone(&hub)));
        }
    })
}

async fn connection(mut stream: TcpStream, hub: Arc<Hub>) {
    if upgrade(&mut stream).await.is_err() {
        return;
    }
    let outbox = Arc::new(Outbox::default());
    let mut decoder = Decoder::new(Role::Server, MAX_MESSAGE);
    hub.enter(&outbox);
    poll_fn(|context| poll(context, &mut stream, &mut decoder, &outbox, &hub)).await;
    hub.leave(&outbox);
}

/// Answers the upgrade and opens the session.
async fn upgrade(stream: &mut TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::with_capacity(512);
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 || head.len() > MAX_MESSAGE {
            return Err("no request".into());
        }
    }
    let head = String::from_utf8(head)?;
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).ok_or("no key")?;
    let accept = handshake::accept_key(key.as_bytes())?;
    let mut response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: "
        .to_vec();
    response.extend_from_slice(&accept);
    response.extend_from_slice(b"\r\n\r\n");
    encode(Opcode::Text, OPEN.as_bytes(), &mut response);
    stream.write_all(&response).await?;
    Ok(())
}

/// Reads what there is, answers it, writes what waits; ready when the connection has ended.
fn poll(
    context: &mut Context<'_>,
    stream: &mut TcpStream,
    decoder: &mut Decoder,
    outbox: &Arc<Outbox>,
    hub: &Hub,
) -> Poll<()> {
    outbox.begin_turn();
    let read = SCRATCH.with_borrow_mut(|scratch| {
        loop {
            let mut buffer = ReadBuf::new(scratch);
            match Pin::new(&mut *stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    let mut input = buffer.filled_mut();
                    while let Ok(Some(message)) = decoder.decode(&mut input) {
                        answer(message, outbox, hub);
                    }
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    });
    let written = outbox.poll_flush(context, stream);
    if read.is_ready() || matches!(written, Poll::Ready(Err(_))) { Poll::Ready(()) } else { Poll::Pending }
}

fn answer(message: Message<'_>, outbox: &Arc<Outbox>, hub: &Hub) {
    let Message::Text(packet) = message else { return };
    if packet.starts_with(r#"42["bcast""#) {
        hub.to_all(&frame(packet));
    } else if packet.starts_with(r#"42["room""#) {
        hub.to_room(quoted_after(packet, r#""room":""#), &frame(packet));
    } else if packet.starts_with(r#"42["join""#) {
        hub.join(quoted_after(packet, r#""join",""#), outbox);
    } else if let Some((id, arguments)) =
        packet.strip_prefix("42").and_then(|rest| rest.split_once(r#"["echo","#))
    {
        outbox.push(frame(&format!("43{id}[{arguments}")));
    } else if packet.starts_with("40") {
        outbox.push(frame(CONNECT));
    }
}

fn frame(packet: &str) -> Bytes {
    let mut frame = Vec::with_capacity(packet.len() + 10);
    encode(Opcode::Text, packet.as_bytes(), &mut frame);
    frame.into()
}

fn quoted_after<'a>(packet: &'a str, mark: &str) -> &'a str {
    packet.split_once(mark).and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default()
}
