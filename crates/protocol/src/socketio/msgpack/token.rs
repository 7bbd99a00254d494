//! MessagePack, one value or the head of one at a time.

use thiserror::Error;

use super::date::Date;

/// Why bytes are not the MessagePack that can be read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReadError {
    /// It ends early: a length goes beyond what is there.
    #[error("cut short")]
    CutShort,
    /// Something follows the value.
    #[error("trailing bytes")]
    Trailing,
    /// The byte 0xC1, which is never used.
    #[error("unknown format")]
    Format,
    /// A string is not UTF-8.
    #[error("invalid UTF-8")]
    Utf8,
    /// A map's key is neither text nor an integer.
    #[error("unsupported map key")]
    Key,
    /// An extension that `notepack.io` does not write.
    #[error("unsupported extension type")]
    Extension,
    /// Arrays and maps are nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("nested too deep")]
    Depth,
    /// There are more byte strings than allowed, or an object pretends to stand for one.
    #[error("illegal attachments")]
    Attachments,
}

/// A value, or the head of an array or a map whose items follow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    /// A negative number, or one that was written with a sign.
    Signed(i64),
    Float(f64),
    Str(&'a str),
    Bin(&'a [u8]),
    /// A date; `None` is JavaScript's invalid one.
    Date(Option<Date>),
    /// An array of so many values.
    Array(usize),
    /// A map of so many pairs of values.
    Map(usize),
}

/// What is left of a MessagePack value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// Takes one token. Lengths are held against what is there, so nothing is believed.
    pub(super) fn token(&mut self) -> Result<Token<'a>, ReadError> {
        let [format] = self.array()?;
        Ok(match format {
            0x00..=0x7F => Token::Unsigned(format.into()),
            0x80..=0x8F => self.map(usize::from(format & 0x0F))?,
            0x90..=0x9F => self.items(usize::from(format & 0x0F))?,
            0xA0..=0xBF => self.text(usize::from(format & 0x1F))?,
            0xC0 => Token::Nil,
            0xC1 => return Err(ReadError::Format),
            0xC2 | 0xC3 => Token::Bool(format == 0xC3),
            0xC4..=0xC6 => Token::Bin(self.sized(1 << (format - 0xC4))?),
            0xC7..=0xC9 => {
                let len = self.length(1 << (format - 0xC7))?;
                self.extension(len)?
            }
            0xCA => Token::Float(f32::from_be_bytes(self.array()?).into()),
            0xCB => Token::Float(f64::from_be_bytes(self.array()?)),
            0xCC..=0xCF => Token::Unsigned(self.unsigned(1 << (format - 0xCC))?),
            0xD0 => Token::Signed(i8::from_be_bytes(self.array()?).into()),
            0xD1 => Token::Signed(i16::from_be_bytes(self.array()?).into()),
            0xD2 => Token::Signed(i32::from_be_bytes(self.array()?).into()),
            0xD3 => Token::Signed(i64::from_be_bytes(self.array()?)),
            0xD4..=0xD8 => self.fixed_extension(1 << (format - 0xD4))?,
            0xD9..=0xDB => {
                let len = self.length(1 << (format - 0xD9))?;
                self.text(len)?
            }
            0xDC | 0xDD => {
                let len = self.length(2 << (format - 0xDC))?;
                self.items(len)?
            }
            0xDE | 0xDF => {
                let len = self.length(2 << (format - 0xDE))?;
                self.map(len)?
            }
            0xE0..=0xFF => Token::Signed(format.cast_signed().into()),
        })
    }

    /// Passes over one whole value and returns it. No stack is needed, however deep it is.
    pub(super) fn skip(&mut self) -> Result<&'a [u8], ReadError> {
        let start = self.0;
        let mut left = 1;
        while left > 0 {
            left += match self.token()? {
                Token::Array(len) => len,
                Token::Map(len) => 2 * len,
                _ => 0,
            };
            left -= 1;
        }
        Ok(&start[..start.len() - self.0.len()])
    }

    /// Checks that nothing is left.
    pub(super) fn end(self) -> Result<(), ReadError> {
        if self.0.is_empty() { Ok(()) } else { Err(ReadError::Trailing) }
    }

    fn text(&mut self, len: usize) -> Result<Token<'a>, ReadError> {
        simdutf8::basic::from_utf8(self.take(len)?).map(Token::Str).map_err(|_| ReadError::Utf8)
    }

    /// An extension with a length: an `ArrayBuffer` (`notepack.io` 2) or a timestamp.
    fn extension(&mut self, len: usize) -> Result<Token<'a>, ReadError> {
        match self.typed(len)? {
            (0, data) => Ok(Token::Bin(data)),
            (-1, data) => Date::from_timestamp(data).map(Token::Date),
            _ => Err(ReadError::Extension),
        }
    }

    /// An extension of fixed length: undefined or a date (`notepack.io` 2), or a timestamp.
    fn fixed_extension(&mut self, len: usize) -> Result<Token<'a>, ReadError> {
        match self.typed(len)? {
            (0, [_]) => Ok(Token::Nil),
            (0, data) => match data.try_into() {
                Ok(millis) => Ok(Token::Date(Date::from_millis(i64::from_be_bytes(millis)))),
                Err(_) => Err(ReadError::Extension),
            },
            (-1, data) => Date::from_timestamp(data).map(Token::Date),
            _ => Err(ReadError::Extension),
        }
    }

    /// The type of an extension and its data.
    fn typed(&mut self, len: usize) -> Result<(i8, &'a [u8]), ReadError> {
        let [kind] = self.array()?;
        Ok((kind.cast_signed(), self.take(len)?))
    }

    fn items(&self, len: usize) -> Result<Token<'a>, ReadError> {
        // each value takes a byte at least
        if len <= self.0.len() { Ok(Token::Array(len)) } else { Err(ReadError::CutShort) }
    }

    fn map(&self, len: usize) -> Result<Token<'a>, ReadError> {
        if len <= self.0.len() / 2 { Ok(Token::Map(len)) } else { Err(ReadError::CutShort) }
    }

    /// Bytes behind their length, which takes `width` bytes.
    fn sized(&mut self, width: usize) -> Result<&'a [u8], ReadError> {
        let len = self.length(width)?;
        self.take(len)
    }

    fn length(&mut self, width: usize) -> Result<usize, ReadError> {
        usize::try_from(self.unsigned(width)?).map_err(|_| ReadError::CutShort)
    }

    fn unsigned(&mut self, width: usize) -> Result<u64, ReadError> {
        Ok(self.take(width)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], ReadError> {
        let (front, rest) = self.0.split_at_checked(len).ok_or(ReadError::CutShort)?;
        self.0 = rest;
        Ok(front)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (front, rest) = self.0.split_first_chunk().ok_or(ReadError::CutShort)?;
        self.0 = rest;
        Ok(*front)
    }
}
