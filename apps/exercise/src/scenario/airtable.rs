//! Scenarios from an Airtable base, in the tables from which `CyberSim` is set up.
//!
//! Every table is read through its view `Grid view`, a page at a time, and never faster than
//! Airtable allows. Other columns than the known ones are passed over.

mod base;
mod client;
mod names;
mod tables;

use std::time::Duration;

use super::file::Draft;
use base::Base;
use client::Client;
use names::TABLES;

/// Where Airtable is.
pub const ENDPOINT: &str = "https://api.airtable.com";
/// How long the reading of a base may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// Reads bases.
pub struct Airtable {
    client: Client,
}

/// Why a base could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The token opens nothing.
    #[error("the Airtable access token is not valid")]
    Token,
    /// There is no such base, or the token does not open it.
    #[error("the Airtable base id is not valid, or the token may not read this base")]
    Base,
    /// The address is not one that tokens may be sent to.
    #[error("the address of Airtable must begin with https://, not {0}")]
    Endpoint(String),
    /// The certificates of the system cannot be read.
    #[error("the certificates of this machine cannot be read: {0}")]
    Certificates(std::io::Error),
    /// There was no answer, or none in time.
    #[error("Airtable cannot be reached: {0}")]
    Unreachable(String),
    /// The answer was none that can be understood.
    #[error("Airtable answered the request for {table} with {answer}")]
    Answer {
        /// The table.
        table: &'static str,
        /// What it answered.
        answer: String,
    },
    /// There is more than a scenario has.
    #[error("there is too much in the table {0}")]
    TooLarge(&'static str),
}

impl Airtable {
    /// Reads with a token, from [`ENDPOINT`] or from another address: by HTTPS, or on this machine.
    ///
    /// It must be made in a Tokio runtime.
    pub fn new(endpoint: Option<&str>, token: &str) -> Result<Self, Error> {
        Ok(Self { client: Client::new(endpoint.unwrap_or(ENDPOINT), token)? })
    }

    /// Reads a base. Dropping the future ends the reading.
    pub async fn read(&self, base: &str, title: &str) -> Result<Draft, Error> {
        let reading = self.fetch(base);
        let tables = tokio::time::timeout(PATIENCE, reading).await;
        let (tables, missing) = tables.map_err(|_| Error::Unreachable("it took too long".to_owned()))??;
        Ok(tables.draft(title, missing))
    }

    /// All tables; and those that are not there.
    async fn fetch(&self, base: &str) -> Result<(Base, Vec<&'static str>), Error> {
        let is_id = (1..=64).contains(&base.len()) && base.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_id {
            return Err(Error::Base);
        }
        let mut tables = Base::default();
        let mut missing = Vec::new();
        for table in TABLES {
            match self.client.records(base, table).await? {
                Some(records) => tables.insert(table, records),
                None => missing.push(table),
            }
        }
        // who may read nothing may not read the base
        if missing.len() == TABLES.len() { Err(Error::Base) } else { Ok((tables, missing)) }
    }
}
