//! Many people, one log: whatever they do at once, the outcome is that of the log read in order.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use chorus_platform::database::Database;
use chorus_platform::live::Rules;
use chorus_platform::log::{self, Entry, Offset};
use chorus_platform::origin::Origins;
use chorus_platform::rooms::MemberId;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::events::{Deed, ExerciseAction};
use crate::library::MIGRATIONS;

/// Money comes and goes, and nothing else.
fn scenario() -> Scenario {
    let mitigations: Vec<_> = (0..8)
        .map(|n| json!({ "id": format!("M{n}"), "name": "Thing", "category": "Things", "cost": 700 }))
        .collect();
    let document = json!({
        "format": "chorus-scenario/1", "title": "A storm",
        "settings": { "budget": 3000, "carry_over": true, "resale": "always" },
        "mitigations": mitigations,
        "actions": [
            { "id": "A0", "text": "Spend", "at": "hq", "cost": 1000, "support": 1 },
            { "id": "A1", "text": "Collect", "at": "hq", "gain": 300 },
        ],
    });
    Scenario::new(serde_json::from_value(document).unwrap()).unwrap()
}

fn any_action() -> impl Strategy<Value = ExerciseAction> {
    let action = prop_oneof![
        4 => (0..8_u8).prop_map(|n| json!({ "do": "buy", "mitigation": format!("M{n}") })),
        2 => (0..8_u8).prop_map(|n| json!({ "do": "sell", "mitigation": format!("M{n}") })),
        4 => Just(json!({ "do": "act", "action": "A0" })),
        4 => Just(json!({ "do": "act", "action": "A1" })),
        1 => Just(json!({ "do": "pause" })),
        1 => Just(json!({ "do": "start" })),
        2 => (3..40_u64).prop_map(|entry| json!({ "do": "undo", "entry": entry })),
    ];
    action.prop_map(|action| serde_json::from_value(action).unwrap())
}

/// Has everybody do all of theirs at the same time, twice each; the answers by person.
async fn play(
    exercises: &Exercises,
    room: &Arc<Room>,
    people: &[Vec<ExerciseAction>],
) -> Vec<Vec<Result<Offset>>> {
    let mut tasks = tokio::task::JoinSet::new();
    for (person, actions) in people.iter().enumerate() {
        for (number, action) in actions.iter().enumerate() {
            for retry in 0..2 {
                let (exercises, room, action) = (exercises.clone(), Arc::clone(room), action.clone());
                let actor = Actor {
                    member: MemberId::from_stored(i64::try_from(person).unwrap() + 1),
                    role: Role::Host,
                };
                let id = CommandId::parse(&format!("command-{number}")).unwrap();
                tasks.spawn(async move {
                    let done = exercises.live().command(&room, actor, id, Command::Act(action)).await;
                    (person, number, retry, done)
                });
            }
        }
    }
    let mut answers: Vec<_> = tasks.join_all().await;
    answers.sort_by_key(|(person, number, retry, _)| (*person, *number, *retry));
    answers.chunks(2).map(|twice| twice.iter().map(|(.., done)| done.clone()).collect()).collect()
}

async fn check(people: Vec<Vec<ExerciseAction>>) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path(), &[&MIGRATIONS]).await.unwrap();
    let platform = Platform::new(database, Origins::default());
    let (owner, _) = platform.identity.create().await.unwrap();
    let exercises = Exercises::new(platform.clone(), &Server::builder().build(), Options::default());
    let scenario = scenario();
    let room = exercises.create(owner, "", scenario.settings.clone(), &scenario).await.unwrap();
    let host = Actor { member: MemberId::from_stored(99), role: Role::Host };
    exercises
        .live()
        .command(&room, host, CommandId::random().unwrap(), Command::Act(ExerciseAction::Start))
        .await
        .unwrap();
    let answers = play(&exercises, &room, &people).await;

    let log: Vec<Entry<Event>> = log::read(&platform.database, room.id, 0).await.unwrap();
    let mut serial = Exercise::new(room.code.to_string());
    let mut done = 0;
    for entry in &log {
        serial.apply(entry);
        assert!(serial.board().budget >= 0);
        done += usize::from(entry.command.is_some() && entry.member != Some(host.member));
    }
    let live = exercises.live().visit(&room, |exercise, _| exercise.board().clone()).await.unwrap();
    assert_eq!(&live, serial.board(), "what is live is the log read in order");

    // a command that was done has one entry, whichever of the two came first
    let mut acked = 0;
    for twice in &answers {
        let offsets: Vec<_> = twice.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        assert!(offsets.iter().all(|offset| **offset == *offsets[0]));
        acked += usize::from(!offsets.is_empty());
    }
    assert_eq!(acked, done);
    // and money is what the log says, to the last coin
    let counts = |wanted: &dyn Fn(&Deed) -> i64| -> i64 {
        serial
            .history()
            .iter()
            .filter(|record| record.undone.is_none())
            .map(|record| wanted(&record.deed))
            .sum()
    };
    let flow = counts(&|deed| match deed {
        Deed::Bought { .. } => -700,
        Deed::Sold { .. } => 700,
        Deed::Acted { action } if action.as_str() == "A0" => -1_000,
        Deed::Acted { .. } => 300,
        _ => 0,
    });
    assert_eq!(live.budget, 3_000 + flow);
    exercises.close().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_done_at_once_is_as_if_done_in_turn(
        people in proptest::collection::vec(proptest::collection::vec(any_action(), 1..20), 2..8),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(check(people));
    }
}
