//! The client that does not read, and the next, and the next.

use std::{
    net::SocketAddr,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::room::JOIN;
use crate::{
    Result,
    fleet::{Fleet, Visit},
    process::Process,
    server::Server,
};

/// Less than one event: what does not fit waits in the server's kernel, and then in the server.
const RECEIVE_BUFFER: usize = 4096;
/// How often it is looked whether the server still has the connection.
const LOOK: Duration = Duration::from_millis(20);

/// One such client after the other, on a thread of their own.
pub(super) struct Stuck {
    thread: JoinHandle<Result<Stays>>,
    leave: Sender<()>,
}

/// How long they were in the room.
#[derive(Debug, Default)]
pub(super) struct Stays {
    /// How many were disconnected.
    pub(super) given_up: usize,
    /// The longest time that any was connected, the last one too, which may still be.
    pub(super) longest: Duration,
}

impl Stuck {
    pub(super) fn enter(server: &Server) -> Self {
        let (address, process) = (server.address, server.process());
        let (leave, told) = channel();
        Self { thread: thread::spawn(move || stay(address, &process, &told)), leave }
    }

    pub(super) fn leave(self) -> Result<Stays> {
        drop(self.leave);
        self.thread.join().map_err(|_| "the client that does not read has panicked")?
    }
}

/// Is in the room and does not read, again and again, until told to leave.
fn stay(address: SocketAddr, process: &Process, told: &Receiver<()>) -> Result<Stays> {
    let mut stays = Stays::default();
    let others = process.descriptors()?;
    loop {
        let mut client = Fleet::new()?;
        let visit = |_| Visit { receive_buffer: Some(RECEIVE_BUFFER), ..Visit::default() };
        client.connect(address, 1, 1, visit, |_, _| ())?;
        client.send(0, JOIN)?;
        let start = Instant::now();
        // Nothing tells a client that does not read; the server's descriptors do.
        while process.descriptors()? > others {
            if told.recv_timeout(LOOK) == Err(RecvTimeoutError::Disconnected) {
                stays.longest = stays.longest.max(start.elapsed());
                return Ok(stays);
            }
        }
        stays.given_up += 1;
        stays.longest = stays.longest.max(start.elapsed());
    }
}
