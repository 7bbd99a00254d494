//! The same work for each server in turn.

mod broadcast;
mod connect;
mod echo;
mod encode;
mod idle;
mod rooms;

use std::time::Duration;

pub(crate) use self::encode::encode;
use crate::{
    Result,
    process::Process,
    report::{Figure, Report, announce},
    server::{Kind, Places, Server},
};

/// What is sent, in bytes: about as much as a chat message or a position.
const PAYLOAD_LEN: usize = 200;
/// How long a server works before its work is measured.
const WARM_UP: Duration = Duration::from_millis(500);

/// The promise about our server, at 10,000 clients.
const MAX_BYTES_PER_IDLE_CLIENT: f64 = 2500.0;

/// A kind of work.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scenario {
    Connect,
    Idle,
    Broadcast,
    Echo,
    Rooms,
}

/// Which servers do the work, and how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Selection {
    /// The servers, in order.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["floor", "chorus", "socketioxide", "node"])]
    servers: Vec<Kind>,
    /// Seconds of measured work for each figure.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
}

/// What a scenario measured, one variant after the other.
type Measured = Vec<(String, Vec<Figure>)>;

/// Runs a scenario on each server and publishes what it measured.
pub(crate) fn run(scenario: Scenario, selection: &Selection, places: &Places) -> Result<()> {
    let time = Duration::try_from_secs_f64(selection.seconds)?;
    let mut report = Report::new(scenario.name());
    for &kind in &selection.servers {
        announce(&format!("{} of {}", scenario.name(), kind.name()));
        let server = places.start(kind)?;
        let measured = match scenario {
            Scenario::Connect => connect::measure(&server)?,
            Scenario::Idle => idle::measure(&server)?,
            Scenario::Broadcast => broadcast::measure(&server, time)?,
            Scenario::Echo => echo::measure(&server, time)?,
            Scenario::Rooms => rooms::measure(&server, time)?,
        };
        for (variant, figures) in measured {
            report.add(kind.name(), variant, figures);
        }
    }
    report.publish(&places.results)?;
    scenario.verdict(&report)
}

impl Scenario {
    const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Idle => "idle",
            Self::Broadcast => "broadcast",
            Self::Echo => "echo",
            Self::Rooms => "rooms",
        }
    }

    /// An error if a promise about our server was broken.
    fn verdict(self, report: &Report) -> Result<()> {
        let dearest = report.first_figures(Kind::Chorus.name()).fold(0.0, f64::max);
        if matches!(self, Self::Idle) && dearest > MAX_BYTES_PER_IDLE_CLIENT {
            return Err(format!("an idle client of ours costs {dearest:.0} bytes").into());
        }
        Ok(())
    }
}

/// A JSON string of [`PAYLOAD_LEN`] bytes.
fn payload() -> String {
    format!("\"{}\"", "x".repeat(PAYLOAD_LEN))
}

/// Processor time since a moment.
struct Meter {
    process: Process,
    start: Duration,
}

impl Meter {
    fn start(server: &Server) -> Result<Self> {
        let process = server.process();
        let start = process.cpu()?;
        Ok(Self { process, start })
    }

    /// Microseconds for each of `count` pieces of work.
    fn micros_per(&self, count: u64) -> Result<f64> {
        Ok(self.process.micros_since(self.start)? / count as f64)
    }
}
