//! Sessions that are begun and never finished, and what the server has left of them.
//!
//! Its timeouts are short here, so that they do their work in seconds. In each tenth of the run
//! every state is left by its share of clients; then all must be gone before the next tenth.

mod client;
mod crowd;
mod state;

use std::{
    thread,
    time::{Duration, Instant},
};

use clap::ValueEnum;

use self::{crowd::Crowd, state::State};
use crate::{
    Result,
    process::Process,
    promises::Promises,
    report::{Report, announce},
    server::{Kind, Places, Server},
};

/// The server's timeouts, in milliseconds: a session that is left alone lives for four seconds,
/// which is longer than it takes to open all of a tenth, so that in each as many live at once.
const KNOBS: [(&str, &str); 4] = [
    ("PING_INTERVAL", "3000"),
    ("PING_TIMEOUT", "1000"),
    ("UPGRADE_TIMEOUT", "3000"),
    ("CONNECT_TIMEOUT", "3000"),
];
/// How long sessions may outlive those timeouts before they count as left for good. A WebSocket is
/// given five seconds to answer the close.
const PATIENCE: Duration = Duration::from_secs(20);
/// After the last session, for what the runtime still tidies up.
const SETTLE: Duration = Duration::from_secs(1);
/// How often the memory is looked at.
const TENTHS: usize = 10;
/// What may be left of all but the first tenth, in MB: 23 bytes of each of 180,000 sessions.
const MAX_GROWTH: f64 = 4.0;

/// How many sessions are abandoned, and in which states.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many sessions, over all states.
    #[arg(long, default_value_t = 200_000)]
    sessions: usize,
    /// The states, in turn; all unless given.
    #[arg(long, value_enum, value_delimiter = ',')]
    states: Vec<State>,
}

/// One run: the server, who leaves it, what was found.
struct Run {
    server: Server,
    process: Process,
    crowd: Crowd,
    /// Open in a server that nobody is connected to.
    descriptors: usize,
    abandoned: usize,
    report: Report,
}

/// What there is of the server when a tenth of the run is over.
#[derive(Debug, Clone, Copy)]
struct Rest {
    megabytes: f64,
    sessions: usize,
    /// More than before all.
    descriptors: usize,
}

/// Runs it; an error if a promise was broken.
pub(crate) fn run(options: &Options, places: &Places) -> Result<()> {
    announce(&format!("{} abandoned sessions", options.sessions));
    let states = if options.states.is_empty() { State::value_variants() } else { &options.states };
    let share = options.sessions.div_ceil(TENTHS * states.len());
    let mut run = Run::start(places)?;
    let rests = (0..TENTHS).map(|_| run.tenth(states, share)).collect::<Result<Vec<_>>>()?;
    run.report.publish(&places.results)?;
    judge(run.abandoned, &rests).verdict()
}

impl Run {
    fn start(places: &Places) -> Result<Self> {
        let server = places.start_with(Kind::Chorus, &KNOBS)?;
        let (process, crowd) = (server.process(), Crowd::new(server.address)?);
        thread::sleep(SETTLE);
        let descriptors = process.descriptors()?;
        Ok(Self { server, process, crowd, descriptors, abandoned: 0, report: Report::new("abandoned") })
    }

    /// Has every state left by `share` clients, and looks at what is left when nothing should be.
    fn tenth(&mut self, states: &[State], share: usize) -> Result<Rest> {
        let cpu = self.process.cpu()?;
        let mut most = 0;
        for &state in states {
            self.crowd.abandon(state, share)?;
            self.abandoned += share;
            most = most.max(self.server.stats()?.sessions);
        }
        let start = Instant::now();
        let mut rest = self.rest()?;
        while rest.sessions + rest.descriptors > 0 && start.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(100));
            rest = self.rest()?;
        }
        let seconds = start.elapsed().as_secs_f64();
        self.crowd.disperse();
        thread::sleep(SETTLE);
        rest.megabytes = self.rest()?.megabytes;
        let figures = vec![
            ("MB", rest.megabytes),
            ("sessions left", rest.sessions as f64),
            ("descriptors left", rest.descriptors as f64),
            ("s until then", seconds),
            ("most sessions at once", most as f64),
            ("CPU us per session", self.process.micros_since(cpu)? / (share * states.len()) as f64),
        ];
        self.report.add(Kind::Chorus.name(), format!("after {}", self.abandoned), figures);
        Ok(rest)
    }

    fn rest(&self) -> Result<Rest> {
        // First, for asking for the sessions takes a connection.
        let descriptors = self.process.descriptors()?.saturating_sub(self.descriptors);
        let sessions = self.server.stats()?.sessions;
        Ok(Rest { megabytes: self.process.memory()?.pss as f64 / 1e6, sessions, descriptors })
    }
}

fn judge(abandoned: usize, rests: &[Rest]) -> Promises {
    let mut promises = Promises::default();
    let sessions = rests.iter().map(|rest| rest.sessions).max().unwrap_or_default();
    let descriptors = rests.iter().map(|rest| rest.descriptors).max().unwrap_or_default();
    let left = format!("{abandoned} sessions abandoned: {sessions} left, {descriptors} descriptors left");
    promises.check(sessions == 0 && descriptors == 0, &left);
    if let [first, .., last] = rests {
        let growth = last.megabytes - first.megabytes;
        let grown = format!(
            "memory grew by {growth:.2} MB from the first tenth to the last, {:.1} to {:.1}",
            first.megabytes, last.megabytes
        );
        promises.check(growth <= MAX_GROWTH, &grown);
    }
    promises
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(megabytes: f64, sessions: usize, descriptors: usize) -> Rest {
        Rest { megabytes, sessions, descriptors }
    }

    #[test]
    fn what_is_left_breaks_a_promise() {
        let verdict = |middle, last| judge(10, &[rest(10.0, 0, 0), middle, last]).verdict().is_ok();
        assert!(verdict(rest(30.0, 0, 0), rest(13.9, 0, 0)));
        assert!(!verdict(rest(10.0, 0, 0), rest(14.1, 0, 0)));
        assert!(!verdict(rest(10.0, 1, 0), rest(10.0, 0, 0)));
        assert!(!verdict(rest(10.0, 0, 0), rest(10.0, 0, 1)));
    }
}
