//! Clicks of facilitators, and when they are on the other screens.

use std::time::{Duration, Instant};

use super::{
    PATIENCE,
    games::{FACILITATORS, SCREENS},
    wire::{self, Packet},
};
use crate::{Result, fleet::Fleet};

/// An action of the scenario that brings money in.
const ACTION: &str = "A1";
/// What tells the clicks of one run from those of another, in their ids.
const PACED: &str = "paced";
const AT_ONCE: &str = "burst";

/// All clicks of a run, and what the screens have seen.
pub(super) struct Clicks {
    games: usize,
    all: Vec<Click>,
    /// For each screen, up to which entry it was told, and when.
    told: Vec<Vec<(u64, Instant)>>,
    /// The bytes that facilitators were told.
    bytes: u64,
    answered: usize,
    last_answer: Option<Instant>,
}

struct Click {
    client: usize,
    sent: Instant,
    entry: Option<u64>,
}

impl Clicks {
    pub(super) fn new(games: usize) -> Self {
        let told = vec![Vec::new(); games * SCREENS];
        Self { games, all: Vec::new(), told, bytes: 0, answered: 0, last_answer: None }
    }

    /// The first facilitator of each game sends a packet, and is answered.
    pub(super) fn begin(&mut self, fleet: &mut Fleet, packet: &str) -> Result<()> {
        for game in 0..self.games {
            self.all.push(Click { client: game * SCREENS, sent: Instant::now(), entry: None });
            fleet.send(game * SCREENS, packet)?;
        }
        self.wait(fleet)
    }

    /// Every facilitator clicks once in each second, spread over it.
    pub(super) fn once_a_second(&mut self, fleet: &mut Fleet, seconds: u32) -> Result<()> {
        let facilitators = self.facilitators();
        let start = Instant::now();
        for second in 0..seconds {
            for (number, client) in facilitators.iter().enumerate() {
                let part = number as f64 / facilitators.len() as f64;
                let due = start + Duration::from_secs(second.into()) + Duration::from_secs_f64(part);
                while let Some(early) =
                    due.checked_duration_since(Instant::now()).filter(|early| !early.is_zero())
                {
                    self.pump(fleet, early)?;
                }
                self.click(fleet, *client, PACED)?;
            }
        }
        self.wait(fleet)
    }

    /// Every facilitator makes so many clicks without a pause.
    pub(super) fn at_once(&mut self, fleet: &mut Fleet, each: u32) -> Result<()> {
        for _ in 0..each {
            for client in self.facilitators() {
                self.click(fleet, client, AT_ONCE)?;
            }
            self.pump(fleet, Duration::ZERO)?;
        }
        self.wait(fleet)
    }

    pub(super) fn sent(&self) -> usize {
        self.all.len()
    }

    pub(super) fn acked(&self) -> usize {
        self.all.iter().filter(|click| click.entry.is_some()).count()
    }

    /// How many clicks were answered in a second, from the first that was sent.
    pub(super) fn rate(&self) -> f64 {
        let taken =
            self.all.first().zip(self.last_answer).map(|(first, last)| last.duration_since(first.sent));
        taken.map_or(0.0, |taken| self.acked() as f64 / taken.as_secs_f64())
    }

    /// How long each click took to each other screen, sorted.
    pub(super) fn latencies(&self) -> Vec<Duration> {
        let mut latencies: Vec<_> = self.all.iter().flat_map(|click| self.seen(click)).collect();
        latencies.sort_unstable();
        latencies
    }

    /// The bytes that one facilitator was told for one click.
    pub(super) fn bytes_per_facilitator(&self) -> f64 {
        self.bytes as f64 / (self.acked() * FACILITATORS) as f64
    }

    fn seen(&self, click: &Click) -> impl Iterator<Item = Duration> {
        let game = click.client / SCREENS * SCREENS;
        let others = (game..game + SCREENS).filter(move |screen| *screen != click.client);
        others.filter_map(move |screen| {
            let entry = click.entry?;
            let told = &self.told[screen];
            let first = told.partition_point(|(offset, _)| *offset < entry);
            told.get(first).map(|(_, when)| when.duration_since(click.sent))
        })
    }

    fn facilitators(&self) -> Vec<usize> {
        let games = 0..self.games;
        games.flat_map(|game| (0..FACILITATORS).map(move |number| game * SCREENS + number)).collect()
    }

    fn click(&mut self, fleet: &mut Fleet, client: usize, run: &str) -> Result<()> {
        let packet = wire::click(self.all.len() as u32, run, ACTION);
        self.all.push(Click { client, sent: Instant::now(), entry: None });
        fleet.send(client, &packet)
    }

    /// Waits for all answers, and a little longer for the screens.
    fn wait(&mut self, fleet: &mut Fleet) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.answered < self.all.len() && Instant::now() < deadline {
            self.pump(fleet, Duration::from_millis(5))?;
        }
        let end = Instant::now() + Duration::from_millis(500);
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.pump(fleet, left)?;
        }
        Ok(())
    }

    fn pump(&mut self, fleet: &mut Fleet, wait: Duration) -> Result<()> {
        fleet.pump(wait, &mut |client, packet| self.receive(client, packet))
    }

    fn receive(&mut self, client: usize, packet: &str) {
        match Packet::parse(packet) {
            Packet::Changes(offset) => {
                self.told[client].push((offset, Instant::now()));
                if client % SCREENS < FACILITATORS {
                    self.bytes += packet.len() as u64;
                }
            }
            Packet::Done(number, entry) => {
                self.answered += 1;
                self.last_answer = Some(Instant::now());
                if let Some(click) = self.all.get_mut(number as usize) {
                    click.entry = Some(entry);
                }
            }
            Packet::Refused(_) => self.answered += 1,
            Packet::Other => {}
        }
    }
}
