//! What connection state recovery needs: recent packets, and sessions that broke off.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use super::{Offset, Packet, SavedSession, Target};
use crate::Room;

/// Recent packets of a namespace and its saved sessions, for a limited time and in limited memory.
pub(super) struct History {
    keep: Duration,
    packets: VecDeque<Stored>,
    bytes: usize,
    sessions: HashMap<Box<str>, (Instant, SavedSession)>,
}

struct Stored {
    at: Instant,
    offset: Offset,
    target: Target,
    packet: Packet,
}

impl History {
    pub(super) fn new(keep: Duration) -> Self {
        Self { keep, packets: VecDeque::new(), bytes: 0, sessions: HashMap::new() }
    }

    /// Keeps a packet, if it has an offset.
    pub(super) fn store(&mut self, packet: &Packet, target: &Target, now: Instant) {
        let Some(offset) = packet.offset.clone() else { return };
        self.bytes += packet.frames.as_bytes().len();
        self.packets.push_back(Stored { at: now, offset, target: target.clone(), packet: packet.clone() });
        while let Some(first) = self.packets.front()
            && (self.bytes > MAX_BYTES || now.duration_since(first.at) > self.keep)
        {
            self.bytes -= first.packet.frames.as_bytes().len();
            self.packets.pop_front();
        }
    }

    /// Keeps a session. When there are too many, the one that would expire first is forgotten.
    pub(super) fn save(&mut self, session: SavedSession, now: Instant) {
        if self.sessions.len() >= MAX_SESSIONS {
            self.sessions.retain(|_, (at, _)| now.duration_since(*at) <= self.keep);
        }
        if self.sessions.len() >= MAX_SESSIONS {
            let oldest = self.sessions.iter().min_by_key(|(_, (at, _))| *at).map(|(pid, _)| pid.clone());
            self.sessions.remove(&oldest.unwrap_or_default());
        }
        self.sessions.insert(session.pid.as_str().into(), (now, session));
    }

    /// Hands a session out, once: two connections never get the same one.
    pub(super) fn claim(&mut self, pid: &str, offset: &str, now: Instant) -> Option<SavedSession> {
        self.position(offset)?;
        let (at, session) = self.sessions.remove(pid)?;
        (now.duration_since(at) <= self.keep).then_some(session)
    }

    /// The packets behind an offset that were for any of `rooms`.
    pub(super) fn after(&self, offset: &str, rooms: &[Room]) -> impl Iterator<Item = &Packet> {
        let start = self.position(offset).map_or(self.packets.len(), |position| position + 1);
        let stored = self.packets.iter().skip(start);
        stored.filter(|stored| meant(&stored.target, rooms)).map(|stored| &stored.packet)
    }

    /// Offsets that clients ask for are mostly recent.
    fn position(&self, offset: &str) -> Option<usize> {
        self.packets.iter().rposition(|stored| &*stored.offset == offset)
    }
}

fn meant(target: &Target, rooms: &[Room]) -> bool {
    let aimed = target.rooms.is_empty() || target.rooms.iter().any(|room| rooms.contains(room));
    aimed && !target.except.iter().any(|room| rooms.contains(room))
}

/// The most bytes of packets that are kept; older ones can no longer be recovered.
const MAX_BYTES: usize = 64 << 20;

/// The most sessions that are kept.
const MAX_SESSIONS: usize = 100_000;
