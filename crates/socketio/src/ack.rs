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
///
/// ```
/// use chorus_socketio::{Ack, Data, Server};
///
/// let io = Server::new();
/// // the answer may come later than the next event of this socket
/// io.of("/").on("render", |ack: Ack, Data(page): Data<u32>| async move {
///     tokio::spawn(async move {
///         let _ = ack.send(format!("page {page} is ready"));
///     });
/// });
/// ```
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
    ///
    /// ```
    /// # use chorus_socketio::{Ack, Server};
    /// # fn count_all() -> u64 { 42 }
    /// # let io = Server::new();
    /// io.of("/").on("count", |ack: Ack| async move {
    ///     if ack.is_expected() {
    ///         let _ = ack.send(count_all()); // takes a while
    ///     }
    /// });
    /// ```
    pub fn is_expected(&self) -> bool {
        self.id.is_some()
    }

    /// Sends the answer.
    ///
    /// An error means that `args` is not JSON; then the client gets none.
    ///
    /// ```
    /// # use chorus_socketio::{Ack, Args, Server};
    /// # let io = Server::new();
    /// // in the browser: socket.emit("where", (x, y) => { … })
    /// io.of("/").on("where", |ack: Ack| async move {
    ///     if let Err(error) = ack.send(Args((12.5, 30.0))) {
    ///         eprintln!("not JSON: {error}");
    ///     }
    /// });
    /// ```
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
///
/// ```
/// use chorus_socketio::{Data, Reply, Server};
///
/// let io = Server::new();
/// // in the browser: socket.emit("divide", [6, 3], (quotient) => { … })
/// io.of("/").on("divide", |Data((a, b)): Data<(i64, i64)>| async move {
///     Reply(a.checked_div(b)) // null for a division by zero
/// });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<T>(pub T);

/// What a handler may return.
///
/// An error of your own can answer, so that handlers may use `?`:
///
/// ```
/// use chorus_socketio::{Ack, Data, IntoReply, Reply, Server};
///
/// enum VoteError {
///     Closed,
///     NoSuchOption,
/// }
///
/// impl IntoReply for VoteError {
///     fn reply(self, ack: Ack) -> Result<(), serde_json::Error> {
///         let code = match self {
///             Self::Closed => "closed",
///             Self::NoSuchOption => "no_such_option",
///         };
///         ack.send(serde_json::json!({ "error": { "code": code } }))
///     }
/// }
///
/// # const OPEN: bool = true;
/// async fn vote(Data(option): Data<usize>) -> Result<Reply<u32>, VoteError> {
///     if !OPEN {
///         return Err(VoteError::Closed);
///     }
///     let votes = [12, 30].get(option).ok_or(VoteError::NoSuchOption)?;
///     Ok(Reply(votes + 1))
/// }
///
/// let io = Server::new();
/// io.of("/").on("vote", vote);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn check(io: Server) {
/// #     let get = |sid: &str| request(&io, "GET", sid.to_owned(), "");
/// #     let sid = format!("&sid={}", &get("").await[9..29]);
/// #     request(&io, "POST", sid.clone(), "40").await;
/// #     get(&sid).await;
/// #     request(&io, "POST", sid.clone(), r#"420["vote",7]"#).await;
/// #     assert_eq!(get(&sid).await, r#"430[{"error":{"code":"no_such_option"}}]"#);
/// # }
/// # async fn request(io: &Server, method: &str, sid: String, body: &'static str) -> String {
/// #     use {http_body_util::BodyExt, tower::ServiceExt};
/// #     let uri = format!("/socket.io/?EIO=4&transport=polling{sid}");
/// #     let request = http::Request::builder().method(method).uri(uri).body(body.to_owned()).unwrap();
/// #     let response = io.service().oneshot(request).await.unwrap().into_body();
/// #     String::from_utf8(response.collect().await.unwrap().to_bytes().to_vec()).unwrap()
/// # }
/// # check(io);
/// ```
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
///
/// ```
/// use {chorus_socketio::{AckError, Socket}, std::time::Duration};
///
/// async fn ask(socket: &Socket) -> &'static str {
///     let asked = socket.timeout(Duration::from_secs(30));
///     match asked.emit_with_ack::<bool>("confirm", "close the poll?").await {
///         Ok(true) => "closed",
///         Ok(false) => "left open",
///         Err(AckError::Timeout) => "nobody at the keyboard",
///         Err(AckError::Disconnected) => "gone",
///         Err(AckError::Decode(_)) => "neither yes nor no",
///         Err(AckError::TooMany | AckError::Encode(_)) => "not asked",
///     }
/// }
/// ```
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
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::time::Duration;
/// use chorus_socketio::PartialAcks;
///
/// # let io = chorus_socketio::Server::new();
/// let jury = io.to("jury").timeout(Duration::from_secs(10));
/// match jury.emit_with_ack::<u32>("mark?", "dancer 7").await {
///     Ok(marks) => println!("{}", marks.iter().sum::<u32>()),
///     Err(PartialAcks { answers, missing }) => println!("{answers:?}, and {missing} to come"),
/// }
/// # }
/// ```
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
