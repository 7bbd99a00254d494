//! Look-ups in batches: what is asked for while one query runs goes out with the next.
//!
//! 5,000 phones that come back at once ask for 5,000 guests; they become some twenty queries.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use crate::{Error, Result};

/// The most keys in one query.
const BATCH: usize = 256;
/// How many may wait for a query; more wait to wait.
const QUEUE: usize = 4096;

type Waiting<K, V> = (K, oneshot::Sender<Result<Option<V>>>);
type Fetch<K, V> = Box<dyn Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>>> + Send + Sync>;

/// Look-ups of one kind. Its task ends when the loader is dropped.
pub(crate) struct Loader<K, V> {
    asks: mpsc::Sender<Waiting<K, V>>,
    known: Mutex<Recent<K, V>>,
}

impl<K, V> Loader<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A loader that remembers at least the last `remember` values it found (0 for none).
    pub(crate) fn new<F>(remember: usize, fetch: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>>> + Send + 'static,
    {
        let (asks, waiting) = mpsc::channel(QUEUE);
        let fetch: Fetch<K, V> = Box::new(move |keys| Box::pin(fetch(keys)));
        tokio::spawn(serve(waiting, fetch));
        Self { asks, known: Mutex::new(Recent::new(remember)) }
    }

    /// The value of a key, if there is one.
    pub(crate) async fn find(&self, key: K) -> Result<Option<V>> {
        if let Some(value) = self.known.lock().find(&key) {
            return Ok(Some(value.clone()));
        }
        let (answer, answered) = oneshot::channel();
        let asked = self.asks.send((key.clone(), answer)).await;
        asked.map_err(|_| Error::Internal)?;
        let found = answered.await.map_err(|_| Error::Internal)??;
        if let Some(value) = &found {
            self.known.lock().insert(key, value.clone());
        }
        Ok(found)
    }

    /// Remembers a value that was just stored.
    pub(crate) fn learn(&self, key: K, value: V) {
        self.known.lock().insert(key, value);
    }
}

async fn serve<K, V>(mut waiting: mpsc::Receiver<Waiting<K, V>>, fetch: Fetch<K, V>)
where
    K: Hash + Eq + Clone,
    V: Clone,
{
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let keys = batch.iter().map(|(key, _)| key.clone()).collect();
        let found = fetch(keys).await;
        for (key, answer) in batch.drain(..) {
            let _ = answer.send(match &found {
                Ok(values) => Ok(values.get(&key).cloned()),
                Err(error) => Err(error.clone()),
            });
        }
    }
}

/// A bounded memory in two generations: when the young one is full, the old one is forgotten.
pub(crate) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    size: usize,
    forgot: bool,
}

impl<K: Hash + Eq, V> Recent<K, V> {
    pub(crate) fn new(size: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), size, forgot: false }
    }

    pub(crate) fn find(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.size == 0 {
            return;
        }
        if self.young.len() >= self.size {
            self.forgot |= !self.old.is_empty();
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    /// Whether everything that was ever inserted is still here.
    pub(crate) fn is_complete(&self) -> bool {
        !self.forgot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_memory_forgets_the_oldest_generation() {
        let mut recent = Recent::new(2);
        for n in 0..4 {
            recent.insert(n, n);
        }
        assert!(recent.is_complete());
        recent.insert(4, 4);
        assert!(!recent.is_complete());
        assert_eq!(recent.find(&0), None);
        assert_eq!(recent.find(&2), Some(&2));
        assert_eq!(recent.find(&4), Some(&4));
    }
}
