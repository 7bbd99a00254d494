//! Who may do what, and who is who.

use super::*;
use crate::events::Part;

#[test]
fn only_facilitators_act_and_observers_take_notes() {
    let mut room = Room::started();
    for actor in [observer(), participant(1), Actor { member: member(9), role: Role::Projector }] {
        for action in [
            json!({ "do": "pause" }),
            json!({ "do": "undo", "entry": 2 }),
            json!({ "do": "lock", "locked": true }),
        ] {
            assert_eq!(room.run_as(actor, action), Err(Refusal::Forbidden));
        }
    }
    let note = json!({ "do": "note", "text": " Nobody asked the office. ", "threat": "I1" });
    room.run_as(observer(), note.clone()).unwrap();
    assert!(matches!(room.deed(), Deed::Noted { text, .. } if text == "Nobody asked the office."));
    assert_eq!(room.run_as(participant(1), note), Err(Refusal::NoNotes));
    assert!(matches!(
        room.run_as(observer(), json!({ "do": "note", "text": " " })),
        Err(Refusal::Invalid(_))
    ));
    room.run(json!({ "do": "finish" })).unwrap();
    room.run_as(observer(), json!({ "do": "note", "text": "Well done" })).unwrap();
}

#[test]
fn people_say_who_they_are() {
    let mut room = Room::new();
    let introduce = json!({ "do": "introduce", "name": " Ann ", "role": "R2", "place": "local" });
    room.run_as(participant(1), introduce.clone()).unwrap();
    let person = room.exercise.person(participant(1).member).unwrap();
    assert_eq!((person.name.as_str(), person.part, person.id), ("Ann", Part::Participant, 1));
    room.run_as(participant(1), introduce).unwrap();
    assert!(room.has_done_nothing(), "as before");
    let unknown = json!({ "do": "introduce", "name": "", "role": "R9" });
    assert_eq!(room.run_as(participant(1), unknown), Err(Refusal::Unknown("role R9".into())));
    let long = json!({ "do": "introduce", "name": "x".repeat(MAX_NAME + 1) });
    assert!(matches!(room.run_as(participant(1), long), Err(Refusal::Invalid(_))));
}

#[test]
fn who_is_put_out_may_nothing_any_more() {
    let mut room = Room::started();
    room.run_as(second_host(), json!({ "do": "introduce", "name": "Bob" })).unwrap();
    room.run_as(host(), json!({ "do": "introduce", "name": "Ann" })).unwrap();
    let bob = room.exercise.person(second_host().member).unwrap().id;
    let ann = room.exercise.person(host().member).unwrap().id;
    let owner = room.run_as(second_host(), json!({ "do": "remove", "person": ann }));
    assert!(matches!(owner, Err(Refusal::Invalid(_))), "whoever made it stays");
    assert!(matches!(room.run(json!({ "do": "remove", "person": ann })), Err(Refusal::Invalid(_))));
    room.run(json!({ "do": "remove", "person": bob })).unwrap();
    assert_eq!(room.run_as(second_host(), json!({ "do": "pause" })), Err(Refusal::PutOut));
    assert!(room.exercise.admits(second_host()).is_err());
}

#[test]
fn a_locked_exercise_lets_in_who_was_there() {
    let mut room = Room::new();
    room.run_as(participant(1), json!({ "do": "introduce", "name": "Ann" })).unwrap();
    room.run(json!({ "do": "lock", "locked": true })).unwrap();
    assert!(room.exercise.admits(participant(1)).is_ok());
    assert!(room.exercise.admits(participant(2)).is_err());
    assert!(room.exercise.admits(observer()).is_ok());
    room.run(json!({ "do": "lock", "locked": false })).unwrap();
    assert!(room.exercise.admits(participant(2)).is_ok());
}

#[test]
fn an_exercise_holds_so_much_and_no_more() {
    let mut room = Room::started();
    room.exercise.offset = MAX_ENTRIES;
    assert_eq!(room.run(json!({ "do": "throw", "curveball": "C7" })), Err(Refusal::Full));
    room.run(json!({ "do": "pause" })).unwrap();
    room.run(json!({ "do": "finish" })).unwrap();
}

#[test]
fn parts_are_handed_over_and_taken_back() {
    let mut room = Room::new();
    room.run_as(participant(1), json!({ "do": "introduce", "name": "Ann", "role": "R2" })).unwrap();
    let ann = room.exercise.person(participant(1).member).unwrap().id;
    room.run(json!({ "do": "entrust", "person": ann, "part": "facilitator" })).unwrap();
    let part = |room: &Room| room.exercise.person(participant(1).member).unwrap().part;
    assert_eq!(part(&room), Part::Facilitator);
    // on the phone she is still a participant, and loses nothing by it
    room.run_as(participant(1), json!({ "do": "introduce", "name": "Ann", "role": "R1" })).unwrap();
    assert_eq!(part(&room), Part::Facilitator);
    room.run(json!({ "do": "entrust", "person": ann, "part": "participant" })).unwrap();
    assert_eq!(part(&room), Part::Participant);
    room.run(json!({ "do": "introduce", "name": "Host" })).unwrap();
    let owner = room.exercise.person(host().member).unwrap().id;
    for refused in [
        json!({ "do": "entrust", "person": owner, "part": "observer" }),
        json!({ "do": "entrust", "person": ann, "part": "projector" }),
    ] {
        assert!(matches!(room.run(refused), Err(Refusal::Invalid(_))));
    }
}
