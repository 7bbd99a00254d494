//! Events between the servers of a namespace.

use std::{future::Future, sync::Arc, time::Duration};

use chorus_protocol::socketio::{FromArgs, Payload, ToArgs};

use super::Namespace;
use crate::{PartialAcks, handler::BoxFuture};

/// Handles an event of another server.
pub(super) type OnServerSide = Arc<dyn Fn(Payload) -> Option<BoxFuture<Option<Payload>>> + Send + Sync>;

/// Events between servers. They do not reach clients, nor the server that sends them.
///
/// ```
/// # async fn example() {
/// use chorus_socketio::{Args, Server};
///
/// let io = Server::new();
/// let main = io.of("/");
/// main.on_server_side_emit("load", |Args((room,)): Args<(String,)>| async move { room.len() });
/// // this server is alone: nobody answers
/// let loads: Vec<usize> = main.server_side_emit_with_ack("load", "lobby").await.unwrap();
/// assert!(loads.is_empty());
/// # }
/// ```
impl Namespace {
    /// Sends an event to the other servers.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// // each server keeps settings of its own in memory
    /// io.of("/").server_side_emit("reload", "settings")?;
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn server_side_emit(&self, event: &str, args: impl ToArgs) -> Result<(), serde_json::Error> {
        self.adapter().server_side_emit(event, &Payload::from_args(&args)?);
        Ok(())
    }

    /// Sends an event to the other servers and waits for their answers.
    ///
    /// It waits five seconds at the most. The answers come in no certain order.
    ///
    /// When some do not come in time or cannot be read, the error holds those that did.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let io = chorus_socketio::Server::new();
    /// let counts: Vec<usize> = match io.of("/").server_side_emit_with_ack("count", ()).await {
    ///     Ok(counts) => counts,
    ///     Err(partial) => partial.answers, // of those that were in time
    /// };
    /// let everywhere = counts.iter().sum::<usize>() + io.of("/").socket_count();
    /// assert_eq!(everywhere, 0);
    /// # }
    /// ```
    pub async fn server_side_emit_with_ack<T: FromArgs>(
        &self,
        event: &str,
        args: impl ToArgs,
    ) -> Result<Vec<T>, PartialAcks<T>> {
        let Ok(payload) = Payload::from_args(&args) else {
            return Err(PartialAcks { answers: Vec::new(), missing: 0 });
        };
        let answered = self.adapter().server_side_ask(event, &payload, SERVER_TIMEOUT).await;
        let count = answered.answers.len();
        let answers: Vec<_> = answered.answers.iter().filter_map(|answer| T::read(answer).ok()).collect();
        let missing = answered.missing + count - answers.len();
        if missing == 0 { Ok(answers) } else { Err(PartialAcks { answers, missing }) }
    }

    /// Runs for an event of that name from another server.
    ///
    /// What it returns is the answer, if that server asked for one. It replaces the handler before.
    ///
    /// ```
    /// # let io = chorus_socketio::Server::new();
    /// let main = io.of("/");
    /// main.on_server_side_emit("count", {
    ///     let main = main.clone();
    ///     move |()| std::future::ready(main.socket_count())
    /// });
    /// ```
    pub fn on_server_side_emit<T, R, F>(
        &self,
        event: &str,
        handler: impl Fn(T) -> F + Send + Sync + 'static,
    ) -> &Self
    where
        T: FromArgs,
        R: ToArgs,
        F: Future<Output = R> + Send + 'static,
    {
        let handler: OnServerSide = Arc::new(move |payload| match T::read(&payload) {
            Ok(args) => {
                let answer = handler(args);
                Some(Box::pin(async move { Payload::from_args(&answer.await).ok() }))
            }
            Err(error) => {
                tracing::warn!(%error, "an event of another server cannot be read");
                None
            }
        });
        self.change(|lists| {
            lists.server_side.insert(event.into(), handler);
        });
        self
    }

    /// For adapters: handles an event of another server.
    ///
    /// It returns the answer, if there is one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use chorus_socketio::{Payload, Server};
    ///
    /// let io = Server::new();
    /// let main = io.of("/");
    /// main.on_server_side_emit("length", |name: String| async move { name.len() });
    /// // what an adapter was told by another server
    /// let payload = Payload::from_args(&"lobby").unwrap();
    /// let answer = main.server_side_event("length", payload).await.unwrap();
    /// assert_eq!(answer.json(), "[5]");
    /// # }
    /// ```
    pub async fn server_side_event(&self, event: &str, payload: Payload) -> Option<Payload> {
        let handler = self.server_side(event)?;
        handler(payload)?.await
    }
}

/// How long other servers may take to answer; Node's value.
const SERVER_TIMEOUT: Duration = Duration::from_secs(5);
