//! How a classic client comes into a game: it makes it, joins it, or comes back to it.

use std::sync::Arc;
use std::time::Instant;

use chorus_platform::identity::GuestId;
use chorus_platform::kind::check;
use chorus_platform::live::Actor;
use chorus_platform::log::CommandId;
use chorus_platform::rooms::{Role, Room};
use chorus_platform::{Error, Result};
use chorus_socketio::{Payload, Socket};
use serde::Deserialize;
use serde_json::Value;

use super::answer::Answer;
use super::names::{self, Claim, Named};
use super::request::NewGame;
use super::sessions::{self, Forget, Keep};
use super::{Player, Shape, audience, told, words};
use crate::Exercises;
use crate::events::ExerciseAction;
use crate::model::{Command, Exercise, MAX_TITLE};
use crate::people::People;
use crate::scenario::{Delivery, Points, Resale, Restart, Settings};

/// How many connections one game has.
const PLAYERS: usize = 500;
/// As whom classic clients appear in the new UI.
const PERSON: &str = "CyberSim";

pub(super) async fn create(exercises: &Exercises, socket: &Socket, arguments: &[Value], answer: &Answer) {
    let shape = Shape::of_entry(arguments);
    let new = match NewGame::read(arguments) {
        Ok(new) => new,
        Err(words) => return answer.error(words),
    };
    let created = match create_game(exercises, socket, new, shape).await {
        Ok(Some(game)) => enter(exercises, socket, Player { game, shape }, answer).await,
        Ok(None) => return answer.error(words::EXISTS),
        Err(error) => Err(error),
    };
    if let Err(error) = created {
        answer.error(&words::plain(&error).unwrap_or_else(|| words::NOT_CREATED.to_owned()));
    }
}

/// Makes a game, unless there is one of the name.
async fn create_game(
    exercises: &Exercises,
    socket: &Socket,
    new: NewGame,
    shape: Shape,
) -> Result<Option<Arc<Named>>> {
    let (platform, hall) = (exercises.platform(), exercises.hall()?);
    hall.step(socket)?;
    let _making = hall.making.lock().await;
    if names::find(platform, &new.name).await?.is_some() {
        return Ok(None);
    }
    let address = platform.asking_over(socket.handshake()).await?.address;
    if !hall.games.take(address, Instant::now()) {
        return Err(Error::TooManyAttempts);
    }
    let scenario = Arc::clone(&hall.setup.read().scenario);
    let settings = settings(&scenario.settings, &new, shape);
    let (owner, _) = platform.identity.create().await?;
    let title: String = new.name.chars().take(MAX_TITLE).collect();
    let room = exercises.create(owner, &title, settings, &scenario).await?;
    // until it has its name, nobody can find the room
    let named = name_it(exercises, &room, owner, new.name).await;
    if !matches!(named, Ok(Some(_))) {
        exercises.live().erase(&room).await?;
    }
    named
}

async fn name_it(
    exercises: &Exercises,
    room: &Arc<Room>,
    owner: GuestId,
    name: String,
) -> Result<Option<Arc<Named>>> {
    let platform = exercises.platform();
    let member = platform.rooms.require(room.id, owner, Role::Host).await?.id;
    introduce(exercises, room, Actor { member, role: Role::Host }).await?;
    let claimed = platform.database.write(Claim { name: name.clone(), room: room.id, member }).await?;
    Ok(claimed.then(|| Arc::new(Named { name: name.into(), room: Arc::clone(room), member })))
}

/// Says in the log who classic clients are.
pub(super) async fn introduce(exercises: &Exercises, room: &Arc<Room>, actor: Actor) -> Result<()> {
    let name = PERSON.to_owned();
    let introduce = Command::Act(ExerciseAction::Introduce { name, role: None, place: None });
    exercises.live().command(room, actor, CommandId::random()?, introduce).await?;
    Ok(())
}

/// The original's own way to play: what a scenario says of its length stays.
fn settings(of_scenario: &Settings, new: &NewGame, shape: Shape) -> Settings {
    let (budget, support, most) = match shape {
        Shape::V1 => (7_000, 40, 100),
        Shape::V2 => (6_000, 55, 200),
    };
    Settings {
        budget: new.budget.unwrap_or(budget),
        support: new.support.unwrap_or(Points::whole(support)),
        support_min: Points::whole(0),
        support_max: Points::whole(most),
        speed: 100,
        carry_over: false,
        delivery: Delivery::Manual,
        resale: Resale::Preparation,
        restart: Restart::Keep,
        ..of_scenario.clone()
    }
}

pub(super) async fn join(exercises: &Exercises, socket: &Socket, arguments: &[Value], answer: &Answer) {
    let shape = Shape::of_entry(arguments);
    let name = arguments.first().and_then(Value::as_str).unwrap_or_default();
    let joined = match find(exercises, socket, name).await {
        Ok(Some(game)) => enter(exercises, socket, Player { game, shape }, answer).await,
        Ok(None) => return answer.error(words::NOT_FOUND),
        Err(error) => Err(error),
    };
    if let Err(error) = joined {
        answer.error(&words::plain(&error).unwrap_or_else(|| words::NOT_JOINED.to_owned()));
    }
}

async fn find(exercises: &Exercises, socket: &Socket, name: &str) -> Result<Option<Arc<Named>>> {
    exercises.hall()?.step(socket)?;
    names::find(exercises.platform(), name).await
}

/// Puts a connection into a game, out of the one it was in, and answers. It is remembered first:
/// whoever was answered comes back to this game.
async fn enter(exercises: &Exercises, socket: &Socket, player: Player, answer: &Answer) -> Result<()> {
    let (answer, before) = (answer.clone(), socket.data::<Player>());
    keep(exercises, socket, &player, None).await;
    let seated = seat(exercises, socket, player, move |json| answer.game(json)).await;
    match (&seated, before) {
        (Ok(()), Some(before)) => left(exercises, &before.game).await,
        (Ok(()), None) => {}
        (Err(_), Some(before)) => keep(exercises, socket, &before, None).await,
        (Err(_), None) => forget(exercises, socket).await,
    }
    seated
}

/// Somebody has left a game: those who are still there see how many they are.
pub(super) async fn left(exercises: &Exercises, game: &Named) {
    // a game that is gone, or a server that closes, has nobody to tell
    let _ = exercises.live().visit(&game.room, |_, people| people.classic_changed()).await;
}

/// Puts a connection into a game and shows it, in the room's task: what happens later reaches it.
pub(super) async fn seat(
    exercises: &Exercises,
    socket: &Socket,
    player: Player,
    show: impl FnOnce(&str) + Send + 'static,
) -> Result<()> {
    let (room, socket) = (Arc::clone(&player.game.room), socket.clone());
    let visit = exercises.live().visit(&room, move |exercise, people| {
        exercise.check_admission(player.actor())?;
        if people.classic.count() >= PLAYERS {
            return Err(Error::Full);
        }
        let json = player.show(exercise, people)?;
        socket.leave(socket.rooms());
        socket.join(audience(player.game.room.id, player.shape));
        socket.set_data(player);
        people.classic_changed();
        show(&json);
        Ok(())
    });
    visit.await?
}

/// Remembers where a connection plays, for when it comes back.
pub(super) async fn keep(exercises: &Exercises, socket: &Socket, player: &Player, before: Option<&str>) {
    if let Some(pid) = socket.pid() {
        let keep = Keep::new(pid.as_str(), player.game.room.id, player.shape, before);
        noted(exercises.platform().database.write(keep).await);
    }
}

pub(super) async fn forget(exercises: &Exercises, socket: &Socket) {
    if let Some(pid) = socket.pid() {
        noted(exercises.platform().database.write(Forget::new(pid.as_str())).await);
    }
}

fn noted(written: Result<()>) {
    if let Err(error) = written {
        tracing::warn!(%error, "it was not noted where somebody plays");
    }
}

impl Player {
    pub(super) fn actor(&self) -> Actor {
        Actor { member: self.game.member, role: Role::Host }
    }

    pub(super) fn show(&self, exercise: &Exercise, people: &mut People) -> Result<Arc<str>> {
        people.classic.game(exercise, &self.game.name, self.shape).ok_or(Error::Internal)
    }
}

/// What a client tells of itself when it comes back.
#[derive(Deserialize)]
struct Claimed {
    pid: String,
}

/// Puts somebody back into the game whose line was broken, and shows it anew.
pub(super) async fn come_back(exercises: &Exercises, socket: &Socket) -> Result<()> {
    let platform = exercises.platform();
    if socket.recovered() {
        let Some(player) = socket.data::<Player>() else { return Ok(()) };
        let named = names::find(platform, &player.game.name).await?;
        if named.is_none_or(|named| named.room.id != player.game.room.id) {
            // closed to classic clients, or erased
            told::put_out(socket);
            return Ok(());
        }
        return reseat(exercises, socket, Player::clone(&player)).await;
    }
    let Ok(Claimed { pid }) = socket.auth() else { return Ok(()) };
    let Some((game, shape)) = sessions::find(platform, &pid).await? else { return Ok(()) };
    let player = Player { game, shape };
    keep(exercises, socket, &player, Some(&pid)).await;
    reseat(exercises, socket, player).await
}

async fn reseat(exercises: &Exercises, socket: &Socket, player: Player) -> Result<()> {
    let told = socket.clone();
    seat(exercises, socket, player, move |json| {
        check(told.emit("gameUpdated", Payload::object(json)));
    })
    .await
}
