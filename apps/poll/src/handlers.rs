//! The namespace `/poll`.

use chorus_platform::kind::Seat;
use chorus_platform::live::Actor;
use chorus_platform::log::CommandId;
use chorus_platform::rooms::{MemberId, Role as Held};
use chorus_platform::{Asking, Error, Result};
use chorus_socketio::Namespace;

use crate::events::{Command, Join, Role};
use crate::model;
use crate::polls::Polls;

/// Has the polls answer on the namespace.
pub(crate) fn mount(polls: &Polls, namespace: &Namespace) {
    let (entered, kind) = (polls.clone(), polls.kind().clone());
    polls.kind().mount(
        namespace,
        move |asking, join| admit(entered.clone(), asking, join),
        move |seat, wanted: Command| {
            let kind = kind.clone();
            async move {
                let id = CommandId::parse(&wanted.id)?;
                kind.live().command(&seat.room, seat.actor, id, model::Command::Act(wanted.action)).await
            }
        },
    );
}

/// Finds out who it is, and whether there is a place in the role that is wanted.
async fn admit(polls: Polls, asking: Asking, join: Join) -> Result<Seat> {
    let guest = asking.guest.ok_or(Error::NoSession)?;
    let room = polls.kind().find(&join.code, asking).await?;
    let rooms = &polls.platform().rooms;
    let (member, role) = match join.role {
        Role::Host => (rooms.require(room.id, guest, Held::Host).await?.id, Held::Host),
        Role::Projector => (MemberId::random()?, Held::Projector),
        Role::Participant => (rooms.join(room.id, guest).await?.id, Held::Participant),
    };
    let actor = Actor { member, role };
    polls.kind().admit(&room, actor).await?;
    Ok(Seat { room, actor, since: join.since })
}
