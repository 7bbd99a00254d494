//! What an event does to the state. It has been decided: whatever does not fit is passed over.

use chorus_platform::live::{Actor, Rules};
use chorus_platform::log::{Entry, Header, Offset};
use chorus_platform::rooms::{MemberId, Room};
use chorus_platform::{Error, Millis};

use super::summary::Summary;
use super::{Command, Event, Item, Poll, REMEMBERED_REMOVALS, Removal, Stamp};
use crate::events::{Phase, Question, QuestionId};

impl Rules for Poll {
    const KIND: &str = "poll";

    type Summary = Summary;
    type Event = Event;
    type Command = Command;

    fn new(room: &Room) -> Self {
        Self::new(room.code.to_string())
    }

    fn decide(&self, actor: Actor, command: &Command, now: Millis) -> Result<Event, Error> {
        Ok(self.decide_command(actor, command, now)?)
    }

    fn apply(&mut self, entry: &Entry<Event>) {
        self.offset = entry.offset;
        match &entry.event {
            Event::Voted { question, choices, while_here } => {
                let item = self.questions.get_mut(question);
                if let (Some(item), Some(member)) = (item, entry.member)
                    && item.vote(member, *choices, *while_here)
                {
                    *self.voters.entry(member).or_insert(0) += 1;
                }
            }
            Event::Left => self.take_back(entry.member),
            event => self.apply_structure(entry, event),
        }
    }

    fn wake_at(&self) -> Option<Millis> {
        let ends = self.ends_at.filter(|_| self.ended.is_none());
        let closes = self.open().and_then(|item| item.closes_at);
        ends.into_iter().chain(closes).min()
    }

    fn wake(&self, now: Millis) -> Option<Event> {
        if self.ended.is_none() && self.ends_at.is_some_and(|at| at <= now) {
            return Some(Event::Ended);
        }
        let item = self.open()?;
        item.closes_at.is_some_and(|at| at <= now).then_some(Event::Closed { question: item.id })
    }

    fn header(&self) -> Header {
        Header::new(self.title.clone(), self.ended.or(self.ends_at), &Summary::of(self))
    }
}

impl Poll {
    /// The state before the first event.
    pub fn new(code: String) -> Self {
        Self {
            code,
            title: String::new(),
            ends_at: None,
            ended: None,
            current: None,
            order: Vec::new(),
            questions: std::collections::BTreeMap::new(),
            last_question: 0,
            voters: std::collections::HashMap::new(),
            open: None,
            offset: 0,
            changed: Stamp::default(),
            removals: std::collections::VecDeque::new(),
            forgotten: 0,
        }
    }

    fn apply_structure(&mut self, entry: &Entry<Event>, event: &Event) {
        let at = entry.offset;
        match event {
            Event::Voted { .. } | Event::Left => {}
            Event::Created { title, questions } => {
                self.title.clone_from(title);
                for content in questions {
                    self.add(self.last_question + 1, content, self.order.len(), at);
                }
                self.touch_all(at);
            }
            Event::Added { question, content, index } => self.add(*question, content, *index as usize, at),
            Event::Edited { question, content } => {
                self.change(*question, at, |item| item.rewrite(content.clone()));
            }
            Event::Removed { question } => self.remove(*question, at),
            Event::Moved { question, index } => self.relocate(*question, *index as usize, at),
            Event::Opened { question, closes_at } => self.open_question(*question, *closes_at, at),
            Event::Closed { question } => self.close(*question, at),
            Event::Revealed { question } => self.change(*question, at, |item| item.revealed = true),
            Event::Hidden { question } => self.change(*question, at, |item| item.revealed = false),
            Event::Reset { question } => self.reset(*question, at),
            Event::Shown { question } => {
                self.current = *question;
                self.touch_all(at);
            }
            Event::Set { title, ends_at } => {
                self.title.clone_from(title);
                self.ends_at = *ends_at;
                self.touch_all(at);
            }
            Event::Ended => {
                self.ended = self.ended.or(Some(entry.at));
                if let Some(open) = self.open {
                    self.close(open, at);
                }
                self.touch_all(at);
            }
            Event::Reopened => {
                (self.ended, self.ends_at) = (None, None);
                self.touch_all(at);
            }
        }
    }

    fn add(&mut self, id: QuestionId, content: &Question, index: usize, at: Offset) {
        self.last_question = self.last_question.max(id);
        self.questions.insert(id, Item::new(id, content.clone(), at));
        self.order.insert(index.min(self.order.len()), id);
        self.changed.host = at;
    }

    fn remove(&mut self, id: QuestionId, at: Offset) {
        self.void(id);
        let Some(item) = self.questions.remove(&id) else {
            return;
        };
        self.order.retain(|other| *other != id);
        self.open = self.open.filter(|open| *open != id);
        self.unshow(id, at);
        self.touch(item.is_visible(), at);
        self.removals.push_back(Removal { question: id, at, seen: item.is_visible() || item.withdrawn > 0 });
        if self.removals.len() > REMEMBERED_REMOVALS {
            self.forgotten = self.removals.pop_front().map_or(self.forgotten, |old| old.at);
        }
    }

    fn relocate(&mut self, id: QuestionId, index: usize, at: Offset) {
        self.order.retain(|other| *other != id);
        self.order.insert(index.min(self.order.len()), id);
        let visible = self.questions.get(&id).is_some_and(Item::is_visible);
        self.touch(visible, at);
    }

    fn open_question(&mut self, id: QuestionId, closes_at: Option<Millis>, at: Offset) {
        if let Some(other) = self.open.filter(|other| *other != id) {
            self.close(other, at);
        }
        self.change(id, at, |item| {
            item.phase = Phase::Open;
            item.closes_at = closes_at;
        });
        self.open = Some(id);
        self.current = Some(id);
        self.touch_all(at);
    }

    fn close(&mut self, id: QuestionId, at: Offset) {
        self.change(id, at, |item| {
            item.phase = Phase::Closed;
            item.closes_at = None;
        });
        self.open = self.open.filter(|open| *open != id);
    }

    fn reset(&mut self, id: QuestionId, at: Offset) {
        self.void(id);
        let mut withdrawn = false;
        self.change(id, at, |item| {
            item.clear();
            item.round += 1;
            item.closes_at = None;
            item.revealed = !item.content.hidden;
            if item.is_visible() {
                item.withdrawn = at;
                withdrawn = true;
            }
            item.phase = Phase::Draft;
        });
        self.open = self.open.filter(|open| *open != id);
        self.unshow(id, at);
        self.touch(withdrawn, at);
    }

    /// The votes of a question no longer count for its voters.
    fn void(&mut self, id: QuestionId) {
        if let Some(item) = self.questions.get(&id) {
            for member in item.voters() {
                forget(&mut self.voters, member);
            }
        }
    }

    fn take_back(&mut self, member: Option<MemberId>) {
        let Some(member) = member else { return };
        for item in self.questions.values_mut().filter(|item| item.holds(member)) {
            item.take_back(member);
            forget(&mut self.voters, member);
        }
    }

    fn unshow(&mut self, id: QuestionId, at: Offset) {
        if self.current == Some(id) {
            self.current = None;
            self.touch_all(at);
        }
    }

    fn change(&mut self, id: QuestionId, at: Offset, change: impl FnOnce(&mut Item)) {
        if let Some(item) = self.questions.get_mut(&id) {
            change(item);
            item.changed = at;
        }
    }

    fn touch(&mut self, public: bool, at: Offset) {
        self.changed.host = at;
        if public {
            self.changed.public = at;
        }
    }

    fn touch_all(&mut self, at: Offset) {
        self.touch(true, at);
    }
}

fn forget(voters: &mut std::collections::HashMap<MemberId, u32>, member: MemberId) {
    if let Some(votes) = voters.get_mut(&member) {
        *votes -= 1;
        if *votes == 0 {
            voters.remove(&member);
        }
    }
}
