//! *Ask the Audience*: the wire of the tutorial, on an ordinary poll.
//!
//! Its clients and the public pages that follow it work unmodified: they send
//! `socket.send('voteCast', 'A')` and listen to `usersConnected`, `statusMessage`, `voteCount` and
//! a personal confirmation that has a name of its own on nearly every page. Votes are counted
//! together with those of the new UI, and host and projector see them live.
//!
//! A voter is the guest of the cookie, or the connection where there is none. A vote is held while
//! its voter is there, and three seconds longer. While the results are hidden no numbers are told.
//! When the room is deleted, whoever comes next gets another.

mod hall;
mod message;
mod page;

use std::sync::Arc;

use axum::Router;
use chorus_platform::kind::check;
use chorus_platform::live::Actor;
use chorus_platform::log::CommandId;
use chorus_platform::rooms::{JoinCode, MemberId, Role, Room};
use chorus_platform::{Error, Result, clock};
use chorus_socketio::{Args, Namespace, Server, Socket};
use serde_json::{Value, json};

use crate::model::{Command, Item};
use crate::polls::Polls;
use hall::question;
use message::Message;

pub(crate) use hall::{Hall, Shown};

/// What the original's choices are called.
const CHOICES: [&str; 4] = ["A", "B", "C", "D"];
/// What is said in place of the votes.
const HIDDEN: &str = "Results are hidden until the host reveals them.";
/// The names under which public pages listen for the voter's own choice. `yourVote` is a record.
const CONFIRMATIONS: [&str; 5] = ["userVote", "youVoted", "userChoice", "voteCastMessage", "voteCast"];

/// Who votes on a connection, and where; kept with its socket.
struct Voter {
    room: Arc<Room>,
    member: MemberId,
}

/// The classic dialect, ready to be served.
pub struct Classic {
    /// The join code of its room.
    pub code: JoinCode,
    /// A key that makes its holder a host of the room.
    pub host_key: String,
    /// The pages; to be layered with the server's [`Server::layer`].
    pub routes: Router,
}

impl Polls {
    /// Opens the classic dialect on the main namespace of a server of its own. Its room is made on
    /// first use and remembered.
    pub async fn classic(&self, io: &Server) -> Result<Classic> {
        let room = match self.remembered_hall().await? {
            Some(room) => room,
            None => self.create_hall().await?,
        };
        let namespace = io.of("/");
        self.hall().write().replace(Hall { room: Arc::clone(&room), namespace: namespace.clone() });
        mount(self, &namespace);
        self.open_hall(&room).await?;
        let host_key = self.create_host_key(&room).await?;
        Ok(Classic { code: room.code, host_key, routes: self.platform().guard(page::routes(self)) })
    }
}

fn mount(polls: &Polls, namespace: &Namespace) {
    let on = polls.clone();
    namespace.on_connect(move |socket: Socket| {
        let polls = on.clone();
        async move {
            if let Err(error) = connect(&polls, &socket).await {
                check(socket.emit("statusMessage", error.to_string()));
                socket.disconnect();
            }
        }
    });
    let on = polls.clone();
    namespace.on("message", move |socket: Socket, Args(args): Args<(Value, Value, Value)>| {
        let polls = on.clone();
        async move {
            let (channel, first, second) = args;
            let refused = match Message::read(&channel, &first, &second) {
                Message::Vote(choice) => cast(&polls, &socket, choice).await,
                Message::UnknownChoice => Some("Please vote for A, B, C or D.".to_owned()),
                Message::Other => None,
            };
            if let Some(words) = refused {
                check(socket.emit("statusMessage", words));
            }
        }
    });
    let on = polls.clone();
    namespace.on_disconnect(move |socket: Socket| {
        let polls = on.clone();
        async move {
            if let Some(voter) = socket.data::<Voter>() {
                let member = voter.member;
                let leave = polls.live().visit(&voter.room, move |_, people| people.leave_classic(member));
                let _ = leave.await;
            }
        }
    });
}

/// Lets somebody in; when the room has been deleted, into a new one.
async fn connect(polls: &Polls, socket: &Socket) -> Result<()> {
    let room = polls.hall().read().as_ref().map(|hall| Arc::clone(&hall.room)).ok_or(Error::Internal)?;
    let (voter, shown) = match enter(polls, &room, socket).await {
        Err(Error::UnknownRoom) => enter(polls, &polls.renew_hall(&room).await?, socket).await?,
        entered => entered?,
    };
    socket.set_data(voter);
    check(socket.emit("usersConnected", socket.namespace().socket_count()));
    check(socket.emit("statusMessage", "You have connected."));
    check(match shown {
        Shown::Votes(count) => socket.emit("voteCount", count),
        Shown::Hidden => socket.emit("statusMessage", HIDDEN),
    });
    Ok(())
}

async fn enter(polls: &Polls, room: &Arc<Room>, socket: &Socket) -> Result<(Voter, Shown)> {
    let member = match polls.platform().asking_over(socket.handshake()).await?.guest {
        Some(guest) => polls.platform().rooms.join(room.id, guest).await?.id,
        None => MemberId::random()?,
    };
    polls.kind().admit(room, Actor { member, role: Role::Participant }).await?;
    let shown = polls.live().visit(room, move |poll, people| people.arrive_classic(poll, member)).await?;
    Ok((Voter { room: Arc::clone(room), member }, shown))
}

/// Casts a vote; the answer is why it was not.
async fn cast(polls: &Polls, socket: &Socket, choice: u8) -> Option<String> {
    let voter = socket.data::<Voter>()?;
    match vote(polls, &voter, choice).await {
        Ok(()) => {
            confirm(socket, CHOICES.get(usize::from(choice))?);
            None
        }
        Err(error) => Some(error.to_string()),
    }
}

async fn vote(polls: &Polls, voter: &Voter, choice: u8) -> Result<()> {
    polls.kind().step(voter.member)?;
    let visit = polls.live().visit(&voter.room, |poll, _| question(poll).map(Item::id));
    let question = visit.await?.ok_or(crate::model::Refusal::UnknownQuestion)?;
    let vote = Command::VoteWhileHere { question, choices: vec![choice] };
    let actor = Actor { member: voter.member, role: Role::Participant };
    polls.live().command(&voter.room, actor, CommandId::random()?, vote).await?;
    Ok(())
}

fn confirm(socket: &Socket, choice: &str) {
    for name in CONFIRMATIONS {
        check(socket.emit(name, choice));
    }
    check(socket.emit("yourVote", json!({ "vote": choice, "time": clock::now() })));
}
