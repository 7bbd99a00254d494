//! The rules of the game.

use super::*;
use crate::events::{Bought, ExercisePhase};

#[test]
fn a_purchase_costs_what_it_costs_at_its_places() {
    let mut room = Room::new();
    room.run(json!({ "do": "buy", "mitigation": "M1", "at": "hq" })).unwrap();
    assert_eq!(room.budget(), 6_500);
    room.run(json!({ "do": "buy", "mitigation": "M1" })).unwrap();
    assert_eq!(room.budget(), 5_500, "only what was not in place");
    room.run(json!({ "do": "buy", "mitigation": "M1" })).unwrap();
    assert!(room.has_done_nothing());
    room.run(json!({ "do": "buy", "mitigation": "M3", "at": "local" })).unwrap();
    assert_eq!(room.budget(), 4_700, "one price for both places");
    let holding = room.exercise.board.mitigations[2];
    assert_eq!((holding.hq, holding.local), (Some(Bought::Preparation), Some(Bought::Preparation)));
    room.run(json!({ "do": "sell", "mitigation": "M1" })).unwrap();
    assert_eq!(room.budget(), 6_200);
    room.run(json!({ "do": "sell", "mitigation": "M2" })).unwrap();
    assert!(room.has_done_nothing(), "it was never bought");
}

#[test]
fn nobody_spends_what_is_not_there() {
    let mut room = Room::with(|scenario| scenario.settings.budget = 1_499);
    let refused = room.run(json!({ "do": "buy", "mitigation": "M1" })).unwrap_err();
    assert_eq!(refused, Refusal::NotEnoughBudget { cost: 1_500, budget: 1_499 });
    assert_eq!(room.budget(), 1_499);
    room.run(json!({ "do": "buy", "mitigation": "M1", "at": "local" })).unwrap();
    assert_eq!(room.budget(), 499);
}

#[test]
fn the_start_takes_what_was_not_spent_unless_it_is_carried_over() {
    for (carry_over, budget) in [(false, 0), (true, 5_800)] {
        let mut room = Room::with(|scenario| scenario.settings.carry_over = carry_over);
        room.run(json!({ "do": "buy", "mitigation": "M2" })).unwrap();
        room.run(json!({ "do": "start" })).unwrap();
        assert_eq!(room.budget(), budget);
        assert_eq!(room.exercise.board.phase, ExercisePhase::Simulation);
        assert!(room.exercise.board.clock.is_running());
    }
}

#[test]
fn what_was_bought_prevents_at_the_start_and_later() {
    let mut room = Room::new();
    room.run(json!({ "do": "buy", "mitigation": "M1", "at": "local" })).unwrap();
    assert_eq!(room.threat("I1").prevented_at, None, "not in the preparation");
    room.run(json!({ "do": "start" })).unwrap();
    assert_eq!(room.threat("I1").prevented_at, Some(0));
    assert_eq!(room.threat("I4").prevented_at, None, "that asks for both places");
    room.run(json!({ "do": "act", "action": "A2" })).unwrap();
    room.wait(2 * MINUTE);
    room.run(json!({ "do": "buy", "mitigation": "M1", "at": "hq" })).unwrap();
    assert_eq!(room.threat("I4").prevented_at, Some(2 * MINUTE));
    assert_eq!(room.exercise.board.mitigations[0].hq, Some(Bought::Simulation));
}

#[test]
fn a_purchase_comes_too_late_for_what_was_delivered() {
    let mut room = Room::started();
    room.deliver("I3");
    room.run(json!({ "do": "buy", "mitigation": "M2" })).unwrap();
    assert_eq!(room.threat("I3").prevented_at, None);
}

#[test]
fn resale_is_for_the_preparation_unless_it_is_allowed() {
    let mut room = Room::with(|scenario| scenario.settings.carry_over = true);
    room.run(json!({ "do": "buy", "mitigation": "M1" })).unwrap();
    room.run(json!({ "do": "start" })).unwrap();
    assert_eq!(room.run(json!({ "do": "sell", "mitigation": "M1" })), Err(Refusal::NoResale));
    let settings = Settings { resale: crate::scenario::Resale::Always, ..room.exercise.settings.clone() };
    room.run(json!({ "do": "set", "settings": settings })).unwrap();
    room.run(json!({ "do": "sell", "mitigation": "M1" })).unwrap();
    assert_eq!(room.budget(), 7_000);
    assert_eq!(room.threat("I1").prevented_at, Some(0), "what it prevented stays prevented");
}

#[test]
fn a_threat_strikes_once_and_when_it_is_due() {
    let mut room = Room::started();
    assert_eq!(room.run(json!({ "do": "deliver", "threat": "I1" })), Err(Refusal::NotDue));
    room.wait(MINUTE);
    room.run(json!({ "do": "deliver", "threat": "I1" })).unwrap();
    assert_eq!(room.threat("I1").delivered_at, Some(MINUTE));
    assert!(!room.is_up("S1"));
    assert_eq!(room.support(), points(39.5));
    room.run(json!({ "do": "deliver", "threat": "I1" })).unwrap();
    assert!(room.has_done_nothing());
    assert_eq!(room.support(), points(39.5));
    room.run(json!({ "do": "deliver", "threat": "I2", "early": true })).unwrap();
    assert!(matches!(room.deed(), Deed::Delivered { early: true, .. }), "an override is in the log");
}

#[test]
fn a_prevented_threat_does_not_come() {
    let mut room = Room::with(|scenario| scenario.settings.carry_over = true);
    room.run(json!({ "do": "buy", "mitigation": "M2" })).unwrap();
    room.run(json!({ "do": "start" })).unwrap();
    let deliver = json!({ "do": "deliver", "threat": "I3", "early": true });
    assert_eq!(room.run(deliver.clone()), Err(Refusal::Prevented));
    room.classic(deliver).unwrap();
    assert!(room.has_done_nothing());
}

#[test]
fn a_right_answer_pays_restores_and_prevents_what_follows() {
    let mut room = Room::started();
    room.deliver("I1");
    assert_eq!(room.respond("I1", &["RP1"]), Err(Refusal::NotAllowed("Locks".into())));
    room.run(json!({ "do": "buy", "mitigation": "M1", "at": "local" })).unwrap();
    room.wait(MINUTE);
    room.respond("I1", &["RP1"]).unwrap();
    assert!(room.is_up("S1"));
    assert_eq!(room.threat("I1").answered_at, Some(MINUTE));
    assert_eq!(room.threat("I2").prevented_at, Some(MINUTE));
    assert_eq!(room.respond("I1", &["RP3"]), Err(Refusal::AlreadyAnswered), "once");
    assert_eq!(room.budget(), 6_000);
}

#[test]
fn a_response_can_put_a_mitigation_in_place() {
    let mut room = Room::started();
    room.deliver("I2");
    room.respond("I2", &["RP2"]).unwrap();
    assert_eq!(room.budget(), 5_800, "its mitigation's price");
    assert_eq!(room.exercise.board.mitigations[1].local, Some(Bought::Simulation));
    assert_eq!(room.threat("I3").prevented_at, Some(0));
}

#[test]
fn a_wrong_answer_costs_nothing_and_can_be_mended() {
    let mut room = Room::started();
    room.deliver("I1");
    let wrong =
        json!({ "do": "respond", "threat": "I1", "answer": { "custom": " We wait ", "correct": false } });
    room.run(wrong.clone()).unwrap();
    let answer = Answer { custom: "We wait".into(), ..Answer::default() };
    assert_eq!(room.threat("I1").answer.as_ref(), Some(&answer));
    assert_eq!(room.threat("I2").prevented_at, None);
    assert_eq!(room.run(wrong), Err(Refusal::AlreadyAnswered));
    room.respond("I1", &["RP3"]).unwrap();
    assert!(room.threat("I1").is_handled());
}

#[test]
fn an_answer_must_say_something_and_not_too_much() {
    let mut room = Room::started();
    room.deliver("I1");
    assert_eq!(room.respond("I1", &[]), Err(Refusal::NoAnswer));
    let long = "ü".repeat(MAX_CUSTOM + 1);
    let answer = json!({ "do": "respond", "threat": "I1", "answer": { "custom": long, "correct": true } });
    assert!(matches!(room.run(answer), Err(Refusal::Invalid(_))));
    assert_eq!(room.respond("I1", &["RP9"]), Err(Refusal::Unknown("response RP9".into())));
    room.respond("I1", &["RP3", "RP3"]).unwrap();
    assert_eq!(room.budget(), 6_700, "paid once");
}

#[test]
fn only_what_came_is_answered_but_the_classic_dialect_may() {
    let mut room = Room::started();
    assert_eq!(room.respond("I1", &["RP3"]), Err(Refusal::NotDelivered));
    room.classic(
        json!({ "do": "respond", "threat": "I1", "answer": { "responses": ["RP3"], "correct": true } }),
    )
    .unwrap();
    assert!(room.threat("I1").is_handled());
}

#[test]
fn systems_are_restored_where_they_have_failed() {
    let mut room = Room::started();
    assert_eq!(room.run(json!({ "do": "restore", "response": "RP3" })), Err(Refusal::NothingToRestore));
    room.deliver("I1");
    room.run(json!({ "do": "restore", "response": "RP3" })).unwrap();
    assert!(room.is_up("S1"));
    assert_eq!(room.budget(), 6_700);
}

#[test]
fn actions_need_money_and_systems() {
    let mut room = Room::started();
    room.run(json!({ "do": "act", "action": "A1" })).unwrap();
    assert_eq!((room.budget(), room.support()), (6_000, points(45.0)));
    room.deliver("I1");
    assert_eq!(room.run(json!({ "do": "act", "action": "A1" })), Err(Refusal::SystemsDown));
    room.run(json!({ "do": "throw", "curveball": "C8" })).unwrap();
    let refused = room.run(json!({ "do": "act", "action": "A1" }));
    assert_eq!(refused, Err(Refusal::NotEnoughBudget { cost: 1_000, budget: 0 }));
    room.run(json!({ "do": "act", "action": "A2" })).unwrap();
    assert_eq!(room.budget(), 1_500);
}

#[test]
fn support_stays_within_its_bounds_and_the_budget_above_nothing() {
    let mut room = Room::started();
    for _ in 0..10 {
        room.run(json!({ "do": "throw", "curveball": "C4" })).unwrap();
    }
    assert_eq!((room.budget(), room.support()), (0, points(0.0)));
    for _ in 0..12 {
        room.run(json!({ "do": "throw", "curveball": "C7" })).unwrap();
    }
    assert_eq!((room.budget(), room.support()), (18_000, points(100.0)));
}

#[test]
fn no_time_is_lost() {
    let mut room = Room::started();
    room.wait(MINUTE);
    room.run(json!({ "do": "start" })).unwrap();
    assert!(room.has_done_nothing(), "it runs already");
    room.wait(MINUTE);
    room.run(json!({ "do": "pause" })).unwrap();
    room.wait(MINUTE);
    room.run(json!({ "do": "pause" })).unwrap();
    assert!(room.has_done_nothing(), "it is paused already");
    assert_eq!(room.elapsed(), 2 * MINUTE);
    room.run(json!({ "do": "start" })).unwrap();
    room.wait(MINUTE);
    room.run(json!({ "do": "finish" })).unwrap();
    room.wait(MINUTE);
    assert_eq!(room.elapsed(), 3 * MINUTE);
}

#[test]
fn time_can_run_faster() {
    let mut room = Room::started_with(|scenario| scenario.settings.speed = 500);
    room.wait(MINUTE);
    assert_eq!(room.elapsed(), 5 * MINUTE);
    let settings = Settings { speed: 50, ..room.exercise.settings.clone() };
    room.run(json!({ "do": "set", "settings": settings })).unwrap();
    room.wait(2 * MINUTE);
    assert_eq!(room.elapsed(), 6 * MINUTE);
}

#[test]
fn the_clock_delivers_when_it_is_asked_to() {
    let mut room = Room::started_with(|scenario| {
        scenario.settings.delivery = crate::scenario::Delivery::Automatic;
        scenario.settings.speed = 200;
    });
    assert_eq!(room.exercise.wake_at(), Some(START + MINUTE / 2));
    room.wait(MINUTE / 2);
    assert_eq!(room.threat("I1").delivered_at, Some(MINUTE));
    room.run(json!({ "do": "pause" })).unwrap();
    assert_eq!(room.exercise.wake_at(), None);
    room.run(json!({ "do": "start" })).unwrap();
    room.wait(10 * MINUTE);
    assert!(["I2", "I3", "I4"].iter().all(|id| room.threat(id).delivered_at.is_some()));
    assert_eq!(room.exercise.wake_at(), None, "nothing is left");
    assert_eq!(room.support(), points(36.0));
}

#[test]
fn nothing_of_the_simulation_happens_before_or_after_it() {
    let actions = [
        json!({ "do": "deliver", "threat": "I1", "early": true }),
        json!({ "do": "respond", "threat": "I1", "answer": { "responses": ["RP3"], "correct": true } }),
        json!({ "do": "restore", "response": "RP3" }),
        json!({ "do": "act", "action": "A2" }),
        json!({ "do": "throw", "curveball": "C7" }),
        json!({ "do": "pause" }),
        json!({ "do": "finish" }),
    ];
    let mut room = Room::new();
    for action in &actions {
        assert_eq!(room.run(action.clone()), Err(Refusal::NotStarted), "{action}");
        assert_eq!(room.classic(action.clone()), Err(Refusal::NotStarted), "{action}");
    }
    room.run(json!({ "do": "start" })).unwrap();
    room.run(json!({ "do": "finish" })).unwrap();
    let before = room.exercise.board.clone();
    let more = [
        json!({ "do": "buy", "mitigation": "M1" }),
        json!({ "do": "sell", "mitigation": "M1" }),
        json!({ "do": "start" }),
        json!({ "do": "undo", "entry": 2 }),
        json!({ "do": "set", "settings": room.exercise.settings }),
    ];
    for action in actions.iter().chain(&more) {
        assert_eq!(room.run(action.clone()), Err(Refusal::Ended), "{action}");
        assert_eq!(room.classic(action.clone()), Err(Refusal::Ended), "{action}");
    }
    assert_eq!(room.exercise.board, before);
}

#[test]
fn an_end_by_mistake_is_taken_back_paused() {
    let mut room = Room::started();
    assert_eq!(room.run(json!({ "do": "reopen" })), Err(Refusal::NotEnded));
    room.wait(MINUTE);
    room.run(json!({ "do": "finish" })).unwrap();
    assert!(room.exercise.header().closed.is_some());
    room.wait(MINUTE);
    room.run(json!({ "do": "reopen" })).unwrap();
    assert!(room.exercise.header().closed.is_none());
    assert!(!room.exercise.board.clock.is_running());
    room.run(json!({ "do": "start" })).unwrap();
    room.wait(MINUTE);
    assert_eq!(room.elapsed(), 2 * MINUTE);
}

#[test]
fn settings_begin_the_preparation_anew_and_leave_the_score_alone_later() {
    let mut room = Room::new();
    room.run(json!({ "do": "buy", "mitigation": "M2" })).unwrap();
    let settings = |budget, support| {
        let support = Points::whole(support);
        json!({ "do": "set", "settings": Settings { budget, support, ..fixture().settings } })
    };
    room.run(settings(2_000, 50)).unwrap();
    assert_eq!((room.budget(), room.support()), (800, points(50.0)));
    assert_eq!(room.run(settings(1_000, 50)), Err(Refusal::Spent(1_200)));
    assert!(matches!(room.run(settings(2_000, 500)), Err(Refusal::Invalid(_))));
    room.run(json!({ "do": "start" })).unwrap();
    assert_eq!(room.run(settings(9_000, 50)), Err(Refusal::Settled));
}

#[test]
fn a_clock_that_ran_when_the_server_went_down_stands_still_since() {
    let mut room = Room::started();
    room.wait(MINUTE);
    let down = room.now;
    room.wait(60 * MINUTE);
    room.command(host(), &Command::Standstill(down)).unwrap();
    assert_eq!(room.elapsed(), MINUTE);
    assert!(matches!(room.deed(), Deed::Paused { restart: true, .. }));
    room.command(host(), &Command::Standstill(down)).unwrap();
    assert!(room.has_done_nothing());
    // what was written after the server was last seen happened before it went down
    room.run(json!({ "do": "start" })).unwrap();
    room.wait(MINUTE);
    room.run(json!({ "do": "throw", "curveball": "C7" })).unwrap();
    room.command(host(), &Command::Standstill(down)).unwrap();
    assert_eq!(room.elapsed(), 2 * MINUTE);
}

#[test]
fn what_is_not_there_is_named() {
    let mut room = Room::started();
    for (action, name) in [
        (json!({ "do": "buy", "mitigation": "M9" }), "mitigation M9"),
        (json!({ "do": "deliver", "threat": "I9" }), "threat I9"),
        (json!({ "do": "restore", "response": "RP9" }), "response RP9"),
        (json!({ "do": "act", "action": "A9" }), "action A9"),
        (json!({ "do": "throw", "curveball": "C9" }), "curveball C9"),
        (json!({ "do": "remove", "person": 9 }), "person 9"),
    ] {
        assert_eq!(room.run(action), Err(Refusal::Unknown(name.into())));
    }
}
