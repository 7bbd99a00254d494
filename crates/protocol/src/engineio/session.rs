//! The session machine: heartbeat, upgrade and close, without a socket or a clock.
//!
//! Feed it packets and the time; act on what it returns; call [`Session::on_timeout`] when
//! [`Session::wake_at`] has come. It is small (it lives in every connection) and does no I/O.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use super::packet::Packet;

/// How a session is carried at present.
///
/// ```
/// # use chorus_protocol::engineio::Transport;
/// assert_eq!(Transport::WebSocket.name(), "websocket");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// HTTP long-polling.
    Polling,
    /// A WebSocket.
    WebSocket,
}

impl Transport {
    /// The name in the query parameter `transport`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Polling => "polling",
            Self::WebSocket => "websocket",
        }
    }
}

/// The revision of the protocol that a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// Engine.IO 3, of Socket.IO 1 and 2: the client pings, and binary has a type byte.
    V3,
    /// Engine.IO 4, of Socket.IO 3 and 4: the server pings.
    V4,
}

/// The durations a session lives by; shared by all sessions of a server.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// From the handshake, or a pong, to the next ping.
    pub ping_interval: Duration,
    /// From a ping to the end of the session, when nothing answers.
    pub ping_timeout: Duration,
    /// From the start of an upgrade to its end, when it is not completed.
    pub upgrade_timeout: Duration,
}

/// Why a session ended. The names are the official server's.
///
/// ```
/// # use chorus_protocol::engineio::CloseReason;
/// assert_eq!(CloseReason::PingTimeout.as_str(), "ping timeout");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// The peer closed the transport, or it broke off.
    TransportClose,
    /// The transport failed, or the peer broke its rules.
    TransportError,
    /// No pong came in time.
    PingTimeout,
    /// The peer sent what cannot be read.
    ParseError,
    /// This side closed the session.
    ForcedClose,
    /// The server ends.
    ServerShutdown,
    /// The peer did not read fast enough and its outbox overflowed.
    SlowConsumer,
}

impl CloseReason {
    /// The official server's words; a slow consumer is ours.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TransportClose => "transport close",
            Self::TransportError => "transport error",
            Self::PingTimeout => "ping timeout",
            Self::ParseError => "parse error",
            Self::ForcedClose => "forced close",
            Self::ServerShutdown => "server shutting down",
            Self::SlowConsumer => "slow consumer",
        }
    }
}

/// What a packet or a timeout asks of the session's owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action<'a> {
    /// Nothing.
    None,
    /// Hand this text message up.
    Text(&'a str),
    /// Hand this binary message up.
    Binary(Cow<'a, [u8]>),
    /// Send a ping, `2`.
    SendPing,
    /// Send a pong, `3`.
    SendPong,
    /// End a parked poll with a noop, so that the client can go over to the candidate.
    EndPoll,
    /// Close the upgrade candidate; the session goes on.
    AbandonProbe,
    /// End the session.
    Close(CloseReason),
}

/// What a packet on the upgrade candidate asks of the session's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeAction {
    /// Answer `3probe`, and end a parked poll with a noop.
    Confirm,
    /// The candidate is the transport now.
    Upgrade,
    /// Close the candidate; the session goes on.
    Abandon,
}

/// One Engine.IO session.
#[derive(Debug)]
pub struct Session {
    revision: Revision,
    transport: Transport,
    /// When the heartbeat wants to act next.
    beat_at: Instant,
    heartbeat: Heartbeat,
    probe: Option<Box<Probe>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heartbeat {
    /// `beat_at` is when to ping.
    Resting,
    /// `beat_at` is when to give up.
    AwaitingPong,
    /// As before, and the deadline was moved once for another sign of life.
    Extended,
    /// Revision 3: `beat_at` is when to give up on the client's pings.
    AwaitingPing,
}

#[derive(Debug)]
struct Probe {
    until: Instant,
    /// When a parked poll is to be ended next; none until the candidate has sent its probe.
    end_poll_at: Option<Instant>,
}

impl Session {
    /// A session that was opened at `now`. The first ping is due one interval later.
    pub fn new(revision: Revision, transport: Transport, timing: &Timing, now: Instant) -> Self {
        let (heartbeat, beat_at) = match revision {
            Revision::V3 => (Heartbeat::AwaitingPing, now + timing.ping_interval + timing.ping_timeout),
            Revision::V4 => (Heartbeat::Resting, now + timing.ping_interval),
        };
        Self { revision, transport, beat_at, heartbeat, probe: None }
    }

    /// Takes a packet from the session's transport.
    pub fn on_packet<'a>(&mut self, packet: Packet<'a>, timing: &Timing, now: Instant) -> Action<'a> {
        if self.heartbeat == Heartbeat::AwaitingPong && !matches!(packet, Packet::Pong(_)) {
            self.heartbeat = Heartbeat::Extended;
            self.beat_at = now + timing.ping_timeout;
        }
        match packet {
            Packet::Message(text) => Action::Text(text),
            Packet::Binary(bytes) => Action::Binary(bytes),
            Packet::Ping(_) if self.revision == Revision::V3 => {
                self.beat_at = now + timing.ping_interval + timing.ping_timeout;
                Action::SendPong
            }
            Packet::Pong(_) if self.revision == Revision::V4 => {
                self.heartbeat = Heartbeat::Resting;
                self.beat_at = now + timing.ping_interval;
                Action::None
            }
            Packet::Close if self.transport == Transport::Polling => {
                Action::Close(CloseReason::TransportClose)
            }
            // the WebSocket's own close says it better, and the official server waits for that
            Packet::Close | Packet::Upgrade | Packet::Noop | Packet::Open(_) => Action::None,
            // the heartbeat's direction is part of the revision
            Packet::Ping(_) | Packet::Pong(_) => Action::Close(CloseReason::TransportError),
        }
    }

    /// Takes note that a WebSocket wants to take over, or refuses when that is under way or done.
    #[must_use]
    pub fn start_probe(&mut self, timing: &Timing, now: Instant) -> bool {
        let free = self.transport == Transport::Polling && self.probe.is_none();
        if free {
            self.probe = Some(Box::new(Probe { until: now + timing.upgrade_timeout, end_poll_at: None }));
        }
        free
    }

    /// Takes a packet from the upgrade candidate.
    pub fn on_probe_packet(&mut self, packet: &Packet<'_>, now: Instant) -> ProbeAction {
        match (packet, &mut self.probe) {
            (Packet::Ping("probe"), Some(probe)) => {
                probe.end_poll_at = Some(now + END_POLL_INTERVAL);
                ProbeAction::Confirm
            }
            (Packet::Upgrade, Some(_)) => {
                self.probe = None;
                self.transport = Transport::WebSocket;
                ProbeAction::Upgrade
            }
            _ => {
                self.probe = None;
                ProbeAction::Abandon
            }
        }
    }

    /// Forgets the upgrade candidate, which broke off.
    pub fn abandon_probe(&mut self) {
        self.probe = None;
    }

    /// Acts on the deadlines that have passed; call again until it returns [`Action::None`].
    pub fn on_timeout(&mut self, timing: &Timing, now: Instant) -> Action<'static> {
        if let Some(probe) = &mut self.probe {
            if probe.until <= now {
                self.probe = None;
                return Action::AbandonProbe;
            }
            if probe.end_poll_at.is_some_and(|at| at <= now) {
                probe.end_poll_at = Some(now + END_POLL_INTERVAL);
                return Action::EndPoll;
            }
        }
        if self.beat_at > now {
            return Action::None;
        }
        if self.heartbeat == Heartbeat::Resting {
            self.heartbeat = Heartbeat::AwaitingPong;
            // from when it was due, unless this side was so late that the peer would pay for it
            let late = now - self.beat_at > MAX_LATENESS.min(timing.ping_timeout / 2);
            self.beat_at = if late { now } else { self.beat_at } + timing.ping_timeout;
            Action::SendPing
        } else {
            Action::Close(CloseReason::PingTimeout)
        }
    }

    /// Gives the peer more time: this side did not read, so a missing pong is not the peer's fault.
    pub fn excuse(&mut self, timing: &Timing, now: Instant) {
        if self.heartbeat != Heartbeat::Resting {
            self.beat_at = self.beat_at.max(now + timing.ping_timeout);
        }
    }

    /// When [`Session::on_timeout`] has something to do.
    pub fn wake_at(&self) -> Instant {
        let probe =
            self.probe.as_ref().map(|probe| probe.end_poll_at.map_or(probe.until, |at| at.min(probe.until)));
        probe.map_or(self.beat_at, |at| at.min(self.beat_at))
    }

    /// What the client speaks.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// How the session is carried.
    pub fn transport(&self) -> Transport {
        self.transport
    }
}

/// How often a parked poll is ended while a candidate waits to take over; Node's value.
const END_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// How late a ping may be sent without giving the peer more time; at most half of what it has.
const MAX_LATENESS: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(200),
        upgrade_timeout: Duration::from_millis(100),
    };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn open(transport: Transport) -> (Session, Instant) {
        let now = Instant::now();
        (Session::new(Revision::V4, transport, &TIMING, now), now)
    }

    #[test]
    fn pings_after_an_interval_and_again_after_the_pong() {
        let (mut session, start) = open(Transport::WebSocket);
        assert_eq!(session.wake_at(), start + ms(300));
        assert_eq!(session.on_timeout(&TIMING, start + ms(299)), Action::None);
        assert_eq!(session.on_timeout(&TIMING, start + ms(300)), Action::SendPing);
        assert_eq!(session.on_packet(Packet::Pong(""), &TIMING, start + ms(310)), Action::None);
        assert_eq!(session.wake_at(), start + ms(610));
    }

    #[test]
    fn ends_when_no_pong_comes() {
        let (mut session, start) = open(Transport::Polling);
        assert_eq!(session.on_timeout(&TIMING, start + ms(300)), Action::SendPing);
        assert_eq!(session.on_timeout(&TIMING, start + ms(499)), Action::None);
        assert_eq!(session.on_timeout(&TIMING, start + ms(500)), Action::Close(CloseReason::PingTimeout));
    }

    #[test]
    fn the_peer_does_not_pay_for_a_late_ping() {
        let (mut session, start) = open(Transport::Polling);
        assert_eq!(session.on_timeout(&TIMING, start + ms(310)), Action::SendPing);
        assert_eq!(session.wake_at(), start + ms(500));
        let (mut session, start) = open(Transport::Polling);
        assert_eq!(session.on_timeout(&TIMING, start + ms(900)), Action::SendPing);
        assert_eq!(session.wake_at(), start + ms(1100));
    }

    #[test]
    fn a_late_ping_leaves_half_of_the_time_to_answer() {
        for lateness in [100, 101, 200, 500, 501] {
            let (mut session, start) = open(Transport::WebSocket);
            let now = start + ms(300 + lateness);
            assert_eq!(session.on_timeout(&TIMING, now), Action::SendPing);
            assert_eq!(session.on_timeout(&TIMING, now), Action::None, "{lateness} ms late");
            assert!(session.wake_at() >= now + ms(100), "{lateness} ms late");
        }
    }

    #[test]
    fn another_sign_of_life_moves_the_deadline_once() {
        let (mut session, start) = open(Transport::WebSocket);
        assert_eq!(session.on_timeout(&TIMING, start + ms(300)), Action::SendPing);
        assert_eq!(session.on_packet(Packet::Message("x"), &TIMING, start + ms(400)), Action::Text("x"));
        assert_eq!(session.wake_at(), start + ms(600));
        assert_eq!(session.on_packet(Packet::Message("y"), &TIMING, start + ms(500)), Action::Text("y"));
        assert_eq!(session.wake_at(), start + ms(600));
        assert_eq!(session.on_timeout(&TIMING, start + ms(600)), Action::Close(CloseReason::PingTimeout));
    }

    #[test]
    fn a_flood_of_pongs_sends_no_ping_early() {
        let (mut session, start) = open(Transport::WebSocket);
        for n in 0..1000 {
            assert_eq!(session.on_packet(Packet::Pong(""), &TIMING, start + ms(n)), Action::None);
        }
        assert_eq!(session.wake_at(), start + ms(999 + 300));
    }

    #[test]
    fn a_ping_from_the_client_is_an_error() {
        let (mut session, start) = open(Transport::WebSocket);
        let action = session.on_packet(Packet::Ping(""), &TIMING, start);
        assert_eq!(action, Action::Close(CloseReason::TransportError));
    }

    #[test]
    fn in_revision_3_the_client_pings() {
        let start = Instant::now();
        let mut session = Session::new(Revision::V3, Transport::WebSocket, &TIMING, start);
        assert_eq!(session.wake_at(), start + ms(500));
        let action = session.on_packet(Packet::Ping("x"), &TIMING, start + ms(400));
        assert_eq!(action, Action::SendPong);
        assert_eq!(session.on_timeout(&TIMING, start + ms(899)), Action::None);
        assert_eq!(session.on_timeout(&TIMING, start + ms(900)), Action::Close(CloseReason::PingTimeout));
        let action = session.on_packet(Packet::Pong(""), &TIMING, start);
        assert_eq!(action, Action::Close(CloseReason::TransportError));
    }

    #[test]
    fn close_is_honoured_on_polling_only() {
        let (mut session, start) = open(Transport::Polling);
        let action = session.on_packet(Packet::Close, &TIMING, start);
        assert_eq!(action, Action::Close(CloseReason::TransportClose));
        let (mut session, start) = open(Transport::WebSocket);
        assert_eq!(session.on_packet(Packet::Close, &TIMING, start), Action::None);
    }

    #[test]
    fn upgrades_by_probe_and_upgrade() {
        let (mut session, start) = open(Transport::Polling);
        assert!(session.start_probe(&TIMING, start));
        assert!(!session.start_probe(&TIMING, start), "one candidate at a time");
        assert_eq!(session.on_probe_packet(&Packet::Ping("probe"), start), ProbeAction::Confirm);
        let timing = Timing { upgrade_timeout: ms(10_000), ..TIMING };
        assert_eq!(session.wake_at(), start + ms(100));
        let mut patient = Session::new(Revision::V4, Transport::Polling, &timing, start);
        assert!(patient.start_probe(&timing, start));
        assert_eq!(patient.on_probe_packet(&Packet::Ping("probe"), start), ProbeAction::Confirm);
        for tick in [100, 200] {
            assert_eq!(patient.on_timeout(&timing, start + ms(tick)), Action::EndPoll);
            assert_eq!(patient.on_timeout(&timing, start + ms(tick)), Action::None);
        }
        assert_eq!(session.on_probe_packet(&Packet::Upgrade, start), ProbeAction::Upgrade);
        assert_eq!(session.transport(), Transport::WebSocket);
        assert!(!session.start_probe(&TIMING, start), "no second upgrade");
    }

    #[test]
    fn upgrades_without_a_probe_as_the_official_server_does() {
        let (mut session, start) = open(Transport::Polling);
        assert!(session.start_probe(&TIMING, start));
        assert_eq!(session.on_probe_packet(&Packet::Upgrade, start), ProbeAction::Upgrade);
    }

    #[test]
    fn a_bad_probe_costs_only_the_candidate() {
        for packet in [Packet::Message("hi"), Packet::Ping(""), Packet::Pong("probe"), Packet::Close] {
            let (mut session, start) = open(Transport::Polling);
            assert!(session.start_probe(&TIMING, start));
            assert_eq!(session.on_probe_packet(&packet, start), ProbeAction::Abandon);
            assert_eq!(session.transport(), Transport::Polling);
            assert!(session.start_probe(&TIMING, start), "another may try");
        }
    }

    #[test]
    fn a_probe_that_is_not_completed_is_abandoned() {
        let (mut session, start) = open(Transport::Polling);
        assert!(session.start_probe(&TIMING, start));
        assert_eq!(session.wake_at(), start + ms(100));
        assert_eq!(session.on_timeout(&TIMING, start + ms(100)), Action::AbandonProbe);
        assert_eq!(session.on_timeout(&TIMING, start + ms(100)), Action::None);
        assert_eq!(session.wake_at(), start + ms(300));
    }
}
