//! Events to one socket, with options, and questions.

use std::time::Duration;

use chorus_protocol::socketio::{Frames, FromArgs, ToArgs};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

use super::Socket;
use crate::{AckError, Delivery, Packet, Payload, Target, engine::Topic};

/// An event to one socket, with options.
///
/// ```
/// use std::time::Duration;
/// use chorus_socketio::{Server, Socket};
///
/// let io = Server::new();
/// io.of("/quiz").on_connect(|socket: Socket| async move {
///     let question = socket.timeout(Duration::from_secs(10)).uncompressed();
///     let answer = question.emit_with_ack::<String>("question", "six times seven?").await;
///     let _ = socket.emit("result", answer.is_ok_and(|answer| answer == "42"));
/// });
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "nothing is sent until `emit`"]
pub struct Emitter<'a> {
    pub(super) socket: &'a Socket,
    pub(super) delivery: Option<Delivery>,
    pub(super) timeout: Option<Duration>,
    pub(super) uncompressed: bool,
}

impl Emitter<'_> {
    /// See [`Socket::volatile`].
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/call").on("camera on", |socket: Socket| async move {
    ///     let _ = socket.uncompressed().volatile().emit("frame", 1);
    /// });
    /// ```
    pub fn volatile(self) -> Self {
        Self { delivery: Some(Delivery::Volatile), ..self }
    }

    /// See [`Socket::uncompressed`].
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/call").on("camera on", |socket: Socket| async move {
    ///     let _ = socket.volatile().uncompressed().emit("frame", 1);
    /// });
    /// ```
    pub fn uncompressed(self) -> Self {
        Self { uncompressed: true, ..self }
    }

    /// See [`Socket::timeout`].
    ///
    /// ```
    /// # use {chorus_socketio::{Server, Socket}, std::time::Duration};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     let there = socket.volatile().timeout(Duration::from_secs(1));
    ///     if there.emit_with_ack::<bool>("there?", "you").await.is_err() {
    ///         socket.join("idle");
    ///     }
    /// });
    /// ```
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// See [`Socket::emit`].
    ///
    /// ```
    /// # use chorus_socketio::{Server, Socket};
    /// # let io = Server::new();
    /// io.of("/").on_connect(|socket: Socket| async move {
    ///     if let Err(error) = socket.volatile().emit("load", 0.7) {
    ///         eprintln!("not JSON, or a reserved name: {error}");
    ///     }
    /// });
    /// ```
    pub fn emit(self, event: &str, args: impl ToArgs) -> Result<(), serde_json::Error> {
        let namespace = &self.socket.0.namespace;
        self.show(event, &args)?;
        if namespace.recovers() {
            // through the adapter, which keeps it for the time that the client may be away
            let target = Target { rooms: vec![self.socket.id().into()], ..Target::default() };
            let mut packet = namespace.packet(event, &args, &target, self.delivery)?;
            packet.frames = self.finish(packet.frames);
            namespace.adapter().broadcast(&packet, &target);
            return Ok(());
        }
        let frames = self.finish(namespace.encode(event, &args, None)?);
        let delivery = self.delivery.unwrap_or_else(|| self.socket.delivery());
        let topic = match delivery {
            Delivery::Latest => namespace.topic(event, &[self.socket.id().into()]),
            _ => Topic::default(),
        };
        self.socket.deliver(&Packet { delivery: Some(delivery), topic, ..Packet::new(frames) });
        Ok(())
    }

    /// See [`Socket::emit_with_ack`].
    ///
    /// ```
    /// # use {chorus_socketio::{AckError, Socket}, std::time::Duration};
    /// async fn choose(socket: &Socket, cards: &[&str]) -> Result<usize, AckError> {
    ///     socket.timeout(Duration::from_secs(30)).emit_with_ack("choose", cards).await
    /// }
    /// ```
    pub async fn emit_with_ack<T: FromArgs>(self, event: &str, args: impl ToArgs) -> Result<T, AckError> {
        let namespace = &self.socket.0.namespace;
        self.show(event, &args).map_err(AckError::Encode)?;
        let id = namespace.next_ack_id();
        let frames = self.finish(namespace.encode(event, &args, Some(id)).map_err(AckError::Encode)?);
        let packet = Packet { delivery: self.question_delivery(), ..Packet::new(frames) };
        // without an end if it is beyond what clocks can tell
        let deadline = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        self.socket.clone().ask(&packet, id).answer(deadline).await
    }

    /// A question waits for its answer: it is not dropped unless that is asked for.
    fn question_delivery(&self) -> Option<Delivery> {
        self.delivery.or(Some(Delivery::Reliable))
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
