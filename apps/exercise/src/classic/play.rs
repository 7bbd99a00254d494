//! What happens on a connection of a classic client.

use std::sync::Arc;

use chorus_platform::log::CommandId;
use chorus_platform::{Error, Result};
use chorus_socketio::{Ack, DisconnectReason, Namespace, Payload, Socket};
use serde_json::Value;

use super::answer::Answer;
use super::entry::{come_back, create, forget, join, keep, left, seat};
use super::request::Request;
use super::{Player, Shape};
use crate::Exercises;
use crate::events::ExerciseAction;
use crate::model::{Command, Exercise};
use crate::scenario::{MitigationId, Reach};

/// Has the exercises answer on the namespace.
pub(super) fn mount(exercises: &Exercises, namespace: &Namespace) {
    let on = exercises.clone();
    namespace.on_connect(move |socket: Socket| {
        let exercises = on.clone();
        async move {
            if let Err(error) = come_back(&exercises, &socket).await {
                tracing::warn!(%error, "somebody who came back was not put into the game");
            }
        }
    });
    let on = exercises.clone();
    namespace.on("createGame", move |socket: Socket, payload: Payload, ack: Ack| {
        let exercises = on.clone();
        async move { create(&exercises, &socket, &arguments(&payload), &Answer::new(ack)).await }
    });
    let on = exercises.clone();
    namespace.on("joinGame", move |socket: Socket, payload: Payload, ack: Ack| {
        let exercises = on.clone();
        async move { join(&exercises, &socket, &arguments(&payload), &Answer::new(ack)).await }
    });
    for request in Request::ALL {
        let on = exercises.clone();
        namespace.on(request.event(), move |socket: Socket, payload: Payload, ack: Ack| {
            let exercises = on.clone();
            async move { act(&exercises, &socket, request, &arguments(&payload), &Answer::new(ack)).await }
        });
    }
    let on = exercises.clone();
    namespace.on_disconnect(move |socket: Socket, reason: DisconnectReason| {
        let exercises = on.clone();
        async move {
            if reason == DisconnectReason::ClientNamespaceDisconnect {
                forget(&exercises, &socket).await;
            }
            if let Some(player) = socket.data::<Player>() {
                left(&exercises, &player.game).await;
            }
        }
    });
}

/// What came with an event; nothing, if it cannot be read.
fn arguments(payload: &Payload) -> Vec<Value> {
    payload.parse().unwrap_or_default()
}

async fn act(exercises: &Exercises, socket: &Socket, request: Request, arguments: &[Value], answer: &Answer) {
    let Some(player) = socket.data::<Player>() else { return answer.error(request.failed()) };
    let action = match request.read(arguments) {
        Ok(action) => action,
        Err(why) => return answer.error(&request.unreadable(why)),
    };
    if let Err(error) = command(exercises, socket, player, action, answer).await {
        if let Error::Storage(source) = &error {
            tracing::error!(error = %source, "the database failed a classic client");
        }
        answer.error(&request.refused(&error));
    }
}

/// Whoever names the place of a mitigation has a row for each place, from now on.
async fn as_shown(
    exercises: &Exercises,
    socket: &Socket,
    player: Arc<Player>,
    action: &ExerciseAction,
) -> Result<Arc<Player>> {
    use ExerciseAction::{Buy, Sell};

    let names_place = matches!(action, Buy { at: Some(_), .. } | Sell { at: Some(_), .. });
    if !names_place || player.shape == Shape::V1 {
        return Ok(player);
    }
    let shown = Player { shape: Shape::V1, ..Player::clone(&player) };
    keep(exercises, socket, &shown, None).await;
    seat(exercises, socket, shown.clone(), |_| ()).await?;
    Ok(Arc::new(shown))
}

/// Does it, tells everybody, and answers.
async fn command(
    exercises: &Exercises,
    socket: &Socket,
    player: Arc<Player>,
    action: ExerciseAction,
    answer: &Answer,
) -> Result<()> {
    exercises.hall()?.step(socket)?;
    let player = as_shown(exercises, socket, player, &action).await?;
    let room = Arc::clone(&player.game.room);
    let done = exercises
        .live()
        .command(&room, player.actor(), CommandId::random()?, Command::Classic(action.clone()))
        .await;
    let answer = answer.clone();
    let visit = exercises.live().visit(&room, move |exercise, people| {
        match done {
            Ok(_) => {}
            Err(error) if error.code() == "no_resale" && has_nothing_of(exercise, &action) => {
                people.classic.tell_all(exercise);
            }
            Err(error) => return Err(error),
        }
        answer.game(&player.show(exercise, people)?);
        Ok(())
    });
    visit.await?
}

/// Whether what is to be given back is not there: then nothing is asked for.
fn has_nothing_of(exercise: &Exercise, action: &ExerciseAction) -> bool {
    let ExerciseAction::Sell { mitigation, at } = action else { return false };
    let places = |id: &MitigationId, reach: Reach| {
        let mitigation = exercise.scenario().mitigation(id)?;
        Some(exercise.board().places(mitigation, exercise.scenario(), reach, true))
    };
    places(mitigation, at.unwrap_or_default()).is_some_and(|places| places.is_empty())
}
