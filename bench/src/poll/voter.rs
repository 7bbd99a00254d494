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
    /// How many came.
    pub(super) count: usize,
    /// The most that came within any one second.
    pub(super) busiest: usize,
    recent: VecDeque<Instant>,
}

impl Voter {
    pub(super) fn new(number: usize) -> Self {
        // Uneven on purpose: were options mixed up, even shares would hide it.
        let choice = (number % 7 % OPTIONS) as u8;
        Self { choice, sent: None, latency: None, numbers: Numbers::default(), pace: TallyPace::default() }
    }
}

impl TallyPace {
    pub(super) fn arrived(&mut self, now: Instant) {
        self.count += 1;
        self.recent.push_back(now);
        while self.recent.front().is_some_and(|first| now - *first >= Duration::from_secs(1)) {
            self.recent.pop_front();
        }
        self.busiest = self.busiest.max(self.recent.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_a_second_are_ten_in_any_second() {
        let start = Instant::now();
        let mut pace = TallyPace::default();
        (0..50).for_each(|i| pace.arrived(start + Duration::from_millis(i * 100)));
        assert_eq!((pace.count, pace.busiest), (50, 10));
    }
}
