//! Plays an exercise again, over a fresh board.

use chorus_platform::Millis;

use super::story::Story;
use super::{Notes, people};
use crate::events::{CurvePoint, Deed, ExercisePhase, Outage, PersonId, Remark, ReviewEvent, SystemOutcome};
use crate::model::{Board, Exercise, Holding, Record};
use crate::scenario::{Points, Settings, ThreatId};

/// What an exercise played again has shown.
pub(super) struct Replay {
    /// When the simulation began.
    pub(super) started: Option<Millis>,
    pub(super) curve: Vec<CurvePoint>,
    pub(super) events: Vec<ReviewEvent>,
    pub(super) systems: Vec<SystemOutcome>,
    /// What was in place when the simulation began, or is as long as it has not.
    pub(super) prepared: Vec<Holding>,
    /// What was paid for purchases, responses and actions.
    pub(super) spent: i64,
}

impl Replay {
    pub(super) fn of(exercise: &Exercise, notes: Notes) -> Self {
        let mut player = Player::new(exercise);
        for record in exercise.history() {
            player.play(record, notes);
        }
        player.end()
    }
}

/// What a deed is compared with.
struct Before {
    phase: ExercisePhase,
    budget: i64,
    support: Points,
    systems: Vec<bool>,
}

struct Player<'a> {
    exercise: &'a Exercise,
    story: Story<'a>,
    settings: Settings,
    board: Board,
    prevented: Vec<bool>,
    /// The latest moment: a clock that was set back takes nothing with it.
    latest: i64,
    replay: Replay,
}

impl<'a> Player<'a> {
    fn new(exercise: &'a Exercise) -> Self {
        let scenario = exercise.scenario();
        let settings = exercise.first_settings().clone();
        let systems = scenario.systems.iter().map(|system| SystemOutcome {
            id: system.id.clone(),
            name: system.name.clone(),
            at: system.at,
            down: Vec::new(),
        });
        let replay = Replay {
            started: None,
            curve: Vec::new(),
            events: Vec::new(),
            systems: systems.collect(),
            prepared: Vec::new(),
            spent: 0,
        };
        Self {
            story: Story::of(exercise),
            board: Board::new(scenario, &settings),
            prevented: vec![false; scenario.threats.len()],
            latest: 0,
            exercise,
            settings,
            replay,
        }
    }

    fn play(&mut self, record: &Record, notes: Notes) {
        self.latest = self.latest.max(record.elapsed);
        let before = self.before();
        // of the settings only the event tells what they were
        let event = is_told(&record.deed, notes).then(|| self.event(record));
        if record.undone.is_none() {
            self.apply(record);
        }
        if let Some(mut event) = event {
            event.budget = self.board.budget - before.budget;
            event.support = self.board.support - before.support;
            (event.budget_after, event.support_after) = (self.board.budget, self.board.support);
            self.replay.events.push(event);
        }
        self.tell_prevented(record);
        self.draw(&before);
        self.watch_systems(&before);
    }

    fn end(mut self) -> Replay {
        if self.replay.curve.is_empty() {
            self.replay.curve.push(self.point());
            self.replay.prepared.clone_from(&self.board.mitigations);
        }
        self.replay
    }

    fn before(&self) -> Before {
        Before {
            phase: self.board.phase,
            budget: self.board.budget,
            support: self.board.support,
            systems: self.board.systems.clone(),
        }
    }

    fn apply(&mut self, record: &Record) {
        let scenario = self.exercise.scenario();
        if record.deed == Deed::Started && self.board.phase == ExercisePhase::Preparation {
            self.replay.started = Some(record.at);
            self.replay.prepared.clone_from(&self.board.mitigations);
        }
        let before = self.board.budget;
        self.board.apply(scenario, &mut self.settings, &record.deed, record.at);
        self.replay.spent += match &record.deed {
            Deed::Bought { .. } | Deed::Sold { .. } | Deed::Responded { .. } | Deed::Restored { .. } => {
                before - self.board.budget
            }
            Deed::Acted { action } => {
                let action = scenario.actions.iter().find(|known| known.id == *action);
                action.map_or(0, |action| action.cost)
            }
            _ => 0,
        };
    }

    fn event(&self, record: &Record) -> ReviewEvent {
        let words = self.story.of_deed(&record.deed, &self.settings);
        ReviewEvent {
            entry: record.entry,
            at: record.elapsed,
            kind: record.deed.kind().to_owned(),
            text: words.text,
            detail: words.detail,
            by: people::name(self.exercise, record.member),
            threat: words.threat,
            budget: 0,
            support: Points::default(),
            undone: record.undone.is_some(),
            time: record.at,
            person: self.person(record),
            remark: remark(&record.deed),
            budget_after: self.board.budget,
            support_after: self.board.support,
        }
    }

    /// The threats that a deed has prevented.
    fn tell_prevented(&mut self, record: &Record) {
        let states = self.board.threats.iter().zip(&mut self.prevented);
        let mut news = Vec::new();
        for (index, (state, known)) in states.enumerate() {
            let prevented = state.prevented_at.is_some();
            if prevented && !*known {
                news.push(index);
            }
            *known = prevented;
        }
        for index in news {
            let Some(threat) = self.exercise.scenario().threats.get(index) else { continue };
            let event = ReviewEvent {
                kind: "prevented".to_owned(),
                text: threat.title.clone(),
                detail: self.story.prevented_by(threat, &record.deed),
                threat: Some(ThreatId::clone(&threat.id)),
                remark: None,
                ..self.event(record)
            };
            self.replay.events.push(event);
        }
    }

    fn draw(&mut self, before: &Before) {
        let begins = before.phase == ExercisePhase::Preparation && self.board.phase != before.phase;
        let changed = (self.board.budget, self.board.support) != (before.budget, before.support);
        if begins || (changed && self.board.phase != ExercisePhase::Preparation) {
            self.replay.curve.push(self.point());
        }
    }

    fn watch_systems(&mut self, before: &Before) {
        let states = before.systems.iter().zip(&self.board.systems);
        for (system, (before, after)) in self.replay.systems.iter_mut().zip(states) {
            match (before, after) {
                (true, false) => system.down.push(Outage { from: self.latest, to: None }),
                (false, true) => {
                    if let Some(outage) = system.down.last_mut() {
                        outage.to = Some(self.latest);
                    }
                }
                _ => {}
            }
        }
    }

    fn point(&self) -> CurvePoint {
        CurvePoint { at: self.latest, budget: self.board.budget, support: self.board.support }
    }

    fn person(&self, record: &Record) -> Option<PersonId> {
        record.member.and_then(|member| self.exercise.person(member)).map(|person| person.id)
    }
}

/// Who took part is a list of its own.
fn is_told(deed: &Deed, notes: Notes) -> bool {
    match deed {
        Deed::Introduced { .. } => false,
        Deed::Noted { .. } | Deed::Entrusted { .. } | Deed::Removed { .. } => notes == Notes::Told,
        _ => true,
    }
}

fn remark(deed: &Deed) -> Option<Remark> {
    match deed {
        Deed::Delivered { early: true, .. } => Some(Remark::Early),
        Deed::Responded { answer, .. } if answer.correct => Some(Remark::Right),
        Deed::Responded { .. } => Some(Remark::Wrong),
        Deed::Paused { restart: true, .. } => Some(Remark::Restart),
        Deed::Locked { locked: false } => Some(Remark::Unlocked),
        _ => None,
    }
}
