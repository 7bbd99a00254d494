//! The names of games.

use std::sync::Arc;

use chorus_platform::database::{Connection, Write};
use chorus_platform::rooms::{JoinCode, MemberId, Room, RoomId};
use chorus_platform::{Error, Platform, Result, clock};
use sqlx::Row as _;

/// The longest name, in characters.
pub(super) const MAX_NAME: usize = 255;

/// A game of classic clients: an exercise that they find by a name.
#[derive(Debug)]
pub(crate) struct Named {
    pub(super) name: Arc<str>,
    pub(super) room: Arc<Room>,
    /// As whom all of them act: they do not say who they are.
    pub(super) member: MemberId,
}

/// Why a text is no name.
pub(super) fn fault(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("A game needs an id.")
    } else if name.chars().count() > MAX_NAME {
        Some("A game id has 255 characters at most.")
    } else if name.chars().any(char::is_control) {
        Some("A game id has letters, digits and signs only.")
    } else {
        None
    }
}

/// The game of a name.
pub(super) async fn find(platform: &Platform, name: &str) -> Result<Option<Arc<Named>>> {
    let row = sqlx::query(
        "SELECT g.member, r.code FROM classic_games g JOIN rooms r ON r.id = g.room WHERE g.name = $1",
    )
    .bind(name)
    .fetch_optional(platform.database.reader())
    .await?;
    match row {
        Some(row) => load(platform, name, row.try_get(0)?, row.try_get(1)?).await,
        None => Ok(None),
    }
}

/// The name of a room, if it has one.
pub(super) async fn of_room(platform: &Platform, room: RoomId) -> Result<Option<String>> {
    let name = sqlx::query_scalar("SELECT name FROM classic_games WHERE room = $1")
        .bind(room.get())
        .fetch_optional(platform.database.reader())
        .await?;
    Ok(name)
}

pub(super) async fn load(
    platform: &Platform,
    name: &str,
    member: i64,
    code: &str,
) -> Result<Option<Arc<Named>>> {
    match platform.rooms.find(&JoinCode::parse(code)?).await {
        Ok(room) => {
            let member = MemberId::from_stored(member);
            Ok(Some(Arc::new(Named { name: name.into(), room, member })))
        }
        // erased meanwhile
        Err(Error::UnknownRoom) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives a room a name in place of the one it has, unless another room has it.
pub(super) struct Claim {
    pub(super) name: String,
    pub(super) room: RoomId,
    pub(super) member: MemberId,
}

impl Write for Claim {
    /// Whether it has the name now.
    type Output = bool;

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<bool> {
        let holder: Option<i64> = sqlx::query_scalar("SELECT room FROM classic_games WHERE name = $1")
            .bind(self.name.as_str())
            .fetch_optional(&mut *db)
            .await?;
        if let Some(holder) = holder {
            return Ok(holder == self.room.get());
        }
        sqlx::query("DELETE FROM classic_games WHERE room = $1")
            .bind(self.room.get())
            .execute(&mut *db)
            .await?;
        sqlx::query("INSERT INTO classic_games (name, room, member, opened) VALUES ($1,$2,$3,$4)")
            .bind(self.name.as_str())
            .bind(self.room.get())
            .bind(self.member.get())
            .bind(clock::now())
            .execute(db)
            .await?;
        Ok(true)
    }
}

/// Takes a room's name away.
pub(super) struct Release(pub(super) RoomId);

impl Write for Release {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM classic_games WHERE room = $1").bind(self.0.get()).execute(db).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_text_of_some_characters() {
        assert_eq!(fault("table 7 / Zürich"), None);
        assert_eq!(fault(&"ü".repeat(MAX_NAME)), None);
        for name in [String::new(), " ".to_owned(), "a".repeat(MAX_NAME + 1), "a\0b".to_owned()] {
            assert!(fault(&name).is_some(), "{name:?}");
        }
    }
}
