//! `POST /migrate`: another scenario for new games, from an Airtable base.
//!
//! Games in play keep theirs. The scenario is kept in the library, under [`NAME`], so that the new
//! UI can use it too; that it replaces the one the server was started with is remembered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chorus_platform::{Asking, Result, random};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Options, SCENARIO, Setup};
use crate::Exercises;
use crate::scenario::airtable::{self, Airtable};
use crate::scenario::{Faults, Scenario};

/// The id of the imported scenario in the library.
const NAME: &str = "airtable";
/// What it is called: a base has no title.
const TITLE: &str = "CyberSim";
/// Where is remembered which scenario the imported one replaces.
const SETTING: &str = "classic.cybersim.replaced";
/// How many passwords one address may try at once, and how long until one more.
pub(super) const TRIES: (u32, Duration) = (30, Duration::from_secs(5));
/// What the original says when it is at its end.
const FAILED: &str = "There was an internal server error during the migration! Please contact the \
    developers to fix it.";

/// The scenario of new games: the imported one, as long as the server is started with the one that
/// it replaced.
pub(super) async fn scenario(exercises: &Exercises, options: &Options) -> Result<Arc<Scenario>> {
    let configured = options.scenario.as_deref().unwrap_or(SCENARIO);
    let replaced = exercises.platform().database.setting(SETTING).await?;
    let id = if replaced.as_deref() == Some(configured) { NAME } else { configured };
    Ok(exercises.library().find(id, None).await?.scenario)
}

/// What is asked for; whatever is no text is as good as nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wanted {
    password: Value,
    access_token: Value,
    table_id: Value,
}

/// Why a base was not imported.
enum Fault {
    /// The token opens nothing.
    Token,
    /// There is no such base, or it lacks a table.
    Base,
    /// What is in it makes no scenario.
    Content(Vec<ContentFault>),
    /// Something went wrong here or there.
    Internal,
}

#[derive(Serialize)]
struct ContentFault {
    message: String,
}

/// Imports a base.
pub(super) async fn migrate(State(exercises): State<Exercises>, asking: Asking, body: Bytes) -> Response {
    let wanted: Wanted = match serde_json::from_slice::<Value>(&body) {
        Ok(value @ Value::Object(_)) => serde_json::from_value(value).unwrap_or_default(),
        Ok(Value::Array(_)) => Wanted::default(),
        _ if body.is_empty() => Wanted::default(),
        _ => return (StatusCode::BAD_REQUEST, "This is not valid JSON.").into_response(),
    };
    match import(&exercises, asking, &wanted).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal,
    }
}

async fn import(exercises: &Exercises, asking: Asking, wanted: &Wanted) -> Result<(), Response> {
    let hall = exercises.hall().map_err(IntoResponse::into_response)?;
    if !hall.passwords.has_left(&asking.address, Instant::now()) {
        let answer = json!({ "password": "Too many attempts. Please wait a moment." });
        return Err((StatusCode::TOO_MANY_REQUESTS, Json(answer)).into_response());
    }
    if !is_right(hall.options.password.as_deref(), &wanted.password) {
        hall.passwords.spend(asking.address, Instant::now());
        return Err(bad(json!({ "password": "Invalid master password" })));
    }
    let _migrating = hall.migrating.lock().await;
    let (token, base) = (wanted.access_token.as_str(), wanted.table_id.as_str());
    let scenario = fetch(&hall.options, token.unwrap_or_default(), base.unwrap_or_default());
    let scenario = scenario.await.map_err(refusal)?;
    let kept = keep(exercises, &scenario, &hall.options).await;
    let setup = kept.and_then(|()| Setup::new(Arc::new(scenario)));
    let setup = setup.map_err(|error| {
        tracing::error!(%error, "an imported scenario was not kept");
        refusal(Fault::Internal)
    })?;
    *hall.setup.write() = Arc::new(setup);
    Ok(())
}

/// Compares hashes, so that the time it takes tells nothing.
fn is_right(password: Option<&str>, tried: &Value) -> bool {
    let tried = tried.as_str().map(random::hash);
    password.filter(|password| !password.is_empty()).map(random::hash).is_some_and(|hash| tried == Some(hash))
}

async fn keep(exercises: &Exercises, scenario: &Scenario, options: &Options) -> Result<()> {
    exercises.library().import(NAME, scenario).await?;
    let replaced = options.scenario.clone().unwrap_or_else(|| SCENARIO.to_owned());
    exercises.platform().database.set_setting(SETTING, replaced).await
}

/// Reads a base.
async fn fetch(options: &Options, token: &str, base: &str) -> Result<Scenario, Fault> {
    let airtable = Airtable::new(options.airtable.as_deref(), token)?;
    Ok(airtable.read(base, TITLE).await?.into_scenario()?)
}

fn refusal(fault: Fault) -> Response {
    match fault {
        Fault::Token => bad(json!({ "accessToken": "Invalid airtable access token" })),
        Fault::Base => bad(json!({ "tableId": "Invalid airtable base id" })),
        Fault::Content(errors) => bad(json!({
            "validation": true,
            "message": "The base does not make a scenario.",
            "errors": errors,
        })),
        Fault::Internal => {
            (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "message": FAILED }))).into_response()
        }
    }
}

fn bad(answer: Value) -> Response {
    (StatusCode::BAD_REQUEST, Json(answer)).into_response()
}

impl From<airtable::Error> for Fault {
    fn from(error: airtable::Error) -> Self {
        match error {
            airtable::Error::Token => Self::Token,
            airtable::Error::Base => Self::Base,
            error => {
                tracing::error!(%error, "a base was not imported");
                Self::Internal
            }
        }
    }
}

impl From<Faults> for Fault {
    fn from(faults: Faults) -> Self {
        Self::Content(faults.iter().map(|fault| ContentFault { message: fault.to_string() }).collect())
    }
}
