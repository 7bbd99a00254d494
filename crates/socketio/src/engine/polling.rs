//! HTTP long-polling: at most one parked GET, and POSTs that wait for the application.

use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

use bytes::Bytes;
use chorus_protocol::socketio::Frames;
use tokio::sync::oneshot;

use super::session::{Polled, PostBody, Posted};

/// The requests of a polling client that are not answered yet.
#[derive(Default)]
pub(super) struct Polling {
    parked: Option<oneshot::Sender<Polled>>,
    /// A client has one at a time.
    post: Option<Box<(PostBody, oneshot::Sender<Posted>)>>,
    /// The POST that said that the client leaves; answered when it has.
    farewell: Option<oneshot::Sender<Posted>>,
}

/// A second GET came while one was parked.
pub(super) struct Overlap;

impl Polling {
    /// Parks a GET.
    pub(super) fn park(&mut self, reply: oneshot::Sender<Polled>) -> Result<(), Overlap> {
        if self.parked.is_some() {
            let _ = reply.send(Polled::Overlap);
            return Err(Overlap);
        }
        self.parked = Some(reply);
        Ok(())
    }

    /// Whether a GET waits.
    pub(super) fn is_parked(&self) -> bool {
        self.parked.is_some()
    }

    /// Whether the client broke the parked GET off.
    pub(super) fn poll_broken(&mut self, cx: &mut Context<'_>) -> bool {
        self.parked.as_mut().is_some_and(|parked| matches!(parked.poll_closed(cx), Poll::Ready(())))
    }

    /// Keeps a POST until [`Polling::take_post`].
    pub(super) fn post(&mut self, body: PostBody, reply: oneshot::Sender<Posted>) {
        self.post = Some(Box::new((body, reply)));
    }

    pub(super) fn take_post(&mut self) -> Option<(PostBody, oneshot::Sender<Posted>)> {
        self.post.take().map(|post| *post)
    }

    /// Keeps a POST until [`Polling::say_farewell`].
    pub(super) fn farewell(&mut self, reply: oneshot::Sender<Posted>) {
        self.farewell = Some(reply);
    }

    pub(super) fn say_farewell(&mut self) {
        if let Some(farewell) = self.farewell.take() {
            let _ = farewell.send(Posted::Accepted);
        }
    }

    /// Answers the parked GET with the first of `frames` and returns their size. The last one while
    /// closing goes alone: official clients act on a close packet before the messages beside it.
    pub(super) fn flush(&mut self, frames: &mut VecDeque<Bytes>, closing: bool) -> usize {
        if frames.is_empty() {
            return 0;
        }
        let Some(parked) = self.parked.take() else { return 0 };
        let messages = if closing && frames.len() > 1 { frames.len() - 1 } else { frames.len() };
        let packets: Vec<_> = frames.drain(..messages.min(MAX_PACKETS_OUT)).collect();
        let size = packets.iter().map(Bytes::len).sum();
        let _ = parked.send(Polled::Packets(packets));
        size
    }

    /// Answers the parked GET, if there is one, with one packet.
    pub(super) fn release(&mut self, packet: &str) {
        if let Some(parked) = self.parked.take() {
            let _ = parked.send(Polled::Packets(vec![Frames::text(packet).as_bytes().clone()]));
        }
    }
}

/// The most packets in one response: python-engineio gives up at more.
const MAX_PACKETS_OUT: usize = 16;
