//! Polls over HTTP.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chorus_platform::identity::Guest;
use chorus_platform::kind::created;
use chorus_platform::{Asking, Input, Result};
use http::header;
use serde::Deserialize;

use crate::events::{PollFile, Question};
use crate::file;
use crate::polls::Polls;

/// A poll of 200 questions with 12 options each, all as long as may be, in bytes.
const LARGEST_FILE: usize = 4_000_000;

impl Polls {
    /// `/api/polls`.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/api/polls", post(create))
            .route("/api/polls/import", post(import))
            .route("/api/polls/{code}/poll.json", get(export_json))
            .route("/api/polls/{code}/results.csv", get(export_csv))
            .layer(DefaultBodyLimit::max(LARGEST_FILE))
            .with_state(self.clone())
            .merge(self.kind().routes())
    }
}

#[derive(Deserialize)]
struct New {
    title: String,
    #[serde(default)]
    questions: Vec<Question>,
}

async fn create(
    State(polls): State<Polls>,
    Guest(guest): Guest,
    Input(new): Input<New>,
) -> Result<impl IntoResponse> {
    let room = polls.create(guest, &new.title, new.questions).await?;
    Ok(created(&room))
}

async fn import(
    State(polls): State<Polls>,
    Guest(guest): Guest,
    file: Result<Input<PollFile>>,
) -> Result<impl IntoResponse> {
    let Input(file) = file.map_err(file::unreadable)?;
    let (title, questions) = file.into_poll()?;
    let room = polls.create(guest, &title, questions).await?;
    Ok(created(&room))
}

async fn export_json(
    State(polls): State<Polls>,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<Response> {
    let room = polls.kind().find_hosted(&code, asking).await?;
    let file = polls.live().visit(&room, |poll, _| PollFile::of(poll)).await?;
    let name = format!("poll-{}.json", room.code);
    Ok((attachment(&name), Json(file)).into_response())
}

async fn export_csv(
    State(polls): State<Polls>,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<Response> {
    let room = polls.kind().find_hosted(&code, asking).await?;
    let csv = polls.live().visit(&room, |poll, _| file::csv(poll)).await??;
    let name = format!("results-{}.csv", room.code);
    let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")];
    Ok((attachment(&name), kind, csv).into_response())
}

fn attachment(name: &str) -> [(header::HeaderName, String); 2] {
    let disposition = format!("attachment; filename=\"{name}\"");
    [(header::CONTENT_DISPOSITION, disposition), (header::CACHE_CONTROL, "no-store".to_owned())]
}
