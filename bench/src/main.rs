//! Load generator: how much processor time and memory a Socket.IO server needs for its work.
//!
//! Every figure is of a server *process*, started here and read through `/proc`; this process
//! only makes the load. How to run it and read its figures: `docs/PERFORMANCE.md`.
#![allow(clippy::cast_precision_loss, reason = "figures are rounded for reading anyway")]

mod abandoned;
mod dial;
mod exercise;
mod fleet;
mod floor;
mod poll;
mod process;
mod product;
mod promises;
mod report;
mod rest;
mod scenario;
mod server;
mod slow;

use clap::{Parser, Subcommand};

use crate::{
    scenario::{Scenario, Selection},
    server::Places,
};

/// Any failure ends the run, so all that is needed of it is its words.
type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Measures Socket.IO servers: ours, its peers, and the floor that no server can go below.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    places: Places,
}

#[derive(Subcommand)]
enum Command {
    /// Processor time to accept connections.
    Connect(Selection),
    /// Memory of connections that do nothing.
    Idle(Selection),
    /// Processor time to send one message to many clients.
    Broadcast(Selection),
    /// Processor time and latency of acknowledged messages.
    Echo(Selection),
    /// Processor time of many small rooms.
    Rooms(Selection),
    /// Shows that a broadcast is encoded once (ours only).
    Encode,
    /// A room full of voters on one poll of the chorus binary; fails when a promise is broken.
    Poll(poll::Options),
    /// Many exercises with several facilitators each; fails when a promise is broken.
    Exercise(exercise::Options),
    /// A client that stops reading while its room is written to; fails when a promise is broken.
    Slow(slow::Options),
    /// Sessions that are begun and never finished (ours only); fails when a promise is broken.
    Abandoned(abandoned::Options),
    /// Serves as the floor: bare sockets, one task each. Used by the other commands.
    Floor {
        /// The port of 127.0.0.1 to listen on.
        #[arg(env = "PORT")]
        port: u16,
    },
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Command::Connect(selection) => scenario::run(Scenario::Connect, &selection, &cli.places),
        Command::Idle(selection) => scenario::run(Scenario::Idle, &selection, &cli.places),
        Command::Broadcast(selection) => scenario::run(Scenario::Broadcast, &selection, &cli.places),
        Command::Echo(selection) => scenario::run(Scenario::Echo, &selection, &cli.places),
        Command::Rooms(selection) => scenario::run(Scenario::Rooms, &selection, &cli.places),
        Command::Encode => scenario::encode(&cli.places),
        Command::Poll(options) => poll::run(&options, &cli.places),
        Command::Exercise(options) => exercise::run(&options, &cli.places),
        Command::Slow(options) => slow::run(&options, &cli.places),
        Command::Abandoned(options) => abandoned::run(&options, &cli.places),
        Command::Floor { port } => floor::serve(port),
    }
}
