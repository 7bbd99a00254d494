//! The rules, one by one.

use super::*;

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
