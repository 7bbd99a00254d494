//! What an event does to the state. It has been decided: whatever does not fit is passed over.

use std::sync::Arc;

use chorus_platform::live::{Actor, Rules};
use chorus_platform::log::{Entry, Header, Offset};
use chorus_platform::rooms::{MemberId, Room};
use chorus_platform::{Error, Millis};

use super::people::People;
use super::{Board, Command, Created, Event, Exercise, Record, SERVER, Stamps, Summary};
use crate::events::{Deed, ExercisePhase, Part};
use crate::scenario::{Delivery, Document, Scenario, Settings};

impl Rules for Exercise {
    const KIND: &str = "exercise";

    type Summary = Summary;
    type Event = Event;
    type Command = Command;

    fn new(room: &Room) -> Self {
        Self::new(room.code.to_string())
    }

    fn admits(&self, newcomer: Actor) -> Result<(), Error> {
        Ok(self.check_admission(newcomer)?)
    }

    fn decide(&self, actor: Actor, command: &Command, now: Millis) -> Result<Event, Error> {
        Ok(self.decide_command(actor, command, now)?)
    }

    fn apply(&mut self, entry: &Entry<Event>) {
        self.offset = entry.offset;
        match &entry.event {
            Event::Created(created) => {
                self.owner = entry.member;
                self.create(created);
            }
            Event::Nothing => {}
            Event::Did(deed) => self.did(entry, deed),
        }
    }

    fn wake_at(&self) -> Option<Millis> {
        self.next_delivery().and_then(|(at, _)| self.board.clock.time_of(at))
    }

    fn wake(&self, now: Millis) -> Option<Event> {
        let (at, threat) = self.next_delivery()?;
        let due = self.board.clock.elapsed(now) >= at;
        due.then(|| Event::Did(Deed::Delivered { threat: threat.clone(), early: false }))
    }

    fn header(&self) -> Header {
        let finished = (self.board.phase == ExercisePhase::Review).then(|| self.finished_at());
        Header::new(self.title.clone(), finished.flatten(), &Summary::of(self))
    }
}

impl Exercise {
    /// The state before the first event.
    pub fn new(code: String) -> Self {
        let (scenario, settings) = (Document::default(), Settings::default());
        Self {
            code,
            title: String::new(),
            owner: None,
            board: Board::new(&scenario, &settings),
            stamps: Stamps::new(&scenario),
            scenario: Arc::new(Scenario::stored(scenario)),
            first: settings.clone(),
            settings,
            locked: false,
            people: People::default(),
            history: Vec::new(),
            offset: 0,
        }
    }

    fn create(&mut self, Created { title, settings, scenario }: &Created) {
        self.title.clone_from(title);
        self.settings.clone_from(settings);
        self.first.clone_from(settings);
        self.board = Board::new(scenario, settings);
        self.stamps = Stamps::new(scenario);
        self.scenario = Arc::new(Scenario::stored(Document::clone(scenario)));
    }

    fn did(&mut self, entry: &Entry<Event>, deed: &Deed) {
        let member = entry.member.filter(|member| *member != SERVER);
        let record = Record {
            entry: entry.offset,
            at: entry.at,
            elapsed: deed.elapsed().unwrap_or_else(|| self.board.clock.elapsed(entry.at)),
            member,
            deed: deed.clone(),
            undone: None,
        };
        if let Some(member) = member {
            self.meet(member, deed, entry.offset);
        }
        let before = self.board.clone();
        match deed {
            Deed::Undone { entry: undone } => self.undo(*undone, entry.offset),
            Deed::Renamed { title } => self.title.clone_from(title),
            Deed::Locked { locked } => self.locked = *locked,
            Deed::Entrusted { person, part } => {
                if let Some(person) = self.people.by_number_mut(*person) {
                    (person.part, person.changed) = (*part, entry.offset);
                }
            }
            Deed::Removed { person } => {
                if let Some(person) = self.people.by_number_mut(*person) {
                    (person.removed, person.changed) = (true, entry.offset);
                }
            }
            deed => self.board.apply(&self.scenario, &mut self.settings, deed, entry.at),
        }
        self.stamps.mark(&before, &self.board, entry.offset);
        self.stamps.log.push(entry.offset);
        self.history.push(record);
        // what can be taken back has changed, if nothing else of the game
        self.stamps.game = if deed.concerns_game() { entry.offset } else { self.stamps.game };
    }

    /// Notes who somebody is.
    fn meet(&mut self, member: MemberId, deed: &Deed, at: Offset) {
        let part = match deed {
            Deed::Introduced { part, .. } => *part,
            Deed::Noted { .. } => Part::Observer,
            _ => Part::Facilitator,
        };
        let person = self.people.meet(member, part, at);
        if let Deed::Introduced { name, part, role, place } = deed {
            person.name.clone_from(name);
            // a higher part held elsewhere is not lost
            person.part = person.part.min(*part);
            person.role.clone_from(role);
            (person.place, person.changed) = (*place, at);
        }
    }

    /// Folds the board again, without an entry.
    fn undo(&mut self, undone: Offset, at: Offset) {
        let Some(index) = self.history.iter().position(|record| record.entry == undone) else { return };
        (self.board, self.settings) = self.without(undone);
        self.history[index].undone = Some(at);
        self.stamps.log[index] = at;
    }

    /// The board and the settings, had an entry never been made.
    pub(super) fn without(&self, entry: Offset) -> (Board, Settings) {
        let mut settings = self.first.clone();
        let mut board = Board::new(&self.scenario, &settings);
        let counts = |record: &&Record| record.undone.is_none() && record.entry != entry;
        for record in self.history.iter().filter(counts) {
            board.apply(&self.scenario, &mut settings, &record.deed, record.at);
        }
        (board, settings)
    }

    /// The next threat that the clock delivers, and when in game time.
    fn next_delivery(&self) -> Option<(i64, &crate::scenario::ThreatId)> {
        let board = &self.board;
        let delivers = self.settings.delivery == Delivery::Automatic && board.clock.is_running();
        if !delivers || board.phase != ExercisePhase::Simulation {
            return None;
        }
        let threats = self.scenario.threats.iter().zip(&board.threats);
        let pending = threats.filter(|(_, state)| state.is_pending());
        pending.map(|(threat, _)| (threat.at.millis(), &threat.id)).min_by_key(|(at, _)| *at)
    }

    fn finished_at(&self) -> Option<Millis> {
        let finished = |record: &&Record| matches!(record.deed, Deed::Finished { .. });
        self.history.iter().rev().find(finished).map(|record| record.at)
    }
}

impl Deed {
    /// What the clock showed, where it is said.
    fn elapsed(&self) -> Option<i64> {
        match self {
            Self::Paused { elapsed, .. } | Self::Finished { elapsed } => Some(*elapsed),
            _ => None,
        }
    }

    /// Whether it changes what is told of the game itself.
    fn concerns_game(&self) -> bool {
        !matches!(
            self,
            Self::Noted { .. } | Self::Introduced { .. } | Self::Entrusted { .. } | Self::Removed { .. }
        )
    }
}
