//! A message that is put together from pieces.

use super::{Error, Opcode};

/// The most frames that one message may come in.
///
/// Without it a peer could send fragments without payload, and without end.
pub const MAX_FRAGMENTS: u16 = 16_384;

/// The least that is reserved once something must be kept.
const LEAST_CAPACITY: usize = 64;

/// A text or binary message of which a part has arrived.
#[derive(Debug)]
pub(super) struct Assembly {
    opcode: Opcode,
    compressed: bool,
    fragments: u16,
    /// How much of the buffer is known to be UTF-8; what follows is at most a cut character.
    valid: usize,
    buffer: Vec<u8>,
}

impl Assembly {
    pub(super) fn new(opcode: Opcode, compressed: bool) -> Self {
        Self { opcode, compressed, fragments: 0, valid: 0, buffer: Vec::new() }
    }

    /// Counts a further frame.
    pub(super) fn begin_fragment(&mut self) -> Result<(), Error> {
        if self.fragments == MAX_FRAGMENTS {
            return Err(Error::TooManyFragments);
        }
        self.fragments += 1;
        Ok(())
    }

    /// Appends what has arrived of a message that will be `most` bytes at the most.
    ///
    /// Text fails as soon as no continuation could make it valid (section 8.1).
    pub(super) fn push(&mut self, bytes: &[u8], most: usize) -> Result<(), Error> {
        self.reserve(bytes.len(), most);
        self.buffer.extend_from_slice(bytes);
        if self.opcode != Opcode::Text || self.compressed {
            return Ok(());
        }
        match simdutf8::compat::from_utf8(&self.buffer[self.valid..]) {
            Ok(_) => self.valid = self.buffer.len(),
            Err(error) if error.error_len().is_none() => self.valid += error.valid_up_to(),
            Err(_) => return Err(Error::InvalidUtf8),
        }
        Ok(())
    }

    /// The opcode and payload of the message, which is complete, and whether it is compressed.
    pub(super) fn finish(self) -> (Opcode, Vec<u8>, bool) {
        (self.opcode, self.buffer, self.compressed)
    }

    pub(super) fn len(&self) -> usize {
        self.buffer.len()
    }

    pub(super) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Doubles with what arrives, so that a length that is only declared costs nothing.
    fn reserve(&mut self, additional: usize, most: usize) {
        if self.buffer.capacity() - self.buffer.len() < additional {
            let doubled = (self.buffer.capacity() * 2).max(LEAST_CAPACITY).min(most);
            let wanted = doubled.max(self.buffer.len() + additional);
            self.buffer.reserve_exact(wanted - self.buffer.len());
        }
    }
}
