//! `chorus`: live rooms that people join with a code.

mod cli;
mod config;
mod scenario;
mod serve;
mod shutdown;
mod telemetry;
mod ui;

use std::error::Error;
use std::process::ExitCode;

use chorus_platform::database::Migrations;
use cli::Asked;

/// The tables of the kinds of rooms that have some of their own.
const MIGRATIONS: &[&Migrations] = &[&chorus_exercise::library::MIGRATIONS];

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chorus: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    match cli::parse()? {
        Asked::Serve(config) => serve::serve(*config).await?,
        Asked::Scenario(asked) => scenario::run(asked).await?,
    }
    Ok(())
}
