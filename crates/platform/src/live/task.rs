//! The task of one live room.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{Asked, Audience, Message, Rules, Shared};
use crate::clock::{self, Millis};
use crate::loader::Recent;
use crate::log::{self, Append, CommandId, Entry, Header, Offset, Row};
use crate::rooms::{MemberId, Room, Rooms};
use crate::{Error, Result};

/// How much of the inbox one turn takes.
const TURN: usize = 1_024;
/// How many commands are known by heart, at least.
const REMEMBERED: usize = 32_768;
/// How many events in a row a room may make by itself.
const OWN: usize = 1_000;
/// The wall clock may be set: a sleep until some time on it is looked at again this often.
const CLOCK_CHECK: Duration = Duration::from_secs(30);

pub(super) struct Task<R: Rules, A> {
    shared: Arc<Shared<R, A>>,
    room: Arc<Room>,
    inbox: mpsc::Receiver<Message<R, A>>,
    state: R,
    audience: A,
    /// None until the state is read, and after a failed commit.
    last: Option<Offset>,
    applied: Recent<(MemberId, CommandId), Offset>,
    header: Header,
}

/// What became of a batch before it is written.
struct Batch<E> {
    entries: Vec<Entry<E>>,
    rows: Vec<Row>,
    answers: Vec<Result<Offset>>,
}

impl<R: Rules, A: Audience<R>> Task<R, A> {
    pub(super) fn new(
        shared: Arc<Shared<R, A>>,
        room: Arc<Room>,
        inbox: mpsc::Receiver<Message<R, A>>,
    ) -> Self {
        Self {
            state: R::new(&room),
            audience: (shared.audience)(&room),
            applied: Recent::new(REMEMBERED),
            header: Header::default(),
            last: None,
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
        let wake = self
            .last
            .and(self.state.wake_at())
            .map(|at| Instant::now() + clock::until(at, clock::now()).min(CLOCK_CHECK));
        wake.into_iter().chain(self.audience.due()).min()
    }

    /// Takes a turn; the answer is where to send word when the room is to be erased.
    async fn turn(&mut self, waiting: &mut Vec<Message<R, A>>) -> Option<oneshot::Sender<Result<()>>> {
        if self.last.is_none()
            && let Err(error) = self.load().await
        {
            for message in waiting.drain(..) {
                message.refuse(error.clone());
            }
            return None;
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
        if self.audience.due().is_some_and(|due| due <= Instant::now()) {
            let own = self.audience.flush(&self.state, Instant::now());
            self.commit(own.into_iter().map(Asked::own).collect()).await;
        }
        let stale = self.last.is_none();
        for visit in visits {
            visit(if stale { Err(Error::Internal) } else { Ok((&self.state, &mut self.audience)) });
        }
        erase
    }

    /// Applies, writes, answers, publishes.
    async fn commit(&mut self, commands: Vec<Asked<R>>) {
        if commands.is_empty() && self.state.wake_at().is_none_or(|at| at > clock::now()) {
            return;
        }
        let mut batch = self.apply(&commands);
        let mut written = self.write(&mut batch).await;
        if let Err(error) = &written
            && error.is_conflict()
            && self.reload(&commands).await.is_ok()
        {
            batch = self.apply(&commands);
            written = self.write(&mut batch).await;
        }
        if let Err(error) = &written {
            tracing::error!(room = %self.room.id, %error, source = ?error, "a batch was not written");
            self.last = None;
            let _ = self.load().await;
        }
        for (asked, answer) in commands.into_iter().zip(batch.answers) {
            let answer = match &written {
                Ok(()) => self.settle(&asked, answer).await,
                Err(error) => Err(error.clone()),
            };
            if let Some(reply) = asked.reply {
                let _ = reply.send(answer);
            }
        }
        if written.is_ok() && !batch.entries.is_empty() {
            self.audience.committed(&self.state, &batch.entries);
        }
    }

    fn apply(&mut self, commands: &[Asked<R>]) -> Batch<R::Event> {
        let now = clock::now();
        let mut batch = Batch {
            entries: Vec::with_capacity(commands.len()),
            rows: Vec::with_capacity(commands.len()),
            answers: Vec::with_capacity(commands.len()),
        };
        for _ in 0..OWN {
            match self.state.wake(now) {
                Some(event) => drop(self.push(&mut batch, now, None, None, event)),
                None => break,
            }
        }
        for asked in commands {
            let answer = self.decide(&mut batch, now, asked);
            batch.answers.push(answer);
        }
        batch
    }

    fn decide(&mut self, batch: &mut Batch<R::Event>, now: Millis, asked: &Asked<R>) -> Result<Offset> {
        let member = asked.actor.member;
        let key = asked.id.clone().map(|id| (member, id));
        if let Some(first) = key.as_ref().and_then(|key| self.applied.find(key)) {
            return Ok(*first);
        }
        let event = self.state.decide(asked.actor, &asked.command, now)?;
        let offset = self.push(batch, now, Some(member), asked.id.clone(), event)?;
        if let Some(key) = key {
            self.applied.insert(key, offset);
        }
        Ok(offset)
    }

    fn push(
        &mut self,
        batch: &mut Batch<R::Event>,
        at: Millis,
        member: Option<MemberId>,
        command: Option<CommandId>,
        event: R::Event,
    ) -> Result<Offset> {
        let body = serde_json::to_string(&event).map_err(|error| {
            tracing::error!(%error, "an event cannot be written as JSON");
            Error::Internal
        })?;
        let offset = self.last.unwrap_or(0) + 1;
        let entry = Entry { offset, at, member, command, event };
        self.state.apply(&entry);
        self.last = Some(offset);
        batch.rows.push(Row { offset, at, member, command: entry.command.clone(), event: body });
        batch.entries.push(entry);
        Ok(offset)
    }

    async fn write(&mut self, batch: &mut Batch<R::Event>) -> Result<()> {
        if batch.rows.is_empty() {
            return Ok(());
        }
        let header = Some(self.state.header()).filter(|header| *header != self.header);
        let append =
            Append { room: self.room.id, rows: std::mem::take(&mut batch.rows), header: header.clone() };
        self.shared.database.write(append).await?;
        if let Some(header) = header {
            self.header = header;
        }
        Ok(())
    }

    /// A refused command may be the repetition of one that is no longer known by heart.
    async fn settle(&self, asked: &Asked<R>, answer: Result<Offset>) -> Result<Offset> {
        if answer.is_err()
            && !self.applied.is_complete()
            && let Some(first) = self.find(asked).await?
        {
            return Ok(first);
        }
        answer
    }

    async fn find(&self, asked: &Asked<R>) -> Result<Option<Offset>> {
        match &asked.id {
            Some(id) => {
                let member = asked.actor.member;
                log::find(&self.shared.database, self.room.id, member, id).await
            }
            None => Ok(None),
        }
    }

    /// Reads the state again, and learns which of the commands are in the log already.
    async fn reload(&mut self, commands: &[Asked<R>]) -> Result<()> {
        self.last = None;
        self.load().await?;
        for asked in commands {
            if let (Some(first), Some(id)) = (self.find(asked).await?, &asked.id) {
                self.applied.insert((asked.actor.member, id.clone()), first);
            }
        }
        Ok(())
    }

    async fn load(&mut self) -> Result<()> {
        let mut state = R::new(&self.room);
        let mut applied = Recent::new(REMEMBERED);
        let mut last = 0;
        loop {
            let page = log::read(&self.shared.database, self.room.id, last).await?;
            if page.is_empty() {
                break;
            }
            for entry in page {
                state.apply(&entry);
                last = entry.offset;
                if let (Some(member), Some(command)) = (entry.member, entry.command) {
                    applied.insert((member, command), last);
                }
            }
        }
        // Every room has a first entry, so a room without one has been erased.
        if last == 0 {
            return Err(Error::UnknownRoom);
        }
        self.header = state.header();
        (self.state, self.applied, self.last) = (state, applied, Some(last));
        Ok(())
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

impl<R: Rules> Asked<R> {
    fn own((actor, command): (super::Actor, R::Command)) -> Self {
        Self { actor, id: None, command, reply: None }
    }
}
