//! The session machine: packets, probes and time in any order.
//!
//! Input: revision and transport, the three durations; then steps of two bytes, a letter and a
//! number. What the letters stand for is told where they are read.
#![no_main]

use std::time::{Duration, Instant};

use chorus_fuzz::promise::Promise;
use chorus_protocol::engineio::{
    Action, CloseReason, Packet, ProbeAction, Revision, Session, Timing, Transport,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[kind, interval, timeout, upgrade], steps)) = data.split_first_chunk() else { return };
    let timing = Timing {
        ping_interval: ms(50) * (1 + u32::from(interval)),
        ping_timeout: ms(20) * (1 + u32::from(timeout)),
        upgrade_timeout: ms(10) * (1 + u32::from(upgrade)),
    };
    let revision = if kind & 1 == 0 { Revision::V4 } else { Revision::V3 };
    let transport = if kind & 2 == 0 { Transport::Polling } else { Transport::WebSocket };
    let mut owner = Owner::new(revision, transport, timing);
    for step in steps.as_chunks().0 {
        if owner.step(*step) == Life::Over {
            return owner.stays_closed();
        }
    }
});

/// What a server does with a session.
struct Owner {
    session: Session,
    transport: Transport,
    timing: Timing,
    now: Instant,
    promise: Promise,
}

/// Whether a session goes on.
#[derive(PartialEq)]
enum Life {
    On,
    Over,
}

impl Owner {
    fn new(revision: Revision, transport: Transport, timing: Timing) -> Self {
        let now = Instant::now();
        let session = Session::new(revision, transport, &timing, now);
        Self { session, transport, timing, now, promise: Promise::new(revision, timing, now) }
    }

    fn step(&mut self, [letter, number]: [u8; 2]) -> Life {
        match letter {
            b'w' => return self.wait(ms(10) * number.into()),
            b'j' => return self.jump(ms(20) * number.into()),
            b'd' => self.now += ms(1) * number.into(),
            b's' => self.start_probe(),
            b'q' => self.probe_packet(&Packet::Ping("probe")),
            b'r' => self.probe_packet(&packet(number)),
            b'a' => {
                self.session.abandon_probe();
                self.promise.on_probe_end();
            }
            b'e' => {
                self.session.excuse(&self.timing, self.now);
                self.promise.on_excuse(self.now);
            }
            _ => return self.packet(packet(letter)),
        }
        assert_eq!(self.session.transport(), self.transport);
        Life::On
    }

    /// Lets time go by and acts whenever the session wants to.
    fn wait(&mut self, time: Duration) -> Life {
        let until = self.now + time;
        while self.session.wake_at() <= until {
            self.now = self.now.max(self.session.wake_at());
            if self.settle() == Life::Over {
                return Life::Over;
            }
        }
        self.now = until;
        self.settle()
    }

    /// Lets time go by in which nobody acts, as on a busy machine.
    fn jump(&mut self, time: Duration) -> Life {
        self.now += time;
        self.settle()
    }

    /// Does all that is due.
    fn settle(&mut self) -> Life {
        for _ in 0..MOST_ACTIONS {
            match self.session.on_timeout(&self.timing, self.now) {
                Action::None => {
                    self.promise.on_settled(self.now, self.session.wake_at());
                    return Life::On;
                }
                Action::SendPing => self.promise.on_ping_sent(self.now),
                Action::EndPoll => self.promise.on_end_poll(self.now),
                Action::AbandonProbe => self.promise.on_probe_timeout(self.now),
                Action::Close(CloseReason::PingTimeout) => {
                    self.promise.on_ping_timeout(self.now);
                    return Life::Over;
                }
                other => panic!("{other:?} when time is up"),
            }
        }
        panic!("there is no end of what is due");
    }

    fn packet(&mut self, packet: Packet<'_>) -> Life {
        let v3 = self.session.revision() == Revision::V3;
        let expected = match &packet {
            Packet::Message(text) => Action::Text(text),
            Packet::Binary(bytes) => Action::Binary(bytes.clone()),
            Packet::Ping(_) if v3 => Action::SendPong,
            Packet::Ping(_) => Action::Close(CloseReason::TransportError),
            Packet::Pong(_) if v3 => Action::Close(CloseReason::TransportError),
            Packet::Close if self.transport == Transport::Polling => {
                Action::Close(CloseReason::TransportClose)
            }
            _ => Action::None,
        };
        match packet {
            Packet::Pong(_) | Packet::Ping(_) => self.promise.on_beat(self.now),
            _ => self.promise.on_sign_of_life(self.now),
        }
        let action = self.session.on_packet(packet.clone(), &self.timing, self.now);
        assert_eq!(action, expected, "{packet:?}");
        if matches!(action, Action::Close(_)) { Life::Over } else { Life::On }
    }

    fn start_probe(&mut self) {
        let free = self.transport == Transport::Polling && !self.promise.is_probed();
        assert_eq!(self.session.start_probe(&self.timing, self.now), free);
        if free {
            self.promise.on_probe(self.now);
        }
    }

    fn probe_packet(&mut self, packet: &Packet<'_>) {
        let expected = match packet {
            Packet::Ping("probe") if self.promise.is_probed() => ProbeAction::Confirm,
            Packet::Upgrade if self.promise.is_probed() => ProbeAction::Upgrade,
            _ => ProbeAction::Abandon,
        };
        assert_eq!(self.session.on_probe_packet(packet, self.now), expected, "{packet:?}");
        match expected {
            ProbeAction::Confirm => return self.promise.on_confirm(self.now),
            ProbeAction::Upgrade => self.transport = Transport::WebSocket,
            ProbeAction::Abandon => {}
        }
        self.promise.on_probe_end();
    }

    /// Checks that a session which is over for want of a heartbeat does not come back by itself.
    fn stays_closed(mut self) {
        let over = Action::Close(CloseReason::PingTimeout);
        let at = self.now;
        if self.session.on_timeout(&self.timing, at) == over {
            for seconds in 0..3 {
                let later = at + Duration::from_secs(seconds);
                let act = || self.session.on_timeout(&self.timing, later);
                assert!(std::iter::repeat_with(act).take(MOST_ACTIONS).any(|action| action == over));
            }
        }
    }
}

/// The packet of a letter.
fn packet(letter: u8) -> Packet<'static> {
    match letter {
        b'o' => Packet::Open("{}"),
        b'c' => Packet::Close,
        b'i' => Packet::Ping(""),
        b'p' => Packet::Pong(""),
        b'b' => Packet::Binary([0][..].into()),
        b'u' => Packet::Upgrade,
        b'n' => Packet::Noop,
        _ => Packet::Message("x"),
    }
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// One for each of the machine's deadlines, and one to say that it is done.
const MOST_ACTIONS: usize = 4;
