//! Rate limits of events.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher as _, Hash},
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::{Socket, SocketId, engine::FOREVER};

/// So many events in so much time.
///
/// See [`Namespace::limit`](crate::Namespace::limit).
///
/// The whole number may come at once; then each event's share of the time brings a new one (a token
/// bucket).
///
/// ```
/// use std::time::Duration;
/// use chorus_socketio::{RateLimit, Server};
///
/// let io = Server::new();
/// io.of("/")
///     .limit(RateLimit::per_socket(50, Duration::from_secs(5)))
///     .limit(RateLimit::per_address(5, Duration::from_secs(60)).of_event("log in").or_disconnect());
/// ```
#[derive(Debug, Clone)]
#[must_use = "give it to `Namespace::limit`"]
pub struct RateLimit {
    count: u32,
    time: Duration,
    by: By,
    event: Option<Box<str>>,
    disconnects: bool,
}

#[derive(Debug, Clone, Copy)]
enum By {
    Socket,
    Address,
    User,
}

impl RateLimit {
    /// For each socket.
    ///
    /// ```
    /// # use {chorus_socketio::{RateLimit, Server}, std::time::Duration};
    /// # let io = Server::new();
    /// io.of("/").limit(RateLimit::per_socket(50, Duration::from_secs(5)));
    /// ```
    pub fn per_socket(count: u32, time: Duration) -> Self {
        Self::by(By::Socket, count, time)
    }

    /// For all sockets of an address: of IPv6, the first 64 bits.
    ///
    /// Those whose address is not known ([`RemoteAddress`](crate::RemoteAddress)) share one.
    ///
    /// ```
    /// # use {chorus_socketio::{RateLimit, Server}, std::time::Duration};
    /// # let io = Server::new();
    /// // a whole classroom may have one address
    /// io.of("/").limit(RateLimit::per_address(500, Duration::from_secs(5)));
    /// ```
    pub fn per_address(count: u32, time: Duration) -> Self {
        Self::by(By::Address, count, time)
    }

    /// For all sockets of a user ([`Socket::set_user`]).
    ///
    /// Each socket without one counts by itself.
    ///
    /// ```
    /// # use {chorus_socketio::{RateLimit, Server}, std::time::Duration};
    /// # let io = Server::new();
    /// // more tabs do not help
    /// io.of("/chat").limit(RateLimit::per_user(10, Duration::from_secs(10)).of_event("say"));
    /// ```
    pub fn per_user(count: u32, time: Duration) -> Self {
        Self::by(By::User, count, time)
    }

    fn by(by: By, count: u32, time: Duration) -> Self {
        Self { count: count.max(1), time: time.min(FOREVER), by, event: None, disconnects: false }
    }

    /// Counts this event only; otherwise all together.
    ///
    /// ```
    /// # use {chorus_socketio::{RateLimit, Server}, std::time::Duration};
    /// # let io = Server::new();
    /// io.of("/").limit(RateLimit::per_address(5, Duration::from_secs(60)).of_event("log in"));
    /// ```
    pub fn of_event(mut self, event: &str) -> Self {
        self.event = Some(event.into());
        self
    }

    /// Closes the connection at the first event that is too many.
    ///
    /// That event is not answered.
    ///
    /// ```
    /// # use {chorus_socketio::{RateLimit, Server}, std::time::Duration};
    /// # let io = Server::new();
    /// // no honest client comes near it
    /// io.of("/").limit(RateLimit::per_socket(1000, Duration::from_secs(1)).or_disconnect());
    /// ```
    pub fn or_disconnect(mut self) -> Self {
        self.disconnects = true;
        self
    }
}

/// An event is one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    /// It may be tried again after this time.
    Refused(Duration),
    Disconnect,
}

/// A limit, and who has used how much of it.
pub(crate) struct Limiter {
    limit: RateLimit,
    /// The time that one event takes from the allowance.
    share: Duration,
    hasher: RandomState,
    shards: Box<[Mutex<Shard>]>,
}

/// When each one's allowance is whole again. Whose is whole need not be known.
#[derive(Default)]
struct Shard {
    whole_at: HashMap<Who, Instant>,
    /// How many there were after the last sweep.
    swept: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Socket(SocketId),
    Address(Option<IpAddr>),
    User(Arc<str>),
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        let share = limit.time / limit.count;
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { limit, share, hasher: RandomState::new(), shards }
    }

    pub(crate) fn admit(&self, socket: &Socket, event: &str) -> Result<(), Excess> {
        if self.limit.event.as_deref().is_some_and(|only| only != event) {
            return Ok(());
        }
        let who = match self.limit.by {
            By::Socket => Who::Socket(socket.id()),
            By::Address => Who::Address(socket.handshake().address().map(|address| network(address.ip()))),
            By::User => socket.user().map_or(Who::Socket(socket.id()), Who::User),
        };
        self.spend(who, Instant::now())
            .map_err(|wait| if self.limit.disconnects { Excess::Disconnect } else { Excess::Refused(wait) })
    }

    /// Takes one event from an allowance, or tells when there will be one.
    fn spend(&self, who: Who, now: Instant) -> Result<(), Duration> {
        let mut shard = self.shards[self.hasher.hash_one(&who) as usize % SHARDS].lock();
        let whole_at = shard.whole_at.get(&who).map_or(now, |at| (*at).max(now)) + self.share;
        let wait = whole_at.duration_since(now).saturating_sub(self.share * self.limit.count);
        if !wait.is_zero() {
            return Err(wait);
        }
        shard.whole_at.insert(who, whole_at);
        if shard.whole_at.len() > 2 * shard.swept + 64 {
            shard.whole_at.retain(|_, at| *at > now);
            shard.whole_at.shrink_to_fit();
            shard.swept = shard.whole_at.len();
        }
        Ok(())
    }
}

/// What one customer of a provider has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[8..].fill(0);
            octets.into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Parts of the table that are locked separately.
const SHARDS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> Who {
        Who::User(name.into())
    }

    #[test]
    fn all_at_once_and_then_one_by_one() {
        let limiter = Limiter::new(RateLimit::per_user(5, Duration::from_secs(10)));
        let start = Instant::now();
        for _ in 0..5 {
            assert_eq!(limiter.spend(user("a"), start), Ok(()));
        }
        assert_eq!(limiter.spend(user("a"), start), Err(Duration::from_secs(2)));
        assert_eq!(limiter.spend(user("b"), start), Ok(()), "each has an allowance of their own");
        let later = start + Duration::from_secs(2);
        assert_eq!(limiter.spend(user("a"), later), Ok(()));
        assert_eq!(limiter.spend(user("a"), later), Err(Duration::from_secs(2)));
        let rested = start + Duration::from_mins(1);
        for _ in 0..5 {
            assert_eq!(limiter.spend(user("a"), rested), Ok(()), "what is saved up is not more than that");
        }
        assert!(limiter.spend(user("a"), rested).is_err());
    }

    #[test]
    fn those_who_rest_take_no_memory() {
        let limiter = Limiter::new(RateLimit::per_user(5, Duration::from_secs(10)));
        let start = Instant::now();
        for n in 0..100_000 {
            let now = start + Duration::from_millis(n);
            assert_eq!(limiter.spend(user(&n.to_string()), now), Ok(()));
        }
        let known: usize = limiter.shards.iter().map(|shard| shard.lock().whole_at.len()).sum();
        assert!(known < 10_000, "{known} are known, of which 2,000 have spent something");
    }

    #[test]
    fn an_address_is_what_one_customer_has() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
