//! What server and namespaces share: options, counts, states.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, hash_map::RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::Serialize;

use crate::parser::Parser;

/// What server and namespaces share.
pub(crate) struct Common {
    pub(crate) options: Options,
    pub(crate) parser: Arc<dyn Parser>,
    /// In front of every offset, so that those of an earlier run are unknown.
    pub(crate) epoch: String,
    /// For topics.
    pub(crate) hasher: RandomState,
    pub(super) counters: Counters,
    pub(super) states: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) connect_timeout: Duration,
    pub(crate) max_attachments: usize,
    pub(crate) max_pending_acks: usize,
    pub(crate) max_queued_bytes: usize,
    pub(crate) max_rooms: usize,
    pub(crate) cleanup_empty_child_namespaces: bool,
    pub(crate) recovery: Option<Recovery>,
}

/// Connection state recovery: clients come back after their line broke.
///
/// One that does has its id, rooms and data again, and gets what it missed.
///
/// ```
/// use std::time::Duration;
/// use chorus_socketio::{Recovery, Server, Socket};
///
/// let recovery = Recovery { max_disconnection_duration: Duration::from_mins(5), ..Recovery::default() };
/// let io = Server::builder().connection_state_recovery(recovery).build();
/// io.of("/").on_connect(|socket: Socket| async move {
///     if !socket.recovered() {
///         socket.join("lobby"); // those who come back are in their rooms
///     }
/// });
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Recovery {
    /// For how long. 2 min
    pub max_disconnection_duration: Duration,
    /// Whether middleware is not asked again. Yes
    pub skip_middlewares: bool,
}

impl Default for Recovery {
    fn default() -> Self {
        Self { max_disconnection_duration: Duration::from_mins(2), skip_middlewares: true }
    }
}

/// Counts of the work done since the start.
///
/// ```
/// # let io = chorus_socketio::Server::new();
/// let stats = serde_json::to_value(io.stats())?; // for a page of metrics
/// assert_eq!(stats, serde_json::json!({ "encodes": 0, "deliveries": 0, "sessions": 0 }));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Events and answers that were encoded; a broadcast is one, whoever receives it.
    pub encodes: u64,
    /// Broadcast deliveries: one for each recipient.
    pub deliveries: u64,
    /// Sessions that are open now.
    pub sessions: usize,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(super) encodes: AtomicU64,
    pub(super) deliveries: AtomicU64,
}

impl Counters {
    pub(crate) fn encoded(&self) {
        self.encodes.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn delivered(&self, count: usize) {
        self.deliveries.fetch_add(count as u64, Ordering::Relaxed);
    }
}

impl Common {
    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(crate) fn state<T: Clone + 'static>(&self) -> Option<T> {
        self.states.get(&TypeId::of::<T>())?.downcast_ref().cloned()
    }
}
