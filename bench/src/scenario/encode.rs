//! One broadcast to many costs one encode.
//!
//! Told twice: by the library's own counters, and by the memory that a large broadcast takes,
//! which no counter can get wrong: were it encoded for each recipient, so many copies would wait
//! in so many outboxes.

use std::time::Duration;

use super::payload;
use crate::{
    Result,
    fleet::Fleet,
    report::Report,
    server::{Kind, Places, Server},
};

const CLIENTS: usize = 1_000;
const BROADCASTS: usize = 10;
const LARGE: usize = 256 * 1024;
/// What a large broadcast may take: the event as it arrives, its arguments, its frame, and some air.
const MOST_COPIES: f64 = 16.0;

/// Measures a few small broadcasts and a large one; an error if one was encoded twice.
pub(crate) fn encode(places: &Places) -> Result<()> {
    let server = places.start(Kind::Chorus)?;
    let mut fleet = Fleet::of(server.address, CLIENTS)?;
    fleet.idle(Duration::from_millis(200), &mut |_, _| ())?;
    let (encodes, deliveries) = count(&server, &mut fleet)?;
    let copies = copies(&server, &mut fleet)?;

    let mut report = Report::new("encode");
    let figures =
        vec![("encodes", encodes), ("deliveries", deliveries), ("copies in memory at most", copies)];
    report.add(Kind::Chorus.name(), "per broadcast", figures);
    report.publish(&places.results)?;
    #[allow(clippy::float_cmp, reason = "quotients of small whole numbers, exact when the promise holds")]
    let kept = encodes == 1.0 && deliveries == CLIENTS as f64 && copies <= MOST_COPIES;
    if kept { Ok(()) } else { Err("a broadcast was not encoded exactly once".into()) }
}

/// Encodes and deliveries for each of a few broadcasts, as the library counts them.
fn count(server: &Server, fleet: &mut Fleet) -> Result<(f64, f64)> {
    let before = server.stats()?;
    broadcast(fleet, &payload(), BROADCASTS)?;
    let after = server.stats()?;
    let each = |after: u64, before: u64| (after - before) as f64 / BROADCASTS as f64;
    Ok((each(after.encodes, before.encodes), each(after.deliveries, before.deliveries)))
}

/// By how many times its own size a large broadcast makes the server grow, at its peak.
fn copies(server: &Server, fleet: &mut Fleet) -> Result<f64> {
    let process = server.process();
    let before = process.peak_memory()?;
    broadcast(fleet, &format!("\"{}\"", "x".repeat(LARGE)), 1)?;
    Ok((process.peak_memory()? - before) as f64 / LARGE as f64)
}

/// Has one client's event sent to all, so many times, and waits for the last delivery.
fn broadcast(fleet: &mut Fleet, payload: &str, times: usize) -> Result<()> {
    for _ in 0..times {
        fleet.send(0, &format!(r#"42["bcast",{payload}]"#))?;
    }
    let due = times * fleet.len();
    fleet.pump_until(&mut 0, |delivered, _, _| *delivered += 1, |&delivered| delivered >= due)
}
