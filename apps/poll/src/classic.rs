//! *Ask the Audience*: the wire of the tutorial, on an ordinary poll.
//!
//! Its clients and the public pages that follow it work unmodified: they send
//! `socket.send('voteCast', 'A')` and listen to `usersConnected`, `statusMessage`, `voteCount` and
//! a personal confirmation that has a name of its own on nearly every page. Votes are counted
//! together with those of the new UI, and host and projector see them live.
//!
//! A voter is the guest of the cookie, or the connection where there is none. A vote is held while
//! its voter is there, and three seconds longer.

mod message;
mod page;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use chorus_platform::live::Actor;
use chorus_platform::log::CommandId;
use chorus_platform::rooms::{JoinCode, MemberId, Role, Room, RoomId};
use chorus_platform::{Error, Result, clock, random};
use chorus_socketio::{Args, Namespace, Server, Socket};
use serde::Serialize;
use serde_json::{Value, json};

use crate::events::{Action, Kind, Phase, Question};
use crate::handlers::asking;
use crate::model::{Command, Item, Poll};
use crate::pace::Pace;
use crate::people::check;
use crate::polls::Polls;
use message::Message;

/// What the original's choices are called.
const CHOICES: [&str; 4] = ["A", "B", "C", "D"];
/// Where the code of its room is remembered.
const SETTING: &str = "classic.ask-the-audience";
/// The names under which public pages listen for the voter's own choice. `yourVote` is a record.
const CONFIRMATIONS: [&str; 5] = ["userVote", "youVoted", "userChoice", "voteCastMessage", "voteCast"];

/// The room of the classic dialect, and its connections.
#[derive(Clone)]
pub(crate) struct Hall {
    room: Arc<Room>,
    namespace: Namespace,
}

impl Hall {
    pub(crate) fn is_in(&self, room: RoomId) -> bool {
        self.room.id == room
    }

    /// Tells everybody how many connections there are.
    pub(crate) fn show_connections(&self) {
        check(self.namespace.emit("usersConnected", self.namespace.socket_count()));
    }

    /// Tells everybody that the poll has been deleted.
    pub(crate) fn close(&self) {
        check(self.namespace.emit("statusMessage", "This poll has been deleted."));
        self.namespace.broadcast().disconnect();
    }

    /// Tells everybody the votes.
    pub(crate) fn show_votes(&self, votes: &VoteCount) {
        check(self.namespace.emit("voteCount", votes));
    }
}

/// The event `voteCount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the choices are their own description")]
pub(crate) struct VoteCount {
    a: u32,
    b: u32,
    c: u32,
    d: u32,
}

impl VoteCount {
    /// The numbers of the question that the classic dialect votes on.
    pub(crate) fn of(poll: &Poll) -> Self {
        let counts = question(poll).map_or(&[][..], Item::counts);
        let count = |choice: usize| counts.get(choice).copied().unwrap_or(0);
        Self { a: count(0), b: count(1), c: count(2), d: count(3) }
    }
}

/// Who votes on a connection; kept with its socket.
struct Voter {
    member: MemberId,
    pace: Pace,
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
        let _ = self.hall().set(Hall { room: Arc::clone(&room), namespace: namespace.clone() });
        mount(self, &room, &namespace);
        self.open_hall(&room).await?;
        Ok(Classic {
            code: room.code,
            host_key: self.platform().rooms.create_key(room.id, Role::Host).await?,
            routes: page::routes(self),
        })
    }

    async fn remembered_hall(&self) -> Result<Option<Arc<Room>>> {
        let Some(code) = self.platform().database.setting(SETTING).await? else { return Ok(None) };
        match self.platform().rooms.find(&JoinCode::parse(&code)?).await {
            Err(Error::UnknownRoom) => Ok(None),
            found => found.map(Some),
        }
    }

    async fn create_hall(&self) -> Result<Arc<Room>> {
        let (owner, _) = self.platform().identity.create().await?;
        let question = Question {
            text: "What do you say?".to_owned(),
            kind: Kind::Single { options: CHOICES.map(str::to_owned).to_vec() },
            changeable: true,
            hidden: false,
            seconds: None,
        };
        let room = self.create(owner, "Ask the Audience", vec![question]).await?;
        self.platform().database.set_setting(SETTING, room.code.to_string()).await?;
        Ok(room)
    }

    /// Takes votes, if the question has never been open. The room is live from now on, so that the
    /// votes of voters who do not come back after a restart are taken back.
    async fn open_hall(&self, room: &Arc<Room>) -> Result<()> {
        let drafted = self.live().visit(room, |poll, _| {
            let first = question(poll)?;
            (first.phase() == Phase::Draft).then_some(first.id())
        });
        if let Some(question) = drafted.await? {
            let open = Command::Act(Action::Open { question, seconds: None });
            let host = Actor { member: MemberId::random()?, role: Role::Host };
            self.live().command(room, host, command_id()?, open).await?;
        }
        Ok(())
    }
}

fn mount(polls: &Polls, room: &Arc<Room>, namespace: &Namespace) {
    let (on, at) = (polls.clone(), Arc::clone(room));
    namespace.on_connect(move |socket: Socket| {
        let (polls, room) = (on.clone(), Arc::clone(&at));
        async move {
            if let Err(error) = connect(&polls, &room, &socket).await {
                check(socket.emit("statusMessage", error.to_string()));
                socket.disconnect();
            }
        }
    });
    let (on, at) = (polls.clone(), Arc::clone(room));
    namespace.on("message", move |socket: Socket, Args(args): Args<(Value, Value, Value)>| {
        let (polls, room) = (on.clone(), Arc::clone(&at));
        async move {
            let (channel, first, second) = args;
            let refused = match Message::read(&channel, &first, &second) {
                Message::Vote(choice) => cast(&polls, &room, &socket, choice).await,
                Message::UnknownChoice => Some("Please vote for A, B, C or D.".to_owned()),
                Message::Other => None,
            };
            if let Some(words) = refused {
                check(socket.emit("statusMessage", words));
            }
        }
    });
    let (on, at) = (polls.clone(), Arc::clone(room));
    namespace.on_disconnect(move |socket: Socket| {
        let (polls, room) = (on.clone(), Arc::clone(&at));
        async move {
            if let Some(voter) = socket.data::<Voter>() {
                let _ = polls.live().visit(&room, move |_, people| people.leave_classic(voter.member)).await;
            }
        }
    });
}

async fn connect(polls: &Polls, room: &Arc<Room>, socket: &Socket) -> Result<()> {
    let voter = match asking(polls, socket.handshake()).await?.guest {
        Some(guest) => polls.platform().rooms.join(room.id, guest).await?.id,
        None => MemberId::random()?,
    };
    let visit = polls.live().visit(room, move |poll, people| people.arrive_classic(poll, voter));
    let shown = visit.await?;
    socket.set_data(Voter { member: voter, pace: Pace::new(Instant::now()) });
    check(socket.emit("usersConnected", socket.namespace().socket_count()));
    check(socket.emit("statusMessage", "You have connected."));
    check(socket.emit("voteCount", shown));
    Ok(())
}

/// Casts a vote; the answer is why it was not.
async fn cast(polls: &Polls, room: &Arc<Room>, socket: &Socket, choice: u8) -> Option<String> {
    let voter = socket.data::<Voter>()?;
    match vote(polls, room, &voter, choice).await {
        Ok(()) => {
            confirm(socket, CHOICES.get(usize::from(choice))?);
            None
        }
        Err(error) => Some(error.to_string()),
    }
}

async fn vote(polls: &Polls, room: &Arc<Room>, voter: &Voter, choice: u8) -> Result<()> {
    voter.pace.step(Instant::now())?;
    let visit = polls.live().visit(room, |poll, _| question(poll).map(Item::id));
    let question = visit.await?.ok_or(crate::model::Refusal::UnknownQuestion)?;
    let vote = Command::VoteWhileHere { question, choices: vec![choice] };
    let voter = Actor { member: voter.member, role: Role::Participant };
    polls.live().command(room, voter, command_id()?, vote).await?;
    Ok(())
}

fn confirm(socket: &Socket, choice: &str) {
    for name in CONFIRMATIONS {
        check(socket.emit(name, choice));
    }
    check(socket.emit("yourVote", json!({ "vote": choice, "time": clock::now() })));
}

/// The question that is open, or else the first.
fn question(poll: &Poll) -> Option<&Item> {
    poll.open().or_else(|| poll.questions().next())
}

/// The original's votes have no ids: each is a command of its own.
fn command_id() -> Result<CommandId> {
    CommandId::parse(&random::secret()?)
}
