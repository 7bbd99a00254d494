//! Which event a command makes, or why it is refused.

mod people;
mod respond;

use chorus_platform::Millis;
use chorus_platform::live::Actor;
use chorus_platform::log::Offset;
use chorus_platform::rooms::Role;

use super::{Command, Event, Exercise, MAX_ENTRIES, MAX_TITLE, Refusal};
use crate::events::{Deed, ExerciseAction, ExercisePhase, Part};
use crate::scenario::{
    ActionId, CurveballId, MitigationId, Reach, Resale, Response, ResponseId, Threat, ThreatId,
};

type Decided = Result<Event, Refusal>;

/// Whether what is too early, or done already, is refused or let be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Strict,
    /// As the classic dialect has it.
    Lenient,
}

impl Exercise {
    /// Whether somebody may come in, or is put out or locked out.
    pub fn check_admission(&self, Actor { member, role }: Actor) -> Result<(), Refusal> {
        let known = self.people.find(member);
        if known.is_some_and(|person| person.removed) {
            return Err(Refusal::PutOut);
        }
        if self.locked && role == Role::Participant && known.is_none() {
            return Err(Refusal::Locked);
        }
        Ok(())
    }

    pub(super) fn decide_command(&self, actor: Actor, command: &Command, now: Millis) -> Decided {
        // however much has happened, it can be brought to its end
        let ends = match command {
            Command::Act(action) | Command::Classic(action) => {
                matches!(action, ExerciseAction::Pause | ExerciseAction::Finish)
            }
            Command::Standstill(_) => true,
        };
        if self.offset >= MAX_ENTRIES && !ends {
            return Err(Refusal::Full);
        }
        match command {
            Command::Act(action) => self.decide_action(actor, action, now, Manner::Strict),
            Command::Classic(action) => self.decide_action(actor, action, now, Manner::Lenient),
            Command::Standstill(since) => Ok(self.stand_still(*since)),
        }
    }

    fn decide_action(&self, actor: Actor, action: &ExerciseAction, now: Millis, manner: Manner) -> Decided {
        use ExerciseAction as Do;

        if self.people.find(actor.member).is_some_and(|person| person.removed) {
            return Err(Refusal::PutOut);
        }
        match action {
            Do::Introduce { name, role, place } => return self.introduce(actor, name, role.as_ref(), *place),
            Do::Note { text, threat } => return self.note(actor, text, threat.as_ref()),
            _ if actor.role < Role::Host => return Err(Refusal::Forbidden),
            _ => {}
        }
        match action {
            Do::Buy { mitigation, at } => self.buy(mitigation, at.unwrap_or_default()),
            Do::Sell { mitigation, at } => self.sell(mitigation, at.unwrap_or_default()),
            Do::Start => self.start(),
            Do::Pause => self.pause(now),
            Do::Finish => self.finish(now),
            Do::Reopen => self.reopen(),
            Do::Deliver { threat, early } => self.deliver(threat, *early, now, manner),
            Do::Respond { threat, answer } => self.respond(threat, answer, manner),
            Do::Restore { response } => self.restore(response, manner),
            Do::Act { action } => self.act(action),
            Do::Throw { curveball } => self.throw(curveball),
            Do::Undo { entry } => self.take_back(*entry),
            Do::Set { settings } => self.set(settings),
            Do::Rename { title } => Ok(did(Deed::Renamed { title: text(title, "A title", MAX_TITLE)? })),
            Do::Lock { locked } => Ok(unless(self.locked == *locked, Deed::Locked { locked: *locked })),
            Do::Entrust { person, part } => self.entrust(*person, *part),
            Do::Remove { person } => self.remove(actor, *person),
            Do::Introduce { .. } | Do::Note { .. } => Err(Refusal::Forbidden),
        }
    }

    fn buy(&self, id: &MitigationId, reach: Reach) -> Decided {
        let mitigation = self.scenario.mitigation(id).ok_or_else(|| unknown("mitigation", id))?;
        self.not_ended()?;
        let at = self.board.places(mitigation, &self.scenario, reach, false);
        self.affords(mitigation.price_at(&at))?;
        Ok(unless(at.is_empty(), Deed::Bought { mitigation: id.clone(), at }))
    }

    fn sell(&self, id: &MitigationId, reach: Reach) -> Decided {
        let mitigation = self.scenario.mitigation(id).ok_or_else(|| unknown("mitigation", id))?;
        self.not_ended()?;
        if self.board.phase == ExercisePhase::Simulation && self.settings.resale == Resale::Preparation {
            return Err(Refusal::NoResale);
        }
        let at = self.board.places(mitigation, &self.scenario, reach, true);
        Ok(unless(at.is_empty(), Deed::Sold { mitigation: id.clone(), at }))
    }

    fn start(&self) -> Decided {
        match self.board.phase {
            ExercisePhase::Preparation => Ok(did(Deed::Started)),
            ExercisePhase::Simulation => Ok(unless(self.board.clock.is_running(), Deed::Resumed)),
            ExercisePhase::Review => Err(Refusal::Ended),
        }
    }

    fn pause(&self, now: Millis) -> Decided {
        self.in_simulation()?;
        let elapsed = self.board.clock.elapsed(now);
        Ok(unless(!self.board.clock.is_running(), Deed::Paused { elapsed, restart: false }))
    }

    fn finish(&self, now: Millis) -> Decided {
        self.in_simulation()?;
        Ok(did(Deed::Finished { elapsed: self.board.clock.elapsed(now) }))
    }

    fn reopen(&self) -> Decided {
        if self.board.phase == ExercisePhase::Review {
            Ok(did(Deed::Reopened))
        } else {
            Err(Refusal::NotEnded)
        }
    }

    fn stand_still(&self, since: Millis) -> Event {
        let clock = &self.board.clock;
        let last = self.history.last().map_or(0, |record| record.at);
        let since = clock.running_since().map_or(since, |started| since.max(started).max(last));
        unless(!clock.is_running(), Deed::Paused { elapsed: clock.elapsed(since), restart: true })
    }

    fn deliver(&self, id: &ThreatId, early: bool, now: Millis, manner: Manner) -> Decided {
        let threat = self.threat(id)?;
        self.in_simulation()?;
        let Some(state) = self.board.threat(&self.scenario, id) else { return Err(unknown("threat", id)) };
        if state.delivered_at.is_some() {
            return Ok(Event::Nothing);
        }
        if state.prevented_at.is_some() {
            return if manner == Manner::Lenient { Ok(Event::Nothing) } else { Err(Refusal::Prevented) };
        }
        let is_early = self.board.clock.elapsed(now) < threat.at.millis();
        if is_early && !early && manner == Manner::Strict {
            return Err(Refusal::NotDue);
        }
        Ok(did(Deed::Delivered { threat: id.clone(), early: is_early }))
    }

    fn act(&self, id: &ActionId) -> Decided {
        let action = self.scenario.actions.iter().find(|action| action.id == *id);
        let action = action.ok_or_else(|| unknown("action", id))?;
        self.in_simulation()?;
        self.affords(action.cost)?;
        if action.needs.iter().all(|system| self.board.is_up(&self.scenario, system)) {
            Ok(did(Deed::Acted { action: id.clone() }))
        } else {
            Err(Refusal::SystemsDown)
        }
    }

    fn throw(&self, id: &CurveballId) -> Decided {
        if !self.scenario.curveballs.iter().any(|curveball| curveball.id == *id) {
            return Err(unknown("curveball", id));
        }
        self.in_simulation()?;
        Ok(did(Deed::Thrown { curveball: id.clone() }))
    }

    fn take_back(&self, entry: Offset) -> Decided {
        self.not_ended()?;
        match self.undoable() {
            None => Err(Refusal::NothingToUndo),
            // money that came of it may be gone, by settings that were changed since
            Some(last) if last == entry && self.without(entry).0.budget < 0 => Err(Refusal::Overtaken),
            Some(last) if last == entry => Ok(did(Deed::Undone { entry })),
            // done twice by two who meant the same
            Some(_) if self.history.iter().any(|record| record.entry == entry && record.undone.is_some()) => {
                Ok(Event::Nothing)
            }
            Some(_) => Err(Refusal::Overtaken),
        }
    }

    fn threat(&self, id: &ThreatId) -> Result<&Threat, Refusal> {
        self.scenario.threat(id).ok_or_else(|| unknown("threat", id))
    }

    fn response(&self, id: &ResponseId) -> Result<&Response, Refusal> {
        self.scenario.response(id).ok_or_else(|| unknown("response", id))
    }

    fn affords(&self, cost: i64) -> Result<(), Refusal> {
        let budget = self.board.budget;
        if cost <= budget { Ok(()) } else { Err(Refusal::NotEnoughBudget { cost, budget }) }
    }

    fn in_simulation(&self) -> Result<(), Refusal> {
        match self.board.phase {
            ExercisePhase::Preparation => Err(Refusal::NotStarted),
            ExercisePhase::Simulation => Ok(()),
            ExercisePhase::Review => Err(Refusal::Ended),
        }
    }

    fn not_ended(&self) -> Result<(), Refusal> {
        if self.board.phase == ExercisePhase::Review { Err(Refusal::Ended) } else { Ok(()) }
    }
}

impl From<Part> for Role {
    fn from(part: Part) -> Self {
        match part {
            Part::Facilitator => Self::Host,
            Part::Observer => Self::Observer,
            Part::Projector => Self::Projector,
            Part::Participant => Self::Participant,
        }
    }
}

impl From<Role> for Part {
    fn from(role: Role) -> Self {
        match role {
            Role::Host => Self::Facilitator,
            Role::Observer => Self::Observer,
            Role::Projector => Self::Projector,
            _ => Self::Participant,
        }
    }
}

fn did(deed: Deed) -> Event {
    Event::Did(deed)
}

fn unless(idle: bool, deed: Deed) -> Event {
    if idle { Event::Nothing } else { did(deed) }
}

fn unknown(what: &str, id: impl std::fmt::Display) -> Refusal {
    Refusal::Unknown(format!("{what} {id}"))
}

fn text(words: &str, what: &str, most: usize) -> Result<String, Refusal> {
    let words = words.trim();
    let fits = (1..=most).contains(&words.chars().count());
    if fits { Ok(words.to_owned()) } else { Err(Refusal::too_long(what, most)) }
}
