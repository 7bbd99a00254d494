//! All exercises of the server, as one handle.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::FromRef;
use chorus_platform::identity::GuestId;
use chorus_platform::limits::Bucket;
use chorus_platform::live::{Actor, Limits, Live};
use chorus_platform::log::{CommandId, Offset};
use chorus_platform::rooms::{MemberId, NewRoom, Role, Room, RoomId};
use chorus_platform::{Asking, Error, Millis, Platform, Result, clock, random};
use chorus_socketio::Server;
use parking_lot::Mutex;

use crate::handlers;
use crate::library::Library;
use crate::model::{Command, Created, Event, Exercise, MAX_TITLE, SERVER, Summary};
use crate::people::{Outlets, People};
use crate::scenario::{Document, Scenario, Settings};

/// The kind of room an exercise is.
const KIND: &str = "exercise";
/// How many commands of one member may come at once.
const BURST: u32 = 100;
/// How long it takes until one more may come.
const STEP: Duration = Duration::from_millis(50);
/// Where is remembered when the server was last seen with a running clock.
const ALIVE: &str = "exercise.alive";

/// Limits of exercises.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many people may be in one exercise at the same time.
    pub max_people: usize,
    /// How long an exercise is kept in which nothing happens; none for ever.
    pub keep: Option<Duration>,
    /// Limits of live rooms.
    pub live: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_people: 2_000, keep: None, live: Limits::default() }
    }
}

/// All exercises. Cheap to clone.
#[derive(Clone)]
pub struct Exercises(Arc<Inner>);

struct Inner {
    platform: Platform,
    library: Library,
    live: Live<Exercise, People>,
    outlets: Outlets,
    /// The exercises whose clock runs.
    running: Running,
    pace: Bucket<MemberId>,
    options: Options,
}

/// The exercises whose clock runs, kept by their people.
pub(crate) type Running = Arc<Mutex<HashSet<RoomId>>>;

impl Exercises {
    /// The exercises of a platform, on the namespace `/exercise` of a server.
    pub fn new(platform: Platform, io: &Server, options: Options) -> Self {
        let namespace = io.of("/exercise");
        let outlets = Outlets::new(namespace.clone());
        let running = Running::default();
        let live = Live::new(Arc::clone(&platform.database), options.live, {
            let (outlets, running) = (outlets.clone(), Arc::clone(&running));
            move |room| People::new(outlets.clone(), room, Arc::clone(&running))
        });
        let (library, pace) = (Library::new(Arc::clone(&platform.database)), Bucket::new(BURST, STEP));
        let exercises = Self(Arc::new(Inner { platform, library, live, outlets, running, pace, options }));
        handlers::mount(&exercises, &namespace);
        exercises
    }

    /// Takes up the exercises whose clock ran when the server went down: each is paused as of then,
    /// or goes on, as its settings say.
    pub async fn resume(&self) -> Result<()> {
        let alive = self.platform().database.setting(ALIVE).await?;
        let alive: Millis = alive.and_then(|alive| alive.parse().ok()).unwrap_or(0);
        for room in self.platform().rooms.open(KIND).await? {
            let summary = Summary::read(&room.summary);
            let room = Arc::new(room);
            if summary.running && summary.pauses {
                let own = Actor { member: SERVER, role: Role::Host };
                self.live().command(&room, own, command_id()?, Command::Standstill(alive)).await?;
            } else if summary.running {
                self.live().visit(&room, |exercise, people| people.keep_awake(exercise)).await?;
            }
        }
        Ok(())
    }

    /// Notes that the server is there, while some clock runs; to be called every few seconds.
    pub async fn note_alive(&self) -> Result<()> {
        if self.0.running.lock().is_empty() {
            return Ok(());
        }
        self.platform().database.set_setting(ALIVE, clock::now().to_string()).await
    }

    /// Erases the exercises whose time is over.
    pub async fn sweep(&self) -> Result<()> {
        self.live().sweep(&self.platform().rooms, KIND, self.0.options.keep).await
    }

    /// Writes what waits, and ends all live exercises.
    pub async fn close(&self) {
        if let Err(error) = self.note_alive().await {
            tracing::error!(%error, "the end of the server was not noted");
        }
        self.live().close().await;
    }

    /// The scenarios there are.
    pub fn library(&self) -> &Library {
        &self.0.library
    }

    pub(crate) fn platform(&self) -> &Platform {
        &self.0.platform
    }

    pub(crate) fn live(&self) -> &Live<Exercise, People> {
        &self.0.live
    }

    pub(crate) fn outlets(&self) -> &Outlets {
        &self.0.outlets
    }

    /// Does a command; fails with [`Error::TooManyAttempts`] when the member sends too many.
    pub(crate) async fn command(
        &self,
        room: &Arc<Room>,
        actor: Actor,
        id: CommandId,
        command: Command,
    ) -> Result<Offset> {
        if !self.0.pace.take(actor.member, Instant::now()) {
            return Err(Error::TooManyAttempts);
        }
        self.live().command(room, actor, id, command).await
    }

    /// The exercise of a code, as somebody typed it.
    pub(crate) async fn find(&self, code: &str, asking: Asking) -> Result<Arc<Room>> {
        let room = self.platform().room(code, asking).await?;
        if room.kind == KIND { Ok(room) } else { Err(Error::UnknownRoom) }
    }

    /// The exercises a guest is a facilitator of, newest first.
    pub(crate) async fn hosted(&self, guest: GuestId) -> Result<Vec<Room>> {
        self.platform().rooms.hosted(KIND, guest).await
    }

    /// Makes an exercise.
    pub(crate) async fn create(
        &self,
        owner: GuestId,
        title: &str,
        settings: Settings,
        scenario: &Scenario,
    ) -> Result<Arc<Room>> {
        if let Some((_, message)) = settings.faults().first() {
            return Err(Error::invalid(*message));
        }
        let title = title.trim();
        let title = if title.is_empty() { scenario.title.as_str() } else { title };
        if title.chars().count() > MAX_TITLE {
            return Err(Error::invalid(format!("A title has 1 to {MAX_TITLE} characters.")));
        }
        let summary = Summary::of_new(&scenario.title).into();
        let title = title.to_owned();
        let scenario = Arc::new(Document::clone(scenario));
        let created = Created { title: title.clone(), settings, scenario };
        let first = serde_json::to_string(&Event::Created(Box::new(created))).map_err(|_| Error::Internal)?;
        let room = NewRoom { kind: KIND, title, summary, owner, expires: None, first };
        self.platform().rooms.create(room).await
    }

    /// Fails when a newcomer finds no place, or may not come in.
    pub(crate) async fn admit(&self, room: &Arc<Room>, actor: Actor) -> Result<()> {
        let most = self.0.options.max_people;
        let visit = self.live().visit(room, move |exercise, people| {
            exercise.admits(actor)?;
            people.has_place(actor, most)
        });
        visit.await?
    }

    /// Withdraws the keys of an exercise and the roles that they gave, and puts out who held them.
    pub(crate) async fn withdraw_keys(&self, room: &Arc<Room>, guest: GuestId) -> Result<()> {
        let rooms = &self.platform().rooms;
        let mut kept = vec![rooms.require(room.id, guest, Role::Host).await?.id];
        kept.extend(rooms.member(room.id, room.owner).await?.map(|owner| owner.id));
        rooms.withdraw_keys(room.id, guest).await?;
        self.live().visit(room, move |_, people| people.keep_staff(&kept)).await
    }

    /// Reads an exercise in the role of a guest, who must not have been put out.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        room: &Arc<Room>,
        guest: Option<GuestId>,
        read: impl FnOnce(&Exercise, Role) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let member = match guest {
            Some(guest) => self.platform().rooms.member(room.id, guest).await?,
            None => None,
        };
        let visit = self.live().visit(room, move |exercise, _| match member {
            Some(member) => {
                exercise.admits(Actor { member: member.id, role: member.role })?;
                read(exercise, member.role)
            }
            None => read(exercise, Role::Participant),
        });
        visit.await?
    }
}

impl FromRef<Exercises> for Platform {
    fn from_ref(exercises: &Exercises) -> Self {
        exercises.platform().clone()
    }
}

/// Commands without an id of their own are each a command of its own.
pub(crate) fn command_id() -> Result<CommandId> {
    CommandId::parse(&random::secret()?)
}
