//! One client's event to everybody.

use std::time::{Duration, Instant};

use super::{Measured, Meter, WARM_UP, payload};
use crate::{Result, fleet::Fleet, server::Server};

const CLIENTS: usize = 1_000;

pub(super) fn measure(server: &Server, time: Duration) -> Result<Measured> {
    let mut fleet = Fleet::of(server.address, CLIENTS)?;
    let mut measured = Vec::new();
    for in_flight in [1, 8] {
        work(&mut fleet, in_flight, WARM_UP)?;
        let (meter, start) = (Meter::start(server)?, Instant::now());
        let delivered = work(&mut fleet, in_flight, time)?;
        let seconds = start.elapsed().as_secs_f64();
        let figures = vec![
            ("CPU us per delivery", meter.micros_per(delivered)?),
            ("deliveries per s", delivered as f64 / seconds),
        ];
        measured.push((format!("{in_flight} in flight"), figures));
    }
    Ok(measured)
}

/// Keeps `in_flight` events on their way for a time, and returns how many deliveries there were.
fn work(fleet: &mut Fleet, in_flight: u64, time: Duration) -> Result<u64> {
    let event = format!(r#"42["bcast",{}]"#, payload());
    let clients = fleet.len() as u64;
    let end = Instant::now() + time;
    let (mut sent, mut delivered) = (0, 0);
    while Instant::now() < end {
        while sent < delivered / clients + in_flight {
            fleet.send(0, &event)?;
            sent += 1;
        }
        let target = delivered + 1;
        fleet.pump_until(
            &mut delivered,
            |delivered, _, _| *delivered += 1,
            |delivered| *delivered >= target,
        )?;
    }
    fleet.pump_until(
        &mut delivered,
        |delivered, _, _| *delivered += 1,
        |delivered| *delivered >= sent * clients,
    )?;
    Ok(delivered)
}
