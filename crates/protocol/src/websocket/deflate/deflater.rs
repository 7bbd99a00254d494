//! Writing compressed messages (section 7.2.1).

use std::cell::Cell;

use flate2::{Compress, Compression, FlushCompress};

use super::{Agreement, Config, Context, WindowBits};
use crate::websocket::{Frames, Opcode, Role, encode};

impl Config {
    /// Compresses the messages of a run of whole frames, once for many clients.
    ///
    /// `None` if none gets smaller: then the frames are sent as they are. What comes out is for
    /// clients that [read it](Agreement::reads_shared) and for nothing else; [`Frames`] does not
    /// know compressed messages.
    pub fn compress(&self, frames: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(frames.len());
        let mut compressed = false;
        for (opcode, payload) in Frames::new(frames) {
            let worth_it = !opcode.is_control() && payload.len() >= self.threshold;
            let smaller = worth_it.then(|| compress_alone(payload, self.level, self.server_window)).flatten();
            compressed |= smaller.is_some();
            put(opcode, payload, smaller.as_deref(), &mut out);
        }
        compressed.then_some(out)
    }
}

/// The writing half of one connection, for a server.
///
/// It holds a window only if a context is kept. Every message to its client has to go through it
/// then, in order.
#[derive(Debug)]
pub struct Deflater {
    context: Context,
    level: u8,
    window: WindowBits,
    threshold: usize,
    kept: Option<Box<Compress>>,
}

impl Deflater {
    /// Writes for a client with this agreement.
    pub fn new(agreement: Agreement, config: &Config) -> Self {
        let side = agreement.side(Role::Server);
        Self {
            context: side.context,
            level: config.level,
            window: side.window,
            threshold: config.threshold,
            kept: None,
        }
    }

    /// Appends a run of whole frames with its messages compressed, where that is of use.
    pub fn compress(&mut self, frames: &[u8], out: &mut Vec<u8>) {
        for (opcode, payload) in Frames::new(frames) {
            let smaller = match self.context {
                _ if opcode.is_control() || payload.is_empty() => None,
                Context::Keep => self.compress_in_context(payload),
                Context::Reset if payload.len() < self.threshold => None,
                Context::Reset => compress_alone(payload, self.level, self.window),
            };
            put(opcode, payload, smaller.as_deref(), out);
        }
    }

    /// Compresses also what gets larger: later messages may refer to it.
    fn compress_in_context(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
        let (level, window) = (self.level, self.window);
        let stream = self.kept.get_or_insert_with(|| Box::new(stream(level, window)));
        let compressed = run(stream, payload);
        if compressed.is_none() {
            // nothing came of it, so nothing refers to it
            stream.reset();
        }
        compressed
    }
}

/// Compresses a payload by itself, with what this thread keeps for that; none if it gets no smaller.
fn compress_alone(payload: &[u8], level: u8, window: WindowBits) -> Option<Vec<u8>> {
    let kept = SHARED.take().filter(|kept| (kept.level, kept.window) == (level, window));
    let mut shared =
        kept.unwrap_or_else(|| Shared { level, window, stream: Box::new(stream(level, window)) });
    let compressed = run(&mut shared.stream, payload);
    shared.stream.reset();
    SHARED.set(Some(shared));
    compressed.filter(|compressed| compressed.len() < payload.len())
}

/// Compresses a payload up to a byte boundary, and cuts off what the reader knows.
fn run(stream: &mut Compress, mut payload: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(payload.len() / 2 + LEAST_ROOM);
    loop {
        let read = stream.total_in();
        stream.compress_vec(payload, &mut out, FlushCompress::Sync).ok()?;
        payload = payload.get((stream.total_in() - read) as usize..)?;
        // room that is left shows that nothing is held back
        if out.len() < out.capacity() {
            break;
        }
        out.reserve(out.len().max(LEAST_ROOM));
    }
    let len = out.strip_suffix(&TAIL)?.len();
    out.truncate(len);
    Some(out)
}

/// Appends a frame with the payload, or with what it was compressed to and the bit RSV1.
fn put(opcode: Opcode, payload: &[u8], compressed: Option<&[u8]>, out: &mut Vec<u8>) {
    let start = out.len();
    encode(opcode, compressed.unwrap_or(payload), out);
    if compressed.is_some() {
        out[start] |= RSV1;
    }
}

fn stream(level: u8, window: WindowBits) -> Compress {
    Compress::new_with_window_bits(Compression::new(level.min(9).into()), false, window.get())
}

/// A compressor between two messages.
struct Shared {
    level: u8,
    window: WindowBits,
    stream: Box<Compress>,
}

thread_local! {
    static SHARED: Cell<Option<Shared>> = const { Cell::new(None) };
}

/// The bit of a compressed message's first frame (section 6).
const RSV1: u8 = 0x40;

/// The empty block that a flush ends in; the reader appends it again.
const TAIL: [u8; 4] = [0, 0, 0xFF, 0xFF];

/// Room for a message beyond half of its size, and for the block at its end.
const LEAST_ROOM: usize = 64;
