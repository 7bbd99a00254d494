//! What the process takes.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// So many MiB, in bytes.
pub(crate) const fn mib(count: usize) -> usize {
    count << 20
}

/// Watches the resident memory from a thread of its own. Client and server share the process, so
/// amounts are such that a server which keeps them shows beyond doubt.
pub(crate) struct Watch {
    start: usize,
    reserved: usize,
    peak: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(crate) fn start() -> Self {
        let (peak, stop) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (highest, stopped) = (peak.clone(), stop.clone());
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                highest.fetch_max(pages(RESIDENT), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(1));
            }
        });
        Self { start: pages(RESIDENT), reserved: pages(RESERVED), peak, stop, thread: Some(thread) }
    }

    /// By how much it has grown at its highest, in bytes.
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed).max(pages(RESIDENT)).saturating_sub(self.start)
    }

    /// By how much it is above the start now.
    pub(crate) fn growth(&self) -> usize {
        pages(RESIDENT).saturating_sub(self.start)
    }

    /// By how much what is set aside has grown, touched or not. Some of it is the allocator's habit.
    pub(crate) fn reserved(&self) -> usize {
        pages(RESERVED).saturating_sub(self.reserved)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One of the system's counts of pages, in bytes; 0 where the system does not tell.
fn pages(count: usize) -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(count).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * PAGE
}

const RESERVED: usize = 0;
const RESIDENT: usize = 1;

/// The smallest page size there is: larger ones count for less, never for more.
const PAGE: usize = 4096;
