//! JSON text and attachments to MessagePack.

use std::borrow::Cow;

use bytes::Bytes;

use super::{
    encode::EncodeError,
    outline::{Shape, outline, string_end},
    put,
};

/// Appends a JSON value as MessagePack, with the attachments in place of their placeholders.
///
/// `json` is valid: out of what is not comes an error, or MessagePack that means nothing. Nothing is
/// parsed into a tree, so nesting has no limit; the time it takes is linear in the text.
pub fn from_json(json: &str, attachments: &[Bytes], out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let mut shapes = outline(json, attachments.len())?.into_iter();
    let mut at = 0;
    while let Some(byte) = json.as_bytes().get(at) {
        at = match byte {
            b'"' => {
                let end = string_end(json, at)?;
                put_string(&json[at + 1..end], out);
                end + 1
            }
            b'[' | b'{' => match shapes.next().ok_or(EncodeError::Malformed)? {
                Shape::Bytes { num, end } => {
                    put::bytes(attachments.get(num as usize).ok_or(EncodeError::Attachments)?, out);
                    end as usize
                }
                shape => {
                    put_head(shape, out);
                    at + 1
                }
            },
            b'-' | b'0'..=b'9' => {
                let end = number_end(json, at);
                put_number(&json[at..end], out);
                end
            }
            b'n' => put_literal(0xC0, at + "null".len(), out),
            b'f' => put_literal(0xC2, at + "false".len(), out),
            b't' => put_literal(0xC3, at + "true".len(), out),
            // lengths stand in front, so no comma, colon or closing bracket is needed
            _ => at + 1,
        };
    }
    Ok(())
}

fn put_head(shape: Shape, out: &mut Vec<u8>) {
    match shape {
        Shape::Array(len) => put::array(len as usize, out),
        Shape::Map(len) => put::map(len as usize, out),
        Shape::Bytes { .. } | Shape::Open(_) => {}
    }
}

fn put_literal(format: u8, end: usize, out: &mut Vec<u8>) -> usize {
    out.push(format);
    end
}

fn number_end(json: &str, start: usize) -> usize {
    let in_number = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
    start + json.as_bytes()[start..].iter().take_while(|byte| in_number(byte)).count()
}

/// Appends a number. An integer is one however it is written, as in JavaScript.
fn put_number(text: &str, out: &mut Vec<u8>) {
    if let Ok(value) = text.parse::<u64>() {
        return put::unsigned(value, out);
    }
    if let Ok(value) = text.parse::<i64>() {
        return put::signed(value, out);
    }
    let value = text.parse::<f64>().unwrap_or(f64::NAN);
    match super::to_json::whole(value) {
        Some(value) => put::signed(value, out),
        None => put::float(value, out),
    }
}

/// Appends a string that is given as it stands between its quotes.
fn put_string(escaped: &str, out: &mut Vec<u8>) {
    put::text(&plain(escaped), out);
}

/// A string that is given as it stands between its quotes.
pub(super) fn plain(escaped: &str) -> Cow<'_, str> {
    if escaped.contains('\\') { unescape(escaped).into() } else { escaped.into() }
}

/// Undoes the escapes of JSON. Half of a surrogate pair is no character: it becomes U+FFFD.
fn unescape(escaped: &str) -> String {
    let mut text = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let (char, behind) = character(escape);
        text.push(char);
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// The character that an escape stands for, and what is behind it.
fn character(escape: &str) -> (char, &str) {
    let mut chars = escape.chars();
    let char = match chars.next() {
        Some('u') => return code_point(chars.as_str()),
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some(other) => other,
        None => char::REPLACEMENT_CHARACTER,
    };
    (char, chars.as_str())
}

/// As [`character`], behind `\u`; takes a second escape with it if the two are a pair.
fn code_point(digits: &str) -> (char, &str) {
    let Some((first, behind)) = code_unit(digits) else {
        return (char::REPLACEMENT_CHARACTER, digits);
    };
    if let Some((second, behind)) = behind.strip_prefix("\\u").and_then(code_unit)
        && let Some(Ok(char)) = char::decode_utf16([first, second]).next()
        && char.len_utf16() == 2
    {
        return (char, behind);
    }
    (char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER), behind)
}

fn code_unit(text: &str) -> Option<(u16, &str)> {
    let (digits, behind) = text.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).ok()?, behind))
}
