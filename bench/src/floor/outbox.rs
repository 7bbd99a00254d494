//! What waits to be written to one connection.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use bytes::{Buf, Bytes};
use tokio::{io::AsyncWrite, net::TcpStream};

/// The most frames of one write.
const FRAMES_PER_WRITE: usize = 64;
/// The most places kept by a queue that is empty.
const IDLE_CAPACITY: usize = 4;

/// Frames, pushed by anyone and written by the connection's task.
#[derive(Default)]
pub(super) struct Outbox {
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Bytes>,
    /// Set while the task sleeps.
    waker: Option<Waker>,
}

impl Outbox {
    pub(super) fn push(&self, frame: Bytes) {
        let mut queue = self.queue();
        queue.frames.push_back(frame);
        if let Some(waker) = queue.waker.take() {
            drop(queue);
            waker.wake();
        }
    }

    /// The task is awake: pushes need not wake it until it has flushed.
    pub(super) fn begin_turn(&self) {
        self.queue().waker = None;
    }

    /// Writes until the queue is empty or the socket is full.
    pub(super) fn poll_flush(
        &self,
        context: &mut Context<'_>,
        stream: &mut TcpStream,
    ) -> Poll<io::Result<()>> {
        let mut queue = self.queue();
        queue.waker = Some(context.waker().clone());
        while !queue.frames.is_empty() {
            let mut slices = [IoSlice::new(&[]); FRAMES_PER_WRITE];
            let count = queue.frames.len().min(FRAMES_PER_WRITE);
            for (slice, frame) in slices.iter_mut().zip(&queue.frames) {
                *slice = IoSlice::new(frame);
            }
            let written = ready!(Pin::new(&mut *stream).poll_write_vectored(context, &slices[..count]))?;
            queue.advance(written);
        }
        queue.frames.shrink_to(IDLE_CAPACITY);
        Poll::Ready(Ok(()))
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn advance(&mut self, mut written: usize) {
        while let Some(frame) = self.frames.front_mut().filter(|_| written > 0) {
            let taken = written.min(frame.len());
            frame.advance(taken);
            written -= taken;
            if frame.is_empty() {
                self.frames.pop_front();
            }
        }
    }
}
