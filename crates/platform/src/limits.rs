//! Limits on what can be tried again and again.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::identity::GuestId;
use crate::{Asking, Error, Result};

/// How many are watched at the same time; when there are more, the fullest are forgotten.
const WATCHED: usize = 20_000;

/// A token bucket per key: `burst` at once, then one per `refill`.
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

    /// Takes one from a key; whether there was one left.
    pub fn take(&self, key: K, now: Instant) -> bool {
        let mut spent = self.spent.lock();
        if spent.len() >= WATCHED && !spent.contains_key(&key) {
            spent.retain(|_, entry| self.still(*entry, now) > self.burst / 2.0);
            if spent.len() >= WATCHED {
                spent.clear();
            }
        }
        let entry = spent.entry(key).or_insert((0.0, now));
        let still = self.still(*entry, now);
        let left = still + 1.0 <= self.burst;
        *entry = (if left { still + 1.0 } else { still }, now);
        left
    }

    /// Takes one from a key, if there is one left.
    pub fn spend(&self, key: K, now: Instant) {
        self.take(key, now);
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
/// guesses a second, one of 1,000 rooms is found once a day. Those without a guest share what one
/// guest has.
#[derive(Debug)]
pub struct Lookups {
    people: Bucket<Person>,
    networks: Bucket<Option<IpAddr>>,
}

/// Who looks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Person {
    Guest(GuestId),
    /// Somebody without a guest, in a network.
    Nobody(Option<IpAddr>),
}

impl Default for Lookups {
    fn default() -> Self {
        Self {
            people: Bucket::new(20, Duration::from_secs(3)),
            networks: Bucket::new(20_000, Duration::from_millis(100)),
        }
    }
}

impl Lookups {
    /// Whether somebody may look up a code.
    pub fn has_left(&self, asking: Asking) -> bool {
        let (now, (person, network)) = (Instant::now(), keys(asking));
        self.people.has_left(&person, now) && self.networks.has_left(&network, now)
    }

    /// Counts a failure.
    pub fn spend(&self, asking: Asking) {
        let (now, (person, network)) = (Instant::now(), keys(asking));
        self.people.spend(person, now);
        self.networks.spend(network, now);
    }
}

fn keys(asking: Asking) -> (Person, Option<IpAddr>) {
    let network = asking.address.map(network);
    (asking.guest.map_or(Person::Nobody(network), Person::Guest), network)
}

/// What counts as one address: of IPv6 the first 64 bits, for the rest are the user's to choose.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address @ IpAddr::V4(_) => address,
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
        if self.0.take(address.map(network), Instant::now()) { Ok(()) } else { Err(Error::TooManyAttempts) }
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

    fn asking(guest: Option<i64>, address: &str) -> Asking {
        Asking { guest: guest.map(GuestId::from_stored), address: Some(address.parse().unwrap()) }
    }

    /// How many of 100 guesses are taken.
    fn guess(lookups: &Lookups, asking: Asking) -> usize {
        (0..100).filter(|_| lookups.has_left(asking)).inspect(|_| lookups.spend(asking)).count()
    }

    #[test]
    fn guesses_are_limited_and_one_person_locks_out_nobody_else() {
        let lookups = Lookups::default();
        assert_eq!(guess(&lookups, asking(Some(1), "192.0.2.1")), 20);
        assert_eq!(guess(&lookups, asking(None, "192.0.2.1")), 20, "all without a guest are one");
        assert!(!lookups.has_left(asking(None, "192.0.2.1")));
        for phone in 2..1_000 {
            lookups.spend(asking(Some(phone), "192.0.2.1"));
            assert!(lookups.has_left(asking(Some(phone), "192.0.2.1")), "{phone} mistyped once");
        }
    }

    #[test]
    fn the_addresses_of_a_network_are_one() {
        let lookups = Lookups::default();
        let taken: usize = (0..50).map(|n| guess(&lookups, asking(None, &format!("2001:db8::{n}")))).sum();
        assert_eq!(taken, 20);
        assert!(lookups.has_left(asking(None, "2001:db8:0:1::1")));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), IpAddr::from([192, 0, 2, 1]));
    }
}
