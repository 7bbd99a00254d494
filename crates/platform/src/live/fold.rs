//! The state of one live room and its log: apply, write, answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Rules;
use super::message::Asked;
use crate::clock::{self, Millis};
use crate::database::Database;
use crate::loader::Recent;
use crate::log::{self, Append, CommandId, Entry, Header, Offset, Row};
use crate::rooms::{MemberId, Room};
use crate::{Error, Result};

/// How many events in a row a room may make by itself.
const OWN: usize = 1_000;
/// How long a room does nothing by itself when it could not be written.
const REST: Duration = Duration::from_secs(1);

pub(super) struct Fold<R: Rules> {
    database: Arc<Database>,
    room: Arc<Room>,
    state: R,
    /// The last entry; none until the state is read, and after a failed commit.
    last: Option<Offset>,
    applied: Recent<(MemberId, CommandId), Offset>,
    /// How many commands are known by heart, at least.
    remembered: usize,
    header: Header,
    /// After a failed commit the room does nothing by itself for a while.
    rests_until: Option<Instant>,
}

/// What became of some commands, before it is written.
struct Batch<E> {
    entries: Vec<Entry<E>>,
    rows: Vec<Row>,
    answers: Vec<Result<Offset>>,
}

impl<R: Rules> Fold<R> {
    pub(super) fn new(database: Arc<Database>, room: Arc<Room>, remembered: usize) -> Self {
        Self {
            state: R::new(&room),
            last: None,
            applied: Recent::new(remembered),
            remembered,
            header: Header::default(),
            rests_until: None,
            database,
            room,
        }
    }

    /// The state, unless it has to be read first.
    pub(super) fn state(&self) -> Option<&R> {
        self.last.map(|_| &self.state)
    }

    /// When the room next wants to do something by itself.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        let at = self.state()?.wake_at()?;
        let at = Instant::now() + clock::until(at, clock::now());
        Some(self.rests_until.map_or(at, |until| at.max(until)))
    }

    /// Reads the state, if that has to be done.
    pub(super) async fn ready(&mut self) -> Result<&R> {
        if self.last.is_none() {
            self.load().await?;
        }
        Ok(&self.state)
    }

    /// Applies commands and whatever the room wants to do by itself, writes it, and answers.
    /// Returns what is to be published.
    pub(super) async fn commit(&mut self, commands: Vec<Asked<R>>) -> Vec<Entry<R::Event>> {
        if commands.is_empty() && self.wake_at().is_none_or(|at| at > Instant::now()) {
            return Vec::new();
        }
        if let Err(error) = self.recall(&commands).await {
            for asked in commands {
                asked.answer(Err(error.clone()));
            }
            return Vec::new();
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
            self.rests_until = Some(Instant::now() + REST);
            let _ = self.load().await;
        }
        for (asked, answer) in commands.into_iter().zip(batch.answers) {
            let answer = match &written {
                Ok(()) => answer,
                Err(error) => Err(error.clone()),
            };
            asked.answer(answer);
        }
        if written.is_ok() { batch.entries } else { Vec::new() }
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
        self.database.write(append).await?;
        if let Some(header) = header {
            self.header = header;
        }
        Ok(())
    }

    /// Learns which of the commands are in the log already, if some have been forgotten.
    async fn recall(&mut self, commands: &[Asked<R>]) -> Result<()> {
        if self.applied.is_complete() { Ok(()) } else { self.learn(commands).await }
    }

    async fn learn(&mut self, commands: &[Asked<R>]) -> Result<()> {
        let named = commands.iter().filter_map(|asked| Some((asked.actor.member, asked.id.clone()?)));
        let unknown: Vec<_> = named.filter(|key| self.applied.find(key).is_none()).collect();
        for (key, first) in log::find(&self.database, self.room.id, &unknown).await? {
            self.applied.insert(key, first);
        }
        Ok(())
    }

    /// Reads the state again, and learns which of the commands are in the log already.
    async fn reload(&mut self, commands: &[Asked<R>]) -> Result<()> {
        self.last = None;
        self.load().await?;
        self.learn(commands).await
    }

    async fn load(&mut self) -> Result<()> {
        let mut state = R::new(&self.room);
        let mut applied = Recent::new(self.remembered);
        let mut last = 0;
        loop {
            let page = log::read(&self.database, self.room.id, last).await?;
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
}
