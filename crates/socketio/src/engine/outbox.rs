//! What waits to be written to one client, bounded in bytes.

use std::{collections::VecDeque, mem};

use bytes::Bytes;

/// What becomes of a packet when its client is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It waits; a client too slow for too much is disconnected.
    Reliable,
    /// It is dropped unless it can be written at once.
    Volatile,
}

/// Packets on their way to one client. An empty one holds no memory of its own.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Bytes>,
    /// The size of all that waits here or in the task's hands.
    bytes: usize,
    /// The transport takes nothing at present.
    pub(super) blocked: bool,
}

impl Outbox {
    /// Adds a packet. False when it would grow over `limit`: then it is emptied and the client is lost.
    /// A packet that is larger than the limit may still wait alone.
    #[must_use]
    pub(super) fn push(&mut self, frames: Bytes, delivery: Delivery, limit: usize) -> bool {
        if delivery == Delivery::Volatile && self.blocked {
            return true;
        }
        if self.bytes > 0 && self.bytes + frames.len() > limit {
            self.waiting = VecDeque::new();
            return false;
        }
        self.bytes += frames.len();
        self.waiting.push_back(frames);
        true
    }

    /// Takes all that waits; it counts until it is written.
    pub(super) fn take(&mut self) -> VecDeque<Bytes> {
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

    fn packet(size: usize) -> Bytes {
        vec![0; size].into()
    }

    #[test]
    fn holds_up_to_its_limit_and_then_loses_the_client() {
        let mut outbox = Outbox::default();
        for _ in 0..10 {
            assert!(outbox.push(packet(10), Delivery::Reliable, 100));
        }
        assert!(!outbox.push(packet(10), Delivery::Reliable, 100));
        assert!(outbox.take().is_empty(), "nothing is kept for it");
    }

    #[test]
    fn one_packet_may_be_larger_than_the_limit() {
        let mut outbox = Outbox::default();
        assert!(outbox.push(packet(120), Delivery::Reliable, 100));
        assert!(!outbox.push(packet(10), Delivery::Reliable, 100));
    }

    #[test]
    fn what_is_being_written_still_counts() {
        let mut outbox = Outbox::default();
        assert!(outbox.push(packet(60), Delivery::Reliable, 100));
        assert_eq!(outbox.take().len(), 1);
        outbox.account(0, 10);
        assert!(outbox.push(packet(50), Delivery::Reliable, 100));
        assert!(!outbox.push(packet(10), Delivery::Reliable, 100));
    }

    #[test]
    fn volatile_packets_are_dropped_while_blocked() {
        let mut outbox = Outbox { blocked: true, ..Outbox::default() };
        assert!(outbox.push(packet(10), Delivery::Volatile, 100));
        assert!(outbox.take().is_empty());
        outbox.blocked = false;
        assert!(outbox.push(packet(10), Delivery::Volatile, 100));
        assert_eq!(outbox.take().len(), 1);
    }
}
