//! What the server remembers of itself: few, small, by name.

use super::{Connection, Database, Write};
use crate::Result;

impl Database {
    /// What is remembered by a name.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        let value = sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(self.reader())
            .await?;
        Ok(value)
    }

    /// Remembers a value in place of an earlier one.
    pub async fn set_setting(&self, name: &'static str, value: String) -> Result<()> {
        self.write(Set { name, value }).await
    }
}

struct Set {
    name: &'static str,
    value: String,
}

impl Write for Set {
    type Output = ();

    async fn run(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(self.name)
        .bind(self.value.as_str())
        .execute(db)
        .await?;
        Ok(())
    }
}
