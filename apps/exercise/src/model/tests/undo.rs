//! Taking things back.

use super::*;

fn undo(room: &mut Room) -> Result<(), Refusal> {
    let entry = room.exercise.undoable().ok_or(Refusal::NothingToUndo)?;
    room.run(json!({ "do": "undo", "entry": entry }))
}

#[test]
fn each_action_can_be_taken_back_with_all_it_did() {
    let actions = [
        json!({ "do": "buy", "mitigation": "M1", "at": "local" }),
        json!({ "do": "deliver", "threat": "I2", "early": true }),
        json!({ "do": "respond", "threat": "I2", "answer": { "responses": ["RP2"], "correct": true } }),
        json!({ "do": "act", "action": "A1" }),
        json!({ "do": "throw", "curveball": "C8" }),
    ];
    let mut room = Room::started();
    let mut before = Vec::new();
    for action in actions {
        before.push(room.exercise.board.clone());
        room.run(action).unwrap();
        room.wait(1_000);
    }
    while let Some(board) = before.pop() {
        undo(&mut room).unwrap();
        assert_eq!(room.exercise.board, board);
    }
    assert_eq!(undo(&mut room), Err(Refusal::NothingToUndo));
    assert_eq!(room.run(json!({ "do": "undo", "entry": 3 })), Err(Refusal::NothingToUndo));
    assert_eq!(room.exercise.history.len(), 11, "everything is still in the history");
}

#[test]
fn who_takes_back_means_what_they_have_seen() {
    let mut room = Room::started();
    room.run(json!({ "do": "throw", "curveball": "C4" })).unwrap();
    let first = room.last();
    room.run_as(second_host(), json!({ "do": "throw", "curveball": "C4" })).unwrap();
    let second = room.last();
    assert_eq!(room.run(json!({ "do": "undo", "entry": first })), Err(Refusal::Overtaken));
    room.run(json!({ "do": "undo", "entry": second })).unwrap();
    room.run_as(second_host(), json!({ "do": "undo", "entry": second })).unwrap();
    assert!(room.has_done_nothing(), "two who meant the same take one thing back");
    assert_eq!(room.support(), points(30.0));
}

#[test]
fn the_clock_runs_on() {
    let mut room = Room::started();
    room.run(json!({ "do": "throw", "curveball": "C4" })).unwrap();
    room.wait(MINUTE);
    room.run(json!({ "do": "pause" })).unwrap();
    room.wait(MINUTE);
    undo(&mut room).unwrap();
    assert_eq!(room.elapsed(), MINUTE);
    assert!(!room.exercise.board.clock.is_running());
}

#[test]
fn what_was_prevented_comes_after_all() {
    let mut room =
        Room::started_with(|scenario| scenario.settings.delivery = crate::scenario::Delivery::Automatic);
    room.run(json!({ "do": "buy", "mitigation": "M1", "at": "local" })).unwrap();
    room.wait(2 * MINUTE);
    assert_eq!(room.threat("I1").delivered_at, None);
    undo(&mut room).unwrap();
    room.wait(0);
    assert_eq!(room.threat("I1").delivered_at, Some(2 * MINUTE));
    assert_eq!(room.exercise.undoable(), None, "what the clock does is not taken back");
}

#[test]
fn a_new_phase_settles_what_was_before() {
    let mut room = Room::new();
    room.run(json!({ "do": "buy", "mitigation": "M1" })).unwrap();
    assert!(room.exercise.undoable().is_some());
    room.run(json!({ "do": "start" })).unwrap();
    assert_eq!(room.exercise.undoable(), None);
}

#[test]
fn settings_stay_as_they_were_set() {
    let mut room = Room::started();
    let settings = Settings { speed: 300, ..room.exercise.settings.clone() };
    room.run(json!({ "do": "throw", "curveball": "C4" })).unwrap();
    room.run(json!({ "do": "set", "settings": settings })).unwrap();
    undo(&mut room).unwrap();
    assert_eq!(room.exercise.settings.speed, 300);
}
