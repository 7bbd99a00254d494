//! The after-action review of games that were played by the real rules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod play;

use chorus_exercise::events::{
    CurvePoint, ExerciseAction as Do, Outage, Outcome, Part, Remark, Review, ReviewEvent, ThreatOutcome,
};
use chorus_exercise::review::{self, Language, Notes};
use chorus_exercise::scenario::{
    ActionId, CurveballId, Delivery, Document, MitigationId, Place, Points, Reach, ResponseId, Settings,
    ThreatId,
};
use play::{ANNA, BEN, Game, MADE, OLGA, respond, right, wrong};

const SCENARIO: &str = r#"
format: chorus-scenario/1
title: A small one
settings: {budget: 1000, support: 50, duration: "10:00"}
places: {hq: Office, local: Shop}
systems:
  - {id: S1, name: Mail}
  - {id: S2, name: Till, at: local}
mitigations:
  - {id: M1, name: Keys, category: Accounts, cost: {hq: 300, local: 200}}
  - {id: M2, name: Copies, category: Data, cost: 600}
  - {id: M3, name: Guards, category: People, cost: {local: 400}}
responses:
  - {id: R1, text: Start it again., cost: 50, restores: [S1]}
  - {id: R2, text: Buy keys., at: local, mitigation: M1}
threats:
  - {id: T5, title: Last, at: "9:00", support: -9}
  - {id: T1, title: First, at: "1:00", prevented_by: M1, prevented_at: hq, support: -3, disables: [S1], responses: [R1], followup: T2}
  - {id: T2, title: Second, at: "2:00", prevented_by: M1, support: -4}
  - {id: T3, title: Third, at: "3:00", prevented_by: M2, support: -5, disables: [S1, S2]}
  - {id: T4, title: Weather, at: "4:00", kind: background, support: 1, prevented_by: M3, prevented_at: local}
actions:
  - {id: A1, text: Sell something., at: local, cost: 20, gain: 120, support: 2}
curveballs:
  - {id: C1, text: A gift., budget: 300}
learning:
  - {id: L1, theme: Accounts, text: Two keys., threats: [T1]}
  - {id: L2, theme: Data, text: Two copies., threats: [T3]}
  - {id: L3, theme: Accounts, text: Two more., threats: [T2]}
"#;

fn scenario() -> Document {
    serde_saphyr::from_str(SCENARIO).unwrap()
}

fn threat(id: &str) -> ThreatId {
    ThreatId::parse(id).unwrap()
}

fn buy(id: &str, at: Reach) -> Do {
    Do::Buy { mitigation: MitigationId::parse(id).unwrap(), at: Some(at) }
}

fn deliver(id: &str) -> Do {
    Do::Deliver { threat: threat(id), early: true }
}

fn act() -> Do {
    Do::Act { action: ActionId::parse("A1").unwrap() }
}

fn introduce(name: &str) -> Do {
    Do::Introduce { name: name.to_owned(), role: None, place: Some(Place::Hq) }
}

fn note(text: &str, about: Option<&str>) -> Do {
    Do::Note { text: text.to_owned(), threat: about.map(threat) }
}

/// Prepared with keys at the shop, started at once.
fn begun(settings: impl FnOnce(&mut Settings)) -> Game {
    let mut document = scenario();
    settings(&mut document.settings);
    let mut game = Game::new(document);
    assert!(game.act(buy("M1", Reach::Local)));
    assert!(game.act(Do::Start));
    game
}

fn outcome<'r>(review: &'r Review, id: &str) -> &'r ThreatOutcome {
    review.threats.iter().find(|outcome| outcome.id.as_str() == id).unwrap()
}

fn of_kind<'r>(review: &'r Review, kind: &str) -> Vec<&'r ReviewEvent> {
    review.events.iter().filter(|event| event.kind == kind).collect()
}

fn point(at: i64, budget: i64, support: i64) -> CurvePoint {
    CurvePoint { at, budget, support: Points::whole(support) }
}

#[test]
fn the_curve_begins_with_the_simulation_and_has_every_change() {
    let mut game = begun(|settings| settings.carry_over = true);
    game.pass(60_000);
    assert!(game.act(deliver("T1")));
    game.pass(30_000);
    assert!(game.act(Do::Pause));
    game.pass(30_000);
    assert!(game.act(act()));
    let review = game.review();
    assert_eq!(review.curve, [point(0, 800, 50), point(60_000, 800, 47), point(90_000, 900, 49)]);
    assert_eq!(review.started, Some(MADE));
    assert_eq!(review.elapsed, 90_000);
    assert_eq!(review.totals.spent, 220, "purchases and the action's cost");
}

#[test]
fn before_the_start_there_is_one_point() {
    let mut game = Game::new(scenario());
    assert!(game.act(buy("M2", Reach::Party)));
    let review = game.review();
    assert_eq!(review.curve, [point(0, 400, 50)]);
    assert_eq!((review.started, review.elapsed), (None, 0));
    assert_eq!(review.bought.items.len(), 1);
}

#[test]
fn changes_of_events_add_up() {
    let mut game = begun(|_| ());
    for action in [deliver("T1"), Do::Throw { curveball: CurveballId::parse("C1").unwrap() }, act()] {
        assert!(game.act(action));
    }
    let undone = game.exercise.undoable().unwrap();
    assert!(game.act(Do::Undo { entry: undone }));
    let review = game.review();
    let (mut budget, mut support) = (1000, Points::whole(50));
    for event in &review.events {
        budget += event.budget;
        support = support + event.support;
        assert_eq!((event.budget_after, event.support_after), (budget, support), "{event:?}");
    }
    assert_eq!((budget, support), (game.exercise.board().budget, game.exercise.board().support));
    assert_eq!(of_kind(&review, "started")[0].budget, -800, "what was not spent is lost");
}

#[test]
fn what_was_taken_back_is_told_and_counts_for_nothing() {
    let mut game = begun(|_| ());
    game.pass(60_000);
    assert!(game.act_as(BEN, deliver("T1")).is_ok());
    game.pass(1_000);
    let entry = game.exercise.undoable().unwrap();
    assert!(game.act(Do::Undo { entry }));
    let review = game.review();
    let delivered = of_kind(&review, "delivered")[0];
    assert!(delivered.undone);
    assert_eq!((delivered.text.as_str(), delivered.support), ("First", Points::default()));
    assert_eq!(delivered.by, "Facilitator 2");
    let undone = of_kind(&review, "undone")[0];
    assert_eq!((undone.text.as_str(), undone.threat.as_ref()), ("First", Some(&threat("T1"))));
    assert_eq!(review.curve.len(), 1);
    assert!(review.systems.iter().all(|system| system.down.is_empty()));
    assert_eq!(outcome(&review, "T1").outcome, Outcome::Pending);
}

#[test]
fn threats_end_as_what_became_of_them() {
    let mut game = begun(|_| ());
    for (id, answer) in [("T1", Some(right())), ("T3", Some(wrong())), ("T5", None)] {
        assert!(game.act(deliver(id)));
        game.pass(20_000);
        if let Some(answer) = answer {
            assert!(game.act(respond(&threat(id), answer)));
        }
    }
    let review = game.review();
    let outcomes: Vec<_> = review.threats.iter().map(|threat| (threat.id.as_str(), threat.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            ("T1", Outcome::Handled),
            ("T2", Outcome::Prevented),
            ("T3", Outcome::Mishandled),
            ("T4", Outcome::Pending),
            ("T5", Outcome::Missed)
        ],
        "in the order in which they were due"
    );
    let totals = &review.totals;
    let counts = (totals.prevented, totals.handled, totals.mishandled, totals.missed, totals.pending);
    assert_eq!(counts, (1, 1, 1, 1, 1));
    assert_eq!(totals.median_response, Some(20_000));
    assert_eq!(outcome(&review, "T1").right, ["Start it again."]);
    let prevented = of_kind(&review, "prevented")[0];
    assert_eq!(
        (prevented.text.as_str(), prevented.detail.as_str()),
        ("Second", "First"),
        "by the answer before it"
    );
    assert!(game.act(deliver("T4")));
    assert_eq!(outcome(&game.review(), "T4").outcome, Outcome::Handled, "it asked for no answer");
}

#[test]
fn the_median_of_two_answers_lies_between_them() {
    let mut game = begun(|_| ());
    for (id, time) in [("T1", 10_000), ("T3", 31_000)] {
        assert!(game.act(deliver(id)));
        game.pass(time);
        assert!(game.act(respond(&threat(id), right())));
    }
    assert_eq!(game.review().totals.median_response, Some(20_500));
}

#[test]
fn a_start_tells_what_the_purchases_prevent() {
    let mut game = Game::new(scenario());
    assert!(game.act(buy("M1", Reach::Party)));
    assert!(game.act(Do::Start));
    let review = game.review();
    let prevented: Vec<_> = of_kind(&review, "prevented").iter().map(|event| event.text.as_str()).collect();
    assert_eq!(prevented, ["First", "Second"]);
    assert_eq!(of_kind(&review, "prevented")[0].detail, "Keys");
    let bought = &review.bought;
    assert_eq!((bought.cost, bought.saves, bought.failures), (500, Points::whole(7), 1));
    assert_eq!(bought.items[0].prevents, [threat("T1"), threat("T2")]);
}

#[test]
fn outages_are_from_a_failure_to_its_repair() {
    let mut game = begun(|settings| settings.carry_over = true);
    game.pass(10_000);
    assert!(game.act(deliver("T3")));
    game.pass(5_000);
    assert!(game.act(Do::Restore { response: ResponseId::parse("R1").unwrap() }));
    game.pass(5_000);
    assert!(game.act(deliver("T1")));
    let review = game.review();
    let down = |id: usize| review.systems[id].down.clone();
    assert_eq!(down(0), [Outage { from: 10_000, to: Some(15_000) }, Outage { from: 20_000, to: None }]);
    assert_eq!(down(1), [Outage { from: 10_000, to: None }]);
}

#[test]
fn help_is_the_cheapest_purchase_that_prevents() {
    let review = Game::new(scenario()).review();
    let help = outcome(&review, "T1").help.as_ref().unwrap();
    assert_eq!((help.at.as_slice(), help.cost, help.saves), (&[Place::Hq][..], 300, Points::whole(3)));
    assert_eq!(help.prevents, [threat("T1")]);
    let help = outcome(&review, "T2").help.as_ref().unwrap();
    assert_eq!((help.at.len(), help.cost, help.saves), (2, 500, Points::whole(7)), "wherever it is sold");
    let help = outcome(&review, "T3").help.as_ref().unwrap();
    assert_eq!((help.at.len(), help.cost), (2, 600), "one price for both");
    let help = outcome(&review, "T4").help.as_ref().unwrap();
    assert_eq!(help.saves, Points::default(), "nothing bad is prevented");
    assert_eq!(outcome(&review, "T5").help, None);
}

#[test]
fn the_best_purchases_are_told_for_the_budget() {
    let best = |budget| {
        let mut document = scenario();
        document.settings.budget = budget;
        let review = Game::new(document).review();
        assert!(review.exact);
        let names: Vec<_> = review.best.items.iter().map(|item| (item.name.clone(), item.at.len())).collect();
        (names, review.best.cost, review.best.saves, review.best.failures)
    };
    let (keys, copies) = ("Keys".to_owned(), "Copies".to_owned());
    assert_eq!(best(299), (vec![], 0, Points::default(), 0));
    assert_eq!(best(499), (vec![(keys.clone(), 1)], 300, Points::whole(3), 1));
    assert_eq!(best(800), (vec![(keys.clone(), 2)], 500, Points::whole(7), 1));
    assert_eq!(best(900), (vec![(keys.clone(), 1), (copies.clone(), 2)], 900, Points::whole(8), 3));
    assert_eq!(best(5000), (vec![(keys, 2), (copies, 2)], 1100, Points::whole(12), 3));
}

#[test]
fn the_best_purchases_do_prevent_what_they_say() {
    for name in ["election", "demonstration"] {
        let mut game = Game::new(Game::shipped(name));
        let best = game.review().best;
        for item in &best.items {
            let at = match item.at.as_slice() {
                [Place::Hq] => Reach::Hq,
                [Place::Local] => Reach::Local,
                _ => Reach::Party,
            };
            assert!(game.act(Do::Buy { mitigation: item.id.clone(), at: Some(at) }));
        }
        assert!(game.act(Do::Start));
        let review = game.review();
        assert_eq!(review.bought.items, best.items);
        assert_eq!((review.bought.saves, review.bought.failures), (best.saves, best.failures));
        let prevented = best.items.iter().map(|item| item.prevents.len()).sum::<usize>();
        assert_eq!(review.totals.prevented as usize, prevented);
    }
}

#[test]
fn notes_and_people_are_for_those_who_ran_it() {
    let mut game = begun(|_| ());
    assert!(game.act_as(ANNA, introduce("Anna")).is_ok());
    assert!(game.act_as(OLGA, note("Nobody decides.", Some("T1"))).is_ok());
    let told = game.review();
    assert_eq!(told.notes.len(), 1);
    assert_eq!(
        (told.notes[0].by.as_str(), told.notes[0].threat.as_ref()),
        ("Observer 2", Some(&threat("T1")))
    );
    assert_eq!(of_kind(&told, "noted").len(), 1);
    assert_eq!((told.people[0].name.as_str(), told.people[0].part), ("Anna", Part::Facilitator));
    assert_eq!(told.events[0].by, "Anna", "the name is that of the end");
    let withheld = Review::of(&game.exercise, game.now, Notes::Withheld);
    let json = serde_json::to_string(&withheld).unwrap();
    assert!(!json.contains("Nobody decides.") && !json.contains("Observer"), "{json}");
    assert!(withheld.people.is_empty());
    assert_eq!(withheld.curve, told.curve);
}

#[test]
fn learning_points_are_told_by_theme() {
    let review = Game::new(scenario()).review();
    let themes: Vec<_> =
        review.learning.iter().map(|theme| (theme.name.as_str(), theme.points.len())).collect();
    assert_eq!(themes, [("Accounts", 2), ("Data", 1)]);
}

#[test]
fn the_clock_has_no_name_and_facilitators_do_things_early() {
    let mut game = begun(|settings| settings.delivery = Delivery::Automatic);
    assert!(game.act(deliver("T3")));
    game.pass(60_000);
    let review = game.review();
    let delivered = of_kind(&review, "delivered");
    assert_eq!((delivered[0].by.as_str(), delivered[0].remark), ("Facilitator 1", Some(Remark::Early)));
    assert_eq!((delivered[1].by.as_str(), delivered[1].person, delivered[1].remark), ("", None, None));
}

#[test]
fn changed_settings_are_told_by_name() {
    let mut game = Game::new(scenario());
    let settings = Settings { speed: 200, ..game.exercise.settings().clone() };
    assert!(game.act(Do::Set { settings }));
    let review = game.review();
    assert_eq!(of_kind(&review, "set")[0].detail, "speed: 100 → 200");
}

/// A record of a CSV file by its columns.
fn records(csv: &[u8]) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.strip_prefix(b"\xef\xbb\xbf").unwrap());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn csv_has_a_line_for_each_event_and_no_formulas() {
    let mut game = begun(|_| ());
    assert!(game.act_as(ANNA, introduce("=HYPERLINK(\"evil\")")).is_ok());
    game.pass(61_000);
    assert!(game.act(deliver("T1")));
    assert!(game.act_as(OLGA, note("@SUM(A1), \"quoted\"\nand more", None)).is_ok());
    let review = game.review();
    let records = records(&review::csv(&review).unwrap());
    assert_eq!(records.len(), review.events.len());
    let of = |kind: &str| records.iter().find(|record| record["what"] == kind).unwrap();
    let delivered = of("delivered");
    for (column, value) in [
        ("time", "1:01"),
        ("wall_time", "2026-11-20T15:14:23Z"),
        ("who", "'=HYPERLINK(\"evil\")"),
        ("text", "First"),
        ("detail", "Mail"),
        ("threat", "T1"),
        ("budget_change", "0"),
        ("support_change", "-3"),
        ("support", "47"),
        ("undone", ""),
    ] {
        assert_eq!(delivered[column], value, "{column}");
    }
    assert_eq!(of("noted")["text"], "'@SUM(A1), \"quoted\"\nand more");
}

#[test]
fn the_log_has_a_line_for_each_record() {
    let mut game = begun(|_| ());
    assert!(game.act(deliver("T1")));
    let entry = game.exercise.undoable().unwrap();
    assert!(game.act(Do::Undo { entry }));
    let lines = String::from_utf8(review::json_lines(&game.exercise)).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1 + game.exercise.history().len());
    assert_eq!((&lines[0]["scenario"], &lines[0]["code"]), (&"A small one".into(), &"ABCDEF".into()));
    assert_eq!(lines[0]["settings"]["budget"], 1000);
    assert_eq!(lines[3]["deed"], serde_json::json!({"type": "delivered", "threat": "T1", "early": true}));
    assert_eq!((&lines[3]["person"], &lines[3]["undone"]), (&1.into(), &lines[4]["entry"]));
    assert_eq!(
        (&lines[4]["deed"]["type"], &lines[4]["undone"]),
        (&"undone".into(), &serde_json::Value::Null)
    );
}

const EVIL: &str = "<script>alert(\"1\")</script>'&amp;";

/// Puts a text that is not harmless in the place of every text of a scenario.
fn spoilt(value: &mut serde_json::Value, key: &str) {
    const TEXTS: [&str; 12] = [
        "title",
        "summary",
        "name",
        "description",
        "category",
        "text",
        "advice",
        "theme",
        "hq",
        "local",
        "synonym",
        "briefing",
    ];
    match value {
        serde_json::Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| spoilt(value, key)),
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| spoilt(item, key)),
        serde_json::Value::String(text) if TEXTS.contains(&key) => EVIL.clone_into(text),
        _ => {}
    }
}

#[test]
fn the_page_takes_no_text_for_markup() {
    let mut json = serde_json::to_value(Game::shipped("demonstration")).unwrap();
    spoilt(&mut json, "");
    let mut game = Game::new(serde_json::from_value(json).unwrap());
    assert!(game.act_as(ANNA, introduce(EVIL)).is_ok());
    assert!(game.act(Do::Rename { title: EVIL.to_owned() }));
    assert!(game.act(Do::Start));
    for action in [deliver("T2"), deliver("T5"), deliver("T6"), act(), note(EVIL, Some("T2"))] {
        let _ = game.act(action);
    }
    let answer = chorus_exercise::events::Answer { custom: EVIL.to_owned(), ..wrong() };
    assert!(game.act(respond(&threat("T2"), answer)));
    assert!(game.act(Do::Finish));
    for language in [Language::English, Language::German] {
        let html = review::html(&game.review(), language);
        assert!(!html.contains("<script") && !html.contains("&amp;amp;amp;"));
        assert!(html.matches("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;").count() > 40);
        for loaded in ["src=", "http://", "https://", "url(", "@import"] {
            assert!(!html.contains(loaded), "{loaded}");
        }
    }
}

#[test]
fn the_page_has_all_parts_in_its_language() {
    let mut game = begun(|_| ());
    assert!(game.act_as(OLGA, note("Well done.", None)).is_ok());
    assert!(game.act(deliver("T1")));
    assert!(game.act(Do::Finish));
    let review = game.review();
    let english = review::html(&review, Language::English);
    let german = review::html(&review, Language::German);
    let parts =
        ["glance", "course", "learning", "threats", "help", "systems", "notes", "decisions", "people"];
    for part in parts {
        for html in [&english, &german] {
            assert!(html.contains(&format!("<li><a href=\"#{part}\">")), "{part}");
            assert!(html.contains(&format!("<section id=\"{part}\"")), "{part}");
        }
    }
    assert!(english.contains("<html lang=\"en\">") && english.contains("Facilitator 1"));
    assert!(german.contains("<html lang=\"de\">") && german.contains("Spielleitung 1"));
    assert!(english.contains("20 November 2026, 15:13 UTC"));
    assert!(!english.contains('{') || english.find('{') > english.find("<style>"));
    let body = |html: &str| html.split_once("</style>").map(|(_, body)| body.to_owned()).unwrap();
    assert!(!body(&english).contains('{') && !body(&german).contains('{'), "everything is filled in");
}

#[test]
fn the_page_speaks_with_the_words_of_a_scenario_of_its_language() {
    let review = Game::new(Game::shipped("election")).review();
    let english = review::html(&review, Language::English);
    assert!(english.contains(">Incidents</h2>") && !english.contains(">Threats</h2>"));
    assert!(english.contains("starting campaign chest 6,000"));
    let german = review::html(&review, Language::German);
    assert!(german.contains("Startbudget 6.000"));
}
