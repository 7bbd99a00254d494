//! What a process uses, as the kernel counts it.

use std::{fs, path::PathBuf, time::Duration};

use crate::Result;

/// `USER_HZ`, which is 100 on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// A process under measurement.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    proc: PathBuf,
}

/// Memory in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident, shared pages counted by share.
    pub(crate) pss: u64,
    /// Written by the process and its own: heap, stacks, data.
    pub(crate) private_dirty: u64,
}

impl Process {
    pub(crate) fn new(pid: u32) -> Self {
        Self { proc: format!("/proc/{pid}").into() }
    }

    /// Processor time since its start, user and system.
    ///
    /// The scheduler's nanoseconds, summed over the threads that live; or the coarse sum that
    /// knows of threads that have ended too, where that is more.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let coarse = self.coarse_cpu()?;
        let fine = self.fine_cpu()?;
        Ok(if coarse > fine + 2 * TICK { coarse } else { fine })
    }

    /// Processor time since the given reading of [`Process::cpu`], in microseconds.
    pub(crate) fn micros_since(&self, start: Duration) -> Result<f64> {
        Ok(self.cpu()?.saturating_sub(start).as_secs_f64() * 1e6)
    }

    pub(crate) fn memory(&self) -> Result<Memory> {
        let rollup = fs::read_to_string(self.proc.join("smaps_rollup"))?;
        Ok(Memory { pss: kilobytes(&rollup, "Pss:")?, private_dirty: kilobytes(&rollup, "Private_Dirty:")? })
    }

    /// Memory that is resident, in bytes.
    pub(crate) fn resident_memory(&self) -> Result<u64> {
        kilobytes(&fs::read_to_string(self.proc.join("status"))?, "VmRSS:")
    }

    /// The most memory that was ever resident, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64> {
        kilobytes(&fs::read_to_string(self.proc.join("status"))?, "VmHWM:")
    }

    /// How many file descriptors it has open: its connections and a few of its own.
    pub(crate) fn descriptors(&self) -> Result<usize> {
        Ok(fs::read_dir(self.proc.join("fd"))?.count())
    }

    /// Bytes it caused to be written to storage.
    pub(crate) fn bytes_written(&self) -> Result<u64> {
        Ok(number(&fs::read_to_string(self.proc.join("io"))?, "write_bytes:")?)
    }

    fn coarse_cpu(&self) -> Result<Duration> {
        let stat = fs::read_to_string(self.proc.join("stat"))?;
        // The second field is the command in parentheses, with any characters in it.
        let (_, fields) = stat.rsplit_once(')').ok_or("stat without a command")?;
        let times: Vec<u32> = fields.split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
        Ok(TICK * times.iter().sum::<u32>())
    }

    fn fine_cpu(&self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(self.proc.join("task"))? {
            // A thread may end between listing and reading.
            let schedstat = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
            let ran: Option<u64> = schedstat.split_whitespace().next().and_then(|field| field.parse().ok());
            nanoseconds += ran.unwrap_or_default();
        }
        Ok(Duration::from_nanos(nanoseconds))
    }
}

fn kilobytes(text: &str, name: &str) -> Result<u64> {
    Ok(number(text, name)? * 1024)
}

/// The number behind `name` at the start of a line.
fn number(text: &str, name: &str) -> Result<u64, String> {
    text.lines()
        .filter_map(|line| line.strip_prefix(name))
        .find_map(|rest| rest.split_whitespace().next()?.parse().ok())
        .ok_or_else(|| format!("no {name} in /proc"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_very_process() -> Result<()> {
        let process = Process::new(std::process::id());
        let before = process.cpu()?;
        let mut sum = 0_u64;
        while process.cpu()? < before + Duration::from_millis(30) {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(process.memory()?.private_dirty > 0);
        assert!(process.resident_memory()? > 0);
        assert!(process.peak_memory()? >= process.memory()?.private_dirty);
        let descriptors = process.descriptors()?;
        // Other tests open and close theirs meanwhile, but standard input and output stay.
        assert!((3..1000).contains(&descriptors), "{descriptors}");
        Ok(())
    }

    #[test]
    fn finds_a_number_by_its_name() {
        let text = "Pss:    12 kB\nPss_Dirty:  7 kB\n";
        assert_eq!(number(text, "Pss_Dirty:"), Ok(7));
        assert!(number(text, "Rss:").is_err());
    }
}
