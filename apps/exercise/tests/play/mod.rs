//! Plays an exercise by its real rules, on a clock of its own.

#![allow(dead_code, reason = "each test uses a part of it")]

use chorus_exercise::events::{Answer, ExerciseAction, ExercisePhase};
use chorus_exercise::model::{Command, Created, Event, Exercise};
use chorus_exercise::review::Notes;
use chorus_exercise::scenario::{Document, Scenario};
use chorus_exercise::{events::Review, scenario::ThreatId};
use chorus_platform::live::{Actor, Rules};
use chorus_platform::log::Entry;
use chorus_platform::rooms::{MemberId, Role};

/// When the game is made: 20 November 2026, 15:13:22 UTC.
pub(crate) const MADE: i64 = 1_795_187_602_000;

pub(crate) const ANNA: Actor = Actor { member: MemberId::from_stored(1), role: Role::Host };
pub(crate) const BEN: Actor = Actor { member: MemberId::from_stored(2), role: Role::Host };
pub(crate) const OLGA: Actor = Actor { member: MemberId::from_stored(3), role: Role::Observer };

/// A game that is played.
pub(crate) struct Game {
    pub(crate) exercise: Exercise,
    pub(crate) now: i64,
}

impl Game {
    pub(crate) fn new(document: Document) -> Self {
        let settings = document.settings.clone();
        let scenario = Scenario::new(document).expect("the scenario has no faults").into_document();
        let created = Created { title: scenario.title.clone(), settings, scenario: scenario.into() };
        let mut game = Self { exercise: Exercise::new("ABCDEF".to_owned()), now: MADE };
        game.write(Some(ANNA.member), Event::Created(Box::new(created)));
        game
    }

    /// The game of a file in the folder of scenarios.
    pub(crate) fn shipped(name: &str) -> Document {
        let path = format!("{}/scenarios/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let yaml = std::fs::read_to_string(path).expect("the scenario is there");
        serde_saphyr::from_str(&yaml).expect("the scenario can be read")
    }

    /// Has Anna do something; whether it was not refused.
    pub(crate) fn act(&mut self, action: ExerciseAction) -> bool {
        self.act_as(ANNA, action).is_ok()
    }

    /// Has somebody do something; what it is refused with.
    pub(crate) fn act_as(&mut self, actor: Actor, action: ExerciseAction) -> Result<(), String> {
        let event = self.exercise.decide(actor, &Command::Act(action), self.now);
        let event = event.map_err(|error| error.to_string())?;
        self.write(Some(actor.member), event);
        Ok(())
    }

    /// Lets game time pass; the clock delivers what it has to.
    pub(crate) fn pass(&mut self, millis: i64) {
        let until = self.now + millis;
        while let Some(at) = self.exercise.wake_at().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            while let Some(event) = self.exercise.wake(self.now) {
                self.write(None, event);
            }
        }
        self.now = until;
    }

    pub(crate) fn elapsed(&self) -> i64 {
        self.exercise.board().clock.elapsed(self.now)
    }

    pub(crate) fn support(&self) -> f64 {
        self.exercise.board().support.as_f64()
    }

    pub(crate) fn is_running(&self) -> bool {
        self.exercise.board().phase == ExercisePhase::Simulation
    }

    pub(crate) fn review(&self) -> Review {
        Review::of(&self.exercise, self.now, Notes::Told)
    }

    fn write(&mut self, member: Option<MemberId>, event: Event) {
        let offset = self.exercise.offset() + 1;
        self.exercise.apply(&Entry { offset, at: self.now, member, command: None, event });
    }
}

/// A right answer in own words.
pub(crate) fn right() -> Answer {
    Answer { responses: Vec::new(), custom: "As it should be.".to_owned(), correct: true }
}

/// A wrong answer.
pub(crate) fn wrong() -> Answer {
    Answer { responses: Vec::new(), custom: "We wait and see.".to_owned(), correct: false }
}

pub(crate) fn respond(threat: &ThreatId, answer: Answer) -> ExerciseAction {
    ExerciseAction::Respond { threat: threat.clone(), answer }
}

/// Numbers that look random, the same for the same seed (`SplitMix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }

    /// Whether something happens that does so in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'t, T>(&mut self, things: &'t [T]) -> Option<&'t T> {
        things.get(self.below(things.len()))
    }
}
