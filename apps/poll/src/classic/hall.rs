//! The room of the classic dialect: made, remembered, made anew; and what it is told.

use std::sync::Arc;

use chorus_platform::kind::check;
use chorus_platform::live::Actor;
use chorus_platform::log::CommandId;
use chorus_platform::rooms::{JoinCode, MemberId, Role, Room, RoomId};
use chorus_platform::{Error, Result, random};
use chorus_socketio::Namespace;
use serde::Serialize;

use super::{CHOICES, HIDDEN};
use crate::events::{Action, Kind, Phase, Question};
use crate::model::{Command, Item, Poll};
use crate::polls::Polls;

/// Where the code of its room is remembered.
const SETTING: &str = "classic.ask-the-audience";
/// Where the hash of its host key is.
const KEY: &str = "classic.ask-the-audience.key";

/// The room of the classic dialect, and its connections.
#[derive(Clone)]
pub(crate) struct Hall {
    pub(super) room: Arc<Room>,
    pub(super) namespace: Namespace,
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

    /// Tells everybody the votes, or that they are hidden.
    pub(crate) fn show(&self, shown: Shown) {
        check(match shown {
            Shown::Votes(votes) => self.namespace.emit("voteCount", votes),
            Shown::Hidden => self.namespace.emit("statusMessage", HIDDEN),
        });
    }
}

/// What people may see of the question that the classic dialect votes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Its numbers.
    Votes(VoteCount),
    /// Nothing, until they are revealed.
    Hidden,
}

impl Shown {
    pub(crate) fn of(poll: &Poll) -> Self {
        match question(poll) {
            Some(item) if !item.is_revealed() => Self::Hidden,
            item => Self::Votes(VoteCount::new(item.map_or(&[], Item::counts))),
        }
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
    fn new(counts: &[u32]) -> Self {
        let count = |choice: usize| counts.get(choice).copied().unwrap_or(0);
        Self { a: count(0), b: count(1), c: count(2), d: count(3) }
    }
}

impl Polls {
    /// A host key in place of the one before: each start shows one.
    pub(super) async fn create_host_key(&self, room: &Room) -> Result<String> {
        let (database, rooms) = (&self.platform().database, &self.platform().rooms);
        if let Some(before) = database.setting(KEY).await? {
            rooms.withdraw_key(before).await?;
        }
        let key = rooms.create_key(room.id, Role::Host).await?;
        database.set_setting(KEY, random::hash(&key)).await?;
        Ok(key)
    }

    /// The room of the hall in place of one that was deleted.
    pub(super) async fn renew_hall(&self, gone: &Room) -> Result<Arc<Room>> {
        let _making = self.making_hall().lock().await;
        let hall = self.hall().read().clone().ok_or(Error::Internal)?;
        if hall.room.id != gone.id {
            return Ok(hall.room);
        }
        let room = self.create_hall().await?;
        self.hall().write().replace(Hall { room: Arc::clone(&room), ..hall });
        self.open_hall(&room).await?;
        tracing::info!(code = %room.code, "Ask the Audience has a new room; its host link is shown at the next start");
        Ok(room)
    }

    pub(super) async fn remembered_hall(&self) -> Result<Option<Arc<Room>>> {
        let Some(code) = self.platform().database.setting(SETTING).await? else { return Ok(None) };
        match self.platform().rooms.find(&JoinCode::parse(&code)?).await {
            Err(Error::UnknownRoom) => Ok(None),
            found => found.map(Some),
        }
    }

    pub(super) async fn create_hall(&self) -> Result<Arc<Room>> {
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
    pub(super) async fn open_hall(&self, room: &Arc<Room>) -> Result<()> {
        let drafted = self.live().visit(room, |poll, _| {
            let first = question(poll)?;
            (first.phase() == Phase::Draft).then_some(first.id())
        });
        if let Some(question) = drafted.await? {
            let open = Command::Act(Action::Open { question, seconds: None });
            let host = Actor { member: MemberId::random()?, role: Role::Host };
            self.live().command(room, host, CommandId::random()?, open).await?;
        }
        Ok(())
    }
}

/// The question that is open, or else the first.
pub(super) fn question(poll: &Poll) -> Option<&Item> {
    poll.open().or_else(|| poll.questions().next())
}
