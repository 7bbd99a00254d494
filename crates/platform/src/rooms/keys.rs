//! Capability keys: whoever has one holds its role.

use http::StatusCode;

use super::{Member, Role, RoomId, Rooms};
use crate::database::{Connection, Write};
use crate::identity::GuestId;
use crate::{Error, Result, clock, random};

/// How many keys one room has.
const MOST: i64 = 50;

impl Rooms {
    /// A fresh key for a role, at most 50 for a room. Only its hash is stored: it cannot be shown
    /// again.
    pub async fn create_key(&self, room: RoomId, role: Role) -> Result<String> {
        let key = random::secret()?;
        let token = random::hash(&key);
        if self.database.write(Create { room, role, token }).await? {
            Ok(key)
        } else {
            let message = "This room has as many links as it may. Withdraw them first.";
            Err(Error::refused(StatusCode::CONFLICT, "too_many_keys", message))
        }
    }

    /// Withdraws one key, by the hash it is stored as.
    pub async fn withdraw_key(&self, token: String) -> Result<()> {
        self.database.write(WithdrawOne { token }).await
    }

    /// Withdraws all keys of a room, and the roles held in it by anybody but its owner and `kept`.
    pub async fn withdraw_keys(&self, room: RoomId, kept: GuestId) -> Result<()> {
        self.database.write(WithdrawAll { room, kept }).await
    }

    /// Gives a guest the role of a key; [`Error::InvalidKey`] when it is none of this room's.
    pub async fn claim(&self, room: RoomId, guest: GuestId, key: &str) -> Result<Member> {
        let role: Option<String> =
            sqlx::query_scalar("SELECT role FROM capability_keys WHERE token = $1 AND room = $2")
                .bind(random::hash(key))
                .bind(room.get())
                .fetch_optional(self.database.reader())
                .await?;
        let role = role.as_deref().and_then(Role::parse);
        self.grant(room, guest, role.ok_or(Error::InvalidKey)?).await
    }
}

struct Create {
    room: RoomId,
    role: Role,
    token: String,
}

impl Write for Create {
    /// Whether there was a place for it.
    type Output = bool;

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<bool> {
        let keys: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM capability_keys WHERE room = $1")
            .bind(self.room.get())
            .fetch_one(&mut *db)
            .await?;
        if keys >= MOST {
            return Ok(false);
        }
        sqlx::query("INSERT INTO capability_keys (token, room, role, created) VALUES ($1,$2,$3,$4)")
            .bind(self.token.as_str())
            .bind(self.room.get())
            .bind(self.role.as_str())
            .bind(clock::now())
            .execute(db)
            .await?;
        Ok(true)
    }
}

struct WithdrawOne {
    token: String,
}

impl Write for WithdrawOne {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        let statement = "DELETE FROM capability_keys WHERE token = $1";
        sqlx::query(statement).bind(self.token.as_str()).execute(db).await?;
        Ok(())
    }
}

struct WithdrawAll {
    room: RoomId,
    kept: GuestId,
}

impl Write for WithdrawAll {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        let statement = "DELETE FROM capability_keys WHERE room = $1";
        sqlx::query(statement).bind(self.room.get()).execute(&mut *db).await?;
        sqlx::query(
            "UPDATE members SET role = $1 WHERE room = $2 AND guest <> $3 \
             AND guest <> (SELECT owner FROM rooms WHERE id = $2)",
        )
        .bind(Role::Participant.as_str())
        .bind(self.room.get())
        .bind(self.kept.get())
        .execute(db)
        .await?;
        Ok(())
    }
}
