//! Live rooms: one task holds the state of a room, and everything happens in it in turn.
//!
//! A turn takes what waits in the room's inbox. Commands are checked against the state and
//! applied to it at once, so that later ones of the same turn meet the state they will find;
//! then the whole batch is appended in one commit; only then it is acknowledged and published.
//! When the commit fails, the state is read again from the log and every sender is told
//! `storage`: nothing that was not written has been seen by anybody.
//!
//! **Idempotent.** A command is known by its member and id; a repetition is answered with the
//! offset of the first. The last some 32,000 are known by heart, older ones are found by
//! the log's unique index.
//!
//! **Gap-free.** [`Live::visit`] runs between turns, in the room's task. Whoever reads the state
//! there and subscribes to what is published gets every later change and none twice: nothing is
//! published while the visit runs, and nothing uncommitted is visible to it.
//!
//! **Bounded.** A full inbox answers `busy`. A room without people is dropped after idle minutes
//! and read again when it is needed. A panic in the rules costs the room's task, not the server;
//! the next use starts it anew.

mod fold;
mod message;
mod task;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clock::{self, Millis};
use crate::database::Database;
use crate::log::{CommandId, Entry, Header, Offset};
use crate::rooms::{MemberId, Role, Room, RoomId, Rooms};
use crate::{Error, Result};
use message::{Asked, Message, Visit};
use task::Task;

/// Who sends a command, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The member.
    pub member: MemberId,
    /// The role the member acts in.
    pub role: Role,
}

/// The rules of a kind of room: a state that is a fold over events. Pure: no clock, no I/O.
pub trait Rules: Send + Sync + Sized + 'static {
    /// The name of the kind: `poll`, …
    const KIND: &'static str;
    /// What lists show of a room, beside its title.
    type Summary: Serialize + DeserializeOwned + Default + Send + 'static;
    /// What happens in the room; it is stored, so it may only grow.
    type Event: Serialize + DeserializeOwned + Send + Sync + 'static;
    /// What people want to happen.
    type Command: Send + Sync + 'static;

    /// The state before the first event.
    fn new(room: &Room) -> Self;

    /// Fails when somebody may not come in, whatever their keys say.
    fn admits(&self, _: Actor) -> Result<()> {
        Ok(())
    }

    /// The one event that a command makes, or why it is refused.
    fn decide(&self, actor: Actor, command: &Self::Command, now: Millis) -> Result<Self::Event>;

    /// Applies an event. It has been decided: it cannot fail.
    fn apply(&mut self, entry: &Entry<Self::Event>);

    /// When the room next wants to do something by itself.
    fn wake_at(&self) -> Option<Millis>;

    /// What it does then; asked again until there is nothing.
    fn wake(&self, now: Millis) -> Option<Self::Event>;

    /// What lists show of the room.
    fn header(&self) -> Header;
}

/// The people in a live room: what is told to whom, and when. Nothing here is stored.
pub trait Audience<R: Rules>: Send + Sync + 'static {
    /// Entries are on disk and acknowledged: publish them.
    fn committed(&mut self, state: &R, entries: &[Entry<R::Event>]);

    /// When [`flush`](Self::flush) is wanted; none costs no timer.
    fn due(&self) -> Option<Instant>;

    /// Publishes what was held back; the answer is what the room itself wants done for members.
    fn flush(&mut self, state: &R, now: Instant) -> Vec<(Actor, R::Command)>;

    /// Whether nobody is there, so that the room may be dropped.
    fn is_empty(&self) -> bool;

    /// The room has been erased: tell everybody.
    fn gone(&mut self);
}

/// Limits of live rooms.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many commands and visits of one room may wait.
    pub inbox: usize,
    /// How long a room without people stays in memory.
    pub idle: Duration,
    /// How many commands of one room are known by heart, at least.
    pub remembered: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { inbox: 32_768, idle: Duration::from_mins(5), remembered: 32_768 }
    }
}

/// All live rooms of one kind.
pub struct Live<R: Rules, A> {
    shared: Arc<Shared<R, A>>,
}

struct Shared<R: Rules, A> {
    database: Arc<Database>,
    audience: MakeAudience<A>,
    limits: Limits,
    /// None once the server closes.
    rooms: Mutex<Option<HashMap<RoomId, Inbox<R, A>>>>,
    tasks: Mutex<JoinSet<()>>,
}

type MakeAudience<A> = Box<dyn Fn(&Arc<Room>) -> A + Send + Sync>;

type Inbox<R, A> = mpsc::Sender<Message<R, A>>;

impl<R: Rules, A: Audience<R>> Live<R, A> {
    /// No room is live yet; `audience` is made for each that comes to life.
    pub fn new(
        database: Arc<Database>,
        limits: Limits,
        audience: impl Fn(&Arc<Room>) -> A + Send + Sync + 'static,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                database,
                audience: Box::new(audience),
                limits,
                rooms: Mutex::new(Some(HashMap::new())),
                tasks: Mutex::new(JoinSet::new()),
            }),
        }
    }

    /// Does a command, and returns its offset when it is on disk.
    ///
    /// Dropping the future does not take the command back.
    pub async fn command(
        &self,
        room: &Arc<Room>,
        actor: Actor,
        id: CommandId,
        command: R::Command,
    ) -> Result<Offset> {
        let (reply, replied) = oneshot::channel();
        let asked = Asked { actor, id: Some(id), command, reply: Some(reply) };
        let sent = self.inbox(room)?.try_send(Message::Command(asked));
        sent.map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => Error::Internal,
        })?;
        replied.await.map_err(|_| Error::Internal)?
    }

    /// Looks at the committed state of a room, and at its audience, in the room's task.
    ///
    /// `look` must not block, and a panic in it ends the room's task.
    pub async fn visit<T: Send + 'static>(
        &self,
        room: &Arc<Room>,
        look: impl FnOnce(&R, &mut A) -> T + Send + 'static,
    ) -> Result<T> {
        let (reply, replied) = oneshot::channel();
        let visit: Visit<R, A> = Box::new(move |room| {
            let _ = reply.send(room.map(|(state, audience)| look(state, audience)));
        });
        let inbox = self.inbox(room)?;
        let sent = inbox.send(Message::Visit(visit)).await;
        drop(inbox);
        sent.map_err(|_| Error::Internal)?;
        replied.await.map_err(|_| Error::Internal)?
    }

    /// Erases a room with its log, members and keys, and tells everybody in it.
    pub async fn erase(&self, room: &Arc<Room>) -> Result<()> {
        let (reply, replied) = oneshot::channel();
        let inbox = self.inbox(room)?;
        let sent = inbox.send(Message::Erase(reply)).await;
        drop(inbox);
        sent.map_err(|_| Error::Internal)?;
        replied.await.map_err(|_| Error::Internal)?
    }

    /// Erases the rooms of a kind whose time is over: they have expired, or nothing has happened in
    /// them for as long as they are kept.
    pub async fn sweep(&self, rooms: &Rooms, kind: &str, keep: Option<Duration>) -> Result<()> {
        let keep = keep.map(|keep| Millis::try_from(keep.as_millis()).unwrap_or(Millis::MAX));
        let quiet_since = keep.map(|keep| clock::now().saturating_sub(keep));
        for room in rooms.expired(kind, quiet_since).await? {
            self.erase(&Arc::new(room)).await?;
        }
        Ok(())
    }

    /// Finishes what waits and ends every room's task. Later use is refused.
    pub async fn close(&self) {
        self.shared.rooms.lock().take();
        let mut tasks = std::mem::take(&mut *self.shared.tasks.lock());
        while tasks.join_next().await.is_some() {}
    }

    /// The inbox of a room; its task is started when there is none.
    ///
    /// A sender is held only while something is sent: the task may retire when nobody holds one.
    fn inbox(&self, room: &Arc<Room>) -> Result<Inbox<R, A>> {
        let mut rooms = self.shared.rooms.lock();
        let rooms = rooms.as_mut().ok_or(Error::Internal)?;
        if let Some(inbox) = rooms.get(&room.id).filter(|inbox| !inbox.is_closed()) {
            return Ok(inbox.clone());
        }
        let (inbox, waiting) = mpsc::channel(self.shared.limits.inbox);
        rooms.insert(room.id, inbox.clone());
        let mut tasks = self.shared.tasks.lock();
        while let Some(ended) = tasks.try_join_next() {
            if let Err(error) = ended {
                tracing::error!(%error, "the task of a room has ended");
            }
        }
        tasks.spawn(Task::new(Arc::clone(&self.shared), Arc::clone(room), waiting).run());
        Ok(inbox)
    }
}

impl<R: Rules, A> Clone for Live<R, A> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}
