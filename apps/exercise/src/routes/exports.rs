//! The review over HTTP, and what can be taken along of it.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chorus_platform::rooms::Role;
use chorus_platform::{Asking, Error, Result, clock};
use http::header;
use serde::Deserialize;

use crate::events::Review;
use crate::exercises::Exercises;
use crate::model::Exercise;
use crate::review::{self, Language, Notes};

pub(super) fn routes() -> Router<Exercises> {
    Router::new()
        .route("/api/exercises/{code}/review", get(show))
        .route("/api/exercises/{code}/review.html", get(html))
        .route("/api/exercises/{code}/events.csv", get(csv))
        .route("/api/exercises/{code}/log.jsonl", get(json_lines))
}

/// For facilitators and observers at any time, for everybody else when it is over. Notes are for
/// the former only.
async fn show(
    State(exercises): State<Exercises>,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<Json<Review>> {
    let room = exercises.kind().find(&code, asking).await?;
    let read = |exercise: &Exercise, role: Role| {
        let notes = if role >= Role::Observer { Notes::Told } else { Notes::Withheld };
        if notes == Notes::Withheld && !exercise.is_over() {
            return Err(Error::Forbidden);
        }
        Ok(Review::of(exercise, clock::now(), notes))
    };
    Ok(Json(exercises.kind().read(&room, asking.guest, read).await?))
}

#[derive(Deserialize)]
struct Wanted {
    /// The language of the report's own words: `en` or `de`.
    #[serde(default)]
    language: String,
}

async fn html(
    State(exercises): State<Exercises>,
    asking: Asking,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let review =
        read(&exercises, asking, &code, |exercise| Ok(Review::of(exercise, clock::now(), Notes::Told)));
    let page = review::html(&review.await?, Language::of(&wanted.language));
    Ok(attachment(&code, "review.html", "text/html; charset=utf-8", page.into_bytes()))
}

async fn csv(
    State(exercises): State<Exercises>,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<Response> {
    let table = read(&exercises, asking, &code, |exercise| {
        review::csv(&Review::of(exercise, clock::now(), Notes::Told))
    });
    Ok(attachment(&code, "events.csv", "text/csv; charset=utf-8; header=present", table.await?))
}

async fn json_lines(
    State(exercises): State<Exercises>,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<Response> {
    let lines = read(&exercises, asking, &code, |exercise| Ok(review::json_lines(exercise)));
    Ok(attachment(&code, "log.jsonl", "application/jsonl; charset=utf-8", lines.await?))
}

/// Reads an exercise for a facilitator or an observer.
async fn read<T: Send + 'static>(
    exercises: &Exercises,
    asking: Asking,
    code: &str,
    read: impl FnOnce(&Exercise) -> Result<T> + Send + 'static,
) -> Result<T> {
    let room = exercises.kind().find(code, asking).await?;
    let read = |exercise: &Exercise, role: Role| {
        if role >= Role::Observer { read(exercise) } else { Err(Error::Forbidden) }
    };
    exercises.kind().read(&room, asking.guest, read).await
}

fn attachment(code: &str, name: &str, kind: &'static str, content: Vec<u8>) -> Response {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let disposition = format!("attachment; filename=\"exercise-{code}-{name}\"");
    let headers = [
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, content).into_response()
}
