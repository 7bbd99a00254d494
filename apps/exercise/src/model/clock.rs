//! The game's clock: it is told the time, and never asks for it.

use chorus_platform::Millis;

use crate::events::ClockView;

/// A clock that runs faster or slower than real time, or stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What it showed when it was last set going, in milliseconds.
    elapsed: i64,
    running_since: Option<Millis>,
    /// In percent of real time.
    speed: u32,
}

impl Clock {
    /// At zero, standing still.
    pub fn new(speed: u32) -> Self {
        Self { elapsed: 0, running_since: None, speed }
    }

    /// Lets it run.
    pub fn start(&mut self, now: Millis) {
        self.running_since.get_or_insert(now);
    }

    /// Stops it at what it shows, or rather showed.
    pub fn stop(&mut self, elapsed: i64) {
        (self.elapsed, self.running_since) = (elapsed, None);
    }

    /// Changes how fast it runs from now on.
    pub fn set_speed(&mut self, speed: u32, now: Millis) {
        self.elapsed = self.elapsed(now);
        self.running_since = self.running_since.map(|_| now);
        self.speed = speed;
    }

    /// What it shows, in milliseconds. It does not run backwards when the time is set back.
    pub fn elapsed(&self, now: Millis) -> i64 {
        let since = self.running_since.map_or(0, |since| now.saturating_sub(since).max(0));
        self.elapsed.saturating_add(since.saturating_mul(i64::from(self.speed)) / 100)
    }

    /// When it will show some time; none while it stands still.
    pub fn time_of(&self, elapsed: i64) -> Option<Millis> {
        let missing = elapsed.saturating_sub(self.elapsed).max(0);
        let speed = i64::from(self.speed).max(1);
        let real = missing.saturating_mul(100).saturating_add(speed - 1) / speed;
        self.running_since.map(|since| since.saturating_add(real))
    }

    /// Since when it runs.
    pub fn running_since(&self) -> Option<Millis> {
        self.running_since
    }

    /// What it showed when it was last set going, in milliseconds.
    pub fn banked(&self) -> i64 {
        self.elapsed
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.running_since.is_some()
    }
}

impl From<Clock> for ClockView {
    fn from(Clock { elapsed, running_since, speed }: Clock) -> Self {
        Self { elapsed, running_since, speed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_runs_at_its_speed_and_is_never_lost() {
        let mut clock = Clock::new(200);
        assert_eq!(clock.elapsed(5_000), 0);
        clock.start(1_000);
        clock.start(3_000);
        assert_eq!(clock.elapsed(2_000), 2_000, "started once");
        clock.set_speed(50, 2_000);
        assert_eq!(clock.elapsed(4_000), 3_000);
        assert_eq!(clock.time_of(3_000), Some(4_000));
        assert_eq!(clock.elapsed(0), 2_000, "never backwards");
        clock.stop(clock.elapsed(4_000));
        assert_eq!(clock.elapsed(9_000), 3_000);
        assert_eq!(clock.time_of(9_000), None);
    }
}
