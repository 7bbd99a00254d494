//! A kind of room that counts, over a real database.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "shared by test files, each a crate of its own")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chorus_platform::clock::Millis;
use chorus_platform::database::Database;
use chorus_platform::live::{Actor, Audience, Limits, Live, Rules};
use chorus_platform::log::{CommandId, Entry, Header};
use chorus_platform::origin::Origins;
use chorus_platform::rooms::{MemberId, NewRoom, Role, Room};
use chorus_platform::{Error, Platform, Result};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::time::Instant;

/// A room that counts.
#[derive(Default)]
pub struct Counter {
    pub total: u64,
    pub wake_at: Option<Millis>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Event {
    Added(u64),
    WakeSet(Millis),
    Woke,
    Poison,
}

pub enum Command {
    Add(u64),
    Once,
    WakeAt(Millis),
    Poison,
}

impl Rules for Counter {
    const KIND: &str = "counter";

    type Summary = u64;
    type Event = Event;
    type Command = Command;

    fn new(_: &Room) -> Self {
        Self::default()
    }

    fn decide(&self, _: Actor, command: &Command, _: Millis) -> Result<Event> {
        match command {
            Command::Add(0) => Err(Error::invalid("nothing to add")),
            Command::Add(amount) => Ok(Event::Added(*amount)),
            Command::Once if self.total > 0 => Err(Error::invalid("only once")),
            Command::Once => Ok(Event::Added(1)),
            Command::WakeAt(at) => Ok(Event::WakeSet(*at)),
            Command::Poison => Ok(Event::Poison),
        }
    }

    fn apply(&mut self, entry: &Entry<Event>) {
        match entry.event {
            Event::Added(amount) => self.total += amount,
            Event::WakeSet(at) => self.wake_at = Some(at),
            Event::Woke => {
                self.wake_at = None;
                self.total += 1_000;
            }
            Event::Poison => panic!("a broken rule"),
        }
    }

    fn wake_at(&self) -> Option<Millis> {
        self.wake_at
    }

    fn wake(&self, now: Millis) -> Option<Event> {
        self.wake_at.is_some_and(|at| at <= now).then_some(Event::Woke)
    }

    fn header(&self) -> Header {
        Header::new(format!("total {}", self.total), None, &self.total)
    }
}

/// Counts what is published.
#[derive(Default)]
pub struct Ears {
    pub heard: Arc<AtomicUsize>,
    pub gone: Arc<AtomicUsize>,
    /// Woken when something is published.
    pub woken: Arc<tokio::sync::Notify>,
    pub staying: bool,
}

impl Audience<Counter> for Ears {
    fn committed(&mut self, _: &Counter, entries: &[Entry<Event>]) {
        self.heard.fetch_add(entries.len(), Ordering::SeqCst);
        self.woken.notify_one();
    }

    fn due(&self) -> Option<Instant> {
        None
    }

    fn flush(&mut self, _: &Counter, _: Instant) -> Vec<(Actor, Command)> {
        Vec::new()
    }

    fn is_empty(&self) -> bool {
        !self.staying
    }

    fn gone(&mut self) {
        self.gone.fetch_add(1, Ordering::SeqCst);
    }
}

pub struct Bench {
    pub platform: Platform,
    pub live: Live<Counter, Ears>,
    pub started: Arc<AtomicUsize>,
    pub heard: Arc<AtomicUsize>,
    pub gone: Arc<AtomicUsize>,
    pub woken: Arc<tokio::sync::Notify>,
    pub folder: TempDir,
}

impl Bench {
    pub async fn new(limits: Limits) -> Self {
        Self::open(tempfile::tempdir().unwrap(), limits).await
    }

    pub async fn open(folder: TempDir, limits: Limits) -> Self {
        let database = Database::open(folder.path(), &[]).await.unwrap();
        let platform = Platform::new(database, Origins::default());
        let (started, heard, gone, woken) = <(Arc<AtomicUsize>, Arc<_>, Arc<_>, Arc<_>)>::default();
        let ears = (Arc::clone(&started), Arc::clone(&heard), Arc::clone(&gone), Arc::clone(&woken));
        let live = Live::new(Arc::clone(&platform.database), limits, move |_| {
            ears.0.fetch_add(1, Ordering::SeqCst);
            Ears {
                heard: Arc::clone(&ears.1),
                gone: Arc::clone(&ears.2),
                woken: Arc::clone(&ears.3),
                staying: false,
            }
        });
        Self { platform, live, started, heard, gone, woken, folder }
    }

    pub async fn room(&self) -> Arc<Room> {
        let (owner, _) = self.platform.identity.create().await.unwrap();
        let room = NewRoom {
            kind: Counter::KIND,
            title: "total 0".into(),
            summary: "0".into(),
            owner,
            expires: None,
            first: serde_json::to_string(&Event::Added(0)).unwrap(),
        };
        self.platform.rooms.create(room).await.unwrap()
    }

    pub async fn run(&self, room: &Arc<Room>, id: &str, command: Command) -> Result<u64> {
        let id = CommandId::parse(id).unwrap();
        self.live.command(room, actor(1), id, command).await
    }

    pub async fn total(&self, room: &Arc<Room>) -> Result<u64> {
        self.live.visit(room, |state, _| state.total).await
    }

    /// Ends everything and starts again on the same folder.
    pub async fn restart(self) -> Self {
        self.live.close().await;
        self.platform.database.close().await;
        let Self { platform, folder, .. } = self;
        drop(platform);
        Self::open(folder, Limits::default()).await
    }
}

pub fn actor(member: i64) -> Actor {
    Actor { member: MemberId::from_stored(member), role: Role::Participant }
}
