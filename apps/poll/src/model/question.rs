//! One question and its votes.

use std::collections::HashMap;

use chorus_platform::log::Offset;
use chorus_platform::rooms::MemberId;

use super::{Choices, Refusal};
use crate::events::{Kind, Millis, Phase, Question, QuestionId, QuestionTally, QuestionView};

/// A question of a poll, with its votes.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub(super) id: QuestionId,
    pub(super) content: Question,
    pub(super) phase: Phase,
    pub(super) closes_at: Option<Millis>,
    pub(super) revealed: bool,
    pub(super) round: u32,
    /// The entry that last changed it; votes do not count as a change.
    pub(super) changed: Offset,
    /// The entry that last made a draft of it, 0 if it has never been anything else.
    pub(super) withdrawn: Offset,
    counts: Vec<u32>,
    votes: HashMap<MemberId, Vote>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Vote {
    choices: Choices,
    while_here: bool,
}

impl Item {
    pub(super) fn new(id: QuestionId, content: Question, changed: Offset) -> Self {
        Self {
            id,
            phase: Phase::Draft,
            closes_at: None,
            revealed: !content.hidden,
            round: 0,
            changed,
            withdrawn: 0,
            counts: vec![0; content.kind.choices()],
            votes: HashMap::new(),
            content,
        }
    }

    /// Its id.
    pub fn id(&self) -> QuestionId {
        self.id
    }

    /// Its content.
    pub fn content(&self) -> &Question {
        &self.content
    }

    /// Where it stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether participants and projector see the results.
    pub fn is_revealed(&self) -> bool {
        self.revealed
    }

    /// Votes by choice.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// How many people voted.
    pub fn voted(&self) -> u32 {
        self.votes.len() as u32
    }

    /// What somebody voted.
    pub fn vote_of(&self, member: MemberId) -> Option<Choices> {
        self.votes.get(&member).map(|vote| vote.choices)
    }

    /// Everybody who voted.
    pub fn voters(&self) -> impl Iterator<Item = MemberId> {
        self.votes.keys().copied()
    }

    /// Those whose vote is taken back when they go.
    pub fn voters_while_here(&self) -> impl Iterator<Item = MemberId> {
        let held = self.votes.iter().filter(|(_, vote)| vote.while_here);
        held.map(|(member, _)| *member)
    }

    pub(super) fn holds(&self, member: MemberId) -> bool {
        self.votes.get(&member).is_some_and(|vote| vote.while_here)
    }

    pub(super) fn is_visible(&self) -> bool {
        self.phase != Phase::Draft
    }

    /// The choices of a vote, if the question takes them.
    pub(super) fn choices(&self, positions: &[u8]) -> Result<Choices, Refusal> {
        let most = match &self.content.kind {
            Kind::Single { .. } | Kind::Rating { .. } => 1,
            Kind::Multiple { max, .. } => *max,
        };
        let choices = Choices::new(positions).ok_or(Refusal::InvalidChoice)?;
        let there = choices.highest().is_some_and(|highest| usize::from(highest) < self.counts.len());
        if !there {
            Err(Refusal::InvalidChoice)
        } else if choices.len() > usize::from(most) {
            Err(Refusal::TooManyChoices(most))
        } else {
            Ok(choices)
        }
    }

    /// Whether votes keep their meaning when the content is replaced.
    pub(super) fn keeps_votes_with(&self, content: &Question) -> bool {
        match (&self.content.kind, &content.kind) {
            (Kind::Single { options: old }, Kind::Single { options: new }) => old.len() == new.len(),
            (Kind::Multiple { options: old, max }, Kind::Multiple { options: new, max: new_max }) => {
                old.len() == new.len() && max == new_max
            }
            (Kind::Rating { scale: old, .. }, Kind::Rating { scale: new, .. }) => old == new,
            _ => false,
        }
    }

    pub(super) fn rewrite(&mut self, content: Question) {
        if content.hidden != self.content.hidden {
            self.revealed = !content.hidden;
        }
        if self.votes.is_empty() {
            self.counts = vec![0; content.kind.choices()];
        }
        self.content = content;
    }

    /// Takes a vote in place of an earlier one; whether it is the first of its voter.
    pub(super) fn vote(&mut self, member: MemberId, choices: Choices, while_here: bool) -> bool {
        let vote = Vote { choices, while_here };
        let before = self.votes.insert(member, vote);
        if let Some(before) = before {
            self.count(before.choices, u32::wrapping_sub);
        }
        self.count(choices, u32::wrapping_add);
        before.is_none()
    }

    pub(super) fn take_back(&mut self, member: MemberId) {
        if let Some(vote) = self.votes.remove(&member) {
            self.count(vote.choices, u32::wrapping_sub);
        }
    }

    pub(super) fn clear(&mut self) {
        self.votes = HashMap::new();
        self.counts.fill(0);
    }

    pub(super) fn view(&self) -> QuestionView {
        QuestionView {
            id: self.id,
            content: self.content.clone(),
            phase: self.phase,
            closes_at: self.closes_at,
            revealed: self.revealed,
            round: self.round,
        }
    }

    pub(super) fn tally(&self, with_counts: bool) -> QuestionTally {
        QuestionTally { id: self.id, voted: self.voted(), counts: with_counts.then(|| self.counts.clone()) }
    }

    fn count(&mut self, choices: Choices, by: fn(u32, u32) -> u32) {
        for choice in choices.iter() {
            if let Some(count) = self.counts.get_mut(usize::from(choice)) {
                *count = by(*count, 1);
            }
        }
    }
}

impl Kind {
    /// How many choices there are.
    pub fn choices(&self) -> usize {
        match self {
            Self::Single { options } | Self::Multiple { options, .. } => options.len(),
            Self::Rating { scale, .. } => usize::from(*scale),
        }
    }
}
