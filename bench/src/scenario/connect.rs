//! Connecting: upgrade, open, connect, for many clients.

use std::time::Instant;

use super::{Measured, Meter};
use crate::{Result, fleet::Fleet, server::Server};

const WARM_UP: usize = 500;
const CLIENTS: usize = 5_000;

pub(super) fn measure(server: &Server) -> Result<Measured> {
    drop(Fleet::of(server.address, WARM_UP)?);
    let meter = Meter::start(server)?;
    let start = Instant::now();
    let fleet = Fleet::of(server.address, CLIENTS)?;
    let seconds = start.elapsed().as_secs_f64();
    let figures = vec![
        ("CPU ms per 1,000", meter.micros_per(CLIENTS as u64)?),
        ("connects per s", fleet.len() as f64 / seconds),
    ];
    Ok(vec![(format!("{CLIENTS} clients"), figures)])
}
