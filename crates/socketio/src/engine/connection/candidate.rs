//! The upgrade from polling: a WebSocket proves itself and takes over.

use std::{
    cell::Cell,
    collections::VecDeque,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use chorus_protocol::{
    engineio::{Packet, ProbeAction},
    socketio::Frames,
    websocket::Message,
};

use super::{Core, end::End, receive::MAX_READS};
use crate::engine::{
    Applications,
    link::{Candidate, Link},
    upgrade::close_websocket,
    websocket::{ReadError, WebSocket},
};

/// What a message did to the candidate.
enum Outcome {
    Abandoned,
    Ended(End),
}

impl<A: Applications> Core<A> {
    pub(super) fn read_candidate(&mut self, cx: &mut Context<'_>, now: Instant) -> Result<(), End> {
        let Some(mut candidate) = self.candidate.take() else { return Ok(()) };
        let mut early = Bytes::new();
        if let Candidate::Opening(opening) = &mut *candidate {
            match opening.poll(cx, self.engine.config.max_http_buffer_size) {
                Poll::Pending => {
                    self.candidate = Some(candidate);
                    return Ok(());
                }
                Poll::Ready(None) => {
                    self.machine.abandon_probe();
                    return Ok(());
                }
                Poll::Ready(Some((socket, read))) => {
                    *candidate = Candidate::Open(socket);
                    early = read;
                }
            }
        }
        let Candidate::Open(mut socket) = *candidate else { return Ok(()) };
        match self.probe(&mut socket, early, cx, now) {
            Ok(true) => {
                if let Link::Polling(mut polling) = self.take_over(socket) {
                    polling.release("6");
                }
                Ok(())
            }
            Ok(false) => {
                self.candidate = Some(Box::new(Candidate::Open(socket)));
                Ok(())
            }
            Err(Outcome::Abandoned) => {
                self.machine.abandon_probe();
                close_websocket(socket);
                Ok(())
            }
            Err(Outcome::Ended(end)) => {
                // the upgrade was complete, and what followed it ended the session
                self.take_over(socket);
                Err(end)
            }
        }
    }

    /// Reads the candidate's packets. True once it has taken over; then the same read may already
    /// have brought messages, which are handled as such.
    fn probe(
        &mut self,
        socket: &mut WebSocket,
        early: Bytes,
        cx: &mut Context<'_>,
        now: Instant,
    ) -> Result<bool, Outcome> {
        let upgraded = Cell::new(false);
        let mut answers = VecDeque::new();
        let (_, mut receiver) = self.receiver(now);
        let mut receive = |message: Message<'_>| {
            if upgraded.get() {
                return receiver.receive(message).map_err(Outcome::Ended);
            }
            let packet = match message {
                Message::Text(text) => Packet::parse(text).map_err(|_| Outcome::Abandoned)?,
                Message::Ping(_) | Message::Pong(_) => return Ok(()),
                Message::Binary(_) | Message::Close(_) => return Err(Outcome::Abandoned),
            };
            match receiver.machine.on_probe_packet(&packet, now) {
                ProbeAction::Confirm if answers.is_empty() => {
                    answers.push_back(Frames::text("3probe").as_bytes().clone());
                }
                ProbeAction::Confirm => {}
                ProbeAction::Upgrade => upgraded.set(true),
                ProbeAction::Abandon => return Err(Outcome::Abandoned),
            }
            Ok(())
        };
        let mut result = if early.is_empty() { Ok(()) } else { socket.feed(&early, &mut receive) };
        for _ in 0..MAX_READS {
            // once it has taken over, it is read like any WebSocket
            if result.is_err() || upgraded.get() {
                break;
            }
            match socket.poll_read(cx, &mut receive) {
                Poll::Pending => break,
                Poll::Ready(read) => result = read,
            }
            // what is beyond this turn's share is read in the next
            cx.waker().wake_by_ref();
        }
        let upgraded = upgraded.get();
        // a handful of bytes on a fresh connection: they fit, or the candidate is not worth it
        if !answers.is_empty()
            && (socket.write(cx, &mut answers).is_err() || !answers.is_empty())
            && !upgraded
        {
            return Err(Outcome::Abandoned);
        }
        match result {
            Ok(()) => Ok(upgraded),
            Err(ReadError::Receiver(outcome)) => Err(outcome),
            Err(_) if !upgraded => Err(Outcome::Abandoned),
            Err(ReadError::Gone) => Err(Outcome::Ended(End::broken())),
            Err(ReadError::Protocol(error)) => Err(Outcome::Ended(End::violation(error))),
        }
    }

    pub(super) fn abandon_candidate(&mut self) {
        self.machine.abandon_probe();
        if let Some(candidate) = self.candidate.take()
            && let Candidate::Open(socket) = *candidate
        {
            close_websocket(socket);
        }
    }
}
