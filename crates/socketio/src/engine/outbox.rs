//! What waits to be written to one client, bounded in bytes.

use std::{
    collections::{HashMap, VecDeque},
    mem,
};

use bytes::Bytes;

/// What becomes of a packet when its client is slow.
///
/// ```
/// use chorus_socketio::{Delivery, Server};
///
/// let io = Server::new();
/// io.to("chat").emit("said", "hello")?; // reliable: everyone gets it
/// io.to("board").delivery(Delivery::Volatile).emit("cursor", [0.3, 0.7])?; // or the next one
/// io.to("poll").delivery(Delivery::Latest).emit("tally", [12, 30])?; // the newest at least
/// io.to("log").delivery(Delivery::Lossy).emit("line", "GET /")?; // as many as fit
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// It waits; a client too slow for too much is disconnected.
    #[default]
    Reliable,
    /// It waits, or is dropped when so much waits already that it takes half of what may: the other half
    /// is for what may not be lost.
    Lossy,
    /// It is dropped unless it can be written at once.
    Volatile,
    /// It waits, and takes the place of an older one on the same topic that still waits.
    Latest,
}

/// What a packet is about: the name of its event and whom it is for, hashed.
///
/// ```
/// use chorus_socketio::{Delivery, Packet, Topic, engine::Frames};
///
/// // adapters pass it on as it is
/// let frames = Frames::text(r#"42["tally",[12,30]]"#);
/// let packet = Packet { delivery: Some(Delivery::Latest), ..Packet::new(frames) };
/// assert_eq!(packet.topic, Topic::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Topic(pub(crate) u64);

impl Latest {
    /// Closes the gaps.
    fn compact(&mut self, waiting: &mut VecDeque<Bytes>) {
        let mut gaps = 0;
        let moved: Vec<_> = waiting
            .iter()
            .map(|frames| {
                gaps += usize::from(frames.is_empty());
                gaps
            })
            .collect();
        for position in self.positions.values_mut() {
            *position -= moved[*position];
        }
        waiting.retain(|frames| !frames.is_empty());
        self.empty = 0;
    }
}

/// Packets on their way to one client. An empty one holds no memory of its own.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Bytes>,
    /// The size of all that waits here or in the task's hands.
    bytes: usize,
    /// The transport takes nothing at present.
    pub(super) blocked: bool,
    latest: Option<Box<Latest>>,
}

/// Where in the queue the last packet on each topic is. What it took the place of is empty there.
#[derive(Default)]
struct Latest {
    positions: HashMap<Topic, usize>,
    empty: usize,
}

impl Outbox {
    /// Adds a packet. False when it would grow over `limit`: then it is emptied and the client is lost.
    /// A packet that is larger than the limit may still wait alone.
    #[must_use]
    pub(super) fn push(&mut self, frames: Bytes, delivery: Delivery, topic: Topic, limit: usize) -> bool {
        match delivery {
            Delivery::Volatile if self.blocked || self.bytes > 0 => return true,
            Delivery::Latest => self.supersede(topic),
            _ => {}
        }
        // what may be lost leaves room for what may not
        let droppable = matches!(delivery, Delivery::Lossy | Delivery::Volatile);
        let limit = if droppable { limit / 2 } else { limit };
        if self.bytes > 0 && self.bytes + frames.len() > limit {
            if droppable {
                return true;
            }
            self.take();
            return false;
        }
        if delivery == Delivery::Latest {
            self.latest.get_or_insert_default().positions.insert(topic, self.waiting.len());
        }
        self.bytes += frames.len();
        self.waiting.push_back(frames);
        true
    }

    /// Removes the packet that waits on this topic: the new one goes to the end, behind what was sent
    /// between the two.
    fn supersede(&mut self, topic: Topic) {
        let Some(latest) = self.latest.as_deref_mut() else { return };
        let Some(position) = latest.positions.remove(&topic) else { return };
        let old = self.waiting.get_mut(position).map(mem::take).unwrap_or_default();
        self.bytes -= old.len();
        latest.empty += 1;
        if latest.empty * 2 > self.waiting.len() {
            latest.compact(&mut self.waiting);
        }
    }

    /// The size of all that waits, here or in the task's hands.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes all that waits; it counts until it is written.
    pub(super) fn take(&mut self) -> VecDeque<Bytes> {
        if self.latest.take().is_some_and(|latest| latest.empty > 0) {
            self.waiting.retain(|frames| !frames.is_empty());
        }
        mem::take(&mut self.waiting)
    }

    /// Whether something waits.
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes note of bytes that the task added by itself, and of those that have left.
    pub(super) fn account(&mut self, added: usize, written: usize) {
        self.bytes = (self.bytes + added).saturating_sub(written);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Topic = Topic(0);

    fn packet(size: usize) -> Bytes {
        vec![0; size].into()
    }

    #[test]
    fn holds_up_to_its_limit_and_then_loses_the_client() {
        let mut outbox = Outbox::default();
        for _ in 0..10 {
            assert!(outbox.push(packet(10), Delivery::Reliable, NONE, 100));
        }
        assert!(!outbox.push(packet(10), Delivery::Reliable, NONE, 100));
        assert!(outbox.take().is_empty(), "nothing is kept for it");
    }

    #[test]
    fn one_packet_may_be_larger_than_the_limit() {
        let mut outbox = Outbox::default();
        assert!(outbox.push(packet(120), Delivery::Reliable, NONE, 100));
        assert!(!outbox.push(packet(10), Delivery::Reliable, NONE, 100));
    }

    #[test]
    fn what_is_being_written_still_counts() {
        let mut outbox = Outbox::default();
        assert!(outbox.push(packet(60), Delivery::Reliable, NONE, 100));
        assert_eq!(outbox.take().len(), 1);
        outbox.account(0, 10);
        assert!(outbox.push(packet(50), Delivery::Reliable, NONE, 100));
        assert!(!outbox.push(packet(10), Delivery::Reliable, NONE, 100));
    }

    #[test]
    fn volatile_packets_are_dropped_while_something_is_in_their_way() {
        let mut outbox = Outbox { blocked: true, ..Outbox::default() };
        assert!(outbox.push(packet(10), Delivery::Volatile, NONE, 100));
        assert!(outbox.take().is_empty());
        outbox.blocked = false;
        assert!(outbox.push(packet(10), Delivery::Volatile, NONE, 100));
        assert!(outbox.push(packet(10), Delivery::Volatile, NONE, 100));
        assert_eq!(outbox.take().len(), 1, "not even behind another one");
        outbox.account(0, 10);
        assert!(outbox.push(packet(10), Delivery::Volatile, NONE, 100));
        assert_eq!(outbox.take().len(), 1);
    }

    #[test]
    fn lossy_packets_are_dropped_at_the_limit_and_the_client_stays() {
        let mut outbox = Outbox::default();
        assert!(outbox.push(packet(40), Delivery::Lossy, NONE, 100));
        assert!(outbox.push(packet(20), Delivery::Lossy, NONE, 100));
        assert!(outbox.push(packet(10), Delivery::Lossy, NONE, 100), "a smaller one still fits");
        assert!(outbox.push(packet(50), Delivery::Reliable, NONE, 100), "half is for what is reliable");
        assert_eq!(outbox.take().len(), 3);
    }

    #[test]
    fn of_each_topic_the_last_packet_waits_behind_what_came_before_it() {
        let mut outbox = Outbox::default();
        let send = |outbox: &mut Outbox, text: &'static str, delivery, topic| {
            assert!(outbox.push(Bytes::from(text), delivery, Topic(topic), 100));
        };
        send(&mut outbox, "a1", Delivery::Latest, 1);
        send(&mut outbox, "b1", Delivery::Latest, 2);
        send(&mut outbox, "event", Delivery::Reliable, 1);
        send(&mut outbox, "a2 is longer", Delivery::Latest, 1);
        send(&mut outbox, "b2", Delivery::Latest, 2);
        send(&mut outbox, "a3", Delivery::Latest, 1);
        assert_eq!(outbox.bytes(), "eventb2a3".len());
        assert_eq!(outbox.take(), ["event", "b2", "a3"].map(Bytes::from));
        send(&mut outbox, "a4", Delivery::Latest, 1);
        assert_eq!(outbox.take(), ["a4"].map(Bytes::from), "what was taken is not superseded");
    }

    #[test]
    fn many_last_values_cost_little() {
        let mut outbox = Outbox::default();
        for n in 0..1_000_000 {
            assert!(outbox.push(packet(1), Delivery::Latest, Topic(n % 10_000), usize::MAX));
        }
        assert!(outbox.waiting.len() <= 20_001, "{} are in the queue", outbox.waiting.len());
        assert_eq!(outbox.bytes(), 10_000);
        assert_eq!(outbox.take().len(), 10_000);
    }
}
