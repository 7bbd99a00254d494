//! Exercises over HTTP.

mod exports;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use chorus_platform::identity::Guest;
use chorus_platform::kind::created;
use chorus_platform::{Input, Result};
use serde::Deserialize;

use crate::exercises::Exercises;
use crate::scenario::Settings;

impl Exercises {
    /// `/api/exercises` and `/api/scenarios`.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/api/exercises", post(create))
            .merge(exports::routes())
            .with_state(self.clone())
            .merge(self.kind().routes())
            .merge(self.library().routes(self.platform()))
            .merge(crate::classic::routes(self))
    }
}

#[derive(Deserialize)]
struct New {
    scenario: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    settings: Option<Settings>,
}

async fn create(
    State(exercises): State<Exercises>,
    Guest(guest): Guest,
    Input(New { scenario, title, settings }): Input<New>,
) -> Result<impl IntoResponse> {
    let scenario = exercises.library().find(&scenario, Some(guest)).await?.scenario;
    let settings = settings.unwrap_or_else(|| scenario.settings.clone());
    let room = exercises.create(guest, &title, settings, &scenario).await?;
    Ok(created(&room))
}
