//! All sessions of a server, by id.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::{
    CloseReason,
    session::{Session, SessionId},
};

/// The sessions whose tasks live.
#[derive(Default)]
pub(super) struct Registry {
    sessions: Mutex<HashMap<SessionId, Session>>,
    closing: AtomicBool,
    emptied: Notify,
}

impl Registry {
    /// Adds a session; not once the server closes.
    #[must_use]
    pub(super) fn insert(&self, session: &Session) -> bool {
        let mut sessions = self.sessions.lock();
        // read under the lock that `close` takes after setting it
        if self.closing.load(Ordering::SeqCst) {
            return false;
        }
        sessions.insert(session.id(), session.clone());
        true
    }

    pub(super) fn remove(&self, id: SessionId) {
        let mut sessions = self.sessions.lock();
        sessions.remove(&id);
        if sessions.len() * 4 < sessions.capacity() {
            sessions.shrink_to_fit();
        }
        if sessions.is_empty() {
            self.emptied.notify_waiters();
        }
    }

    pub(super) fn find(&self, id: SessionId) -> Option<Session> {
        self.sessions.lock().get(&id).cloned()
    }

    pub(super) fn len(&self) -> usize {
        self.sessions.lock().len()
    }

    pub(super) async fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
        let sessions: Vec<_> = self.sessions.lock().values().cloned().collect();
        for session in sessions {
            session.end(CloseReason::ServerShutdown);
        }
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            if self.sessions.lock().is_empty() {
                return;
            }
            emptied.await;
        }
    }
}
