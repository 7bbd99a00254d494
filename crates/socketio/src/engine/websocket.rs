//! A WebSocket: a byte stream, a decoder, and vectored writes. It holds no buffer while idle.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use chorus_protocol::websocket::{Decoder, Error, Message, Role, deflate::Agreement};
use hyper::upgrade::Upgraded;
use hyper_util::{rt::TokioIo, server::conn::auto::upgrade};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::serve::Stream;

/// The server's end of a WebSocket, after the handshake.
pub(super) struct WebSocket {
    io: Io,
    decoder: Decoder,
    agreement: Option<Agreement>,
}

enum Io {
    /// What nearly always is below: kept bare, without hyper's buffers.
    Tcp(TcpStream),
    /// Anything else that hyper was given, such as TLS.
    Other(Box<TokioIo<Upgraded>>),
}

/// What was written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Written {
    pub(super) bytes: usize,
    /// The first of the frames that are left is half written.
    pub(super) ends_inside: bool,
}

/// Why a WebSocket can no longer be read.
pub(super) enum ReadError<E> {
    /// The peer closed the stream or it broke off.
    Gone,
    /// The peer broke RFC 6455.
    Protocol(Error),
    /// The receiver of the messages refused one.
    Receiver(E),
}

impl WebSocket {
    /// Takes over the stream of an upgraded request. Returns also what was read beyond the request.
    pub(super) fn new(
        upgraded: Upgraded,
        max_message_size: usize,
        agreement: Option<Agreement>,
    ) -> (Self, Bytes) {
        let (io, read) = take_io(upgraded);
        if let Io::Tcp(tcp) = &io {
            // messages are coalesced here; the kernel's waiting on top would only add latency
            let _ = tcp.set_nodelay(true);
        }
        let decoder = match agreement {
            Some(agreement) => Decoder::with_deflate(Role::Server, max_message_size, agreement),
            None => Decoder::new(Role::Server, max_message_size),
        };
        (Self { io, decoder, agreement }, read)
    }

    /// What was agreed on compression.
    pub(super) fn agreement(&self) -> Option<Agreement> {
        self.agreement
    }

    /// Feeds bytes that were read before the stream was taken over.
    pub(super) fn feed<E>(
        &mut self,
        bytes: &[u8],
        receive: &mut impl FnMut(Message<'_>) -> Result<(), E>,
    ) -> Result<(), ReadError<E>> {
        decode(&mut self.decoder, &mut bytes.to_vec(), receive)
    }

    /// Reads what has arrived, up to a fair share. Pending when the stream has no more for now.
    pub(super) fn poll_read<E>(
        &mut self,
        cx: &mut Context<'_>,
        receive: &mut impl FnMut(Message<'_>) -> Result<(), E>,
    ) -> Poll<Result<(), ReadError<E>>> {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.resize(SCRATCH_SIZE, 0);
            let mut buffer = ReadBuf::new(scratch);
            let read = match &mut self.io {
                Io::Tcp(io) => Pin::new(io).poll_read(cx, &mut buffer),
                Io::Other(io) => Pin::new(io).poll_read(cx, &mut buffer),
            };
            match ready!(read) {
                Ok(()) if !buffer.filled().is_empty() => {
                    Poll::Ready(decode(&mut self.decoder, buffer.filled_mut(), receive))
                }
                _ => Poll::Ready(Err(ReadError::Gone)),
            }
        })
    }

    /// Writes as much of `frames` as the stream takes. An error means that the stream is gone.
    pub(super) fn write(
        &mut self,
        cx: &mut Context<'_>,
        frames: &mut VecDeque<Bytes>,
    ) -> io::Result<Written> {
        let mut total = Written::default();
        while !frames.is_empty() {
            let written = match frames.make_contiguous() {
                // cheaper in the kernel than a vector of one
                [frame] => match &mut self.io {
                    Io::Tcp(io) => Pin::new(io).poll_write(cx, frame),
                    Io::Other(io) => Pin::new(io).poll_write(cx, frame),
                },
                several => {
                    let mut slices = [IoSlice::new(&[]); MAX_SLICES];
                    let count = several.len().min(MAX_SLICES);
                    for (slice, frame) in slices.iter_mut().zip(several) {
                        *slice = IoSlice::new(frame);
                    }
                    match &mut self.io {
                        Io::Tcp(io) => Pin::new(io).poll_write_vectored(cx, &slices[..count]),
                        Io::Other(io) => Pin::new(io).poll_write_vectored(cx, &slices[..count]),
                    }
                }
            };
            match written {
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(written)) => {
                    total.bytes += written;
                    total.ends_inside = advance(frames, written);
                }
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => return Ok(total),
            }
        }
        if let Io::Other(io) = &mut self.io
            && let Poll::Ready(Err(error)) = Pin::new(io).poll_flush(cx)
        {
            return Err(error);
        }
        // an idle connection keeps no queue
        *frames = VecDeque::new();
        Ok(total)
    }

    /// Ends the writing half.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Tcp(io) => Pin::new(io).poll_shutdown(cx),
            Io::Other(io) => Pin::new(io).poll_shutdown(cx),
        }
    }
}

/// What is below hyper, and what that has read already.
fn take_io(upgraded: Upgraded) -> (Io, Bytes) {
    let upgraded = match upgraded.downcast::<TokioIo<Stream>>() {
        Ok(parts) => return (Io::Tcp(parts.io.into_inner().into_inner()), parts.read_buf),
        Err(upgraded) => upgraded,
    };
    let upgraded = match upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
        Ok(parts) => return (Io::Tcp(parts.io.into_inner()), parts.read_buf),
        Err(upgraded) => upgraded,
    };
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => (Io::Tcp(parts.io.into_inner()), parts.read_buf),
        Err(upgraded) => (Io::Other(Box::new(TokioIo::new(upgraded))), Bytes::new()),
    }
}

fn decode<E>(
    decoder: &mut Decoder,
    mut input: &mut [u8],
    receive: &mut impl FnMut(Message<'_>) -> Result<(), E>,
) -> Result<(), ReadError<E>> {
    while let Some(message) = decoder.decode(&mut input).map_err(ReadError::Protocol)? {
        receive(message).map_err(ReadError::Receiver)?;
    }
    Ok(())
}

/// Takes `written` bytes off the front. True if they end inside of a frame.
fn advance(frames: &mut VecDeque<Bytes>, mut written: usize) -> bool {
    while let Some(front) = frames.front_mut() {
        if front.len() > written {
            front.advance(written);
            return written > 0;
        }
        written -= front.len();
        frames.pop_front();
    }
    false
}

thread_local! {
    /// What every connection of a thread reads into; only an unfinished frame is kept elsewhere.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// One read's worth, in bytes.
const SCRATCH_SIZE: usize = 64 << 10;

/// Frames in one write; Linux takes up to 1,024.
const MAX_SLICES: usize = 64;
