//! The rules, one by one, and as properties of any sequence of commands.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use chorus_platform::Millis;
use chorus_platform::live::{Actor, Rules};
use chorus_platform::log::Entry;
use chorus_platform::rooms::{MemberId, Role};
use proptest::prelude::*;

use super::*;
use crate::events::{Action, Changes, Kind, Phase, Question, QuestionTally, QuestionView};

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

#[test]
fn a_vote_counts_once_and_may_be_changed() {
    let mut room = Room::new(vec![single("?")]);
    assert_eq!(room.vote(1, 1, &[0]), Err(Refusal::UnknownQuestion));
    room.open(1);
    room.vote(1, 1, &[0]).unwrap();
    room.vote(1, 1, &[2]).unwrap();
    room.vote(2, 1, &[2]).unwrap();
    assert_eq!(room.counts(1), [0, 0, 2]);
    assert_eq!(room.poll.people_voted(), 2);
}

#[test]
fn a_final_vote_stays_and_its_repetition_is_fine() {
    let question = Question { changeable: false, ..single("?") };
    let mut room = Room::new(vec![question]);
    room.open(1);
    room.vote(1, 1, &[0]).unwrap();
    room.vote(1, 1, &[0]).unwrap();
    assert_eq!(room.vote(1, 1, &[1]), Err(Refusal::AlreadyVoted));
    assert_eq!(room.counts(1), [1, 0, 0]);
}

#[test]
fn choices_must_be_there_once_and_not_too_many() {
    let multiple = Question {
        kind: Kind::Multiple { options: vec!["a".into(), "b".into(), "c".into()], max: 2 },
        ..single("?")
    };
    let mut room = Room::new(vec![single("?"), multiple]);
    room.open(1);
    assert_eq!(room.vote(1, 1, &[]), Err(Refusal::InvalidChoice));
    assert_eq!(room.vote(1, 1, &[3]), Err(Refusal::InvalidChoice));
    assert_eq!(room.vote(1, 1, &[255]), Err(Refusal::InvalidChoice));
    assert_eq!(room.vote(1, 1, &[0, 1]), Err(Refusal::TooManyChoices(1)));
    room.open(2);
    assert_eq!(room.vote(1, 2, &[1, 1]), Err(Refusal::InvalidChoice));
    assert_eq!(room.vote(1, 2, &[0, 1, 2]), Err(Refusal::TooManyChoices(2)));
    room.vote(1, 2, &[2, 0]).unwrap();
    assert_eq!(room.counts(2), [1, 0, 1]);
}

#[test]
fn opening_closes_what_else_is_open_and_shows_it() {
    let mut room = Room::new(vec![single("1"), single("2")]);
    room.open(1);
    room.open(2);
    assert_eq!((room.phase(1), room.phase(2)), (Phase::Closed, Phase::Open));
    assert_eq!(room.vote(1, 1, &[0]), Err(Refusal::NotOpen));
    let changes = room.poll.changes(Viewer::Public, 0, room.now);
    assert_eq!(changes.poll.unwrap().current, Some(2));
}

#[test]
fn a_count_down_closes_the_question() {
    let mut room = Room::new(vec![single("?")]);
    let open = |seconds| Action::Open { question: 1, seconds: Some(seconds) };
    assert!(matches!(room.act(host(), open(4)), Err(Refusal::Invalid(_))));
    room.act(host(), open(5)).unwrap();
    assert_eq!(room.poll.wake_at(), Some(START + 5_000));
    room.now += 5_000;
    assert_eq!(room.vote(1, 1, &[0]), Err(Refusal::NotOpen), "the clock counts, not the timer");
    room.wait(0);
    assert_eq!(room.phase(1), Phase::Closed);
    assert_eq!(room.poll.wake_at(), None);
}

#[test]
fn an_end_time_ends_the_poll_and_reopening_takes_it_back() {
    let mut room = Room::new(vec![single("?")]);
    room.open(1);
    let ends_at = Some(START - 1);
    let title = " Better ".into();
    room.act(host(), Action::Settings { title, ends_at }).unwrap();
    assert_eq!(room.vote(1, 1, &[0]), Err(Refusal::Ended));
    room.wait(0);
    assert!(room.poll.is_ended());
    assert_eq!(room.poll.title(), "Better");
    assert_eq!(room.phase(1), Phase::Closed);
    assert_eq!(room.poll.header().closed, Some(START));
    let open = Action::Open { question: 1, seconds: None };
    assert_eq!(room.act(host(), open), Err(Refusal::Ended));
    room.act(host(), Action::Reopen).unwrap();
    room.open(1);
    room.vote(1, 1, &[0]).unwrap();
}

#[test]
fn only_the_host_runs_the_poll_and_a_projector_does_nothing() {
    let mut room = Room::new(vec![single("?")]);
    room.open(1);
    assert_eq!(room.act(voter(1), Action::End), Err(Refusal::Forbidden));
    let projector = Actor { role: Role::Projector, ..voter(2) };
    let vote = Action::Vote { question: 1, choices: vec![0] };
    assert_eq!(room.act(projector, vote), Err(Refusal::Forbidden));
    assert_eq!(room.act(projector, Action::End), Err(Refusal::Forbidden));
}

#[test]
fn with_votes_only_the_wording_may_change() {
    let mut room = Room::new(vec![single("?")]);
    room.open(1);
    room.vote(1, 1, &[1]).unwrap();
    let mut content = single("Better?");
    content.kind = Kind::Single { options: vec!["Y".into(), "N".into(), "M".into()] };
    let edit = |content| Action::Edit { question: 1, content };
    room.act(host(), edit(content.clone())).unwrap();
    assert_eq!(room.counts(1), [0, 1, 0]);
    content.kind = Kind::Single { options: vec!["Y".into(), "N".into()] };
    assert_eq!(room.act(host(), edit(content.clone())), Err(Refusal::HasVotes));
    room.act(host(), Action::Reset { question: 1 }).unwrap();
    room.act(host(), edit(content)).unwrap();
    assert_eq!(room.counts(1), [0, 0]);
    assert_eq!(room.poll.people_voted(), 0);
}

#[test]
fn texts_are_trimmed_and_bounded() {
    let mut room = Room::new(vec![]);
    let add = |content| Action::Add { content, index: None };
    room.act(host(), add(single("  Is it?  "))).unwrap();
    assert_eq!(room.poll.question(1).unwrap().content().text, "Is it?");
    let options = |options: &[&str]| Question {
        kind: Kind::Single { options: options.iter().map(ToString::to_string).collect() },
        ..single("?")
    };
    let rating = |scale| Question {
        kind: Kind::Rating { scale, low: String::new(), high: String::new() },
        ..single("?")
    };
    for bad in [
        single(""),
        single(" \n "),
        single("a\0b"),
        single("a\nb"),
        single("\u{202e}abc"),
        single(&"x".repeat(501)),
        options(&["one"]),
        options(&["same", " same"]),
        options(&["", "b"]),
        options(&["a"; 13]),
        rating(1),
        rating(11),
        Question { seconds: Some(3_601), ..single("?") },
        Question { kind: Kind::Multiple { options: vec!["a".into(), "b".into()], max: 3 }, ..single("?") },
    ] {
        let refused = room.act(host(), add(bad.clone()));
        assert!(matches!(refused, Err(Refusal::Invalid(_))), "{bad:?}");
    }
    room.act(host(), add(single(&"é".repeat(500)))).unwrap();
    room.act(host(), add(rating(10))).unwrap();
}

#[test]
fn a_poll_holds_so_many_questions() {
    let mut room = Room::new(vec![single("?"); MAX_QUESTIONS]);
    let duplicate = Action::Duplicate { question: 1 };
    assert_eq!(room.act(host(), duplicate.clone()), Err(Refusal::TooManyQuestions));
    room.act(host(), Action::Remove { question: 7 }).unwrap();
    room.act(host(), duplicate).unwrap();
    let order: Vec<_> = room.poll.questions().map(Item::id).take(3).collect();
    assert_eq!(order, [1, 201, 2], "a copy is behind its original, with an id of its own");
}

#[test]
fn participants_never_see_drafts_nor_hidden_counts() {
    let hidden = Question { hidden: true, ..single("secret") };
    let mut room = Room::new(vec![hidden, single("draft")]);
    assert!(room.poll.changes(Viewer::Public, 0, START).questions.is_empty());
    assert_eq!(room.poll.changes(Viewer::Host, 0, START).questions.len(), 2);
    room.open(1);
    room.vote(1, 1, &[0]).unwrap();
    let tally = |room: &Room, viewer| room.poll.tally(viewer, 1).unwrap();
    let unseen = QuestionTally { id: 1, voted: 1, counts: None };
    let seen = QuestionTally { id: 1, voted: 1, counts: Some(vec![1, 0, 0]) };
    assert_eq!(tally(&room, Viewer::Public), unseen);
    assert_eq!(tally(&room, Viewer::Host), seen);
    assert_eq!(room.poll.tally(Viewer::Public, 2), None);
    room.act(host(), Action::Reveal { question: 1 }).unwrap();
    assert_eq!(tally(&room, Viewer::Public), seen);
    room.act(host(), Action::Hide { question: 1 }).unwrap();
    assert_eq!(tally(&room, Viewer::Public), unseen);
}

#[test]
fn a_question_made_a_draft_again_is_taken_from_participants() {
    let mut room = Room::new(vec![single("?")]);
    room.open(1);
    let since = room.poll.offset();
    room.act(host(), Action::Reset { question: 1 }).unwrap();
    let changes = room.poll.changes(Viewer::Public, since, START);
    assert_eq!(changes.removed, [1]);
    let poll = changes.poll.unwrap();
    assert_eq!((poll.order.len(), poll.current), (0, None));
    let for_host = room.poll.changes(Viewer::Host, since, START);
    assert_eq!((for_host.questions[0].round, for_host.removed.len()), (1, 0));
}

#[test]
fn editing_drafts_is_nothing_to_participants() {
    let mut room = Room::new(vec![single("1"), single("2")]);
    let since = room.poll.offset();
    let add = Action::Add { content: single("3"), index: Some(0) };
    room.act(host(), add).unwrap();
    room.act(host(), Action::Move { question: 2, index: 0 }).unwrap();
    room.act(host(), Action::Remove { question: 3 }).unwrap();
    assert!(room.poll.changes(Viewer::Public, since, START).is_empty());
    assert!(!room.poll.changes(Viewer::Host, since, START).is_empty());
}

#[test]
fn a_client_that_is_ahead_gets_everything() {
    let room = Room::new(vec![single("1")]);
    assert!(room.poll.changes(Viewer::Host, 99, START).whole);
    assert!(!room.poll.changes(Viewer::Host, 1, START).whole);
}

#[test]
fn a_vote_held_while_here_goes_with_its_voter_and_others_stay() {
    let mut room = Room::new(vec![single("?")]);
    room.open(1);
    let held = Command::VoteWhileHere { question: 1, choices: vec![0] };
    room.run(voter(1), held.clone()).unwrap();
    room.vote(2, 1, &[0]).unwrap();
    room.run(voter(1), Command::Leave).unwrap();
    room.run(voter(2), Command::Leave).unwrap();
    assert_eq!(room.counts(1), [1, 0, 0]);
    assert_eq!(room.poll.people_voted(), 1);
}

#[test]
fn stored_events_read_as_they_always_did() {
    let json = r#"{"voted":{"question":3,"choices":[0,2]}}"#;
    let event: Event = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), json);
    let json = r#"{"created":{"title":"t","questions":[{"text":"q","kind":"single","options":["a","b"],"changeable":true,"hidden":false,"seconds":null}]}}"#;
    let event: Event = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&event).unwrap(), json);
    for json in [r#""ended""#, r#""left""#, r#"{"opened":{"question":1,"closes_at":null}}"#] {
        let event: Event = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
    }
}

/// What a client holds after it has taken in some `changes`.
#[derive(Debug, Default, PartialEq)]
struct Client {
    poll: Option<crate::events::PollView>,
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
