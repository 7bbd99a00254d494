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
    /// The sessions in the order they were saved; those that were claimed since are still here.
    saved: VecDeque<(Instant, Box<str>)>,
}

struct Stored {
    at: Instant,
    offset: Offset,
    target: Target,
    packet: Packet,
}

impl History {
    pub(super) fn new(keep: Duration) -> Self {
        Self { keep, packets: VecDeque::new(), bytes: 0, sessions: HashMap::new(), saved: VecDeque::new() }
    }

    /// Keeps a packet, if it has an offset.
    pub(super) fn store(&mut self, packet: &Packet, target: &Target, now: Instant) {
        let Some(offset) = packet.offset.clone() else { return };
        self.expire(now);
        self.bytes += packet.size();
        self.packets.push_back(Stored { at: now, offset, target: target.clone(), packet: packet.clone() });
        while let Some(first) = self.packets.front()
            && (self.bytes > MAX_BYTES || now.duration_since(first.at) > self.keep)
        {
            self.bytes -= first.packet.size();
            self.packets.pop_front();
        }
    }

    /// Keeps a session. When there are too many, the oldest is forgotten.
    pub(super) fn save(&mut self, session: SavedSession, now: Instant) {
        self.expire(now);
        while self.saved.len() >= MAX_SESSIONS {
            self.forget_oldest();
        }
        let pid: Box<str> = session.pid.as_str().into();
        self.saved.push_back((now, pid.clone()));
        self.sessions.insert(pid, (now, session));
    }

    fn expire(&mut self, now: Instant) {
        while self.saved.front().is_some_and(|(at, _)| now.duration_since(*at) > self.keep) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((at, pid)) = self.saved.pop_front() else { return };
        if self.sessions.get(&pid).is_some_and(|(saved, _)| *saved == at) {
            self.sessions.remove(&pid);
        }
    }

    /// Hands a session out, once: two connections never get the same one.
    pub(super) fn claim(&mut self, pid: &str, offset: &str, now: Instant) -> Option<SavedSession> {
        self.expire(now);
        // first what costs nothing: anybody can ask
        self.sessions.get(pid)?;
        self.position(offset)?;
        self.sessions.remove(pid).map(|(_, session)| session)
    }

    /// The packets behind an offset that were for any of `rooms`; none if the offset is not known.
    pub(super) fn after(&self, offset: &str, rooms: &[Room]) -> Option<Vec<&Packet>> {
        let stored = self.packets.iter().skip(self.position(offset)? + 1);
        Some(stored.filter(|stored| meant(&stored.target, rooms)).map(|stored| &stored.packet).collect())
    }

    /// Offsets that clients ask for are mostly recent.
    fn position(&self, offset: &str) -> Option<usize> {
        self.packets.iter().rposition(|stored| &*stored.offset == offset)
    }
}

/// Whether a target includes who is in `rooms`.
pub(super) fn meant(target: &Target, rooms: &[Room]) -> bool {
    let aimed = target.rooms.is_empty() || target.rooms.iter().any(|room| rooms.contains(room));
    aimed && !target.except.iter().any(|room| rooms.contains(room))
}

/// The most bytes of packets that are kept; older ones can no longer be recovered.
const MAX_BYTES: usize = 64 << 20;

/// The most sessions that are kept.
const MAX_SESSIONS: usize = 100_000;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chorus_protocol::socketio::Frames;

    use super::*;
    use crate::SocketId;

    const KEEP: Duration = Duration::from_secs(10);

    fn packet(offset: &str) -> Packet {
        Packet { offset: Some(offset.into()), ..Packet::new(Frames::text(offset)) }
    }

    fn to(room: &str) -> Target {
        Target { rooms: vec![room.into()], ..Target::default() }
    }

    fn session() -> SavedSession {
        let (id, pid) = (SocketId::random().unwrap(), SocketId::random().unwrap());
        SavedSession { id, pid, rooms: vec!["a".into()], data: None, shared_data: Arc::default(), user: None }
    }

    #[test]
    fn a_session_is_handed_out_once() {
        let now = Instant::now();
        let mut history = History::new(KEEP);
        history.store(&packet("1"), &to("a"), now);
        let saved = session();
        history.save(saved.clone(), now);
        assert!(history.claim("forged", "1", now).is_none());
        assert!(history.claim(saved.pid.as_str(), "unknown", now).is_none());
        assert_eq!(history.claim(saved.pid.as_str(), "1", now).unwrap().id, saved.id);
        assert!(history.claim(saved.pid.as_str(), "1", now).is_none(), "never two with one id");
    }

    #[test]
    fn what_is_too_old_is_forgotten() {
        let now = Instant::now();
        let mut history = History::new(KEEP);
        history.store(&packet("1"), &to("a"), now + KEEP);
        let saved = session();
        history.save(saved.clone(), now);
        assert!(history.claim(saved.pid.as_str(), "1", now + KEEP + Duration::from_secs(1)).is_none());
        assert!(history.sessions.is_empty());
        history.store(&packet("2"), &to("a"), now + KEEP * 3);
        assert_eq!(history.packets.len(), 1);
    }

    #[test]
    fn only_what_was_for_its_rooms_is_sent_again_in_order() {
        let now = Instant::now();
        let mut history = History::new(KEEP);
        let everybody = Target::default();
        let others = Target { except: vec!["a".into()], ..Target::default() };
        for (offset, target) in
            [("1", to("a")), ("2", to("b")), ("3", everybody), ("4", others), ("5", to("a"))]
        {
            history.store(&packet(offset), &target, now);
        }
        let missed = |after| -> Vec<_> {
            let missed = history.after(after, &["a".into()]).unwrap();
            missed.into_iter().filter_map(|packet| packet.offset.clone()).collect()
        };
        assert_eq!(missed("1"), ["3".into(), "5".into()] as [Offset; 2]);
        assert_eq!(missed("5"), [] as [Offset; 0]);
    }
}
