//! What a namespace does for its sockets: its own handlers, behind those of its parent.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use parking_lot::RwLock;

use super::{Namespace, server_side::OnServerSide};
use crate::{
    Payload, Socket,
    deduplicate::Answers,
    handler::{BoxedHandler, BoxedMiddleware},
    limit::{Excess, Limiter},
    listeners::{Dispatch, Listeners},
};

#[derive(Default)]
pub(super) struct Handlers {
    pub(super) lists: RwLock<Lists>,
    /// How many listeners see outgoing events, those of single sockets included.
    pub(super) watchers: AtomicUsize,
    /// Whether there are rate limits: most namespaces have none, and each event asks.
    pub(super) limited: AtomicBool,
}

#[derive(Default)]
pub(super) struct Lists {
    pub(super) middleware: Vec<BoxedMiddleware>,
    pub(super) connect: Vec<BoxedHandler>,
    pub(super) listeners: Listeners,
    pub(super) limits: Vec<Limiter>,
    pub(super) answers: Option<Arc<Answers>>,
    pub(super) server_side: HashMap<Box<str>, OnServerSide>,
}

impl Namespace {
    pub(super) fn change(&self, change: impl FnOnce(&mut Lists)) {
        change(&mut self.0.handlers.lists.write());
    }

    /// The parent's, if there is one, then its own.
    fn sources(&self) -> impl Iterator<Item = &Handlers> {
        self.0.family.as_deref().into_iter().chain([&*self.0.handlers])
    }

    fn gather<T>(&self, mut take: impl FnMut(&Lists, &mut Vec<T>)) -> Vec<T> {
        let mut all = Vec::new();
        for source in self.sources() {
            take(&source.lists.read(), &mut all);
        }
        all
    }

    pub(crate) fn middlewares(&self) -> Vec<BoxedMiddleware> {
        self.gather(|lists, all| all.extend_from_slice(&lists.middleware))
    }

    pub(crate) fn connect_handlers(&self) -> Vec<BoxedHandler> {
        self.gather(|lists, all| all.extend_from_slice(&lists.connect))
    }

    /// Those for a leaving socket: before and after it leaves its rooms.
    pub(crate) fn disconnect_handlers(&self) -> (Vec<BoxedHandler>, Vec<BoxedHandler>) {
        let before = self.gather(|lists, all| all.extend_from_slice(&lists.listeners.disconnecting));
        let after = self.gather(|lists, all| all.extend_from_slice(&lists.listeners.disconnect));
        (before, after)
    }

    /// What is to be done for an event, by one look.
    pub(crate) fn dispatch(&self, event: &str) -> Dispatch {
        let mut dispatch = Dispatch::default();
        for source in self.sources() {
            let lists = source.lists.read();
            lists.listeners.find(event, &mut dispatch.found);
            dispatch.guards.extend_from_slice(&lists.listeners.guards);
            dispatch.answers = lists.answers.clone().or(dispatch.answers.take());
        }
        dispatch
    }

    /// Whether an event is within the limits.
    pub(crate) fn admit(&self, socket: &Socket, event: &str) -> Result<(), Excess> {
        for source in self.sources().filter(|source| source.limited.load(Ordering::Acquire)) {
            source.lists.read().limits.iter().try_for_each(|limiter| limiter.admit(socket, event))?;
        }
        Ok(())
    }

    /// Counts listeners for outgoing events in or out.
    pub(crate) fn watch(&self, change: isize) {
        self.0.handlers.watchers.fetch_add(change.cast_unsigned(), Ordering::AcqRel);
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.sources().any(|source| source.watchers.load(Ordering::Acquire) > 0)
    }

    /// Shows an outgoing event to the namespace's listeners.
    pub(crate) fn show(&self, socket: &Socket, event: &str, payload: &Payload) {
        for listener in self.gather(|lists, all| all.extend_from_slice(&lists.listeners.outgoing)) {
            listener(socket, event, payload);
        }
    }

    pub(super) fn server_side(&self, event: &str) -> Option<OnServerSide> {
        let found = self.sources().filter_map(|source| source.lists.read().server_side.get(event).cloned());
        found.last()
    }
}
