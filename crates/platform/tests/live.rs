//! Live rooms over a real database: durability, idempotency, isolation, bounds.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chorus_platform::live::Limits;
use chorus_platform::log::{self, CommandId};
use chorus_platform::rooms::Role;
use chorus_platform::{Error, clock};
use common::{Bench, Command, Event, actor};

#[tokio::test]
async fn an_answered_command_is_there_after_a_restart() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    assert_eq!(bench.run(&room, "command1", Command::Add(5)).await.unwrap(), 2);
    let bench = bench.restart().await;
    assert_eq!(bench.total(&room).await.unwrap(), 5);
    let found = bench.platform.rooms.find(&room.code).await.unwrap();
    let header = (found.title.as_str(), found.summary.as_str());
    assert_eq!(header, ("total 5", "5"), "the row of the room repeats the header");
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
async fn what_cannot_be_written_has_not_happened() {
    let bench = Bench::new(Limits::default()).await;
    let room = bench.room().await;
    bench.run(&room, "command1", Command::Add(5)).await.unwrap();
    bench.platform.database.write(Rename("log", "broken")).await.unwrap();
    let (one, other) = tokio::join!(
        bench.run(&room, "command2", Command::Add(1)),
        bench.run(&room, "command3", Command::Add(1)),
    );
    assert_eq!((one.unwrap_err().code(), other.unwrap_err().code()), ("storage", "storage"));
    assert_eq!(bench.total(&room).await.unwrap_err().code(), "storage", "nor is anything shown");
    bench.platform.database.write(Rename("broken", "log")).await.unwrap();
    assert_eq!(bench.total(&room).await.unwrap(), 5);
    assert_eq!(bench.heard.load(Ordering::SeqCst), 1);
    assert_eq!(bench.run(&room, "command2", Command::Add(1)).await.unwrap(), 3, "it may be sent again");
}

#[tokio::test]
async fn a_forgotten_command_is_found_without_reading_the_log() {
    let bench = Bench::new(Limits { remembered: 2, ..Limits::default() }).await;
    let room = bench.room().await;
    for number in 0..10 {
        bench.run(&room, &format!("command-{number}"), Command::Add(1)).await.unwrap();
    }
    bench.platform.database.write(Spoil).await.unwrap();
    assert_eq!(bench.run(&room, "command-0", Command::Add(1)).await.unwrap(), 2);
    assert_eq!(bench.run(&room, "command-3", Command::Add(0)).await.unwrap(), 5, "also when refused now");
    assert_eq!(bench.run(&room, "command-x", Command::Add(1)).await.unwrap(), 12);
    assert_eq!(bench.total(&room).await.unwrap(), 11);
}

/// Makes the log unreadable, but not its index.
struct Spoil;

impl chorus_platform::database::Write for Spoil {
    type Output = ();

    async fn run(&mut self, db: &mut chorus_platform::database::Connection) -> sqlx::Result<()> {
        sqlx::query("UPDATE log SET body = '?'").execute(db).await?;
        Ok(())
    }
}

struct Rename(&'static str, &'static str);

impl chorus_platform::database::Write for Rename {
    type Output = ();

    async fn run(&mut self, db: &mut chorus_platform::database::Connection) -> sqlx::Result<()> {
        let rename = format!("ALTER TABLE {} RENAME TO {}", self.0, self.1);
        sqlx::raw_sql(sqlx::AssertSqlSafe(rename)).execute(db).await?;
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
