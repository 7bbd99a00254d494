//! Rooms: found by code, joined as a member, held by roles.

mod code;
mod keys;
mod members;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use serde::de::DeserializeOwned;
use sqlx::{AssertSqlSafe, Row as _};

pub use code::JoinCode;
pub use members::{Member, MemberId, Role};

use crate::clock::{self, Millis};
use crate::database::{Connection, Database, Write, sql};
use crate::identity::GuestId;
use crate::loader::Loader;
use crate::{Error, Result, random};

/// How many rooms one guest is host of; more would not be listed.
const HOSTED: i64 = 200;
/// How often a new room looks for a free code.
const ATTEMPTS: usize = 16;

/// A room's id: never shown, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomId(i64);

impl RoomId {
    /// The id as it is stored.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// A room, without its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// What kind it is: `poll`, …
    pub kind: String,
    /// What people type to join.
    pub code: JoinCode,
    /// Who made it.
    pub owner: GuestId,
    /// Its title.
    pub title: String,
    /// What else lists show, in the kind's own JSON.
    pub summary: String,
    /// When it was made.
    pub created: Millis,
    /// From when on it is closed, in the past or ahead.
    pub closed: Option<Millis>,
    /// When it vanishes.
    pub expires: Option<Millis>,
}

impl Room {
    /// Whether it is closed at a time.
    pub fn is_closed(&self, now: Millis) -> bool {
        self.closed.is_some_and(|closed| closed <= now)
    }

    /// What lists show of it; what cannot be read shows nothing.
    pub fn summary<S: DeserializeOwned + Default>(&self) -> S {
        serde_json::from_str(&self.summary).unwrap_or_default()
    }
}

/// A room to be made.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// What kind it is.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// What else lists show.
    pub summary: String,
    /// Who makes it, and holds the role host.
    pub owner: GuestId,
    /// When it vanishes.
    pub expires: Option<Millis>,
    /// The body of the first entry of its log.
    pub first: String,
}

/// All rooms of the server.
pub struct Rooms {
    database: Arc<Database>,
    by_code: Loader<JoinCode, Arc<Room>>,
    members: Loader<(RoomId, GuestId), Member>,
}

impl Rooms {
    /// The rooms of a database. Starts its look-up tasks.
    pub fn new(database: Arc<Database>) -> Self {
        let (rooms, members) = (Arc::clone(&database), Arc::clone(&database));
        Self {
            database,
            by_code: Loader::new(0, move |codes| by_code(Arc::clone(&rooms), codes)),
            members: Loader::new(0, move |keys| members::load(Arc::clone(&members), keys)),
        }
    }

    /// Makes a room with a free code; its maker is its first host, and may be host of 200 at most.
    pub async fn create(&self, new: NewRoom) -> Result<Arc<Room>> {
        let room = Room {
            id: RoomId(random::id()?),
            kind: new.kind.to_owned(),
            code: JoinCode::random()?,
            owner: new.owner,
            title: new.title,
            summary: new.summary,
            created: clock::now(),
            closed: None,
            expires: new.expires,
        };
        let codes = (0..ATTEMPTS).map(|_| JoinCode::random()).collect::<Result<Vec<_>>>()?;
        let host = Member::new(Role::Host)?;
        let create = Create { room, codes, host, first: new.first };
        let created = self.database.write(create).await?;
        created.map(Arc::new).ok_or_else(|| {
            let message = "You have as many rooms as you may. Delete some first.";
            Error::refused(StatusCode::CONFLICT, "too_many_rooms", message)
        })
    }

    /// The room of a code, unless it has expired.
    pub async fn find(&self, code: &JoinCode) -> Result<Arc<Room>> {
        let room = self.by_code.find(*code).await?;
        room.filter(|room| room.expires.is_none_or(|expires| expires > clock::now()))
            .ok_or(Error::UnknownRoom)
    }

    /// The rooms of a kind in which a guest is host, newest first, at most 200.
    pub async fn hosted(&self, kind: &str, guest: GuestId) -> Result<Vec<Room>> {
        let rows = sqlx::query(
            "SELECT r.id, r.kind, r.code, r.owner, r.title, r.summary, r.created, r.closed, r.expires \
             FROM members m JOIN rooms r ON r.id = m.room \
             WHERE m.guest = $1 AND m.role = 'host' AND r.kind = $2 \
             AND (r.expires IS NULL OR r.expires > $3) ORDER BY r.created DESC LIMIT $4",
        )
        .bind(guest.get())
        .bind(kind)
        .bind(clock::now())
        .bind(HOSTED)
        .fetch_all(self.database.reader())
        .await?;
        rows.iter().map(room).collect()
    }

    /// All rooms of a kind that are not closed.
    pub async fn open(&self, kind: &str) -> Result<Vec<Room>> {
        let rows = sqlx::query(
            "SELECT id, kind, code, owner, title, summary, created, closed, expires FROM rooms \
             WHERE kind = $1 AND closed IS NULL AND (expires IS NULL OR expires > $2)",
        )
        .bind(kind)
        .bind(clock::now())
        .fetch_all(self.database.reader())
        .await?;
        rows.iter().map(room).collect()
    }

    /// The rooms of a kind whose time is over, at most 100: they have expired, or nothing has
    /// happened in them since `quiet_since`.
    pub async fn expired(&self, kind: &str, quiet_since: Option<Millis>) -> Result<Vec<Room>> {
        let rows = sqlx::query(
            "SELECT id, kind, code, owner, title, summary, created, closed, expires FROM rooms \
             WHERE kind = $3 AND (expires <= $1 OR ($2 >= 0 AND $2 >= \
             (SELECT at FROM log WHERE room = rooms.id ORDER BY entry DESC LIMIT 1))) LIMIT 100",
        )
        .bind(clock::now())
        .bind(quiet_since.unwrap_or(-1))
        .bind(kind)
        .fetch_all(self.database.reader())
        .await?;
        rows.iter().map(room).collect()
    }

    /// Erases a room with its log, members and keys. A live one is erased through its task
    /// instead: see [`Live::erase`](crate::live::Live::erase).
    pub(crate) async fn erase(database: &Database, room: RoomId) -> Result<()> {
        database.write(Erase(room)).await
    }
}

struct Create {
    room: Room,
    codes: Vec<JoinCode>,
    host: Member,
    first: String,
}

impl Write for Create {
    /// None when its maker is host of too many.
    type Output = Option<Room>;

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<Option<Room>> {
        let hosted: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM members WHERE guest = $1 AND role = 'host'")
                .bind(self.room.owner.get())
                .fetch_one(&mut *db)
                .await?;
        if hosted >= HOSTED {
            return Ok(None);
        }
        for code in &self.codes {
            self.room.code = *code;
            if insert(db, &self.room).await? {
                members::insert(db, self.room.id, self.room.owner, self.host).await?;
                sqlx::query("INSERT INTO log (room, entry, member, at, body) VALUES ($1,1,$2,$3,$4)")
                    .bind(self.room.id.get())
                    .bind(self.host.id.get())
                    .bind(self.room.created)
                    .bind(self.first.as_str())
                    .execute(db)
                    .await?;
                return Ok(Some(self.room.clone()));
            }
        }
        Err(sqlx::Error::Protocol("no free join code was found".into()))
    }
}

struct Erase(RoomId);

impl Write for Erase {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM rooms WHERE id = $1").bind(self.0.get()).execute(db).await?;
        Ok(())
    }
}

/// Whether its code was free.
async fn insert(db: &mut Connection, room: &Room) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO rooms (id, kind, code, owner, title, summary, created, closed, expires) \
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) ON CONFLICT (code) DO NOTHING",
    )
    .bind(room.id.get())
    .bind(room.kind.as_str())
    .bind(room.code.to_string())
    .bind(room.owner.get())
    .bind(room.title.as_str())
    .bind(room.summary.as_str())
    .bind(room.created)
    .bind(room.closed)
    .bind(room.expires)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn by_code(database: Arc<Database>, codes: Vec<JoinCode>) -> Result<HashMap<JoinCode, Arc<Room>>> {
    let mut codes: Vec<_> = codes.into_iter().collect();
    codes.sort_unstable();
    codes.dedup();
    let statement = format!(
        "SELECT id, kind, code, owner, title, summary, created, closed, expires FROM rooms \
         WHERE code IN ({})",
        sql::list(1, codes.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for code in codes {
        query = query.bind(code.to_string());
    }
    let rows = query.persistent(false).fetch_all(database.reader()).await?;
    rows.iter().map(|row| room(row).map(|room| (room.code, Arc::new(room)))).collect()
}

fn room(row: &sqlx::any::AnyRow) -> Result<Room> {
    Ok(Room {
        id: RoomId(row.try_get(0)?),
        kind: row.try_get(1)?,
        code: JoinCode::parse(row.try_get(2)?)?,
        owner: GuestId::from_stored(row.try_get(3)?),
        title: row.try_get(4)?,
        summary: row.try_get(5)?,
        created: row.try_get(6)?,
        closed: row.try_get(7)?,
        expires: row.try_get(8)?,
    })
}
