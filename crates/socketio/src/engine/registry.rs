//! All sessions of a server, by id.

mod addresses;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::sync::Notify;

use self::addresses::Addresses;
use super::{
    FOREVER,
    session::{Session, SessionId},
};

/// The sessions whose tasks live.
pub(super) struct Registry {
    sessions: Mutex<HashMap<SessionId, Session>>,
    /// Present when sessions of one address are limited.
    addresses: Option<Mutex<Addresses>>,
    closing: AtomicBool,
    emptied: Notify,
}

/// Why a session is not taken.
pub(super) enum Rejected {
    Closing,
    TooMany,
}

impl Registry {
    pub(super) fn new(max_per_address: Option<usize>) -> Self {
        Self {
            sessions: Mutex::default(),
            addresses: max_per_address.map(|most| Mutex::new(Addresses::new(most))),
            closing: AtomicBool::new(false),
            emptied: Notify::new(),
        }
    }

    /// Adds a session; not once the server closes.
    pub(super) fn insert(&self, session: &Session, address: Option<IpAddr>) -> Result<(), Rejected> {
        let mut sessions = self.sessions.lock();
        // read under the lock that `close` takes after setting it
        if self.closing.load(Ordering::SeqCst) {
            return Err(Rejected::Closing);
        }
        if let (Some(addresses), Some(address)) = (&self.addresses, address)
            && !addresses.lock().enter(session.id(), address)
        {
            return Err(Rejected::TooMany);
        }
        sessions.insert(session.id(), session.clone());
        Ok(())
    }

    pub(super) fn remove(&self, id: SessionId) {
        if let Some(addresses) = &self.addresses {
            addresses.lock().leave(id);
        }
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
        for session in self.refuse_newcomers() {
            session.shut_down();
        }
        self.emptied().await;
    }

    /// As [`Registry::close`], but one after the other, evenly over a time.
    pub(super) async fn drain(&self, over: Duration) {
        let sessions = self.refuse_newcomers();
        let start = Instant::now();
        let step = over.min(FOREVER).checked_div(sessions.len() as u32).unwrap_or_default();
        let paced = async {
            for (session, turn) in sessions.into_iter().zip(0..) {
                let due = start + step * turn;
                // the timer counts in milliseconds: all that are due go at once
                if due > Instant::now() {
                    tokio::time::sleep_until(due.into()).await;
                }
                session.shut_down();
            }
        };
        tokio::select! {
            () = paced => self.emptied().await,
            () = self.emptied() => {}
        }
    }

    fn refuse_newcomers(&self) -> Vec<Session> {
        self.closing.store(true, Ordering::SeqCst);
        self.sessions.lock().values().cloned().collect()
    }

    async fn emptied(&self) {
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
