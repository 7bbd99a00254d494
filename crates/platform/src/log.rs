//! The log of a room: append-only, numbered from 1, the truth that its state is folded from.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{AssertSqlSafe, Row as _};

use crate::clock::Millis;
use crate::database::{Connection, Database, Write, sql};
use crate::rooms::{MemberId, RoomId};
use crate::{Error, Result, random};

/// A place in a room's log, from 1; 0 is before the first.
pub type Offset = u64;

/// How many entries one query reads.
const PAGE: i64 = 2_000;
/// How many commands one query looks for.
const FOUND: usize = 1_024;
/// The columns of a row.
const COLUMNS: usize = 6;
/// The largest insert has 2 to this power rows.
const LARGEST: u32 = 8;

/// The id a client gave its command: 8 to 64 characters of `A–Z a–z 0–9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommandId(Arc<str>);

impl CommandId {
    /// Reads an id.
    pub fn parse(id: &str) -> Result<Self> {
        let fits = (8..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if fits {
            Ok(Self(id.into()))
        } else {
            Err(Error::invalid("A command needs an id of 8 to 64 letters, digits, _ or -."))
        }
    }

    /// An id for what comes without one, and so is a command of its own each time.
    pub fn random() -> Result<Self> {
        random::secret().map(|id| Self(id.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One entry of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<E> {
    /// Its place.
    pub offset: Offset,
    /// When it was made.
    pub at: Millis,
    /// Whose doing it was; none for the room's own.
    pub member: Option<MemberId>,
    /// The command it came from, if any.
    pub command: Option<CommandId>,
    /// What happened.
    pub event: E,
}

/// An entry as it is stored.
pub type Row = Entry<String>;

/// What a room's row in the table of rooms repeats of its state, so that lists need no fold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The title.
    pub title: String,
    /// From when on it is closed, in the past or ahead.
    pub closed: Option<Millis>,
    /// What else lists show, in the kind's own JSON.
    pub summary: String,
}

impl Header {
    /// What a room's row repeats.
    pub fn new(title: String, closed: Option<Millis>, summary: &impl Serialize) -> Self {
        Self { title, closed, summary: serde_json::to_string(summary).unwrap_or_default() }
    }
}

/// Appends a batch to one room's log, all or nothing.
///
/// It fails with a conflict when an offset is taken or when a member's command is there already.
pub struct Append {
    /// The room.
    pub room: RoomId,
    /// The entries.
    pub rows: Vec<Row>,
    /// The header, when it changed.
    pub header: Option<Header>,
}

impl Write for Append {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        let mut rest = self.rows.as_slice();
        for size in sql::sizes(rest.len(), LARGEST) {
            let (now, later) = rest.split_at(size);
            rest = later;
            insert(db, self.room, now).await?;
        }
        if let Some(header) = &self.header {
            sqlx::query("UPDATE rooms SET title = $1, closed = $2, summary = $3 WHERE id = $4")
                .bind(&header.title)
                .bind(header.closed)
                .bind(&header.summary)
                .bind(self.room.get())
                .execute(db)
                .await?;
        }
        Ok(())
    }
}

/// Reads up to 2,000 entries behind `after`, oldest first.
pub async fn read<E: DeserializeOwned>(
    database: &Database,
    room: RoomId,
    after: Offset,
) -> Result<Vec<Entry<E>>> {
    let rows = sqlx::query(
        "SELECT entry, member, command, at, body FROM log \
         WHERE room = $1 AND entry > $2 ORDER BY entry LIMIT $3",
    )
    .bind(room.get())
    .bind(after.cast_signed())
    .bind(PAGE)
    .fetch_all(database.reader())
    .await?;
    rows.iter().map(|row| entry(room, row)).collect()
}

/// Which of some members' commands have been applied, and the entries they made.
pub async fn find(
    database: &Database,
    room: RoomId,
    commands: &[(MemberId, CommandId)],
) -> Result<Vec<((MemberId, CommandId), Offset)>> {
    let mut found = Vec::new();
    for some in commands.chunks(FOUND) {
        // a cross join keeps SQLite from reading the whole room: it looks for each by the index
        let statement = format!(
            "WITH asked (member, command) AS (VALUES {}) \
             SELECT log.member, log.command, log.entry FROM asked CROSS JOIN log \
             WHERE log.room = $1 AND log.member = asked.member AND log.command = asked.command",
            sql::rows_from(2, some.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(statement)).bind(room.get());
        for (member, command) in some {
            query = query.bind(member.get()).bind(command.as_str());
        }
        for row in query.persistent(false).fetch_all(database.reader()).await? {
            let command: String = row.try_get(1)?;
            let key = (MemberId::from_stored(row.try_get(0)?), CommandId(command.into()));
            found.push((key, row.try_get::<i64, _>(2)?.cast_unsigned()));
        }
    }
    Ok(found)
}

fn entry<E: DeserializeOwned>(room: RoomId, row: &sqlx::any::AnyRow) -> Result<Entry<E>> {
    let offset = row.try_get::<i64, _>(0)?.cast_unsigned();
    let body: &str = row.try_get(4)?;
    let event = serde_json::from_str(body).map_err(|error| {
        tracing::error!(%room, offset, %error, "an entry of the log cannot be read");
        Error::Internal
    })?;
    let command: Option<String> = row.try_get(2)?;
    Ok(Entry {
        offset,
        at: row.try_get(3)?,
        member: row.try_get::<Option<i64>, _>(1)?.map(MemberId::from_stored),
        command: command.map(|id| CommandId(id.into())),
        event,
    })
}

async fn insert(db: &mut Connection, room: RoomId, rows: &[Row]) -> sqlx::Result<()> {
    static STATEMENTS: LazyLock<Vec<Arc<str>>> =
        LazyLock::new(|| (0..=LARGEST).map(|power| statement(1 << power)).collect());
    let statement = STATEMENTS
        .get(rows.len().trailing_zeros() as usize)
        .filter(|_| rows.len().is_power_of_two())
        .cloned()
        .unwrap_or_else(|| statement(rows.len()));
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for row in rows {
        query = query
            .bind(room.get())
            .bind(row.offset.cast_signed())
            .bind(row.member.map(MemberId::get))
            .bind(row.command.as_ref().map(CommandId::as_str))
            .bind(row.at)
            .bind(row.event.as_str());
    }
    query.execute(db).await?;
    Ok(())
}

fn statement(rows: usize) -> Arc<str> {
    let mut text = "INSERT INTO log (room, entry, member, command, at, body) VALUES ".to_owned();
    let _ = write!(text, "{}", sql::rows(rows, COLUMNS));
    text.into()
}
