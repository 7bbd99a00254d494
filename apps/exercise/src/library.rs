//! The stored scenarios: the shipped ones, those of everybody on this server, everybody's own.
//!
//! Games hold a copy of their scenario, so that nothing here touches a game.

mod list;
mod routes;
mod shipped;
mod wire;
mod write;

use std::sync::Arc;

use chorus_platform::database::{Database, Migrations};
use chorus_platform::identity::GuestId;
use chorus_platform::{Error, Millis, Result, clock, random};
use http::StatusCode;
use sqlx::Row as _;

pub use list::{Counts, Listed, Origin};

use crate::scenario::{Document, Scenario};
use write::{Body, Create, Delete, Import, Update};

/// The tables of stored scenarios, to be brought to [`Database::open`].
pub static MIGRATIONS: Migrations = sqlx::migrate!("./migrations");

/// How many scenarios one guest keeps.
const KEPT: i64 = 100;
/// How many scenarios of a server are listed.
const SHARED: i64 = 500;
/// The largest scenario, as JSON in bytes.
const LARGEST: usize = 2_000_000;

/// All stored scenarios. Cheap to clone.
#[derive(Clone)]
pub struct Library {
    database: Arc<Database>,
}

/// A stored scenario.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub from: Origin,
    /// Its version, from 1.
    pub version: u64,
    /// When it was changed last; none for a shipped one.
    pub changed: Option<Millis>,
    /// The scenario.
    pub scenario: Arc<Scenario>,
}

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// The version, 1 when there was none of its name.
    pub version: u64,
}

impl Library {
    /// The scenarios of a database that was opened with [`MIGRATIONS`].
    pub fn new(database: Arc<Database>) -> Self {
        Self { database }
    }

    /// What somebody may use: the shipped ones, those of the server, his own with the last changed
    /// first.
    pub async fn list(&self, guest: Option<GuestId>) -> Result<Vec<Listed>> {
        let rows = sqlx::query(
            "SELECT id, owner, version, changed, summary FROM scenarios \
             WHERE owner IS NULL OR owner = $1 ORDER BY changed DESC, id LIMIT $2",
        )
        .bind(guest.map(GuestId::get))
        .bind(KEPT + SHARED)
        .fetch_all(self.database.reader())
        .await?;
        let mut list: Vec<_> = shipped::all().iter().map(Listed::of).collect();
        for row in &rows {
            list.push(list::listed(row)?);
        }
        // what was changed last stays first within each
        list.sort_by_key(|listed| listed.from);
        Ok(list)
    }

    /// A scenario that somebody may use; fails with `unknown_scenario`.
    pub async fn find(&self, id: &str, guest: Option<GuestId>) -> Result<Stored> {
        if let Some(shipped) = shipped::find(id) {
            return Ok(shipped.clone());
        }
        let row = sqlx::query(
            "SELECT owner, version, changed, body FROM scenarios \
             WHERE id = $1 AND (owner IS NULL OR owner = $2)",
        )
        .bind(id)
        .bind(guest.map(GuestId::get))
        .fetch_optional(self.database.reader())
        .await?
        .ok_or_else(unknown)?;
        let body: &str = row.try_get(3)?;
        let document: Document = serde_json::from_str(body).map_err(|error| {
            tracing::error!(id, %error, "a stored scenario cannot be read");
            Error::Internal
        })?;
        Ok(Stored {
            id: id.to_owned(),
            from: Origin::of_owner(row.try_get(0)?),
            version: row.try_get::<i64, _>(1)?.cast_unsigned(),
            changed: Some(row.try_get(2)?),
            scenario: Arc::new(Scenario::stored(document)),
        })
    }

    /// Keeps a new scenario; fails with `too_many_scenarios` and `too_large`.
    pub async fn create(&self, owner: GuestId, scenario: &Scenario) -> Result<String> {
        let id = format!("{:016x}", random::id()?);
        let create = Create { id: id.clone(), owner, body: Body::new(scenario)?, now: clock::now() };
        if self.database.write(create).await? { Ok(id) } else { Err(too_many()) }
    }

    /// Puts a scenario in the place of the version that somebody has; fails with `changed` when it
    /// is not the present one. The answer is the new version.
    pub async fn update(&self, id: &str, guest: GuestId, version: u64, scenario: &Scenario) -> Result<u64> {
        self.require_own(id, guest).await?;
        let body = Body::new(scenario)?;
        let update = Update { id: id.to_owned(), owner: guest, version, body, now: clock::now() };
        if self.database.write(update).await? { Ok(version + 1) } else { Err(changed()) }
    }

    /// Deletes somebody's own scenario.
    pub async fn delete(&self, id: &str, guest: GuestId) -> Result<()> {
        self.require_own(id, guest).await?;
        self.database.write(Delete { id: id.to_owned(), owner: guest }).await
    }

    /// Keeps a scenario for everybody on this server, in place of an earlier one of that name.
    ///
    /// A name is 1 to 64 letters, digits, `_` or `-`, and not that of a shipped one.
    pub async fn import(&self, name: &str, scenario: &Scenario) -> Result<Imported> {
        check_name(name)?;
        let import = Import { id: name.to_owned(), body: Body::new(scenario)?, now: clock::now() };
        let version = self.database.write(import).await?.ok_or_else(taken)?;
        Ok(Imported { version })
    }

    async fn require_own(&self, id: &str, guest: GuestId) -> Result<()> {
        match self.find(id, Some(guest)).await?.from {
            Origin::Mine => Ok(()),
            Origin::Chorus | Origin::Server => Err(read_only()),
        }
    }
}

/// The scenario of this id that comes with Chorus.
pub fn shipped(id: &str) -> Option<Arc<Scenario>> {
    shipped::find(id).map(|stored| Arc::clone(&stored.scenario))
}

/// Whether a scenario may be imported by a name.
pub fn check_name(name: &str) -> Result<()> {
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !fits {
        return Err(Error::invalid("A name has 1 to 64 letters, digits, _ or -."));
    }
    if shipped::find(name).is_some() { Err(taken()) } else { Ok(()) }
}

fn unknown() -> Error {
    Error::refused(StatusCode::NOT_FOUND, "unknown_scenario", "There is no scenario with this name.")
}

fn read_only() -> Error {
    let message = "This scenario cannot be changed. Make a copy of it and change that.";
    Error::refused(StatusCode::FORBIDDEN, "read_only", message)
}

fn changed() -> Error {
    Error::refused(StatusCode::CONFLICT, "changed", "This scenario was changed elsewhere in the meantime.")
}

fn too_many() -> Error {
    let message = "You have as many scenarios as you may. Delete some first.";
    Error::refused(StatusCode::CONFLICT, "too_many_scenarios", message)
}

fn too_large() -> Error {
    Error::refused(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "This scenario is larger than 2 MB.")
}

fn taken() -> Error {
    Error::refused(StatusCode::CONFLICT, "taken", "This name is taken by another scenario.")
}
