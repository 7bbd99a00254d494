//! What lists show of a scenario.

use chorus_platform::{Error, Millis, Result};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use ts_rs::TS;

use super::Stored;
use crate::scenario::{Document, Settings};

/// Whose a scenario is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "exercise/", rename = "ScenarioFrom")]
pub enum Origin {
    /// It comes with Chorus.
    Chorus,
    /// Everybody's on this server.
    Server,
    /// The asking person's own.
    Mine,
}

impl Origin {
    /// By the owner's column, of a row that the asking person may see.
    pub(super) fn of_owner(owner: Option<i64>) -> Self {
        if owner.is_some() { Self::Mine } else { Self::Server }
    }
}

/// A scenario in a list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export, export_to = "exercise/", rename = "ListedScenario")]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub from: Origin,
    /// Its version, from 1.
    #[ts(type = "number")]
    pub version: u64,
    /// When it was changed last; none for a shipped one.
    #[ts(type = "number | null")]
    pub changed: Option<Millis>,
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
}

/// What is stored for lists, so that they need not read the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "exercise/", rename = "ScenarioSummary")]
pub struct About {
    /// The title.
    pub title: String,
    /// What it is about and for whom.
    pub summary: String,
    /// The language of its texts.
    pub language: String,
    /// How many rows its tables have.
    pub counts: Counts,
    /// How games of it begin.
    pub settings: Settings,
}

/// How many rows the tables of a scenario have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "exercise/", rename = "ScenarioCounts")]
#[allow(missing_docs, reason = "each is the table's own name")]
pub struct Counts {
    pub systems: usize,
    pub mitigations: usize,
    pub responses: usize,
    pub threats: usize,
    pub roles: usize,
    pub actions: usize,
    pub curveballs: usize,
    pub learning: usize,
}

impl Counts {
    /// Of a document.
    pub fn of(document: &Document) -> Self {
        Self {
            systems: document.systems.len(),
            mitigations: document.mitigations.len(),
            responses: document.responses.len(),
            threats: document.threats.len(),
            roles: document.roles.len(),
            actions: document.actions.len(),
            curveballs: document.curveballs.len(),
            learning: document.learning.len(),
        }
    }
}

impl About {
    pub(super) fn of(document: &Document) -> Self {
        Self {
            title: document.title.clone(),
            summary: document.summary.clone(),
            language: document.language.clone(),
            counts: Counts::of(document),
            settings: document.settings.clone(),
        }
    }
}

impl Listed {
    pub(super) fn of(stored: &Stored) -> Self {
        let Stored { id, from, version, changed, scenario } = stored;
        let about = About::of(scenario);
        Self { id: id.clone(), from: *from, version: *version, changed: *changed, about }
    }
}

/// A row of `id, owner, version, changed, summary`.
pub(super) fn listed(row: &sqlx::any::AnyRow) -> Result<Listed> {
    let id: String = row.try_get(0)?;
    let about: &str = row.try_get(4)?;
    let about = serde_json::from_str(about).map_err(|error| {
        tracing::error!(id, %error, "the summary of a stored scenario cannot be read");
        Error::Internal
    })?;
    Ok(Listed {
        id,
        from: Origin::of_owner(row.try_get(1)?),
        version: row.try_get::<i64, _>(2)?.cast_unsigned(),
        changed: Some(row.try_get(3)?),
        about,
    })
}
