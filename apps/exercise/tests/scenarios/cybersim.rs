//! `CyberSim`'s tables of both generations.

use std::path::PathBuf;

use chorus_exercise::scenario::{
    Cost, Document, Kind, Place, Points, Reach, ResponseId, RoleId, Threat, ThreatId, file,
};

use super::support::{document, faults, folder, input};

#[test]
fn the_first_generation_has_places() {
    let document = fixture("cybersim-v1");
    assert_eq!(document.title, "cybersim-v1");
    assert_eq!((document.settings.budget, document.settings.support), (7_000, Points::whole(40)));
    assert_eq!(document.settings.support_max, Points::whole(100));
    assert_eq!(document.settings.duration.to_string(), "85:00", "82 minutes, in steps of five");
    let [both, one] = document.mitigations.as_slice() else { panic!("{:?}", document.mitigations) };
    assert_eq!(both.cost, Cost::Each { hq: Some(500), local: Some(300) });
    assert_eq!(one.cost, Cost::Each { hq: Some(250), local: None });
    let van = &document.responses[0];
    assert_eq!((van.cost, van.at, van.mitigation_at), (None, Reach::Local, Some(Reach::Local)));
    assert_eq!(document.cost(van), 300);
    let till = &document.responses[1];
    assert_eq!((till.at, till.requires_at), (Reach::Party, Some(Reach::Hq)));
    assert_eq!(threat(&document, "I1").prevented_at, Some(Reach::Party));
}

#[test]
fn the_second_generation_has_one_cost_and_lists_inside_of_rows() {
    let document = fixture("cybersim-v2");
    assert_eq!((document.settings.budget, document.settings.support), (6_000, Points::whole(55)));
    assert_eq!(document.settings.support_max, Points::whole(200));
    let costs: Vec<_> = document.mitigations.iter().map(|mitigation| mitigation.cost).collect();
    assert_eq!(costs, [Cost::Whole(800), Cost::Whole(0)]);
    assert_eq!((document.responses[0].at, document.responses[0].cost), (Reach::Party, Some(800)));
    assert_eq!(threat(&document, "I1").prevented_at, None);
    let roles: Vec<_> =
        document.roles.iter().map(|role| (role.id.as_str(), role.name.as_str(), role.at)).collect();
    assert_eq!(roles, [("R1", "Owner", Reach::Party), ("R2", "Local Shop Manager", Reach::Local)]);
    assert_eq!((document.places.hq.as_str(), document.places.local.as_str()), ("Main shop", "Corner shop"));
    assert_eq!((document.words[0].word.as_str(), document.words[0].synonym.as_str()), ("poll", "mood"));
}

#[test]
fn both_generations_make_the_same_game() {
    for document in [fixture("cybersim-v1"), fixture("cybersim-v2")] {
        let late = threat(&document, "I1");
        assert_eq!((late.at.millis(), late.place, late.kind), (60_000, Reach::Local, Kind::Table));
        assert_eq!(
            (late.recipient.as_deref(), late.asset.as_deref()),
            (Some("LB - Shop Manager"), Some("1a"))
        );
        assert_eq!(late.to.iter().map(RoleId::as_str).collect::<Vec<_>>(), ["R2"]);
        assert_eq!(late.support, Points::from_f64(-0.5).unwrap());
        assert_eq!(late.followup.as_ref().map(ThreatId::as_str), Some("I2"));
        assert_eq!(late.advice, "Agree on a second way of delivery.");
        assert_eq!((late.disables.len(), late.responses.len()), (1, 1));
        let wait = threat(&document, "I2");
        assert!(wait.to.is_empty(), "all actors of a place are everybody there");
        assert_eq!(wait.responses.iter().map(ResponseId::as_str).collect::<Vec<_>>(), ["RP2", "RP1"]);
        let rain = threat(&document, "I3");
        assert_eq!((rain.place, rain.kind, rain.support), (Reach::Party, Kind::Background, Points::whole(0)));
        assert_eq!(rain.at.to_string(), "1:30.500");
        let sale = &document.actions[0];
        assert_eq!((sale.at, sale.cost, sale.gain, sale.roles.len()), (Place::Local, 100, 0, 2));
        assert_eq!(sale.support, Points::from_f64(2.5).unwrap());
        let [fails, review] = document.curveballs.as_slice() else { panic!() };
        assert!(fails.lose_budget && !review.lose_budget);
        assert_eq!((review.budget, review.support), (200, Points::whole(5)));
    }
}

#[test]
fn one_file_may_have_all_tables() {
    let tables = folder("cybersim-v1").into_iter().map(|file| {
        let name = file.name.rsplit('/').next().unwrap().split(['_', '.']).collect::<Vec<_>>();
        let name = name[1..name.len() - 1].join("_");
        format!("\"{name}s\": {}", String::from_utf8(file.content).unwrap())
    });
    let text = format!("{{{}}}", tables.collect::<Vec<_>>().join(","));
    let whole = file::read(&[input("all.json", &text)], Some("cybersim-v1"));
    assert_eq!(document(&whole), fixture("cybersim-v1"));
}

#[test]
fn every_fault_is_named_by_file_row_and_column() {
    let files = [
        input(
            "x/1_injection.json",
            r#"[{"id": "I1", "title": "x", "trigger_time": "soon", "type": "Cloud", "skipper_mitigation": "M9",
                "systems_to_disable": ["S1"], "followup_injecion": "I1", "poll_change": "much", "color": "red"},
               {"title": "y", "trigger_time": 1}, 3]"#,
        ),
        input(
            "x/mitigation.json",
            r#"[{"id": "M1", "description": "x", "category": "y"},
            {"id": "M2", "description": "x", "category": "y", "is_hq": 1, "hq_cost": 1.5},
            {"id": "M3", "description": "x", "category": "y", "is_hq": false, "is_local": false}]"#,
        ),
        input(
            "x/injection_response.json",
            r#"[{"injection_id": "I1", "response_id": "RP1"}, {"response_id": 3}]"#,
        ),
        input("x/locations.json", r#"[{"id": "L1", "name": "x", "type": "party"}]"#),
        input("x/curveball.json", "{}"),
        input("x/hats.json", "[]"),
        input("x/role.json", "[,]"),
        input("x/README.md", "words"),
    ];
    let draft = file::read(&files, None);
    assert_eq!(draft.document().title, "x");
    let told = faults(&draft);
    for line in [
        "x/1_injection.json › injection › I1 › trigger_time: This must be a number of milliseconds, up to 24 hours.",
        "x/1_injection.json › injection › I1 › type: cloud is not known here. There is table, board, background.",
        "x/1_injection.json › injection › I1 › skipper_mitigation: There is no mitigation M9.",
        "x/1_injection.json › injection › I1 › systems_to_disable: There is no system S1.",
        "x/1_injection.json › injection › I1 › followup_injecion: It would follow from itself.",
        "x/1_injection.json › injection › I1 › poll_change: This must be a number, not the text \"much\".",
        "x/1_injection.json › injection › I1 › color: This column is not known here.",
        "x/1_injection.json › injection › #2 › id: This is missing.",
        "x/1_injection.json › injection › #3: A row must be a group of fields.",
        "x/mitigation.json › mitigation › M1 › cost: This is missing.",
        "x/mitigation.json › mitigation › M2 › is_hq: This must be true or false.",
        "x/mitigation.json › mitigation › M3 › cost: It needs a price for at least one place.",
        "x/injection_response.json › injection_response › #1 › response_id: There is no RP1.",
        "x/injection_response.json › injection_response › #2 › injection_id: This is missing.",
        "x/injection_response.json › injection_response › #2 › response_id: This must be text.",
        "x/locations.json › location › L1 › type: This must be hq or local.",
        "x/curveball.json: This is not a table: it must be a list of rows.",
        "x/hats.json: There is no table of this name. There is injection, mitigation, response, system, \
         injection_response, role, action, action_role, curveball, location, dictionary.",
        "x/role.json › line 1: This is not valid JSON: expected value.",
    ] {
        assert!(told.contains(&format!("{line}\n")), "{line}\n\n{told}");
    }
}

/// The public data, when it is there: it is not part of this repository.
#[test]
fn the_public_data_is_read_whole() {
    let folder = std::env::var_os("CYBERSIM_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cybersim-v0"),
        PathBuf::from,
    );
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let files = super::support::read_folder(&folder);
    let document = document(&file::read(&files, None));
    let count = |kind| document.threats.iter().filter(|threat| threat.kind == kind).count();
    assert_eq!(document.threats.len(), 68);
    assert_eq!([Kind::Table, Kind::Board, Kind::Background].map(count), [39, 18, 11]);
    let at = |place| document.threats.iter().filter(|threat| threat.place == place).count();
    assert_eq!([Reach::Hq, Reach::Local, Reach::Party].map(at), [34, 23, 11]);
    let threats = |has: fn(&Threat) -> bool| document.threats.iter().filter(|threat| has(threat)).count();
    assert_eq!(threats(|threat| threat.followup.is_some()), 14);
    assert_eq!(threats(|threat| !threat.disables.is_empty()), 11);
    assert_eq!(threats(|threat| threat.prevented_at == Some(Reach::Hq)), 20);
    assert_eq!(threats(|threat| threat.prevented_at == Some(Reach::Local)), 11);
    assert_eq!(threats(|threat| threat.prevented_at == Some(Reach::Party)), 2);
    assert_eq!(threats(|threat| !threat.advice.is_empty()), 30);
    assert_eq!(threats(|threat| threat.responses.is_empty()), 34);
    assert_eq!(threats(|threat| threat.responses.is_empty() && threat.kind != Kind::Background), 23);
    assert_eq!(threats(|threat| threat.recipient.is_some()), 45);
    assert_eq!(threats(|threat| !threat.to.is_empty()), 38, "all but those to all actors of a place");
    let millis = |threat: &Threat| threat.at.millis();
    let times = document.threats.iter().map(millis);
    assert_eq!((times.clone().min(), times.max()), (Some(60_000), Some(4_920_000)));
    let sum: f64 = document.threats.iter().map(|threat| threat.support.as_f64()).sum();
    assert!((sum + 52.5).abs() < 1e-9, "{sum}");
    assert_eq!(document.mitigations.len(), 31);
    let prices =
        |place| document.mitigations.iter().filter_map(|mitigation| mitigation.cost.at(place)).sum::<i64>();
    assert_eq!((prices(Place::Hq), prices(Place::Local)), (26_500, 14_250));
    let places: usize = document.mitigations.iter().map(|mitigation| mitigation.cost.places().count()).sum();
    assert_eq!(places, 47);
    assert_eq!((document.responses.len(), document.systems.len()), (29, 12));
    assert_eq!(document.responses.iter().filter(|response| response.cost.is_none()).count(), 5);
    assert_eq!(document.responses.iter().filter(|response| !response.restores.is_empty()).count(), 11);
    assert_eq!(document.responses.iter().filter(|response| response.requires.is_some()).count(), 2);
    assert_eq!(document.threats.iter().map(|threat| threat.responses.len()).sum::<usize>(), 41);
    assert_eq!((document.roles.len(), document.actions.len(), document.curveballs.len()), (10, 14, 6));
    assert_eq!(document.actions.iter().map(|action| action.roles.len()).sum::<usize>(), 19);
    assert_eq!(document.settings.budget, 7_000);
}

fn fixture(name: &str) -> Document {
    document(&file::read(&folder(name), None))
}

fn threat<'a>(document: &'a Document, id: &str) -> &'a Threat {
    document.threat(&ThreatId::parse(id).unwrap()).unwrap()
}
