//! An exercise with a log and a clock, for tests.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod people;
mod properties;
mod rules;
mod undo;
mod views;

use chorus_platform::live::{Actor, Rules};
use chorus_platform::log::Entry;
use chorus_platform::rooms::Role;
use serde_json::{Value, json};

use super::*;
use crate::events::{Answer, ExerciseChanges};
use crate::scenario::{Document, Points};

const START: Millis = 1_000_000;
const MINUTE: Millis = 60_000;

fn member(number: i64) -> MemberId {
    MemberId::from_stored(number)
}

fn host() -> Actor {
    Actor { member: member(1), role: Role::Host }
}

fn second_host() -> Actor {
    Actor { member: member(2), role: Role::Host }
}

fn observer() -> Actor {
    Actor { member: member(50), role: Role::Observer }
}

fn participant(number: i64) -> Actor {
    Actor { member: member(100 + number), role: Role::Participant }
}

fn points(points: f64) -> Points {
    Points::from_f64(points).unwrap()
}

/// The fixture of the original's own tests, and somewhat more.
fn fixture() -> Document {
    serde_json::from_value(json!({
        "format": "chorus-scenario/1", "title": "A campaign",
        "settings": { "budget": 7000, "support": 40 },
        "systems": [
            { "id": "S1", "name": "Website", "at": "party" },
            { "id": "S2", "name": "Phones", "at": "hq" },
        ],
        "mitigations": [
            { "id": "M1", "name": "Locks", "category": "Office", "cost": { "hq": 500, "local": 1000 } },
            { "id": "M2", "name": "Training", "category": "People", "cost": { "local": 1200 } },
            { "id": "M3", "name": "Backups", "category": "Data", "cost": 800 },
        ],
        "roles": [{ "id": "R1", "name": "Candidate", "at": "hq" }, { "id": "R2", "name": "Volunteer", "at": "local" }],
        "responses": [
            { "id": "RP1", "text": "Restore it", "cost": 0, "at": "local", "restores": ["S1"], "requires": "M1" },
            { "id": "RP2", "text": "Train them", "at": "local", "mitigation": "M2" },
            { "id": "RP3", "text": "Restore it anyway", "cost": 300, "restores": ["S1"] },
        ],
        "threats": [
            { "id": "I1", "title": "Burglary", "at": "1:00", "place": "hq", "support": -0.5, "disables": ["S1"],
              "prevented_by": "M1", "prevented_at": "local", "followup": "I2", "responses": ["RP1"] },
            { "id": "I2", "title": "Press", "at": "5:00", "place": "hq", "kind": "board", "support": -0.5,
              "responses": ["RP2"] },
            { "id": "I3", "title": "Phishing", "at": "10:00", "place": "local", "to": ["R2"], "support": -1,
              "prevented_by": "M2" },
            { "id": "I4", "title": "Rumour", "at": "10:00", "kind": "background", "support": -2,
              "prevented_by": "M1", "prevented_at": "party" },
        ],
        "actions": [
            { "id": "A1", "text": "Rally", "at": "hq", "cost": 1000, "support": 5, "needs": ["S1", "S2"], "roles": ["R1"] },
            { "id": "A2", "text": "Fundraiser", "at": "local", "gain": 1500, "needs": ["S2"] },
        ],
        "curveballs": [
            { "id": "C4", "text": "Bad news", "budget": -1000, "support": -10 },
            { "id": "C7", "text": "Good news", "budget": 1500, "support": 10 },
            { "id": "C8", "text": "Embezzlement", "lose_budget": true },
        ],
    }))
    .unwrap()
}

/// An exercise, its log and its clock.
struct Room {
    exercise: Exercise,
    log: Vec<Entry<Event>>,
    now: Millis,
}

impl Room {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Document)) -> Self {
        let mut scenario = fixture();
        change(&mut scenario);
        Scenario::new(scenario.clone()).unwrap();
        let mut room = Self { exercise: Exercise::new("ABC234".into()), log: Vec::new(), now: START };
        let settings = scenario.settings.clone();
        let created = Created { title: "Monday".into(), settings, scenario: Arc::new(scenario) };
        room.append(Some(host().member), Event::Created(Box::new(created)));
        room
    }

    /// In the simulation, with the money that was there.
    fn started() -> Self {
        Self::started_with(|_| {})
    }

    fn started_with(change: impl FnOnce(&mut Document)) -> Self {
        let mut room = Self::with(|scenario| {
            scenario.settings.carry_over = true;
            change(scenario);
        });
        room.run(json!({ "do": "start" })).unwrap();
        room
    }

    fn append(&mut self, member: Option<MemberId>, event: Event) {
        let entry = Entry { offset: self.log.len() as u64 + 1, at: self.now, member, command: None, event };
        self.exercise.apply(&entry);
        self.log.push(entry);
    }

    fn wait(&mut self, millis: Millis) {
        self.now += millis;
        while let Some(event) = self.exercise.wake(self.now) {
            self.append(None, event);
        }
    }

    fn run(&mut self, action: Value) -> Result<(), Refusal> {
        self.run_as(host(), action)
    }

    fn run_as(&mut self, actor: Actor, action: Value) -> Result<(), Refusal> {
        let action: ExerciseAction = serde_json::from_value(action).unwrap();
        self.command(actor, &Command::Act(action))
    }

    fn classic(&mut self, action: Value) -> Result<(), Refusal> {
        let action: ExerciseAction = serde_json::from_value(action).unwrap();
        self.command(host(), &Command::Classic(action))
    }

    fn command(&mut self, actor: Actor, command: &Command) -> Result<(), Refusal> {
        let event = self.exercise.decide_command(actor, command, self.now)?;
        self.append(Some(actor.member), event);
        Ok(())
    }

    fn deliver(&mut self, threat: &str) {
        self.run(json!({ "do": "deliver", "threat": threat, "early": true })).unwrap();
    }

    fn respond(&mut self, threat: &str, responses: &[&str]) -> Result<(), Refusal> {
        self.run(json!({ "do": "respond", "threat": threat, "answer": { "responses": responses, "correct": true } }))
    }

    fn budget(&self) -> i64 {
        self.exercise.board.budget
    }

    fn support(&self) -> Points {
        self.exercise.board.support
    }

    fn elapsed(&self) -> i64 {
        self.exercise.board.clock.elapsed(self.now)
    }

    fn threat(&self, id: &str) -> &ThreatState {
        let id = crate::scenario::ThreatId::parse(id).unwrap();
        self.exercise.board.threat(&self.exercise.scenario, &id).unwrap()
    }

    fn is_up(&self, id: &str) -> bool {
        let id = crate::scenario::SystemId::parse(id).unwrap();
        self.exercise.board.is_up(&self.exercise.scenario, &id)
    }

    fn last(&self) -> Offset {
        self.exercise.offset
    }

    fn changes(&self, viewer: &Viewer, since: Offset) -> ExerciseChanges {
        self.exercise.changes(viewer, since, self.now)
    }

    /// The last thing that happened.
    fn deed(&self) -> &Deed {
        &self.exercise.history.last().unwrap().deed
    }

    fn has_done_nothing(&self) -> bool {
        matches!(self.log.last().unwrap().event, Event::Nothing)
    }
}
