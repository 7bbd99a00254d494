//! Memory of connections that have joined the main namespace and do nothing.
//!
//! A small crowd first brings in code and lazily made parts; what is in use after it has left
//! counts as the server's own. The second crowd shows what churn leaves behind.

use std::{thread, time::Duration};

use super::Measured;
use crate::{
    Result,
    fleet::Fleet,
    process::{Memory, Process},
    server::Server,
};

const WARM_UP: usize = 200;
const CLIENTS: usize = 10_000;
const SETTLE: Duration = Duration::from_secs(3);

pub(super) fn measure(server: &Server) -> Result<Measured> {
    let process = server.process();
    drop(Fleet::of(server.address, WARM_UP)?);
    thread::sleep(SETTLE);
    let empty = process.memory()?;
    let first = crowd(server, &process)?;
    thread::sleep(SETTLE);
    let second = crowd(server, &process)?;
    Ok([("first crowd", first), ("second crowd", second)]
        .map(|(variant, full)| (format!("{CLIENTS} {variant}"), figures(empty, full)))
        .into())
}

/// The memory with all clients connected and settled.
fn crowd(server: &Server, process: &Process) -> Result<Memory> {
    let mut fleet = Fleet::of(server.address, CLIENTS)?;
    fleet.idle(SETTLE, &mut |_, _| ())?;
    process.memory()
}

fn figures(empty: Memory, full: Memory) -> Vec<(&'static str, f64)> {
    let per_client = |full: u64, empty: u64| (full as f64 - empty as f64) / CLIENTS as f64;
    vec![
        ("bytes per client", per_client(full.pss, empty.pss)),
        ("private dirty", per_client(full.private_dirty, empty.private_dirty)),
        ("MB without clients", empty.pss as f64 / 1e6),
    ]
}
