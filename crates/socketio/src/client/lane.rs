//! The events of one socket, handled in order, one at a time.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::AtomicBool},
    task::{Context, Poll},
};

use chorus_protocol::socketio::Payload;

use crate::{
    DisconnectReason, Event, Socket,
    engine::CloseReason,
    handler::{BoxFuture, BoxedGuard, BoxedHandler},
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
    Call(BoxedHandler, Event),
    /// Handlers that the namespace's event middleware decides about.
    Guarded(Vec<BoxedGuard>, Arc<[BoxedHandler]>, Event),
    /// The reason, and whether the socket had been let in.
    Leave(DisconnectReason, bool),
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

    /// Queues an event for its handlers.
    pub(super) fn event(&mut self, name: Box<str>, payload: Payload, ack: Option<u64>) {
        let Some(handlers) = self.socket.namespace().event_handlers(&name) else {
            tracing::debug!(event = &*name, "no handler");
            return;
        };
        let sent = (handlers.len() > 1).then(|| Arc::new(AtomicBool::new(false)));
        let event = Event { socket: self.socket.clone(), name, payload, ack, sent, reason: None };
        let guards = self.socket.namespace().guards();
        if !guards.is_empty() {
            self.queued_bytes += event.payload.size();
            self.queue.push_back(Job::Guarded(guards, handlers, event));
            return;
        }
        let Some((last, others)) = handlers.split_last() else { return };
        for handler in others {
            self.queue_call(handler, event.clone());
        }
        self.queue_call(last, event);
    }

    fn queue_call(&mut self, handler: &BoxedHandler, event: Event) {
        self.queued_bytes += event.payload.size();
        self.queue.push_back(Job::Call(handler.clone(), event));
    }

    /// Queues the end, behind all events that came before.
    pub(super) fn leave(&mut self, reason: DisconnectReason) {
        if self.stage != Stage::Open {
            return;
        }
        self.socket.go(reason);
        // the server may have disconnected it first
        let (reason, was_connected) = self.socket.gone().unwrap_or((reason, false));
        self.stage = Stage::Leaving;
        self.queue.push_back(Job::Leave(reason, was_connected));
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
            self.queue.push_back(Job::Leave(reason, was_connected));
        }
    }

    fn start(&mut self, job: Job) {
        self.current = match job {
            Job::Connect => Some(Box::pin(connect(self.socket.clone()))),
            Job::Leave(reason, was_connected) => {
                Some(Box::pin(leave(self.socket.clone(), reason, was_connected)))
            }
            Job::Call(handler, event) => {
                self.queued_bytes -= event.payload.size();
                handler.start(&event)
            }
            Job::Guarded(guards, handlers, event) => {
                self.queued_bytes -= event.payload.size();
                Some(Box::pin(guarded(guards, handlers, event)))
            }
        };
    }
}

impl Drop for Lane {
    /// Whatever ends the task, a socket never stays behind in its rooms.
    fn drop(&mut self) {
        if self.stage != Stage::Over {
            self.socket.go(DisconnectReason::Transport(CloseReason::TransportClose));
            self.socket.leave_all();
        }
    }
}

async fn connect(socket: Socket) {
    let mut event = Event {
        payload: Payload::object(socket.auth_json()),
        name: "connect".into(),
        ack: None,
        sent: None,
        reason: None,
        socket,
    };
    let skips = event.socket.recovered() && event.socket.namespace().skips_middleware();
    let middlewares = if skips { Vec::new() } else { event.socket.namespace().middlewares() };
    for middleware in middlewares {
        if let Err(error) = middleware.run(&event).await {
            event.socket.refuse(&error);
            return;
        }
    }
    if !event.socket.connect() {
        return;
    }
    event.name = "connection".into();
    for handler in event.socket.namespace().connect_handlers() {
        handler.run(&event).await;
    }
}

/// Runs the handlers of an event, unless the middleware refuses it.
async fn guarded(guards: Vec<BoxedGuard>, handlers: Arc<[BoxedHandler]>, event: Event) {
    for guard in guards {
        if !guard.allows(&event).await {
            return;
        }
    }
    for handler in handlers.iter() {
        handler.run(&event).await;
    }
}

async fn leave(socket: Socket, reason: DisconnectReason, was_connected: bool) {
    let (before, after) =
        if was_connected { socket.namespace().disconnect_handlers() } else { Default::default() };
    let event = Event {
        payload: Payload::default(),
        name: "disconnect".into(),
        ack: None,
        sent: None,
        reason: Some(reason),
        socket,
    };
    for handler in before {
        handler.run(&event).await;
    }
    event.socket.leave_all();
    for handler in after {
        handler.run(&event).await;
    }
}
