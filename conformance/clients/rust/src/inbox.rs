//! What a client has heard.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use rust_socketio::{Event, Payload};

/// How long anything is waited for.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The events that nobody has asked for yet, in the order they came.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Shared>);

#[derive(Default)]
struct Shared {
    heard: Mutex<VecDeque<(Event, Payload)>>,
    more: Condvar,
}

impl Inbox {
    /// Takes in an event.
    pub fn put(&self, event: Event, payload: Payload) {
        self.0.heard.lock().expect("nobody panicked").push_back((event, payload));
        self.0.more.notify_all();
    }

    /// Takes out the next event of that name, which may be yet to come.
    pub fn next(&self, event: impl Into<Event>) -> Payload {
        let event = event.into();
        let heard = self.0.heard.lock().expect("nobody panicked");
        let missing = |heard: &mut VecDeque<(Event, Payload)>| heard.iter().all(|(other, _)| *other != event);
        let (mut heard, waited) =
            self.0.more.wait_timeout_while(heard, PATIENCE, missing).expect("nobody panicked");
        assert!(!waited.timed_out(), "no {event} in time, but {heard:?}");
        let place = heard.iter().position(|(other, _)| *other == event).expect("it has come");
        heard.remove(place).expect("it is there").1
    }

    /// Whether all of that name that has come was taken out.
    pub fn silent(&self, event: impl Into<Event>) -> bool {
        let event = event.into();
        self.0.heard.lock().expect("nobody panicked").iter().all(|(other, _)| *other != event)
    }
}
