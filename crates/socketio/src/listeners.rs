//! Handlers of events: those of a namespace, and those of a single socket.

use std::{collections::HashMap, sync::Arc};

use crate::{
    Payload, Socket,
    deduplicate::Answers,
    handler::{BoxedGuard, BoxedHandler},
};

/// Sees each event on its way out.
pub(crate) type Outgoing = Arc<dyn Fn(&Socket, &str, &Payload) + Send + Sync>;

/// What is called for events and for the end.
#[derive(Default)]
pub(crate) struct Listeners {
    events: HashMap<Box<str>, Vec<Listener>>,
    pub(crate) any: Vec<BoxedHandler>,
    pub(crate) guards: Vec<BoxedGuard>,
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) disconnecting: Vec<BoxedHandler>,
    pub(crate) disconnect: Vec<BoxedHandler>,
}

struct Listener {
    handler: BoxedHandler,
    calls: Calls,
}

/// How often a handler is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Calls {
    Always,
    Once,
}

/// The handlers of one event. Mostly there is one: it takes no memory of its own.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) first: Option<BoxedHandler>,
    pub(crate) others: Vec<BoxedHandler>,
}

/// What is to be done for an event: first whom to ask, then whom to call.
#[derive(Default)]
pub(crate) struct Dispatch {
    pub(crate) guards: Vec<BoxedGuard>,
    /// Those that were given to events which may come again.
    pub(crate) answers: Option<Arc<Answers>>,
    pub(crate) found: Found,
}

impl Found {
    fn add(&mut self, handler: &BoxedHandler) {
        match self.first {
            None => self.first = Some(handler.clone()),
            Some(_) => self.others.push(handler.clone()),
        }
    }
}

impl Listeners {
    pub(crate) fn on(&mut self, event: &str, handler: BoxedHandler, calls: Calls) {
        self.events.entry(event.into()).or_default().push(Listener { handler, calls });
    }

    pub(crate) fn off(&mut self, event: &str) {
        self.events.remove(event);
    }

    /// Adds those for an event to `found`.
    pub(crate) fn find(&self, event: &str, found: &mut Found) {
        self.any.iter().for_each(|handler| found.add(handler));
        let own = self.events.get(event).into_iter().flatten();
        own.for_each(|listener| found.add(&listener.handler));
    }

    /// As [`Listeners::find`]; those that are called once are forgotten.
    pub(crate) fn take(&mut self, event: &str, found: &mut Found) {
        self.find(event, found);
        let Some(own) = self.events.get_mut(event) else { return };
        own.retain(|listener| listener.calls == Calls::Always);
        if own.is_empty() {
            self.events.remove(event);
        }
    }
}
