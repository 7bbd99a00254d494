//! Guests: a person is a random cookie; nobody has to sign in.

mod cookie;
mod session;

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, Row as _};

pub use session::Guest;
pub(crate) use session::session;

use crate::database::{Connection, Database, Write, sql};
use crate::loader::Loader;
use crate::{Result, clock, random};

/// How many guests are remembered between look-ups: about 10 MB at most.
const REMEMBERED: usize = 50_000;

/// A person, across rooms. It is never shown to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GuestId(i64);

impl GuestId {
    /// The id as it is stored.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The id of a stored number.
    pub fn from_stored(id: i64) -> Self {
        Self(id)
    }
}

/// All guests of the server.
pub struct Identity {
    database: Arc<Database>,
    guests: Loader<String, GuestId>,
}

impl Identity {
    /// The guests of a database. Starts its look-up task.
    pub fn new(database: Arc<Database>) -> Self {
        let reading = Arc::clone(&database);
        Self { database, guests: Loader::new(REMEMBERED, move |tokens| load(Arc::clone(&reading), tokens)) }
    }

    /// The guest of a `cookie` header, of a request or of a handshake.
    pub async fn find(&self, cookie: Option<&str>) -> Result<Option<GuestId>> {
        match cookie.and_then(cookie::secret) {
            Some(secret) => self.guests.find(random::hash(secret)).await,
            None => Ok(None),
        }
    }

    /// Makes a guest; the secret goes into the cookie and is known to nobody else.
    pub async fn create(&self) -> Result<(GuestId, String)> {
        let guest = GuestId(random::id()?);
        let secret = random::secret()?;
        let token = random::hash(&secret);
        let create = Create { guest, token: token.clone() };
        self.database.write(create).await?;
        self.guests.learn(token, guest);
        Ok((guest, secret))
    }
}

struct Create {
    guest: GuestId,
    token: String,
}

impl Write for Create {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO guests (id, token, created) VALUES ($1,$2,$3)")
            .bind(self.guest.0)
            .bind(self.token.as_str())
            .bind(clock::now())
            .execute(db)
            .await?;
        Ok(())
    }
}

async fn load(database: Arc<Database>, tokens: Vec<String>) -> Result<HashMap<String, GuestId>> {
    let statement = format!("SELECT token, id FROM guests WHERE token IN ({})", sql::list(1, tokens.len()));
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for token in tokens {
        query = query.bind(token);
    }
    let rows = query.persistent(false).fetch_all(database.reader()).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, GuestId(row.try_get(1)?)))).collect()
}
