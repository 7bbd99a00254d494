//! Which event a command makes, or why it is refused.

use chorus_platform::live::Actor;
use chorus_platform::rooms::Role;

use super::{Command, Event, Item, MAX_QUESTIONS, MAX_VOTERS, Poll, Refusal, check};
use crate::events::{Action, Millis, Phase, Question, QuestionId};

impl Poll {
    pub(super) fn decide_command(
        &self,
        actor: Actor,
        command: &Command,
        now: Millis,
    ) -> Result<Event, Refusal> {
        match command {
            Command::Act(Action::Vote { question, choices }) => {
                self.decide_vote(actor, *question, choices, false, now)
            }
            Command::VoteWhileHere { question, choices } => {
                self.decide_vote(actor, *question, choices, true, now)
            }
            Command::Leave => Ok(Event::Left),
            Command::Act(_) if actor.role != Role::Host => Err(Refusal::Forbidden),
            Command::Act(action) => self.decide_action(action, now),
        }
    }

    fn decide_vote(
        &self,
        actor: Actor,
        question: QuestionId,
        choices: &[u8],
        while_here: bool,
        now: Millis,
    ) -> Result<Event, Refusal> {
        if actor.role == Role::Projector {
            return Err(Refusal::Forbidden);
        }
        let item = self.item(question)?;
        if !item.is_visible() && actor.role != Role::Host {
            return Err(Refusal::UnknownQuestion);
        }
        if self.ended.is_some() || self.ends_at.is_some_and(|at| at <= now) {
            return Err(Refusal::Ended);
        }
        if item.phase != Phase::Open || item.closes_at.is_some_and(|at| at <= now) {
            return Err(Refusal::NotOpen);
        }
        let choices = item.choices(choices)?;
        let before = item.vote_of(actor.member);
        if !item.content.changeable && before.is_some_and(|before| before != choices) {
            return Err(Refusal::AlreadyVoted);
        }
        if self.voters.len() >= MAX_VOTERS && !self.voters.contains_key(&actor.member) {
            return Err(Refusal::Full);
        }
        Ok(Event::Voted { question, choices, while_here })
    }

    fn decide_action(&self, action: &Action, now: Millis) -> Result<Event, Refusal> {
        let known = |question: QuestionId| self.item(question).map(|_| question);
        Ok(match action {
            Action::Vote { .. } => return Err(Refusal::Forbidden),
            Action::Add { content, index } => self.decide_add(content.clone(), *index)?,
            Action::Edit { question, content } => self.decide_edit(*question, content.clone())?,
            Action::Remove { question } => Event::Removed { question: known(*question)? },
            Action::Move { question, index } => Event::Moved {
                question: known(*question)?,
                index: (*index).min(self.order.len().saturating_sub(1) as u32),
            },
            Action::Duplicate { question } => {
                let content = self.item(*question)?.content.clone();
                let position = self.order.iter().position(|id| id == question);
                self.decide_add(content, position.map(|position| position as u32 + 1))?
            }
            Action::Open { question, seconds } => self.decide_open(*question, *seconds, now)?,
            Action::Close { question } => match self.item(*question)?.phase {
                Phase::Draft => return Err(Refusal::NotOpen),
                Phase::Open | Phase::Closed => Event::Closed { question: *question },
            },
            Action::Reveal { question } => Event::Revealed { question: known(*question)? },
            Action::Hide { question } => Event::Hidden { question: known(*question)? },
            Action::Reset { question } => Event::Reset { question: known(*question)? },
            Action::Show { question: None } => Event::Shown { question: None },
            Action::Show { question: Some(question) } => match self.item(*question)?.phase {
                Phase::Draft => return Err(Refusal::Draft),
                Phase::Open | Phase::Closed => Event::Shown { question: Some(*question) },
            },
            Action::Settings { title, ends_at } => Event::Set {
                title: check::check_title(title)?,
                ends_at: ends_at.map(check::moment).transpose()?,
            },
            Action::End => Event::Ended,
            Action::Reopen => Event::Reopened,
        })
    }

    fn decide_add(&self, content: Question, index: Option<u32>) -> Result<Event, Refusal> {
        if self.order.len() >= MAX_QUESTIONS {
            return Err(Refusal::TooManyQuestions);
        }
        let end = self.order.len() as u32;
        Ok(Event::Added {
            question: self.last_question.checked_add(1).ok_or(Refusal::TooManyQuestions)?,
            content: check::question(content)?,
            index: index.unwrap_or(end).min(end),
        })
    }

    fn decide_edit(&self, question: QuestionId, content: Question) -> Result<Event, Refusal> {
        let item = self.item(question)?;
        let content = check::question(content)?;
        if item.voted() > 0 && !item.keeps_votes_with(&content) {
            return Err(Refusal::HasVotes);
        }
        Ok(Event::Edited { question, content })
    }

    fn decide_open(&self, question: QuestionId, seconds: Option<u32>, now: Millis) -> Result<Event, Refusal> {
        let item = self.item(question)?;
        if self.ended.is_some() {
            return Err(Refusal::Ended);
        }
        let seconds = match seconds {
            None => item.content.seconds,
            Some(0) => None,
            Some(seconds) => Some(check::seconds(seconds)?),
        };
        Ok(Event::Opened {
            question,
            closes_at: seconds.map(|seconds| now.saturating_add(i64::from(seconds) * 1_000)),
        })
    }

    fn item(&self, question: QuestionId) -> Result<&Item, Refusal> {
        self.question(question).ok_or(Refusal::UnknownQuestion)
    }
}
