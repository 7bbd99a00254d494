//! Who played where: what a client's private id is good for when its session is gone.
//!
//! Today's public client does not join its game again after its line broke. While the server runs,
//! connection state recovery brings it back; after a restart, or after more than some minutes, this
//! table does.

use std::sync::Arc;

use chorus_platform::database::{Connection, Write};
use chorus_platform::rooms::RoomId;
use chorus_platform::{Millis, Platform, Result, clock, random};
use sqlx::Row as _;

use super::names::{self, Named};
use super::shape::Shape;

/// How many are kept, at most.
const MOST: i64 = 10_000;
/// How many are forgotten when there are more, the oldest first.
const SOME: i64 = 1_000;
/// For how long one is kept: a week.
const KEPT: Millis = 7 * 24 * 60 * 60 * 1000;

/// Where somebody played who comes back.
pub(super) async fn find(platform: &Platform, pid: &str) -> Result<Option<(Arc<Named>, Shape)>> {
    let row = sqlx::query(
        "SELECT g.name, g.member, r.code, s.shape FROM classic_sessions s \
         JOIN classic_games g ON g.room = s.room JOIN rooms r ON r.id = s.room \
         WHERE s.pid = $1 AND s.seen > $2",
    )
    .bind(random::hash(pid))
    .bind(clock::now() - KEPT)
    .fetch_optional(platform.database.reader())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let game = names::load(platform, row.try_get(0)?, row.try_get(1)?, row.try_get(2)?).await?;
    Ok(game.zip(Shape::parse(row.try_get(3)?)))
}

/// Notes where somebody plays.
pub(super) struct Keep {
    pid: String,
    room: RoomId,
    shape: Shape,
    /// The id that the same client had before.
    before: Option<String>,
}

impl Keep {
    pub(super) fn new(pid: &str, room: RoomId, shape: Shape, before: Option<&str>) -> Self {
        Self { pid: random::hash(pid), room, shape, before: before.map(random::hash) }
    }
}

impl Write for Keep {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        let now = clock::now();
        if let Some(before) = &self.before {
            forget(db, before).await?;
        }
        make_place(db, now).await?;
        sqlx::query(
            "INSERT INTO classic_sessions (pid, room, shape, seen) VALUES ($1,$2,$3,$4) \
             ON CONFLICT (pid) DO UPDATE SET room = excluded.room, shape = excluded.shape, \
             seen = excluded.seen",
        )
        .bind(self.pid.as_str())
        .bind(self.room.get())
        .bind(self.shape.as_str())
        .bind(now)
        .execute(db)
        .await?;
        Ok(())
    }
}

/// Somebody has left for good.
pub(super) struct Forget(String);

impl Forget {
    pub(super) fn new(pid: &str) -> Self {
        Self(random::hash(pid))
    }
}

impl Write for Forget {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        forget(db, &self.0).await
    }
}

async fn forget(db: &mut Connection, hash: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM classic_sessions WHERE pid = $1").bind(hash).execute(db).await?;
    Ok(())
}

/// Forgets those that are too old, and the oldest when there are too many.
async fn make_place(db: &mut Connection, now: Millis) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM classic_sessions WHERE seen <= $1").bind(now - KEPT).execute(&mut *db).await?;
    let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM classic_sessions").fetch_one(&mut *db).await?;
    if kept >= MOST {
        sqlx::query(
            "DELETE FROM classic_sessions WHERE pid IN \
             (SELECT pid FROM classic_sessions ORDER BY seen LIMIT $1)",
        )
        .bind(SOME)
        .execute(db)
        .await?;
    }
    Ok(())
}
