//! Thousands of Socket.IO clients on one thread.
//!
//! A client is a socket, a decoder and a place in the handshake; it allocates nothing while
//! messages come whole. So the load costs less than the server that carries it.

mod client;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token};

pub(crate) use self::client::Visit;
use self::client::{Client, Progress};
use crate::{
    Result,
    dial::{connecting, ignore_interrupt},
};

/// How long nothing may happen before a scenario is given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// Clients of one server; a client is known by its number, in order of connecting, from 0.
pub(crate) struct Fleet {
    poll: Poll,
    events: Events,
    clients: Vec<Client>,
    scratch: Vec<u8>,
    joined: usize,
    /// Why the first client was lost, if one was.
    lost: Option<String>,
}

impl Fleet {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            clients: Vec::new(),
            scratch: vec![0; 256 * 1024],
            joined: 0,
            lost: None,
        })
    }

    /// Connects `count` clients to the main namespace.
    pub(crate) fn of(server: SocketAddr, count: usize) -> Result<Self> {
        let mut fleet = Self::new()?;
        fleet.connect(server, count, 64, |_| Visit::default(), |_, _| ())?;
        Ok(fleet)
    }

    /// Connects `count` more clients, at most `at_once` under way, until all have joined.
    pub(crate) fn connect(
        &mut self,
        server: SocketAddr,
        count: usize,
        at_once: usize,
        visit: impl Fn(usize) -> Visit,
        mut on: impl FnMut(usize, &str),
    ) -> Result<()> {
        let total = self.clients.len() + count;
        while self.joined < total {
            while self.clients.len() < total && self.clients.len() - self.joined < at_once {
                self.open(server, visit(self.clients.len()))?;
            }
            self.pump(PATIENCE, &mut on)?;
        }
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.clients.len()
    }

    /// Sends an Engine.IO packet in a text message.
    pub(crate) fn send(&mut self, client: usize, packet: &str) -> Result<()> {
        Ok(self.clients[client].send(packet)?)
    }

    /// Handles what has arrived, waiting for it up to `wait`; `on` is given each packet of a
    /// client that has joined, but not the heartbeat's.
    pub(crate) fn pump(&mut self, wait: Duration, on: &mut impl FnMut(usize, &str)) -> Result<()> {
        self.poll.poll(&mut self.events, Some(wait)).or_else(ignore_interrupt)?;
        if self.events.is_empty() && wait >= PATIENCE {
            return Err("the server has stopped answering".into());
        }
        for event in &self.events {
            let Token(number) = event.token();
            match self.clients[number].advance(event, &mut self.scratch, |packet| on(number, packet)) {
                Ok(Progress::Joined) => self.joined += 1,
                Ok(Progress::Same) => {}
                Err(error) => {
                    self.lost.get_or_insert_with(|| format!("client {number} was lost: {error}"));
                }
            }
        }
        self.lost.take().map_or(Ok(()), |lost| Err(lost.into()))
    }

    /// Pumps until `done`, with patience.
    pub(crate) fn pump_until<S>(
        &mut self,
        state: &mut S,
        mut on: impl FnMut(&mut S, usize, &str),
        done: impl Fn(&S) -> bool,
    ) -> Result<()> {
        while !done(state) {
            self.pump(PATIENCE, &mut |client, packet| on(state, client, packet))?;
        }
        Ok(())
    }

    /// Pumps for a time, for the heartbeat and whatever comes late.
    pub(crate) fn idle(&mut self, time: Duration, on: &mut impl FnMut(usize, &str)) -> Result<()> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.pump(left.min(PATIENCE / 2), on)?;
        }
        Ok(())
    }

    fn open(&mut self, server: SocketAddr, visit: Visit) -> Result<()> {
        let number = self.clients.len();
        let mut stream = connecting(number, server, visit.receive_buffer)?;
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream, Token(number), interest)?;
        self.clients.push(Client::new(stream, visit));
        Ok(())
    }
}
