//! What a part may see.

use std::sync::Arc;

use chorus_platform::Millis;
use chorus_platform::log::Offset;
use chorus_platform::rooms::MemberId;

use super::{Board, Exercise, Record, ThreatState};
use crate::events::{
    Brief, BriefRole, BriefSystem, Card, ExerciseChanges, ExercisePhase, GameView, LogEntry, MitigationView,
    Part, PersonView, SystemView, ThreatView,
};
use crate::scenario::{Document, Kind, Place, Reach, RoleId, Threat};

/// Who sees the same: what goes to one of them is encoded once for all of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Viewer {
    /// Facilitators and observers: everything.
    Staff,
    /// Projectors: what everybody in a place may see.
    Projector,
    /// Participants: what reached their role and place, if they have said which.
    Participant {
        /// The role they play.
        role: Option<RoleId>,
        /// Where they are.
        place: Option<Place>,
    },
}

/// The offsets at which things last changed; lists in the order of what they belong to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stamps {
    pub(super) game: Offset,
    mitigations: Vec<Offset>,
    systems: Vec<Offset>,
    threats: Vec<Offset>,
    /// When a delivered threat was taken back.
    withdrawn: Vec<Offset>,
    pub(super) log: Vec<Offset>,
}

impl Stamps {
    pub(super) fn new(scenario: &Document) -> Self {
        Self {
            game: 1,
            mitigations: vec![1; scenario.mitigations.len()],
            systems: vec![1; scenario.systems.len()],
            threats: vec![1; scenario.threats.len()],
            withdrawn: vec![0; scenario.threats.len()],
            log: Vec::new(),
        }
    }

    /// Stamps what differs.
    pub(super) fn mark(&mut self, before: &Board, after: &Board, at: Offset) {
        mark(&mut self.mitigations, &before.mitigations, &after.mitigations, at);
        mark(&mut self.systems, &before.systems, &after.systems, at);
        mark(&mut self.threats, &before.threats, &after.threats, at);
        let states = before.threats.iter().zip(&after.threats);
        for (stamp, (before, after)) in self.withdrawn.iter_mut().zip(states) {
            if before.delivered_at.is_some() && after.delivered_at.is_none() {
                *stamp = at;
            }
        }
    }
}

impl Exercise {
    /// As whom a member sees the exercise in a part.
    pub fn viewer(&self, part: Part, member: MemberId) -> Viewer {
        match part {
            Part::Facilitator | Part::Observer => Viewer::Staff,
            Part::Projector => Viewer::Projector,
            Part::Participant => {
                let person = self.people.find(member);
                let role = person.and_then(|person| person.role.clone());
                Viewer::Participant { role, place: person.and_then(|person| person.place) }
            }
        }
    }

    /// What changed behind `since`; everything when `since` is 0 or ahead.
    pub fn changes(&self, viewer: &Viewer, since: Offset, now: Millis) -> ExerciseChanges {
        let whole = since == 0 || since > self.offset;
        let since = if whole { 0 } else { since };
        let staff = *viewer == Viewer::Staff;
        let mut changes = ExerciseChanges {
            offset: self.offset,
            now,
            whole,
            game: (self.stamps.game > since).then(|| self.game()),
            scenario: (whole && staff).then(|| Arc::clone(&self.scenario)),
            brief: (whole && !staff).then(|| self.brief()),
            mitigations: Vec::new(),
            systems: self.systems(since),
            threats: Vec::new(),
            cards: Vec::new(),
            withdrawn: Vec::new(),
            log: Vec::new(),
            people: Vec::new(),
        };
        if staff {
            changes.mitigations = self.mitigations(since);
            changes.threats = self.threats(since);
            changes.log = self.log(since);
            changes.people = self.people_since(since);
        } else {
            (changes.cards, changes.withdrawn) = self.cards(viewer, since);
        }
        changes
    }

    /// What others are not told of a member.
    pub fn myself(&self, member: MemberId) -> Option<PersonView> {
        self.people.find(member).map(super::Person::view)
    }

    fn game(&self) -> GameView {
        GameView {
            code: self.code.clone(),
            title: self.title.clone(),
            phase: self.board.phase,
            clock: self.board.clock.into(),
            budget: self.board.budget,
            support: self.board.support,
            settings: self.settings.clone(),
            locked: self.locked,
            undo: self.undoable(),
        }
    }

    fn brief(&self) -> Brief {
        let scenario = &self.scenario;
        Brief {
            title: scenario.title.clone(),
            summary: scenario.summary.clone(),
            language: scenario.language.clone(),
            places: scenario.places.clone(),
            words: scenario.words.clone(),
            roles: scenario
                .roles
                .iter()
                .map(|role| BriefRole {
                    id: role.id.clone(),
                    name: role.name.clone(),
                    at: role.at,
                    briefing: role.briefing.clone(),
                })
                .collect(),
            systems: scenario
                .systems
                .iter()
                .map(|system| BriefSystem { id: system.id.clone(), name: system.name.clone(), at: system.at })
                .collect(),
        }
    }

    fn mitigations(&self, since: Offset) -> Vec<MitigationView> {
        let held = self.scenario.mitigations.iter().zip(&self.board.mitigations);
        let changed = held.zip(&self.stamps.mitigations).filter(|(_, stamp)| **stamp > since);
        changed
            .map(|((mitigation, holding), _)| MitigationView {
                id: mitigation.id.clone(),
                hq: holding.hq,
                local: holding.local,
            })
            .collect()
    }

    fn systems(&self, since: Offset) -> Vec<SystemView> {
        let systems = self.scenario.systems.iter().zip(&self.board.systems);
        let changed = systems.zip(&self.stamps.systems).filter(|(_, stamp)| **stamp > since);
        changed.map(|((system, up), _)| SystemView { id: system.id.clone(), up: *up }).collect()
    }

    fn threats(&self, since: Offset) -> Vec<ThreatView> {
        let threats = self.scenario.threats.iter().zip(&self.board.threats);
        let changed = threats.zip(&self.stamps.threats).filter(|(_, stamp)| **stamp > since);
        changed
            .map(|((threat, state), _)| ThreatView {
                id: threat.id.clone(),
                delivered_at: state.delivered_at,
                prevented_at: state.prevented_at,
                answered_at: state.answered_at,
                answer: state.answer.clone(),
            })
            .collect()
    }

    fn log(&self, since: Offset) -> Vec<LogEntry> {
        let changed = self.history.iter().zip(&self.stamps.log).filter(|(_, stamp)| **stamp > since);
        changed.map(|(record, _)| self.log_entry(record)).collect()
    }

    fn log_entry(&self, record: &Record) -> LogEntry {
        LogEntry {
            entry: record.entry,
            elapsed: record.elapsed,
            at: record.at,
            by: record.member.and_then(|member| self.people.find(member)).map(|person| person.id),
            deed: record.deed.clone(),
            undone: record.undone.is_some(),
        }
    }

    fn people_since(&self, since: Offset) -> Vec<PersonView> {
        self.people.iter().filter(|person| person.changed > since).map(super::Person::view).collect()
    }

    /// The cards that changed, and the threats of those that were taken back.
    fn cards(&self, viewer: &Viewer, since: Offset) -> (Vec<Card>, Vec<crate::scenario::ThreatId>) {
        let (mut cards, mut withdrawn) = (Vec::new(), Vec::new());
        for (index, (threat, state)) in self.scenario.threats.iter().zip(&self.board.threats).enumerate() {
            if self.stamps.threats[index] <= since || !viewer.is_reached_by(threat) {
                continue;
            }
            match state.delivered_at {
                Some(delivered_at) => cards.push(card(threat, state, delivered_at)),
                None if since > 0 && self.stamps.withdrawn[index] > since => {
                    withdrawn.push(threat.id.clone());
                }
                None => {}
            }
        }
        (cards, withdrawn)
    }

    /// Whether everybody may see everything: the exercise is over.
    pub fn is_over(&self) -> bool {
        self.board.phase == ExercisePhase::Review
    }
}

impl Viewer {
    /// Whether a threat, once delivered, is for them.
    fn is_reached_by(&self, threat: &Threat) -> bool {
        match (self, threat.kind) {
            (Self::Staff, _) => true,
            (_, Kind::Background) => false,
            (Self::Projector, kind) => kind == Kind::Board,
            (Self::Participant { role, place }, kind) => {
                let here = match (threat.place, place) {
                    (Reach::Party, _) => true,
                    (reach, Some(place)) => reach.includes(*place),
                    (_, None) => false,
                };
                let mine = threat.to.is_empty() || role.as_ref().is_some_and(|role| threat.to.contains(role));
                here && (kind == Kind::Board || mine)
            }
        }
    }
}

impl ExerciseChanges {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        !self.whole
            && self.game.is_none()
            && self.mitigations.is_empty()
            && self.systems.is_empty()
            && self.threats.is_empty()
            && self.cards.is_empty()
            && self.withdrawn.is_empty()
            && self.log.is_empty()
            && self.people.is_empty()
    }
}

fn card(threat: &Threat, state: &ThreatState, delivered_at: i64) -> Card {
    Card {
        id: threat.id.clone(),
        title: threat.title.clone(),
        description: threat.description.clone(),
        kind: threat.kind,
        place: threat.place,
        asset: threat.asset.clone(),
        delivered_at,
        answered: state.answered_at.is_some(),
    }
}

fn mark<T: PartialEq>(stamps: &mut [Offset], before: &[T], after: &[T], at: Offset) {
    for (stamp, (before, after)) in stamps.iter_mut().zip(before.iter().zip(after)) {
        if before != after {
            *stamp = at;
        }
    }
}
