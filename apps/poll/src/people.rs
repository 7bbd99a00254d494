//! The people in a live poll: who is there, and what they are told.
//!
//! - Structure (questions, phases, settings) goes out as `changes`, at once, encoded once per
//!   audience, and only to an audience that sees a difference.
//! - Votes make no `changes`. They mark numbers as stale; a tally with the last values goes out at
//!   once, or 100 ms after the one before. The timer exists only while something is stale, and
//!   what is stale is always sent: the last tally is exact.
//! - A newcomer is shown the state and joins the audience in one visit to the room's task, between
//!   two turns. Nothing is published during a visit, so there is no gap and no duplicate.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chorus_platform::clock;
use chorus_platform::live::{Actor, Audience};
use chorus_platform::log::{Entry, Offset};
use chorus_platform::rooms::{MemberId, Role, Room};
use chorus_socketio::{Namespace, Socket};
use serde::Serialize;
use tokio::time::Instant;

use crate::classic::{Hall, VoteCount};
use crate::events::{MyVote, MyVotes, QuestionId, Tally};
use crate::model::{Command, Event, Poll, Viewer};

/// The least time between two tallies of one room.
const SPACING: Duration = Duration::from_millis(100);
/// How long a vote of the classic dialect outlives its voter's last connection.
const GRACE: Duration = Duration::from_secs(3);
/// How long voters of the classic dialect have to come back after the server was started.
const RETURN: Duration = Duration::from_secs(10);

/// A connection's place in a poll; kept with its socket.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) room: Arc<Room>,
    pub(crate) actor: Actor,
    /// The last offset the client has seen.
    pub(crate) since: Offset,
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

/// What the last tally did not say.
#[derive(Default)]
struct Stale {
    people: bool,
    questions: BTreeSet<QuestionId>,
    connections: bool,
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

    fn people(&self) -> u32 {
        self.here.len() as u32
    }

    fn publish_changes(&self, poll: &Poll, since: Offset) {
        let now = clock::now();
        for (viewer, audience) in [(Viewer::Host, &self.hosts), (Viewer::Public, &self.public)] {
            let changes = poll.changes(viewer, since, now);
            if !changes.is_empty() {
                self.tell(audience, "changes", &changes);
            }
        }
    }

    fn publish_tally(&mut self, poll: &Poll) {
        let stale = std::mem::take(&mut self.stale);
        if stale.people || !stale.questions.is_empty() {
            for (viewer, audience) in [(Viewer::Host, &self.hosts), (Viewer::Public, &self.public)] {
                let questions = stale.questions.iter().filter_map(|id| poll.tally(viewer, *id));
                let tally = Tally { people: self.people(), questions: questions.collect() };
                self.tell(audience, "tally", &tally);
            }
        }
        if let Some(hall) = &self.hall {
            if stale.connections {
                hall.show_connections();
            }
            if !stale.questions.is_empty() {
                hall.show_votes(&VoteCount::of(poll));
            }
        }
    }

    fn tell(&self, audience: &str, event: &str, data: &impl Serialize) {
        check(self.namespace.to(audience).emit(event, data));
    }

    fn show_vote(&self, member: MemberId, question: QuestionId, choices: Vec<u8>) {
        if let Some(here) = self.here.get(&member).filter(|here| !here.sockets.is_empty()) {
            let votes = MyVotes { whole: false, votes: vec![MyVote { question, choices }] };
            for socket in &here.sockets {
                check(socket.emit("votes", &votes));
            }
        }
    }

    /// Voters of the classic dialect who have been away for too long.
    fn gone_voters(&mut self, poll: &Poll, now: Instant) -> Vec<MemberId> {
        let mut gone = BTreeSet::new();
        while let Some((_, member)) = self.leaving.pop_front_if(|(at, _)| *at <= now) {
            gone.insert(member);
        }
        if self.returned_by.take_if(|by| *by <= now).is_some() {
            gone.extend(poll.voters_while_here());
        }
        gone.into_iter().filter(|member| !self.has(*member) && poll.holds_vote_of(*member)).collect()
    }
}

impl Audience<Poll> for People {
    fn committed(&mut self, poll: &Poll, entries: &[Entry<Event>]) {
        let mut since = None;
        for entry in entries {
            match &entry.event {
                Event::Voted { question, choices, .. } => {
                    self.stale.questions.insert(*question);
                    if let Some(member) = entry.member {
                        self.show_vote(member, *question, (*choices).into());
                    }
                }
                Event::Left => self.stale.questions.extend(poll.questions().map(|item| item.id())),
                event => {
                    since.get_or_insert(entry.offset.saturating_sub(1));
                    self.stale.questions.extend(event.recounts());
                }
            }
        }
        if let Some(since) = since {
            self.publish_changes(poll, since);
        }
    }

    fn due(&self) -> Option<Instant> {
        let tally = (!self.stale.is_empty()).then_some(self.next_tally);
        let leaving = self.leaving.front().map(|(at, _)| *at);
        tally.into_iter().chain(leaving).chain(self.returned_by).min()
    }

    fn flush(&mut self, poll: &Poll, now: Instant) -> Vec<(Actor, Command)> {
        if !self.stale.is_empty() && self.next_tally <= now {
            self.publish_tally(poll);
            self.next_tally = now + SPACING;
        }
        let gone = self.gone_voters(poll, now).into_iter();
        gone.map(|member| (Actor { member, role: Role::Participant }, Command::Leave)).collect()
    }

    fn is_empty(&self) -> bool {
        self.here.is_empty() && self.others == 0 && self.due().is_none()
    }

    fn gone(&mut self) {
        let error = serde_json::json!({"code": "deleted", "message": "This poll has been deleted."});
        for audience in [&self.hosts, &self.public] {
            self.tell(audience, "gone", &error);
            self.namespace.to(audience).disconnect();
        }
        if let Some(hall) = &self.hall {
            hall.close();
        }
    }
}

impl Here {
    fn is_empty(&self) -> bool {
        self.sockets.is_empty() && self.classic == 0
    }
}

impl Stale {
    fn is_empty(&self) -> bool {
        !self.people && !self.connections && self.questions.is_empty()
    }
}

/// What we send can always be written as JSON; if not, it is our bug.
pub(crate) fn check<T>(sent: Result<T, serde_json::Error>) {
    if let Err(error) = sent {
        tracing::error!(%error, "an event cannot be encoded");
    }
}
