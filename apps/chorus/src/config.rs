//! What is configured, from wherever it was said.

mod classic;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub(crate) use classic::{Classic, ClassicError, Classics, Dialect};

use crate::cli::{Said, Serve};

/// Where to listen when nobody says.
const LISTEN: &str = "127.0.0.1:3000";
/// Where the data is when nobody says.
const DATA: &str = "data";
/// How many people fit into a room when nobody says.
const MAX_PEOPLE: usize = 20_000;

/// The configuration of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    pub(crate) classic: Vec<Classic>,
    pub(crate) origins: Vec<String>,
    pub(crate) public_url: Option<String>,
    pub(crate) trust_proxy: bool,
    pub(crate) max_people: usize,
    pub(crate) keep_days: Option<u32>,
    pub(crate) migration: Migration,
    pub(crate) log: Option<String>,
}

/// How the clients of `CyberSim` may have a scenario imported.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Migration {
    pub(crate) password: Option<String>,
    pub(crate) airtable: Option<String>,
}

impl fmt::Debug for Migration {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migration").field("airtable", &self.airtable).finish_non_exhaustive()
    }
}

/// The file of `--config`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct File {
    listen: Option<SocketAddr>,
    data: Option<PathBuf>,
    classic: Vec<String>,
    origin: Vec<String>,
    public_url: Option<String>,
    trust_proxy: bool,
    max_people: Option<usize>,
    keep_days: Option<u32>,
    migration_password: Option<String>,
    airtable_url: Option<String>,
    log: Option<String>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("the configuration {} cannot be read: {source}", .file.display())]
    Read { file: PathBuf, source: std::io::Error },
    #[error("the configuration {} is not valid: {source}", .file.display())]
    Parse { file: PathBuf, source: toml::de::Error },
    #[error("{0}")]
    Classic(#[from] ClassicError),
    #[error("“{0}” is not an origin: it must look like https://example.org")]
    Origin(String),
}

impl Config {
    pub(crate) fn new(said: Serve, listen: Said, file: File) -> Result<Self, ConfigError> {
        let mut address = said.listen.or(file.listen).unwrap_or(default_listen());
        if let (Said::Elsewhere, Some(port)) = (listen, said.port) {
            address.set_port(port);
        }
        let classic = if said.classic.is_empty() {
            file.classic.iter().map(|list| list.parse()).collect::<Result<Vec<Classics>, _>>()?
        } else {
            said.classic
        };
        let mut origins = if said.origin.is_empty() { file.origin } else { said.origin };
        let public_url = said.public_url.or(file.public_url);
        origins.extend(public_url.as_deref().map(origin_of));
        if let Some(origin) = origins.iter().find(|origin| !is_origin(origin)) {
            return Err(ConfigError::Origin(origin.clone()));
        }
        Ok(Self {
            listen: address,
            data: said.data.or(file.data).unwrap_or_else(|| DATA.into()),
            classic: Classics::all(classic)?,
            origins,
            public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
            trust_proxy: said.trust_proxy || file.trust_proxy,
            max_people: said.max_people.or(file.max_people).unwrap_or(MAX_PEOPLE),
            keep_days: said.keep_days.or(file.keep_days).filter(|days| *days > 0),
            migration: Migration {
                password: said.migration_password.or(file.migration_password),
                airtable: said.airtable_url.or(file.airtable_url),
            },
            log: said.log.or(file.log),
        })
    }
}

impl File {
    pub(crate) fn read(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| ConfigError::Read { file: file.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| ConfigError::Parse { file: file.to_owned(), source })
    }
}

fn default_listen() -> SocketAddr {
    LISTEN.parse().unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000)))
}

/// Scheme and host of an address.
fn origin_of(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            format!("{scheme}://{host}")
        }
        None => url.to_owned(),
    }
}

fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    host.map(|host| host.trim_end_matches('/'))
        .is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '*']))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn said_wins_over_the_file_and_the_file_over_the_default() {
        let file: File = toml::from_str(
            "listen = \"0.0.0.0:80\"\ndata = \"/from/file\"\nclassic = [\"ask-the-audience=3001\"]",
        )
        .unwrap();
        let said = Serve { data: Some("/said".into()), ..Serve::default() };
        let config = Config::new(said, Said::Elsewhere, file).unwrap();
        assert_eq!(config.listen.to_string(), "0.0.0.0:80");
        assert_eq!(config.data, Path::new("/said"));
        assert_eq!(config.classic, [Classic { port: 3001, dialect: Dialect::AskTheAudience }]);
        assert_eq!(config.max_people, MAX_PEOPLE);
        let config = Config::new(Serve::default(), Said::Elsewhere, File::default()).unwrap();
        assert_eq!(config.listen, default_listen());
        assert_eq!(config.listen.to_string(), LISTEN);
    }

    #[test]
    fn polls_are_kept_for_ever_unless_days_are_said() {
        let from = |said, file: &str| {
            let file = toml::from_str(file).unwrap();
            Config::new(said, Said::Elsewhere, file).unwrap().keep_days
        };
        assert_eq!(from(Serve::default(), ""), None);
        assert_eq!(from(Serve::default(), "keep-days = 90"), Some(90));
        assert_eq!(from(Serve { keep_days: Some(7), ..Serve::default() }, "keep-days = 90"), Some(7));
        assert_eq!(from(Serve { keep_days: Some(0), ..Serve::default() }, "keep-days = 90"), None);
    }

    #[test]
    fn the_port_of_the_platform_replaces_all_but_the_command_line() {
        let said = || Serve { port: Some(8080), listen: "0.0.0.0:80".parse().ok(), ..Serve::default() };
        let from = |said, listen| Config::new(said, listen, File::default()).unwrap().listen.port();
        assert_eq!(from(said(), Said::Elsewhere), 8080);
        assert_eq!(from(said(), Said::OnTheCommandLine), 80);
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        assert!(toml::from_str::<File>("lisen = \"0.0.0.0:80\"").is_err());
        for origin in ["*", "example.org", "https://", "https://a/b", "ftp://a"] {
            let said = Serve { origin: vec![origin.into()], ..Serve::default() };
            assert!(Config::new(said, Said::Elsewhere, File::default()).is_err(), "{origin}");
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        let said = Serve { migration_password: Some("geheim".into()), ..Serve::default() };
        let config = Config::new(said, Said::Elsewhere, File::default()).unwrap();
        assert!(!format!("{config:?}").contains("geheim"));
        assert_eq!(config.migration.password.as_deref(), Some("geheim"));
    }

    #[test]
    fn the_public_address_is_an_allowed_origin() {
        let said = Serve { public_url: Some("https://a.test/chorus/".into()), ..Serve::default() };
        let config = Config::new(said, Said::Elsewhere, File::default()).unwrap();
        assert_eq!(config.origins, ["https://a.test"]);
        assert_eq!(config.public_url.as_deref(), Some("https://a.test/chorus"));
    }
}
