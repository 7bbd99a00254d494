//! Exercises over HTTP.

mod exports;

use axum::extract::{Path, State};
use axum::routing::{delete, get};
use axum::{Json, Router};
use chorus_platform::identity::Guest;
use chorus_platform::rooms::Role;
use chorus_platform::{Asking, Input, Millis, Result, clock};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::exercises::Exercises;
use crate::model::Summary;
use crate::scenario::Settings;

impl Exercises {
    /// `/api/exercises` and `/api/scenarios`.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/api/exercises", get(list).post(create))
            .route("/api/exercises/{code}", delete(erase))
            .route("/api/exercises/{code}/keys", delete(withdraw_keys))
            .merge(exports::routes())
            .with_state(self.clone())
            .merge(self.library().routes(self.platform()))
            .merge(crate::classic::routes(self))
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
    scenario: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    settings: Option<Settings>,
}

#[derive(Serialize)]
struct Created {
    code: String,
}

async fn list(State(exercises): State<Exercises>, Guest(guest): Guest) -> Result<Json<Vec<Listed>>> {
    let now = clock::now();
    let hosted = exercises.hosted(guest).await?.into_iter();
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
    State(exercises): State<Exercises>,
    Guest(guest): Guest,
    Input(New { scenario, title, settings }): Input<New>,
) -> Result<(StatusCode, Json<Created>)> {
    let scenario = exercises.library().find(&scenario, Some(guest)).await?.scenario;
    let settings = settings.unwrap_or_else(|| scenario.settings.clone());
    let room = exercises.create(guest, &title, settings, &scenario).await?;
    Ok((StatusCode::CREATED, Json(Created { code: room.code.to_string() })))
}

async fn erase(
    State(exercises): State<Exercises>,
    Guest(guest): Guest,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<StatusCode> {
    let room = exercises.find(&code, asking).await?;
    exercises.platform().rooms.require(room.id, guest, Role::Host).await?;
    exercises.read(&room, Some(guest), |_, _| Ok(())).await?;
    exercises.live().erase(&room).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws all keys and the roles they gave; who asks keeps the role, as does the owner.
async fn withdraw_keys(
    State(exercises): State<Exercises>,
    Guest(guest): Guest,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<StatusCode> {
    let room = exercises.find(&code, asking).await?;
    exercises.withdraw_keys(&room, guest).await?;
    Ok(StatusCode::NO_CONTENT)
}
