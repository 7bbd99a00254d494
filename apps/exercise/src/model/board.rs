//! What counts for the score, and the rules by which it changes.

use chorus_platform::Millis;

use super::Clock;
use crate::events::{Answer, Bought, Deed, ExercisePhase};
use crate::scenario::{
    Document, Mitigation, MitigationId, Place, Points, Reach, Response, Settings, SystemId, Threat, ThreatId,
};

/// Phase, clock, money, support, mitigations, systems and threats; the last three in the order of
/// the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Where the exercise stands.
    pub phase: ExercisePhase,
    /// The game's clock.
    pub clock: Clock,
    /// The money.
    pub budget: i64,
    /// The support.
    pub support: Points,
    /// Where the mitigations are in place.
    pub mitigations: Vec<Holding>,
    /// Whether the systems work.
    pub systems: Vec<bool>,
    /// Where the threats stand.
    pub threats: Vec<ThreatState>,
}

/// Where a mitigation is in place, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holding {
    /// At the head office.
    pub hq: Option<Bought>,
    /// At the local branch.
    pub local: Option<Bought>,
}

/// Where a threat stands; times are milliseconds of game time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThreatState {
    /// When it was delivered.
    pub delivered_at: Option<i64>,
    /// When it was prevented.
    pub prevented_at: Option<i64>,
    /// When it was answered.
    pub answered_at: Option<i64>,
    /// What was done about it.
    pub answer: Option<Answer>,
}

impl Holding {
    /// Since when it is in place somewhere.
    pub fn at(self, place: Place) -> Option<Bought> {
        match place {
            Place::Hq => self.hq,
            Place::Local => self.local,
        }
    }

    fn at_mut(&mut self, place: Place) -> &mut Option<Bought> {
        match place {
            Place::Hq => &mut self.hq,
            Place::Local => &mut self.local,
        }
    }
}

impl ThreatState {
    /// Whether it may still come.
    pub fn is_pending(&self) -> bool {
        self.delivered_at.is_none() && self.prevented_at.is_none()
    }

    /// Whether it was answered rightly.
    pub fn is_handled(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.correct)
    }
}

impl Board {
    /// Before anything has happened.
    pub fn new(scenario: &Document, settings: &Settings) -> Self {
        Self {
            phase: ExercisePhase::Preparation,
            clock: Clock::new(settings.speed),
            budget: settings.budget,
            support: settings.support,
            mitigations: vec![Holding::default(); scenario.mitigations.len()],
            systems: vec![true; scenario.systems.len()],
            threats: vec![ThreatState::default(); scenario.threats.len()],
        }
    }

    /// Applies a deed. It has been decided: whatever does not fit is passed over.
    pub fn apply(&mut self, scenario: &Document, settings: &mut Settings, deed: &Deed, at: Millis) {
        let elapsed = self.clock.elapsed(at);
        match deed {
            Deed::Bought { mitigation, at: places } => {
                if let Some(bought) = scenario.mitigation(mitigation) {
                    self.budget -= bought.price_at(places);
                    self.put_in_place(scenario, mitigation, places);
                    if self.phase == ExercisePhase::Simulation {
                        self.prevent_by(scenario, mitigation, elapsed);
                    }
                }
            }
            Deed::Sold { mitigation, at: places } => self.take_away(scenario, mitigation, places),
            Deed::Started => self.start(scenario, settings, at),
            Deed::Resumed => self.clock.start(at),
            Deed::Paused { elapsed, .. } => self.clock.stop(*elapsed),
            Deed::Finished { elapsed } => {
                self.clock.stop(*elapsed);
                self.phase = ExercisePhase::Review;
            }
            Deed::Reopened => self.phase = ExercisePhase::Simulation,
            Deed::Delivered { threat, .. } => self.deliver(scenario, settings, threat, elapsed),
            Deed::Responded { threat, answer } => self.respond(scenario, threat, answer, elapsed),
            Deed::Restored { response } => {
                if let Some(response) = scenario.response(response) {
                    self.carry_out(scenario, response, elapsed);
                }
            }
            Deed::Acted { action } => {
                if let Some(action) = scenario.actions.iter().find(|known| known.id == *action) {
                    self.budget = (self.budget - action.cost + action.gain).max(0);
                    self.sway(settings, action.support);
                }
            }
            Deed::Thrown { curveball } => {
                if let Some(curveball) = scenario.curveballs.iter().find(|known| known.id == *curveball) {
                    let left = (self.budget + curveball.budget).max(0);
                    self.budget = if curveball.lose_budget { 0 } else { left };
                    self.sway(settings, curveball.support);
                }
            }
            Deed::Set { settings: new } => self.set(settings, new, at),
            Deed::Undone { .. }
            | Deed::Noted { .. }
            | Deed::Introduced { .. }
            | Deed::Renamed { .. }
            | Deed::Locked { .. }
            | Deed::Entrusted { .. }
            | Deed::Removed { .. } => {}
        }
    }

    /// Where a threat stands.
    pub fn threat<'a>(&'a self, scenario: &Document, id: &ThreatId) -> Option<&'a ThreatState> {
        let index = scenario.threats.iter().position(|threat| threat.id == *id)?;
        self.threats.get(index)
    }

    /// Where a mitigation is in place.
    pub fn holding(&self, scenario: &Document, id: &MitigationId) -> Holding {
        let index = scenario.mitigations.iter().position(|mitigation| mitigation.id == *id);
        index.and_then(|index| self.mitigations.get(index)).copied().unwrap_or_default()
    }

    /// Whether a system works; one that is not there does.
    pub fn is_up(&self, scenario: &Document, id: &SystemId) -> bool {
        let index = scenario.systems.iter().position(|system| system.id == *id);
        index.and_then(|index| self.systems.get(index)).copied().unwrap_or(true)
    }

    /// Whether a mitigation is in place wherever it is sold within a reach.
    pub fn is_in_place(&self, scenario: &Document, id: &MitigationId, reach: Reach) -> bool {
        let Some(mitigation) = scenario.mitigation(id) else { return false };
        let holding = self.holding(scenario, id);
        let mut places = mitigation.places_in(reach).peekable();
        places.peek().is_some() && places.all(|place| holding.at(place).is_some())
    }

    /// The places within a reach where a mitigation is sold, and is in place or not.
    pub fn places(
        &self,
        mitigation: &Mitigation,
        scenario: &Document,
        reach: Reach,
        held: bool,
    ) -> Vec<Place> {
        let holding = self.holding(scenario, &mitigation.id);
        mitigation.places_in(reach).filter(|place| holding.at(*place).is_some() == held).collect()
    }

    fn put_in_place(&mut self, scenario: &Document, id: &MitigationId, places: &[Place]) {
        let since = match self.phase {
            ExercisePhase::Preparation => Bought::Preparation,
            _ => Bought::Simulation,
        };
        if let Some(holding) = self.holding_mut(scenario, id) {
            for place in places {
                holding.at_mut(*place).get_or_insert(since);
            }
        }
    }

    fn take_away(&mut self, scenario: &Document, id: &MitigationId, places: &[Place]) {
        let Some(mitigation) = scenario.mitigation(id) else { return };
        self.budget += mitigation.price_at(places);
        if let Some(holding) = self.holding_mut(scenario, id) {
            for place in places {
                *holding.at_mut(*place) = None;
            }
        }
    }

    fn start(&mut self, scenario: &Document, settings: &Settings, at: Millis) {
        self.phase = ExercisePhase::Simulation;
        if !settings.carry_over {
            self.budget = 0;
        }
        for mitigation in &scenario.mitigations {
            self.prevent_by(scenario, &mitigation.id, 0);
        }
        self.clock.start(at);
    }

    fn deliver(&mut self, scenario: &Document, settings: &Settings, id: &ThreatId, elapsed: i64) {
        let Some((threat, state)) = self.threat_mut(scenario, id) else { return };
        if !state.is_pending() {
            return;
        }
        state.delivered_at = Some(elapsed);
        for (system, up) in scenario.systems.iter().zip(&mut self.systems) {
            *up &= !threat.disables.contains(&system.id);
        }
        self.sway(settings, threat.support);
    }

    fn respond(&mut self, scenario: &Document, id: &ThreatId, answer: &Answer, elapsed: i64) {
        for response in answer.responses.iter().filter_map(|id| scenario.response(id)) {
            self.carry_out(scenario, response, elapsed);
        }
        let Some((threat, state)) = self.threat_mut(scenario, id) else { return };
        state.answered_at = Some(elapsed);
        state.answer = Some(answer.clone());
        if let Some(followup) = threat.followup.as_ref().filter(|_| answer.correct)
            && let Some((_, state)) = self.threat_mut(scenario, followup)
            && state.is_pending()
        {
            state.prevented_at = Some(elapsed);
        }
    }

    /// Pays for a response, and does what it does.
    fn carry_out(&mut self, scenario: &Document, response: &Response, elapsed: i64) {
        self.budget = (self.budget - scenario.cost(response)).max(0);
        for (system, up) in scenario.systems.iter().zip(&mut self.systems) {
            *up |= response.restores.contains(&system.id);
        }
        if let Some(mitigation) = response.mitigation.as_ref().and_then(|id| scenario.mitigation(id)) {
            let reach = response.mitigation_at.unwrap_or(response.at);
            let places: Vec<_> = mitigation.places_in(reach).collect();
            self.put_in_place(scenario, &mitigation.id, &places);
            self.prevent_by(scenario, &mitigation.id, elapsed);
        }
    }

    /// What a mitigation that has just been put in place prevents.
    fn prevent_by(&mut self, scenario: &Document, id: &MitigationId, elapsed: i64) {
        for (index, threat) in scenario.threats.iter().enumerate() {
            let reach = threat.prevented_at.unwrap_or_default();
            let prevents = threat.prevented_by.as_ref() == Some(id) && self.is_in_place(scenario, id, reach);
            if let Some(state) = self.threats.get_mut(index).filter(|state| prevents && state.is_pending()) {
                state.prevented_at = Some(elapsed);
            }
        }
    }

    /// New settings. In the preparation, budget and support begin anew from theirs.
    fn set(&mut self, settings: &mut Settings, new: &Settings, at: Millis) {
        if self.phase == ExercisePhase::Preparation {
            self.budget += new.budget - settings.budget;
            self.support = new.support;
        }
        self.clock.set_speed(new.speed, at);
        settings.clone_from(new);
        self.sway(settings, Points::default());
    }

    fn sway(&mut self, settings: &Settings, by: Points) {
        self.support = (self.support + by).max(settings.support_min).min(settings.support_max);
    }

    fn holding_mut(&mut self, scenario: &Document, id: &MitigationId) -> Option<&mut Holding> {
        let index = scenario.mitigations.iter().position(|mitigation| mitigation.id == *id)?;
        self.mitigations.get_mut(index)
    }

    fn threat_mut<'s>(
        &mut self,
        scenario: &'s Document,
        id: &ThreatId,
    ) -> Option<(&'s Threat, &mut ThreatState)> {
        let index = scenario.threats.iter().position(|threat| threat.id == *id)?;
        Some((scenario.threats.get(index)?, self.threats.get_mut(index)?))
    }
}
