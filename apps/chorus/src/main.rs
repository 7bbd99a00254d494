//! `chorus`: live rooms that people join with a code.

mod cli;
mod config;
mod serve;
mod shutdown;
mod telemetry;
mod ui;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match cli::parse() {
        Ok(config) => serve::serve(config).await,
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chorus: {error}");
            ExitCode::FAILURE
        }
    }
}
