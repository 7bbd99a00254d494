//! What classic clients of one room are told: the whole game, whenever it has changed.

use std::sync::Arc;
use std::time::Duration;

use chorus_platform::clock;
use chorus_platform::kind::check;
use chorus_platform::log::{Entry, Offset};
use chorus_platform::rooms::{MemberId, RoomId};
use chorus_socketio::{Namespace, Payload, Socket};
use tokio::time::Instant;

use super::game::{self, Game};
use super::{Dialect, Player, Shape, audience};
use crate::events::Deed;
use crate::model::{Event, Exercise};

/// How often clocks of another speed are set again.
const SETTING: Duration = Duration::from_secs(5);

/// The classic clients in a room, reached by its people.
pub(crate) struct Told {
    dialect: Dialect,
    room: RoomId,
    /// The game as it was last written, in each shape.
    written: Vec<Written>,
    /// When the clocks of clients are set again, if the game's has a speed that they do not know.
    next_setting: Option<Instant>,
}

struct Written {
    offset: Offset,
    name: Arc<str>,
    shape: Shape,
    json: Arc<str>,
}

impl Told {
    pub(crate) fn new(dialect: Dialect, room: RoomId) -> Self {
        Self { dialect, room, written: Vec::new(), next_setting: None }
    }

    /// Tells everybody what happened, if it is anything that they can see.
    pub(crate) fn tell(&mut self, exercise: &Exercise, entries: &[Entry<Event>]) {
        if entries.iter().any(|entry| is_told(&entry.event)) {
            self.tell_all(exercise);
        }
    }

    /// When there is something to tell by itself.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.next_setting
    }

    /// Sets the clocks of clients again.
    pub(crate) fn flush(&mut self, exercise: &Exercise, now: Instant) {
        if self.next_setting.is_some_and(|next| next <= now) {
            self.next_setting = None;
            self.tell_all(exercise);
        }
    }

    /// Tells everybody the game. It is written once for all who have it in the same shape.
    pub(super) fn tell_all(&mut self, exercise: &Exercise) {
        let Some(namespace) = self.dialect.namespace().cloned() else { return };
        for shape in Shape::ALL {
            let audience = audience(self.room, shape);
            let players = namespace.to(&audience).sockets();
            let Some(player) = players.iter().find_map(Socket::data::<Player>) else { continue };
            if let Some(json) = self.game(exercise, &player.game.name, shape) {
                check(namespace.to(&audience).emit("gameUpdated", Payload::object(&json)));
            }
        }
    }

    /// The game as JSON.
    pub(super) fn game(&mut self, exercise: &Exercise, name: &Arc<str>, shape: Shape) -> Option<Arc<str>> {
        let offset = exercise.offset();
        if game::drifts(&exercise.board().clock) {
            // what was written is of another moment
            self.written.clear();
            self.next_setting.get_or_insert_with(|| Instant::now() + SETTING);
        } else {
            self.next_setting = None;
        }
        let known =
            |written: &&Written| (written.offset, &written.name, written.shape) == (offset, name, shape);
        if let Some(written) = self.written.iter().find(known) {
            return Some(Arc::clone(&written.json));
        }
        let json = serde_json::to_string(&Game::new(exercise, name, shape, clock::now()));
        let json: Arc<str> = match json {
            Ok(json) => json.into(),
            Err(error) => {
                tracing::error!(%error, "a game cannot be written");
                return None;
            }
        };
        self.written.retain(|written| written.offset == offset && written.shape != shape);
        self.written.push(Written { offset, name: Arc::clone(name), shape, json: Arc::clone(&json) });
        Some(json)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.dialect.namespace().map_or(0, |namespace| players(namespace, self.room).len())
    }

    /// Nobody plays here any more.
    pub(crate) fn gone(&self) {
        self.dialect.put_out(self.room);
    }

    /// A person has been put out; classic clients go if it is theirs.
    pub(crate) fn removed(&self, member: MemberId) {
        let Some(namespace) = self.dialect.namespace() else { return };
        let theirs =
            |socket: &Socket| socket.data::<Player>().is_some_and(|player| player.game.member == member);
        for socket in players(namespace, self.room).iter().filter(|socket| theirs(socket)) {
            put_out(socket);
        }
    }
}

/// The connections of classic clients in a room.
pub(super) fn players(namespace: &Namespace, room: RoomId) -> Vec<Socket> {
    namespace.to(Shape::ALL.map(|shape| audience(room, shape))).sockets()
}

/// Takes a connection out of its game.
pub(super) fn put_out(socket: &Socket) {
    socket.leave(socket.rooms());
    socket.set_data(());
}

/// What changed nothing is told too, as the original did.
fn is_told(event: &Event) -> bool {
    match event {
        Event::Created(_) | Event::Nothing => true,
        Event::Did(deed) => deed.is_on_board() || matches!(deed, Deed::Undone { .. }),
    }
}
