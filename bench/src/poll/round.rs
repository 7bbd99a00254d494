//! The vote on one question.

use std::time::{Duration, Instant};

use super::{
    HOST, OPTIONS,
    schedule::Schedule,
    voter::Voter,
    wire::{self, Packet, Tally},
};
use crate::{
    Result,
    fleet::Fleet,
    report::{Figure, percentile},
};

/// How long acks and tallies may take before they count as missing.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the final tally must stand.
const STAND: Duration = Duration::from_millis(500);

/// A question's numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) voted: u32,
    pub(super) counts: [u32; OPTIONS],
}

/// What all voters did and saw.
pub(super) struct Round {
    pub(super) question: u32,
    pub(super) voters: Vec<Voter>,
    /// Why votes were refused.
    pub(super) refusals: Vec<String>,
    /// How long after the last ack every voter had the right numbers, if ever.
    pub(super) exact_after: Option<Duration>,
    pub(super) schedule: Schedule,
    acked: usize,
    last_ack: Instant,
    last_tally: LastTally,
}

/// All voters are sent the same bytes, which need to be understood once.
#[derive(Default)]
struct LastTally {
    text: String,
    numbers: Option<Numbers>,
}

impl Round {
    pub(super) fn new(question: u32, voters: usize) -> Self {
        Self {
            question,
            voters: (0..voters).map(Voter::new).collect(),
            refusals: Vec::new(),
            exact_after: None,
            schedule: Schedule::default(),
            acked: 0,
            last_ack: Instant::now(),
            last_tally: LastTally::default(),
        }
    }

    /// Casts all votes, evenly over `spread`, and waits for their acks.
    pub(super) fn vote(&mut self, fleet: &mut Fleet, spread: Duration) -> Result<()> {
        self.cast(fleet, self.voters.len(), spread)?;
        let deadline = Instant::now() + PATIENCE;
        while self.acked + self.refusals.len() < self.voters.len() && Instant::now() < deadline {
            self.pump(fleet, PATIENCE / 100)?;
        }
        Ok(())
    }

    /// Casts the first half of the votes and does not wait.
    pub(super) fn vote_half(&mut self, fleet: &mut Fleet, spread: Duration) -> Result<()> {
        self.cast(fleet, self.voters.len() / 2, spread / 2)
    }

    /// Waits until every voter has the right numbers, and a little longer to see them stand.
    pub(super) fn settle(&mut self, fleet: &mut Fleet) -> Result<()> {
        let expected = self.sent();
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && !self.is_exact(expected) {
            self.pump(fleet, Duration::from_millis(5))?;
        }
        let exact_after = self.last_ack.elapsed();
        fleet.idle(STAND, &mut |client, packet| self.receive(client, packet))?;
        self.exact_after = Some(exact_after).filter(|_| self.is_exact(expected));
        Ok(())
    }

    /// Takes in what arrives within a time.
    pub(super) fn pump(&mut self, fleet: &mut Fleet, wait: Duration) -> Result<()> {
        fleet.pump(wait, &mut |client, packet| self.receive(client, packet))
    }

    /// The numbers of the votes that were sent.
    pub(super) fn sent(&self) -> Numbers {
        self.count(|voter| voter.sent.is_some())
    }

    /// The numbers of the votes that were acked.
    pub(super) fn acked(&self) -> Numbers {
        self.count(|voter| voter.latency.is_some())
    }

    pub(super) fn figures(&self) -> Vec<Figure> {
        let mut latencies: Vec<Duration> = self.voters.iter().filter_map(|voter| voter.latency).collect();
        latencies.sort_unstable();
        let millis = |share| percentile(&latencies, share).as_secs_f64() * 1e3;
        vec![("ack p50 ms", millis(0.5)), ("ack p99 ms", millis(0.99)), ("ack max ms", millis(1.0))]
    }

    fn cast(&mut self, fleet: &mut Fleet, count: usize, spread: Duration) -> Result<()> {
        let start = Instant::now();
        for number in 0..count {
            let due = start + spread.mul_f64(number as f64 / count as f64);
            while let Some(early) =
                due.checked_duration_since(Instant::now()).filter(|early| !early.is_zero())
            {
                self.pump(fleet, early)?;
            }
            let voter = &mut self.voters[number];
            voter.sent = Some(Instant::now());
            fleet.send(HOST + 1 + number, &wire::vote(self.question, voter.choice))?;
        }
        Ok(())
    }

    fn receive(&mut self, client: usize, packet: &str) {
        let Some(voter) = client.checked_sub(HOST + 1).and_then(|number| self.voters.get_mut(number)) else {
            return;
        };
        match Packet::parse(packet) {
            Packet::Tally(tally) => {
                let now = Instant::now();
                voter.pace.arrived(now);
                self.schedule.arrived(voter.pace.count, now);
                if let Some(numbers) = self.last_tally.numbers(tally, self.question) {
                    voter.numbers = numbers;
                }
            }
            ack @ Packet::Ack(_) => {
                if let Some(Err(refusal)) = ack.reply() {
                    self.refusals.push(refusal);
                    return;
                }
                voter.latency = voter.sent.map(|sent| sent.elapsed());
                self.acked += 1;
                self.last_ack = Instant::now();
            }
            Packet::Other => {}
        }
    }

    fn is_exact(&self, expected: Numbers) -> bool {
        self.voters.iter().all(|voter| voter.numbers == expected)
    }

    fn count(&self, counts: impl Fn(&Voter) -> bool) -> Numbers {
        let mut numbers = Numbers::default();
        for voter in self.voters.iter().filter(|voter| counts(voter)) {
            numbers.voted += 1;
            numbers.counts[usize::from(voter.choice)] += 1;
        }
        numbers
    }
}

impl LastTally {
    /// A question's numbers, if they are in the tally.
    fn numbers(&mut self, tally: &str, question: u32) -> Option<Numbers> {
        if self.text != tally {
            tally.clone_into(&mut self.text);
            self.numbers =
                serde_json::from_str(tally).ok().and_then(|tally: Tally| of_question(&tally, question));
        }
        self.numbers
    }
}

fn of_question(tally: &Tally, question: u32) -> Option<Numbers> {
    let tally = tally.questions.iter().find(|tally| tally.id == question)?;
    let counts = tally.counts.as_ref()?.as_slice().try_into().ok()?;
    Some(Numbers { voted: tally.voted, counts })
}
