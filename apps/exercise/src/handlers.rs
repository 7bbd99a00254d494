//! The namespace `/exercise`.

use std::sync::Arc;

use chorus_platform::identity::GuestId;
use chorus_platform::kind::Seat;
use chorus_platform::live::Actor;
use chorus_platform::log::{CommandId, Offset};
use chorus_platform::rooms::{MemberId, Role, Room};
use chorus_platform::{Asking, Error, Result};
use chorus_socketio::{Data, Namespace, Socket};

use crate::events::{EnterExercise, ExerciseAction, ExerciseCommand, Part, PersonId, Stage};
use crate::exercises::Exercises;
use crate::model::Command;

/// Has the exercises answer on the namespace.
pub(crate) fn mount(exercises: &Exercises, namespace: &Namespace) {
    let (entered, acted, shown) = (exercises.clone(), exercises.clone(), exercises.clone());
    exercises.kind().mount(
        namespace,
        move |asking, enter| admit(entered.clone(), asking, enter),
        move |seat, wanted| act(acted.clone(), seat, wanted),
    );
    namespace.on("show", move |socket: Socket, Data(stage): Data<Stage>| show(shown.clone(), socket, stage));
}

/// Finds out who it is, and whether there is a place in the part that is wanted.
async fn admit(exercises: Exercises, asking: Asking, enter: EnterExercise) -> Result<Seat> {
    let guest = asking.guest.ok_or(Error::NoSession)?;
    let room = exercises.kind().find(&enter.code, asking).await?;
    let rooms = &exercises.platform().rooms;
    let (member, role) = match enter.part {
        Part::Facilitator => (rooms.require(room.id, guest, Role::Host).await?.id, Role::Host),
        Part::Observer => (rooms.require(room.id, guest, Role::Observer).await?.id, Role::Observer),
        Part::Projector => (MemberId::random()?, Role::Projector),
        Part::Participant => (participant(&exercises, &room, guest).await?, Role::Participant),
    };
    let actor = Actor { member, role };
    exercises.kind().admit(&room, actor).await?;
    Ok(Seat { room, actor, since: enter.since })
}

/// The member a guest is; a stranger is let in only where it is not locked.
async fn participant(exercises: &Exercises, room: &Arc<Room>, guest: GuestId) -> Result<MemberId> {
    let rooms = &exercises.platform().rooms;
    if let Some(member) = rooms.member(room.id, guest).await? {
        return Ok(member.id);
    }
    let stranger = Actor { member: MemberId::random()?, role: Role::Participant };
    exercises.kind().admit(room, stranger).await?;
    Ok(rooms.join(room.id, guest).await?.id)
}

async fn act(exercises: Exercises, seat: Arc<Seat>, wanted: ExerciseCommand) -> Result<Offset> {
    if seat.actor.role == Role::Projector {
        return Err(Error::Forbidden);
    }
    let id = CommandId::parse(&wanted.id)?;
    let entrusted = match wanted.action {
        ExerciseAction::Entrust { person, part } => Some((person, part)),
        _ => None,
    };
    let command = Command::Act(wanted.action);
    let done = exercises.live().command(&seat.room, seat.actor, id, command).await?;
    if let Some((person, part)) = entrusted {
        entrust(&exercises, &seat.room, person, part).await?;
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
