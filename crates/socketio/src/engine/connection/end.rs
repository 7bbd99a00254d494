//! How a session ends: what the application is told, and what the client still gets.

use std::{
    collections::VecDeque,
    mem,
    task::Context,
    time::{Duration, Instant},
};

use chorus_protocol::{socketio::Frames, websocket};

use super::{Core, Phase};
use crate::engine::{Application, Applications, Close, CloseReason, link::Link};

/// The end of a session, on its way to [`Core::settle`].
#[derive(Debug)]
pub(super) struct End {
    close: Close,
    manner: Manner,
}

#[derive(Debug)]
enum Manner {
    /// Nothing can be sent any more.
    Abrupt,
    /// What waits is still delivered, then the transport is closed.
    Orderly,
    /// The transport is closed at once, with the given close frame.
    Failed(Vec<u8>),
    /// The client closed polling: its parked GET ends with a noop.
    Left,
}

impl End {
    /// The transport broke off.
    pub(super) fn broken() -> Self {
        Self { close: CloseReason::TransportClose.into(), manner: Manner::Abrupt }
    }

    /// The client broke a parked GET off.
    pub(super) fn broken_poll() -> Self {
        let close = Close::new(CloseReason::TransportError, "poll connection closed prematurely");
        Self { close, manner: Manner::Abrupt }
    }

    /// The transport is no longer usable for the stated reason.
    pub(super) fn failed(close: impl Into<Close>) -> Self {
        Self { close: close.into(), manner: Manner::Failed(close_frame(None)) }
    }

    /// This side ends it.
    pub(super) fn orderly(close: impl Into<Close>) -> Self {
        let close = close.into();
        let manner = match close.reason {
            CloseReason::SlowConsumer => Manner::Abrupt,
            CloseReason::ServerShutdown => Manner::Failed(close_frame(None)),
            _ => Manner::Orderly,
        };
        Self { close, manner }
    }

    /// The peer sent a WebSocket close frame, which is answered in kind (RFC 6455, section 5.5.1).
    pub(super) fn closed_by_peer(close: Option<websocket::CloseReason<'_>>) -> Self {
        let frame = close_frame(close.map(|close| (close.code, close.reason)));
        Self { close: CloseReason::TransportClose.into(), manner: Manner::Failed(frame) }
    }

    /// Whether what the peer sent could not be read.
    pub(super) fn is_parse_error(&self) -> bool {
        self.close.reason == CloseReason::ParseError && matches!(self.manner, Manner::Failed(_))
    }

    /// Whether the client said on polling that it leaves.
    pub(super) fn is_leave(&self) -> bool {
        matches!(self.manner, Manner::Left)
    }

    /// The client said on polling that it leaves.
    pub(super) fn left() -> Self {
        Self { close: CloseReason::TransportClose.into(), manner: Manner::Left }
    }

    /// The peer broke RFC 6455.
    pub(super) fn violation(error: websocket::Error) -> Self {
        let manner = Manner::Failed(close_frame(Some((error.close_code(), ""))));
        Self { close: Close::new(CloseReason::TransportError, error.to_string()), manner }
    }
}

impl<A: Applications> Core<A> {
    /// Ends the session if `result` says so.
    pub(super) fn settle(&mut self, result: Result<(), End>, now: Instant) {
        let Err(end) = result else { return };
        let open = self.phase == Phase::Open;
        if open {
            let reason = end.close.reason;
            self.app.closed(end.close);
            self.unpolled = true;
            // each manner sets its own deadline
            self.phase = Phase::Closing(now);
            let mut mailbox = self.session.mailbox();
            mailbox.close.get_or_insert(reason);
            let last = mailbox.outbox.take();
            drop(mailbox);
            // what was sent before the end is still part of an orderly one
            if matches!(end.manner, Manner::Orderly) {
                self.enqueue(last);
            }
            self.abandon_candidate();
        }
        match (&mut self.link, end.manner) {
            (Link::WebSocket(_), Manner::Orderly) if open => {
                self.close_websocket(close_frame(None), now);
            }
            (Link::WebSocket(_), Manner::Failed(frame)) if open => {
                self.drop_unwritten();
                self.close_websocket(frame, now);
            }
            (Link::Polling(_), Manner::Orderly) if open => {
                self.push(Frames::text("1").as_bytes().clone());
                self.phase = Phase::Closing(now + self.patience(POLLING_LINGER));
            }
            (Link::Polling(polling), Manner::Failed(_)) => {
                polling.release("1");
                self.leave();
            }
            (Link::Polling(_), Manner::Left) if open => {
                self.drop_unwritten();
                self.push(Frames::text("6").as_bytes().clone());
                // a GET that crosses the close on its way is answered like a parked one
                self.phase = Phase::Closing(now + CROSSING);
            }
            // the peer answered our close frame
            _ => self.leave(),
        }
    }

    fn close_websocket(&mut self, frame: Vec<u8>, now: Instant) {
        self.push(frame.into());
        self.phase = Phase::Closing(now + self.patience(WEBSOCKET_LINGER));
    }

    /// How long to wait for the client's part of the end: not longer than for a sign of life.
    fn patience(&self, most: Duration) -> Duration {
        let config = &self.engine.config;
        most.min(config.ping_interval + config.ping_timeout)
    }

    /// The server closes while the client has yet to do its part of the end: it may still take what
    /// waits for it, if it is quick.
    pub(super) fn hurry(&mut self, now: Instant) {
        let Phase::Closing(until) = self.phase else { return };
        let farewell = usize::from(matches!(self.link, Link::Polling(_)));
        let patience = if self.writing.len() > farewell { HURRY } else { Duration::ZERO };
        self.phase = Phase::Closing(until.min(now + patience));
    }

    /// Drops what waits, except a frame that is half written.
    fn drop_unwritten(&mut self) {
        self.writing.truncate(usize::from(self.half_written));
    }

    /// Ends the transport when the last packets are out.
    pub(super) fn finish_closing(&mut self, cx: &mut Context<'_>) {
        let Phase::Closing(_) = self.phase else { return };
        if !self.writing.is_empty() {
            return;
        }
        match &mut self.link {
            // the stream's other half ends when the peer has read the close frame
            Link::WebSocket(socket) => {
                let _ = socket.poll_shutdown(cx);
            }
            _ => self.leave(),
        }
    }

    /// Lets go of the transport and of everything that waits for it.
    pub(super) fn leave(&mut self) {
        if matches!(self.phase, Phase::New | Phase::Open) {
            self.app.closed(CloseReason::TransportClose.into());
            self.unpolled = true;
        }
        self.phase = Phase::Ended;
        if let Link::Polling(polling) = &mut self.link {
            polling.say_farewell();
        }
        self.link = Link::Gone;
        self.candidate = None;
        self.writing = VecDeque::new();
        let mut mailbox = self.session.mailbox();
        mailbox.ended = true;
        mailbox.outbox = crate::engine::outbox::Outbox::default();
        let requests = mem::take(&mut mailbox.requests);
        drop(mailbox);
        // those who made them learn that the session is unknown
        drop(requests);
    }
}

/// A close frame, without a status where Node sends none.
fn close_frame(status: Option<(u16, &str)>) -> Vec<u8> {
    let mut frame = Vec::new();
    match status {
        Some((code, reason)) => websocket::encode_close(code, reason, &mut frame),
        None => websocket::encode(websocket::Opcode::Close, &[], &mut frame),
    }
    frame
}

/// How long a WebSocket client may take to answer the close frame.
const WEBSOCKET_LINGER: Duration = Duration::from_secs(5);

/// How long a GET may be on its way when the client closes; so long its POST is not answered.
const CROSSING: Duration = Duration::from_millis(50);

/// How long a client may take its last packets when the server closes.
const HURRY: Duration = Duration::from_secs(1);

/// How long a polling client may take to fetch its last packets; Node's value.
const POLLING_LINGER: Duration = Duration::from_secs(30);
