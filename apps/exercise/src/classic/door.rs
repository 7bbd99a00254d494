//! Between the new UI and classic clients: rooms that are opened to them, and games found by name.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use chorus_platform::identity::Guest;
use chorus_platform::live::Actor;
use chorus_platform::rooms::{MemberId, Role, Room};
use chorus_platform::{Asking, Error, Input, Result};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::entry;
use super::names::{self, Claim, Release};
use crate::Exercises;
use crate::scenario::Document;

/// What the new UI asks of the dialect.
pub(crate) fn routes(exercises: &Exercises) -> Router {
    Router::new()
        .route("/api/exercises/classic", post(find))
        .route("/api/exercises/{code}/classic", post(open).get(show).delete(close))
        .with_state(exercises.clone())
}

impl Exercises {
    /// Lets classic clients find a room by a name, in place of an earlier one.
    ///
    /// Fails with `no_classic` when there is no dialect, with `taken` when another room has the
    /// name, and with `other_scenario` when the room is played with another than the one whose
    /// tables classic clients read.
    pub async fn open_to_classic(&self, room: &Arc<Room>, name: &str) -> Result<()> {
        let setup = Arc::clone(&self.hall()?.setup.read());
        if let Some(fault) = names::fault(name) {
            return Err(Error::invalid(fault));
        }
        let same =
            self.live().visit(room, move |exercise, _| ids(exercise.scenario()).eq(ids(&setup.scenario)));
        if !same.await? {
            return Err(other_scenario());
        }
        let before = names::of_room(self.platform(), room.id).await?;
        if before.as_deref() == Some(name) {
            return Ok(());
        }
        let member = MemberId::random()?;
        let claim = Claim { name: name.to_owned(), room: room.id, member };
        if !self.platform().database.write(claim).await? {
            return Err(taken());
        }
        self.put_classic_out(room);
        entry::introduce(self, room, Actor { member, role: Role::Host }).await
    }

    /// Closes a room to classic clients; those that are there are put out.
    pub async fn close_to_classic(&self, room: &Arc<Room>) -> Result<()> {
        self.platform().database.write(Release(room.id)).await?;
        self.put_classic_out(room);
        Ok(())
    }

    fn put_classic_out(&self, room: &Room) {
        self.outlets().classic.put_out(room.id);
    }
}

/// All ids of a scenario, in order.
fn ids(document: &Document) -> impl Iterator<Item = &str> {
    let systems = document.systems.iter().map(|row| row.id.as_str());
    let mitigations = document.mitigations.iter().map(|row| row.id.as_str());
    let responses = document.responses.iter().map(|row| row.id.as_str());
    let threats = document.threats.iter().map(|row| row.id.as_str());
    let actions = document.actions.iter().map(|row| row.id.as_str());
    let curveballs = document.curveballs.iter().map(|row| row.id.as_str());
    systems.chain(mitigations).chain(responses).chain(threats).chain(actions).chain(curveballs)
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

#[derive(Serialize)]
struct Found {
    code: String,
}

#[derive(Serialize)]
struct Shown {
    name: Option<String>,
}

/// Finds a game by its name. Whoever knows it may do everything, as in the original.
async fn find(
    State(exercises): State<Exercises>,
    Guest(guest): Guest,
    Input(Name { name }): Input<Name>,
) -> Result<Json<Found>> {
    let hall = exercises.hall()?;
    if !hall.guesses.has_left(&guest, Instant::now()) {
        return Err(Error::TooManyAttempts);
    }
    let Some(game) = names::find(exercises.platform(), &name).await? else {
        hall.guesses.spend(guest, Instant::now());
        return Err(unknown());
    };
    exercises.kind().read(&game.room, Some(guest), |_, _| Ok(())).await?;
    exercises.platform().rooms.grant(game.room.id, guest, Role::Host).await?;
    Ok(Json(Found { code: game.room.code.to_string() }))
}

async fn open(
    State(exercises): State<Exercises>,
    asking: Asking,
    Path(code): Path<String>,
    Input(Name { name }): Input<Name>,
) -> Result<StatusCode> {
    let room = exercises.kind().find_hosted(&code, asking).await?;
    exercises.open_to_classic(&room, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn show(
    State(exercises): State<Exercises>,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<Json<Shown>> {
    let room = exercises.kind().find_hosted(&code, asking).await?;
    exercises.hall()?;
    Ok(Json(Shown { name: names::of_room(exercises.platform(), room.id).await? }))
}

async fn close(
    State(exercises): State<Exercises>,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<StatusCode> {
    let room = exercises.kind().find_hosted(&code, asking).await?;
    exercises.close_to_classic(&room).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The server has no classic dialect.
pub(super) fn closed() -> Error {
    Error::refused(StatusCode::NOT_FOUND, "no_classic", "This server has no port for CyberSim's clients.")
}

fn unknown() -> Error {
    Error::refused(StatusCode::NOT_FOUND, "unknown_room", "There is no game with this name.")
}

fn taken() -> Error {
    Error::refused(StatusCode::CONFLICT, "taken", "Another game has this name.")
}

fn other_scenario() -> Error {
    let message = "CyberSim's clients know only the scenario that this server was started with for them.";
    Error::refused(StatusCode::CONFLICT, "other_scenario", message)
}
