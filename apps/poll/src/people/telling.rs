//! What people are told, and when.

use std::collections::BTreeSet;
use std::time::Duration;

use chorus_platform::clock;
use chorus_platform::kind::check;
use chorus_platform::live::{Actor, Audience};
use chorus_platform::log::{Entry, Offset};
use chorus_platform::rooms::{MemberId, Role};
use serde::Serialize;
use tokio::time::Instant;

use super::People;
use crate::classic::Shown;
use crate::events::{MyVote, MyVotes, QuestionId, Tally};
use crate::model::{Command, Event, Item, Poll, Viewer};

/// The least time between two tallies of one room. Ten in a second are promised to each client:
/// with eight sent, the one on connect and a little bunching on the way do not break it.
const SPACING: Duration = Duration::from_millis(125);

/// What the last tally did not say.
#[derive(Default)]
pub(super) struct Stale {
    pub(super) people: bool,
    questions: BTreeSet<QuestionId>,
    pub(super) connections: bool,
    /// Whether the classic dialect may have to be told something.
    classic: bool,
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
                Event::Left => self.stale.questions.extend(poll.questions().map(Item::id)),
                event => {
                    since.get_or_insert(entry.offset.saturating_sub(1));
                    self.stale.questions.extend(event.recounts());
                }
            }
        }
        self.stale.classic = self.hall.is_some();
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
        let nobody = self.here.is_empty() && self.hosting.is_empty() && self.projectors == 0;
        nobody && self.due().is_none()
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

impl People {
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
                // the numbers of drafts are the host's
                if stale.people || !tally.questions.is_empty() {
                    self.tell(audience, "tally", &tally);
                }
            }
        }
        if let Some(hall) = &self.hall {
            if stale.connections {
                hall.show_connections();
            }
            let now = Shown::of(poll);
            if stale.classic && self.shown.replace(now) != Some(now) {
                hall.show(now);
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
            // who came back and left again has a later place in the queue
            if self.leaving.iter().all(|(_, other)| *other != member) {
                gone.insert(member);
            }
        }
        if self.returned_by.take_if(|by| *by <= now).is_some() {
            gone.extend(poll.voters_while_here());
        }
        gone.into_iter().filter(|member| !self.has(*member) && poll.holds_vote_of(*member)).collect()
    }
}

impl Stale {
    fn is_empty(&self) -> bool {
        !self.people && !self.connections && !self.classic && self.questions.is_empty()
    }
}
