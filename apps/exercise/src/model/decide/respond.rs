//! What is done about threats and failed systems.

use super::{Decided, Manner, did, unknown};
use crate::events::{Answer, Deed};
use crate::model::{Event, Exercise, MAX_CUSTOM, Refusal};
use crate::scenario::{Response, ResponseId, ThreatId};

/// The most responses of one answer.
const MAX_RESPONSES: usize = 50;

impl Exercise {
    pub(super) fn respond(&self, id: &ThreatId, answer: &Answer, manner: Manner) -> Decided {
        self.threat(id)?;
        self.in_simulation()?;
        let Some(state) = self.board.threat(&self.scenario, id) else { return Err(unknown("threat", id)) };
        if state.is_handled() || (state.answer.is_some() && manner == Manner::Strict && !answer.correct) {
            return match manner {
                Manner::Lenient => Ok(Event::Nothing),
                Manner::Strict => Err(Refusal::AlreadyAnswered),
            };
        }
        if manner == Manner::Strict && state.delivered_at.is_none() {
            let prevented = state.prevented_at.is_some();
            return Err(if prevented { Refusal::Prevented } else { Refusal::NotDelivered });
        }
        let answer = self.check_answer(answer, manner)?;
        Ok(did(Deed::Responded { threat: id.clone(), answer }))
    }

    fn check_answer(&self, answer: &Answer, manner: Manner) -> Result<Answer, Refusal> {
        let custom = answer.custom.trim().to_owned();
        if custom.chars().count() > MAX_CUSTOM {
            return Err(Refusal::Invalid(format!("An answer has {MAX_CUSTOM} characters at most.")));
        }
        if answer.responses.len() > MAX_RESPONSES {
            return Err(Refusal::Invalid(format!("An answer has {MAX_RESPONSES} responses at most.")));
        }
        if manner == Manner::Strict && answer.correct && custom.is_empty() && answer.responses.is_empty() {
            return Err(Refusal::NoAnswer);
        }
        let mut responses: Vec<ResponseId> = Vec::new();
        for id in &answer.responses {
            if !responses.contains(id) {
                responses.push(id.clone());
            }
        }
        let found: Vec<_> = responses.iter().map(|id| self.response(id)).collect::<Result<_, _>>()?;
        self.can_carry_out(&found)?;
        Ok(Answer { responses, custom, correct: answer.correct })
    }

    pub(super) fn restore(&self, id: &ResponseId, manner: Manner) -> Decided {
        let response = self.response(id)?;
        self.in_simulation()?;
        let needed = response.restores.iter().any(|system| !self.board.is_up(&self.scenario, system));
        if !needed && manner == Manner::Strict {
            return Err(Refusal::NothingToRestore);
        }
        self.can_carry_out(&[response])?;
        Ok(did(Deed::Restored { response: id.clone() }))
    }

    /// All of it can be paid, and what it requires is in place.
    fn can_carry_out(&self, responses: &[&Response]) -> Result<(), Refusal> {
        self.affords(responses.iter().map(|response| self.scenario.cost(response)).sum())?;
        for response in responses {
            let Some(required) = &response.requires else { continue };
            let reach = response.requires_at.unwrap_or(response.at);
            if !self.board.is_in_place(&self.scenario, required, reach) {
                let name = self.scenario.mitigation(required).map(|mitigation| mitigation.name.clone());
                return Err(Refusal::NotAllowed(name.unwrap_or_default()));
            }
        }
        Ok(())
    }
}
