//! Capability keys: whoever has one holds its role.

use super::{Member, Role, RoomId, Rooms};
use crate::database::{Connection, Write};
use crate::identity::GuestId;
use crate::{Error, Result, clock, random};

impl Rooms {
    /// A fresh key for a role. Only its hash is stored: it cannot be shown again.
    pub async fn create_key(&self, room: RoomId, role: Role) -> Result<String> {
        let key = random::secret()?;
        let token = random::hash(&key);
        self.database.write(Create { room, role, token }).await?;
        Ok(key)
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
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO capability_keys (token, room, role, created) VALUES ($1,$2,$3,$4)")
            .bind(self.token.as_str())
            .bind(self.room.get())
            .bind(self.role.as_str())
            .bind(clock::now())
            .execute(db)
            .await?;
        Ok(())
    }
}
