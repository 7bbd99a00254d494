//! A table for people and lines of JSON for programs.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value, json};

use crate::{Result, server::Kind};

/// The measurements of one scenario, of all its servers.
#[derive(Debug)]
pub(crate) struct Report {
    scenario: &'static str,
    rows: Vec<Row>,
}

/// One measurement of one server.
#[derive(Debug)]
struct Row {
    server: &'static str,
    variant: String,
    figures: Vec<Figure>,
}

/// A number with its name, which ends in its unit.
pub(crate) type Figure = (&'static str, f64);

impl Report {
    pub(crate) const fn new(scenario: &'static str) -> Self {
        Self { scenario, rows: Vec::new() }
    }

    /// Adds a measurement; its first figure is the one that servers are compared by.
    pub(crate) fn add(&mut self, server: &'static str, variant: impl Into<String>, figures: Vec<Figure>) {
        self.rows.push(Row { server, variant: variant.into(), figures });
    }

    /// Prints the table and appends the lines to `SCENARIO.jsonl` in `folder`.
    pub(crate) fn publish(&self, folder: &Path) -> Result<()> {
        self.print();
        fs::create_dir_all(folder)?;
        let path = folder.join(self.scenario).with_extension("jsonl");
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        for row in &self.rows {
            writeln!(file, "{}", self.json(row))?;
        }
        Ok(())
    }

    /// The figures that a server is compared by.
    pub(crate) fn first_figures(&self, server: &str) -> impl Iterator<Item = f64> {
        self.rows
            .iter()
            .filter(move |row| row.server == server)
            .filter_map(|row| Some(row.figures.first()?.1))
    }

    fn print(&self) {
        for rows in self.rows.chunk_by(|row, next| row.names().eq(next.names())) {
            self.table(rows);
        }
    }

    /// Prints rows that have the same figures.
    fn table(&self, rows: &[Row]) {
        print!("\n{:<13} {:<16}", self.scenario, "");
        for name in rows.first().into_iter().flat_map(Row::names) {
            print!(" {name:>24}");
        }
        let comparable = rows.iter().any(|row| self.ratio(row).is_some());
        println!("{}", if comparable { "  to floor" } else { "" });
        for row in rows {
            print!("{:<13} {:<16}", row.server, row.variant);
            for (_, value) in &row.figures {
                print!(" {:>24}", readable(*value));
            }
            println!(" {:>9}", self.ratio(row).map(readable).unwrap_or_default());
        }
    }

    /// The first figure in multiples of the floor's.
    fn ratio(&self, row: &Row) -> Option<f64> {
        let is_floor = |other: &&Row| other.server == Kind::Floor.name() && other.variant == row.variant;
        let floor = self.rows.iter().find(is_floor)?.figures.first()?.1;
        Some(row.figures.first()?.1 / floor)
    }

    fn json(&self, row: &Row) -> Value {
        let figures: Map<String, Value> =
            row.figures.iter().map(|(name, value)| ((*name).into(), json!(value))).collect();
        json!({
            "scenario": self.scenario,
            "server": row.server,
            "variant": row.variant,
            "figures": figures,
            "ratio_to_floor": self.ratio(row),
            "unix_time": SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
            "machine": machine(),
            "load_average": load_average(),
        })
    }
}

impl Row {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.figures.iter().map(|(name, _)| *name)
    }
}

/// Says what begins, where, and whether others are at work there too.
pub(crate) fn announce(what: &str) {
    let load = load_average();
    eprintln!("{what}, on {} (load average {load})", machine());
}

/// The machine in a line.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let count = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{count} x {}, Linux {}", model.trim_start_matches(['\t', ' ', ':']), kernel.trim())
}

/// How many processes wanted to run, on average over the last minute, this one among them.
fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or_default()
}

/// Three digits that matter, thousands as they are.
fn readable(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || value == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The value that `share` of the sorted values do not exceed.
pub(crate) fn percentile<T: Copy + Default>(sorted: &[T], share: f64) -> T {
    #[allow(clippy::cast_sign_loss, reason = "a share of a length is not negative")]
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_with_the_floor_of_the_same_variant() {
        let mut report = Report::new("test");
        report.add("floor", "a", vec![("x", 2.0)]);
        report.add("floor", "b", vec![("x", 4.0)]);
        report.add("node", "b", vec![("x", 12.0)]);
        assert_eq!(report.rows.last().and_then(|row| report.ratio(row)), Some(3.0));
    }

    #[test]
    fn percentiles_stay_within_the_values() {
        let values: Vec<u32> = (0..100).collect();
        assert_eq!(percentile(&values, 0.5), 50);
        assert_eq!(percentile(&values, 0.99), 99);
        assert_eq!(percentile(&values, 1.0), 99);
        assert_eq!(percentile::<u32>(&[], 0.5), 0);
    }
}
