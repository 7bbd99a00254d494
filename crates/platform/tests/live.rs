//! Live rooms over a real database: durability, idempotency, isolation, bounds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chorus_platform::clock::Millis;
use chorus_platform::database::Database;
use chorus_platform::live::{Actor, Audience, Limits, Live, Rules};
use chorus_platform::log::{self, CommandId, Entry, Header};
use chorus_platform::origin::Origins;
use chorus_platform::rooms::{MemberId, NewRoom, Role, Room};
use chorus_platform::{Error, Platform, Result, clock};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::time::Instant;

/// A room that counts.
#[derive(Default)]
struct Counter {
    total: u64,
    wake_at: Option<Millis>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Event {
    Added(u64),
    WakeSet(Millis),
    Woke,
    Poison,
}

enum Command {
    Add(u64),
    Once,
    WakeAt(Millis),
    Poison,
}

impl Rules for Counter {
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
        Header { title: format!("total {}", self.total), closed: None }
    }
}

/// Counts what is published.
#[derive(Default)]
struct Ears {
    heard: Arc<AtomicUsize>,
    gone: Arc<AtomicUsize>,
    /// Woken when something is published.
    woken: Arc<tokio::sync::Notify>,
    staying: bool,
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

struct Bench {
    platform: Platform,
    live: Live<Counter, Ears>,
    started: Arc<AtomicUsize>,
    heard: Arc<AtomicUsize>,
    gone: Arc<AtomicUsize>,
    woken: Arc<tokio::sync::Notify>,
    folder: TempDir,
}

impl Bench {
    async fn new(limits: Limits) -> Self {
        Self::open(tempfile::tempdir().unwrap(), limits).await
    }

    async fn open(folder: TempDir, limits: Limits) -> Self {
        let database = Database::open(folder.path()).await.unwrap();
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

    async fn room(&self) -> Arc<Room> {
        let (owner, _) = self.platform.identity.create().await.unwrap();
        let room = NewRoom {
            kind: "counter",
            title: "total 0".into(),
            owner,
            expires: None,
            first: serde_json::to_string(&Event::Added(0)).unwrap(),
        };
        self.platform.rooms.create(room).await.unwrap()
    }

    async fn run(&self, room: &Arc<Room>, id: &str, command: Command) -> Result<u64> {
        let id = CommandId::parse(id).unwrap();
        self.live.command(room, actor(1), id, command).await
    }

    async fn total(&self, room: &Arc<Room>) -> Result<u64> {
        self.live.visit(room, |state, _| state.total).await
    }

    /// Ends everything and starts again on the same folder.
    async fn restart(self) -> Self {
        self.live.close().await;
        self.platform.database.close().await;
        let Self { platform, folder, .. } = self;
        drop(platform);
        Self::open(folder, Limits::default()).await
    }
}

fn actor(member: i64) -> Actor {
    Actor { member: MemberId::from_stored(member), role: Role::Participant }
}

#[tokio::test]
async fn an_answered_command_is_there_after_a_restart() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    assert_eq!(bench.run(&room, "command1", Command::Add(5)).await.unwrap(), 2);
    let bench = bench.restart().await;
    assert_eq!(bench.total(&room).await.unwrap(), 5);
    let found = bench.platform.rooms.find(&room.code).await.unwrap();
    assert_eq!(found.title, "total 5", "the row of the room repeats the header");
}

#[tokio::test]
async fn a_repeated_command_is_applied_once_and_gets_the_first_answer() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    let (first, again) = tokio::join!(
        bench.run(&room, "command1", Command::Once),
        bench.run(&room, "command1", Command::Once),
    );
    assert_eq!((first.unwrap(), again.unwrap()), (2, 2));
    assert!(bench.run(&room, "command2", Command::Once).await.is_err());
    let bench = bench.restart().await;
    assert_eq!(bench.run(&room, "command1", Command::Once).await.unwrap(), 2);
    assert_eq!(bench.total(&room).await.unwrap(), 1);
    let other = CommandId::parse("command1").unwrap();
    let other = bench.live.command(&room, actor(2), other, Command::Add(1));
    assert_eq!(other.await.unwrap(), 3, "the ids of two members have nothing to do with each other");
}

#[tokio::test]
async fn a_command_that_is_in_the_log_but_not_in_mind_is_still_a_repetition() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    assert_eq!(bench.total(&room).await.unwrap(), 0);
    // behind the task's back: as if the memory of commands had been forgotten
    let id = CommandId::parse("command1").unwrap();
    let row = log::Row {
        offset: 2,
        at: clock::now(),
        member: Some(actor(1).member),
        command: Some(id),
        event: serde_json::to_string(&Event::Added(7)).unwrap(),
    };
    let append = log::Append { room: room.id, rows: vec![row], header: None };
    bench.platform.database.write(append).await.unwrap();
    let (again, other) = tokio::join!(
        bench.run(&room, "command1", Command::Add(7)),
        bench.run(&room, "command2", Command::Add(1)),
    );
    assert_eq!((again.unwrap(), other.unwrap()), (2, 3));
    assert_eq!(bench.total(&room).await.unwrap(), 8);
}

#[tokio::test]
async fn one_room_that_fails_leaves_the_others_alone() {
    let bench = Bench::new(Limits::default()).await;
    let (good, bad) = (bench.room().await, bench.room().await);
    assert_eq!(bench.total(&bad).await.unwrap(), 0);
    // the room is erased behind its task: its appends break a foreign key
    bench.platform.database.write(EraseRow(bad.id.get())).await.unwrap();
    let mut all = tokio::task::JoinSet::new();
    for number in 0..200 {
        let room = Arc::clone(if number % 2 == 0 { &good } else { &bad });
        let live = bench.live.clone();
        let id = CommandId::parse(&format!("command-{number}")).unwrap();
        all.spawn(async move { (number, live.command(&room, actor(1), id, Command::Add(1)).await) });
    }
    while let Some(done) = all.join_next().await {
        let (number, result) = done.unwrap();
        assert_eq!(result.is_ok(), number % 2 == 0, "{result:?}");
    }
    assert_eq!(bench.total(&good).await.unwrap(), 100);
    let code = bench.total(&bad).await.unwrap_err().code();
    assert_eq!(code, "unknown_room");
}

struct EraseRow(i64);

impl chorus_platform::database::Write for EraseRow {
    type Output = ();

    async fn run(&mut self, db: &mut chorus_platform::database::Connection) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM rooms WHERE id = $1").bind(self.0).execute(db).await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_full_inbox_answers_busy() {
    let limits = Limits { inbox: 4, ..Limits::default() };
    let bench = Bench::new(limits).await;
    let room = bench.room().await;
    let run = |number: usize| {
        let id = CommandId::parse(&format!("command-{number}")).unwrap();
        bench.live.command(&room, actor(1), id, Command::Add(1))
    };
    // nothing is taken from the inbox while these are polled for the first time
    let results = futures_util::future::join_all((0..10).map(run)).await;
    let busy = results.iter().filter(|result| matches!(result, Err(Error::Busy))).count();
    assert_eq!(busy, 6);
    assert_eq!(bench.total(&room).await.unwrap(), 4);
}

#[tokio::test]
async fn a_panic_in_the_rules_costs_the_room_only() {
    let bench = Bench::new(Limits::default()).await;
    let (good, bad) = (bench.room().await, bench.room().await);
    assert!(bench.run(&bad, "poisoned", Command::Poison).await.is_err());
    assert_eq!(bench.run(&good, "command1", Command::Add(1)).await.unwrap(), 2);
    assert_eq!(bench.run(&bad, "command2", Command::Add(1)).await.unwrap(), 2, "it was not written");
}

#[tokio::test]
async fn a_room_wakes_by_itself() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    let at = clock::now() + 30;
    bench.run(&room, "command1", Command::WakeAt(at)).await.unwrap();
    while bench.heard.load(Ordering::SeqCst) < 2 {
        let woken = tokio::time::timeout(Duration::from_secs(5), bench.woken.notified());
        woken.await.unwrap();
    }
    assert!(clock::now() >= at);
    assert_eq!(bench.total(&room).await.unwrap(), 1_000);
}

#[tokio::test]
async fn a_room_without_people_is_dropped_and_read_again() {
    let limits = Limits { idle: Duration::ZERO, ..Limits::default() };
    let bench = Bench::new(limits).await;
    let room = bench.room().await;
    for number in 1..=50 {
        let id = format!("command-{number}");
        bench.run(&room, &id, Command::Add(1)).await.unwrap();
        assert_eq!(bench.total(&room).await.unwrap(), number);
        tokio::task::yield_now().await;
    }
    assert!(bench.started.load(Ordering::SeqCst) > 1);
}

#[tokio::test]
async fn an_erased_room_is_unknown() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    let key = bench.platform.rooms.create_key(room.id, Role::Host).await.unwrap();
    bench.run(&room, "command1", Command::Add(5)).await.unwrap();
    bench.live.erase(&room).await.unwrap();
    assert_eq!(bench.gone.load(Ordering::SeqCst), 1);
    assert!(matches!(bench.total(&room).await, Err(Error::UnknownRoom)));
    assert!(matches!(bench.platform.rooms.find(&room.code).await, Err(Error::UnknownRoom)));
    assert!(matches!(bench.platform.rooms.claim(room.id, room.owner, &key).await, Err(Error::InvalidKey)));
    for table in ["log", "members", "capability_keys", "rooms"] {
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")))
            .fetch_one(bench.platform.database.reader())
            .await
            .unwrap();
        assert_eq!(count, 0, "{table}");
    }
}

#[tokio::test]
async fn a_room_past_its_time_is_unknown_and_found_by_the_sweep() {
    let bench = Bench::new(Limits::default()).await;
    let (owner, _) = bench.platform.identity.create().await.unwrap();
    let room = NewRoom {
        kind: "counter",
        title: "t".into(),
        owner,
        expires: Some(clock::now() - 1),
        first: serde_json::to_string(&Event::Added(0)).unwrap(),
    };
    let room = bench.platform.rooms.create(room).await.unwrap();
    bench.room().await;
    assert!(matches!(bench.platform.rooms.find(&room.code).await, Err(Error::UnknownRoom)));
    let expired = bench.platform.rooms.expired().await.unwrap();
    assert_eq!(expired.iter().map(|room| room.id).collect::<Vec<_>>(), [room.id]);
}

#[tokio::test]
async fn roles_are_held_claimed_and_never_lost() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    let rooms = &bench.platform.rooms;
    let (guest, _) = bench.platform.identity.create().await.unwrap();
    assert_eq!(rooms.member(room.id, guest).await.unwrap(), None);
    let member = rooms.join(room.id, guest).await.unwrap();
    assert_eq!(member.role, Role::Participant);
    assert!(rooms.require(room.id, guest, Role::Host).await.is_err());
    let key = rooms.create_key(room.id, Role::Host).await.unwrap();
    assert!(matches!(rooms.claim(room.id, guest, "guess").await, Err(Error::InvalidKey)));
    let other = bench.room().await;
    assert!(matches!(rooms.claim(other.id, guest, &key).await, Err(Error::InvalidKey)));
    let host = rooms.claim(room.id, guest, &key).await.unwrap();
    assert_eq!((host.id, host.role), (member.id, Role::Host), "the name in the log stays");
    let projector = rooms.create_key(room.id, Role::Projector).await.unwrap();
    assert_eq!(rooms.claim(room.id, guest, &projector).await.unwrap().role, Role::Host);
    assert_eq!(rooms.hosted("counter", guest).await.unwrap().len(), 1);
}

#[tokio::test]
async fn guests_are_found_by_their_cookie_after_a_restart() {
    let bench = Bench::new(Limits::default()).await;
    let (guest, secret) = bench.platform.identity.create().await.unwrap();
    let cookie = format!("chorus_guest={secret}");
    let bench = bench.restart().await;
    let identity = &bench.platform.identity;
    assert_eq!(identity.find(Some(&cookie)).await.unwrap(), Some(guest));
    assert_eq!(identity.find(Some(&cookie)).await.unwrap(), Some(guest));
    let unknown = format!("chorus_guest={}", "A".repeat(43));
    assert_eq!(identity.find(Some(&unknown)).await.unwrap(), None);
    let stored: String = sqlx::query_scalar("SELECT token FROM guests")
        .fetch_one(bench.platform.database.reader())
        .await
        .unwrap();
    assert!(!stored.contains(&secret), "only a hash is stored");
}

#[tokio::test]
async fn a_folder_has_one_server_and_must_be_writable() {
    use chorus_platform::database::OpenError;
    let bench = Bench::new(Limits::default()).await;
    let second = Database::open(bench.folder.path()).await;
    assert!(matches!(second, Err(OpenError::InUse(_))));
    let file = bench.folder.path().join("chorus.lock");
    assert!(matches!(Database::open(&file).await, Err(OpenError::Folder { .. })));
    let odd = bench.folder.path().join("a folder?with%odd#name");
    Database::open(&odd).await.unwrap().close().await;
    assert!(odd.join("chorus.db").is_file());
}

/// What an acknowledgement costs: `cargo test -p chorus-platform --release -- --ignored --nocapture`
#[tokio::test]
#[ignore = "a measurement"]
async fn commit_cost() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    let alone = Instant::now();
    for number in 0..200 {
        bench.run(&room, &format!("alone-{number}"), Command::Add(1)).await.unwrap();
    }
    let alone = alone.elapsed() / 200;
    let together = Instant::now();
    let mut all = tokio::task::JoinSet::new();
    for number in 0..20_000_i64 {
        let (live, room) = (bench.live.clone(), Arc::clone(&room));
        let id = CommandId::parse(&format!("together-{number}")).unwrap();
        all.spawn(async move { live.command(&room, actor(number), id, Command::Add(1)).await });
    }
    while let Some(done) = all.join_next().await {
        done.unwrap().unwrap();
    }
    let together = together.elapsed();
    println!("one command alone {alone:?}; 20,000 at once {together:?}");
    let bench = bench.restart().await;
    let load = Instant::now();
    assert_eq!(bench.total(&room).await.unwrap(), 20_200);
    println!("20,201 entries read in {:?}", load.elapsed());
}
