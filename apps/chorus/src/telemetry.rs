//! Logging to stderr.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// What is logged when nobody says: our own words, and what goes wrong elsewhere.
const DEFAULT: &str = "info,sqlx=warn,hyper=warn";

/// Starts logging; a filter that cannot be read is told and replaced by the default.
pub(crate) fn start(filter: Option<&str>) {
    let filter = match filter {
        None => EnvFilter::new(DEFAULT),
        Some(level) if level.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            EnvFilter::new(format!("{level},sqlx=warn,hyper=warn"))
        }
        Some(filter) => EnvFilter::try_new(filter).unwrap_or_else(|error| {
            eprintln!("chorus: the log filter “{filter}” is not valid ({error}); using “{DEFAULT}”");
            EnvFilter::new(DEFAULT)
        }),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .compact()
        .init();
}
