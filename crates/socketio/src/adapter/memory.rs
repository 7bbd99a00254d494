//! The adapter of a server that is alone.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use parking_lot::{Mutex, RwLock};

use super::{
    Adapter, Joined, Offset, Packet, RoomHistory, SavedSession, Target,
    history::{History, meant},
    room_history::{RoomHistories, lock},
};
use crate::{Room, Socket, SocketId};

/// Keeps rooms in memory. A room exists as long as somebody is in it.
///
/// ```
/// use chorus_socketio::{Adapter, InMemoryAdapter, Packet, Target, engine::Frames};
///
/// let adapter = InMemoryAdapter::default();
/// let packet = Packet::new(Frames::text(r#"42["tick"]"#));
/// assert_eq!(adapter.broadcast(&packet, &Target::default()), 0); // to nobody
/// assert!(adapter.is_empty());
/// ```
#[derive(Default)]
pub struct InMemoryAdapter {
    members: RwLock<Members>,
    /// Taken before `members` is read, and held while a packet is delivered: the history's order is
    /// the order in which every socket gets the packets.
    history: Option<Mutex<History>>,
    /// Taken between the two, and held as long.
    rooms: RoomHistories,
}

impl InMemoryAdapter {
    /// One that keeps packets and sessions of broken connections for so long.
    ///
    /// ```
    /// use std::{sync::Arc, time::Duration};
    /// use chorus_socketio::{InMemoryAdapter, Recovery, Server};
    ///
    /// let time = Duration::from_mins(5);
    /// let io = Server::builder()
    ///     .connection_state_recovery(Recovery { max_disconnection_duration: time, ..Recovery::default() })
    ///     // which sets this one; to be given as the inner one of an adapter of your own
    ///     .adapter(move |_namespace| Arc::new(InMemoryAdapter::with_recovery(time)))
    ///     .build();
    /// ```
    pub fn with_recovery(keep: Duration) -> Self {
        Self { history: Some(Mutex::new(History::new(keep))), ..Self::default() }
    }
}

#[derive(Default)]
struct Members {
    sockets: HashMap<SocketId, Socket>,
    rooms: HashMap<Room, HashMap<SocketId, Socket>>,
}

impl Adapter for InMemoryAdapter {
    fn add(&self, socket: &Socket, rooms: &[Room], after: Option<&str>) -> bool {
        let history = self.history.as_ref().map(Mutex::lock);
        let own = [&[Room::from(socket.id())][..], rooms].concat();
        let missed = match (&history, after) {
            (Some(history), Some(offset)) => match history.after(offset, &own) {
                Some(missed) if fits(&missed, socket) => missed,
                _ => return false,
            },
            _ => Vec::new(),
        };
        let mut members = self.members.write();
        // nothing is broadcast meanwhile
        socket.greet();
        members.sockets.insert(socket.id(), socket.clone());
        for room in rooms {
            members.rooms.entry(room.clone()).or_default().insert(socket.id(), socket.clone());
        }
        for packet in missed {
            socket.deliver_again(packet);
        }
        true
    }

    fn save(&self, session: SavedSession) {
        if let Some(history) = &self.history {
            history.lock().save(session, Instant::now());
        }
    }

    fn claim(&self, pid: &str, offset: &str) -> Option<SavedSession> {
        self.history.as_ref()?.lock().claim(pid, offset, Instant::now())
    }

    fn remove(&self, socket: &Socket, rooms: &[Room]) {
        let mut members = self.members.write();
        members.sockets.remove(&socket.id());
        shrink(&mut members.sockets);
        for room in rooms {
            members.leave(socket, room);
        }
    }

    fn join(&self, socket: &Socket, room: Room) -> bool {
        self.members.write().rooms.entry(room).or_default().insert(socket.id(), socket.clone()).is_none()
    }

    fn leave(&self, socket: &Socket, room: &Room) {
        self.members.write().leave(socket, room);
    }

    fn keep_history(&self, room: Room, history: RoomHistory, start: Offset) {
        self.rooms.keep(room, history, start);
    }

    fn forget_history(&self, room: &Room) {
        self.rooms.forget(room);
    }

    fn keeps(&self, target: &Target) -> bool {
        self.rooms.keeps(target)
    }

    fn join_after(
        &self,
        socket: &Socket,
        room: &Room,
        others: &[Room],
        offset: Option<&str>,
    ) -> Option<Joined> {
        let rooms = self.rooms.read();
        let mut log = rooms.get(room)?.lock();
        // nothing is broadcast to the room meanwhile
        self.join(socket, room.clone());
        let joined = log.last().clone();
        let own = [&[room.clone(), Room::from(socket.id())], others].concat();
        let missed = offset.and_then(|offset| log.after(offset, Instant::now()));
        let missed = missed.map(|missed| {
            let missed = missed.filter(|(_, target)| meant(target, &own));
            missed.map(|(packet, _)| packet).collect::<Vec<_>>()
        });
        // more than a client may be sent at once is not sent in part
        let replayed = missed.filter(|missed| fits(missed, socket)).map(|missed| {
            for packet in &missed {
                socket.deliver_again(packet);
            }
            missed.len()
        });
        Some(Joined { offset: joined, replayed })
    }

    fn broadcast(&self, packet: &Packet, target: &Target) -> usize {
        let mut history = self.history.as_ref().filter(|_| packet.offset.is_some()).map(Mutex::lock);
        if let Some(history) = &mut history {
            history.store(packet, target, Instant::now());
        }
        let rooms = self.rooms.read();
        let mut logs = lock(&rooms, target);
        for log in &mut logs {
            log.store(packet, target, Instant::now());
        }
        let mut count = 0;
        self.members.read().each(target, |socket| {
            socket.deliver(packet);
            count += 1;
        });
        count
    }

    fn sockets(&self, target: &Target) -> Vec<Socket> {
        let mut sockets = Vec::new();
        self.members.read().each(target, |socket| sockets.push(socket.clone()));
        sockets
    }

    fn socket(&self, id: SocketId) -> Option<Socket> {
        self.members.read().sockets.get(&id).cloned()
    }

    fn len(&self) -> usize {
        self.members.read().sockets.len()
    }
}

/// Whether packets find room in a socket's outbox, and some is left for what comes next.
fn fits(packets: &[&Packet], socket: &Socket) -> bool {
    let size: usize = packets.iter().map(|packet| packet.frames.as_bytes().len()).sum();
    size <= socket.free_bytes() / 4 * 3
}

impl Members {
    fn leave(&mut self, socket: &Socket, room: &Room) {
        let Some(sockets) = self.rooms.get_mut(room) else { return };
        sockets.remove(&socket.id());
        shrink(sockets);
        if sockets.is_empty() {
            self.rooms.remove(room);
            shrink(&mut self.rooms);
        }
    }

    /// Visits each socket of the target once.
    fn each<'a>(&'a self, target: &Target, mut visit: impl FnMut(&'a Socket)) {
        let ids: Vec<SocketId> = target.except.iter().filter_map(|room| room.parse().ok()).collect();
        let rooms: Vec<_> = target.except.iter().filter_map(|room| self.rooms.get(room)).collect();
        let excluded =
            |id: &SocketId| ids.contains(id) || rooms.iter().any(|sockets| sockets.contains_key(id));
        match &target.rooms[..] {
            [] => {
                for (_, socket) in self.sockets.iter().filter(|(id, _)| !excluded(id)) {
                    visit(socket);
                }
            }
            [room] => self.room(room).filter(|(id, _)| !excluded(id)).for_each(|(_, socket)| visit(socket)),
            rooms => {
                let mut seen = HashSet::new();
                for (id, socket) in rooms.iter().flat_map(|room| self.room(room)) {
                    if !excluded(id) && seen.insert(*id) {
                        visit(socket);
                    }
                }
            }
        }
    }

    /// The sockets in a room, among them the one whose id the room is named by.
    fn room(&self, room: &Room) -> impl Iterator<Item = (&SocketId, &Socket)> {
        let own = room.parse().ok().and_then(|id: SocketId| self.sockets.get_key_value(&id));
        self.rooms
            .get(room)
            .into_iter()
            .flatten()
            .filter(move |(id, _)| own.is_none_or(|(own, _)| own != *id))
            .chain(own)
    }
}

/// Gives memory back after a crowd has left.
fn shrink<K: Eq + std::hash::Hash, V>(map: &mut HashMap<K, V>) {
    if map.capacity() > 64 && map.len() * 4 < map.capacity() {
        map.shrink_to_fit();
    }
}
