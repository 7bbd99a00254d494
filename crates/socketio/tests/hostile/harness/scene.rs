//! A server, somebody who is served throughout, and what must be as before in the end.

use std::{net::SocketAddr, panic, sync::Once, time::Duration};

use chorus_socketio::{Data, Reply, Server};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::{
    runtime::{Handle, Id},
    sync::{RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{sleep, timeout},
};

use super::bystander::{Bystander, Tongue};
use crate::common::{LONG, serve};

/// A server under attack. The main namespace has an `echo`.
pub(crate) struct Scene {
    pub(crate) io: Server,
    pub(crate) address: SocketAddr,
    bystander: Bystander,
    /// Before the server had any.
    tasks: usize,
    _turn: Turn,
}

/// Memory is counted for the whole process: who counts it is alone.
enum Turn {
    Shared { _guard: RwLockReadGuard<'static, ()> },
    Alone { _guard: RwLockWriteGuard<'static, ()> },
}

impl Scene {
    pub(crate) async fn new(io: Server) -> Self {
        let turn = Turn::Shared { _guard: TURNS.read().await };
        Self::set(io, Tongue::Json, turn).await
    }

    /// For tests that measure memory: no other test runs beside it.
    pub(crate) async fn alone(io: Server) -> Self {
        let turn = Turn::Alone { _guard: TURNS.write().await };
        Self::set(io, Tongue::Json, turn).await
    }

    /// For servers with the MessagePack parser.
    pub(crate) async fn message_pack(io: Server) -> Self {
        let turn = Turn::Shared { _guard: TURNS.read().await };
        Self::set(io, Tongue::MessagePack, turn).await
    }

    async fn set(io: Server, tongue: Tongue, turn: Turn) -> Self {
        note_panics();
        io.of("/").on("bystander", |Data(value): Data<Value>| async move { Reply(value) });
        io.of("/").on("echo", |Data(value): Data<Value>| async move { Reply(value) });
        let tasks = alive_tasks();
        let address = serve(&io).await;
        let bystander = Bystander::start(address, tongue).await;
        Self { io, address, bystander, tasks, _turn: turn }
    }

    /// Asserts that the bystander is served now.
    pub(crate) async fn is_served(&self) {
        self.bystander.is_served().await;
    }

    /// Waits until only the bystander has a session and a socket.
    pub(crate) async fn is_empty(&self) {
        let gone = || self.io.stats().sessions <= 1 && self.io.of("/").socket_count() <= 1;
        within("only the bystander is left", gone).await;
    }

    /// Asserts that the bystander was served to the end, and that nothing is left when it has gone:
    /// no session, no socket, no task but the one that accepts connections; and nothing panicked.
    pub(crate) async fn end(self) {
        self.end_with(0).await;
    }

    /// As [`Scene::end`], with tasks of the test's own that still run.
    pub(crate) async fn end_with(self, tasks: usize) {
        self.is_served().await;
        self.bystander.stop().await;
        within("no session stays behind", || self.io.stats().sessions == 0).await;
        assert_eq!(self.io.of("/").socket_count(), 0, "no socket stays behind");
        let most = self.tasks + 1 + tasks;
        within("no task stays behind", || alive_tasks() <= most).await;
        assert!(!PANICKED.lock().contains(&Handle::current().id()), "nothing panics");
    }
}

fn alive_tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// A builder whose sessions end within a second after their clients have gone silent.
pub(crate) fn impatient() -> chorus_socketio::ServerBuilder {
    Server::builder()
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(600))
        .upgrade_timeout(Duration::from_millis(300))
}

/// Waits until something holds.
pub(crate) async fn within(what: &str, holds: impl Fn() -> bool) {
    let waited = timeout(LONG, async {
        while !holds() {
            sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("in time: {what}"));
}

/// Notes panics in tasks, which tokio would hide: a session whose task died looks closed.
/// What handlers do "on purpose" does not count.
fn note_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload_as_str().is_some_and(|message| message.contains("on purpose")) {
                return;
            }
            PANICKED.lock().extend(Handle::try_current().map(|handle| handle.id()));
            print(info);
        }));
    });
}

/// Each test has a runtime of its own.
static PANICKED: Mutex<Vec<Id>> = Mutex::new(Vec::new());

static TURNS: RwLock<()> = RwLock::const_new(());
