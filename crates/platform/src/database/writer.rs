//! Group commit: one task owns the writing connection and commits all that waits at once.
//!
//! A batch runs in one transaction. When it fails, it is rolled back and each write is done again
//! in a transaction of its own, so that one room's broken constraint does not touch the others.

use std::future::Future;

use futures_util::future::BoxFuture;
use sqlx::AnyPool;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::Connection;
use crate::{Error, Result};

/// The most writes in one transaction.
const BATCH: usize = 512;
/// How many writes may wait; more wait to wait.
const QUEUE: usize = 4096;

/// One piece of writing, done wholly or not at all.
pub trait Write: Send + 'static {
    /// What comes of it.
    type Output: Send + 'static;

    /// Does it. May be called again after a failed transaction, so it must not use itself up.
    fn run(&mut self, db: &mut Connection) -> impl Future<Output = sqlx::Result<Self::Output>> + Send;
}

pub(super) struct Writer {
    jobs: parking_lot::Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
}

impl Writer {
    pub(super) fn start(pool: AnyPool) -> (Self, JoinHandle<()>) {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let jobs = parking_lot::Mutex::new(Some(jobs));
        (Self { jobs }, tokio::spawn(serve(pool, waiting)))
    }

    pub(super) async fn write<W: Write>(&self, write: W) -> Result<W::Output> {
        let (reply, replied) = oneshot::channel();
        let job = Box::new(Pending { write, output: None, reply });
        let jobs = self.jobs.lock().clone().ok_or_else(closed)?;
        jobs.send(job).await.map_err(|_| closed())?;
        drop(jobs);
        replied.await.map_err(|_| closed())?
    }

    /// The task ends when what waits is written.
    pub(super) fn close(&self) {
        self.jobs.lock().take();
    }
}

/// A write without its type.
trait Job: Send {
    fn run<'a>(&'a mut self, db: &'a mut Connection) -> BoxFuture<'a, sqlx::Result<()>>;
    fn answer(self: Box<Self>, result: Result<()>);
}

struct Pending<W: Write> {
    write: W,
    output: Option<W::Output>,
    reply: oneshot::Sender<Result<W::Output>>,
}

impl<W: Write> Job for Pending<W> {
    fn run<'a>(&'a mut self, db: &'a mut Connection) -> BoxFuture<'a, sqlx::Result<()>> {
        Box::pin(async move {
            self.output = Some(self.write.run(db).await?);
            Ok(())
        })
    }

    fn answer(self: Box<Self>, result: Result<()>) {
        let Self { output, reply, .. } = *self;
        let _ = reply.send(result.and_then(|()| output.ok_or(Error::Internal)));
    }
}

async fn serve(pool: AnyPool, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let whole = transaction(&pool, &mut batch).await;
        let alone = batch.len() == 1;
        for mut job in batch.drain(..) {
            let result = match &whole {
                Ok(()) => Ok(()),
                Err(error) if alone => Err(error.clone()),
                Err(_) => transaction(&pool, std::slice::from_mut(&mut job)).await,
            };
            job.answer(result);
        }
    }
}

async fn transaction(pool: &AnyPool, jobs: &mut [Box<dyn Job>]) -> Result<()> {
    let mut transaction = pool.begin().await?;
    for job in jobs {
        job.run(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn closed() -> Error {
    Error::Storage(std::sync::Arc::new(sqlx::Error::PoolClosed))
}
