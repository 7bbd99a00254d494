//! A kind's namespace: who comes in, commands and their answers, who leaves.

use std::future::Future;
use std::sync::Arc;

use chorus_socketio::{Ack, ConnectError, Data, Namespace, Socket};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Attendance, Kind, Seat};
use crate::live::Rules;
use crate::log::Offset;
use crate::{Asking, Error, Result};

/// The answer to a command. It is sent when the command is on disk, or refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Reply {
    /// Done, and durable.
    Ok {
        /// The log entry it made.
        #[ts(type = "number")]
        offset: Offset,
    },
    /// Refused; nothing changed.
    Error {
        /// A stable name: `not_open`, `not_enough_budget`, `too_many_attempts`, …
        code: String,
        /// In plain words.
        message: String,
    },
}

impl From<Result<Offset>> for Reply {
    fn from(done: Result<Offset>) -> Self {
        match done {
            Ok(offset) => Self::Ok { offset },
            Err(error) => Self::Error { code: error.code().to_owned(), message: error.to_string() },
        }
    }
}

impl<R: Rules, A: Attendance<R>> Kind<R, A> {
    /// Has the rooms answer on a namespace: `admit` gives a seat to who connects, by the `auth` of
    /// the CONNECT, and `act` does what comes as the event `command`, answered by a [`Reply`].
    pub fn mount<J, C, Admitted, Acted>(
        &self,
        namespace: &Namespace,
        admit: impl Fn(Asking, J) -> Admitted + Clone + Send + Sync + 'static,
        act: impl Fn(Arc<Seat>, C) -> Acted + Clone + Send + Sync + 'static,
    ) where
        J: DeserializeOwned + Send + 'static,
        C: DeserializeOwned + Send + 'static,
        Admitted: Future<Output = Result<Seat>> + Send + 'static,
        Acted: Future<Output = Result<Offset>> + Send + 'static,
    {
        let kind = self.clone();
        namespace.middleware(move |socket: Socket, Data(join): Data<J>| {
            let (kind, admit) = (kind.clone(), admit.clone());
            async move {
                let asking = kind.platform().asking_over(socket.handshake()).await.map_err(refuse)?;
                socket.set_data(admit(asking, join).await.map_err(refuse)?);
                Ok::<(), ConnectError>(())
            }
        });
        let kind = self.clone();
        namespace.on_connect(move |socket: Socket| arrive(kind.clone(), socket));
        let kind = self.clone();
        namespace.on("command", move |socket: Socket, Data(command): Data<C>, ack: Ack| {
            let (kind, act) = (kind.clone(), act.clone());
            async move {
                let done = async {
                    let seat = socket.data::<Seat>().ok_or(Error::Internal)?;
                    kind.step(seat.actor.member)?;
                    act(seat, command).await
                };
                check(ack.send(Reply::from(done.await)));
            }
        });
        let kind = self.clone();
        namespace.on_disconnect(move |socket: Socket| leave(kind.clone(), socket));
    }
}

async fn arrive<R: Rules, A: Attendance<R>>(kind: Kind<R, A>, socket: Socket) {
    let Some(seat) = socket.data::<Seat>() else { return };
    let (room, newcomer) = (Arc::clone(&seat.room), socket.clone());
    let arrived = kind.live().visit(&room, move |state, people| people.arrive(state, &newcomer, &seat));
    if let Err(error) = arrived.await {
        tracing::warn!(%error, kind = R::KIND, room = %room.id, "a newcomer was not shown the room");
        put_out(&socket, &error);
    }
}

async fn leave<R: Rules, A: Attendance<R>>(kind: Kind<R, A>, socket: Socket) {
    let Some(seat) = socket.data::<Seat>() else { return };
    let (room, actor) = (Arc::clone(&seat.room), seat.actor);
    // A room that is gone, or a server that closes, has nobody to take leave of.
    let _ = kind.live().visit(&room, move |_, people| people.leave(&socket, actor)).await;
}

fn refuse(error: Error) -> ConnectError {
    if let Error::Storage(source) = &error {
        tracing::error!(error = %source, "the database failed a connection");
    }
    let data = serde_json::json!({ "code": error.code() });
    ConnectError::new(error.to_string()).data(data)
}

/// Tells a connection why it ends, by the event `gone`, and ends it.
pub fn put_out(socket: &Socket, why: &Error) {
    check(socket.emit("gone", why.wire()));
    socket.disconnect();
}

/// What we send can always be written as JSON; if not, it is our bug.
pub fn check<T>(sent: Result<T, serde_json::Error>) {
    if let Err(error) = sent {
        tracing::error!(%error, "an event cannot be encoded");
    }
}
