//! Many small rooms, each with one event on its way all the time.

use std::time::{Duration, Instant};

use super::{Measured, Meter, WARM_UP, payload};
use crate::{Result, fleet::Fleet, server::Server};

const CLIENTS: usize = 2_000;
const ROOM: usize = 20;

/// How far the rooms have come.
struct Rooms {
    delivered: u64,
    /// Deliveries of the event that is on its way, by room.
    of_event: Vec<usize>,
    /// Rooms whose event has come to all.
    ready: Vec<usize>,
}

pub(super) fn measure(server: &Server, time: Duration) -> Result<Measured> {
    let mut fleet = Fleet::of(server.address, CLIENTS)?;
    for client in 0..CLIENTS {
        fleet.send(client, &format!(r#"42["join","room{}"]"#, client / ROOM))?;
    }
    // Joining is not acknowledged.
    fleet.idle(WARM_UP, &mut |_, _| ())?;
    work(&mut fleet, WARM_UP)?;
    let (meter, start) = (Meter::start(server)?, Instant::now());
    let delivered = work(&mut fleet, time)?;
    let seconds = start.elapsed().as_secs_f64();
    let figures = vec![
        ("CPU us per delivery", meter.micros_per(delivered)?),
        ("deliveries per s", delivered as f64 / seconds),
    ];
    Ok(vec![(format!("rooms of {ROOM}"), figures)])
}

/// Lets every room's first client send the next event when the last has come to all of the room.
fn work(fleet: &mut Fleet, time: Duration) -> Result<u64> {
    let count = CLIENTS / ROOM;
    let mut rooms = Rooms { delivered: 0, of_event: vec![0; count], ready: (0..count).collect() };
    let mut sent = 0;
    let end = Instant::now() + time;
    while Instant::now() < end {
        for room in std::mem::take(&mut rooms.ready) {
            let payload = payload();
            fleet.send(room * ROOM, &format!(r#"42["room",{{"room":"room{room}","payload":{payload}}}]"#))?;
            sent += ROOM as u64;
        }
        fleet.pump_until(&mut rooms, Rooms::deliver, |rooms| !rooms.ready.is_empty())?;
    }
    fleet.pump_until(&mut rooms, Rooms::deliver, |rooms| rooms.delivered >= sent)?;
    Ok(rooms.delivered)
}

impl Rooms {
    fn deliver(&mut self, client: usize, _packet: &str) {
        let room = client / ROOM;
        self.delivered += 1;
        self.of_event[room] += 1;
        if self.of_event[room] == ROOM {
            self.of_event[room] = 0;
            self.ready.push(room);
        }
    }
}
