//! One `SQLite` file, one writer, a few readers.
//!
//! **Any, not Sqlite.** Everything goes through [`sqlx::Any`]: which database it is, is decided by
//! the address it is opened with, so `PostgreSQL` can join with a feature and an address, under the
//! same SQL and tests. What it costs was read in sqlx 0.9's source: every text is copied once more
//! on its way, only integers, floats, text and bytes are known, a query builder would write `?` in
//! place of `$1`, and a bound `Arc<str>` panics in the `SQLite` driver. So SQL here is written with
//! `$1`, by hand or by [`sql`], and binds only `i64`, `&str`, `String` and their options.
//!
//! **Durable.** The file is in WAL mode with `synchronous=FULL`: a commit returns when the log is
//! on the disk, also across a power loss. That is one `fsync` per commit, shared by all that waits
//! (see [`Write`]). Measured on a busy virtual 2-core machine with ext4: 0.9 ms for a command
//! alone, 24 µs each for 20,000 at once, 2.4 µs per entry to read them again; `bench/run` measures
//! votes through the whole server.
//!
//! **One process.** A lock file keeps a second server off the same folder: rooms are held in
//! memory, and two servers would each believe their own.

mod settings;
pub mod sql;
mod writer;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;
use tokio::task::JoinHandle;

pub use sqlx::AnyConnection as Connection;
pub use sqlx::migrate::Migrator as Migrations;
pub use writer::Write;

use crate::{Error, Result};
use writer::Writer;

/// How many queries may read at the same time.
const READERS: u32 = 4;

/// Said to every `SQLite` connection when it is made.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON; \
    PRAGMA cache_size = -16000";

/// What every kind of room shares; numbers below 100.
static MIGRATIONS: Migrations = sqlx::migrate!("./migrations");

/// The database of one server.
pub struct Database {
    readers: AnyPool,
    writing: AnyPool,
    writer: Writer,
    held: Mutex<Option<Held>>,
}

/// Why the database could not be opened, in words for the operator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("the data folder {} cannot be written: {source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Another server has the folder.
    #[error("the data folder {} is in use by another server", .0.display())]
    InUse(PathBuf),
    /// The file is not a database, or of a later version.
    #[error("the database {} cannot be opened: {source}", file.display())]
    Database {
        /// The file.
        file: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
}

impl Database {
    /// Opens `chorus.db` in a folder; makes both when they are not there.
    ///
    /// Kinds of rooms that have tables of their own bring the migrations that make them. Every
    /// opening must bring those that any earlier one has brought: a folder with others is one of a
    /// later version, and is refused.
    pub async fn open(folder: &Path, kinds: &[&Migrations]) -> Result<Self, OpenError> {
        let lock = lock(folder)?;
        let file = folder.join("chorus.db");
        let opened = Self::connect(&file, &merged(kinds), lock).await;
        opened.map_err(|source| OpenError::Database { file, source })
    }

    async fn connect(file: &Path, migrations: &Migrations, lock: File) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let address = address(file);
        let writing = pool(1).connect(&address).await?;
        migrations.run(&writing).await?;
        let readers = pool(READERS).connect(&address).await?;
        let (writer, task) = Writer::start(writing.clone());
        Ok(Self { readers, writing, writer, held: Mutex::new(Some(Held { task, _lock: lock })) })
    }

    /// Connections to read with.
    pub fn reader(&self) -> &AnyPool {
        &self.readers
    }

    /// Does a write, together with all others that wait, and returns when it is on disk.
    ///
    /// Dropping the future does not take the write back.
    pub async fn write<W: Write>(&self, write: W) -> Result<W::Output> {
        self.writer.write(write).await
    }

    /// Whether the database answers.
    pub async fn is_alive(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Finishes the writes that wait and closes the file. Later writes are refused.
    pub async fn close(&self) {
        self.writer.close();
        let held = self.held.lock().take();
        if let Some(Held { task, _lock }) = held {
            let _ = task.await;
            self.readers.close().await;
            self.writing.close().await;
        }
    }
}

/// What is given up when the database closes: the writer's task and the lock on the folder.
struct Held {
    task: JoinHandle<()>,
    _lock: File,
}

/// The platform's migrations and those of the kinds of rooms as one list, by number.
fn merged(kinds: &[&Migrations]) -> Migrations {
    let all = std::iter::once(&MIGRATIONS).chain(kinds.iter().copied());
    Migrations::with_migrations(all.flat_map(|migrations| migrations.iter().cloned()).collect())
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let failed = |source| OpenError::Folder { folder: folder.to_owned(), source };
    make(folder).map_err(failed)?;
    let mut options = File::options();
    let file = options.create(true).append(true);
    let file = file.open(folder.join("chorus.lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Makes the folder, if it is not there, for nobody else to read.
fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// The file as an address; what has a meaning in addresses is escaped.
fn address(file: &Path) -> String {
    let path = file.to_string_lossy();
    let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{path}?mode=rwc")
}

fn pool(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .min_connections(1)
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(PRAGMAS).execute(connection).await?;
                Ok(())
            })
        })
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        tracing::error!(%error, "the database is not open");
        Self::Internal
    }
}
