//! The wall clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// The present time; 0 when the machine's clock stands before 1970.
pub fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}

/// How long it is from `now` until `then`, nothing when `then` is past.
pub fn until(then: Millis, now: Millis) -> Duration {
    Duration::from_millis(then.saturating_sub(now).max(0).unsigned_abs())
}
