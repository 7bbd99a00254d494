//! One client: HTTP upgrade, Engine.IO open, Socket.IO connect, then packets.

use std::io::{self, Read, Write};

use chorus_protocol::websocket::{Decoder, Message, Opcode, Role, encode_masked};
use mio::{event::Event, net::TcpStream};

/// Any valid key will do: nothing between us and the server looks at it.
const REQUEST: &str = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n\
    Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
/// Masks all frames: the server's work is the same for any key.
const KEY: [u8; 4] = [0x5A, 0xC3, 0x96, 0x3C];
const MAX_RESPONSE_HEAD: usize = 4096;
const MAX_MESSAGE: usize = 16 << 20;

/// How a client introduces itself.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// The `Cookie` header's value, if any.
    pub(crate) cookie: Option<String>,
    /// The Socket.IO CONNECT.
    pub(crate) connect: String,
    /// The size of the socket's receive buffer in bytes, if not the system's.
    pub(crate) receive_buffer: Option<usize>,
}

impl Default for Visit {
    fn default() -> Self {
        Self { cookie: None, connect: "40".into(), receive_buffer: None }
    }
}

/// One connection.
pub(super) struct Client {
    stream: TcpStream,
    stage: Stage,
    decoder: Decoder,
    /// What the socket would not take yet.
    out: Vec<u8>,
}

enum Stage {
    Connecting(Visit),
    /// The request is sent; what has come of the response's head.
    Upgrading(Visit, Vec<u8>),
    Opening(Visit),
    Joining,
    Joined,
}

/// Whether a client has just joined its namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Same,
    Joined,
}

impl Client {
    pub(super) fn new(stream: TcpStream, visit: Visit) -> Self {
        let decoder = Decoder::new(Role::Client, MAX_MESSAGE);
        Self { stream, stage: Stage::Connecting(visit), decoder, out: Vec::new() }
    }

    /// Does what the socket is ready for.
    pub(super) fn advance(
        &mut self,
        event: &Event,
        scratch: &mut [u8],
        mut on: impl FnMut(&str),
    ) -> io::Result<Progress> {
        if event.is_writable() {
            self.request()?;
            self.flush()?;
        }
        let mut progress = Progress::Same;
        while event.is_readable() {
            match self.stream.read(scratch) {
                Ok(0) => return Err(io::Error::other("closed by the server")),
                Ok(len) => {
                    if self.receive(&mut scratch[..len], &mut on)? == Progress::Joined {
                        progress = Progress::Joined;
                    }
                    // Less than asked for: there is no more, and the next byte makes an event.
                    if len < scratch.len() {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(progress)
    }

    /// Sends a packet, or keeps it until the socket takes it.
    pub(super) fn send(&mut self, packet: &str) -> io::Result<()> {
        let idle = self.out.is_empty();
        encode_masked(Opcode::Text, packet.as_bytes(), KEY, &mut self.out);
        if idle { self.flush() } else { Ok(()) }
    }

    /// Sends the upgrade once the socket is connected.
    fn request(&mut self) -> io::Result<()> {
        let Stage::Connecting(visit) = &mut self.stage else { return Ok(()) };
        if let Some(error) = self.stream.take_error()? {
            return Err(error);
        }
        self.out.extend_from_slice(REQUEST.as_bytes());
        if let Some(cookie) = &visit.cookie {
            self.out.extend_from_slice(format!("Cookie: {cookie}\r\n").as_bytes());
        }
        self.out.extend_from_slice(b"\r\n");
        self.stage = Stage::Upgrading(std::mem::take(visit), Vec::new());
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        while !self.out.is_empty() {
            match self.stream.write(&self.out) {
                Ok(len) => drop(self.out.drain(..len)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn receive(&mut self, bytes: &mut [u8], on: &mut impl FnMut(&str)) -> io::Result<Progress> {
        if let Stage::Upgrading(visit, head) = &mut self.stage {
            head.extend_from_slice(bytes);
            let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") else {
                return if head.len() > MAX_RESPONSE_HEAD { Err(refused(head)) } else { Ok(Progress::Same) };
            };
            if !head.starts_with(b"HTTP/1.1 101") {
                return Err(refused(head));
            }
            let mut rest = head.split_off(end + 4);
            self.stage = Stage::Opening(std::mem::take(visit));
            return self.messages(&mut rest, on);
        }
        self.messages(bytes, on)
    }

    fn messages(&mut self, mut bytes: &mut [u8], on: &mut impl FnMut(&str)) -> io::Result<Progress> {
        let Self { stage, decoder, out, .. } = self;
        let mut progress = Progress::Same;
        while let Some(message) = decoder.decode(&mut bytes).map_err(io::Error::other)? {
            let packet = match message {
                Message::Text(packet) => packet,
                Message::Close(reason) => return Err(io::Error::other(format!("close {reason:?}"))),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => continue,
            };
            match stage {
                _ if packet == "2" => encode_masked(Opcode::Text, b"3", KEY, out),
                Stage::Joined => on(packet),
                Stage::Opening(visit) if packet.starts_with('0') => {
                    encode_masked(Opcode::Text, visit.connect.as_bytes(), KEY, out);
                    *stage = Stage::Joining;
                }
                Stage::Joining if packet.starts_with("40") => {
                    *stage = Stage::Joined;
                    progress = Progress::Joined;
                }
                _ => return Err(io::Error::other(format!("unexpected packet {packet}"))),
            }
        }
        self.flush()?;
        Ok(progress)
    }
}

fn refused(head: &[u8]) -> io::Error {
    io::Error::other(format!("no upgrade: {}", String::from_utf8_lossy(head)))
}
