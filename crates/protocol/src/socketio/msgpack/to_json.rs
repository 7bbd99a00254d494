//! MessagePack to JSON text and attachments.

use std::io::Write;

use bytes::Bytes;

use super::{
    date::Date,
    token::{ReadError, Reader, Token},
};

/// How deep arrays and maps may be nested.
pub const MAX_DEPTH: usize = 512;

/// Turns one MessagePack value into JSON, with a placeholder and an attachment for each byte string.
///
/// Refuses more than `max_attachments` of them. The time and the memory it takes are linear in
/// `data`, whatever lengths are declared there.
pub fn to_json(data: &[u8], max_attachments: usize) -> Result<(String, Vec<Bytes>), ReadError> {
    let mut reader = Reader(data);
    let mut json = JsonWriter::new(max_attachments, data.len());
    json.value(&mut reader, 0)?;
    reader.end()?;
    json.finish()
}

/// JSON in the making.
#[derive(Debug)]
pub(super) struct JsonWriter {
    out: Vec<u8>,
    attachments: Vec<Bytes>,
    max_attachments: usize,
    /// Whether an object of the peer's looks like a placeholder.
    disguised: bool,
}

impl JsonWriter {
    pub(super) fn new(max_attachments: usize, capacity: usize) -> Self {
        let out = Vec::with_capacity(capacity);
        Self { out, attachments: Vec::new(), max_attachments, disguised: false }
    }

    /// Writes the next value of `reader`, which lies in `depth` arrays and maps.
    pub(super) fn value(&mut self, reader: &mut Reader<'_>, depth: usize) -> Result<(), ReadError> {
        let token = reader.token()?;
        match token {
            Token::Array(len) => self.array(reader, len, depth + 1)?,
            Token::Map(len) => self.map(reader, len, depth + 1)?,
            Token::Nil => self.out.extend_from_slice(b"null"),
            Token::Bool(value) => self.out.extend_from_slice(if value { b"true" } else { b"false" }),
            Token::Str(text) => self.text(text),
            Token::Bin(bytes) => self.bytes(bytes)?,
            Token::Date(date) => self.date(date),
            Token::Unsigned(_) | Token::Signed(_) | Token::Float(_) => put_number(token, &mut self.out),
        }
        Ok(())
    }

    /// Writes `len` values as an array.
    pub(super) fn array(
        &mut self,
        reader: &mut Reader<'_>,
        len: usize,
        depth: usize,
    ) -> Result<(), ReadError> {
        check(depth)?;
        self.out.push(b'[');
        for at in 0..len {
            self.comma(at);
            self.value(reader, depth)?;
        }
        self.out.push(b']');
        Ok(())
    }

    /// The JSON and what its placeholders stand for.
    pub(super) fn finish(self) -> Result<(String, Vec<Bytes>), ReadError> {
        // nobody could tell such an object from a real placeholder
        if self.disguised && !self.attachments.is_empty() {
            return Err(ReadError::Attachments);
        }
        let json = String::from_utf8(self.out).map_err(|_| ReadError::Utf8)?;
        Ok((json, self.attachments))
    }

    fn map(&mut self, reader: &mut Reader<'_>, len: usize, depth: usize) -> Result<(), ReadError> {
        check(depth)?;
        self.out.push(b'{');
        for at in 0..len {
            self.comma(at);
            self.key(reader.token()?)?;
            self.out.push(b':');
            self.value(reader, depth)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Writes a key: text, or an integer as text, as JavaScript does.
    fn key(&mut self, token: Token<'_>) -> Result<(), ReadError> {
        match token {
            Token::Str(text) => {
                self.disguised |= text == "_placeholder";
                self.text(text);
            }
            Token::Unsigned(_) | Token::Signed(_) => {
                self.out.push(b'"');
                put_number(token, &mut self.out);
                self.out.push(b'"');
            }
            _ => return Err(ReadError::Key),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        // text is written to memory, which cannot fail
        let _ = serde_json::to_writer(&mut self.out, text);
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        let num = self.attachments.len();
        if num >= self.max_attachments {
            return Err(ReadError::Attachments);
        }
        self.attachments.push(Bytes::copy_from_slice(bytes));
        let _ = write!(self.out, r#"{{"_placeholder":true,"num":{num}}}"#);
        Ok(())
    }

    fn date(&mut self, date: Option<Date>) {
        let _ = match date {
            Some(date) => write!(self.out, "\"{date}\""),
            None => self.out.write_all(b"null"),
        };
    }

    fn comma(&mut self, at: usize) {
        if at > 0 {
            self.out.push(b',');
        }
    }
}

/// Writes a number as JavaScript does; what is no number is null there.
pub(super) fn put_number(token: Token<'_>, out: &mut Vec<u8>) {
    // numbers are written to memory, which cannot fail
    let _ = match token {
        Token::Unsigned(value) => write!(out, "{value}"),
        Token::Signed(value) => write!(out, "{value}"),
        Token::Float(value) => match whole(value) {
            Some(value) => write!(out, "{value}"),
            None => serde_json::to_writer(out, &value).map_err(Into::into),
        },
        _ => Ok(()),
    };
}

/// A float that is an integer.
pub(super) fn whole(value: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "it is within the range, and whole")]
    (value.abs() < TWO_TO_63 && value.fract() == 0.0).then_some(value as i64)
}

fn check(depth: usize) -> Result<(), ReadError> {
    if depth > MAX_DEPTH { Err(ReadError::Depth) } else { Ok(()) }
}

/// Above the largest `i64`.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
