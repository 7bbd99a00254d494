//! Scenarios over HTTP.

use axum::extract::{DefaultBodyLimit, FromRef, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chorus_platform::identity::Guest;
use chorus_platform::{Error, Input, Platform, Result};
use http::{StatusCode, header};
use serde_json::Value;

use super::wire::{Changed, Checked, CheckedFiles, Files, Imported, Kept, New, Refusal, Shown};
use super::{Counts, Library, Listed};
use crate::scenario::file::{self, Draft, InputFile, MAX_BYTES};
use crate::scenario::{Document, Scenario};

/// The largest body: files whose every character is escaped.
const LARGEST_BODY: usize = 2 * MAX_BYTES;
/// How many files may be imported at once.
const MAX_FILES: usize = 100;

impl Library {
    /// `/api/scenarios`.
    pub fn routes(&self, platform: &Platform) -> Router {
        let state = Shelf { library: self.clone(), platform: platform.clone() };
        Router::new()
            .route("/api/scenarios", get(list).post(create))
            .route("/api/scenarios/check", post(check))
            .route("/api/scenarios/import", post(import))
            .route("/api/scenarios/schema.json", get(schema))
            .route("/api/scenarios/{id}", get(show).put(update).delete(delete))
            .route("/api/scenarios/{id}/scenario.yaml", get(export_yaml))
            .route("/api/scenarios/{id}/scenario.json", get(export_json))
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(state)
    }
}

#[derive(Clone)]
struct Shelf {
    library: Library,
    platform: Platform,
}

impl FromRef<Shelf> for Platform {
    fn from_ref(shelf: &Shelf) -> Self {
        shelf.platform.clone()
    }
}

async fn list(State(shelf): State<Shelf>, Guest(guest): Guest) -> Result<Json<Vec<Listed>>> {
    Ok(Json(shelf.library.list(Some(guest)).await?))
}

async fn show(
    State(shelf): State<Shelf>,
    Guest(guest): Guest,
    Path(id): Path<String>,
) -> Result<Json<Shown>> {
    let stored = shelf.library.find(&id, Some(guest)).await?;
    let document = Document::clone(&stored.scenario);
    Ok(Json(Shown { id: stored.id, from: stored.from, version: stored.version, document }))
}

async fn create(
    State(shelf): State<Shelf>,
    Guest(guest): Guest,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Kept>), Refusal> {
    let scenario = scenario(new.document).await?;
    let id = shelf.library.create(guest, &scenario).await?;
    Ok((StatusCode::CREATED, Json(Kept { id, version: 1 })))
}

async fn update(
    State(shelf): State<Shelf>,
    Guest(guest): Guest,
    Path(id): Path<String>,
    Input(changed): Input<Changed>,
) -> Result<Json<Kept>, Refusal> {
    let scenario = scenario(changed.document).await?;
    let version = shelf.library.update(&id, guest, changed.version, &scenario).await?;
    Ok(Json(Kept { id, version }))
}

async fn delete(
    State(shelf): State<Shelf>,
    Guest(guest): Guest,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    shelf.library.delete(&id, guest).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn check(_: State<Shelf>, _: Guest, Input(new): Input<New>) -> Result<Json<Checked>> {
    let draft = blocking(move || file::draft(new.document)).await?;
    Ok(Json(Checked { faults: draft.faults().to_vec() }))
}

async fn import(
    State(shelf): State<Shelf>,
    Guest(guest): Guest,
    Input(files): Input<Files>,
) -> Result<Response, Refusal> {
    let only_check = files.check;
    let draft = read(files).await?;
    let title = draft.document().title.clone();
    if only_check {
        let counts = Counts::of(draft.document());
        return Ok(Json(CheckedFiles { title, counts, faults: draft.faults().to_vec() }).into_response());
    }
    let scenario = draft.into_scenario()?;
    let id = shelf.library.create(guest, &scenario).await?;
    let imported = Imported { kept: Kept { id, version: 1 }, title };
    Ok((StatusCode::CREATED, Json(imported)).into_response())
}

async fn export_yaml(
    State(shelf): State<Shelf>,
    Guest(guest): Guest,
    Path(id): Path<String>,
) -> Result<Response> {
    let stored = shelf.library.find(&id, Some(guest)).await?;
    let text = file::to_yaml(&stored.scenario)?;
    Ok((attachment(&stored.id, "yaml"), [(header::CONTENT_TYPE, "application/yaml")], text).into_response())
}

async fn export_json(
    State(shelf): State<Shelf>,
    Guest(guest): Guest,
    Path(id): Path<String>,
) -> Result<Response> {
    let stored = shelf.library.find(&id, Some(guest)).await?;
    let text = file::to_json(&stored.scenario)?;
    Ok((attachment(&stored.id, "json"), [(header::CONTENT_TYPE, "application/json")], text).into_response())
}

async fn schema() -> Response {
    let kind = [(header::CONTENT_TYPE, "application/schema+json")];
    (kind, Document::schema()).into_response()
}

/// The id has been found, so that it has no character with a meaning.
fn attachment(id: &str, ending: &str) -> [(header::HeaderName, String); 1] {
    [(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.{ending}\""))]
}

async fn scenario(document: Value) -> Result<Scenario, Refusal> {
    Ok(blocking(move || file::draft(document).into_scenario()).await??)
}

async fn read(files: Files) -> Result<Draft> {
    if files.files.is_empty() || files.files.len() > MAX_FILES {
        return Err(Error::invalid("A scenario has 1 to 100 files."));
    }
    let bytes: usize = files.files.iter().map(|file| file.content.len()).sum();
    if bytes > MAX_BYTES {
        return Err(super::too_large());
    }
    let files: Vec<_> = files.files.into_iter().map(InputFile::from).collect();
    blocking(move || file::read(&files, None)).await
}

/// Reads in a thread of its own: it takes some hundred milliseconds for the largest files.
async fn blocking<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(read).await.map_err(|error| {
        tracing::error!(%error, "a scenario could not be read");
        Error::Internal
    })
}
