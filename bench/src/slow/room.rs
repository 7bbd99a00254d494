//! A room of readers, and the author who writes to it at a steady pace.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use crate::{Result, fleet::Fleet};

/// Their numbers in the fleet come first; the author's follows.
const READERS: usize = 200;
const AUTHOR: usize = READERS;
/// What is sent, in bytes.
pub(super) const EVENT_LEN: usize = 10_000;
/// How long the room is written to before anything is measured.
const WARM_UP: Duration = Duration::from_secs(1);
/// How much longer than planned a run may take before the pace counts as missed.
const SLACK: f64 = 1.05;

/// The room's name, which those who join it later need too.
pub(super) const JOIN: &str = r#"42["join","all"]"#;

/// Readers and author, connected.
pub(super) struct Room {
    fleet: Fleet,
    pace: u32,
    /// From when the time stamps count.
    start: Instant,
}

impl Room {
    pub(super) fn open(server: SocketAddr, pace: u32) -> Result<Self> {
        let mut fleet = Fleet::of(server, READERS + 1)?;
        for reader in 0..READERS {
            fleet.send(reader, JOIN)?;
        }
        // Joining is not acknowledged.
        fleet.idle(WARM_UP, &mut |_, _| ())?;
        Ok(Self { fleet, pace, start: Instant::now() })
    }

    pub(super) fn warm_up(&mut self) -> Result<()> {
        let events = WARM_UP.as_secs_f64() * f64::from(self.pace);
        #[allow(clippy::cast_sign_loss, reason = "a time is not negative")]
        self.broadcast(events as usize).map(drop)
    }

    /// Sends so many events and waits until all readers have all of them. Returns how long each
    /// delivery took, in microseconds from when the event was sent, sorted.
    pub(super) fn broadcast(&mut self, events: usize) -> Result<Vec<u32>> {
        let begin = Instant::now();
        let micros = Vec::with_capacity(events * READERS);
        let mut deliveries = Deliveries { start: self.start, micros };
        for number in 0..events {
            self.wait(begin + Duration::from_secs(number as u64) / self.pace, &mut deliveries)?;
            self.fleet.send(AUTHOR, &event(micros_since(self.start)))?;
        }
        self.fleet.pump_until(
            &mut deliveries,
            |deliveries, _, packet| deliveries.note(packet),
            |deliveries| deliveries.micros.len() >= events * READERS,
        )?;
        let (took, planned) = (begin.elapsed(), Duration::from_secs(events as u64) / self.pace);
        if took > planned.mul_f64(SLACK) + WARM_UP {
            return Err(format!("took {took:.1?} for {planned:.1?}: the pace is too fast here").into());
        }
        deliveries.micros.sort_unstable();
        Ok(deliveries.micros)
    }

    fn wait(&mut self, due: Instant, deliveries: &mut Deliveries) -> Result<()> {
        while let Some(early) = due.checked_duration_since(Instant::now()).filter(|early| !early.is_zero()) {
            self.fleet.pump(early, &mut |_, packet| deliveries.note(packet))?;
        }
        Ok(())
    }
}

/// How long deliveries took.
struct Deliveries {
    start: Instant,
    micros: Vec<u32>,
}

impl Deliveries {
    fn note(&mut self, packet: &str) {
        if let Some(sent) = time_stamp(packet) {
            self.micros.push(micros_since(self.start).saturating_sub(sent) as u32);
        }
    }
}

fn micros_since(start: Instant) -> u64 {
    start.elapsed().as_micros() as u64
}

/// An event with the time in its payload.
fn event(now: u64) -> String {
    let filling = EVENT_LEN - STAMP_LEN;
    format!(r#"42["room",{{"room":"all","payload":"{now:0STAMP_LEN$}{:x<filling$}"}}]"#, "")
}

/// The time in the payload. Where it is depends on the server, but it is near the start.
fn time_stamp(packet: &str) -> Option<u64> {
    let (_, rest) = packet.get(..80)?.split_once(r#""payload":""#)?;
    rest.get(..STAMP_LEN)?.parse().ok()
}

const STAMP_LEN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_found_again() {
        let event = event(1_234_567);
        assert!((EVENT_LEN..EVENT_LEN + 100).contains(&event.len()));
        assert_eq!(time_stamp(&event), Some(1_234_567));
        assert_eq!(time_stamp(r#"42["room",{}]"#), None);
    }
}
