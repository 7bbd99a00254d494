//! From bytes to messages.
#![allow(clippy::mut_mut, reason = "the input is advanced, as a reader's `&mut &[u8]` is")]

use std::mem;

use super::{
    Error, Message, Opcode, Role,
    assembly::Assembly,
    deflate::{Agreement, Inflater},
    frame::{Expected, Frame},
    mask::mask,
    unfinished::Unfinished,
};

/// Splits what arrives on one connection into messages.
///
/// A frame that lies whole in the input is unmasked where it is and lent out from there. Only an
/// unfinished frame or message is kept; its buffer grows with what arrives, never with what is
/// declared, and is given back by the call after the one that lent it out. So a caller that goes
/// on until `None` leaves an idle decoder with nothing allocated.
#[derive(Debug)]
pub struct Decoder {
    unfinished: Option<Box<Unfinished>>,
    inflater: Option<Box<Inflater>>,
    max_message_size: usize,
    role: Role,
    ended: bool,
}

/// What came of one frame, or of a part of it.
enum Step<'i> {
    /// The input is used up.
    Starved,
    /// A fragment was taken in; there may be more.
    Absorbed,
    /// A message lay whole in the input.
    Whole(Opcode, &'i [u8]),
    /// A message has been put together, and is kept to be lent out.
    Joined(Opcode),
}

impl Decoder {
    /// A decoder for one connection, accepting messages of up to `max_message_size` bytes.
    pub const fn new(role: Role, max_message_size: usize) -> Self {
        Self { unfinished: None, inflater: None, max_message_size, role, ended: false }
    }

    /// As [`Decoder::new`], for a connection with compression (RFC 7692).
    ///
    /// A compressed message may neither arrive as nor become more than `max_message_size` bytes; it
    /// is inflated when it has arrived whole, and no further than that.
    pub fn with_deflate(role: Role, max_message_size: usize, agreement: Agreement) -> Self {
        let inflater = Some(Box::new(Inflater::new(role, agreement)));
        Self { inflater, ..Self::new(role, max_message_size) }
    }

    /// Takes what it can from the front of `input` and returns the next message.
    ///
    /// `None` asks for more; `input` is empty then. To be called until it returns `None`, which
    /// also gives back the memory of a message that came in pieces. After an error or a close
    /// message, whatever else arrives is thrown away (section 5.5.1).
    ///
    /// The time it takes is linear in the input, however finely that is cut.
    pub fn decode<'s, 'i: 's>(&'s mut self, input: &mut &'i mut [u8]) -> Result<Option<Message<'s>>, Error> {
        self.release();
        let message = match self.next(input) {
            Ok(Step::Starved | Step::Absorbed) => return Ok(None),
            Ok(Step::Whole(opcode, payload)) => Message::parse(opcode, payload),
            Ok(Step::Joined(opcode)) => {
                let payload = self.unfinished.as_ref().map_or(&[][..], |unfinished| &unfinished.lent);
                Message::parse(opcode, payload)
            }
            Err(error) => Err(error),
        };
        if matches!(message, Err(_) | Ok(Message::Close(_))) {
            self.ended = true;
            *input = &mut [];
        }
        message.map(Some)
    }

    /// The bytes allocated now for an unfinished frame or message, 0 when idle.
    pub fn buffered(&self) -> usize {
        self.unfinished.as_ref().map_or(0, |unfinished| unfinished.size())
    }

    /// Goes on until there is a message or no more input.
    fn next<'i>(&mut self, input: &mut &'i mut [u8]) -> Result<Step<'i>, Error> {
        if self.ended {
            *input = &mut [];
            self.unfinished = None;
        }
        loop {
            match self.step(input) {
                Ok(Step::Absorbed) => {}
                Ok(step) => return Ok(step),
                Err(error) => {
                    self.unfinished = None;
                    return Err(error);
                }
            }
        }
    }

    /// Takes one frame from the input, or what is there of it.
    fn step<'i>(&mut self, input: &mut &'i mut [u8]) -> Result<Step<'i>, Error> {
        let cut_off = self.unfinished.as_mut().and_then(|unfinished| unfinished.frame.take());
        let begun = cut_off.is_some();
        let Some(frame) = cut_off.map_or_else(|| self.header(input), |frame| Ok(Some(frame)))? else {
            return Ok(Step::Starved);
        };
        let payload = take_front(input, frame.remaining);
        if let Some(key) = frame.key {
            mask(payload, key);
        }
        if !begun && payload.len() == frame.remaining && frame.is_message() {
            self.drop_if_empty();
            return if frame.compressed {
                self.inflate(frame.opcode, payload)
            } else {
                Ok(Step::Whole(frame.opcode, payload))
            };
        }
        self.keep(frame, payload, begun)
    }

    /// Reads the next header, keeping it if it is cut off.
    fn header(&mut self, input: &mut &mut [u8]) -> Result<Option<Frame>, Error> {
        let expected = self.expected();
        let cut_off = self.unfinished.as_mut().filter(|unfinished| unfinished.has_header());
        let parsed = match cut_off {
            Some(unfinished) => unfinished.complete_header(input, expected)?,
            None => Frame::parse(input, expected)?,
        };
        if let Some((frame, len)) = parsed {
            take_front(input, len);
            return Ok(Some(frame));
        }
        let header = take_front(input, usize::MAX);
        if !header.is_empty() {
            self.unfinished.get_or_insert_default().keep_header(header);
        }
        Ok(None)
    }

    /// Keeps the payload, or what is there of it, of a frame that is not a message by itself yet.
    fn keep(&mut self, frame: Frame, payload: &[u8], begun: bool) -> Result<Step<'static>, Error> {
        let unfinished = self.unfinished.get_or_insert_default();
        unfinished.push(frame, payload, begun, self.max_message_size)?;
        if payload.len() < frame.remaining {
            unfinished.frame = Some(frame.after(payload.len()));
            return Ok(Step::Starved);
        }
        match unfinished.finish(frame) {
            None => Ok(Step::Absorbed),
            Some((opcode, false)) => Ok(Step::Joined(opcode)),
            Some((opcode, true)) => {
                let payload = mem::take(&mut unfinished.lent);
                self.inflate(opcode, &payload)
            }
        }
    }

    /// Inflates a message that is complete.
    fn inflate(&mut self, opcode: Opcode, payload: &[u8]) -> Result<Step<'static>, Error> {
        let inflater = self.inflater.as_mut().ok_or(Error::ReservedBits)?;
        let message = inflater.inflate(payload, self.max_message_size)?;
        self.unfinished.get_or_insert_default().lent = message;
        Ok(Step::Joined(opcode))
    }

    /// What the next header is held against.
    fn expected(&self) -> Expected {
        let message = self.unfinished.as_ref().and_then(|unfinished| unfinished.message.as_ref());
        Expected {
            role: self.role,
            mid_message: message.is_some(),
            deflate: self.inflater.is_some(),
            room: self.max_message_size - message.map_or(0, Assembly::len),
        }
    }

    /// Gives back what the last call lent out.
    fn release(&mut self) {
        if let Some(unfinished) = &mut self.unfinished {
            unfinished.lent = Vec::new();
            self.drop_if_empty();
        }
    }

    fn drop_if_empty(&mut self) {
        self.unfinished.take_if(|unfinished| unfinished.is_empty());
    }
}

/// Splits up to `len` bytes off the front.
fn take_front<'i>(input: &mut &'i mut [u8], len: usize) -> &'i mut [u8] {
    let whole = mem::take(input);
    let (front, rest) = whole.split_at_mut(len.min(whole.len()));
    *input = rest;
    front
}
