//! Folders of tables in CSV.

use chorus_exercise::scenario::file::{self, Draft};
use chorus_exercise::scenario::{Cost, Document};

use super::support::{document, faults, input, shipped};

#[test]
fn what_is_written_is_read_again() {
    for shipped in shipped() {
        let files = file::to_csv(&shipped).unwrap();
        assert!(files.iter().all(|file| file.content.starts_with(b"\xef\xbb\xbf")));
        assert_eq!(document(&file::read(&files, None)), shipped);
    }
}

#[test]
fn tables_are_as_spreadsheets_save_them() {
    let folder = [
        (
            "x/scenario.csv",
            "\u{feff}title;A fire\r\nsettings.budget;500\r\nsettings.carry_over;TRUE\r\nplaces.hq;Town hall\r\n;\r\n",
        ),
        ("x/Systems.csv", "id;name;at\r\nS1;\"Water; of the town\";hq\r\n;;\r\n"),
        (
            "x/mitigations.csv",
            "id,category,name,cost,cost.hq,cost.local\nM1,Pumps,A pump,100,,\nM2,Pumps,Two,,5, 7\n",
        ),
        ("x/threats.csv", "id\ttitle\tat\tsupport\tdisables\n T1 \t'=2+2\t 4:30\t-0.5\tS1\n"),
        ("x/notes.txt", "not a table"),
    ];
    let read = document(&read(&folder));
    assert_eq!((read.title.as_str(), read.settings.budget, read.settings.carry_over), ("A fire", 500, true));
    assert_eq!((read.places.hq.as_str(), read.places.local.as_str()), ("Town hall", "Local branch"));
    assert_eq!(read.systems[0].name, "Water; of the town");
    let costs: Vec<_> = read.mitigations.iter().map(|mitigation| mitigation.cost).collect();
    assert_eq!(costs, [Cost::Whole(100), Cost::Each { hq: Some(5), local: Some(7) }]);
    assert_eq!((read.threats[0].title.as_str(), read.threats[0].at.millis()), ("=2+2", 270_000));
}

#[test]
fn no_cell_is_a_formula() {
    let mut document = Document { title: "=1+1".to_owned(), ..Document::default() };
    for title in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", "'=1", "'quoted'", "plain"] {
        title.clone_into(&mut document.title);
        let files = file::to_csv(&document).unwrap();
        let text = String::from_utf8(files[0].content.clone()).unwrap();
        let formula = title.trim_start_matches(['\'', ' ']).starts_with(['=', '+', '-', '@', '＝']);
        assert_eq!(text.contains(&format!("title,'{title}")), formula, "{text}");
        assert_eq!(file::read(&files, None).document().title, title);
    }
}

#[test]
fn every_fault_is_named_by_file_row_and_field() {
    let told = faults(&read(&[
        (
            "scenario.csv",
            "field,value\nformat,chorus-scenario/1\nsettings.budget,much\nsettings.speed,1,2\ncolor,red\ntitle,x\ntitle,y\n",
        ),
        ("mitigations.csv", "id,name,category,cost,cost.hq,hat\nM1,x,y,1,2,z\n,x,y,3\nM3,x,y,1.5,,,,9\n"),
        ("threats.csv", "id,title,at,disables,prevented_by\nT1,x,soon,S1;S2,M9\n"),
        ("hats.csv", "id\n"),
        ("words.csv", "word,synonym\n\"a\"b,c\n"),
        ("roles.csv", ""),
    ]));
    for line in [
        "scenario.csv › settings › budget: This must be a whole number, not the text \"much\".",
        "scenario.csv › settings.speed: This line has more than a field and a value.",
        "scenario.csv › color: There is no field of this name.",
        "scenario.csv › title: This field is there twice.",
        "mitigations.csv › mitigations › hat: There is no field of this name. There is id, name, category, cost, \
         cost.hq, cost.local.",
        "mitigations.csv › mitigations › M1 › cost.hq: Another cell of this row says something else.",
        "mitigations.csv › mitigations › #2 › id: This is missing.",
        "mitigations.csv › mitigations › M3: A cell of this row has no field above it.",
        "mitigations.csv › mitigations › M3 › cost: This must be a whole number, or a price for hq, for local or for \
         both.",
        "threats.csv › threats › T1 › at: This must be a time up to 24 hours, such as 4:30 for 4 minutes and 30 \
         seconds, not the text \"soon\".",
        "threats.csv › threats › T1 › disables: There is no system S1.",
        "threats.csv › threats › T1 › prevented_by: There is no mitigation M9.",
        "hats.csv: There is no table of this name. There is scenario, words, systems, mitigations, responses, \
         threats, roles, actions, curveballs, learning.",
        "roles.csv: This file is empty.",
    ] {
        assert!(told.contains(&format!("{line}\n")), "{line}\n\n{told}");
    }
}

#[test]
fn the_file_of_the_title_must_be_there() {
    let told = faults(&read(&[("systems.csv", "id,name\nS1,x\n")]));
    assert_eq!(told, "scenario.csv: This file is missing: it holds the title and the settings.\n");
    let twice =
        faults(&read(&[("scenario.csv", "title,x"), ("a/words.csv", "word"), ("b/words.csv", "word")]));
    assert_eq!(twice, "b/words.csv: This table is there twice.\n");
    let latin = file::InputFile { name: "scenario.csv".into(), content: b"title,\xe4".to_vec() };
    let told = faults(&file::read(&[latin], None));
    assert!(told.starts_with("scenario.csv: This is not text in UTF-8."), "{told}");
}

fn read(files: &[(&str, &str)]) -> Draft {
    let files: Vec<_> = files.iter().map(|(name, text)| input(name, text)).collect();
    file::read(&files, None)
}
