//! What is nested in JSON text: MessagePack wants every length in front.

use memchr::memchr2;

use super::{encode::EncodeError, from_json::plain};

/// An array or object, as MessagePack needs to know it at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// An array of so many values.
    Array(u32),
    /// An object of so many members.
    Map(u32),
    /// A placeholder of an attachment; it ends in the text in front of `end`.
    Bytes { num: u32, end: u32 },
    /// Its end has not been seen: never so in an outline that is done.
    Open(Open),
}

/// What is known of an array or object so far.
///
/// Those that are open are a list: each names the one around it. A stack of its own would take as
/// much memory again, and text can be all brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    /// The place of the one around it.
    around: u32,
    commas: u32,
    /// The number of an attachment; more than there can be, if none is said.
    num: u32,
    is_object: bool,
    is_empty: bool,
    /// Whether it has `"_placeholder":true`.
    marked: bool,
}

/// The arrays and objects of `json`, in the order in which they begin.
///
/// Placeholders are looked for only if there are `attachments`. The text is valid JSON: what is
/// not may give a meaningless outline.
pub(super) fn outline(json: &str, attachments: usize) -> Result<Vec<Shape>, EncodeError> {
    // so that every place and number of it has 32 bits
    u32::try_from(json.len()).map_err(|_| EncodeError::TooLong)?;
    let mut outline = Outline { shapes: Vec::new(), innermost: NONE };
    let mut at = 0;
    while let Some(&byte) = json.as_bytes().get(at) {
        match byte {
            b'[' | b'{' => outline.open(byte),
            b']' | b'}' => outline.close(at + 1, attachments)?,
            b',' => outline.separate(),
            b'"' => {
                let end = string_end(json, at)?;
                outline.fill();
                if attachments > 0 {
                    outline.note_key(&json[at + 1..end], &json[end + 1..]);
                }
                at = end;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b':' => {}
            _ => outline.fill(),
        }
        at += 1;
    }
    if outline.innermost == NONE { Ok(outline.shapes) } else { Err(EncodeError::Malformed) }
}

/// Where the string that begins at `start` has its closing quote.
pub(super) fn string_end(json: &str, start: usize) -> Result<usize, EncodeError> {
    let bytes = json.as_bytes();
    let mut at = start + 1;
    loop {
        let rest = bytes.get(at..).ok_or(EncodeError::Malformed)?;
        at += memchr2(b'"', b'\\', rest).ok_or(EncodeError::Malformed)?;
        if bytes[at] == b'"' {
            return Ok(at);
        }
        at += 2;
    }
}

struct Outline {
    shapes: Vec<Shape>,
    /// The place of the innermost that is open.
    innermost: u32,
}

impl Outline {
    fn open(&mut self, bracket: u8) {
        self.fill();
        let (around, is_object) = (self.innermost, bracket == b'{');
        self.innermost = self.shapes.len() as u32;
        let open = Open { around, commas: 0, num: NONE, is_object, is_empty: true, marked: false };
        self.shapes.push(Shape::Open(open));
    }

    fn close(&mut self, end: usize, attachments: usize) -> Result<(), EncodeError> {
        let index = self.innermost as usize;
        let open = *self.innermost().ok_or(EncodeError::Malformed)?;
        let len = if open.is_empty { 0 } else { open.commas + 1 };
        self.shapes[index] = if open.marked {
            if open.num as usize >= attachments {
                return Err(EncodeError::Attachments);
            }
            self.shapes.truncate(index + 1);
            Shape::Bytes { num: open.num, end: end as u32 }
        } else if open.is_object {
            Shape::Map(len)
        } else {
            Shape::Array(len)
        };
        self.innermost = open.around;
        Ok(())
    }

    /// There is something in the innermost.
    fn fill(&mut self) {
        if let Some(open) = self.innermost() {
            open.is_empty = false;
        }
    }

    fn separate(&mut self) {
        if let Some(open) = self.innermost() {
            open.commas += 1;
        }
    }

    fn innermost(&mut self) -> Option<&mut Open> {
        match self.shapes.get_mut(self.innermost as usize)? {
            Shape::Open(open) => Some(open),
            _ => None,
        }
    }

    /// Looks whether a string is a key that makes a placeholder.
    fn note_key(&mut self, string: &str, behind: &str) {
        let key = plain(string);
        let is_key = matches!(&*key, "_placeholder" | "num");
        let Some(open) = self.innermost().filter(|open| is_key && open.is_object) else { return };
        let Some(value) = behind.trim_ascii_start().strip_prefix(':') else { return };
        let value = value.trim_ascii_start();
        // what is longer is neither, and members that are nested would be searched again and again
        let ends = |byte| matches!(byte, b',' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
        let end = value.bytes().take(MAX_DIGITS + 1).position(ends);
        let value = end.map_or("", |end| &value[..end]);
        if key == "num" {
            open.num = value.parse().unwrap_or(NONE);
        } else {
            open.marked = value == "true";
        }
    }
}

/// No place and no number.
const NONE: u32 = u32::MAX;

/// The most digits of a number of an attachment.
const MAX_DIGITS: usize = 20;

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn counts_what_is_nested() {
        let shapes = outline(r#" [1, [], {}, {"a":[2, 3],"b]":"\"}"}, [ ] , "x"]"#, 0).unwrap();
        let expected = [
            Shape::Array(6),
            Shape::Array(0),
            Shape::Map(0),
            Shape::Map(2),
            Shape::Array(2),
            Shape::Array(0),
        ];
        assert_eq!(shapes, expected);
        assert_eq!(outline("5", 0).unwrap(), []);
    }

    #[test]
    fn finds_placeholders_in_any_order_if_there_are_attachments() {
        for json in [
            r#"[{"_placeholder":true,"num":1}]"#,
            r#"[{"num" : 1 , "_placeholder" : true }]"#,
            r#"[{"num":1,"more":[{}],"_placeholder":true}]"#,
            r#"[{"\u005fplaceholder":true,"\u006eum":1}]"#,
        ] {
            let bytes = Shape::Bytes { num: 1, end: json.len() as u32 - 1 };
            assert_eq!(outline(json, 2).unwrap(), [Shape::Array(1), bytes], "{json}");
            assert!(matches!(outline(json, 1), Err(EncodeError::Attachments)), "{json}");
            assert!(!outline(json, 0).unwrap().contains(&bytes), "{json}");
        }
        for json in [r#"["_placeholder",true,"num",1]"#, r#"{"_placeholder":"true","num":1}"#] {
            assert!(!outline(json, 2).unwrap().iter().any(|shape| matches!(shape, Shape::Bytes { .. })));
        }
    }

    #[test]
    fn members_that_are_nested_take_linear_time() {
        let start = Instant::now();
        let json = format!("{}0{}", r#"{"num":"#.repeat(200_000), "}".repeat(200_000));
        assert_eq!(outline(&json, 1).unwrap().len(), 200_000);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }

    #[test]
    fn a_bracket_takes_no_more_memory_than_must_be() {
        // text can be all brackets, and a vector that grows has up to three times its size
        assert_eq!(size_of::<Shape>(), 16);
    }

    #[test]
    fn refuses_what_is_unbalanced() {
        for json in ["[", "]", "[[]", "\"", "\"\\", "\"\\\""] {
            assert!(matches!(outline(json, 0), Err(EncodeError::Malformed)), "{json}");
        }
    }
}
