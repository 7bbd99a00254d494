//! The recent events of single rooms.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use parking_lot::{Mutex, MutexGuard, RwLock, RwLockReadGuard};

use super::{Offset, Packet, Target};
use crate::Room;

/// How much of a room is kept.
///
/// See [`Namespace::keep_history`](crate::Namespace::keep_history).
///
/// ```
/// use chorus_socketio::{RoomHistory, Server};
///
/// let io = Server::new();
/// let max_age = std::time::Duration::from_hours(24);
/// let last_hundred = RoomHistory { max_events: 100, max_age, ..RoomHistory::default() };
/// io.of("/chat").keep_history("lobby", last_hundred);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomHistory {
    /// The most events. 1,000
    pub max_events: usize,
    /// The most bytes, what belongs to each event included. 1 MiB
    pub max_bytes: usize,
    /// For how long. 5 min
    pub max_age: Duration,
}

impl Default for RoomHistory {
    fn default() -> Self {
        Self { max_events: 1000, max_bytes: 1 << 20, max_age: Duration::from_mins(5) }
    }
}

/// The histories of a namespace's rooms.
#[derive(Default)]
pub(super) struct RoomHistories(RwLock<HashMap<Room, Mutex<Log>>>);

/// One room's recent packets, oldest first.
pub(super) struct Log {
    limits: RoomHistory,
    packets: VecDeque<(Instant, Offset, Packet, Target)>,
    bytes: usize,
    /// Everything after it is here.
    floor: Offset,
}

impl RoomHistories {
    pub(super) fn keep(&self, room: Room, limits: RoomHistory, start: Offset) {
        let mut rooms = self.0.write();
        let log = rooms.entry(room).or_insert_with(|| Mutex::new(Log::new(limits, start)));
        let log = log.get_mut();
        log.limits = limits;
        log.expire(Instant::now());
    }

    pub(super) fn forget(&self, room: &Room) {
        self.0.write().remove(room);
    }

    pub(super) fn keeps(&self, target: &Target) -> bool {
        if target.rooms.is_empty() {
            return false;
        }
        let rooms = self.0.read();
        !rooms.is_empty() && target.rooms.iter().any(|room| rooms.contains_key(room))
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, HashMap<Room, Mutex<Log>>> {
        self.0.read()
    }
}

/// Locks the histories that a target concerns, always in the same order.
pub(super) fn lock<'a>(rooms: &'a HashMap<Room, Mutex<Log>>, target: &Target) -> Vec<MutexGuard<'a, Log>> {
    if rooms.is_empty() || target.rooms.is_empty() {
        return Vec::new();
    }
    let mut kept: Vec<_> = target.rooms.iter().filter_map(|room| rooms.get_key_value(room)).collect();
    kept.sort_unstable_by_key(|(room, _)| *room);
    kept.dedup_by_key(|(room, _)| *room);
    kept.into_iter().map(|(_, log)| log.lock()).collect()
}

impl Log {
    fn new(limits: RoomHistory, start: Offset) -> Self {
        Self { limits, packets: VecDeque::new(), bytes: 0, floor: start }
    }

    pub(super) fn store(&mut self, packet: &Packet, target: &Target, now: Instant) {
        let Some(offset) = packet.offset.clone() else { return };
        self.bytes += packet.size();
        self.packets.push_back((now, offset, packet.clone(), target.clone()));
        self.expire(now);
    }

    fn expire(&mut self, now: Instant) {
        while let Some((at, ..)) = self.packets.front()
            && (self.packets.len() > self.limits.max_events
                || self.bytes > self.limits.max_bytes
                || now.duration_since(*at) > self.limits.max_age)
        {
            let Some((_, offset, packet, _)) = self.packets.pop_front() else { break };
            self.bytes -= packet.size();
            self.floor = offset;
        }
    }

    /// The offset of the newest packet, or of the time before the first.
    pub(super) fn last(&self) -> &Offset {
        self.packets.back().map_or(&self.floor, |(_, offset, ..)| offset)
    }

    /// The packets behind an offset; none when some of them are gone, or the offset is unknown.
    pub(super) fn after(
        &mut self,
        offset: &str,
        now: Instant,
    ) -> Option<impl Iterator<Item = (&Packet, &Target)>> {
        self.expire(now);
        let position = self.packets.iter().rposition(|(_, known, ..)| **known == *offset);
        let start = match position {
            Some(position) => position + 1,
            None if *self.floor == *offset => 0,
            None => return None,
        };
        Some(self.packets.iter().skip(start).map(|(.., packet, target)| (packet, target)))
    }
}

#[cfg(test)]
mod tests {
    use chorus_protocol::socketio::Frames;

    use super::*;

    fn packet(offset: &str) -> Packet {
        Packet { offset: Some(offset.into()), ..Packet::new(Frames::text(offset)) }
    }

    fn after(log: &mut Log, offset: &str, now: Instant) -> Option<Vec<String>> {
        let packets = log.after(offset, now)?;
        Some(packets.map(|(packet, _)| packet.offset.as_deref().unwrap().to_owned()).collect())
    }

    #[test]
    fn tells_what_was_missed_or_that_it_is_no_longer_known() {
        let now = Instant::now();
        let limits = RoomHistory { max_events: 3, ..RoomHistory::default() };
        let mut log = Log::new(limits, "start".into());
        assert_eq!(&**log.last(), "start");
        for offset in ["1", "2", "3"] {
            log.store(&packet(offset), &Target::default(), now);
        }
        assert_eq!(after(&mut log, "start", now).unwrap(), ["1", "2", "3"]);
        assert_eq!(after(&mut log, "2", now).unwrap(), ["3"]);
        log.store(&packet("4"), &Target::default(), now);
        assert_eq!(after(&mut log, "start", now), None, "the first is gone");
        assert_eq!(after(&mut log, "1", now).unwrap(), ["2", "3", "4"]);
        assert_eq!(after(&mut log, "4", now).unwrap(), [] as [String; 0]);
        assert_eq!(after(&mut log, "of another run", now), None);
        assert_eq!(&**log.last(), "4");
    }

    #[test]
    fn forgets_what_is_too_old_or_too_much() {
        let now = Instant::now();
        let limits = RoomHistory { max_bytes: 700, ..RoomHistory::default() };
        let mut log = Log::new(limits, "start".into());
        for offset in ["1", "2", "3"] {
            log.store(&packet(offset), &Target::default(), now);
        }
        assert_eq!(log.packets.len(), 2, "each counts for more than 256 bytes");
        let later = now + limits.max_age + Duration::from_secs(1);
        assert_eq!(after(&mut log, "2", later), None);
        assert_eq!(after(&mut log, "3", later).unwrap(), [] as [String; 0], "nothing came after it");
        assert_eq!(log.bytes, 0);
    }
}
