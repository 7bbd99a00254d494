//! A client that stops reading, in a room that is written to all the time.
//!
//! It must cost the server no more memory than an outbox, and the others no time. When the server
//! has given it up, the next such client takes its place: there is one from start to end.

mod room;
mod stuck;

use std::time::Duration;

use self::{
    room::Room,
    stuck::{Stays, Stuck},
};
use crate::{
    Result,
    promises::Promises,
    report::{Figure, Report, announce, percentile},
    server::{Kind, Places},
};

/// Rarely enough that no missing pong is a reason to disconnect anybody: what is left is the policy
/// for slow consumers. In milliseconds.
const KNOBS: [(&str, &str); 1] = [("PING_INTERVAL", "600000")];
/// What the server may take more than with readers alone and nothing under way, in MB.
const MAX_GROWTH: f64 = 64.0;
/// How many times as long the slowest in a hundred deliveries may take, because of such a client.
const MAX_DELAY: f64 = 2.0;
/// What may be sent to the room before such a client is disconnected, in MB: what the kernel takes
/// for it, the outbox of 4 MiB, and some air.
const MAX_BEHIND: f64 = 16.0;
/// What the peers get at most, in MB, and at which pace: not all of them keep up with ours.
const MOST_FOR_PEERS: usize = 20;
const PACE_FOR_PEERS: u32 = 100;

/// How much is sent, how fast, and how often.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The servers, in order.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["chorus", "socketioxide", "node"])]
    servers: Vec<Kind>,
    /// MB of events that each reader gets; at most 20 from the peers.
    #[arg(long, default_value_t = 200)]
    megabytes: usize,
    /// Events a second, of 10 kB each, which the readers must keep up with; at most 100 from the peers.
    #[arg(long, default_value_t = 400)]
    pace: u32,
    /// Pairs of runs, one without such a client and one with it. The peers get one.
    #[arg(long, default_value_t = 3)]
    pairs: usize,
}

/// What one run found.
#[derive(Debug, Clone)]
struct Outcome {
    p50: Duration,
    p99: Duration,
    micros_per_delivery: f64,
    /// What the server took more at its peak, in MB.
    growth: f64,
    /// How many clients that did not read were disconnected.
    given_up: usize,
    /// What was sent to the room while one of them was in it, at most, in MB.
    behind: f64,
}

/// Who is in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Company {
    Readers,
    ReadersAndStuck,
}

/// Runs all pairs; an error if a promise about our server was broken.
pub(crate) fn run(options: &Options, places: &Places) -> Result<()> {
    let mut report = Report::new("slow");
    let mut promises = Promises::default();
    for &kind in &options.servers {
        announce(&format!("a client that does not read, of {}", kind.name()));
        let pairs = options.pairs_with(kind, places, &mut report)?;
        if kind == Kind::Chorus {
            judge(&mut promises, &pairs);
        }
    }
    report.publish(&places.results)?;
    promises.verdict()
}

impl Options {
    /// The pairs of one server, each without such a client first, and then with it.
    fn pairs_with(&self, kind: Kind, places: &Places, report: &mut Report) -> Result<Vec<[Outcome; 2]>> {
        let (pairs, megabytes, pace) = match kind {
            Kind::Chorus => (self.pairs, self.megabytes, self.pace),
            _ => (1, self.megabytes.min(MOST_FOR_PEERS), self.pace.min(PACE_FOR_PEERS)),
        };
        let mut once = |company: Company| -> Result<Outcome> {
            let events = megabytes * 1_000_000 / room::EVENT_LEN;
            let outcome = once(kind, company, events, pace, places)?;
            report.add(kind.name(), format!("{megabytes} MB {}", company.name()), outcome.figures());
            Ok(outcome)
        };
        (0..pairs).map(|_| Ok([once(Company::Readers)?, once(Company::ReadersAndStuck)?])).collect()
    }
}

/// One run, on a server of its own, for the peak is one of its whole life.
fn once(kind: Kind, company: Company, events: usize, pace: u32, places: &Places) -> Result<Outcome> {
    let server = places.start_with(kind, &KNOBS)?;
    let process = server.process();
    let mut room = Room::open(server.address, pace)?;
    room.warm_up()?;
    let (memory, cpu) = (process.resident_memory()?, process.cpu()?);
    let stuck = match company {
        Company::Readers => None,
        Company::ReadersAndStuck => Some(Stuck::enter(&server)),
    };
    let latencies = room.broadcast(events)?;
    let stays = stuck.map_or_else(|| Ok(Stays::default()), Stuck::leave)?;
    let percentile = |share| Duration::from_micros(percentile(&latencies, share).into());
    Ok(Outcome {
        p50: percentile(0.5),
        p99: percentile(0.99),
        micros_per_delivery: process.micros_since(cpu)? / latencies.len() as f64,
        growth: process.peak_memory()?.saturating_sub(memory) as f64 / 1e6,
        given_up: stays.given_up,
        behind: stays.longest.as_secs_f64() * f64::from(pace) * room::EVENT_LEN as f64 / 1e6,
    })
}

/// Of the latencies the best of all runs count, since noise only adds to them; of the rest the worst.
fn judge(promises: &mut Promises, pairs: &[[Outcome; 2]]) {
    let with = || pairs.iter().map(|[_, with]| with);
    let growth = with().map(|run| run.growth).fold(0.0, f64::max);
    promises.check(growth <= MAX_GROWTH, &format!("memory: {growth:.1} MB above the baseline at most"));

    let behind = with().map(|run| run.behind).fold(0.0, f64::max);
    let given_up: usize = with().map(|run| run.given_up).sum();
    let found =
        format!("{given_up} clients that did not read were disconnected, each after {behind:.1} MB at most");
    promises.check(with().all(|run| run.given_up > 0) && behind <= MAX_BEHIND, &found);

    let best = |company: usize| pairs.iter().map(|pair| pair[company].p99).min().unwrap_or_default();
    let [alone, beside] = [0, 1].map(|company| best(company).as_secs_f64() * 1e3);
    let found = format!("p99 of the readers: {beside:.2} ms beside such a client, {alone:.2} ms without");
    promises.check(beside <= alone * MAX_DELAY, &found);
}

impl Outcome {
    fn figures(&self) -> Vec<Figure> {
        vec![
            ("p99 ms", self.p99.as_secs_f64() * 1e3),
            ("p50 ms", self.p50.as_secs_f64() * 1e3),
            ("MB above baseline", self.growth),
            ("disconnected", self.given_up as f64),
            ("MB behind at most", self.behind),
            ("CPU us per delivery", self.micros_per_delivery),
        ]
    }
}

impl Company {
    const fn name(self) -> &'static str {
        match self {
            Self::Readers => "without",
            Self::ReadersAndStuck => "with",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Outcome = Outcome {
        p50: Duration::from_millis(1),
        p99: Duration::from_millis(2),
        micros_per_delivery: 5.0,
        growth: 20.0,
        given_up: 3,
        behind: 8.0,
    };

    fn is_kept(with: &[Outcome]) -> bool {
        let mut promises = Promises::default();
        let pairs: Vec<_> = with.iter().map(|with| [GOOD, with.clone()]).collect();
        judge(&mut promises, &pairs);
        promises.verdict().is_ok()
    }

    #[test]
    fn one_noisy_run_is_forgiven() {
        assert!(is_kept(&[GOOD, Outcome { p99: Duration::from_secs(1), ..GOOD }]));
        let slow = Outcome { p99: Duration::from_micros(4100), ..GOOD };
        assert!(!is_kept(&[slow.clone(), slow]));
    }

    #[test]
    fn memory_and_clients_that_stay_are_not() {
        assert!(!is_kept(&[GOOD, Outcome { growth: 65.0, ..GOOD }]));
        assert!(!is_kept(&[GOOD, Outcome { given_up: 0, ..GOOD }]));
        assert!(!is_kept(&[GOOD, Outcome { behind: 20.0, ..GOOD }]));
    }
}
