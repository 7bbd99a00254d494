//! What goes over HTTP.

use axum::Json;
use axum::response::{IntoResponse, Response};
use chorus_platform::Error;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{Counts, Origin};
use crate::scenario::file::InputFile;
use crate::scenario::{Document, Fault, Faults};

/// Why a scenario was not taken.
pub(super) enum Refusal {
    Error(Error),
    Faults(Faults),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Faults> for Refusal {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Error(error) => error.into_response(),
            Self::Faults(faults) => {
                let message = "There are faults in this scenario.";
                (StatusCode::BAD_REQUEST, Json(Faulty { code: "faults", message, faults })).into_response()
            }
        }
    }
}

#[derive(Serialize)]
pub(super) struct Faulty {
    pub(super) code: &'static str,
    pub(super) message: &'static str,
    pub(super) faults: Faults,
}

/// A scenario with what is known of it.
#[derive(Serialize, TS)]
#[ts(export, export_to = "exercise/", rename = "ShownScenario")]
pub(super) struct Shown {
    pub(super) id: String,
    pub(super) from: Origin,
    #[ts(type = "number")]
    pub(super) version: u64,
    pub(super) document: Document,
}

#[derive(Deserialize)]
pub(super) struct New {
    pub(super) document: Value,
}

#[derive(Deserialize)]
pub(super) struct Changed {
    pub(super) version: u64,
    pub(super) document: Value,
}

/// A scenario as it is kept now.
#[derive(Serialize, TS)]
#[ts(export, export_to = "exercise/", rename = "KeptScenario")]
pub(super) struct Kept {
    pub(super) id: String,
    #[ts(type = "number")]
    pub(super) version: u64,
}

/// What is wrong with a document.
#[derive(Serialize, TS)]
#[ts(export, export_to = "exercise/", rename = "CheckedScenario")]
pub(super) struct Checked {
    pub(super) faults: Vec<Fault>,
}

#[derive(Deserialize)]
pub(super) struct Files {
    pub(super) files: Vec<File>,
    #[serde(default)]
    pub(super) check: bool,
}

#[derive(Deserialize)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) content: String,
}

/// What some files hold, and what is wrong with them.
#[derive(Serialize, TS)]
#[ts(export, export_to = "exercise/", rename = "CheckedFiles")]
pub(super) struct CheckedFiles {
    pub(super) title: String,
    pub(super) counts: Counts,
    pub(super) faults: Vec<Fault>,
}

#[derive(Serialize)]
pub(super) struct Imported {
    #[serde(flatten)]
    pub(super) kept: Kept,
    pub(super) title: String,
}

impl From<File> for InputFile {
    fn from(file: File) -> Self {
        Self { name: file.name, content: file.content.into_bytes() }
    }
}
