//! The events of one socket, handled in order, one at a time.

use std::{
    borrow::Cow,
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use chorus_protocol::socketio::Payload;
use serde_json::json;

use crate::{
    Description, DisconnectReason, Event, Socket,
    ack::Answer,
    deduplicate::{Answers, Verdict},
    engine::{Close, CloseReason},
    handler::{BoxFuture, BoxedGuard, BoxedHandler},
    limit::Excess,
    listeners::{Dispatch, Found},
};

/// What is under way for one socket, from its CONNECT to its last disconnect handler.
pub(super) struct Lane {
    socket: Socket,
    queue: VecDeque<Job>,
    queued_bytes: usize,
    current: Option<BoxFuture<()>>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    /// The last job is in the queue.
    Leaving,
    Over,
}

enum Job {
    Connect,
    /// Its handlers are looked up when its turn comes: those before may add some.
    Event(Event),
    /// One of several handlers.
    Call(BoxedHandler, Event),
    /// The last: whether the socket had been let in, and what is told of its end.
    Leave {
        was_connected: bool,
        reason: DisconnectReason,
        description: Description,
    },
}

impl Lane {
    pub(super) fn new(socket: Socket) -> Self {
        let queue = VecDeque::from([Job::Connect]);
        Self { socket, queue, queued_bytes: 0, current: None, stage: Stage::Open }
    }

    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Whether packets of the namespace are for this lane.
    pub(super) fn takes_packets(&self, namespace: &str) -> bool {
        self.stage == Stage::Open
            && self.socket.namespace().name() == namespace
            && self.socket.gone().is_none()
    }

    /// Queues an event for its handlers, unless it is one too many.
    pub(super) fn event(&mut self, name: Box<str>, payload: Payload, ack: Option<u64>) -> Result<(), Close> {
        let socket = self.socket.clone();
        let event = Event { socket, name, payload, ack, answer: None, end: None };
        match self.socket.namespace().admit(&self.socket, &event.name) {
            Ok(()) => {
                self.queued_bytes += event.payload.size();
                self.queue.push_back(Job::Event(event));
                Ok(())
            }
            Err(Excess::Refused(wait)) => {
                refuse(&event, wait);
                Ok(())
            }
            Err(Excess::Disconnect) => Err(Close::new(CloseReason::ForcedClose, "too many events")),
        }
    }

    /// Queues the end, behind all events that came before.
    pub(super) fn leave(&mut self, reason: DisconnectReason, description: Option<Cow<'static, str>>) {
        if self.stage != Stage::Open {
            return;
        }
        self.socket.go(reason);
        // the server may have disconnected it first
        let (first, was_connected) = self.socket.gone().unwrap_or((reason, false));
        let description = Description(description.filter(|_| first == reason));
        self.stage = Stage::Leaving;
        self.queue.push_back(Job::Leave { was_connected, reason: first, description });
    }

    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn queued_bytes(&self) -> usize {
        self.queued_bytes
    }

    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Works on the queue. Ready when there is nothing left to do for now.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if let Some(current) = &mut self.current {
                // a handler that panics costs its own event
                let polled = catch_unwind(AssertUnwindSafe(|| current.as_mut().poll(cx)));
                if let Ok(Poll::Pending) = polled {
                    return Poll::Pending;
                }
                self.current = None;
                if polled.is_err() {
                    tracing::error!(socket = %self.socket.id(), "a handler panicked");
                }
            }
            self.notice_disconnect();
            let Some(job) = self.queue.pop_front() else {
                // an idle lane keeps no queue
                self.queue = VecDeque::new();
                if self.stage == Stage::Leaving {
                    self.stage = Stage::Over;
                }
                return Poll::Ready(());
            };
            self.start(job);
        }
    }

    /// Goes on to the end when the server has disconnected the socket: what is queued is no longer
    /// wanted.
    fn notice_disconnect(&mut self) {
        if let (Stage::Open, Some((reason, was_connected))) = (self.stage, self.socket.gone()) {
            self.queue.clear();
            self.queued_bytes = 0;
            self.stage = Stage::Leaving;
            self.queue.push_back(Job::Leave { was_connected, reason, description: Description(None) });
        }
    }

    fn start(&mut self, job: Job) {
        self.current = match job {
            Job::Connect => Some(Box::pin(connect(self.socket.clone()))),
            Job::Leave { was_connected, reason, description } => {
                let end = Some(Box::new((reason, description)));
                let event = Event::of(self.socket.clone(), "disconnect", Payload::default(), end);
                Some(Box::pin(leave(event, was_connected)))
            }
            Job::Event(event) => {
                self.queued_bytes -= event.payload.size();
                self.turn(event)
            }
            Job::Call(handler, event) => handler.start(&event),
        };
    }

    fn turn(&mut self, mut event: Event) -> Option<BoxFuture<()>> {
        let Dispatch { guards, answers, found } = self.socket.dispatch(&event.name);
        if !guards.is_empty() || answers.is_some() {
            return Some(Box::pin(asked(guards, answers, event)));
        }
        let Some(first) = found.first else {
            tracing::debug!(event = &*event.name, "no handler");
            return None;
        };
        if !found.others.is_empty() {
            event.answer = Some(Arc::default());
            for handler in found.others.into_iter().rev() {
                self.queue.push_front(Job::Call(handler, event.clone()));
            }
        }
        first.start(&event)
    }
}

impl Drop for Lane {
    /// Whatever ends the task, a socket never stays behind in its rooms.
    fn drop(&mut self) {
        if self.stage != Stage::Over {
            self.socket.go(DisconnectReason::Transport(CloseReason::TransportClose));
            self.socket.leave_all();
            self.socket.forget_listeners();
        }
    }
}

async fn connect(socket: Socket) {
    let mut event = Event::of(socket.clone(), "connect", Payload::object(socket.auth_json()), None);
    let skips = socket.recovered() && socket.namespace().skips_middleware();
    let middlewares = if skips { Vec::new() } else { socket.namespace().middlewares() };
    for middleware in middlewares {
        if let Err(error) = middleware.run(&event).await {
            socket.refuse(&error);
            return;
        }
    }
    if !socket.connect() {
        return;
    }
    event.name = "connection".into();
    for handler in socket.namespace().connect_handlers() {
        handler.run(&event).await;
    }
}

/// Runs the handlers of an event, unless middleware refuses it, or it was sent before: then it is, or
/// will be, answered without them.
async fn asked(guards: Vec<BoxedGuard>, answers: Option<Arc<Answers>>, mut event: Event) {
    for guard in guards {
        if !guard.allows(&event).await {
            return;
        }
    }
    let answers = answers.filter(|_| event.ack.is_some());
    match answers.and_then(|answers| answers.look_up(&event.name, &event.payload, event.ack())) {
        Some(Verdict::Repeated) => return,
        Some(Verdict::New(receipt)) => event.answer = Some(Arc::new(Answer::to(receipt))),
        None => {}
    }
    let Found { first, others } = event.socket.take_handlers(&event.name);
    if !others.is_empty() {
        event.answer.get_or_insert_default();
    }
    for handler in first.into_iter().chain(others) {
        // one that disconnects the socket is the last
        if event.socket.gone().is_some_and(|(reason, _)| reason.is_ours()) {
            return;
        }
        handler.run(&event).await;
    }
}

/// Tells a client that asked for an answer when it may try again.
fn refuse(event: &Event, wait: Duration) {
    // rounded up: not before it is worth it
    let wait = wait.as_millis() as u64 + 1;
    let error = json!({ "code": "rate_limited", "message": "too many events", "retryAfter": wait });
    // JSON can be sent
    let _ = event.ack().send(json!({ "error": error }));
}

async fn leave(event: Event, was_connected: bool) {
    let socket = &event.socket;
    let (before, after) = if was_connected { socket.disconnect_handlers() } else { Default::default() };
    for handler in before {
        handler.run(&event).await;
    }
    socket.leave_all();
    for handler in after {
        handler.run(&event).await;
    }
    socket.forget_listeners();
}
