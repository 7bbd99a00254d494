//! What people say and are, and how it is played.

use chorus_platform::live::Actor;
use chorus_platform::rooms::Role;

use super::{Decided, did, text, unknown, unless};
use crate::events::{Deed, ExercisePhase, Part, PersonId};
use crate::model::{Exercise, MAX_NAME, MAX_NOTE, Refusal};
use crate::scenario::{Place, RoleId, Settings, ThreatId};

/// The most people of one exercise.
const MAX_PEOPLE: usize = 5_000;

impl Exercise {
    pub(super) fn note(&self, actor: Actor, words: &str, threat: Option<&ThreatId>) -> Decided {
        if actor.role < Role::Observer {
            return Err(Refusal::NoNotes);
        }
        if let Some(id) = threat {
            self.threat(id)?;
        }
        Ok(did(Deed::Noted { text: text(words, "A note", MAX_NOTE)?, threat: threat.cloned() }))
    }

    pub(super) fn introduce(
        &self,
        actor: Actor,
        name: &str,
        role: Option<&RoleId>,
        place: Option<Place>,
    ) -> Decided {
        let name = name.trim();
        if name.chars().count() > MAX_NAME {
            return Err(Refusal::Invalid(format!("A name has {MAX_NAME} characters at most.")));
        }
        if let Some(role) = role {
            self.scenario.role(role).ok_or_else(|| unknown("role", role))?;
        }
        let known = self.people.find(actor.member);
        if known.is_none() && self.people.len() >= MAX_PEOPLE {
            return Err(Refusal::Full);
        }
        let part = Part::from(actor.role);
        let same = known.is_some_and(|person| {
            (person.name.as_str(), person.role.as_ref(), person.place) == (name, role, place)
                && person.part <= part
        });
        let deed = Deed::Introduced { name: name.to_owned(), part, role: role.cloned(), place };
        Ok(unless(same, deed))
    }

    pub(super) fn set(&self, settings: &Settings) -> Decided {
        if let Some((_, message)) = settings.faults().first() {
            return Err(Refusal::Invalid((*message).to_owned()));
        }
        self.not_ended()?;
        let settled = settings.budget == self.settings.budget && settings.support == self.settings.support;
        if self.board.phase == ExercisePhase::Simulation && !settled {
            return Err(Refusal::Settled);
        }
        let spent = self.settings.budget - self.board.budget;
        if self.board.phase == ExercisePhase::Preparation && settings.budget < spent {
            return Err(Refusal::Spent(spent));
        }
        Ok(unless(*settings == self.settings, Deed::Set { settings: settings.clone() }))
    }

    pub(super) fn entrust(&self, id: PersonId, part: Part) -> Decided {
        let person = self.people.by_number(id).ok_or_else(|| unknown("person", id))?;
        if part == Part::Projector {
            return Err(Refusal::Invalid("Nobody is a projector.".to_owned()));
        }
        if Some(person.member) == self.owner && part != Part::Facilitator {
            return Err(Refusal::Invalid("Whoever made the exercise stays a facilitator.".to_owned()));
        }
        Ok(unless(person.part == part, Deed::Entrusted { person: id, part }))
    }

    pub(super) fn remove(&self, actor: Actor, id: PersonId) -> Decided {
        let person = self.people.by_number(id).ok_or_else(|| unknown("person", id))?;
        if person.member == actor.member {
            return Err(Refusal::Invalid("You cannot put yourself out.".to_owned()));
        }
        if Some(person.member) == self.owner {
            return Err(Refusal::Invalid("Whoever made the exercise cannot be put out.".to_owned()));
        }
        Ok(unless(person.removed, Deed::Removed { person: id }))
    }
}
