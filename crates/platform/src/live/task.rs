//! The task of one live room.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::fold::Fold;
use super::message::{Asked, Message};
use super::{Audience, Rules, Shared};
use crate::rooms::{Room, Rooms};
use crate::{Error, Result};

/// How much of the inbox one turn takes.
const TURN: usize = 1_024;
/// The wall clock may be set: a sleep until some time on it is looked at again this often.
const CLOCK_CHECK: Duration = Duration::from_secs(30);

pub(super) struct Task<R: Rules, A> {
    shared: Arc<Shared<R, A>>,
    room: Arc<Room>,
    inbox: mpsc::Receiver<Message<R, A>>,
    fold: Fold<R>,
    audience: A,
}

impl<R: Rules, A: Audience<R>> Task<R, A> {
    pub(super) fn new(
        shared: Arc<Shared<R, A>>,
        room: Arc<Room>,
        inbox: mpsc::Receiver<Message<R, A>>,
    ) -> Self {
        Self {
            fold: Fold::new(Arc::clone(&shared.database), Arc::clone(&room), shared.limits.remembered),
            audience: (shared.audience)(&room),
            shared,
            room,
            inbox,
        }
    }

    pub(super) async fn run(mut self) {
        let mut waiting = Vec::new();
        let mut quiet_since = Instant::now();
        loop {
            let idle_at = quiet_since + self.shared.limits.idle;
            let deadline = self.deadline().unwrap_or(idle_at).min(idle_at);
            tokio::select! {
                biased;
                count = self.inbox.recv_many(&mut waiting, TURN) => {
                    if count == 0 {
                        return;
                    }
                    quiet_since = Instant::now();
                }
                () = tokio::time::sleep_until(deadline) => {
                    if !self.audience.is_empty() {
                        quiet_since = Instant::now();
                    } else if idle_at <= Instant::now() && self.retire() {
                        return;
                    }
                }
            }
            if let Some(reply) = self.turn(&mut waiting).await {
                return self.erase(reply).await;
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        // a state that could not be read is tried again when somebody asks, not in a loop
        self.fold.state()?;
        let wake = self.fold.wake_at().map(|at| at.min(Instant::now() + CLOCK_CHECK));
        wake.into_iter().chain(self.audience.due()).min()
    }

    /// Takes a turn; the answer is where to send word when the room is to be erased.
    async fn turn(&mut self, waiting: &mut Vec<Message<R, A>>) -> Option<oneshot::Sender<Result<()>>> {
        if let Err(error) = self.fold.ready().await {
            return refuse(waiting, &error);
        }
        let (mut commands, mut visits, mut erase) = (Vec::new(), Vec::new(), None);
        for message in waiting.drain(..) {
            match message {
                Message::Command(asked) => commands.push(asked),
                Message::Visit(visit) => visits.push(visit),
                Message::Erase(reply) => erase = Some(reply),
            }
        }
        self.commit(commands).await;
        let now = Instant::now();
        if self.audience.due().is_some_and(|due| due <= now)
            && let Some(state) = self.fold.state()
        {
            let own = self.audience.flush(state, now);
            self.commit(own.into_iter().map(Asked::own).collect()).await;
        }
        for visit in visits {
            visit(self.fold.state().map(|state| (state, &mut self.audience)).ok_or(Error::Internal));
        }
        erase
    }

    async fn commit(&mut self, commands: Vec<Asked<R>>) {
        let entries = self.fold.commit(commands).await;
        if let Some(state) = self.fold.state().filter(|_| !entries.is_empty()) {
            self.audience.committed(state, &entries);
        }
    }

    /// Leaves the table of live rooms, unless somebody is about to send something.
    fn retire(&self) -> bool {
        let mut rooms = self.shared.rooms.lock();
        if !self.inbox.is_empty() || self.inbox.sender_strong_count() > 1 {
            return false;
        }
        if let Some(rooms) = rooms.as_mut() {
            rooms.remove(&self.room.id);
        }
        true
    }

    async fn erase(mut self, reply: oneshot::Sender<Result<()>>) {
        let erased = Rooms::erase(&self.shared.database, self.room.id).await;
        if let Some(rooms) = self.shared.rooms.lock().as_mut() {
            rooms.remove(&self.room.id);
        }
        self.inbox.close();
        if erased.is_ok() {
            self.audience.gone();
        }
        let _ = reply.send(erased);
        while let Some(message) = self.inbox.recv().await {
            message.refuse(Error::UnknownRoom);
        }
    }
}

/// Refuses everything but to be erased: that needs no state.
fn refuse<R: Rules, A>(
    waiting: &mut Vec<Message<R, A>>,
    error: &Error,
) -> Option<oneshot::Sender<Result<()>>> {
    let mut erase = None;
    for message in waiting.drain(..) {
        match message {
            Message::Erase(reply) if !matches!(error, Error::UnknownRoom) => erase = Some(reply),
            message => message.refuse(error.clone()),
        }
    }
    erase
}
