//! What holds after any sequence of commands.

use proptest::prelude::*;

use super::*;
use crate::events::{Changes, PollView, QuestionView};

/// What a client holds after it has taken in some `changes`.
#[derive(Debug, Default, PartialEq)]
struct Client {
    poll: Option<PollView>,
    questions: std::collections::BTreeMap<QuestionId, QuestionView>,
    offset: u64,
}

impl Client {
    fn take(&mut self, changes: Changes) {
        if changes.whole {
            *self = Self::default();
        }
        self.offset = changes.offset;
        self.poll = changes.poll.or(self.poll.take());
        for question in changes.questions {
            self.questions.insert(question.id, question);
        }
        for removed in changes.removed {
            self.questions.remove(&removed);
        }
    }
}

fn any_action() -> impl Strategy<Value = Action> {
    let question = 1..6_u32;
    let content = (any::<bool>(), any::<bool>(), 0..3_u8).prop_map(|(changeable, hidden, kind)| {
        let options = vec!["a".to_owned(), "b".to_owned()];
        let kind = match kind {
            0 => Kind::Single { options },
            1 => Kind::Multiple { options, max: 2 },
            _ => Kind::Rating { scale: 5, low: String::new(), high: String::new() },
        };
        Question { text: "?".into(), kind, changeable, hidden, seconds: None }
    });
    let choices = proptest::collection::vec(0..4_u8, 0..3);
    prop_oneof![
        8 => (question.clone(), choices).prop_map(|(question, choices)| Action::Vote { question, choices }),
        2 => (content.clone(), proptest::option::of(0..9_u32)).prop_map(|(content, index)| Action::Add { content, index }),
        1 => (question.clone(), content).prop_map(|(question, content)| Action::Edit { question, content }),
        1 => question.clone().prop_map(|question| Action::Remove { question }),
        1 => (question.clone(), 0..9_u32).prop_map(|(question, index)| Action::Move { question, index }),
        1 => question.clone().prop_map(|question| Action::Duplicate { question }),
        4 => (question.clone(), proptest::option::of(5..9_u32)).prop_map(|(question, seconds)| Action::Open { question, seconds }),
        1 => question.clone().prop_map(|question| Action::Close { question }),
        1 => question.clone().prop_map(|question| Action::Reveal { question }),
        1 => question.clone().prop_map(|question| Action::Hide { question }),
        1 => question.clone().prop_map(|question| Action::Reset { question }),
        1 => proptest::option::of(question).prop_map(|question| Action::Show { question }),
        1 => proptest::option::of(START..START + 60_000).prop_map(|ends_at| Action::Settings { title: "t".into(), ends_at }),
        1 => Just(Action::End),
        1 => Just(Action::Reopen),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_the_state_holds_together(
        steps in proptest::collection::vec((any_action(), 1..6_i64, 0..4_000_i64), 1..120),
        viewer in prop_oneof![Just(Viewer::Host), Just(Viewer::Public)],
        back in 0..10_usize,
    ) {
        let mut room = Room::new(vec![single("1"), single("2")]);
        let mut following = Client::default();
        let mut returning = Client::default();
        for (number, (action, who, wait)) in steps.into_iter().enumerate() {
            room.wait(wait);
            let actor = if matches!(action, Action::Vote { .. }) { voter(who) } else { host() };
            let _ = room.act(actor, action);

            // counts are what the votes say, and at most one question is open
            for item in room.poll.questions() {
                let mut counts = vec![0; item.counts().len()];
                for voter in item.voters() {
                    for choice in item.vote_of(voter).unwrap().iter() {
                        counts[usize::from(choice)] += 1;
                    }
                }
                prop_assert_eq!(item.counts(), &counts);
            }
            let open = room.poll.questions().filter(|item| item.phase() == Phase::Open);
            prop_assert!(open.count() <= 1);
            let voters: std::collections::HashSet<_> =
                room.poll.questions().flat_map(Item::voters).collect();
            prop_assert_eq!(room.poll.people_voted(), voters.len());

            // a client that follows, or comes back now and then, holds what a new one gets
            let mut fresh = Client::default();
            fresh.take(room.poll.changes(viewer, 0, room.now));
            following.take(room.poll.changes(viewer, following.offset, room.now));
            prop_assert_eq!(&following, &fresh);
            if number % (back + 1) == 0 {
                returning.take(room.poll.changes(viewer, returning.offset, room.now));
                prop_assert_eq!(&returning, &fresh);
            }
            if viewer == Viewer::Public {
                prop_assert!(fresh.questions.values().all(|question| question.phase != Phase::Draft));
            }
        }
        // the log, stored and read again, folds to the same state
        let mut again = Poll::new("ABC234".into());
        for entry in &room.log {
            let body = serde_json::to_string(&entry.event).unwrap();
            again.apply(&Entry { event: serde_json::from_str(&body).unwrap(), ..entry.clone() });
        }
        prop_assert_eq!(again, room.poll);
    }
}
