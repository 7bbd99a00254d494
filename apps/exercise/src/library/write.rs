//! Writes of scenarios, each wholly or not at all.

use chorus_platform::database::{Connection, Write};
use chorus_platform::identity::GuestId;
use chorus_platform::{Error, Millis, Result};

use super::list::About;
use super::{KEPT, LARGEST, too_large};
use crate::scenario::Scenario;

/// A scenario as it is stored.
pub(super) struct Body {
    title: String,
    summary: String,
    document: String,
}

impl Body {
    pub(super) fn new(scenario: &Scenario) -> Result<Self> {
        let document = serde_json::to_string(scenario).map_err(|_| Error::Internal)?;
        if document.len() > LARGEST {
            return Err(too_large());
        }
        let summary = serde_json::to_string(&About::of(scenario)).map_err(|_| Error::Internal)?;
        Ok(Self { title: scenario.title.clone(), summary, document })
    }
}

pub(super) struct Create {
    pub(super) id: String,
    pub(super) owner: GuestId,
    pub(super) body: Body,
    pub(super) now: Millis,
}

impl Write for Create {
    /// Whether the owner had less than he may.
    type Output = bool;

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<bool> {
        let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM scenarios WHERE owner = $1")
            .bind(self.owner.get())
            .fetch_one(&mut *db)
            .await?;
        if kept >= KEPT {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO scenarios (id, owner, title, version, summary, body, created, changed) \
             VALUES ($1,$2,$3,1,$4,$5,$6,$7)",
        )
        .bind(self.id.as_str())
        .bind(self.owner.get())
        .bind(self.body.title.as_str())
        .bind(self.body.summary.as_str())
        .bind(self.body.document.as_str())
        .bind(self.now)
        .bind(self.now)
        .execute(db)
        .await?;
        Ok(true)
    }
}

pub(super) struct Update {
    pub(super) id: String,
    pub(super) owner: GuestId,
    pub(super) version: u64,
    pub(super) body: Body,
    pub(super) now: Millis,
}

impl Write for Update {
    /// Whether it was this version.
    type Output = bool;

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<bool> {
        let done = sqlx::query(
            "UPDATE scenarios SET title = $1, version = version + 1, summary = $2, body = $3, changed = $4 \
             WHERE id = $5 AND owner = $6 AND version = $7",
        )
        .bind(self.body.title.as_str())
        .bind(self.body.summary.as_str())
        .bind(self.body.document.as_str())
        .bind(self.now)
        .bind(self.id.as_str())
        .bind(self.owner.get())
        .bind(self.version.cast_signed())
        .execute(db)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

pub(super) struct Delete {
    pub(super) id: String,
    pub(super) owner: GuestId,
}

impl Write for Delete {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM scenarios WHERE id = $1 AND owner = $2")
            .bind(self.id.as_str())
            .bind(self.owner.get())
            .execute(db)
            .await?;
        Ok(())
    }
}

pub(super) struct Import {
    pub(super) id: String,
    pub(super) body: Body,
    pub(super) now: Millis,
}

impl Write for Import {
    /// The version; none when somebody's own has this id.
    type Output = Option<u64>;

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<Option<u64>> {
        let version: Option<i64> = sqlx::query_scalar(
            "INSERT INTO scenarios (id, title, version, summary, body, created, changed) \
             VALUES ($1,$2,1,$3,$4,$5,$6) ON CONFLICT (id) DO UPDATE SET title = excluded.title, \
             version = scenarios.version + 1, summary = excluded.summary, body = excluded.body, \
             changed = excluded.changed WHERE scenarios.owner IS NULL RETURNING version",
        )
        .bind(self.id.as_str())
        .bind(self.body.title.as_str())
        .bind(self.body.summary.as_str())
        .bind(self.body.document.as_str())
        .bind(self.now)
        .bind(self.now)
        .fetch_optional(db)
        .await?;
        Ok(version.map(i64::cast_unsigned))
    }
}
