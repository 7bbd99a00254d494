//! All polls of the server, as one handle.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::FromRef;
use chorus_platform::identity::GuestId;
use chorus_platform::limits::Bucket;
use chorus_platform::live::{Actor, Limits, Live};
use chorus_platform::rooms::{MemberId, NewRoom, Role, Room};
use chorus_platform::{Asking, Error, Platform, Result};
use chorus_socketio::{Namespace, Server};
use parking_lot::RwLock;

use crate::classic::Hall;
use crate::events::Question;
use crate::handlers;
use crate::model::{Event, Poll, Summary, check_questions, check_title};
use crate::people::People;

/// The kind of room a poll is.
const KIND: &str = "poll";
/// How many commands of one member may come at once.
const BURST: u32 = 200;
/// How long it takes until one more may come.
const STEP: Duration = Duration::from_millis(50);

/// Limits of polls.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many people may be in one poll at the same time.
    pub max_people: usize,
    /// How long a poll is kept in which nothing happens; none for ever.
    pub keep: Option<Duration>,
    /// Limits of live rooms.
    pub live: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_people: 20_000, keep: None, live: Limits::default() }
    }
}

/// All polls. Cheap to clone.
#[derive(Clone)]
pub struct Polls(Arc<Inner>);

struct Inner {
    platform: Platform,
    live: Live<Poll, People>,
    hall: Arc<RwLock<Option<Hall>>>,
    /// Held while a room for the hall is made.
    making_hall: tokio::sync::Mutex<()>,
    /// How fast each member may send commands: nobody types faster, and each is stored for good.
    pace: Bucket<MemberId>,
    options: Options,
}

impl Polls {
    /// The polls of a platform, on the namespace `/poll` of a server.
    pub fn new(platform: Platform, io: &Server, options: Options) -> Self {
        let namespace = io.of("/poll");
        let hall = Arc::default();
        let live = Live::new(Arc::clone(&platform.database), options.live, audience(&namespace, &hall));
        let (making_hall, pace) = (tokio::sync::Mutex::default(), Bucket::new(BURST, STEP));
        let polls = Self(Arc::new(Inner { platform, live, hall, making_hall, pace, options }));
        handlers::mount(&polls, &namespace);
        polls
    }

    /// Erases the polls whose time is over.
    pub async fn sweep(&self) -> Result<()> {
        self.live().sweep(&self.platform().rooms, KIND, self.0.options.keep).await
    }

    /// Writes what waits, and ends all live polls.
    pub async fn close(&self) {
        self.live().close().await;
    }

    pub(crate) fn platform(&self) -> &Platform {
        &self.0.platform
    }

    pub(crate) fn live(&self) -> &Live<Poll, People> {
        &self.0.live
    }

    pub(crate) fn hall(&self) -> &RwLock<Option<Hall>> {
        &self.0.hall
    }

    /// Held while a room for the hall is made.
    pub(crate) fn making_hall(&self) -> &tokio::sync::Mutex<()> {
        &self.0.making_hall
    }

    /// A member wants to send a command; fails with [`Error::TooManyAttempts`] when there were too
    /// many.
    pub(crate) fn step(&self, member: MemberId) -> Result<()> {
        let may = self.0.pace.take(member, Instant::now());
        if may { Ok(()) } else { Err(Error::TooManyAttempts) }
    }

    /// The poll of a code, as somebody typed it.
    pub(crate) async fn find(&self, code: &str, asking: Asking) -> Result<Arc<Room>> {
        let room = self.platform().room(code, asking).await?;
        if room.kind == KIND { Ok(room) } else { Err(Error::UnknownRoom) }
    }

    /// The polls a guest is host of, newest first.
    pub(crate) async fn hosted(&self, guest: GuestId) -> Result<Vec<Room>> {
        self.platform().rooms.hosted(KIND, guest).await
    }

    /// Makes a poll.
    pub(crate) async fn create(
        &self,
        owner: GuestId,
        title: &str,
        questions: Vec<Question>,
    ) -> Result<Arc<Room>> {
        let title = check_title(title)?;
        let questions = check_questions(questions)?;
        let summary = Summary::of_new(questions.len()).into();
        let first = Event::Created { title: title.clone(), questions };
        let first = serde_json::to_string(&first).map_err(|_| Error::Internal)?;
        let room = NewRoom { kind: KIND, title, summary, owner, expires: None, first };
        self.platform().rooms.create(room).await
    }

    /// Fails with `full` when a newcomer finds no place.
    pub(crate) async fn has_place(&self, room: &Arc<Room>, actor: Actor) -> Result<()> {
        let most = self.0.options.max_people;
        let visit = self.live().visit(room, move |poll, people| people.has_place(poll, actor, most));
        visit.await?
    }

    /// Withdraws the keys of a poll, and puts out the hosts who are no longer hosts.
    pub(crate) async fn withdraw_keys(&self, room: &Arc<Room>, guest: GuestId) -> Result<()> {
        let rooms = &self.platform().rooms;
        let mut kept = vec![rooms.require(room.id, guest, Role::Host).await?.id];
        kept.extend(rooms.member(room.id, room.owner).await?.map(|owner| owner.id));
        rooms.withdraw_keys(room.id, guest).await?;
        self.live().visit(room, move |_, people| people.keep_hosts(&kept)).await
    }

    /// A copy of a poll's state, for a host.
    pub(crate) async fn read_as_host<T: Send + 'static>(
        &self,
        room: &Arc<Room>,
        guest: GuestId,
        read: impl FnOnce(&Poll) -> T + Send + 'static,
    ) -> Result<T> {
        self.platform().rooms.require(room.id, guest, Role::Host).await?;
        self.live().visit(room, |poll, _| read(poll)).await
    }
}

impl FromRef<Polls> for Platform {
    fn from_ref(polls: &Polls) -> Self {
        polls.platform().clone()
    }
}

fn audience(
    namespace: &Namespace,
    hall: &Arc<RwLock<Option<Hall>>>,
) -> impl Fn(&Arc<Room>) -> People + Send + Sync + 'static {
    let (namespace, hall) = (namespace.clone(), Arc::clone(hall));
    move |room| {
        let hall = hall.read().clone().filter(|hall| hall.is_in(room.id));
        People::new(namespace.clone(), room, hall)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use chorus_platform::database::Database;
    use chorus_platform::origin::Origins;

    use super::*;

    #[tokio::test]
    async fn the_sweep_erases_polls_in_which_nothing_has_happened() {
        let folder = tempfile::tempdir().unwrap();
        let platform = Platform::new(Database::open(folder.path(), &[]).await.unwrap(), Origins::default());
        let (owner, _) = platform.identity.create().await.unwrap();
        let kept = |keep| {
            let options = Options { keep, ..Options::default() };
            Polls::new(platform.clone(), &Server::builder().build(), options)
        };
        let room = kept(None).create(owner, "A poll", Vec::new()).await.unwrap();
        for keep in [None, Some(Duration::from_hours(1)), Some(Duration::MAX)] {
            kept(keep).sweep().await.unwrap();
            assert!(platform.rooms.find(&room.code).await.is_ok(), "{keep:?}");
        }
        kept(Some(Duration::ZERO)).sweep().await.unwrap();
        assert!(matches!(platform.rooms.find(&room.code).await, Err(Error::UnknownRoom)));
    }
}
