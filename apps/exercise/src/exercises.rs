//! All exercises of the server, as one handle.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::FromRef;
use chorus_platform::identity::GuestId;
use chorus_platform::kind::{Kind, Options};
use chorus_platform::live::{Actor, Live, Rules};
use chorus_platform::log::CommandId;
use chorus_platform::rooms::{Role, Room, RoomId};
use chorus_platform::{Error, Millis, Platform, Result, clock};
use chorus_socketio::Server;
use parking_lot::Mutex;

use crate::handlers;
use crate::library::Library;
use crate::model::{Command, Created, Event, Exercise, MAX_TITLE, SERVER, Summary};
use crate::people::{Outlets, People};
use crate::scenario::{Document, Scenario, Settings};

/// Where is remembered when the server was last seen with a running clock.
const ALIVE: &str = "exercise.alive";

/// All exercises. Cheap to clone.
#[derive(Clone)]
pub struct Exercises(Arc<Inner>);

struct Inner {
    kind: Kind<Exercise, People>,
    library: Library,
    outlets: Outlets,
    /// The exercises whose clock runs.
    running: Running,
}

/// The exercises whose clock runs, kept by their people.
pub(crate) type Running = Arc<Mutex<HashSet<RoomId>>>;

impl Exercises {
    /// The exercises of a platform, on the namespace `/exercise` of a server.
    pub fn new(platform: Platform, io: &Server, options: Options) -> Self {
        let namespace = io.of("/exercise");
        let outlets = Outlets::new(namespace.clone());
        let running = Running::default();
        let library = Library::new(Arc::clone(&platform.database));
        let kind = Kind::new(platform, options, {
            let (outlets, running) = (outlets.clone(), Arc::clone(&running));
            move |room| People::new(outlets.clone(), room, Arc::clone(&running))
        });
        let exercises = Self(Arc::new(Inner { kind, library, outlets, running }));
        handlers::mount(&exercises, &namespace);
        exercises
    }

    /// Takes up the exercises whose clock ran when the server went down: each is paused as of then,
    /// or goes on, as its settings say.
    pub async fn resume(&self) -> Result<()> {
        let alive = self.platform().database.setting(ALIVE).await?;
        let alive: Millis = alive.and_then(|alive| alive.parse().ok()).unwrap_or(0);
        for room in self.platform().rooms.open(Exercise::KIND).await? {
            let summary: Summary = room.summary();
            let room = Arc::new(room);
            if summary.running && summary.pauses {
                let own = Actor { member: SERVER, role: Role::Host };
                self.live().command(&room, own, CommandId::random()?, Command::Standstill(alive)).await?;
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
        self.kind().sweep().await
    }

    /// Writes what waits, and ends all live exercises.
    pub async fn close(&self) {
        if let Err(error) = self.note_alive().await {
            tracing::error!(%error, "the end of the server was not noted");
        }
        self.kind().close().await;
    }

    /// The scenarios there are.
    pub fn library(&self) -> &Library {
        &self.0.library
    }

    pub(crate) fn kind(&self) -> &Kind<Exercise, People> {
        &self.0.kind
    }

    pub(crate) fn platform(&self) -> &Platform {
        self.kind().platform()
    }

    pub(crate) fn live(&self) -> &Live<Exercise, People> {
        self.kind().live()
    }

    pub(crate) fn outlets(&self) -> &Outlets {
        &self.0.outlets
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
        let title = title.to_owned();
        let scenario = Arc::new(Document::clone(scenario));
        let summary = Summary::of_new(&scenario.title);
        let first = Event::Created(Box::new(Created { title: title.clone(), settings, scenario }));
        self.kind().create(owner, title, &summary, &first).await
    }
}

impl FromRef<Exercises> for Platform {
    fn from_ref(exercises: &Exercises) -> Self {
        exercises.platform().clone()
    }
}
