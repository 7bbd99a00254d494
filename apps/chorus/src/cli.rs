//! The command line: `chorus serve`, `chorus scenario`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{BoolishValueParser, Resettable};
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{Classics, Config, ConfigError, File};
use crate::scenario;

/// Live rooms that people join with a code
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the rooms of a data folder
    ///
    /// A value is taken from the command line, else from the environment, else from the file,
    /// else it is the default. An empty variable is as good as none.
    Serve(Serve),
    /// Check, import and export the scenarios of exercises
    #[command(subcommand)]
    Scenario(scenario::Asked),
}

/// What is to be done.
pub(crate) enum Asked {
    Serve(Box<Config>),
    Scenario(scenario::Asked),
}

/// What the command line and the environment say.
#[derive(Debug, Default, Args)]
pub(crate) struct Serve {
    /// Where to listen [default: 127.0.0.1:3000; the variable PORT replaces the port]
    #[arg(long, value_name = "ADDR", env = "CHORUS_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,

    /// The folder of the database, made when it is not there [default: data]
    #[arg(long, value_name = "DIR", env = "CHORUS_DATA")]
    pub(crate) data: Option<PathBuf>,

    /// Serve the original clients of a well-known system on a port of their own:
    /// `ask-the-audience=PORT`, `cybersim=PORT[,scenario=NAME]`
    ///
    /// Several are separated by commas, or said one after the other. New games of `CyberSim` are
    /// played with the scenario of that name [default: election].
    #[arg(long, value_name = "NAME=PORT", env = "CHORUS_CLASSIC")]
    pub(crate) classic: Vec<Classics>,

    /// The password by which clients of `CyberSim` may import a scenario; nobody may without one
    ///
    /// Better said by the variable: others on the machine can see the command line.
    #[arg(long, value_name = "TEXT", env = "CHORUS_MIGRATION_PASSWORD", hide_env_values = true)]
    pub(crate) migration_password: Option<String>,

    /// Where clients of `CyberSim` import scenarios from [default: `https://api.airtable.com`]
    #[arg(long, value_name = "URL", env = "CHORUS_AIRTABLE_URL")]
    pub(crate) airtable_url: Option<String>,

    /// Let pages of another origin talk to the server, such as `https://example.org`
    ///
    /// Needed when a proxy changes the header Host, and for pages that are served elsewhere. A
    /// browser sends the guest cookie (SameSite=Lax) only from pages of the same site, such as
    /// another port or subdomain: to pages of other sites everybody is a stranger.
    #[arg(long, value_name = "URL", env = "CHORUS_ORIGIN", value_delimiter = ',')]
    pub(crate) origin: Vec<String>,

    /// The address by which people reach the server, when it is not the one it listens on: for
    /// links and QR codes
    #[arg(long, value_name = "URL", env = "CHORUS_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,

    /// Believe the headers X-Forwarded-For, -Host and -Proto: only behind a proxy that sets them
    #[arg(long, env = "CHORUS_TRUST_PROXY", value_parser = BoolishValueParser::new())]
    pub(crate) trust_proxy: bool,

    /// How many people may take part in one room at the same time [default: 20000]
    ///
    /// Who has voted, or was there minutes ago, is let in to a full room too.
    #[arg(long, value_name = "N", env = "CHORUS_MAX_PEOPLE")]
    pub(crate) max_people: Option<usize>,

    /// Erase rooms in which nothing has happened for so many days [default: never]
    #[arg(long, value_name = "N", env = "CHORUS_KEEP_DAYS")]
    pub(crate) keep_days: Option<u32>,

    /// What is logged to stderr: error, warn, info, debug, trace, or a filter [default: info]
    #[arg(long, value_name = "LEVEL", env = "CHORUS_LOG")]
    pub(crate) log: Option<String>,

    /// A TOML file with the same names: `listen = "0.0.0.0:80"`
    #[arg(long, value_name = "FILE", env = "CHORUS_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// The port that platforms give by the environment.
    #[arg(long = "port-of-the-platform", hide = true, env = "PORT")]
    pub(crate) port: Option<u16>,
}

/// Whether the address was said on the command line, where no variable overrides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    OnTheCommandLine,
    Elsewhere,
}

/// Reads the command line, the environment and the file. Ends the process on `--help`, and with
/// code 2 on a command line that cannot be understood.
pub(crate) fn parse() -> Result<Asked, ConfigError> {
    let matches = command().get_matches();
    let Cli { command } = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let serve = match command {
        Command::Serve(serve) => serve,
        Command::Scenario(asked) => return Ok(Asked::Scenario(asked)),
    };
    let source = matches.subcommand_matches("serve").and_then(|serve| serve.value_source("listen"));
    let listen = match source {
        Some(ValueSource::CommandLine) => Said::OnTheCommandLine,
        _ => Said::Elsewhere,
    };
    let file = serve.config.as_deref().map_or(Ok(File::default()), File::read)?;
    Config::new(serve, listen, file).map(|config| Asked::Serve(Box::new(config)))
}

/// The command line, without the variables that are set to nothing.
fn command() -> clap::Command {
    let scenario = |scenario: clap::Command| scenario.mut_subcommands(without_empty);
    Cli::command().mut_subcommand("serve", without_empty).mut_subcommand("scenario", scenario)
}

fn without_empty(command: clap::Command) -> clap::Command {
    command.mut_args(|arg| {
        let empty = arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
        if empty { arg.env(Resettable::Reset) } else { arg }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }
}
