//! What is kept of frames and messages that have not arrived whole.

use std::mem;

use super::{
    Error, Opcode,
    assembly::Assembly,
    frame::{Expected, Frame, MAX_HEADER},
};

/// The unfinished frame and the unfinished message of one connection.
///
/// They are two, for a control frame may come amid the fragments of a message (section 5.4).
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    /// The frame whose payload is cut off.
    pub(super) frame: Option<Frame>,
    pub(super) message: Option<Assembly>,
    /// The payload of the last message, if that came in pieces: free to go with the next call.
    pub(super) lent: Vec<u8>,
    /// The payload of the frame that is cut off, if it is a control frame.
    control: Vec<u8>,
    /// The front of a header that is cut off.
    header: [u8; MAX_HEADER],
    header_len: u8,
}

impl Unfinished {
    pub(super) fn has_header(&self) -> bool {
        self.header_len > 0
    }

    /// Keeps a further part of a header.
    pub(super) fn keep_header(&mut self, bytes: &[u8]) {
        for (place, byte) in self.header.iter_mut().skip(self.header_len.into()).zip(bytes) {
            *place = *byte;
            self.header_len += 1;
        }
    }

    /// Completes the kept header, if `input` begins with what it lacks; tells how much that is.
    pub(super) fn complete_header(
        &mut self,
        input: &[u8],
        expected: Expected,
    ) -> Result<Option<(Frame, usize)>, Error> {
        let kept = usize::from(self.header_len);
        let mut header = self.header;
        let mut len = kept;
        for (place, byte) in header.iter_mut().skip(kept).zip(input) {
            *place = *byte;
            len += 1;
        }
        let parsed = Frame::parse(&header[..len], expected)?;
        Ok(parsed.map(|(frame, len)| {
            self.header_len = 0;
            (frame, len - kept)
        }))
    }

    /// Takes in payload of `frame`, of which a part was taken in before if it is `begun`.
    pub(super) fn push(
        &mut self,
        frame: Frame,
        payload: &[u8],
        begun: bool,
        max_message_size: usize,
    ) -> Result<(), Error> {
        if frame.opcode.is_control() {
            self.control.reserve_exact(frame.remaining);
            self.control.extend_from_slice(payload);
            return Ok(());
        }
        let message = self.message.get_or_insert_with(|| Assembly::new(frame.opcode, frame.compressed));
        if !begun {
            message.begin_fragment()?;
        }
        let most = if frame.fin { message.len() + frame.remaining } else { max_message_size };
        message.push(payload, most)
    }

    /// Makes ready for lending what is complete with the end of `frame`; tells its opcode, and
    /// whether it is compressed.
    pub(super) fn finish(&mut self, frame: Frame) -> Option<(Opcode, bool)> {
        let (opcode, payload, compressed) = if frame.opcode.is_control() {
            (frame.opcode, mem::take(&mut self.control), false)
        } else {
            self.message.take_if(|_| frame.fin)?.finish()
        };
        self.lent = payload;
        Some((opcode, compressed))
    }

    pub(super) fn is_empty(&self) -> bool {
        let nothing_lent = self.lent.capacity() == 0;
        self.header_len == 0 && self.frame.is_none() && self.message.is_none() && nothing_lent
    }

    /// The bytes it occupies.
    pub(super) fn size(&self) -> usize {
        let message = self.message.as_ref().map_or(0, Assembly::capacity);
        size_of::<Self>() + self.control.capacity() + self.lent.capacity() + message
    }
}
