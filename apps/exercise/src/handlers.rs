//! The namespace `/exercise`.

use std::sync::Arc;

use chorus_platform::identity::GuestId;
use chorus_platform::live::Actor;
use chorus_platform::log::{CommandId, Offset};
use chorus_platform::rooms::{MemberId, Role, Room};
use chorus_platform::{Error, Result};
use chorus_socketio::{Ack, ConnectError, Data, Handshake, Namespace, Socket};

use crate::events::{EnterExercise, ExerciseAction, ExerciseCommand, ExerciseReply, Part, PersonId, Stage};
use crate::exercises::Exercises;
use crate::model::Command;
use crate::people::{Seat, check};

/// Has the exercises answer on the namespace.
pub(crate) fn mount(exercises: &Exercises, namespace: &Namespace) {
    let on = exercises.clone();
    namespace.middleware(move |socket: Socket, Data(enter): Data<EnterExercise>| {
        let exercises = on.clone();
        async move {
            let seat = admit(&exercises, socket.handshake(), enter).await;
            socket.set_data(seat.map_err(refuse)?);
            Ok::<(), ConnectError>(())
        }
    });
    let on = exercises.clone();
    namespace.on_connect(move |socket: Socket| connect(on.clone(), socket));
    let on = exercises.clone();
    namespace.on("command", move |socket: Socket, Data(sent): Data<ExerciseCommand>, ack: Ack| {
        let exercises = on.clone();
        async move {
            let reply = match command(&exercises, &socket, sent).await {
                Ok(offset) => ExerciseReply::Ok { offset },
                Err(error) => {
                    ExerciseReply::Error { code: error.code().to_owned(), message: error.to_string() }
                }
            };
            check(ack.send(&reply));
        }
    });
    let on = exercises.clone();
    namespace.on("show", move |socket: Socket, Data(stage): Data<Stage>| show(on.clone(), socket, stage));
    let on = exercises.clone();
    namespace.on_disconnect(move |socket: Socket| leave(on.clone(), socket));
}

/// Finds out who it is, and whether there is a place in the part that is wanted.
async fn admit(exercises: &Exercises, handshake: &Handshake, enter: EnterExercise) -> Result<Seat> {
    let asking = exercises.platform().asking_over(handshake).await?;
    let guest = asking.guest.ok_or(Error::NoSession)?;
    let room = exercises.find(&enter.code, asking).await?;
    let rooms = &exercises.platform().rooms;
    let (member, role) = match enter.part {
        Part::Facilitator => (rooms.require(room.id, guest, Role::Host).await?.id, Role::Host),
        Part::Observer => (rooms.require(room.id, guest, Role::Observer).await?.id, Role::Observer),
        Part::Projector => (MemberId::random()?, Role::Projector),
        Part::Participant => (participant(exercises, &room, guest).await?, Role::Participant),
    };
    let actor = Actor { member, role };
    exercises.admit(&room, actor).await?;
    Ok(Seat { room, actor, since: enter.since })
}

/// The member a guest is; a stranger is let in only where it is not locked.
async fn participant(exercises: &Exercises, room: &Arc<Room>, guest: GuestId) -> Result<MemberId> {
    let rooms = &exercises.platform().rooms;
    if let Some(member) = rooms.member(room.id, guest).await? {
        return Ok(member.id);
    }
    let stranger = Actor { member: MemberId::random()?, role: Role::Participant };
    exercises.admit(room, stranger).await?;
    Ok(rooms.join(room.id, guest).await?.id)
}

async fn connect(exercises: Exercises, socket: Socket) {
    let Some(seat) = socket.data::<Seat>() else { return };
    let (room, newcomer) = (Arc::clone(&seat.room), socket.clone());
    let arrived =
        exercises.live().visit(&room, move |exercise, people| people.arrive(exercise, &newcomer, &seat));
    if let Err(error) = arrived.await {
        tracing::warn!(%error, room = %room.id, "a newcomer was not shown the exercise");
        check(socket.emit("gone", error.wire()));
        socket.disconnect();
    }
}

async fn command(exercises: &Exercises, socket: &Socket, wanted: ExerciseCommand) -> Result<Offset> {
    let seat = socket.data::<Seat>().ok_or(Error::Internal)?;
    if seat.actor.role == Role::Projector {
        return Err(Error::Forbidden);
    }
    let id = CommandId::parse(&wanted.id)?;
    let entrusted = match wanted.action {
        ExerciseAction::Entrust { person, part } => Some((person, part)),
        _ => None,
    };
    let done = exercises.command(&seat.room, seat.actor, id, Command::Act(wanted.action)).await?;
    if let Some((person, part)) = entrusted {
        entrust(exercises, &seat.room, person, part).await?;
    }
    Ok(done)
}

/// What the log says of somebody's part holds for the next time they come in. Done again for a
/// command that is sent again, so that nothing is lost between the two.
async fn entrust(exercises: &Exercises, room: &Arc<Room>, person: PersonId, part: Part) -> Result<()> {
    let member = exercises.live().visit(room, move |exercise, _| {
        exercise.people().find(|known| known.id == person).map(|known| known.member)
    });
    match member.await? {
        Some(member) => exercises.platform().rooms.set_role(room.id, member, part.into()).await,
        None => Ok(()),
    }
}

async fn show(exercises: Exercises, socket: Socket, stage: Stage) {
    let Some(seat) = socket.data::<Seat>() else { return };
    if seat.actor.role == Role::Host {
        let _ = exercises.live().visit(&seat.room, move |_, people| people.show(stage)).await;
    }
}

async fn leave(exercises: Exercises, socket: Socket) {
    let Some(seat) = socket.data::<Seat>() else { return };
    let room = Arc::clone(&seat.room);
    // A room that is gone, or a server that closes, has nobody to take leave of.
    let _ = exercises.live().visit(&room, move |_, people| people.leave(&socket)).await;
}

fn refuse(error: Error) -> ConnectError {
    if let Error::Storage(source) = &error {
        tracing::error!(error = %source, "the database failed a connection");
    }
    let data = serde_json::json!({ "code": error.code() });
    ConnectError::new(error.to_string()).data(data)
}
