//! Limits on what can be tried again and again.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::identity::GuestId;
use crate::{Error, Result};

/// How many are watched at the same time; when there are more, the fullest are forgotten.
const WATCHED: usize = 20_000;

/// A token bucket per key: `burst` failures at once, then one per `refill`.
#[derive(Debug)]
pub struct Bucket<K> {
    burst: f64,
    refill: Duration,
    spent: Mutex<HashMap<K, (f64, Instant)>>,
}

impl<K: Hash + Eq> Bucket<K> {
    /// A bucket that allows `burst` at once and one more per `refill`.
    pub fn new(burst: u32, refill: Duration) -> Self {
        Self { burst: f64::from(burst), refill, spent: Mutex::new(HashMap::new()) }
    }

    /// Whether a key has anything left.
    pub fn has_left(&self, key: &K, now: Instant) -> bool {
        let spent = self.spent.lock();
        spent.get(key).is_none_or(|spent| self.still(*spent, now) + 1.0 <= self.burst)
    }

    /// Takes one from a key.
    pub fn spend(&self, key: K, now: Instant) {
        let mut spent = self.spent.lock();
        if spent.len() >= WATCHED && !spent.contains_key(&key) {
            spent.retain(|_, entry| self.still(*entry, now) > self.burst / 2.0);
            if spent.len() >= WATCHED {
                spent.clear();
            }
        }
        let entry = spent.entry(key).or_insert((0.0, now));
        *entry = ((self.still(*entry, now) + 1.0).min(self.burst), now);
    }

    fn still(&self, (spent, since): (f64, Instant), now: Instant) -> f64 {
        let back = now.saturating_duration_since(since).as_secs_f64() / self.refill.as_secs_f64();
        (spent - back).max(0.0)
    }
}

/// Failed look-ups of join codes.
///
/// Only failures count, and they count for the guest: a hall full of phones behind one address
/// shares nothing but a far wider limit, there against those who make a guest per guess. At ten
/// guesses a second, one of 1,000 rooms is found once a day.
#[derive(Debug)]
pub struct Lookups {
    guests: Bucket<GuestId>,
    addresses: Bucket<Option<IpAddr>>,
}

impl Default for Lookups {
    fn default() -> Self {
        Self {
            guests: Bucket::new(20, Duration::from_secs(3)),
            addresses: Bucket::new(1_000, Duration::from_millis(100)),
        }
    }
}

impl Lookups {
    /// Does a look-up, unless too many have failed; an unknown room counts as a failure.
    pub async fn limit<T>(
        &self,
        guest: Option<GuestId>,
        address: Option<IpAddr>,
        lookup: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let now = Instant::now();
        let guest_left = guest.is_none_or(|guest| self.guests.has_left(&guest, now));
        if !guest_left || !self.addresses.has_left(&address, now) {
            return Err(Error::TooManyAttempts);
        }
        let found = lookup.await;
        if matches!(found, Err(Error::UnknownRoom)) {
            if let Some(guest) = guest {
                self.guests.spend(guest, now);
            }
            self.addresses.spend(address, now);
        }
        found
    }
}

/// New guests. Each is a row for good, so that one address makes at most a million a day; at once
/// it makes as many as the largest hall holds.
#[derive(Debug)]
pub struct Newcomers(Bucket<Option<IpAddr>>);

impl Default for Newcomers {
    fn default() -> Self {
        Self(Bucket::new(20_000, Duration::from_millis(100)))
    }
}

impl Newcomers {
    /// Admits one, unless too many have come from the address.
    pub fn admit(&self, address: Option<IpAddr>) -> Result<()> {
        let now = Instant::now();
        if !self.0.has_left(&address, now) {
            return Err(Error::TooManyAttempts);
        }
        self.0.spend(address, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_bucket_runs_dry_and_fills_again() {
        let bucket = Bucket::new(2, Duration::from_secs(1));
        let start = Instant::now();
        bucket.spend("a", start);
        assert!(bucket.has_left(&"a", start));
        bucket.spend("a", start);
        assert!(!bucket.has_left(&"a", start));
        assert!(bucket.has_left(&"b", start));
        assert!(bucket.has_left(&"a", start + Duration::from_secs(1)));
    }

    #[test]
    fn the_table_is_bounded() {
        let bucket = Bucket::new(2, Duration::from_secs(1));
        let now = Instant::now();
        for key in 0..3 * WATCHED {
            bucket.spend(key, now);
        }
        assert!(bucket.spent.lock().len() <= WATCHED);
    }

    #[test]
    fn a_hall_comes_at_once_and_a_flood_does_not() {
        let newcomers = Newcomers::default();
        let admitted = (0..30_000).filter(|_| newcomers.admit(None).is_ok()).count();
        assert!((20_000..20_100).contains(&admitted), "{admitted}");
    }

    #[tokio::test]
    async fn found_rooms_cost_nothing_and_guesses_do() {
        let lookups = Lookups::default();
        let guest = Some(GuestId::from_stored(1));
        for _ in 0..100 {
            lookups.limit(guest, None, async { Ok(()) }).await.unwrap();
        }
        let mut refused = 0;
        for _ in 0..30 {
            let attempt = lookups.limit::<()>(guest, None, async { Err(Error::UnknownRoom) });
            refused += usize::from(matches!(attempt.await, Err(Error::TooManyAttempts)));
        }
        assert_eq!(refused, 10);
        let other = Some(GuestId::from_stored(2));
        assert!(lookups.limit(other, None, async { Ok(()) }).await.is_ok());
    }
}
