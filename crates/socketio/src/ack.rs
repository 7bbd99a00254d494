//! Answers to events, in both directions.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chorus_protocol::socketio::ToArgs;
use thiserror::Error;
use tokio::sync::oneshot;

use crate::{Packet, Payload, Socket, deduplicate::Receipt};

/// Answers one event; nothing happens when the client asked for no answer.
#[derive(Debug)]
pub struct Ack {
    socket: Socket,
    id: Option<u64>,
    answer: Option<Arc<Answer>>,
}

/// What the handlers of one event share: only the first answer is sent.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    sent: AtomicBool,
    receipt: Option<Receipt>,
}

impl Answer {
    /// Of an event that may come again.
    pub(crate) fn to(receipt: Receipt) -> Self {
        Self { receipt: Some(receipt), ..Self::default() }
    }
}

impl Ack {
    pub(crate) fn new(socket: Socket, id: Option<u64>, answer: Option<Arc<Answer>>) -> Self {
        Self { socket, id, answer }
    }

    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Whether the client waits for an answer.
    pub fn is_expected(&self) -> bool {
        self.id.is_some()
    }

    /// Sends the answer. An error means that `args` is not JSON; then the client gets none.
    pub fn send(self, args: impl ToArgs) -> Result<(), serde_json::Error> {
        let Some(id) = self.id else { return Ok(()) };
        let Some(answer) = &self.answer else { return self.socket.acknowledge(id, &args) };
        if answer.sent.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let Some(receipt) = &answer.receipt else { return self.socket.acknowledge(id, &args) };
        let args = Payload::from_args(&args)?;
        self.socket.acknowledge(id, &args)?;
        receipt.answer(&args);
        Ok(())
    }
}

impl Socket {
    fn acknowledge(&self, id: u64, args: &impl ToArgs) -> Result<(), serde_json::Error> {
        let namespace = self.namespace();
        namespace.common().counters().encoded();
        self.deliver(&Packet::new(namespace.common().parser.ack(namespace.name(), id, args)?));
        Ok(())
    }
}

/// Returned by a handler: sent as the answer, if one is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<T>(pub T);

/// What a handler may return.
pub trait IntoReply {
    /// Answers, or does not.
    fn reply(self, ack: Ack) -> Result<(), serde_json::Error>;
}

impl IntoReply for () {
    fn reply(self, _ack: Ack) -> Result<(), serde_json::Error> {
        Ok(())
    }
}

impl<T: ToArgs> IntoReply for Reply<T> {
    fn reply(self, ack: Ack) -> Result<(), serde_json::Error> {
        ack.send(self.0)
    }
}

impl<T: IntoReply, E: IntoReply> IntoReply for Result<T, E> {
    fn reply(self, ack: Ack) -> Result<(), serde_json::Error> {
        match self {
            Ok(value) => value.reply(ack),
            Err(error) => error.reply(ack),
        }
    }
}

/// Why there is no answer from a client.
#[derive(Debug, Error)]
pub enum AckError {
    /// It did not come in time.
    #[error("no answer in time")]
    Timeout,
    /// The client has left.
    #[error("client disconnected")]
    Disconnected,
    /// So many answers of this client are awaited that no more are.
    #[error("too many answers are awaited")]
    TooMany,
    /// The event's arguments are not JSON.
    #[error("arguments cannot be sent")]
    Encode(#[source] serde_json::Error),
    /// The answer is not what was asked for.
    #[error("answer cannot be read")]
    Decode(#[source] serde_json::Error),
}

/// Answers to a broadcast, of which some are missing.
#[derive(Debug, Error)]
#[error("{missing} answers are missing")]
pub struct PartialAcks<T> {
    /// Those that came.
    pub answers: Vec<T>,
    /// How many did not.
    pub missing: usize,
}

/// Who waits for which answer of a client. It holds no memory while nobody does.
#[derive(Default)]
pub(crate) struct Pending(Vec<(u64, oneshot::Sender<Payload>)>);

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn insert(&mut self, id: u64, limit: usize) -> Result<oneshot::Receiver<Payload>, AckError> {
        if self.0.len() >= limit {
            return Err(AckError::TooMany);
        }
        let (sender, receiver) = oneshot::channel();
        self.0.push((id, sender));
        Ok(receiver)
    }

    pub(crate) fn take(&mut self, id: u64) -> Option<oneshot::Sender<Payload>> {
        let position = self.0.iter().position(|(waiting, _)| *waiting == id)?;
        let (_, sender) = self.0.swap_remove(position);
        if self.0.is_empty() {
            self.0 = Vec::new();
        }
        Some(sender)
    }
}
