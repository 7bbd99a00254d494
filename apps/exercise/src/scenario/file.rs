//! Scenarios as files: several formats, told apart by looking at them.
//!
//! - one document in YAML or JSON, the form of [`Document`]
//! - a folder of tables in CSV, one file per table, with the names of the document's fields
//! - the tables of `CyberSim` as JSON, in all the forms in which they are public
//!
//! A file is read as far as it can be understood, and everything that is wrong with it is told at
//! once: by file, table, row and field.

mod csv;
pub(super) mod cybersim;
mod json;
mod shape;
mod tables;
mod words;
mod yaml;

use super::{Document, Fault, Faults, Scenario};

pub use csv::write as to_csv;
pub use json::write as to_json;
pub use shape::draft;
pub use yaml::write as to_yaml;

/// The most bytes that the files of one scenario may have together.
pub const MAX_BYTES: usize = 8_000_000;

/// How many faults are told.
const MOST: usize = 500;
/// How many rows of a table are read; no table may have as many.
pub(super) const MAX_ROWS: usize = 2_000;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Its name; folders may stand before it.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// What was read: as much as can be understood, and everything that is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    document: Document,
    faults: Vec<Fault>,
}

impl Draft {
    /// What could be understood.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What is wrong.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The draft, with a file in every fault that names none.
    #[must_use]
    pub fn in_file(mut self, name: &str) -> Self {
        for fault in &mut self.faults {
            fault.file.get_or_insert_with(|| name.to_owned());
        }
        self
    }

    /// The scenario, if nothing is wrong.
    pub fn into_scenario(self) -> Result<Scenario, Faults> {
        match Faults::some(self.faults) {
            Some(faults) => Err(faults),
            None => Scenario::new(self.document),
        }
    }

    fn new(document: Document, mut faults: Vec<Fault>) -> Self {
        faults.truncate(MOST);
        Self { document, faults }
    }

    /// The draft with its faults told in other words.
    pub(super) fn told(self, tell: impl FnOnce(Vec<Fault>) -> Vec<Fault>) -> Self {
        Self::new(self.document, tell(self.faults))
    }

    /// Nothing could be understood.
    fn failed(fault: Fault) -> Self {
        Self::new(Document::default(), vec![fault])
    }
}

/// Reads a scenario from one file or from all files of a folder.
///
/// `title` is what it is called where the format has no title, else the name of the file or folder.
pub fn read(files: &[InputFile], title: Option<&str>) -> Draft {
    let bytes: usize = files.iter().map(|file| file.content.len()).sum();
    if bytes > MAX_BYTES {
        return Draft::failed(whole("", "This is more than 8 MB."));
    }
    let files: Vec<_> = files.iter().filter(|file| files.len() == 1 || !is_aside(&file.name)).collect();
    let title = title.or_else(|| name(&files)).unwrap_or("Imported scenario");
    match files.as_slice() {
        [] => Draft::failed(whole("", "There is no scenario here.")),
        files if files.iter().all(|file| is(&file.name, "csv")) => csv::read(files),
        [file] => read_one(file, title),
        files if files.iter().all(|file| is(&file.name, "json")) => cybersim::read(files, title),
        _ => Draft::failed(whole(
            "",
            "These files do not belong together. A scenario is one file in YAML or JSON, or a folder of tables: \
             all in CSV, or CyberSim's in JSON.",
        )),
    }
}

fn read_one(file: &InputFile, title: &str) -> Draft {
    let value = text(file).and_then(|text| parse(&file.name, text));
    match value {
        Ok(value) if cybersim::is_whole(&value) => cybersim::read_whole(value, title),
        Ok(value) => draft(value),
        Err(fault) => Draft::failed(fault),
    }
}

/// Reads one document: JSON if it looks like it and is, else YAML.
fn parse(name: &str, text: &str) -> Result<serde_json::Value, Fault> {
    if !text.trim_start().starts_with(['{', '[']) {
        return yaml::read(name, text);
    }
    match json::read(name, text) {
        Ok(value) => Ok(value),
        Err(fault) if is(name, "json") => Err(fault),
        Err(fault) => yaml::read(name, text).map_err(|_| fault),
    }
}

/// Whether a file of a folder is not part of its scenario.
fn is_aside(name: &str) -> bool {
    let name = base(name);
    name.starts_with('.')
        || ["md", "txt", "html"].iter().any(|ending| is(name, ending))
        || !name.contains('.')
}

/// What the files are called together: the only one, or the folder of the first.
fn name<'a>(files: &[&'a InputFile]) -> Option<&'a str> {
    let name = match files {
        [only] => stem(&only.name),
        files => base(files.first()?.name.rsplit_once(['/', '\\'])?.0),
    };
    Some(name).filter(|name| !name.is_empty())
}

/// The name of a file, without the folders before it.
fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// The name of a file, without folders and ending.
fn stem(name: &str) -> &str {
    let name = base(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The text of a file, without the byte-order mark.
fn text(file: &InputFile) -> Result<&str, Fault> {
    let text = std::str::from_utf8(&file.content)
        .map_err(|_| whole(&file.name, "This is not text in UTF-8. Save it in that encoding."))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() { Err(whole(&file.name, "This file is empty.")) } else { Ok(text) }
}

/// Whether a name ends so.
fn is(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(ending))
}

/// Adds a fault to others, unless there are as many as are told.
pub(super) fn note(faults: &mut Vec<Fault>, fault: Fault) {
    if faults.len() < MOST {
        faults.push(fault);
    }
}

/// A fault of a whole file.
fn whole(file: &str, message: impl Into<String>) -> Fault {
    at_line(file, None, message)
}

/// A fault in a line of a file that cannot be read.
fn at_line(file: &str, line: Option<u64>, message: impl Into<String>) -> Fault {
    Fault {
        file: (!file.is_empty()).then(|| file.to_owned()),
        table: String::new(),
        row: line.map(|line| format!("line {line}")).unwrap_or_default(),
        field: String::new(),
        message: message.into(),
    }
}
