//! Who is connected, and who is in which room.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;

use super::Outbox;

/// The outboxes of all connections and of each room.
#[derive(Default)]
pub(super) struct Hub {
    rooms: Mutex<Rooms>,
}

#[derive(Default)]
struct Rooms {
    all: Vec<Arc<Outbox>>,
    named: HashMap<String, Vec<Arc<Outbox>>>,
}

impl Hub {
    pub(super) fn enter(&self, outbox: &Arc<Outbox>) {
        self.rooms().all.push(Arc::clone(outbox));
    }

    pub(super) fn join(&self, room: &str, outbox: &Arc<Outbox>) {
        self.rooms().named.entry(room.into()).or_default().push(Arc::clone(outbox));
    }

    pub(super) fn leave(&self, outbox: &Arc<Outbox>) {
        let mut rooms = self.rooms();
        rooms.all.retain(|other| !Arc::ptr_eq(other, outbox));
        rooms.named.values_mut().for_each(|room| room.retain(|other| !Arc::ptr_eq(other, outbox)));
    }

    pub(super) fn to_all(&self, frame: &Bytes) {
        self.rooms().all.iter().for_each(|outbox| outbox.push(frame.clone()));
    }

    pub(super) fn to_room(&self, room: &str, frame: &Bytes) {
        self.rooms().named.get(room).into_iter().flatten().for_each(|outbox| outbox.push(frame.clone()));
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
