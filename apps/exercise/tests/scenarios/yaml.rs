//! YAML and JSON.

use std::time::{Duration, Instant};

use chorus_exercise::scenario::{Document, GameTime, file};

use super::support::{document, draft, faults, shipped};

#[test]
fn what_is_written_is_read_again() {
    for shipped in shipped() {
        let yaml = file::to_yaml(&shipped).unwrap();
        assert_eq!(document(&draft("x.yaml", &yaml)), shipped, "{yaml}");
        let json = file::to_json(&shipped).unwrap();
        assert_eq!(document(&draft("x.json", &json)), shipped);
    }
}

#[test]
fn yaml_is_written_for_people() {
    let [election, _] = shipped();
    let yaml = file::to_yaml(&election).unwrap();
    assert!(yaml.starts_with("format: chorus-scenario/1\ntitle: "), "{yaml}");
    assert!(yaml.contains("\n\n# What happens, and when\nthreats:\n  - id: T1\n    title: "), "{yaml}");
    assert!(yaml.contains("\n    restores: [S"), "ids stand on one line");
    assert!(!yaml.contains(": []") && !yaml.contains(": \"\"\n"), "what is empty is left out");
    assert!(yaml.contains("\n    description: >-\n      "), "long texts are folded");
}

#[test]
fn every_fault_of_shape_is_told_at_once() {
    let told = faults(&draft(
        "x.yaml",
        r#"
format: chorus-scenario/1
title: A fire
language: no
settings: {budget: 1.5, sped: 3, carry_over: maybe, duration: 4:30, delivery: now, support: 101}
places: here
roles: none
threats:
  - id: T1
    title: 3
    at: 270
    support: -0.5
    prevented_by: M7
  - title: No id
  - 4
  - {id: T 1, title: x, at: "1:75", kind: cloud, place: null, disables: S1, responses: [1], to: [R1]}
  - {id: T1, title: Again, at: "1:00"}
mitigations:
  - {id: M1, cost: x}
  - {id: M2, name: x, category: y, cost: {hq: 1, park: 2}}
curveballs:
  - {id: C1, text: "", budget: 1, lose_budget: "yes"}
hats: 1
"#,
    ));
    for line in [
        "settings › budget: This must be a whole number, not 1.5.",
        "settings › carry_over: This must be true or false, not the text \"maybe\".",
        "settings › delivery: now is not known here. There is manual or automatic.",
        "settings › sped: There is no field sped. There is budget, support, support_min, support_max, duration, \
         speed, carry_over, delivery, resale, restart.",
        "places: This must be a group of fields.",
        "roles: This must be a list of rows.",
        "threats › T1 › title: This must be text, not 3: put it in quotes.",
        "threats › T1 › prevented_by: There is no mitigation M7.",
        "threats › #2 › at: This is missing.",
        "threats › #2 › id: This is missing.",
        "threats › #3: A row must be a group of fields.",
        "threats › T 1 › id: An id has 1 to 64 letters, digits, _ or -.",
        "threats › T 1 › at: This must be a time up to 24 hours, such as 4:30 for 4 minutes and 30 seconds, not the \
         text \"1:75\".",
        "threats › T 1 › kind: cloud is not known here. There is table, board, background.",
        "threats › T 1 › disables: This must be a list, not the text \"S1\".",
        "threats › T 1 › responses: This must be text, not 1: put it in quotes.",
        "threats › T1 › id: Another row has this id.",
        "mitigations › M1 › name: This is missing.",
        "mitigations › M1 › category: This is missing.",
        "mitigations › M1 › cost: This must be a whole number, or a price for hq, for local or for both.",
        "curveballs › C1 › text: This must not be empty.",
        "curveballs › C1 › lose_budget: This must be true or false, not the text \"yes\".",
    ] {
        assert!(told.contains(&format!("{line}\n")), "{line}\n\n{told}");
    }
    assert!(told.contains("\nhats: There is no field hats. There is format, title, "), "{told}");
    assert!(!told.contains("settings › support:"), "the bounds may be what is wrong: {told}");
    assert!(!told.contains("\nlanguage"), "no is a language, not a truth: {told}");
}

#[test]
fn a_price_for_an_unknown_place_is_told() {
    let text = "format: chorus-scenario/1\ntitle: x\nmitigations:\n  - {id: M1, name: x, category: y, cost: {hq: 1, park: 2}}\n";
    let told = faults(&draft("x.yaml", text));
    assert_eq!(told, "mitigations › M1 › cost: There is no park here.\n");
}

#[test]
fn files_that_are_none_are_told_by_line() {
    for (name, text, told) in [
        ("x.yaml", "", "x.yaml: This file is empty."),
        ("x.yaml", "title: [", "x.yaml › line 1: This is not valid YAML: unclosed bracket '['."),
        ("x.yaml", "a: 1\na: 2\n", "x.yaml › line 2: This is not valid YAML: duplicate mapping key: a."),
        ("x.json", "{\n\"title\": \"x\",}", "x.json › line 2: This is not valid JSON: trailing comma."),
        ("x", "3", "This is not a scenario: it must begin with the line format: chorus-scenario/1."),
        ("x.json", "[]", "This is not a scenario: it must begin with the line format: chorus-scenario/1."),
        (
            "x.yaml",
            "format: chorus-scenario/2\ntitle: x",
            "format: chorus-scenario/2 is not known here. There is chorus-scenario/1.",
        ),
    ] {
        assert_eq!(faults(&draft(name, text)).trim_end(), told, "{text}");
    }
    let files =
        [("a.yaml", "a: 1"), ("b.yaml", "b: 1")].map(|(name, text)| super::support::input(name, text));
    assert!(faults(&file::read(&files, None)).starts_with("These files do not belong together."));
    assert_eq!(faults(&file::read(&[], None)), "There is no scenario here.\n");
}

#[test]
fn json_is_told_from_yaml_by_looking() {
    let json = r#"{"format": "chorus-scenario/1", "title": "x"}"#;
    let yaml = "{format: chorus-scenario/1, title: x}";
    for (name, text) in [("x", json), ("x.yaml", json), ("x.json", json), ("x", yaml), ("x.yml", yaml)] {
        assert_eq!(document(&draft(name, text)).title, "x", "{name} {text}");
    }
    assert!(!draft("x.json", yaml).faults().is_empty());
}

/// A small file stays small, a deep one does not end the process, and no file takes the square of
/// its size in time.
#[test]
fn hostile_yaml_is_refused_at_once() {
    let times_ten = |n: u32| format!("*a{n},").repeat(10);
    let laughs = (1..10)
        .fold("a0: &a0 [ha]\n".to_owned(), |text, n| text + &format!("a{n}: &a{n} [{}]\n", times_ten(n - 1)));
    let merged =
        (0..10_000).fold("a: &a {x: 1}\n".to_owned(), |text, n| text + &format!("b{n}: {{<<: *a}}\n"));
    let indented = (0..2_000).fold(String::new(), |text, n| text + &" ".repeat(n) + "a:\n");
    let threat =
        |n: u32| format!("{{\"id\": \"T{n}\", \"title\": \"x\", \"at\": 0, \"followup\": \"T{}\"}}", n + 1);
    let chain: Vec<_> = (0..100_000).map(threat).collect();
    let chain = format!(
        "{{\"format\": \"chorus-scenario/1\", \"title\": \"x\", \"threats\": [{}]}}",
        chain.join(",")
    );
    let role = "{\"id\": \"R1\", \"name\": \"a b\", \"recipient_role\": \"a b c\"},".repeat(49_999) + "{}";
    let roles = format!("{{\"injection\": [{role}], \"role\": [{role}]}}");
    let fields = (0..300_000).fold(String::new(), |text, n| text + &format!("\"f{n}\": 1,"));
    let too_much = "it is too large, too deep or repeats itself too often";
    for (name, text, why) in [
        ("laughs", laughs, too_much),
        ("merged", merged, too_much),
        ("deep", "a: ".to_owned() + &"[".repeat(100_000), too_much),
        ("indented", indented, too_much),
        ("documents", "---\na: 1\n".repeat(1_000), too_much),
        ("nodes", "- {}\n".repeat(300_000), too_much),
        ("deep.json", "[".repeat(100_000), "recursion limit exceeded"),
        ("chain.json", chain, "There are 100000 rows; no table may have as many."),
        ("roles.json", roles, "There are 50000 rows; 2000 is the most that is read."),
        ("fields.json", format!("{{{fields}\"x\": 1}}"), "There is no field f0."),
    ] {
        let began = Instant::now();
        let told = faults(&draft(name, &text));
        assert!(told.contains(why) && told.lines().count() <= 500, "{name}: {told}");
        assert!(began.elapsed() < Duration::from_secs(20), "{name} took {:?}", began.elapsed());
    }
}

#[test]
fn no_more_than_500_faults_are_told() {
    let rows = "  - {id: S 1}\n".repeat(5_000);
    let told = draft("x.yaml", &format!("format: chorus-scenario/1\ntitle: x\nsystems:\n{rows}"));
    assert_eq!(told.faults().len(), 500);
    assert!(told.into_scenario().is_err());
}

#[test]
fn what_says_nothing_is_as_good_as_absent() {
    let text = "format: chorus-scenario/1\ntitle: x\nsettings:\nthreats:\n  - {id: T1, title: x, at: 90, description: , to: }\nroles:\n";
    let read = document(&draft("x.yaml", text));
    assert_eq!(read.settings, Document::default().settings);
    assert_eq!(read.threats[0].at, GameTime::parse("1:30").unwrap());
}
