//! The people in a live poll: who is there, and what they are told.
//!
//! - Structure (questions, phases, settings) goes out as `changes`, at once, encoded once per
//!   audience, and only to an audience that sees a difference.
//! - Votes make no `changes`. They mark numbers as stale; a tally with the last values goes out at
//!   once, or 125 ms after the one before. The timer exists only while something is stale, and
//!   what is stale is always sent: the last tally is exact.
//! - A newcomer is shown the state and joins the audience in one visit to the room's task, between
//!   two turns. Nothing is published during a visit, so there is no gap and no duplicate.

mod telling;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chorus_platform::clock;
use chorus_platform::live::Actor;
use chorus_platform::log::Offset;
use chorus_platform::rooms::{MemberId, Role, Room};
use chorus_socketio::{Namespace, Socket};
use telling::Stale;
use tokio::time::Instant;

use crate::classic::{Hall, VoteCount};
use crate::events::Tally;
use crate::model::{Poll, Viewer};
use crate::pace::Pace;

/// How long a vote of the classic dialect outlives its voter's last connection.
const GRACE: Duration = Duration::from_secs(3);
/// How long voters of the classic dialect have to come back after the server was started.
const RETURN: Duration = Duration::from_secs(10);

/// A connection's place in a poll; kept with its socket.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) room: Arc<Room>,
    pub(crate) actor: Actor,
    /// The last offset the client has seen.
    pub(crate) since: Offset,
    pub(crate) pace: Pace,
}

/// The people in one poll.
pub(crate) struct People {
    namespace: Namespace,
    hosts: String,
    public: String,
    here: HashMap<MemberId, Here>,
    /// Connections of hosts and projectors.
    others: usize,
    stale: Stale,
    next_tally: Instant,
    hall: Option<Hall>,
    /// Voters of the classic dialect without a connection, and when their votes go.
    leaving: VecDeque<(Instant, MemberId)>,
    returned_by: Option<Instant>,
}

/// The connections of one participant.
#[derive(Default)]
struct Here {
    sockets: Vec<Socket>,
    classic: usize,
}

impl People {
    /// Nobody, or those who were there before the room's task was started anew.
    pub(crate) fn new(namespace: Namespace, room: &Room, hall: Option<Hall>) -> Self {
        let now = Instant::now();
        let mut people = Self {
            hosts: format!("{}:host", room.id),
            public: format!("{}:public", room.id),
            here: HashMap::new(),
            others: 0,
            stale: Stale::default(),
            next_tally: now,
            returned_by: hall.as_ref().map(|_| now + RETURN),
            hall,
            leaving: VecDeque::new(),
            namespace,
        };
        let before = people.namespace.to([people.hosts.as_str(), people.public.as_str()]).sockets();
        for socket in before {
            if let Some(seat) = socket.data::<Seat>() {
                people.sit(&socket, seat.actor);
            }
        }
        people
    }

    /// How many participants are there.
    pub(crate) fn count(&self) -> usize {
        self.here.len()
    }

    /// Whether a participant is there.
    pub(crate) fn has(&self, member: MemberId) -> bool {
        self.here.contains_key(&member)
    }

    /// Shows the state to a newcomer, who from now on is told what happens.
    pub(crate) fn arrive(&mut self, poll: &Poll, socket: &Socket, seat: &Seat) {
        let viewer = Viewer::from(seat.actor.role);
        socket.join(match viewer {
            Viewer::Host => self.hosts.as_str(),
            Viewer::Public => self.public.as_str(),
        });
        self.sit(socket, seat.actor);
        let changes = poll.changes(viewer, seat.since, clock::now());
        check(socket.emit("changes", &changes));
        let tally = Tally { people: self.people(), questions: poll.tallies(viewer) };
        check(socket.emit("tally", &tally));
        if seat.actor.role == Role::Participant {
            check(socket.emit("votes", poll.votes_of(seat.actor.member)));
        }
    }

    /// A connection has ended.
    pub(crate) fn leave(&mut self, socket: &Socket, actor: Actor) {
        if actor.role != Role::Participant {
            self.others = self.others.saturating_sub(1);
        } else if let Some(here) = self.here.get_mut(&actor.member) {
            here.sockets.retain(|other| other.id() != socket.id());
            self.empty_seat(actor.member);
        }
    }

    /// A connection of the classic dialect; the answer is what it is shown.
    pub(crate) fn arrive_classic(&mut self, poll: &Poll, member: MemberId) -> VoteCount {
        let here = self.here.entry(member).or_default();
        here.classic += 1;
        self.stale.people |= here.classic == 1 && here.sockets.is_empty();
        self.stale.connections = true;
        VoteCount::of(poll)
    }

    /// A connection of the classic dialect has ended.
    pub(crate) fn leave_classic(&mut self, member: MemberId) {
        self.stale.connections = true;
        if let Some(here) = self.here.get_mut(&member) {
            here.classic = here.classic.saturating_sub(1);
            self.empty_seat(member);
        }
    }

    fn sit(&mut self, socket: &Socket, actor: Actor) {
        if actor.role == Role::Participant {
            let here = self.here.entry(actor.member).or_default();
            here.sockets.push(socket.clone());
            self.stale.people |= here.sockets.len() == 1 && here.classic == 0;
        } else {
            self.others += 1;
        }
    }

    fn empty_seat(&mut self, member: MemberId) {
        if self.here.get(&member).is_some_and(Here::is_empty) {
            self.here.remove(&member);
            self.stale.people = true;
            if self.hall.is_some() {
                self.leaving.push_back((Instant::now() + GRACE, member));
            }
        }
    }

    pub(super) fn people(&self) -> u32 {
        self.here.len() as u32
    }
}

impl Here {
    fn is_empty(&self) -> bool {
        self.sockets.is_empty() && self.classic == 0
    }
}

/// What we send can always be written as JSON; if not, it is our bug.
pub(crate) fn check<T>(sent: Result<T, serde_json::Error>) {
    if let Err(error) = sent {
        tracing::error!(%error, "an event cannot be encoded");
    }
}
