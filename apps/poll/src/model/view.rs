//! What a role may see.

use chorus_platform::Millis;
use chorus_platform::log::Offset;
use chorus_platform::rooms::{MemberId, Role};

use super::{Item, Poll};
use crate::events::{Changes, MyVote, MyVotes, PollView, QuestionId, QuestionTally};

/// Who sees the same: what goes to one of them is encoded once for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// The hosts: everything.
    Host,
    /// Participants and projectors: no drafts, and no counts that are not revealed.
    Public,
}

impl From<Role> for Viewer {
    fn from(role: Role) -> Self {
        match role {
            Role::Host => Self::Host,
            _ => Self::Public,
        }
    }
}

impl Poll {
    /// What changed behind `since`; everything when `since` is 0, ahead, or too long ago.
    pub fn changes(&self, viewer: Viewer, since: Offset, now: Millis) -> Changes {
        let whole = since == 0 || since > self.offset || since < self.forgotten;
        let since = if whole { 0 } else { since };
        let changed = match viewer {
            Viewer::Host => self.changed.host,
            Viewer::Public => self.changed.public,
        };
        Changes {
            offset: self.offset,
            now,
            whole,
            poll: (whole || changed > since).then(|| self.view(viewer)),
            questions: self.seen_by(viewer).filter(|item| item.changed > since).map(Item::view).collect(),
            removed: if whole { Vec::new() } else { self.removed(viewer, since) },
        }
    }

    /// The numbers of all questions that an viewer sees.
    pub fn tallies(&self, viewer: Viewer) -> Vec<QuestionTally> {
        let seen = self.seen_by(viewer);
        seen.map(|item| tally(item, viewer)).collect()
    }

    /// The numbers of one question, if the viewer sees it.
    pub fn tally(&self, viewer: Viewer, id: QuestionId) -> Option<QuestionTally> {
        let item = self.question(id).filter(|item| sees(viewer, item))?;
        Some(tally(item, viewer))
    }

    /// Everything that somebody voted.
    pub fn votes_of(&self, member: MemberId) -> MyVotes {
        let votes = self
            .questions()
            .filter_map(|item| Some(MyVote { question: item.id, choices: item.vote_of(member)?.into() }));
        MyVotes { whole: true, votes: votes.collect() }
    }

    fn view(&self, viewer: Viewer) -> PollView {
        PollView {
            code: self.code.clone(),
            title: self.title.clone(),
            ends_at: self.ends_at,
            ended: self.is_ended(),
            order: self.seen_by(viewer).map(Item::id).collect(),
            current: self.current,
        }
    }

    fn removed(&self, viewer: Viewer, since: Offset) -> Vec<QuestionId> {
        let removals = self
            .removals
            .iter()
            .filter(|removal| removal.at > since && (viewer == Viewer::Host || removal.seen));
        let withdrawn = self
            .questions
            .values()
            .filter(|item| viewer == Viewer::Public && !item.is_visible() && item.withdrawn > since);
        removals.map(|removal| removal.question).chain(withdrawn.map(Item::id)).collect()
    }

    fn seen_by(&self, viewer: Viewer) -> impl Iterator<Item = &Item> {
        self.questions().filter(move |item| sees(viewer, item))
    }
}

impl Changes {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        !self.whole && self.poll.is_none() && self.questions.is_empty() && self.removed.is_empty()
    }
}

fn sees(viewer: Viewer, item: &Item) -> bool {
    viewer == Viewer::Host || item.is_visible()
}

fn tally(item: &Item, viewer: Viewer) -> QuestionTally {
    item.tally(viewer == Viewer::Host || item.revealed)
}
