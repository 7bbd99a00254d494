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
use std::time::Duration;

use chorus_platform::kind::{Attendance, Seat, check, put_out};
use chorus_platform::live::Actor;
use chorus_platform::rooms::{MemberId, Role, Room};
use chorus_platform::{Error, Result, clock};
use chorus_socketio::{Namespace, Socket};
use http::StatusCode;
use telling::Stale;
use tokio::time::Instant;

use crate::classic::{Hall, Shown};
use crate::events::Tally;
use crate::model::{Poll, Viewer};

/// How long a vote of the classic dialect outlives its voter's last connection.
const GRACE: Duration = Duration::from_secs(3);
/// How long voters of the classic dialect have to come back after the server was started.
const RETURN: Duration = Duration::from_secs(10);

/// How long a place is kept for who leaves a full poll.
const AWAY: Duration = Duration::from_mins(5);
/// For how many of them, at most.
const REMEMBERED: usize = 20_000;
/// How many connections one member has, in all tabs and on all devices.
const CONNECTIONS: usize = 20;
/// How many projectors one poll has: anybody may be one.
const PROJECTORS: usize = 200;

/// The people in one poll.
pub(crate) struct People {
    namespace: Namespace,
    hosts: String,
    public: String,
    here: HashMap<MemberId, Here>,
    hosting: HashMap<MemberId, Vec<Socket>>,
    projectors: usize,
    /// Participants who have left, and when.
    left: HashMap<MemberId, Instant>,
    stale: Stale,
    next_tally: Instant,
    hall: Option<Hall>,
    /// What the classic dialect was last told of the votes.
    shown: Option<Shown>,
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
            hosting: HashMap::new(),
            projectors: 0,
            left: HashMap::new(),
            stale: Stale::default(),
            next_tally: now,
            returned_by: hall.as_ref().map(|_| now + RETURN),
            hall,
            shown: None,
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

    /// Whether a participant is there.
    pub(crate) fn has(&self, member: MemberId) -> bool {
        self.here.contains_key(&member)
    }

    /// A connection of the classic dialect; the answer is what it is shown.
    pub(crate) fn arrive_classic(&mut self, poll: &Poll, member: MemberId) -> Shown {
        let here = self.here.entry(member).or_default();
        here.classic += 1;
        self.stale.people |= here.classic == 1 && here.sockets.is_empty();
        self.stale.connections = true;
        let shown = Shown::of(poll);
        self.shown.get_or_insert(shown);
        shown
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
        match actor.role {
            Role::Participant => {
                let here = self.here.entry(actor.member).or_default();
                here.sockets.push(socket.clone());
                self.stale.people |= here.sockets.len() == 1 && here.classic == 0;
            }
            Role::Host => self.hosting.entry(actor.member).or_default().push(socket.clone()),
            _ => self.projectors += 1,
        }
    }

    /// Whether somebody has been here before.
    fn is_back(&self, poll: &Poll, member: MemberId) -> bool {
        poll.has_vote_of(member) || self.left.get(&member).is_some_and(|left| left.elapsed() < AWAY)
    }

    fn remember(&mut self, member: MemberId) {
        if self.left.len() >= REMEMBERED {
            self.left.retain(|_, left| left.elapsed() < AWAY);
        }
        if self.left.len() < REMEMBERED {
            self.left.insert(member, Instant::now());
        }
    }

    fn empty_seat(&mut self, member: MemberId) {
        if self.here.get(&member).is_some_and(Here::is_empty) {
            self.here.remove(&member);
            self.remember(member);
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

impl Attendance<Poll> for People {
    /// Who has voted, or was there in the last minutes, always comes back.
    fn has_place(&self, poll: &Poll, actor: Actor, most: usize) -> Result<()> {
        let member = actor.member;
        match actor.role {
            Role::Host => few(self.hosting.get(&member).map_or(0, Vec::len)),
            Role::Projector if self.projectors >= PROJECTORS => {
                Err(Error::full("This poll has too many projectors."))
            }
            Role::Participant => match self.here.get(&member) {
                Some(here) => few(here.sockets.len() + here.classic),
                None if self.here.len() < most || self.is_back(poll, member) => Ok(()),
                None => Err(Error::Full),
            },
            _ => Ok(()),
        }
    }

    fn arrive(&mut self, poll: &Poll, socket: &Socket, seat: &Seat) {
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

    fn leave(&mut self, socket: &Socket, actor: Actor) {
        let member = actor.member;
        match actor.role {
            Role::Participant => {
                if let Some(here) = self.here.get_mut(&member) {
                    here.sockets.retain(|other| other.id() != socket.id());
                    self.empty_seat(member);
                }
            }
            Role::Host => {
                if let Some(sockets) = self.hosting.get_mut(&member) {
                    sockets.retain(|other| other.id() != socket.id());
                }
                self.hosting.retain(|_, sockets| !sockets.is_empty());
            }
            _ => self.projectors = self.projectors.saturating_sub(1),
        }
    }

    fn keep_staff(&self, kept: &[MemberId]) {
        let why =
            Error::refused(StatusCode::FORBIDDEN, "forbidden", "You are no longer a host of this poll.");
        for (_, sockets) in self.hosting.iter().filter(|(member, _)| !kept.contains(member)) {
            for socket in sockets {
                put_out(socket, &why);
            }
        }
    }
}

impl Here {
    fn is_empty(&self) -> bool {
        self.sockets.is_empty() && self.classic == 0
    }
}

fn few(connections: usize) -> Result<()> {
    if connections < CONNECTIONS {
        Ok(())
    } else {
        Err(Error::full("You have opened this poll too many times."))
    }
}
