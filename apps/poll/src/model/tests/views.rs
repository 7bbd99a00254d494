//! What a role may see.

use super::*;
use crate::events::QuestionTally;

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
