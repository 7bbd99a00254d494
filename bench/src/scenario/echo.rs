//! Events with an acknowledgement, all clients at once.

use std::time::{Duration, Instant};

use super::{Measured, Meter, WARM_UP, payload};
use crate::{Result, fleet::Fleet, report::percentile, server::Server};

const CLIENTS: usize = 100;

/// What is on its way and what has come back.
struct Trips {
    in_flight: usize,
    /// When each was sent, by client and acknowledgement id.
    sent: Vec<Instant>,
    /// Client and id of those that came back, to be sent again.
    back: Vec<(usize, usize)>,
    latencies: Vec<Duration>,
}

pub(super) fn measure(server: &Server, time: Duration) -> Result<Measured> {
    let mut fleet = Fleet::of(server.address, CLIENTS)?;
    let mut measured = Vec::new();
    for in_flight in [1, 16] {
        work(&mut fleet, in_flight, WARM_UP)?;
        let (meter, start) = (Meter::start(server)?, Instant::now());
        let mut latencies = work(&mut fleet, in_flight, time)?;
        let seconds = start.elapsed().as_secs_f64();
        latencies.sort_unstable();
        let millis = |share| percentile(&latencies, share).as_secs_f64() * 1e3;
        let figures = vec![
            ("CPU us per round trip", meter.micros_per(latencies.len() as u64)?),
            ("p50 ms", millis(0.5)),
            ("p99 ms", millis(0.99)),
            ("round trips per s", latencies.len() as f64 / seconds),
        ];
        measured.push((format!("{in_flight} in flight"), figures));
    }
    Ok(measured)
}

/// Keeps `in_flight` events of each client on their way for a time; returns how long each took.
fn work(fleet: &mut Fleet, in_flight: usize, time: Duration) -> Result<Vec<Duration>> {
    let start = Instant::now();
    let ids = 0..in_flight;
    let mut trips = Trips {
        in_flight,
        sent: vec![start; CLIENTS * in_flight],
        back: (0..CLIENTS).flat_map(|client| ids.clone().map(move |id| (client, id))).collect(),
        latencies: Vec::new(),
    };
    while start.elapsed() < time {
        for (client, id) in std::mem::take(&mut trips.back) {
            trips.sent[client * in_flight + id] = Instant::now();
            fleet.send(client, &format!(r#"42{id}["echo",{}]"#, payload()))?;
        }
        fleet.pump_until(&mut trips, Trips::return_one, |trips| !trips.back.is_empty())?;
    }
    fleet.pump_until(&mut trips, Trips::return_one, |trips| trips.back.len() == CLIENTS * in_flight)?;
    Ok(trips.latencies)
}

impl Trips {
    fn return_one(&mut self, client: usize, packet: &str) {
        let id = packet.strip_prefix("43").and_then(|rest| rest.split('[').next()?.parse::<usize>().ok());
        let Some(id) = id else { return };
        self.latencies.push(self.sent[client * self.in_flight + id].elapsed());
        self.back.push((client, id));
    }
}
