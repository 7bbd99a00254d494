//! From the transport to the machine and the application.

use std::{
    borrow::Cow,
    collections::VecDeque,
    mem,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use chorus_protocol::{
    engineio::{self, Action, Packet, PacketError, Revision, v3},
    socketio::Frames,
    websocket::{self, Message, Opcode},
};

use super::{Core, Phase, end::End};
use crate::engine::{
    Application, Applications, Close, CloseReason, Shared,
    link::Link,
    websocket::{ReadError, WebSocket},
};

impl<A: Applications> Core<A> {
    /// Reads what the transport has, as long as the application takes it.
    pub(super) fn read(&mut self, cx: &mut Context<'_>, now: Instant) -> Result<(), End> {
        self.open(cx)?;
        self.read_candidate(cx, now)?;
        if let Link::Polling(polling) = &mut self.link
            && polling.poll_broken(cx)
        {
            return Err(End::broken_poll());
        }
        for _ in 0..MAX_READS {
            if self.phase == Phase::Open && !self.app.ready() {
                self.held = true;
                return Ok(());
            }
            let (Link::WebSocket(socket), receiver) = self.receiver(now) else { return Ok(()) };
            match socket.poll_read(cx, &mut receiver.into_fn()) {
                Poll::Pending => return Ok(()),
                Poll::Ready(result) => result?,
            }
        }
        // there may be more, but others want their turn
        cx.waker().wake_by_ref();
        Ok(())
    }

    /// Finishes the opening of a direct WebSocket.
    fn open(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        let Link::Opening(opening) = &mut self.link else { return Ok(()) };
        match opening.poll(cx, self.engine.config.max_http_buffer_size) {
            Poll::Pending => Ok(()),
            Poll::Ready(None) => Err(End::broken()),
            Poll::Ready(Some((socket, read))) => {
                self.take_over(socket);
                self.feed(&read, Instant::now())
            }
        }
    }

    /// Makes a WebSocket the transport.
    pub(super) fn take_over(&mut self, socket: WebSocket) -> Link {
        let config = self.engine.config.per_message_deflate.as_ref();
        if config.zip(socket.agreement()).is_some_and(|(config, agreement)| agreement.reads_shared(config)) {
            self.session.deflate();
        }
        self.session.upgraded();
        mem::replace(&mut self.link, Link::WebSocket(socket))
    }

    /// The link, and what its messages touch.
    pub(super) fn receiver(&mut self, now: Instant) -> (&mut Link, Receiver<'_, A>) {
        let receiver = Receiver {
            machine: &mut self.machine,
            app: &mut self.app,
            engine: &self.engine,
            writing: &mut self.writing,
            added: &mut self.added,
            written: &mut self.written,
            listening: self.phase == Phase::Open,
            now,
        };
        (&mut self.link, receiver)
    }

    /// Takes in what hyper had read beyond the request.
    fn feed(&mut self, read: &[u8], now: Instant) -> Result<(), End> {
        let (Link::WebSocket(socket), receiver) = self.receiver(now) else { return Ok(()) };
        socket.feed(read, &mut receiver.into_fn()).map_err(End::from)
    }
}

/// Those parts of the core that an incoming message touches.
pub(super) struct Receiver<'a, A: Applications> {
    pub(super) machine: &'a mut engineio::Session,
    app: &'a mut A::Application,
    engine: &'a Shared<A>,
    writing: &'a mut VecDeque<Bytes>,
    added: &'a mut usize,
    written: &'a mut usize,
    listening: bool,
    now: Instant,
}

impl<'a, A: Applications> Receiver<'a, A> {
    fn into_fn(mut self) -> impl FnMut(Message<'_>) -> Result<(), End> + use<'a, A> {
        move |message| self.receive(message)
    }

    pub(super) fn receive(&mut self, message: Message<'_>) -> Result<(), End> {
        match message {
            Message::Text(text) => match self.parse(text) {
                Ok(packet) => self.packet(packet),
                Err(error) => self.refuse(unreadable(error)),
            },
            Message::Binary(data) => match self.machine.revision() {
                Revision::V4 => self.packet(Packet::Binary(Cow::Borrowed(data))),
                Revision::V3 => match v3::parse_binary(data) {
                    Ok(packet) => self.packet(packet),
                    Err(error) => self.refuse(unreadable(error)),
                },
            },
            Message::Ping(data) => {
                // nothing follows a close frame
                if self.listening {
                    self.pong(data);
                }
                Ok(())
            }
            Message::Pong(_) => Ok(()),
            Message::Close(close) => Err(End::closed_by_peer(close)),
        }
    }

    fn parse<'p>(&self, text: &'p str) -> Result<Packet<'p>, PacketError> {
        match self.machine.revision() {
            Revision::V4 => Packet::parse(text),
            Revision::V3 => v3::parse(text),
        }
    }

    /// Answers a ping; only the last of several that could not be answered yet (RFC 6455, 5.5.3).
    fn pong(&mut self, data: &[u8]) {
        let mut pong = Vec::with_capacity(data.len() + 2);
        websocket::encode(Opcode::Pong, data, &mut pong);
        // the front may be half written
        let behind = self.writing.len() > 1;
        let waiting = self.writing.back_mut().filter(|frame| behind && frame.first() == pong.first());
        *self.added += pong.len();
        if let Some(frame) = waiting {
            // what is replaced is no longer waited for
            *self.written += frame.len();
            *frame = pong.into();
        } else {
            self.writing.push_back(pong.into());
        }
    }

    fn packet(&mut self, packet: Packet<'_>) -> Result<(), End> {
        if !self.listening {
            return Ok(());
        }
        let action = self.machine.on_packet(packet, &self.engine.config.timing(), self.now);
        if action == Action::SendPong {
            answer_ping(self.writing, self.added);
            return Ok(());
        }
        act(action, self.app).or_else(|end| self.refuse(end))
    }

    /// While closing, further violations do not matter.
    fn refuse(&self, end: End) -> Result<(), End> {
        if self.listening { Err(end) } else { Ok(()) }
    }
}

/// Answers an Engine.IO 3 ping, unless so much waits that the client does not read.
pub(super) fn answer_ping(writing: &mut VecDeque<Bytes>, added: &mut usize) {
    if writing.len() < MAX_WAITING {
        let pong = Frames::text("3").as_bytes().clone();
        *added += pong.len();
        writing.push_back(pong);
    }
}

/// Hands a message up, or tells how the session ends.
pub(super) fn act(action: Action<'_>, app: &mut impl Application) -> Result<(), End> {
    match action {
        Action::Text(text) => app.text(text).map_err(End::orderly),
        Action::Binary(Cow::Borrowed(data)) => app.binary(Bytes::copy_from_slice(data)).map_err(End::orderly),
        Action::Binary(Cow::Owned(data)) => app.binary(data.into()).map_err(End::orderly),
        Action::Close(reason) => Err(End::failed(reason)),
        Action::None | Action::SendPing | Action::SendPong | Action::EndPoll | Action::AbandonProbe => Ok(()),
    }
}

/// The peer sent what is no packet.
fn unreadable(error: PacketError) -> End {
    End::orderly(Close::new(CloseReason::ParseError, error.to_string()))
}

impl From<ReadError<End>> for End {
    fn from(error: ReadError<End>) -> Self {
        match error {
            ReadError::Gone => End::broken(),
            ReadError::Protocol(error) => End::violation(error),
            ReadError::Receiver(end) => end,
        }
    }
}

/// Frames that may wait before pings are no longer answered.
const MAX_WAITING: usize = 64;

/// Reads in one turn, so that one flooding client does not hold up the others.
pub(super) const MAX_READS: usize = 8;
