//! One voter's view of a question.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::{OPTIONS, round::Numbers};

/// What one voter did and saw.
#[derive(Debug)]
pub(super) struct Voter {
    pub(super) choice: u8,
    pub(super) sent: Option<Instant>,
    /// How long the ack took, once it has come.
    pub(super) latency: Option<Duration>,
    pub(super) numbers: Numbers,
    pub(super) pace: TallyPace,
}

/// How densely tallies came.
#[derive(Debug, Default)]
pub(super) struct TallyPace {
    recent: VecDeque<Instant>,
    /// The most that came within any one second.
    pub(super) busiest: usize,
    /// Whether more than ten came within 0.9 s.
    ///
    /// Ten a second are 0.1 s apart, so eleven span a second when they leave the server. They may
    /// bunch on their way; by more than a whole period they may not.
    pub(super) crowded: bool,
}

impl Voter {
    pub(super) fn new(number: usize) -> Self {
        // Uneven on purpose: were options mixed up, even shares would hide it.
        let choice = (number % 7 % OPTIONS) as u8;
        Self { choice, sent: None, latency: None, numbers: Numbers::default(), pace: TallyPace::default() }
    }
}

impl TallyPace {
    const MOST: usize = 10;

    pub(super) fn arrived(&mut self, now: Instant) {
        self.recent.push_back(now);
        while self.recent.front().is_some_and(|first| now - *first >= Duration::from_secs(1)) {
            self.recent.pop_front();
        }
        self.busiest = self.busiest.max(self.recent.len());
        let eleventh_last = self.recent.len().checked_sub(Self::MOST + 1).and_then(|i| self.recent.get(i));
        self.crowded |= eleventh_last.is_some_and(|first| now - *first < Duration::from_millis(900));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(period: u64) -> TallyPace {
        let start = Instant::now();
        let mut pace = TallyPace::default();
        (0..50).for_each(|i| pace.arrived(start + Duration::from_millis(i * period)));
        pace
    }

    #[test]
    fn ten_a_second_are_not_too_many() {
        assert_eq!(pace(100).busiest, 10);
        assert!(!pace(100).crowded);
    }

    #[test]
    fn twelve_a_second_are() {
        assert!(pace(83).crowded);
    }
}
