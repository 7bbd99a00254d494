//! What holds after any sequence of commands.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::events::{GameView, LogEntry, MitigationView, PersonView, SystemView, ThreatView};
use crate::scenario::{Place, RoleId};

/// What a client holds after it has taken in some `changes`.
#[derive(Debug, Default, PartialEq)]
struct Client {
    game: Option<GameView>,
    mitigations: BTreeMap<String, MitigationView>,
    systems: BTreeMap<String, SystemView>,
    threats: BTreeMap<String, ThreatView>,
    cards: BTreeMap<String, crate::events::Card>,
    log: BTreeMap<u64, LogEntry>,
    people: BTreeMap<u32, PersonView>,
    offset: u64,
}

impl Client {
    fn take(&mut self, changes: ExerciseChanges) {
        if changes.whole {
            *self = Self::default();
        }
        self.offset = changes.offset;
        self.game = changes.game.or(self.game.take());
        self.mitigations.extend(changes.mitigations.into_iter().map(|item| (item.id.to_string(), item)));
        self.systems.extend(changes.systems.into_iter().map(|item| (item.id.to_string(), item)));
        self.threats.extend(changes.threats.into_iter().map(|item| (item.id.to_string(), item)));
        self.cards.extend(changes.cards.into_iter().map(|item| (item.id.to_string(), item)));
        for id in changes.withdrawn {
            self.cards.remove(id.as_str());
        }
        self.log.extend(changes.log.into_iter().map(|item| (item.entry, item)));
        self.people.extend(changes.people.into_iter().map(|item| (item.id, item)));
    }
}

fn any_action() -> impl Strategy<Value = Value> {
    let reach = prop_oneof![Just(json!("hq")), Just(json!("local")), Just(json!("party")), Just(json!(null))];
    let mitigation = prop_oneof![Just("M1"), Just("M2"), Just("M3")];
    let threat = prop_oneof![Just("I1"), Just("I2"), Just("I3"), Just("I4")];
    let response = prop_oneof![Just("RP1"), Just("RP2"), Just("RP3")];
    let curveball = prop_oneof![Just("C4"), Just("C7"), Just("C8")];
    let settings = (1..20_u32, any::<bool>(), 0..9_000_i64).prop_map(|(speed, automatic, budget)| {
        let delivery = if automatic { "automatic" } else { "manual" };
        json!({ "speed": speed * 50, "delivery": delivery, "budget": budget, "support": 40 })
    });
    prop_oneof![
        6 => (mitigation.clone(), reach.clone()).prop_map(|(m, at)| json!({ "do": "buy", "mitigation": m, "at": at })),
        3 => (mitigation, reach).prop_map(|(m, at)| json!({ "do": "sell", "mitigation": m, "at": at })),
        3 => Just(json!({ "do": "start" })),
        1 => Just(json!({ "do": "pause" })),
        1 => Just(json!({ "do": "reopen" })),
        6 => (threat.clone(), any::<bool>()).prop_map(|(t, early)| json!({ "do": "deliver", "threat": t, "early": early })),
        6 => (threat.clone(), proptest::collection::vec(response.clone(), 0..3), any::<bool>())
            .prop_map(|(t, r, correct)| json!({ "do": "respond", "threat": t, "answer": { "responses": r, "correct": correct } })),
        3 => response.prop_map(|r| json!({ "do": "restore", "response": r })),
        4 => prop_oneof![Just("A1"), Just("A2")].prop_map(|a| json!({ "do": "act", "action": a })),
        2 => curveball.prop_map(|c| json!({ "do": "throw", "curveball": c })),
        6 => Just(json!({ "do": "undo", "entry": 0 })),
        1 => settings.prop_map(|settings| json!({ "do": "set", "settings": settings })),
        1 => threat.prop_map(|t| json!({ "do": "note", "text": "n", "threat": t })),
        2 => prop_oneof![Just("R1"), Just("R2")].prop_map(|r| json!({ "do": "introduce", "name": "x", "role": r })),
    ]
}

/// The finish is rare, so that much happens before.
fn any_step() -> impl Strategy<Value = (Value, bool, i64)> {
    let action = prop_oneof![60 => any_action(), 1 => Just(json!({ "do": "finish" }))];
    (action, any::<bool>(), 0..90_000_i64)
}

proptest! {
    #[test]
    fn whatever_happens_the_state_holds_together(
        steps in proptest::collection::vec(any_step(), 1..80),
        staff in any::<bool>(),
        back in 0..10_usize,
    ) {
        let viewer = if staff {
            Viewer::Staff
        } else {
            Viewer::Participant { role: RoleId::parse("R1").ok(), place: Some(Place::Hq) }
        };
        let mut room = Room::new();
        let (mut following, mut returning) = (Client::default(), Client::default());
        for (number, (mut action, second, wait)) in steps.into_iter().enumerate() {
            let before = room.elapsed();
            room.wait(wait);
            if action["do"] == "undo" {
                action["entry"] = room.exercise.undoable().unwrap_or(0).into();
            }
            let _ = room.run_as(if second { second_host() } else { host() }, action);
            prop_assert!(room.elapsed() >= before, "time never runs backwards");
            let board = &room.exercise.board;
            prop_assert!(board.budget >= 0, "{}", board.budget);
            prop_assert!(board.support >= room.exercise.settings.support_min);
            prop_assert!(board.support <= room.exercise.settings.support_max);
            for state in &board.threats {
                prop_assert!(state.delivered_at.is_none() || state.prevented_at.is_none());
                prop_assert_eq!(state.answer.is_some(), state.answered_at.is_some());
            }

            // a client that follows, or comes back now and then, holds what a new one gets
            let mut fresh = Client::default();
            fresh.take(room.changes(&viewer, 0));
            following.take(room.changes(&viewer, following.offset));
            prop_assert_eq!(&following, &fresh);
            if number % (back + 1) == 0 {
                returning.take(room.changes(&viewer, returning.offset));
                prop_assert_eq!(&returning, &fresh);
            }
        }
        // the log, stored and read again, folds to the same state
        let mut again = Exercise::new("ABC234".into());
        for entry in &room.log {
            let body = serde_json::to_string(&entry.event).unwrap();
            again.apply(&Entry { event: serde_json::from_str(&body).unwrap(), ..entry.clone() });
        }
        prop_assert_eq!(&again.board, &room.exercise.board);
        prop_assert_eq!(&again.history, &room.exercise.history);
        prop_assert_eq!(&again.stamps, &room.exercise.stamps);
        prop_assert_eq!(&again.people, &room.exercise.people);
    }
}
