//! A game as the original's clients get it: whole, every time.

use chorus_platform::Millis;
use serde::Serialize;

use super::iso::iso;
use super::log;
use super::shape::{Shape, place};
use crate::events::{Bought, ClockView, Deed, ExercisePhase};
use crate::model::{Clock, Exercise, ThreatState};
use crate::scenario::{Place, Points, ResponseId};

/// How fast a clock runs by which the original's clients count the time themselves.
const REAL_TIME: u32 = 100;

/// A game; its rows are in the order of the scenario.
#[derive(Serialize)]
pub(super) struct Game<'a> {
    id: &'a str,
    state: &'static str,
    poll: Points,
    budget: i64,
    started_at: Option<String>,
    paused: bool,
    millis_taken_before_started: i64,
    injections: Vec<Injection<'a>>,
    mitigations: Vec<Mitigation<'a>>,
    systems: Vec<System<'a>>,
    /// Null until the first row, as in the original.
    logs: Option<Vec<log::Row<'a>>>,
}

#[derive(Serialize)]
struct Injection<'a> {
    id: usize,
    game_id: &'a str,
    #[serde(rename = "injection_id")]
    threat: &'a str,
    predefined_responses_made: Option<Vec<&'a str>>,
    is_response_correct: Option<bool>,
    custom_response: Option<&'a str>,
    prevented: bool,
    prevented_at: Option<i64>,
    delivered: bool,
    delivered_at: Option<i64>,
    response_made_at: Option<i64>,
}

#[derive(Serialize)]
struct Mitigation<'a> {
    id: usize,
    game_id: &'a str,
    #[serde(rename = "mitigation_id")]
    of: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'static str>,
    state: bool,
    preparation: bool,
}

#[derive(Serialize)]
struct System<'a> {
    id: usize,
    game_id: &'a str,
    #[serde(rename = "system_id")]
    of: &'a str,
    state: bool,
}

impl<'a> Game<'a> {
    pub(super) fn new(exercise: &'a Exercise, id: &'a str, shape: Shape, now: Millis) -> Self {
        let board = exercise.board();
        let (started_at, elapsed) = time(&board.clock, last_start(exercise), now);
        Self {
            id,
            state: state(board.phase),
            poll: board.support,
            budget: board.budget,
            started_at: started_at.map(iso),
            paused: !board.clock.is_running(),
            millis_taken_before_started: elapsed,
            injections: injections(exercise, id),
            mitigations: mitigations(exercise, id, shape),
            systems: systems(exercise, id),
            logs: Some(log::rows(exercise, id, shape)).filter(|rows| !rows.is_empty()),
        }
    }
}

fn state(phase: ExercisePhase) -> &'static str {
    match phase {
        ExercisePhase::Preparation => "PREPARATION",
        ExercisePhase::Simulation => "SIMULATION",
        ExercisePhase::Review => "ASSESSMENT",
    }
}

/// Since when the clock runs, or ran last, and what it showed then. A clock of another speed is told
/// as one that was started just now: clients count on by themselves.
fn time(clock: &Clock, last_start: Option<Millis>, now: Millis) -> (Option<Millis>, i64) {
    match clock.running_since() {
        Some(_) if drifts(clock) => (Some(now), clock.elapsed(now)),
        Some(since) => (Some(since), clock.banked()),
        None => (last_start, clock.banked()),
    }
}

/// Whether the clocks of clients run away from a clock.
pub(super) fn drifts(clock: &Clock) -> bool {
    clock.is_running() && ClockView::from(*clock).speed != REAL_TIME
}

fn last_start(exercise: &Exercise) -> Option<Millis> {
    let starts = |deed: &Deed| matches!(deed, Deed::Started | Deed::Resumed);
    exercise.history().iter().rev().find(|record| starts(&record.deed)).map(|record| record.at)
}

fn injections<'a>(exercise: &'a Exercise, game_id: &'a str) -> Vec<Injection<'a>> {
    let threats = exercise.scenario().threats.iter().zip(&exercise.board().threats).zip(1..);
    threats.map(|((threat, state), id)| injection(id, game_id, threat.id.as_str(), state)).collect()
}

fn injection<'a>(id: usize, game_id: &'a str, threat: &'a str, state: &'a ThreatState) -> Injection<'a> {
    let answer = state.answer.as_ref();
    let made = answer.map(|answer| answer.responses.iter().map(ResponseId::as_str).collect::<Vec<_>>());
    Injection {
        id,
        game_id,
        threat,
        predefined_responses_made: made.filter(|made| !made.is_empty()),
        // a wrong answer has none in the original
        is_response_correct: answer.map(|answer| answer.correct).filter(|correct| *correct),
        custom_response: answer.map(|answer| answer.custom.as_str()).filter(|custom| !custom.is_empty()),
        prevented: state.prevented_at.is_some(),
        prevented_at: state.prevented_at,
        delivered: state.delivered_at.is_some(),
        delivered_at: state.delivered_at,
        response_made_at: state.answered_at,
    }
}

fn mitigations<'a>(exercise: &'a Exercise, game_id: &'a str, shape: Shape) -> Vec<Mitigation<'a>> {
    let held = exercise.scenario().mitigations.iter().zip(&exercise.board().mitigations);
    let rows = held.flat_map(|(mitigation, holding)| {
        let places: Vec<Place> = mitigation.cost.places().collect();
        let rows: Vec<(Option<&'static str>, Vec<Option<Bought>>)> = match shape {
            Shape::V1 => places.iter().map(|at| (Some(place(*at)), vec![holding.at(*at)])).collect(),
            Shape::V2 => vec![(None, places.iter().map(|at| holding.at(*at)).collect())],
        };
        rows.into_iter().map(|(location, held)| (mitigation.id.as_str(), location, held))
    });
    rows.zip(1..)
        .map(|((of, location, held), id)| Mitigation {
            id,
            game_id,
            of,
            location,
            state: held.iter().all(Option::is_some),
            preparation: held.iter().all(|held| *held == Some(Bought::Preparation)),
        })
        .collect()
}

fn systems<'a>(exercise: &'a Exercise, game_id: &'a str) -> Vec<System<'a>> {
    let systems = exercise.scenario().systems.iter().zip(&exercise.board().systems).zip(1..);
    systems.map(|((system, up), id)| System { id, game_id, of: system.id.as_str(), state: *up }).collect()
}
