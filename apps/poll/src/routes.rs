//! Polls over HTTP.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chorus_platform::identity::Guest;
use chorus_platform::rooms::Role;
use chorus_platform::{Asking, Input, Millis, Result, clock};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::events::{PollFile, Question};
use crate::file;
use crate::model::Summary;
use crate::polls::Polls;

/// A poll of 200 questions with 12 options each, all as long as may be, in bytes.
const LARGEST_FILE: usize = 4_000_000;

impl Polls {
    /// `/api/polls`, and what takes the roles of a poll back.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/api/polls", get(list).post(create))
            .route("/api/polls/import", post(import))
            .route("/api/polls/{code}", axum::routing::delete(delete))
            .route("/api/polls/{code}/poll.json", get(export_json))
            .route("/api/polls/{code}/results.csv", get(export_csv))
            .route("/api/polls/{code}/keys", axum::routing::delete(withdraw_keys))
            .layer(DefaultBodyLimit::max(LARGEST_FILE))
            .with_state(self.clone())
    }
}

#[derive(Serialize)]
struct Listed {
    code: String,
    title: String,
    created: Millis,
    ended: bool,
    #[serde(flatten)]
    summary: Summary,
}

#[derive(Deserialize)]
struct New {
    title: String,
    #[serde(default)]
    questions: Vec<Question>,
}

#[derive(Serialize)]
struct Created {
    code: String,
}

async fn list(State(polls): State<Polls>, Guest(guest): Guest) -> Result<Json<Vec<Listed>>> {
    let now = clock::now();
    let hosted = polls.hosted(guest).await?.into_iter();
    let list = hosted.map(|room| Listed {
        code: room.code.to_string(),
        ended: room.is_closed(now),
        summary: Summary::read(&room.summary),
        title: room.title,
        created: room.created,
    });
    Ok(Json(list.collect()))
}

async fn create(
    State(polls): State<Polls>,
    Guest(guest): Guest,
    Input(new): Input<New>,
) -> Result<(StatusCode, Json<Created>)> {
    let room = polls.create(guest, &new.title, new.questions).await?;
    Ok((StatusCode::CREATED, Json(Created { code: room.code.to_string() })))
}

async fn import(
    State(polls): State<Polls>,
    Guest(guest): Guest,
    file: Result<Input<PollFile>>,
) -> Result<(StatusCode, Json<Created>)> {
    let Input(file) = file.map_err(file::unreadable)?;
    let (title, questions) = file.into_poll()?;
    let room = polls.create(guest, &title, questions).await?;
    Ok((StatusCode::CREATED, Json(Created { code: room.code.to_string() })))
}

async fn delete(
    State(polls): State<Polls>,
    Guest(guest): Guest,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<StatusCode> {
    let room = polls.find(&code, asking).await?;
    polls.platform().rooms.require(room.id, guest, Role::Host).await?;
    polls.live().erase(&room).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws all keys and the roles they gave; who asks keeps the role, as does the owner.
async fn withdraw_keys(
    State(polls): State<Polls>,
    Guest(guest): Guest,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<StatusCode> {
    let room = polls.find(&code, asking).await?;
    polls.withdraw_keys(&room, guest).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn export_json(
    State(polls): State<Polls>,
    Guest(guest): Guest,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<Response> {
    let room = polls.find(&code, asking).await?;
    let file = polls.read_as_host(&room, guest, PollFile::of).await?;
    let name = format!("poll-{}.json", room.code);
    Ok((attachment(&name), Json(file)).into_response())
}

async fn export_csv(
    State(polls): State<Polls>,
    Guest(guest): Guest,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<Response> {
    let room = polls.find(&code, asking).await?;
    let csv = polls.read_as_host(&room, guest, file::csv).await??;
    let name = format!("results-{}.csv", room.code);
    let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")];
    Ok((attachment(&name), kind, csv).into_response())
}

fn attachment(name: &str) -> [(header::HeaderName, String); 2] {
    let disposition = format!("attachment; filename=\"{name}\"");
    [(header::CONTENT_DISPOSITION, disposition), (header::CACHE_CONTROL, "no-store".to_owned())]
}
