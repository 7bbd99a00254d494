//! What became of the threats.

use super::replay::Replay;
use super::shop::Shop;
use super::story::Story;
use crate::events::{Outcome, ThreatOutcome, Totals};
use crate::model::{Exercise, ThreatState};
use crate::scenario::{Kind, Threat};

impl Outcome {
    /// What has become of a threat so far.
    fn of(threat: &Threat, state: &ThreatState) -> Self {
        let asks = threat.kind != Kind::Background || !threat.responses.is_empty();
        match (&state.answer, state.delivered_at) {
            _ if state.prevented_at.is_some() => Self::Prevented,
            (Some(answer), _) if answer.correct => Self::Handled,
            (Some(_), _) => Self::Mishandled,
            (None, Some(_)) if asks => Self::Missed,
            (None, Some(_)) => Self::Handled,
            (None, None) => Self::Pending,
        }
    }
}

/// The threats in the order in which they were due.
pub(super) fn threats(exercise: &Exercise, shop: &Shop<'_>) -> Vec<ThreatOutcome> {
    let story = Story::of(exercise);
    let states = exercise.scenario().threats.iter().zip(&exercise.board().threats);
    let mut threats: Vec<_> = states.map(|(threat, state)| outcome(threat, state, &story, shop)).collect();
    threats.sort_by_key(|threat| threat.due);
    threats
}

fn outcome(threat: &Threat, state: &ThreatState, story: &Story<'_>, shop: &Shop<'_>) -> ThreatOutcome {
    ThreatOutcome {
        id: threat.id.clone(),
        title: threat.title.clone(),
        description: threat.description.clone(),
        advice: threat.advice.clone(),
        kind: threat.kind,
        place: threat.place,
        due: threat.at.millis(),
        outcome: Outcome::of(threat, state),
        delivered_at: state.delivered_at,
        prevented_at: state.prevented_at,
        answered_at: state.answered_at,
        answer: state.answer.as_ref().map(|answer| story.answer(answer)).unwrap_or_default(),
        right: threat.responses.iter().map(|id| story.response(id)).collect(),
        support: threat.support,
        disables: story.system_names(&threat.disables),
        help: shop.help(threat),
    }
}

/// The numbers.
pub(super) fn totals(threats: &[ThreatOutcome], replay: &Replay) -> Totals {
    let count = |outcome| threats.iter().filter(|threat| threat.outcome == outcome).count() as u32;
    let support =
        |point: Option<&crate::events::CurvePoint>| point.map(|point| point.support).unwrap_or_default();
    Totals {
        prevented: count(Outcome::Prevented),
        handled: count(Outcome::Handled),
        mishandled: count(Outcome::Mishandled),
        missed: count(Outcome::Missed),
        pending: count(Outcome::Pending),
        median_response: median(threats.iter().filter_map(ThreatOutcome::response_time).collect()),
        support_start: support(replay.curve.first()),
        support_end: support(replay.curve.last()),
        spent: replay.spent,
    }
}

impl ThreatOutcome {
    /// How long it took to answer, in milliseconds of game time; nothing when the answer was first.
    pub(super) fn response_time(&self) -> Option<i64> {
        Some((self.answered_at? - self.delivered_at?).max(0))
    }

    /// Whether it asks for an answer.
    pub(super) fn asks(&self) -> bool {
        self.kind != Kind::Background || !self.right.is_empty()
    }
}

fn median(mut times: Vec<i64>) -> Option<i64> {
    times.sort_unstable();
    let upper = *times.get(times.len() / 2)?;
    let lower = if times.len().is_multiple_of(2) { *times.get(times.len() / 2 - 1)? } else { upper };
    Some(lower.midpoint(upper))
}
