//! How fast one connection may send commands: nobody types faster, and each is stored for good.

use std::time::Instant;

use chorus_platform::{Error, Result};
use parking_lot::Mutex;

/// How many commands may come at once.
const BURST: f64 = 200.0;
/// How many more may come each second.
const PER_SECOND: f64 = 20.0;

/// The pace of one connection.
#[derive(Debug)]
pub(crate) struct Pace(Mutex<(f64, Instant)>);

impl Pace {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new((BURST, now)))
    }

    /// Takes a step; fails with [`Error::TooManyAttempts`] when there were too many.
    pub(crate) fn step(&self, now: Instant) -> Result<()> {
        let mut pace = self.0.lock();
        let (left, since) = *pace;
        let passed = now.saturating_duration_since(since).as_secs_f64();
        let left = (left + passed * PER_SECOND).min(BURST);
        *pace = (left, now);
        if left < 1.0 {
            return Err(Error::TooManyAttempts);
        }
        pace.0 -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_flood_is_slowed_down_and_a_person_is_not() {
        let start = Instant::now();
        let pace = Pace::new(start);
        let taken = (0..1_000).filter(|_| pace.step(start).is_ok()).count();
        assert_eq!(taken, 200);
        let later = start + Duration::from_secs(1);
        let taken = (0..1_000).filter(|_| pace.step(later).is_ok()).count();
        assert_eq!(taken, 20);
    }
}
