//! All polls of the server, as one handle.

use std::sync::{Arc, OnceLock};

use axum::extract::FromRef;
use chorus_platform::identity::GuestId;
use chorus_platform::live::{Limits, Live};
use chorus_platform::rooms::{MemberId, NewRoom, Role, Room};
use chorus_platform::{Asking, Error, Platform, Result};
use chorus_socketio::{Namespace, Server};

use crate::classic::Hall;
use crate::events::Question;
use crate::handlers;
use crate::model::{Event, Poll, Summary, check_questions, check_title};
use crate::people::People;

/// The kind of room a poll is.
const KIND: &str = "poll";

/// Limits of polls.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many people may be in one poll at the same time.
    pub max_people: usize,
    /// Limits of live rooms.
    pub live: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_people: 20_000, live: Limits::default() }
    }
}

/// All polls. Cheap to clone.
#[derive(Clone)]
pub struct Polls(Arc<Inner>);

struct Inner {
    platform: Platform,
    live: Live<Poll, People>,
    hall: Arc<OnceLock<Hall>>,
    options: Options,
}

impl Polls {
    /// The polls of a platform, on the namespace `/poll` of a server.
    pub fn new(platform: Platform, io: &Server, options: Options) -> Self {
        let namespace = io.of("/poll");
        let hall = Arc::new(OnceLock::new());
        let live = Live::new(Arc::clone(&platform.database), options.live, audience(&namespace, &hall));
        let polls = Self(Arc::new(Inner { platform, live, hall, options }));
        handlers::mount(&polls, &namespace);
        polls
    }

    /// Erases the polls whose time is over.
    pub async fn sweep(&self) -> Result<()> {
        for room in self.platform().rooms.expired().await? {
            if room.kind == KIND {
                self.live().erase(&Arc::new(room)).await?;
            }
        }
        Ok(())
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

    pub(crate) fn hall(&self) -> &OnceLock<Hall> {
        &self.0.hall
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

    /// Fails with `full` when a participant finds no place.
    pub(crate) async fn has_place(&self, room: &Arc<Room>, member: MemberId) -> Result<()> {
        let most = self.0.options.max_people;
        let visit = self.live().visit(room, move |_, people| people.has(member) || people.count() < most);
        if visit.await? { Ok(()) } else { Err(Error::Full) }
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
    hall: &Arc<OnceLock<Hall>>,
) -> impl Fn(&Arc<Room>) -> People + Send + Sync + 'static {
    let (namespace, hall) = (namespace.clone(), Arc::clone(hall));
    move |room| {
        let hall = hall.get().filter(|hall| hall.is_in(room.id));
        People::new(namespace.clone(), room, hall.cloned())
    }
}
