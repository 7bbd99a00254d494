//! Documents of all sorts: nothing is lost in any format, and nothing that is read makes a panic.

use chorus_exercise::scenario::{
    Action, ActionId, Cost, Curveball, CurveballId, Delivery, Document, GameTime, Kind, LearningId,
    LearningPoint, Mitigation, MitigationId, Place, Places, Points, Reach, Resale, Response, ResponseId,
    Restart, Role, RoleId, Settings, System, SystemId, Threat, ThreatId, Word, file,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::support::{draft, input};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_document_survives_every_format(written in documents()) {
        let yaml = file::to_yaml(&written).unwrap();
        let read = draft("x.yaml", &yaml);
        prop_assert_eq!(read.document(), &written, "{}", yaml);
        let json = file::to_json(&written).unwrap();
        let read = draft("x.json", &json);
        prop_assert_eq!(read.document(), &written);
        let tables = file::to_csv(&written).unwrap();
        let read = file::read(&tables, None);
        prop_assert_eq!(read.document(), &written);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}", name in "[a-z.]{0,12}") {
        draft(&name, &text);
        file::read(&[input("scenario.csv", &text), input("threats.csv", &text)], None);
        file::read(&[input("1_injection.json", &text), input("mitigation.json", &text)], None);
    }

    #[test]
    fn tables_of_any_values_are_read_without_a_panic(values in vec(values(), 1..4)) {
        let text = serde_json::to_string(&values).unwrap();
        let tables: Vec<_> = ["injection", "mitigation", "response", "role", "action", "action_role", "location"]
            .iter()
            .map(|table| input(&format!("{table}.json"), &text))
            .collect();
        file::read(&tables, None);
        let document = format!("{{\"format\": \"chorus-scenario/1\", \"threats\": {text}, \"mitigations\": {text}}}");
        draft("x.json", &document);
    }
}

/// JSON with the columns of tables, of all types.
fn values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "(hq|local|party|Table|I1|M1|.{0,8})".prop_map(Into::into),
    ];
    let column = "(id|title|type|cost|at|is_hq|hq_cost|location|roles|trigger_time|poll_change|responses|recipient_role|role_id|action_id|.{0,4})";
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            vec((column, inner), 0..8).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// A text as people write it, and worse; cells of spreadsheets keep nothing that is only spaces.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9 ,.:;#'\"\\-=+@!?&*%|>{}\\[\\]\\\\/~`]{1,140}",
        "\\PC{1,40}",
        "(yes|no|null|true|~|4:30|0x1F|1e3|2026-11-20|- x|: x|# x|=1|'=1|\\|-|>-|<<|---|\\.inf)",
        "[a-zé\n ]{1,60}",
    ]
    .prop_filter("only spaces", |text| !text.trim().is_empty())
    .prop_map(|text| text.replace('\r', ""))
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), text()]
}

fn id() -> impl Strategy<Value = String> {
    "([A-Z][0-9]{1,3}|[0-9]{1,4}|no|null|[A-Za-z0-9_-]{1,12})"
}

macro_rules! ids {
    ($($name:ident: $id:ident)*) => {$(
        fn $name() -> impl Strategy<Value = $id> { id().prop_map(|id| $id::parse(&id).unwrap()) }
    )*};
}

ids! {
    system: SystemId mitigation: MitigationId response: ResponseId threat: ThreatId role: RoleId
    action: ActionId curveball: CurveballId learning: LearningId
}

fn points() -> impl Strategy<Value = Points> {
    (-1_000_000..1_000_000_i32).prop_map(|points| Points::from_f64(f64::from(points) / 1_000.0).unwrap())
}

fn time() -> impl Strategy<Value = GameTime> {
    (0..=GameTime::MAX.millis()).prop_map(|millis| GameTime::from_millis(millis).unwrap())
}

fn reach() -> impl Strategy<Value = Reach> {
    prop_oneof![Just(Reach::Hq), Just(Reach::Local), Just(Reach::Party)]
}

fn cost() -> impl Strategy<Value = Cost> {
    prop_oneof![
        (0..1_000_000_i64).prop_map(Cost::Whole),
        (0..9_000_i64, option::of(0..9_000_i64)).prop_map(|(hq, local)| Cost::Each { hq: Some(hq), local }),
        (0..9_000_i64).prop_map(|local| Cost::Each { hq: None, local: Some(local) }),
    ]
}

prop_compose! {
    fn mitigations()(id in mitigation(), name in text(), category in text(), cost in cost()) -> Mitigation {
        Mitigation { id, name, category, cost }
    }
}

prop_compose! {
    fn responses()(
        id in response(), text in text(), cost in option::of(0..9_000_i64), at in reach(),
        put in option::of(mitigation()), mitigation_at in option::of(reach()),
        restores in vec(system(), 0..3), requires in option::of(mitigation()), requires_at in option::of(reach()),
    ) -> Response {
        Response { id, text, cost, at, mitigation: put, mitigation_at, restores, requires, requires_at }
    }
}

prop_compose! {
    fn threats()(
        (id, title, description, at, place) in (threat(), text(), texts(), time(), reach()),
        kind in prop_oneof![Just(Kind::Table), Just(Kind::Board), Just(Kind::Background)],
        (to, recipient, asset) in (vec(role(), 0..3), option::of(text()), option::of(text())),
        (prevented_by, prevented_at) in (option::of(mitigation()), option::of(reach())),
        (disables, support, responses) in (vec(system(), 0..3), points(), vec(response(), 0..3)),
        (followup, advice) in (option::of(threat()), texts()),
    ) -> Threat {
        Threat {
            id, title, description, at, place, kind, to, recipient, asset, prevented_by, prevented_at, disables,
            support, responses, followup, advice,
        }
    }
}

prop_compose! {
    fn actions()(
        (id, text, local, cost, gain) in (action(), text(), any::<bool>(), 0..9_000_i64, 0..9_000_i64),
        (support, needs, roles) in (points(), vec(system(), 0..3), vec(role(), 0..3)),
    ) -> Action {
        Action { id, text, at: if local { Place::Local } else { Place::Hq }, cost, gain, support, needs, roles }
    }
}

prop_compose! {
    fn settings()(
        (budget, support, duration) in (0..1_000_000_i64, points(), time()),
        (speed, carry_over, automatic) in (10..2_000_u32, any::<bool>(), any::<bool>()),
    ) -> Settings {
        Settings {
            budget, support, duration, speed, carry_over,
            support_min: Points::whole(1),
            support_max: support,
            delivery: if automatic { Delivery::Automatic } else { Delivery::Manual },
            resale: if automatic { Resale::Always } else { Resale::Preparation },
            restart: if carry_over { Restart::Keep } else { Restart::Pause },
        }
    }
}

prop_compose! {
    fn documents()(
        (title, summary, settings) in (text(), texts(), settings()),
        (hq, local) in (text(), text()),
        words in vec((text(), text()).prop_map(|(word, synonym)| Word { word, synonym }), 0..3),
        systems in vec((system(), text(), texts(), reach())
            .prop_map(|(id, name, description, at)| System { id, name, description, at }), 0..3),
        (mitigations, responses, threats) in (vec(mitigations(), 0..3), vec(responses(), 0..3), vec(threats(), 0..4)),
        roles in vec((role(), text(), texts(), reach())
            .prop_map(|(id, name, briefing, at)| Role { id, name, briefing, at }), 0..3),
        actions in vec(actions(), 0..3),
        curveballs in vec((curveball(), text(), any::<bool>(), -9_000..9_000_i64, points())
            .prop_map(|(id, text, lose_budget, budget, support)| Curveball { id, text, lose_budget, budget, support }), 0..3),
        learning in vec((learning(), text(), text(), vec(threat(), 0..3))
            .prop_map(|(id, theme, text, threats)| LearningPoint { id, theme, text, threats }), 0..3),
    ) -> Document {
        Document {
            title, summary, settings, words, systems, mitigations, responses, threats, roles, actions, curveballs,
            learning,
            language: "de-CH".to_owned(),
            places: Places { hq, local },
            ..Document::default()
        }
    }
}
