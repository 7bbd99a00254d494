//! A room full of voters on one poll of the product, and what it promises them.
//!
//! Three questions: votes spread over some seconds, votes all at once, and votes during which the
//! server is killed. Then it is started again on the same data.

mod promises;
mod room;
mod round;
mod schedule;
mod voter;
mod wire;

use std::time::{Duration, Instant};

use self::{room::Room, round::Round};
use crate::{
    Result,
    fleet::{Fleet, Visit},
    process::Process,
    product::Product,
    promises::Promises,
    report::{Report, announce},
    server::Places,
};

/// The host's number in the fleet; voters follow it.
const HOST: usize = 0;
/// Time for what is under way to arrive, when nothing tells that it has.
const SETTLE: Duration = Duration::from_secs(1);
/// The options of each question.
const OPTIONS: usize = 4;
/// How many clients connect at the same time.
const AT_ONCE: usize = 64;

/// How the poll is run.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many people vote.
    #[arg(long, default_value_t = 5000)]
    voters: usize,
    /// The seconds that the votes on the first and the last question are spread over.
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
}

/// One run: the product, who takes part, what was found.
struct Run<'a> {
    places: &'a Places,
    voters: usize,
    product: Product,
    room: Room,
    fleet: Fleet,
    promises: Promises,
    report: Report,
}

/// Runs the poll; an error if a promise was broken.
pub(crate) fn run(options: &Options, places: &Places) -> Result<()> {
    announce(&format!("poll of {} voters", options.voters));
    let spread = Duration::try_from_secs_f64(options.seconds)?;
    let mut run = Run {
        places,
        voters: options.voters,
        product: Product::start(places)?,
        room: Room::default(),
        fleet: Fleet::new()?,
        promises: Promises::default(),
        report: Report::new("poll"),
    };
    let mut memory = run.gather()?;
    let first = run.ask(1, "spread", spread)?;
    let second = run.ask(2, "at once", Duration::ZERO)?;
    memory.push(("peak MB", run.process()?.peak_memory()? as f64 / 1e6));
    let third = run.crash(3, spread)?;
    run.recover(&[first, second, third])?;

    run.report.publish(&places.results)?;
    let mut report = Report::new("poll-memory");
    report.add("chorus", format!("{} voters", run.voters), memory);
    report.publish(&places.results)?;
    run.promises.verdict()
}

impl Run<'_> {
    /// Makes the poll and connects everybody; returns what a connected voter costs.
    fn gather(&mut self) -> Result<Vec<(&'static str, f64)>> {
        let guests = self.product.guests(1 + self.voters)?;
        self.room = Room::open(&self.product, &guests)?;
        let visit = |client| Visit {
            cookie: guests.get(client).cloned(),
            connect: wire::connect(&self.room.code, if client == HOST { "host" } else { "participant" }),
            receive_buffer: None,
        };
        let process = self.process()?;
        let empty = process.memory()?.pss as f64;
        self.fleet.connect(self.product.address(), 1 + self.voters, AT_ONCE, visit, |_, _| ())?;
        self.fleet.idle(SETTLE, &mut |_, _| ())?;
        Ok(vec![("bytes per client", (process.memory()?.pss as f64 - empty) / self.voters as f64)])
    }

    /// Opens a question, lets all vote on it and holds what they saw against the promises.
    fn ask(&mut self, question: u32, name: &'static str, spread: Duration) -> Result<Round> {
        let mut round = self.open(question)?;
        let process = self.process()?;
        let (cpu, written) = (process.cpu()?, process.bytes_written()?);
        round.vote(&mut self.fleet, spread)?;
        round.settle(&mut self.fleet)?;
        self.promises.of_round(name, &round);
        let each = |amount: f64| amount / self.voters as f64;
        let mut figures = round.figures();
        figures.push(("CPU us per vote", each(process.micros_since(cpu)?)));
        figures.push(("disk bytes per vote", each((process.bytes_written()? - written) as f64)));
        self.report.add("chorus", name, figures);
        Ok(round)
    }

    /// Opens a question and kills the server while it is voted on.
    fn crash(&mut self, question: u32, spread: Duration) -> Result<Round> {
        let mut round = self.open(question)?;
        round.vote_half(&mut self.fleet, spread)?;
        self.product.kill()?;
        // What was on the wire still counts: an ack that arrives is a promise.
        let end = Instant::now() + SETTLE;
        while Instant::now() < end {
            // Each round of events tells of clients that are lost; all of them are.
            let _ = round.pump(&mut self.fleet, SETTLE / 10);
        }
        Ok(round)
    }

    /// Starts the server again and compares what it knows with what was acked.
    fn recover(&mut self, rounds: &[Round]) -> Result<()> {
        self.product.restart(self.places)?;
        let results = self.room.results(&self.product)?;
        for (round, kept) in rounds.iter().zip(&results) {
            self.promises.of_recovery(round, kept);
        }
        if results.len() < rounds.len() {
            return Err("questions are missing after the restart".into());
        }
        Ok(())
    }

    fn open(&mut self, question: u32) -> Result<Round> {
        self.fleet.send(HOST, &wire::open(question))?;
        let mut opened = false;
        let on = |opened: &mut bool, client: usize, packet: &str| {
            *opened |= client == HOST && wire::Packet::parse(packet).is_ok_ack();
        };
        self.fleet.pump_until(&mut opened, on, |opened| *opened)?;
        self.fleet.idle(SETTLE, &mut |_, _| ())?;
        Ok(Round::new(question, self.voters))
    }

    fn process(&self) -> Result<Process> {
        self.product.process()
    }
}
