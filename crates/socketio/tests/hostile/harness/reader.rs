//! What a WebSocket receives.

use chorus_protocol::websocket::{Decoder, Message, Role, deflate::Agreement};
use tokio::{io::AsyncReadExt, net::tcp::OwnedReadHalf, time::timeout};

use crate::common::LONG;

/// What came from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Received {
    Text(String),
    Binary(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
    /// The stream has ended, or was reset.
    End,
}

/// The reading half of a connection.
pub(super) struct Reader {
    tcp: OwnedReadHalf,
    decoder: Decoder,
    /// What has been read and not decoded.
    input: Vec<u8>,
}

impl Reader {
    pub(super) fn new(tcp: OwnedReadHalf) -> Self {
        Self { tcp, decoder: Decoder::new(Role::Client, 100 << 20), input: Vec::new() }
    }

    /// Reads as agreed from now on.
    pub(super) fn deflate(&mut self, agreement: Agreement) {
        self.decoder = Decoder::with_deflate(Role::Client, 100 << 20, agreement);
    }

    /// The status the server closes with, of a connection whose writing half is in use.
    pub(super) async fn end(&mut self) -> u16 {
        let mut pinged = false;
        let end = async {
            loop {
                match self.receive().await {
                    Received::Text(text) if text == "2" => pinged = true,
                    Received::Close(close) => return self.closed(close).await,
                    Received::End => return 0,
                    _ => {}
                }
            }
        };
        let code = timeout(LONG, end).await.expect("the end in time");
        assert!(!pinged || code != 1005, "the heartbeat may have ended it");
        code
    }

    /// The status of a close frame, behind which nothing may come.
    pub(super) async fn closed(&mut self, close: Option<(u16, String)>) -> u16 {
        assert_eq!(self.receive().await, Received::End, "nothing follows a close frame");
        close.map_or(1005, |(code, _)| code)
    }

    pub(super) async fn receive(&mut self) -> Received {
        loop {
            let before = self.input.len();
            let mut input = &mut self.input[..];
            let message = self.decoder.decode(&mut input).expect("a server breaks no rules").map(own);
            let left = input.len();
            self.input.drain(..before - left);
            match message {
                Some(Some(received)) => return received,
                Some(None) => continue,
                None => {}
            }
            let mut buffer = vec![0; 64 << 10];
            match self.tcp.read(&mut buffer).await {
                Ok(read @ 1..) => self.input.extend_from_slice(&buffer[..read]),
                _ => return Received::End,
            }
        }
    }
}

/// A message that outlives its input; none for a ping, which the server never sends.
fn own(message: Message<'_>) -> Option<Received> {
    Some(match message {
        Message::Text(text) => Received::Text(text.to_owned()),
        Message::Binary(data) => Received::Binary(data.to_vec()),
        Message::Pong(data) => Received::Pong(data.to_vec()),
        Message::Close(close) => Received::Close(close.map(|close| (close.code, close.reason.to_owned()))),
        Message::Ping(_) => return None,
    })
}
