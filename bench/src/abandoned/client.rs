//! One client on its way to the state that it is left in.

use std::io::{self, Read, Write};

use chorus_protocol::websocket::{Opcode, encode_masked};
use mio::{event::Event, net::TcpStream};

use super::state::{Send, State};

/// Masks all frames: the server's work is the same for any key.
const KEY: [u8; 4] = [0x5A, 0xC3, 0x96, 0x3C];

/// A client and how far it has come.
pub(super) struct Client {
    stream: TcpStream,
    state: State,
    connected: bool,
    /// Steps that were taken.
    step: usize,
    /// What has come since the last of them.
    received: Vec<u8>,
    /// The session's id, from the first answer.
    sid: String,
}

impl Client {
    pub(super) fn new(stream: TcpStream, state: State) -> Self {
        Self { stream, state, connected: false, step: 0, received: Vec::new(), sid: String::new() }
    }

    /// Goes on as far as the socket lets it; true when it has come to its state.
    pub(super) fn advance(&mut self, event: &Event, scratch: &mut [u8]) -> io::Result<bool> {
        if let Some(error) = self.stream.take_error()? {
            return Err(error);
        }
        if !self.connected && event.is_writable() {
            self.connected = true;
            return self.take_step();
        }
        while self.connected && event.is_readable() {
            match self.stream.read(scratch) {
                Ok(0) => return Err(self.refused()),
                Ok(len) => self.received.extend_from_slice(&scratch[..len]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        self.understand()
    }

    pub(super) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Looks for the answer to the last step, and takes the next one.
    fn understand(&mut self) -> io::Result<bool> {
        let taken = self.step.checked_sub(1).and_then(|last| self.state.steps().get(last));
        let Some(answer) = taken.and_then(|step| step.answer) else { return Ok(false) };
        let received = String::from_utf8_lossy(&self.received);
        if received.starts_with("HTTP/1.1 4") || received.starts_with("HTTP/1.1 5") {
            return Err(self.refused());
        }
        if !received.contains(answer) {
            return Ok(false);
        }
        if self.sid.is_empty() {
            let sid = received.split_once("\"sid\":\"").and_then(|(_, rest)| rest.split('"').next());
            self.sid = sid.ok_or_else(|| io::Error::other("no session id"))?.to_owned();
        }
        self.received = Vec::new();
        self.take_step()
    }

    /// Sends what is next; true when nothing is left to send or to wait for.
    fn take_step(&mut self) -> io::Result<bool> {
        let Some(step) = self.state.steps().get(self.step) else { return Ok(true) };
        self.step += 1;
        let bytes = match step.send {
            Send::Request(text) => text.replace("{sid}", &self.sid).into_bytes(),
            Send::Message(text) => {
                let mut frame = Vec::new();
                encode_masked(Opcode::Text, text.as_bytes(), KEY, &mut frame);
                frame
            }
        };
        // Some hundred bytes: a fresh socket takes them at once.
        self.stream.write_all(&bytes)?;
        Ok(step.answer.is_none())
    }

    fn refused(&self) -> io::Error {
        let received = String::from_utf8_lossy(&self.received);
        io::Error::other(format!("{:?}, step {}: {received}", self.state, self.step))
    }
}
