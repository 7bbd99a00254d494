//! What is nested in JSON text: MessagePack wants every length in front.

use memchr::memchr2;

use super::{encode::EncodeError, from_json::plain};

/// An array or object, as MessagePack needs to know it at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// An array of so many values.
    Array(usize),
    /// An object of so many members.
    Map(usize),
    /// A placeholder of an attachment; it ends in the text in front of `end`.
    Bytes { num: usize, end: usize },
}

/// The arrays and objects of `json`, in the order in which they begin.
///
/// Placeholders are looked for only if there are `attachments`. The text is valid JSON: what is
/// not may give a meaningless outline.
pub(super) fn outline(json: &str, attachments: usize) -> Result<Vec<Shape>, EncodeError> {
    let mut outline = Outline { shapes: Vec::new(), open: Vec::new() };
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
    if outline.open.is_empty() { Ok(outline.shapes) } else { Err(EncodeError::Malformed) }
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
    open: Vec<Open>,
}

/// An array or object whose end has not been seen.
struct Open {
    /// Its place among the shapes.
    index: usize,
    is_object: bool,
    is_empty: bool,
    commas: usize,
    /// Whether it has `"_placeholder":true`.
    marked: bool,
    num: Option<usize>,
}

impl Outline {
    fn open(&mut self, bracket: u8) {
        self.fill();
        let index = self.shapes.len();
        // what it is in truth is known at its end
        self.shapes.push(Shape::Array(0));
        let is_object = bracket == b'{';
        self.open.push(Open { index, is_object, is_empty: true, commas: 0, marked: false, num: None });
    }

    fn close(&mut self, end: usize, attachments: usize) -> Result<(), EncodeError> {
        let open = self.open.pop().ok_or(EncodeError::Malformed)?;
        let len = if open.is_empty { 0 } else { open.commas + 1 };
        let shape = match open {
            Open { marked: true, num, .. } => {
                let num = num.filter(|num| *num < attachments).ok_or(EncodeError::Attachments)?;
                self.shapes.truncate(open.index + 1);
                Shape::Bytes { num, end }
            }
            Open { is_object: true, .. } => Shape::Map(len),
            _ => Shape::Array(len),
        };
        self.shapes[open.index] = shape;
        Ok(())
    }

    /// There is something in the innermost.
    fn fill(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.is_empty = false;
        }
    }

    fn separate(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.commas += 1;
        }
    }

    /// Looks whether a string is a key that makes a placeholder.
    fn note_key(&mut self, string: &str, behind: &str) {
        let key = plain(string);
        let is_key = matches!(&*key, "_placeholder" | "num");
        let Some(open) = self.open.last_mut().filter(|open| is_key && open.is_object) else { return };
        let Some(value) = behind.trim_ascii_start().strip_prefix(':') else { return };
        let value = value.trim_ascii_start();
        // what is longer is neither, and members that are nested would be searched again and again
        let ends = |byte| matches!(byte, b',' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
        let end = value.bytes().take(MAX_DIGITS + 1).position(ends);
        let value = end.map_or("", |end| &value[..end]);
        if key == "num" {
            open.num = value.parse().ok();
        } else {
            open.marked = value == "true";
        }
    }
}

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
            let bytes = Shape::Bytes { num: 1, end: json.len() - 1 };
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
    fn refuses_what_is_unbalanced() {
        for json in ["[", "]", "[[]", "\"", "\"\\", "\"\\\""] {
            assert!(matches!(outline(json, 0), Err(EncodeError::Malformed)), "{json}");
        }
    }
}
