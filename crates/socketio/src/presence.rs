//! Who is in a room, by user.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Weak},
    time::Duration,
};

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Namespace, Room, Socket, SocketId};

/// Who is in which room of a namespace. Cheap to clone.
///
/// A user with several tabs is there once: from the first tab to the last. Who comes gets the list;
/// the others in the room get an event for each change, `presence` by default, with one argument:
///
/// ```json
/// { "room": "lobby", "joined": { "user": "ada", "state": { "name": "Ada" } } }
/// { "room": "lobby", "changed": { "user": "ada", "state": { "name": "Ada", "away": true } } }
/// { "room": "lobby", "left": { "user": "ada" } }
/// ```
///
/// List and changes fit together: nobody is missed or told twice. A user is who
/// [`Socket::set_user`] says; a socket without one stands for itself, under its id.
///
/// ```
/// use chorus_socketio::{Data, Presence, Reply, Server, Socket, State};
///
/// # async fn example() {
/// let io = Server::new();
/// let main = io.of("/");
/// let presence = Presence::new(&main);
/// main.on("enter", {
///     let presence = presence.clone();
///     move |socket: Socket, Data(name): Data<String>| {
///         let present = presence.enter(&socket, "lobby", serde_json::json!({ "name": name }));
///         async move { Reply(present) }
///     }
/// });
/// assert!(presence.list("lobby").is_empty());
/// # }
/// ```
#[derive(Clone)]
pub struct Presence(Arc<Inner>);

struct Inner {
    namespace: Namespace,
    event: Box<str>,
    grace: Duration,
    rooms: Mutex<Rooms>,
}

#[derive(Default)]
struct Rooms {
    users: HashMap<Room, BTreeMap<Arc<str>, Here>>,
    /// Under which user each socket entered which rooms.
    sockets: HashMap<SocketId, Vec<(Room, Arc<str>)>>,
    absences: u64,
}

/// A user in a room.
struct Here {
    state: Arc<Value>,
    sockets: Vec<SocketId>,
    /// The last socket is gone, but may come back; each absence has its number.
    absence: Option<u64>,
}

/// A user in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Present {
    /// Who.
    pub user: Arc<str>,
    /// What was last said of them.
    pub state: Arc<Value>,
}

impl Presence {
    /// Watches over a namespace, with the event `presence` and no grace.
    pub fn new(namespace: &Namespace) -> Self {
        Self::with(namespace, "presence", Duration::ZERO)
    }

    /// Watches over a namespace. Changes are told by an event of that name. A user whose last
    /// connection broke off leaves after `grace`, unless they come back before.
    pub fn with(namespace: &Namespace, event: &str, grace: Duration) -> Self {
        let rooms = Mutex::default();
        let presence =
            Self(Arc::new(Inner { namespace: namespace.clone(), event: event.into(), grace, rooms }));
        let watching = Arc::downgrade(&presence.0);
        namespace.on_disconnect(move |socket: Socket| {
            if let Some(inner) = watching.upgrade() {
                Self(inner).lose(socket.id());
            }
            std::future::ready(())
        });
        presence
    }

    /// Has a socket join a room, says so to those who are there, and returns who is.
    ///
    /// Entering again, also from another tab, changes the state. Nothing happens, and the list is
    /// empty, when the socket cannot [join](Socket::try_join).
    pub fn enter(&self, socket: &Socket, room: impl Into<Room>, state: impl Into<Value>) -> Vec<Present> {
        let (room, state) = (room.into(), Arc::new(state.into()));
        let user = socket.user().unwrap_or_else(|| socket.id().as_str().into());
        let mut rooms = self.0.rooms.lock();
        if !socket.try_join(&room) {
            return Vec::new();
        }
        let entered = rooms.sockets.entry(socket.id()).or_default();
        if !entered.iter().any(|(known, _)| *known == room) {
            entered.push((room.clone(), user.clone()));
        }
        let users = rooms.users.entry(room.clone()).or_default();
        let before = users.get(&user).map(|here| here.state.clone());
        let here = users.entry(user.clone()).or_insert_with(|| Here::new(state.clone()));
        here.absence = None;
        here.state = state.clone();
        if !here.sockets.contains(&socket.id()) {
            here.sockets.push(socket.id());
        }
        let present = list(users);
        // under the lock, so that changes are told in their order
        let change = Present { user, state };
        match before {
            None => self.tell(&room, Some(socket), "joined", &change),
            Some(before) if before != change.state => self.tell(&room, Some(socket), "changed", &change),
            Some(_) => {}
        }
        present
    }

    /// Changes what is said of a socket's user in a room it has entered.
    pub fn update(&self, socket: &Socket, room: impl Into<Room>, state: impl Into<Value>) {
        let room = room.into();
        let mut rooms = self.0.rooms.lock();
        let Some(user) = rooms.user_of(socket.id(), &room) else { return };
        let here = rooms.users.get_mut(&room).and_then(|users| users.get_mut(&user));
        let Some(here) = here else { return };
        here.state = Arc::new(state.into());
        let change = Present { user, state: here.state.clone() };
        self.tell(&room, None, "changed", &change);
    }

    /// Has a socket leave a room, and says so if it was the user's last one there.
    pub fn leave(&self, socket: &Socket, room: impl Into<Room>) {
        let room = room.into();
        let mut rooms = self.0.rooms.lock();
        let Some(user) = rooms.user_of(socket.id(), &room) else { return };
        socket.leave(&room);
        if let Some(entered) = rooms.sockets.get_mut(&socket.id()) {
            entered.retain(|(known, _)| *known != room);
            if entered.is_empty() {
                rooms.sockets.remove(&socket.id());
            }
        }
        if rooms.part(socket.id(), &room, &user) {
            self.gone(&mut rooms, &room, &user);
        }
    }

    /// Who is in a room, in the order of their users' names.
    pub fn list(&self, room: impl Into<Room>) -> Vec<Present> {
        self.0.rooms.lock().users.get(&room.into()).map(list).unwrap_or_default()
    }

    /// A socket has left the namespace, and with it all rooms.
    fn lose(&self, socket: SocketId) {
        let mut rooms = self.0.rooms.lock();
        for (room, user) in rooms.sockets.remove(&socket).unwrap_or_default() {
            if !rooms.part(socket, &room, &user) {
                continue;
            }
            if self.0.grace.is_zero() {
                self.gone(&mut rooms, &room, &user);
            } else {
                let absence = rooms.absent(&room, &user);
                tokio::spawn(wait(Arc::downgrade(&self.0), self.0.grace, room, user, absence));
            }
        }
    }

    fn gone(&self, rooms: &mut Rooms, room: &Room, user: &Arc<str>) {
        rooms.remove(room, user);
        self.tell(room, None, "left", &json!({ "user": user }));
    }

    fn tell(&self, room: &Room, but: Option<&Socket>, what: &str, change: &impl Serialize) {
        let audience = self.0.namespace.to(room);
        let audience = match but {
            Some(socket) => audience.except(socket.id()),
            None => audience,
        };
        // strings and JSON can be sent
        let _ = audience.emit(&self.0.event, json!({ "room": &**room, what: change }));
    }
}

/// Lets a user go who has not come back in time.
async fn wait(presence: Weak<Inner>, grace: Duration, room: Room, user: Arc<str>, absence: u64) {
    tokio::time::sleep(grace).await;
    let Some(presence) = presence.upgrade().map(Presence) else { return };
    let mut rooms = presence.0.rooms.lock();
    let here = rooms.users.get(&room).and_then(|users| users.get(&user));
    if here.is_some_and(|here| here.absence == Some(absence)) {
        presence.gone(&mut rooms, &room, &user);
    }
}

impl Here {
    fn new(state: Arc<Value>) -> Self {
        Self { state, sockets: Vec::new(), absence: None }
    }
}

impl Rooms {
    fn user_of(&self, socket: SocketId, room: &Room) -> Option<Arc<str>> {
        let entered = self.sockets.get(&socket)?;
        entered.iter().find(|(known, _)| known == room).map(|(_, user)| user.clone())
    }

    /// Takes a socket from its user. True if it was the last one.
    fn part(&mut self, socket: SocketId, room: &Room, user: &Arc<str>) -> bool {
        let Some(here) = self.users.get_mut(room).and_then(|users| users.get_mut(user)) else { return false };
        here.sockets.retain(|known| *known != socket);
        here.sockets.is_empty()
    }

    fn absent(&mut self, room: &Room, user: &Arc<str>) -> u64 {
        self.absences += 1;
        if let Some(here) = self.users.get_mut(room).and_then(|users| users.get_mut(user)) {
            here.absence = Some(self.absences);
        }
        self.absences
    }

    fn remove(&mut self, room: &Room, user: &Arc<str>) {
        let Some(users) = self.users.get_mut(room) else { return };
        users.remove(user);
        if users.is_empty() {
            self.users.remove(room);
        }
    }
}

fn list(users: &BTreeMap<Arc<str>, Here>) -> Vec<Present> {
    users.iter().map(|(user, here)| Present { user: user.clone(), state: here.state.clone() }).collect()
}

impl std::fmt::Debug for Presence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presence").field("namespace", &self.0.namespace).finish_non_exhaustive()
    }
}
