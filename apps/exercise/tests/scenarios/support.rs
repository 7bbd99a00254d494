//! Reading, and documents of all sorts.

use std::path::Path;

use chorus_exercise::scenario::Document;
use chorus_exercise::scenario::file::{self, Draft, InputFile};

/// The scenarios that come with Chorus.
pub(crate) fn shipped() -> [Document; 2] {
    let election = include_str!("../../scenarios/election.yaml");
    let demonstration = include_str!("../../scenarios/demonstration.yaml");
    [election, demonstration].map(|text| document(&draft("scenario.yaml", text)))
}

pub(crate) fn input(name: &str, text: &str) -> InputFile {
    InputFile { name: name.to_owned(), content: text.as_bytes().to_vec() }
}

/// What one file holds.
pub(crate) fn draft(name: &str, text: &str) -> Draft {
    file::read(&[input(name, text)], None)
}

/// The document of a draft without faults.
pub(crate) fn document(draft: &Draft) -> Document {
    assert!(draft.faults().is_empty(), "{}", faults(draft));
    draft.document().clone()
}

/// The faults, one per line.
pub(crate) fn faults(draft: &Draft) -> String {
    draft.faults().iter().fold(String::new(), |told, fault| told + &fault.to_string() + "\n")
}

/// A folder of fixtures.
pub(crate) fn folder(name: &str) -> Vec<InputFile> {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
}

/// The files of a folder, by name.
pub(crate) fn read_folder(folder: &Path) -> Vec<InputFile> {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let files = std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        InputFile { name: format!("{name}/{file}"), content: std::fs::read(&path).unwrap() }
    });
    let mut files: Vec<_> = files.collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}
