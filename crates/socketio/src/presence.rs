//! Who is in a room, by user.

use std::{
    collections::{BTreeMap, HashMap},
    mem,
    sync::{Arc, Weak},
    time::Duration,
};

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Broadcast, Namespace, Room, Socket, SocketId};

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
/// use chorus_socketio::{Data, Presence, Reply, Server, Socket};
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
    sockets: HashMap<SocketId, Entered>,
    absences: u64,
}

/// Which rooms a socket has entered, and as which user.
#[derive(Default)]
struct Entered {
    /// Of those with this id, one after the other, the one that entered last.
    instance: usize,
    rooms: Vec<(Room, Arc<str>)>,
}

/// Changes that were told, for the listeners of outgoing events.
type Told = Vec<(Broadcast, Value)>;

/// A user in a room.
struct Here {
    state: Arc<Value>,
    sockets: Vec<SocketId>,
    /// The last socket is gone, but may come back; each absence has its number.
    absence: Option<u64>,
}

/// A user in a room.
///
/// ```
/// use chorus_socketio::Present;
///
/// let ada = Present { user: "ada".into(), state: std::sync::Arc::new(serde_json::json!({ "away": true })) };
/// assert_eq!(serde_json::to_string(&ada)?, r#"{"user":"ada","state":{"away":true}}"#);
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Present {
    /// Who.
    pub user: Arc<str>,
    /// What was last said of them.
    pub state: Arc<Value>,
}

impl Presence {
    /// Watches over a namespace, with the event `presence` and no grace.
    ///
    /// ```
    /// # use chorus_socketio::{Presence, Server};
    /// let io = Server::new();
    /// let presence = Presence::new(&io.of("/chat"));
    /// assert!(presence.list("lobby").is_empty());
    /// ```
    pub fn new(namespace: &Namespace) -> Self {
        Self::with(namespace, "presence", Duration::ZERO)
    }

    /// Watches over a namespace, with an event and a time of grace.
    ///
    /// Changes are told by an event of that name. A user whose last connection broke off leaves after
    /// `grace`, unless they come back before.
    ///
    /// ```
    /// # use {chorus_socketio::{Presence, Server}, std::time::Duration};
    /// let io = Server::new();
    /// // who reloads the page does not leave and come
    /// let presence = Presence::with(&io.of("/board"), "who is here", Duration::from_secs(5));
    /// ```
    pub fn with(namespace: &Namespace, event: &str, grace: Duration) -> Self {
        let rooms = Mutex::default();
        let presence =
            Self(Arc::new(Inner { namespace: namespace.clone(), event: event.into(), grace, rooms }));
        let watching = Arc::downgrade(&presence.0);
        namespace.on_disconnect(move |socket: Socket| {
            if let Some(inner) = watching.upgrade() {
                Self(inner).lose(&socket);
            }
            std::future::ready(())
        });
        presence
    }

    /// Has a socket join a room, says so to those who are there, and returns who is.
    ///
    /// Entering again, also from another tab, changes the state. Nothing happens, and the list is
    /// empty, when the socket is not connected, as in middleware, or cannot [join](Socket::try_join).
    /// Who came back by connection state recovery is to enter again.
    ///
    /// ```
    /// # use {chorus_socketio::{Data, Presence, Reply, Server, Socket}, serde_json::Value};
    /// # let io = Server::new();
    /// let board = io.of("/board");
    /// let presence = Presence::new(&board);
    /// board.on("enter", move |socket: Socket, Data(color): Data<Value>| {
    ///     let present = presence.enter(&socket, "board-7", serde_json::json!({ "color": color }));
    ///     async move { Reply(present) }
    /// });
    /// ```
    pub fn enter(&self, socket: &Socket, room: impl Into<Room>, state: impl Into<Value>) -> Vec<Present> {
        let (room, state) = (room.into(), Arc::new(state.into()));
        let user = socket.user().unwrap_or_else(|| socket.id().as_str().into());
        self.change(|rooms, told| {
            if !socket.is_connected() || !socket.try_join(&room) {
                return Vec::new();
            }
            if let Some(before) = rooms.register(socket, &room, &user)
                && rooms.part(socket.id(), &room, &before)
            {
                self.gone(rooms, told, &room, &before);
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
            let what = match before {
                None => "joined",
                Some(before) if before != state => "changed",
                Some(_) => return present,
            };
            self.tell(told, &room, Some(socket), what, &Present { user, state });
            present
        })
    }

    /// Changes what is said of a socket's user in a room it has entered.
    ///
    /// ```
    /// # use {chorus_socketio::{Data, Presence, Server, Socket}, std::future::ready};
    /// # let io = Server::new();
    /// let chat = io.of("/chat");
    /// let presence = Presence::new(&chat);
    /// chat.on("away", move |socket: Socket, Data(away): Data<bool>| {
    ///     ready(presence.update(&socket, "lobby", serde_json::json!({ "away": away })))
    /// });
    /// ```
    pub fn update(&self, socket: &Socket, room: impl Into<Room>, state: impl Into<Value>) {
        let room = room.into();
        self.change(|rooms, told| {
            let Some(user) = rooms.user_of(socket.id(), &room) else { return };
            let here = rooms.users.get_mut(&room).and_then(|users| users.get_mut(&user));
            let Some(here) = here else { return };
            here.state = Arc::new(state.into());
            let change = Present { user, state: here.state.clone() };
            self.tell(told, &room, None, "changed", &change);
        });
    }

    /// Has a socket leave a room, and says so if it was the user's last one there.
    ///
    /// ```
    /// # use {chorus_socketio::{Presence, Server, Socket}, std::future::ready};
    /// # let io = Server::new();
    /// let chat = io.of("/chat");
    /// let presence = Presence::new(&chat);
    /// chat.on("leave", move |socket: Socket| ready(presence.leave(&socket, "lobby")));
    /// ```
    pub fn leave(&self, socket: &Socket, room: impl Into<Room>) {
        let room = room.into();
        self.change(|rooms, told| {
            socket.leave(&room);
            let Some(user) = rooms.user_of(socket.id(), &room) else { return };
            if let Some(entered) = rooms.sockets.get_mut(&socket.id()) {
                entered.rooms.retain(|(known, _)| *known != room);
                if entered.rooms.is_empty() {
                    rooms.sockets.remove(&socket.id());
                }
            }
            if rooms.part(socket.id(), &room, &user) {
                self.gone(rooms, told, &room, &user);
            }
        });
    }

    /// Who is in a room, in the order of their users' names.
    ///
    /// ```
    /// # use chorus_socketio::{Presence, Server};
    /// # let io = Server::new();
    /// let presence = Presence::new(&io.of("/chat"));
    /// let names: Vec<_> = presence.list("lobby").into_iter().map(|present| present.user).collect();
    /// assert!(names.is_empty());
    /// ```
    pub fn list(&self, room: impl Into<Room>) -> Vec<Present> {
        self.0.rooms.lock().users.get(&room.into()).map(list).unwrap_or_default()
    }

    /// A socket has left the namespace, and with it all rooms.
    fn lose(&self, socket: &Socket) {
        self.change(|rooms, told| {
            // it may have come back before this was told
            let known = rooms.sockets.get(&socket.id()).map(|entered| entered.instance);
            if known != Some(socket.instance()) {
                return;
            }
            for (room, user) in rooms.sockets.remove(&socket.id()).unwrap_or_default().rooms {
                if !rooms.part(socket.id(), &room, &user) {
                    continue;
                }
                if self.0.grace.is_zero() {
                    self.gone(rooms, told, &room, &user);
                } else {
                    let absence = rooms.absent(&room, &user);
                    tokio::spawn(wait(Arc::downgrade(&self.0), self.0.grace, room, user, absence));
                }
            }
        });
    }

    /// Changes are told under the lock, in their order; listeners of the application's see them after it.
    fn change<T>(&self, change: impl FnOnce(&mut Rooms, &mut Told) -> T) -> T {
        let mut told = Told::new();
        let result = change(&mut self.0.rooms.lock(), &mut told);
        for (audience, news) in told {
            let _ = audience.show(&self.0.event, &news);
        }
        result
    }

    fn gone(&self, rooms: &mut Rooms, told: &mut Told, room: &Room, user: &Arc<str>) {
        rooms.remove(room, user);
        self.tell(told, room, None, "left", &json!({ "user": user }));
    }

    fn tell(&self, told: &mut Told, room: &Room, but: Option<&Socket>, what: &str, change: &impl Serialize) {
        let audience = self.0.namespace.to(room);
        let audience = match but {
            Some(socket) => audience.except(socket.id()),
            None => audience,
        };
        let news = json!({ "room": &**room, what: change });
        // JSON can be sent
        let _ = audience.emit_unseen(&self.0.event, &news);
        if self.0.namespace.is_watched() {
            told.push((audience, news));
        }
    }
}

/// Lets a user go who has not come back in time.
async fn wait(presence: Weak<Inner>, grace: Duration, room: Room, user: Arc<str>, absence: u64) {
    tokio::time::sleep(grace).await;
    let Some(presence) = presence.upgrade().map(Presence) else { return };
    presence.change(|rooms, told| {
        let here = rooms.users.get(&room).and_then(|users| users.get(&user));
        if here.is_some_and(|here| here.absence == Some(absence)) {
            presence.gone(rooms, told, &room, &user);
        }
    });
}

impl Here {
    fn new(state: Arc<Value>) -> Self {
        Self { state, sockets: Vec::new(), absence: None }
    }
}

impl Rooms {
    /// Notes that a socket enters a room; returns as which other user it did before.
    fn register(&mut self, socket: &Socket, room: &Room, user: &Arc<str>) -> Option<Arc<str>> {
        let entered = self.sockets.entry(socket.id()).or_default();
        entered.instance = socket.instance();
        if let Some((_, known)) = entered.rooms.iter_mut().find(|(known, _)| known == room) {
            return Some(mem::replace(known, user.clone())).filter(|before| before != user);
        }
        entered.rooms.push((room.clone(), user.clone()));
        None
    }

    fn user_of(&self, socket: SocketId, room: &Room) -> Option<Arc<str>> {
        let entered = self.sockets.get(&socket)?;
        entered.rooms.iter().find(|(known, _)| known == room).map(|(_, user)| user.clone())
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
