//! When the server sent tallies, as far as that can be told from outside.

use std::time::{Duration, Instant};

/// The moments at which the first, the second, … tally of a round came to whoever got it first.
///
/// On a busy machine messages bunch on the way to a single client. The first of thousands gets a
/// tally within a moment of its leaving, and a client that is sent more than the others runs
/// ahead of them, which shows here too.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    first: Vec<Instant>,
}

impl Schedule {
    /// Tallies that may be sent in a second.
    const MOST: usize = 10;
    /// What eleven tallies take that leave 0.1 s apart, if the first of them is late by a whole period.
    const LEAST_SPAN: Duration = Duration::from_millis(900);

    /// A client has got its `count`th tally.
    pub(super) fn arrived(&mut self, count: usize, now: Instant) {
        if count > self.first.len() {
            self.first.push(now);
        }
    }

    /// How many tallies there were.
    pub(super) fn len(&self) -> usize {
        self.first.len()
    }

    /// The least time in which eleven tallies came, if there were so many.
    pub(super) fn densest(&self) -> Option<Duration> {
        self.first.windows(Self::MOST + 1).map(|eleven| eleven[Self::MOST] - eleven[0]).min()
    }

    /// Whether there were never more than ten in a second.
    pub(super) fn is_kept(&self) -> bool {
        self.densest().is_none_or(|span| span >= Self::LEAST_SPAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(period: u64) -> Schedule {
        let start = Instant::now();
        let mut schedule = Schedule::default();
        for count in 1..=50 {
            schedule.arrived(count, start + Duration::from_millis(count as u64 * period));
            schedule.arrived(count, start + Duration::from_millis(count as u64 * period + 70));
        }
        schedule
    }

    #[test]
    fn ten_a_second_are_not_too_many() {
        assert!(every(100).is_kept());
        assert_eq!(every(100).len(), 50);
    }

    #[test]
    fn twelve_a_second_are() {
        assert!(!every(83).is_kept());
    }

    #[test]
    fn a_client_that_gets_every_tally_twice_shows() {
        let start = Instant::now();
        let mut schedule = Schedule::default();
        for count in 1..=50 {
            schedule.arrived(count, start + Duration::from_millis(count as u64 / 2 * 100));
        }
        assert!(!schedule.is_kept());
    }
}
