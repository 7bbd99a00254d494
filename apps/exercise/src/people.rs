//! The people in a live exercise: who is there, and what they are told.
//!
//! - What happens goes out as `changes`, at once, encoded once for all who see the same, and only to
//!   those who see a difference.
//! - Who is there is a last value: it goes out at once, or 125 ms after the one before.
//! - A newcomer is shown the state and joins the audience in one visit to the room's task, between
//!   two turns. Nothing is published during a visit, so there is no gap and no duplicate.

mod telling;

use std::collections::{HashMap, HashSet};

use chorus_platform::kind::{self, Attendance, Seat, check};
use chorus_platform::live::Actor;
use chorus_platform::rooms::{MemberId, Role, Room, RoomId};
use chorus_platform::{Error, Result, clock};
use chorus_socketio::{Namespace, Socket, SocketId};
use http::StatusCode;
use serde::Serialize;
use tokio::time::Instant;

use crate::classic::{Dialect, Told};
use crate::events::{Part, Presence, Stage};
use crate::exercises::Running;
use crate::model::{Exercise, Viewer};

/// How many connections one member has, in all tabs and on all devices.
const CONNECTIONS: usize = 20;
/// How many projectors one exercise has: anybody may be one.
const PROJECTORS: usize = 50;

/// Where the people of all exercises are reached.
#[derive(Clone)]
pub(crate) struct Outlets {
    namespace: Namespace,
    pub(crate) classic: Dialect,
}

impl Outlets {
    pub(crate) fn new(namespace: Namespace) -> Self {
        Self { namespace, classic: Dialect::default() }
    }
}

/// The people in one exercise.
pub(crate) struct People {
    outlets: Outlets,
    room: RoomId,
    here: HashMap<SocketId, Sitting>,
    /// How many connections see the same.
    viewers: HashMap<Viewer, usize>,
    /// What the projectors show in the review.
    stage: Stage,
    presence_is_stale: bool,
    next_presence: Instant,
    running: Running,
    /// Whether the room has something to do by itself.
    awake: bool,
    /// Whether there are participants whose role is not known yet: they were there before.
    unsettled: bool,
    pub(crate) classic: Told,
}

struct Sitting {
    socket: Socket,
    actor: Actor,
    viewer: Viewer,
}

impl People {
    /// Nobody, or those who were there before the room's task was started anew.
    pub(crate) fn new(outlets: Outlets, room: &Room, running: Running) -> Self {
        let mut people = Self {
            room: room.id,
            here: HashMap::new(),
            viewers: HashMap::new(),
            stage: Stage { at: None },
            presence_is_stale: false,
            next_presence: Instant::now(),
            running,
            awake: false,
            unsettled: false,
            classic: Told::new(outlets.classic.clone(), room.id),
            outlets,
        };
        for socket in people.outlets.namespace.to(people.everybody()).sockets() {
            if let Some(seat) = socket.data::<Seat>() {
                let part = Part::from(seat.actor.role);
                let viewer = match part {
                    Part::Facilitator | Part::Observer => Viewer::Staff,
                    Part::Projector => Viewer::Projector,
                    // whose role is found when there is a state
                    Part::Participant => Viewer::Participant { role: None, place: None },
                };
                people.unsettled |= part == Part::Participant;
                people.sit(&socket, seat.actor, viewer);
            }
        }
        people
    }

    /// Has projectors show something in the review.
    pub(crate) fn show(&mut self, stage: Stage) {
        self.stage = stage;
        self.tell(&Viewer::Projector, "stage", &stage);
    }

    /// Classic clients have come or gone.
    pub(crate) fn classic_changed(&mut self) {
        self.presence_is_stale = true;
    }

    /// Keeps the room in memory while it has something to do by itself.
    pub(crate) fn keep_awake(&mut self, exercise: &Exercise) {
        self.awake = exercise.board().clock.is_running();
        let mut running = self.running.lock();
        if self.awake {
            running.insert(self.room);
        } else {
            running.remove(&self.room);
        }
    }

    fn sit(&mut self, socket: &Socket, actor: Actor, viewer: Viewer) {
        socket.join([self.everybody(), self.audience(&viewer)]);
        *self.viewers.entry(viewer.clone()).or_insert(0) += 1;
        self.here.insert(socket.id(), Sitting { socket: socket.clone(), actor, viewer });
        self.presence_is_stale = true;
    }

    /// Who is there, as staff is told it.
    fn presence(&self, exercise: &Exercise) -> Presence {
        let members: HashSet<_> = self.here.values().map(|sitting| sitting.actor.member).collect();
        let people = members.into_iter().filter_map(|member| exercise.person(member));
        let mut here: Vec<_> = people.map(|person| person.id).collect();
        here.sort_unstable();
        Presence {
            here: Some(here),
            facilitators: (self.members(Role::Host).len() + self.classic.count()) as u32,
            observers: self.members(Role::Observer).len() as u32,
            participants: self.members(Role::Participant).len() as u32,
            projectors: self.count(Role::Projector) as u32,
        }
    }

    fn members(&self, role: Role) -> HashSet<MemberId> {
        let sitting = self.here.values().filter(|sitting| sitting.actor.role == role);
        sitting.map(|sitting| sitting.actor.member).collect()
    }

    fn count(&self, role: Role) -> usize {
        self.here.values().filter(|sitting| sitting.actor.role == role).count()
    }

    fn tell(&self, viewer: &Viewer, event: &str, data: &impl Serialize) {
        check(self.outlets.namespace.to(self.audience(viewer)).emit(event, data));
    }

    fn everybody(&self) -> String {
        self.room.to_string()
    }

    fn audience(&self, viewer: &Viewer) -> String {
        match viewer {
            Viewer::Staff => format!("{}:staff", self.room),
            Viewer::Projector => format!("{}:projector", self.room),
            Viewer::Participant { role, place } => {
                let role = role.as_ref().map_or("", |role| role.as_str());
                format!("{}:participant:{role}:{place:?}", self.room)
            }
        }
    }
}

impl Attendance<Exercise> for People {
    fn has_place(&self, _: &Exercise, actor: Actor, most: usize) -> Result<()> {
        let mine = self.here.values().filter(|sitting| sitting.actor.member == actor.member).count();
        if mine >= CONNECTIONS {
            return Err(Error::full("You have opened this exercise too many times."));
        }
        if actor.role == Role::Projector && self.count(Role::Projector) >= PROJECTORS {
            return Err(Error::full("This exercise has too many projectors."));
        }
        if mine == 0 && actor.role == Role::Participant && self.members(Role::Participant).len() >= most {
            return Err(Error::Full);
        }
        Ok(())
    }

    fn arrive(&mut self, exercise: &Exercise, socket: &Socket, seat: &Seat) {
        self.keep_awake(exercise);
        let (part, member) = (Part::from(seat.actor.role), seat.actor.member);
        let viewer = exercise.viewer(part, member);
        self.sit(socket, seat.actor, viewer.clone());
        // who has another role than before sees another exercise
        let person = exercise.person(member).filter(|_| part == Part::Participant);
        let since = if person.is_some_and(|person| person.changed > seat.since) { 0 } else { seat.since };
        let mut changes = exercise.changes(&viewer, since, clock::now());
        if part == Part::Participant {
            changes.people.extend(exercise.myself(member));
        }
        check(socket.emit("changes", &changes));
        let presence = self.presence(exercise);
        let presence = if viewer == Viewer::Staff { presence } else { presence.without_names() };
        check(socket.emit("presence", &presence));
        if part == Part::Projector {
            check(socket.emit("stage", self.stage));
        }
    }

    fn leave(&mut self, socket: &Socket, _: Actor) {
        if let Some(Sitting { viewer, .. }) = self.here.remove(&socket.id()) {
            self.presence_is_stale = true;
            if let Some(count) = self.viewers.get_mut(&viewer) {
                *count -= 1;
                if *count == 0 {
                    self.viewers.remove(&viewer);
                }
            }
        }
    }

    fn keep_staff(&self, kept: &[MemberId]) {
        let gone =
            |sitting: &&Sitting| sitting.viewer == Viewer::Staff && !kept.contains(&sitting.actor.member);
        for sitting in self.here.values().filter(gone) {
            put_out(&sitting.socket, "forbidden", "This link is no longer valid.");
        }
    }
}

/// Tells a connection why it ends, and ends it.
fn put_out(socket: &Socket, code: &'static str, message: &'static str) {
    kind::put_out(socket, &Error::refused(StatusCode::FORBIDDEN, code, message));
}
