//! What a session promises its peer and its owner: when it pings, and when it may give up.
//!
//! It says less than the machine does: what is left open, the machine may do either way.

use std::time::{Duration, Instant};

use chorus_protocol::engineio::{Revision, Timing};

/// The state that the promises depend on.
#[derive(Debug)]
pub struct Promise {
    timing: Timing,
    beat: Beat,
    /// Until when the upgrade has to be done, and when a poll is to be ended.
    probe: Option<(Instant, Option<Instant>)>,
}

#[derive(Debug)]
enum Beat {
    /// The session will ping then.
    PingDue(Instant),
    /// The peer has time to answer until `late`, and at least until `early`.
    Pinged { at: Instant, early: Instant, late: Instant, spared: bool },
    /// Revision 3: the peer has time to ping until then.
    PeerPings(Instant),
}

impl Promise {
    /// Of a session that was opened at `now`.
    pub fn new(revision: Revision, timing: Timing, now: Instant) -> Self {
        let beat = match revision {
            Revision::V3 => Beat::PeerPings(now + timing.ping_interval + timing.ping_timeout),
            Revision::V4 => Beat::PingDue(now + timing.ping_interval),
        };
        Self { timing, beat, probe: None }
    }

    /// The peer's part of the heartbeat came: a pong, or in revision 3 a ping.
    pub fn on_beat(&mut self, now: Instant) {
        self.beat = match self.beat {
            Beat::PeerPings(_) => Beat::PeerPings(now + self.timing.ping_interval + self.timing.ping_timeout),
            _ => Beat::PingDue(now + self.timing.ping_interval),
        };
    }

    /// Something else came, which is a sign of life, but counts only once.
    pub fn on_sign_of_life(&mut self, now: Instant) {
        if let Beat::Pinged { early, late, spared: spared @ false, .. } = &mut self.beat {
            *early = now + self.timing.ping_timeout;
            *late = *early;
            *spared = true;
        }
    }

    /// The owner did not read for a while.
    pub fn on_excuse(&mut self, now: Instant) {
        let until = now + self.timing.ping_timeout;
        match &mut self.beat {
            Beat::PingDue(_) => {}
            Beat::PeerPings(at) => *at = until.max(*at),
            Beat::Pinged { early, late, .. } => {
                *early = until.max(*early);
                *late = until.max(*late);
            }
        }
    }

    /// A ping goes out.
    pub fn on_ping_sent(&mut self, now: Instant) {
        let Beat::PingDue(due) = self.beat else { panic!("a ping where none is due") };
        assert!(due <= now, "a ping {:?} early", due - now);
        let late = now + self.timing.ping_timeout;
        let lateness = Some(now - due).filter(|lateness| *lateness <= MAX_LATENESS).unwrap_or_default();
        let early = now + self.timing.ping_timeout.saturating_sub(lateness);
        self.beat = Beat::Pinged { at: now, early, late, spared: false };
    }

    /// The session ends for want of a heartbeat.
    pub fn on_ping_timeout(&self, now: Instant) {
        match self.beat {
            Beat::PingDue(_) => panic!("it gives up without a ping"),
            Beat::PeerPings(until) => assert!(until <= now, "it gives up {:?} early", until - now),
            Beat::Pinged { at, early, .. } => {
                assert!(at < now, "it pings and gives up in one moment");
                assert!(early <= now, "it gives up {:?} early", early - now);
            }
        }
    }

    /// Whether an upgrade is under way.
    pub fn is_probed(&self) -> bool {
        self.probe.is_some()
    }

    /// An upgrade begins.
    pub fn on_probe(&mut self, now: Instant) {
        self.probe = Some((now + self.timing.upgrade_timeout, None));
    }

    /// The candidate was answered: from now on, parked polls are ended.
    pub fn on_confirm(&mut self, now: Instant) {
        let (_, end_poll_at) = self.probe.as_mut().expect("a candidate");
        *end_poll_at = Some(now + END_POLL_INTERVAL);
    }

    /// A parked poll is ended.
    pub fn on_end_poll(&mut self, now: Instant) {
        let (_, end_poll_at) = self.probe.as_mut().expect("a candidate");
        assert!(end_poll_at.is_some_and(|at| at <= now), "a poll is ended early");
        *end_poll_at = Some(now + END_POLL_INTERVAL);
    }

    /// An upgrade ends, well or not.
    pub fn on_probe_end(&mut self) {
        self.probe = None;
    }

    /// An upgrade is abandoned, since it took too long.
    pub fn on_probe_timeout(&mut self, now: Instant) {
        let (until, _) = self.probe.take().expect("a candidate");
        assert!(until <= now, "a candidate is abandoned early");
    }

    /// All that was due is done, and the session wants to be woken at `wake_at`.
    pub fn on_settled(&self, now: Instant, wake_at: Instant) {
        let beat = match self.beat {
            Beat::PingDue(at) | Beat::PeerPings(at) | Beat::Pinged { late: at, .. } => at,
        };
        let probe = self.probe.map(|(until, end_poll_at)| end_poll_at.map_or(until, |at| at.min(until)));
        let latest = probe.map_or(beat, |at| at.min(beat));
        assert!(now < latest, "something that was due is not done");
        assert!(now < wake_at, "it wants to be woken in the past");
        assert!(wake_at <= latest, "it oversleeps {:?}", wake_at - latest);
    }
}

/// A ping that is sent late is counted from when it was due, up to that.
const MAX_LATENESS: Duration = Duration::from_millis(500);

/// How often a parked poll is ended while a candidate waits.
const END_POLL_INTERVAL: Duration = Duration::from_millis(100);
