//! Clients that come, go half-way, and are heard of no more.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};
use socket2::SockRef;

use super::{
    client::Client,
    state::{Manner, State},
};
use crate::{
    Result,
    dial::{connecting, ignore_interrupt},
};

/// How many connections are open at the same time, but for those that stay.
const AT_ONCE: usize = 256;
/// How long a request is given to get to where it waits.
const MOMENT: Duration = Duration::from_millis(50);
/// How long nothing may happen before the run is given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// All clients of a run; a few are there at a time.
pub(super) struct Crowd {
    server: SocketAddr,
    poll: Poll,
    events: Events,
    scratch: Vec<u8>,
    /// How many have ever come, and how many of them to their state.
    came: usize,
    arrived: usize,
    /// Those on their way, each at the place that its token names.
    on_their_way: Vec<Option<Client>>,
    free: Vec<usize>,
    /// Those in their state until their moment is over, with their places.
    parting: VecDeque<(Instant, usize, TcpStream)>,
    /// Those that stay.
    staying: Vec<TcpStream>,
}

impl Crowd {
    pub(super) fn new(server: SocketAddr) -> Result<Self> {
        Ok(Self {
            server,
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            scratch: vec![0; 4096],
            came: 0,
            arrived: 0,
            on_their_way: (0..AT_ONCE).map(|_| None).collect(),
            free: (0..AT_ONCE).collect(),
            parting: VecDeque::new(),
            staying: Vec::new(),
        })
    }

    /// Has so many sessions come to `state` and be left there.
    pub(super) fn abandon(&mut self, state: State, count: usize) -> Result<()> {
        let end = self.came + count;
        while self.arrived < end {
            while self.came < end
                && let Some(place) = self.free.pop()
            {
                self.come(place, state)?;
            }
            self.pump(state).map_err(|error| format!("after {} sessions: {error}", self.arrived))?;
        }
        while let Some((end, ..)) = self.parting.back() {
            thread::sleep(end.saturating_duration_since(Instant::now()));
            self.part();
        }
        Ok(())
    }

    /// Lets go of those that stayed.
    pub(super) fn disperse(&mut self) {
        self.staying = Vec::new();
    }

    fn come(&mut self, place: usize, state: State) -> Result<()> {
        let mut stream = connecting(self.came, self.server, None)?;
        // What breaks off is reset, and its port is free at once.
        SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
        self.poll.registry().register(&mut stream, Token(place), Interest::READABLE | Interest::WRITABLE)?;
        self.on_their_way[place] = Some(Client::new(stream, state));
        self.came += 1;
        Ok(())
    }

    /// Handles what has come in, and leaves those that have come to their state.
    fn pump(&mut self, state: State) -> Result<()> {
        let parting = self.parting.front().map(|(end, ..)| end.saturating_duration_since(Instant::now()));
        self.poll.poll(&mut self.events, parting.or(Some(PATIENCE))).or_else(ignore_interrupt)?;
        if self.events.is_empty() && parting.is_none() {
            return Err("the server has stopped answering".into());
        }
        for event in &self.events {
            let Token(place) = event.token();
            let Some(client) = &mut self.on_their_way[place] else { continue };
            if !client.advance(event, &mut self.scratch)? {
                continue;
            }
            let Some(client) = self.on_their_way[place].take() else { continue };
            self.arrived += 1;
            let mut stream = client.into_stream();
            // The next client gets its place, and must not get its events.
            self.poll.registry().deregister(&mut stream)?;
            match state.manner(self.arrived) {
                Manner::BreaksOff => self.free.push(place),
                Manner::BreaksOffLater => self.parting.push_back((Instant::now() + MOMENT, place, stream)),
                Manner::Stays => {
                    self.free.push(place);
                    self.staying.push(stream);
                }
            }
        }
        self.part();
        Ok(())
    }

    /// Breaks off those whose moment is over.
    fn part(&mut self) {
        let now = Instant::now();
        while let Some((_, place, _)) = self.parting.pop_front_if(|(end, ..)| *end <= now) {
            self.free.push(place);
        }
    }
}
