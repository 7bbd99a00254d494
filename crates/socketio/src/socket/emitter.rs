//! Events to one socket, with options, and questions.

use std::time::Duration;

use chorus_protocol::socketio::{Frames, FromArgs, ToArgs};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

use super::Socket;
use crate::{AckError, Delivery, Packet, Payload, Target};

/// An event to one socket, with options.
#[derive(Debug, Clone, Copy)]
#[must_use = "nothing is sent until `emit`"]
pub struct Emitter<'a> {
    pub(super) socket: &'a Socket,
    pub(super) delivery: Delivery,
    pub(super) timeout: Option<Duration>,
    pub(super) uncompressed: bool,
}

impl Emitter<'_> {
    /// See [`Socket::volatile`].
    pub fn volatile(self) -> Self {
        Self { delivery: Delivery::Volatile, ..self }
    }

    /// See [`Socket::uncompressed`].
    pub fn uncompressed(self) -> Self {
        Self { uncompressed: true, ..self }
    }

    /// See [`Socket::timeout`].
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// See [`Socket::emit`].
    pub fn emit(self, event: &str, args: impl ToArgs) -> Result<(), serde_json::Error> {
        let namespace = &self.socket.0.namespace;
        self.show(event, &args)?;
        if namespace.recovers() {
            // through the adapter, which keeps it for the time that the client may be away
            let target = Target { rooms: vec![self.socket.id().into()], ..Target::default() };
            let mut packet = namespace.packet(event, &args, &target, Some(self.delivery))?;
            packet.frames = self.finish(packet.frames);
            namespace.adapter().broadcast(&packet, &target);
            return Ok(());
        }
        let frames = self.finish(namespace.encode(event, &args, None)?);
        self.socket.deliver(&Packet { delivery: self.delivery, ..Packet::new(frames) });
        Ok(())
    }

    /// See [`Socket::emit_with_ack`].
    pub async fn emit_with_ack<T: FromArgs>(self, event: &str, args: impl ToArgs) -> Result<T, AckError> {
        let namespace = &self.socket.0.namespace;
        self.show(event, &args).map_err(AckError::Encode)?;
        let id = namespace.next_ack_id();
        let frames = self.finish(namespace.encode(event, &args, Some(id)).map_err(AckError::Encode)?);
        let packet = Packet { delivery: self.delivery, ..Packet::new(frames) };
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        self.socket.clone().ask(&packet, id).answer(deadline).await
    }

    fn show(&self, event: &str, args: &impl ToArgs) -> Result<(), serde_json::Error> {
        if self.socket.0.namespace.is_watched() {
            self.socket.show(event, &Payload::from_args(args)?);
        }
        Ok(())
    }

    fn finish(&self, frames: Frames) -> Frames {
        if self.uncompressed { frames.uncompressed() } else { frames }
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
    pub(crate) fn ask(self, packet: &Packet, id: u64) -> Question {
        let waiting = {
            let mut state = self.0.state.lock();
            if self.is_connected() {
                state.pending.insert(id, self.0.namespace.common().options.max_pending_acks)
            } else {
                Err(AckError::Disconnected)
            }
        };
        if waiting.is_ok() {
            self.deliver(packet);
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
