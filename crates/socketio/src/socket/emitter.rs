//! Events to one socket, with options, and questions.

use std::time::Duration;

use chorus_protocol::socketio::{Frames, FromArgs, ToArgs};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

use super::Socket;
use crate::{AckError, Delivery, Payload, Target};

/// An event to one socket, with options.
#[derive(Debug, Clone, Copy)]
#[must_use = "nothing is sent until `emit`"]
pub struct Emitter<'a> {
    pub(super) socket: &'a Socket,
    pub(super) delivery: Delivery,
    pub(super) timeout: Option<Duration>,
}

impl Emitter<'_> {
    /// See [`Socket::volatile`].
    pub fn volatile(self) -> Self {
        Self { delivery: Delivery::Volatile, ..self }
    }

    /// See [`Socket::timeout`].
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// See [`Socket::emit`].
    pub fn emit(self, event: &str, args: impl ToArgs) -> Result<(), serde_json::Error> {
        let namespace = &self.socket.0.namespace;
        if namespace.recovers() {
            // through the adapter, which keeps it for the time that the client may be away
            let packet = namespace.packet(event, &args, self.delivery)?;
            let target = Target { rooms: vec![self.socket.id().into()], except: Vec::new() };
            namespace.adapter().broadcast(&packet, &target);
            return Ok(());
        }
        self.socket.deliver(&namespace.encode(event, &args, None)?, self.delivery);
        Ok(())
    }

    /// See [`Socket::emit_with_ack`].
    pub async fn emit_with_ack<T: FromArgs>(self, event: &str, args: impl ToArgs) -> Result<T, AckError> {
        let namespace = &self.socket.0.namespace;
        let id = namespace.next_ack_id();
        let frames = namespace.encode(event, &args, Some(id)).map_err(AckError::Encode)?;
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        self.socket.clone().ask(&frames, id, self.delivery).answer(deadline).await
    }
}

/// A question to a client; when it is dropped, nobody waits for the answer any more.
pub(crate) struct Question {
    socket: Socket,
    id: u64,
    waiting: Option<Result<oneshot::Receiver<Payload>, AckError>>,
}

impl Socket {
    /// Sends an event that is to be answered.
    pub(crate) fn ask(self, frames: &Frames, id: u64, delivery: Delivery) -> Question {
        let waiting = {
            let mut state = self.0.state.lock();
            if self.is_connected() {
                state.pending.insert(id, self.0.namespace.common().options.max_pending_acks)
            } else {
                Err(AckError::Disconnected)
            }
        };
        if waiting.is_ok() {
            self.0.link.session.send(frames, delivery);
        }
        Question { socket: self, id, waiting: Some(waiting) }
    }
}

impl Question {
    /// Waits for the answer.
    pub(crate) async fn answer<T: FromArgs>(mut self, deadline: Option<Instant>) -> Result<T, AckError> {
        let waiting = self.waiting.take().unwrap_or(Err(AckError::Disconnected))?;
        let answer = match deadline {
            Some(deadline) => timeout_at(deadline, waiting).await.map_err(|_| AckError::Timeout)?,
            None => waiting.await,
        };
        T::read(&answer.map_err(|_| AckError::Disconnected)?).map_err(AckError::Decode)
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        self.socket.0.state.lock().pending.take(self.id);
    }
}
