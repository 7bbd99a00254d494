//! The namespace `/poll`.

use std::sync::Arc;

use chorus_platform::live::Actor;
use chorus_platform::log::{CommandId, Offset};
use chorus_platform::rooms::{MemberId, Role as Held};
use chorus_platform::{Error, Result};
use chorus_socketio::{Ack, ConnectError, Data, Handshake, Namespace, Socket};

use crate::events::{Command, Join, Reply, Role};
use crate::model;
use crate::people::{Seat, check};
use crate::polls::Polls;

/// Has the polls answer on the namespace.
pub(crate) fn mount(polls: &Polls, namespace: &Namespace) {
    let on = polls.clone();
    namespace.middleware(move |socket: Socket, Data(join): Data<Join>| {
        let polls = on.clone();
        async move {
            let seat = admit(&polls, socket.handshake(), join).await;
            socket.set_data(seat.map_err(refuse)?);
            Ok::<(), ConnectError>(())
        }
    });
    let on = polls.clone();
    namespace.on_connect(move |socket: Socket| connect(on.clone(), socket));
    let on = polls.clone();
    namespace.on("command", move |socket: Socket, Data(sent): Data<Command>, ack: Ack| {
        let polls = on.clone();
        async move {
            let reply = match command(&polls, &socket, sent).await {
                Ok(offset) => Reply::Ok { offset },
                Err(error) => Reply::Error { code: error.code().to_owned(), message: error.to_string() },
            };
            check(ack.send(&reply));
        }
    });
    let on = polls.clone();
    namespace.on_disconnect(move |socket: Socket| leave(on.clone(), socket));
}

/// Finds out who it is, and whether there is a place in the role that is wanted.
async fn admit(polls: &Polls, handshake: &Handshake, join: Join) -> Result<Seat> {
    let asking = polls.platform().asking_over(handshake).await?;
    let guest = asking.guest.ok_or(Error::NoSession)?;
    let room = polls.find(&join.code, asking).await?;
    let rooms = &polls.platform().rooms;
    let (member, role) = match join.role {
        Role::Host => (rooms.require(room.id, guest, Held::Host).await?.id, Held::Host),
        Role::Projector => (MemberId::random()?, Held::Projector),
        Role::Participant => (rooms.join(room.id, guest).await?.id, Held::Participant),
    };
    let actor = Actor { member, role };
    polls.has_place(&room, actor).await?;
    Ok(Seat { room, actor, since: join.since })
}

async fn connect(polls: Polls, socket: Socket) {
    let Some(seat) = socket.data::<Seat>() else { return };
    let (room, newcomer) = (Arc::clone(&seat.room), socket.clone());
    let arrived = polls.live().visit(&room, move |poll, people| people.arrive(poll, &newcomer, &seat));
    if let Err(error) = arrived.await {
        tracing::warn!(%error, room = %room.id, "a newcomer was not shown the poll");
        check(socket.emit("gone", error.wire()));
        socket.disconnect();
    }
}

async fn command(polls: &Polls, socket: &Socket, wanted: Command) -> Result<Offset> {
    let seat = socket.data::<Seat>().ok_or(Error::Internal)?;
    polls.step(seat.actor.member)?;
    let id = CommandId::parse(&wanted.id)?;
    polls.live().command(&seat.room, seat.actor, id, model::Command::Act(wanted.action)).await
}

async fn leave(polls: Polls, socket: Socket) {
    let Some(seat) = socket.data::<Seat>() else { return };
    let (room, actor) = (Arc::clone(&seat.room), seat.actor);
    // A room that is gone, or a server that closes, has nobody to take leave of.
    let _ = polls.live().visit(&room, move |_, people| people.leave(&socket, actor)).await;
}

fn refuse(error: Error) -> ConnectError {
    if let Error::Storage(source) = &error {
        tracing::error!(error = %source, "the database failed a connection");
    }
    let data = serde_json::json!({ "code": error.code() });
    ConnectError::new(error.to_string()).data(data)
}
