//! Many exercises at once, several facilitators in each: how soon a click is on all other screens,
//! what it costs, and how many clicks are made durable in a second.

mod click;
mod games;
mod wire;

use std::time::Duration;

use self::{
    click::Clicks,
    games::{Games, SCREENS},
};
use crate::{
    Result,
    fleet::{Fleet, Visit},
    process::Process,
    product::Product,
    promises::Promises,
    report::{Report, announce, percentile},
    server::Places,
};

/// The most that a click may take until it is on the other screens, of 100 clicks the 99th.
const PROMISED: Duration = Duration::from_millis(50);
/// How many bytes the original sends to each facilitator for a click, at least: one broadcast.
const ORIGINAL: f64 = 25_000.0;
/// How many times fewer ours are to be.
const FEWER: f64 = 20.0;
/// How long what was sent may take to arrive before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many clients connect at the same time.
const AT_ONCE: usize = 64;

/// How the exercises are run.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many exercises there are.
    #[arg(long, default_value_t = 100)]
    games: usize,
    /// How long each facilitator clicks once a second.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// How many clicks each facilitator makes at once, after that.
    #[arg(long, default_value_t = 40)]
    burst: u32,
}

/// Runs the exercises; an error if a promise was broken.
pub(crate) fn run(options: &Options, places: &Places) -> Result<()> {
    announce(&format!("{} exercises of {} screens", options.games, SCREENS));
    let product = Product::start(places)?;
    let games = Games::open(&product, options.games)?;
    let mut fleet = Fleet::new()?;
    let visit =
        |client| Visit { cookie: games.cookie(client), connect: games.connect(client), receive_buffer: None };
    fleet.connect(product.address(), games.screens(), AT_ONCE, visit, |_, _| ())?;
    let mut clicks = Clicks::new(options.games);
    clicks.begin(&mut fleet, &wire::start())?;
    fleet.idle(Duration::from_secs(1), &mut |_, _| ())?;

    let (mut report, mut promises) = (Report::new("exercise"), Promises::default());
    let process = product.process()?;
    let mut paced = Clicks::new(options.games);
    let cost = Cost::begin(&process)?;
    paced.once_a_second(&mut fleet, options.seconds)?;
    let mut figures = cost.of(&process, paced.acked())?;
    let latencies = paced.latencies();
    let millis = |share| percentile(&latencies, share).as_secs_f64() * 1e3;
    let bytes = paced.bytes_per_facilitator();
    figures.splice(
        0..0,
        [
            ("p50 ms", millis(0.5)),
            ("p99 ms", millis(0.99)),
            ("max ms", millis(1.0)),
            ("bytes per facilitator", bytes),
        ],
    );
    report.add("chorus", "once a second", figures);
    promises
        .check(paced.acked() == paced.sent(), &format!("{} of {} clicks acked", paced.acked(), paced.sent()));
    let seen = latencies.len();
    let all = paced.acked() * (SCREENS - 1);
    promises.check(seen == all, &format!("{seen} of {all} clicks seen on other screens"));
    let p99 = percentile(&latencies, 0.99);
    promises
        .check(p99 < PROMISED, &format!("a click is on ten other screens in {:.1} ms (p99)", millis(0.99)));
    let fewer = ORIGINAL / bytes;
    promises.check(fewer >= FEWER, &format!("{bytes:.0} bytes to each facilitator, {fewer:.0} times fewer"));

    let mut burst = Clicks::new(options.games);
    let cost = Cost::begin(&process)?;
    burst.at_once(&mut fleet, options.burst)?;
    let mut figures = cost.of(&process, burst.acked())?;
    figures.insert(0, ("durable per second", burst.rate()));
    report.add("chorus", "at once", figures);
    promises
        .check(burst.acked() == burst.sent(), &format!("{} of {} clicks acked", burst.acked(), burst.sent()));
    report.publish(&places.results)?;
    promises.verdict()
}

/// What the server has used before something began.
struct Cost {
    cpu: Duration,
    written: u64,
}

impl Cost {
    fn begin(process: &Process) -> Result<Self> {
        Ok(Self { cpu: process.cpu()?, written: process.bytes_written()? })
    }

    fn of(&self, process: &Process, clicks: usize) -> Result<Vec<(&'static str, f64)>> {
        let each = |amount: f64| amount / clicks as f64;
        Ok(vec![
            ("CPU us per click", each(process.micros_since(self.cpu)?)),
            ("disk bytes per click", each((process.bytes_written()? - self.written) as f64)),
        ])
    }
}
