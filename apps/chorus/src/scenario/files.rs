//! Files and folders of scenarios.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use chorus_exercise::scenario::file::{InputFile, MAX_BYTES};

use super::ScenarioError;

/// What the files of a scenario end with.
const ENDINGS: [&str; 4] = ["yaml", "yml", "json", "csv"];

/// One file, or the files of a folder that may be part of a scenario, by name.
pub(super) fn read(path: &Path) -> Result<Vec<InputFile>, ScenarioError> {
    let failed = |source| ScenarioError::Read { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![read_file(path, MAX_BYTES)?]);
    }
    let entries = fs::read_dir(path).map_err(failed)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>();
    let mut paths = paths.map_err(failed)?;
    paths.retain(|path| is_part(path));
    paths.sort();
    let mut left = MAX_BYTES;
    let mut files = Vec::new();
    for file in paths {
        let file = read_file(&file, left).map_err(|error| match error {
            ScenarioError::TooLarge(_) => ScenarioError::TooLarge(path.to_owned()),
            other => other,
        })?;
        left -= file.content.len();
        files.push(file);
    }
    Ok(files)
}

/// A short text, such as a token.
pub(super) fn small(path: &Path) -> Result<String, ScenarioError> {
    let failed = |source| ScenarioError::Read { path: path.to_owned(), source };
    let mut text = String::new();
    File::open(path).and_then(|file| file.take(10_000).read_to_string(&mut text)).map_err(failed)?;
    Ok(text)
}

/// What a folder is called, also one that is said as `.`; none of a file.
pub(super) fn name(path: &Path) -> Option<String> {
    let folder = path.canonicalize().ok().filter(|path| path.is_dir())?;
    Some(folder.file_name()?.to_string_lossy().into_owned())
}

pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), ScenarioError> {
    fs::write(path, content).map_err(|source| ScenarioError::Write { path: path.to_owned(), source })
}

/// Writes into a new or empty folder: an older table left in it would be read as part of it.
pub(super) fn write_folder(folder: &Path, files: &[InputFile]) -> Result<(), ScenarioError> {
    let failed = |source| ScenarioError::Write { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    if fs::read_dir(folder).map_err(failed)?.next().is_some() {
        return Err(ScenarioError::NotEmpty(folder.to_owned()));
    }
    files.iter().try_for_each(|file| write(&folder.join(&file.name), &file.content))
}

fn read_file(path: &Path, most: usize) -> Result<InputFile, ScenarioError> {
    let failed = |source| ScenarioError::Read { path: path.to_owned(), source };
    let mut content = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(most as u64 + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() > most {
        return Err(ScenarioError::TooLarge(path.to_owned()));
    }
    Ok(InputFile { name: path.display().to_string(), content })
}

fn is_part(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    path.is_file() && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}
