//! What waits to be written to one client, bounded in bytes.

use std::{
    collections::{HashMap, VecDeque},
    mem,
};

use bytes::Bytes;

/// What becomes of a packet when its client is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// It waits; a client too slow for too much is disconnected.
    #[default]
    Reliable,
    /// It waits, or is dropped when too much waits already.
    Lossy,
    /// It is dropped unless it can be written at once.
    Volatile,
    /// It waits, and takes the place of an older one on the same topic that still waits.
    Latest,
}

/// What a packet is about: the name of its event and whom it is for, hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Topic(pub(crate) u64);

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

/// Where in the queue the last packet on each topic is.
#[derive(Default)]
struct Latest(HashMap<Topic, usize>);

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
        if self.bytes > 0 && self.bytes + frames.len() > limit {
            if matches!(delivery, Delivery::Lossy | Delivery::Volatile) {
                return true;
            }
            self.take();
            return false;
        }
        if delivery == Delivery::Latest {
            self.latest.get_or_insert_default().0.insert(topic, self.waiting.len());
        }
        self.bytes += frames.len();
        self.waiting.push_back(frames);
        true
    }

    /// Removes the packet that waits on this topic: the new one goes to the end, behind what was sent
    /// between the two.
    fn supersede(&mut self, topic: Topic) {
        let Some(Latest(positions)) = self.latest.as_deref_mut() else { return };
        let Some(position) = positions.remove(&topic) else { return };
        let old = self.waiting.remove(position);
        self.bytes -= old.map_or(0, |old| old.len());
        for other in positions.values_mut().filter(|other| **other > position) {
            *other -= 1;
        }
    }

    /// Takes all that waits; it counts until it is written.
    pub(super) fn take(&mut self) -> VecDeque<Bytes> {
        self.latest = None;
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
        assert!(outbox.push(packet(90), Delivery::Lossy, NONE, 100));
        assert!(outbox.push(packet(20), Delivery::Lossy, NONE, 100));
        assert!(outbox.push(packet(10), Delivery::Lossy, NONE, 100), "a smaller one still fits");
        assert_eq!(outbox.take().len(), 2);
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
        assert_eq!(outbox.bytes, "eventb2a3".len());
        assert_eq!(outbox.take(), ["event", "b2", "a3"].map(Bytes::from));
        send(&mut outbox, "a4", Delivery::Latest, 1);
        assert_eq!(outbox.take(), ["a4"].map(Bytes::from), "what was taken is not superseded");
    }
}
