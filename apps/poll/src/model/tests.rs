//! A poll with a log and a clock, for tests.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod properties;
mod rules;
mod views;

use super::*;
use crate::events::{Action, Kind, Phase, Question};
use chorus_platform::Millis;
use chorus_platform::live::{Actor, Rules};
use chorus_platform::log::Entry;
use chorus_platform::rooms::{MemberId, Role};

const START: Millis = 1_000_000;

fn member(number: i64) -> MemberId {
    MemberId::from_stored(number)
}

fn host() -> Actor {
    Actor { member: member(1_000), role: Role::Host }
}

fn voter(number: i64) -> Actor {
    Actor { member: member(number), role: Role::Participant }
}

fn single(text: &str) -> Question {
    Question {
        text: text.to_owned(),
        kind: Kind::Single { options: vec!["yes".into(), "no".into(), "maybe".into()] },
        changeable: true,
        hidden: false,
        seconds: None,
    }
}

/// A poll, its log and its clock.
struct Room {
    poll: Poll,
    log: Vec<Entry<Event>>,
    now: Millis,
}

impl Room {
    fn new(questions: Vec<Question>) -> Self {
        let mut room = Self { poll: Poll::new("ABC234".into()), log: Vec::new(), now: START };
        let title = "A poll".to_owned();
        room.append(None, Event::Created { title, questions });
        room
    }

    fn append(&mut self, member: Option<MemberId>, event: Event) {
        let entry = Entry { offset: self.log.len() as u64 + 1, at: self.now, member, command: None, event };
        self.poll.apply(&entry);
        self.log.push(entry);
    }

    fn wait(&mut self, millis: Millis) {
        self.now += millis;
        while let Some(event) = self.poll.wake(self.now) {
            self.append(None, event);
        }
    }

    fn run(&mut self, actor: Actor, command: Command) -> Result<(), Refusal> {
        let event = self.poll.decide_command(actor, &command, self.now)?;
        self.append(Some(actor.member), event);
        Ok(())
    }

    fn act(&mut self, actor: Actor, action: Action) -> Result<(), Refusal> {
        self.run(actor, Command::Act(action))
    }

    fn vote(&mut self, number: i64, question: QuestionId, choices: &[u8]) -> Result<(), Refusal> {
        let choices = choices.to_vec();
        self.act(voter(number), Action::Vote { question, choices })
    }

    fn open(&mut self, question: QuestionId) {
        let open = Action::Open { question, seconds: None };
        self.act(host(), open).unwrap();
    }

    fn counts(&self, question: QuestionId) -> Vec<u32> {
        self.poll.question(question).unwrap().counts().to_vec()
    }

    fn phase(&self, question: QuestionId) -> Phase {
        self.poll.question(question).unwrap().phase()
    }
}
