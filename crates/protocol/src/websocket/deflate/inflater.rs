//! Reading compressed messages (section 7.2.2).

use std::cell::Cell;

use flate2::{Decompress, FlushDecompress, Status};

use super::{Agreement, Context, WindowBits};
use crate::websocket::{Error, Role};

/// The reading half of one connection.
///
/// It holds a window only while a context is kept; else all connections of a thread share one.
#[derive(Debug)]
pub(in crate::websocket) struct Inflater {
    context: Context,
    window: WindowBits,
    kept: Option<Box<Decompress>>,
}

impl Inflater {
    /// Reads what the peer of `role` compresses.
    pub(in crate::websocket) fn new(role: Role, agreement: Agreement) -> Self {
        let peer = match role {
            Role::Server => Role::Client,
            Role::Client => Role::Server,
        };
        let side = agreement.side(peer);
        Self { context: side.context, window: side.window, kept: None }
    }

    /// Inflates the payload of a message, to `most` bytes at the most.
    pub(in crate::websocket) fn inflate(&mut self, payload: &[u8], most: usize) -> Result<Vec<u8>, Error> {
        match self.context {
            Context::Keep => {
                let new = || Box::new(stream(self.window));
                Inflation::run(self.kept.get_or_insert_with(new), self.window, payload, most)
            }
            Context::Reset => {
                let mut shared = SHARED.take().unwrap_or_else(|| Box::new(stream(WindowBits::MAX)));
                let inflated = Inflation::run(&mut shared, WindowBits::MAX, payload, most);
                shared.reset(false);
                SHARED.set(Some(shared));
                inflated
            }
        }
    }
}

/// A message that is being inflated.
struct Inflation<'a> {
    stream: &'a mut Decompress,
    window: WindowBits,
    most: usize,
    out: Vec<u8>,
    ends: u8,
}

impl<'a> Inflation<'a> {
    fn run(
        stream: &'a mut Decompress,
        window: WindowBits,
        payload: &[u8],
        most: usize,
    ) -> Result<Vec<u8>, Error> {
        let mut inflation = Self { stream, window, most, out: Vec::new(), ends: 0 };
        if !payload.is_empty() && inflation.feed(payload)? == Status::Ok {
            inflation.feed(&TAIL)?;
        }
        Ok(inflation.out)
    }

    /// Inflates all of `input`; tells whether it ended in a final block (section 7.2.3.4).
    fn feed(&mut self, mut input: &[u8]) -> Result<Status, Error> {
        loop {
            self.reserve(input.len());
            let read = self.stream.total_in();
            let written = self.out.len();
            let status = self
                .stream
                .decompress_vec(input, &mut self.out, FlushDecompress::Sync)
                .map_err(|_| Error::InvalidDeflate)?;
            let read = (self.stream.total_in() - read) as usize;
            input = input.get(read..).unwrap_or_default();
            if self.out.len() > self.most {
                return Err(Error::TooBig);
            }
            if status == Status::StreamEnd {
                self.restart()?;
                if input.is_empty() {
                    return Ok(Status::StreamEnd);
                }
            } else if self.out.len() < self.out.capacity() {
                if input.is_empty() {
                    return Ok(Status::Ok);
                }
                if read == 0 && written == self.out.len() {
                    return Err(Error::InvalidDeflate);
                }
            }
        }
    }

    /// Goes on behind a final block, which is rare: it costs more than the two bytes it takes.
    fn restart(&mut self) -> Result<(), Error> {
        self.ends += 1;
        if self.ends > MAX_ENDS {
            return Err(Error::InvalidDeflate);
        }
        *self.stream = stream(self.window);
        Ok(())
    }

    /// Makes room, of not more than a byte beyond the limit, that shows when it is crossed.
    fn reserve(&mut self, input: usize) {
        if self.out.len() == self.out.capacity() {
            let wanted = (self.out.capacity().max(input) * 2).max(LEAST_ROOM);
            let wanted = wanted.min(self.most.saturating_add(1));
            self.out.reserve_exact(wanted.saturating_sub(self.out.len()));
        }
    }
}

fn stream(window: WindowBits) -> Decompress {
    Decompress::new_with_window_bits(false, window.get())
}

thread_local! {
    static SHARED: Cell<Option<Box<Decompress>>> = const { Cell::new(None) };
}

/// What the sender has cut off.
const TAIL: [u8; 4] = [0, 0, 0xFF, 0xFF];

/// The most final blocks in one message: there is no use for any, but they are allowed.
const MAX_ENDS: u8 = 16;

/// The least that is reserved for a message.
const LEAST_ROOM: usize = 256;
