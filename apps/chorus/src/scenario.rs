//! `chorus scenario`: check, import and export scenarios.

mod files;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chorus_exercise::library::{self, Counts, Library};
use chorus_exercise::scenario::airtable::{self, Airtable};
use chorus_exercise::scenario::file::{self, Draft};
use chorus_exercise::scenario::{Document, Scenario};
use chorus_platform::database::{Database, OpenError};
use clap::{Args, Subcommand, ValueEnum};

use crate::MIGRATIONS;

/// What can be done with scenarios.
#[derive(Debug, Subcommand)]
pub(crate) enum Asked {
    /// Tell what is wrong with a scenario, each fault on a line
    ///
    /// A scenario is a file in YAML or JSON, or a folder of tables: in CSV, or those of `CyberSim` in
    /// JSON. Which of these it is, is seen by looking.
    Check {
        /// The file or the folder
        path: PathBuf,
    },
    /// Keep a scenario for everybody on this server, in place of an earlier one of its name
    ///
    /// Nothing is imported when there is a fault. Games in play keep the scenario they began with.
    Import(Import),
    /// Write a scenario of this server, or one that comes with Chorus
    Export(Export),
    /// Print the JSON Schema of scenarios, for editors
    Schema,
}

/// What is imported, and where to.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file or the folder
    #[arg(required_unless_present = "airtable", conflicts_with = "airtable")]
    path: Option<PathBuf>,

    /// Import an Airtable base instead, by its id (app…)
    #[arg(long, value_name = "BASE", requires = "token_file")]
    airtable: Option<String>,

    /// The file with the access token for Airtable
    #[arg(long, value_name = "FILE", requires = "airtable")]
    token_file: Option<PathBuf>,

    /// Where Airtable is [default: `https://api.airtable.com`]
    #[arg(long, value_name = "URL", requires = "airtable")]
    endpoint: Option<String>,

    /// By which name it is kept: 1 to 64 letters, digits, _ or -
    #[arg(long)]
    name: String,

    /// Its title, where the format has none [default: the name of the folder]
    #[arg(long)]
    title: Option<String>,

    /// The folder of the database, made when it is not there
    #[arg(long, value_name = "DIR", env = "CHORUS_DATA", default_value = "data")]
    data: PathBuf,

    /// Only tell what would be imported
    #[arg(long)]
    dry_run: bool,
}

/// What is exported, and how.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The name of the scenario
    name: String,

    /// The folder of the database
    #[arg(long, value_name = "DIR", env = "CHORUS_DATA", default_value = "data")]
    data: PathBuf,

    /// The format
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,

    /// The file to write, or for CSV the folder, which must be empty or new [default: print it]
    #[arg(long, value_name = "PATH", required_if_eq("format", "csv"))]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Yaml,
    Json,
    Csv,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScenarioError {
    #[error("{} cannot be read: {source}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} cannot be written: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is more than a scenario may have, 8 MB", .0.display())]
    TooLarge(PathBuf),
    #[error("the folder {} is not empty", .0.display())]
    NotEmpty(PathBuf),
    #[error("there {} in this scenario", if *.0 == 1 { "is a fault".to_owned() } else { format!("are {} faults", .0) })]
    Faults(usize),
    #[error(transparent)]
    Airtable(#[from] airtable::Error),
    #[error("there is no data in the folder {}", .0.display())]
    NoData(PathBuf),
    #[error("{0}; stop it first, or use its page /scenarios")]
    InUse(OpenError),
    #[error(transparent)]
    Database(OpenError),
    #[error(transparent)]
    Library(#[from] chorus_platform::Error),
}

impl From<OpenError> for ScenarioError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::InUse(_) => Self::InUse(error),
            other => Self::Database(other),
        }
    }
}

/// Does what is asked for.
pub(crate) async fn run(asked: Asked) -> Result<(), ScenarioError> {
    match asked {
        Asked::Check { path } => {
            let scenario = scenario(read(&path, None)?)?;
            print(&format!("There is no fault in {}: {}.\n", path.display(), about(&scenario)))
        }
        Asked::Import(import) => import.run().await,
        Asked::Export(export) => export.run().await,
        Asked::Schema => print(&Document::schema()),
    }
}

impl Import {
    async fn run(self) -> Result<(), ScenarioError> {
        library::check_name(&self.name)?;
        let scenario = scenario(self.draft().await?)?;
        if self.dry_run {
            return print(&format!("This would be imported as {}: {}.\n", self.name, about(&scenario)));
        }
        let database = Arc::new(Database::open(&self.data, MIGRATIONS).await?);
        let imported = Library::new(Arc::clone(&database)).import(&self.name, &scenario).await;
        database.close().await;
        let version = imported?.version;
        print(&format!("Imported as {}, version {version}: {}.\n", self.name, about(&scenario)))
    }

    async fn draft(&self) -> Result<Draft, ScenarioError> {
        let title = self.title.as_deref();
        match (&self.path, &self.airtable, &self.token_file) {
            (_, Some(base), Some(token)) => {
                let token = files::small(token)?;
                let airtable = Airtable::new(self.endpoint.as_deref(), token.trim())?;
                Ok(airtable.read(base, title.unwrap_or(&self.name)).await?)
            }
            (Some(path), ..) => read(path, title),
            // the command line asks for one of them
            (None, ..) => read(Path::new("."), title),
        }
    }
}

impl Export {
    async fn run(self) -> Result<(), ScenarioError> {
        let scenario = match library::shipped(&self.name) {
            Some(shipped) => shipped,
            None => self.stored().await?,
        };
        let text = match self.format {
            Format::Yaml => file::to_yaml(&scenario)?,
            Format::Json => file::to_json(&scenario)?,
            Format::Csv => {
                let folder = self.out.unwrap_or_else(|| self.name.into());
                return files::write_folder(&folder, &file::to_csv(&scenario)?);
            }
        };
        match self.out {
            Some(path) => files::write(&path, text.as_bytes()),
            None => print(&text),
        }
    }

    async fn stored(&self) -> Result<Arc<Scenario>, ScenarioError> {
        if !self.data.join("chorus.db").is_file() {
            return Err(ScenarioError::NoData(self.data.clone()));
        }
        let database = Arc::new(Database::open(&self.data, MIGRATIONS).await?);
        let found = Library::new(Arc::clone(&database)).find(&self.name, None).await;
        database.close().await;
        Ok(found?.scenario)
    }
}

/// Reads a file, or the files of a folder.
fn read(path: &Path, title: Option<&str>) -> Result<Draft, ScenarioError> {
    let name = files::name(path);
    let files = files::read(path)?;
    let draft = file::read(&files, title.or(name.as_deref()));
    // of one file, faults do not say which
    let [only] = files.as_slice() else { return Ok(draft) };
    Ok(draft.in_file(&only.name))
}

/// The scenario, if there is no fault; else tells each on a line.
fn scenario(draft: Draft) -> Result<Scenario, ScenarioError> {
    draft.into_scenario().map_err(|faults| {
        let _ = writeln!(io::stderr(), "{faults}");
        ScenarioError::Faults(faults.iter().count())
    })
}

/// What a scenario is, in a line.
fn about(scenario: &Scenario) -> String {
    let counts = Counts::of(scenario);
    let rows = [
        (counts.threats, "threat"),
        (counts.mitigations, "mitigation"),
        (counts.responses, "response"),
        (counts.systems, "system"),
        (counts.actions, "action"),
        (counts.roles, "role"),
        (counts.curveballs, "curveball"),
        (counts.learning, "learning point"),
    ];
    rows.iter().fold(format!("“{}”", scenario.title), |about, (count, what)| {
        format!("{about}, {count} {what}{}", if *count == 1 { "" } else { "s" })
    })
}

/// Prints a result. A reader that has seen enough is no failure.
fn print(text: &str) -> Result<(), ScenarioError> {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => {
            Err(ScenarioError::Write { path: "the result".into(), source })
        }
        _ => Ok(()),
    }
}
