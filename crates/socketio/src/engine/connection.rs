//! The task of a session: it owns the transport, the machine and the application.
//!
//! One poll reads what has arrived, lets the application work, acts on deadlines and writes all
//! that gathered in one go. Between polls it is woken by the transport, a deadline, or its mailbox.

mod candidate;
mod end;
mod receive;
mod requests;

use std::{
    collections::VecDeque,
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use chorus_protocol::{
    engineio::{self, Action},
    socketio::Frames,
};
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep_until};

use self::end::End;
use super::{
    Application, Applications, Shared, frames,
    link::{Candidate, Link},
    session::Session,
};

pin_project! {
    /// The future of a session's task.
    pub(super) struct Connection<A: Applications> {
        core: Core<A>,
        #[pin]
        sleep: Sleep,
    }

    impl<A: Applications> PinnedDrop for Connection<A> {
        fn drop(this: Pin<&mut Self>) {
            let core = this.project().core;
            core.leave();
            core.engine.sessions.remove(core.session.id());
        }
    }
}

struct Core<A: Applications> {
    engine: Arc<Shared<A>>,
    session: Session,
    machine: engineio::Session,
    app: A::Application,
    link: Link,
    candidate: Option<Box<Candidate>>,
    /// Frames on their way to the transport.
    writing: VecDeque<Bytes>,
    /// A part of the first of them is written.
    half_written: bool,
    /// Bytes added to and taken from `writing` that the outbox has not been told of.
    added: usize,
    written: usize,
    phase: Phase,
    /// The transport was not read because the application was not ready.
    held: bool,
    /// A request brought, or the end left, something that was not polled yet.
    unpolled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing has been done yet.
    New,
    Open,
    /// The last packets are being delivered, until the deadline.
    Closing(Instant),
    /// The transport is gone; the application may still be at work.
    Ended,
}

impl<A: Applications> Connection<A> {
    pub(super) fn new(
        engine: Arc<Shared<A>>,
        session: Session,
        machine: engineio::Session,
        app: A::Application,
        link: Link,
    ) -> Self {
        let sleep = sleep_until(machine.wake_at().into());
        let core = Core {
            engine,
            session,
            machine,
            app,
            link,
            candidate: None,
            writing: VecDeque::new(),
            half_written: false,
            added: 0,
            written: 0,
            phase: Phase::New,
            held: false,
            unpolled: false,
        };
        Self { core, sleep }
    }

    /// Puts a packet in front of everything else.
    pub(super) fn greet(&mut self, frames: &Frames) {
        self.core.push(frames.as_bytes().clone());
    }
}

impl<A: Applications> Future for Connection<A> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        loop {
            let now = Instant::now();
            if this.core.turn(cx, now) {
                return Poll::Ready(());
            }
            let wake_at = this.core.wake_at(now).into();
            // a deadline that moved back is noticed when the old one comes: pongs cost no timer
            if wake_at < this.sleep.deadline() || this.sleep.is_elapsed() {
                this.sleep.as_mut().reset(wake_at);
            }
            if this.sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

impl<A: Applications> Core<A> {
    /// Does all there is to do. True when the task is over.
    fn turn(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        if self.phase == Phase::New {
            self.phase = Phase::Open;
            // what the application does by itself comes before what the client sends: a request may
            // be here already
            let _ = self.app.poll(cx);
        }
        loop {
            let reading = self.read(cx, now);
            self.settle(reading, now);
            self.deadlines(now);
            self.requests(now);
            let idle = self.app.poll(cx).is_ready();
            self.collect(now);
            self.flush(cx, now);
            if self.phase == Phase::Ended && idle && !self.unpolled {
                return true;
            }
            if self.park(cx) {
                return false;
            }
        }
    }

    fn deadlines(&mut self, now: Instant) {
        if let Phase::Closing(until) = self.phase {
            if until <= now {
                self.leave();
            }
            return;
        }
        let timing = self.engine.config.timing();
        while self.phase == Phase::Open {
            match self.machine.on_timeout(&timing, now) {
                Action::SendPing => self.push(PING.as_bytes().clone()),
                Action::EndPoll => {
                    if let Link::Polling(polling) = &mut self.link {
                        polling.release("6");
                    }
                }
                Action::AbandonProbe => self.abandon_candidate(),
                Action::Close(_) if self.held => {
                    self.machine.excuse(&timing, now);
                    break;
                }
                Action::Close(reason) => self.settle(Err(End::failed(reason)), now),
                Action::None | Action::Text(_) | Action::Binary(_) | Action::SendPong => break,
            }
        }
        if self.phase == Phase::Open
            && self.app.wake_at().is_some_and(|at| at <= now)
            && let Err(reason) = self.app.on_timeout(now)
        {
            self.settle(Err(End::orderly(reason)), now);
        }
    }

    /// Takes over what others put into the mailbox.
    fn collect(&mut self, now: Instant) {
        let mut mailbox = self.session.mailbox();
        mailbox.outbox.account(mem::take(&mut self.added), mem::take(&mut self.written));
        // what the transport does not take yet waits where newer packets can take its place
        let fresh = if self.is_blocked() { VecDeque::new() } else { mailbox.outbox.take() };
        let close = mailbox.close;
        let hurried = mem::take(&mut mailbox.hurried);
        drop(mailbox);
        self.enqueue(fresh);
        if let (Some(reason), Phase::Open) = (close, self.phase) {
            self.settle(Err(End::orderly(reason)), now);
        }
        if hurried {
            self.hurry(now);
        }
    }

    /// Queues packets for the transport.
    fn enqueue(&mut self, mut packets: VecDeque<Bytes>) {
        match self.link {
            Link::Gone => return,
            Link::Polling(_) => frames::split(&mut packets),
            Link::WebSocket(_) | Link::Opening(_) => {}
        }
        if self.writing.is_empty() {
            self.writing = packets;
        } else {
            self.writing.append(&mut packets);
        }
    }

    fn flush(&mut self, cx: &mut Context<'_>, now: Instant) {
        match &mut self.link {
            Link::WebSocket(socket) => match socket.write(cx, &mut self.writing) {
                Ok(written) => {
                    self.written += written.bytes;
                    // without progress it is as it was
                    if written.bytes > 0 {
                        self.half_written = written.ends_inside;
                    }
                }
                Err(_) => self.settle(Err(End::broken()), now),
            },
            Link::Polling(polling) => {
                let closing = matches!(self.phase, Phase::Closing(_));
                self.written += polling.flush(&mut self.writing, closing);
            }
            Link::Opening(_) | Link::Gone => {}
        }
        self.finish_closing(cx);
    }

    /// Registers to be woken, unless something came in meanwhile.
    fn park(&mut self, cx: &mut Context<'_>) -> bool {
        let resumed = mem::take(&mut self.held) && self.app.ready();
        if mem::take(&mut self.unpolled) || resumed {
            return false;
        }
        let blocked = self.is_blocked();
        let mut mailbox = self.session.mailbox();
        mailbox.outbox.account(mem::take(&mut self.added), mem::take(&mut self.written));
        let close = mailbox.close.is_some() && self.phase == Phase::Open;
        let more = mailbox.outbox.has_waiting() && !blocked;
        if close || mailbox.hurried || mailbox.poked || more || !mailbox.requests.is_empty() {
            return false;
        }
        mailbox.outbox.blocked = blocked;
        mailbox.waker = Some(cx.waker().clone());
        true
    }

    /// Whether the transport takes nothing at present.
    fn is_blocked(&self) -> bool {
        match &self.link {
            Link::Polling(polling) => !polling.is_parked(),
            _ => !self.writing.is_empty(),
        }
    }

    fn wake_at(&self, now: Instant) -> Instant {
        match self.phase {
            Phase::New | Phase::Open => {
                let machine = self.machine.wake_at();
                self.app.wake_at().map_or(machine, |app| app.min(machine))
            }
            Phase::Closing(until) => until,
            Phase::Ended => now + FAR,
        }
    }

    /// Adds a frame that did not come from the outbox.
    fn push(&mut self, frame: Bytes) {
        self.added += frame.len();
        self.writing.push_back(frame);
    }
}

/// The task of an idle connection is to stay below half a kilobyte: 104 bytes are tokio's own.
const _: () = {
    struct Idle;
    impl Application for Idle {
        fn text(&mut self, _: &str) -> Result<(), super::Close> {
            Ok(())
        }
        fn binary(&mut self, _: Bytes) -> Result<(), super::Close> {
            Ok(())
        }
    }
    type Make = fn(&Session, Arc<super::Handshake>) -> Idle;
    assert!(size_of::<Connection<Make>>() + size_of::<crate::client::Client>() <= 408);
};

/// Engine.IO's ping.
static PING: std::sync::LazyLock<Frames> = std::sync::LazyLock::new(|| Frames::text("2"));

/// No deadline to speak of.
const FAR: Duration = Duration::from_hours(24);
