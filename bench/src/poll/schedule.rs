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
    /// The least time between two tallies.
    const PERIOD: Duration = Duration::from_millis(100);
    /// How late a tally may be on its way, so that those behind it seem early.
    const SLACK: Duration = Self::PERIOD;

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

    /// By how much any run of tallies was faster than one per period.
    pub(super) fn ahead(&self) -> Duration {
        let (mut ahead, mut most) = (Duration::ZERO, Duration::ZERO);
        for pair in self.first.windows(2) {
            // What is ahead grows with each tally by a period and shrinks by the time it took.
            ahead = (ahead + Self::PERIOD).saturating_sub(pair[1] - pair[0]);
            most = most.max(ahead);
        }
        most
    }

    /// Whether there were never more than ten in a second.
    pub(super) fn is_kept(&self) -> bool {
        self.ahead() <= Self::SLACK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What two clients get, the second one late.
    fn every(period: u64) -> Schedule {
        let start = Instant::now();
        let mut schedule = Schedule::default();
        for count in 1..=40 {
            schedule.arrived(count, start + Duration::from_millis(count as u64 * period));
            schedule.arrived(count, start + Duration::from_millis(count as u64 * period + 70));
        }
        schedule
    }

    #[test]
    fn ten_a_second_are_not_too_many() {
        assert_eq!((every(100).len(), every(100).ahead()), (40, Duration::ZERO));
        assert!(every(100).is_kept());
    }

    #[test]
    fn eleven_a_second_are() {
        assert!(!every(91).is_kept());
    }

    #[test]
    fn a_late_tally_is_forgiven_and_a_burst_is_not() {
        let at = |moments: &[u64]| {
            let start = Instant::now();
            let first = moments.iter().map(|at| start + Duration::from_millis(*at)).collect();
            Schedule { first }
        };
        assert!(at(&[0, 180, 200, 300, 400]).is_kept());
        assert!(!at(&[0, 10, 20, 300, 400]).is_kept());
    }

    #[test]
    fn a_client_that_gets_every_tally_twice_shows() {
        let start = Instant::now();
        let mut schedule = Schedule::default();
        for count in 1..=40 {
            schedule.arrived(count, start + Duration::from_millis(count as u64 / 2 * 100));
        }
        assert!(!schedule.is_kept());
    }
}
