//! Members: what a person is called and may do in one room.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row as _};

use super::{JoinCode, RoomId, Rooms};
use crate::clock;
use crate::database::{Connection, Database, Write, sql};
use crate::identity::GuestId;
use crate::{Error, Result, random};

/// A person's name in one room's log. It says nothing about the person: only the table of
/// members, erased with the room, joins the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MemberId(i64);

impl MemberId {
    /// A name for somebody without a guest: it lives as long as the connection.
    pub fn random() -> Result<Self> {
        random::id().map(Self)
    }

    /// The id as it is stored.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The id of a stored number.
    pub const fn from_stored(id: i64) -> Self {
        Self(id)
    }
}

/// What a person may do in a room; a later one includes all earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// Takes part.
    Participant,
    /// Shows the room to the people in it.
    Projector,
    /// Sees what hosts see, and changes nothing.
    Observer,
    /// Runs it.
    Host,
}

impl Role {
    /// The role's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Projector => "projector",
            Self::Observer => "observer",
            Self::Host => "host",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Participant, Self::Projector, Self::Observer, Self::Host]
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}

/// A person in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The room's name for the person.
    pub id: MemberId,
    /// The highest role held.
    pub role: Role,
}

impl Member {
    pub(super) fn new(role: Role) -> Result<Self> {
        Ok(Self { id: MemberId::random()?, role })
    }
}

impl Rooms {
    /// The member a guest is, if the guest has been in the room or holds a role in it.
    pub async fn member(&self, room: RoomId, guest: GuestId) -> Result<Option<Member>> {
        self.members.find((room, guest)).await
    }

    /// Whether a guest is a member of the room of a code.
    pub(crate) async fn has_member(&self, code: &JoinCode, guest: GuestId) -> Result<bool> {
        let statement = "SELECT COUNT(*) FROM members m JOIN rooms r ON r.id = m.room \
                         WHERE r.code = $1 AND m.guest = $2";
        let found: i64 = sqlx::query_scalar(statement)
            .bind(code.to_string())
            .bind(guest.get())
            .fetch_one(self.database.reader())
            .await?;
        Ok(found > 0)
    }

    /// The member a guest is; a stranger becomes a participant.
    pub async fn join(&self, room: RoomId, guest: GuestId) -> Result<Member> {
        match self.member(room, guest).await? {
            Some(member) => Ok(member),
            None => self.grant(room, guest, Role::Participant).await,
        }
    }

    /// Gives a guest a role, unless the guest holds a higher one; [`Error::UnknownRoom`] when the
    /// room has been erased.
    pub async fn grant(&self, room: RoomId, guest: GuestId, role: Role) -> Result<Member> {
        let member = Member::new(role)?;
        let granted = self.database.write(Grant { room, guest, member });
        granted.await.map_err(|error| if error.is_orphan() { Error::UnknownRoom } else { error })
    }

    /// Gives a member a role, higher or lower than the one held; a key may raise it again.
    pub async fn set_role(&self, room: RoomId, member: MemberId, role: Role) -> Result<()> {
        self.database.write(SetRole { room, member, role }).await
    }

    /// Fails with [`Error::Forbidden`] unless the guest holds the role or a higher one.
    pub async fn require(&self, room: RoomId, guest: GuestId, role: Role) -> Result<Member> {
        let member = self.member(room, guest).await?;
        member.filter(|member| member.role >= role).ok_or(Error::Forbidden)
    }
}

struct Grant {
    room: RoomId,
    guest: GuestId,
    member: Member,
}

impl Write for Grant {
    type Output = Member;

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<Member> {
        if insert(db, self.room, self.guest, self.member).await? {
            return Ok(self.member);
        }
        let row = sqlx::query("SELECT member, role FROM members WHERE room = $1 AND guest = $2")
            .bind(self.room.get())
            .bind(self.guest.get())
            .fetch_one(&mut *db)
            .await?;
        let held = member(&row, 0)?;
        if held.role >= self.member.role {
            return Ok(held);
        }
        sqlx::query("UPDATE members SET role = $1 WHERE room = $2 AND guest = $3")
            .bind(self.member.role.as_str())
            .bind(self.room.get())
            .bind(self.guest.get())
            .execute(db)
            .await?;
        Ok(Member { role: self.member.role, ..held })
    }
}

struct SetRole {
    room: RoomId,
    member: MemberId,
    role: Role,
}

impl Write for SetRole {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        sqlx::query("UPDATE members SET role = $1 WHERE room = $2 AND member = $3")
            .bind(self.role.as_str())
            .bind(self.room.get())
            .bind(self.member.get())
            .execute(db)
            .await?;
        Ok(())
    }
}

/// Whether the guest was a stranger.
pub(super) async fn insert(
    db: &mut Connection,
    room: RoomId,
    guest: GuestId,
    member: Member,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO members (room, guest, member, role, joined) VALUES ($1,$2,$3,$4,$5) \
         ON CONFLICT (room, guest) DO NOTHING",
    )
    .bind(room.get())
    .bind(guest.get())
    .bind(member.id.get())
    .bind(member.role.as_str())
    .bind(clock::now())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// One query per room among the keys: people who come at once nearly always come to one room.
pub(super) async fn load(
    database: Arc<Database>,
    keys: Vec<(RoomId, GuestId)>,
) -> Result<HashMap<(RoomId, GuestId), Member>> {
    let mut rooms: HashMap<RoomId, Vec<GuestId>> = HashMap::new();
    for (room, guest) in keys {
        rooms.entry(room).or_default().push(guest);
    }
    let mut found = HashMap::new();
    for (room, guests) in rooms {
        let statement = format!(
            "SELECT member, role, guest FROM members WHERE room = $1 AND guest IN ({})",
            sql::list(2, guests.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(statement)).bind(room.get());
        for guest in guests {
            query = query.bind(guest.get());
        }
        for row in query.persistent(false).fetch_all(database.reader()).await? {
            let guest = GuestId::from_stored(row.try_get(2)?);
            found.insert((room, guest), member(&row, 0)?);
        }
    }
    Ok(found)
}

fn member(row: &sqlx::any::AnyRow, column: usize) -> sqlx::Result<Member> {
    let role: &str = row.try_get(column + 1)?;
    Ok(Member {
        id: MemberId(row.try_get(column)?),
        role: Role::parse(role).ok_or_else(|| sqlx::Error::Protocol(format!("an unknown role: {role}")))?,
    })
}
