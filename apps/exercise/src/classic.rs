//! *`CyberSim`*: the wire of the original, on an ordinary exercise.
//!
//! Its clients work unmodified, those of its first years (Socket.IO 2, Engine.IO 3) and those of
//! today (Socket.IO 4), in one game with each other and with the new UI. They find a game by a name,
//! and whoever knows the name may do everything: that is how the original is. All of them act as one
//! person, since they do not say who they are; a facilitator can put that person out, or close the
//! game to them.
//!
//! The two generations are told apart by their arguments and have each their own shape
//! of the game. The game is sent whole, first to everybody and then as the answer; it is written
//! once for each shape.
//!
//! Setup tables are those of one scenario, which new games get. `POST /migrate` replaces it.

mod answer;
mod door;
mod entry;
mod game;
mod iso;
mod log;
mod migrate;
mod names;
mod page;
mod play;
mod request;
mod rows;
mod sessions;
mod setup;
mod shape;
mod told;
mod words;

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use chorus_platform::identity::GuestId;
use chorus_platform::limits::Bucket;
use chorus_platform::rooms::RoomId;
use chorus_platform::{Error, Result};
use chorus_socketio::{Namespace, Server, Socket, SocketId};
use parking_lot::RwLock;
use tokio::sync::Mutex;

use crate::Exercises;
use crate::scenario::Scenario;
use names::Named;
use setup::Tables;

pub(crate) use door::routes;
pub(crate) use shape::Shape;
pub(crate) use told::Told;

/// What new games are played with when nobody says.
pub const SCENARIO: &str = "election";
/// How many events of one connection may come at once, and how long until one more may.
const PACE: (u32, Duration) = (200, Duration::from_millis(50));
/// How many games one address may make at once, and how long until it may make one more.
const GAMES: (u32, Duration) = (500, Duration::from_secs(10));
/// How many names a guest may guess at once, and how long until one more.
const GUESSES: (u32, Duration) = (30, Duration::from_secs(3));

/// How the dialect is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The id of the scenario of new games.
    pub scenario: Option<String>,
    /// The password of `/migrate`; without one nobody may.
    pub password: Option<String>,
    /// Where Airtable is, if not at its own address.
    pub airtable: Option<String>,
    /// The address of the new UI.
    pub home: String,
}

/// The dialect, ready to be served.
pub struct Opened {
    /// The title of the scenario of new games.
    pub scenario: String,
    /// The pages; to be layered with the server's [`Server::layer`].
    pub routes: Router,
}

/// The dialect, as everything else reaches it: closed until it is opened, once. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Dialect(Arc<OnceLock<Hall>>);

struct Hall {
    namespace: Namespace,
    options: Options,
    setup: RwLock<Arc<Setup>>,
    /// Taken while a game is made, so that a name goes to one.
    making: Mutex<()>,
    /// Taken while a scenario is imported.
    migrating: Mutex<()>,
    pace: Bucket<SocketId>,
    games: Bucket<Option<IpAddr>>,
    guesses: Bucket<GuestId>,
    passwords: Bucket<Option<IpAddr>>,
}

/// What new games are played with.
struct Setup {
    scenario: Arc<Scenario>,
    tables: Tables,
}

/// Where a connection plays; kept with its socket.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    game: Arc<Named>,
    shape: Shape,
}

impl Exercises {
    /// Opens the classic dialect on the main namespace of a server of its own, which should
    /// [recover](chorus_socketio::ServerBuilder::connection_state_recovery) connections.
    ///
    /// Fails with `unknown_scenario`, and when it is open already.
    pub async fn classic(&self, io: &Server, options: Options) -> Result<Opened> {
        let setup = Setup::new(migrate::scenario(self, &options).await?)?;
        let namespace = io.of("/");
        let scenario = setup.scenario.title.clone();
        let hall = Hall {
            namespace: namespace.clone(),
            setup: RwLock::new(Arc::new(setup)),
            making: Mutex::default(),
            migrating: Mutex::default(),
            pace: Bucket::new(PACE.0, PACE.1),
            games: Bucket::new(GAMES.0, GAMES.1),
            guesses: Bucket::new(GUESSES.0, GUESSES.1),
            passwords: Bucket::new(migrate::TRIES.0, migrate::TRIES.1),
            options,
        };
        self.outlets().classic.0.set(hall).map_err(|_| Error::Internal)?;
        play::mount(self, &namespace);
        Ok(Opened { scenario, routes: page::routes(self) })
    }

    fn hall(&self) -> Result<&Hall> {
        self.outlets().classic.hall().ok_or_else(door::closed)
    }
}

impl Dialect {
    fn hall(&self) -> Option<&Hall> {
        self.0.get()
    }

    fn namespace(&self) -> Option<&Namespace> {
        self.hall().map(|hall| &hall.namespace)
    }

    /// Takes all connections out of a room.
    fn put_out(&self, room: RoomId) {
        if let Some(namespace) = self.namespace() {
            told::players(namespace, room).iter().for_each(told::put_out);
        }
    }
}

impl Hall {
    /// Fails with [`Error::TooManyAttempts`] when a connection sends too many events.
    fn step(&self, socket: &Socket) -> Result<()> {
        if self.pace.take(socket.id(), Instant::now()) { Ok(()) } else { Err(Error::TooManyAttempts) }
    }
}

impl Setup {
    fn new(scenario: Arc<Scenario>) -> Result<Self> {
        let tables = Tables::new(&scenario).map_err(|error| {
            tracing::error!(%error, "the setup tables cannot be written");
            Error::Internal
        })?;
        Ok(Self { scenario, tables })
    }
}

/// The room of a server's namespace in which those are who have a game in one shape.
fn audience(room: RoomId, shape: Shape) -> String {
    format!("{room}:{}", shape.as_str())
}
