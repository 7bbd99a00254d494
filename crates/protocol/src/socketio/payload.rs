//! Arguments as they came: JSON text that was checked but not parsed, and its attachments.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{args::ToArgs, binary};

/// The arguments of an event or an acknowledgement, unparsed.
///
/// It can be sent on as it is, binary included, and parsed as often as needed with
/// [`FromArgs`](super::FromArgs).
///
/// ```
/// use chorus_protocol::socketio::{Args, Binary, Payload};
///
/// let payload = Payload::from_args(&Args(("cat.png", Binary::from(vec![0x89, 0x50]))))?;
/// assert_eq!(payload.json(), r#"["cat.png",{"_placeholder":true,"num":0}]"#);
/// assert_eq!(payload.attachments(), [vec![0x89, 0x50]]);
/// let (name, image): (String, Binary) = payload.parse()?;
/// assert_eq!((&*name, image.0.len()), ("cat.png", 2));
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Payload {
    /// A JSON array.
    json: Box<str>,
    attachments: Vec<Bytes>,
}

impl Payload {
    /// Wraps a JSON array that was checked before.
    pub(super) fn new(json: Box<str>, attachments: Vec<Bytes>) -> Self {
        Self { json, attachments }
    }

    /// Arguments from a JSON array, with placeholders for the attachments; for parsers of one's own.
    ///
    /// ```
    /// # use chorus_protocol::socketio::Payload;
    /// let photo = r#"[{"_placeholder":true,"num":0}]"#;
    /// assert!(Payload::from_json(photo, vec![vec![0xff, 0xd8].into()]).is_ok());
    /// assert!(Payload::from_json(photo, Vec::new()).is_err(), "the attachment is missing");
    /// assert!(Payload::from_json("{}", Vec::new()).is_err(), "not an array");
    /// ```
    pub fn from_json(json: &str, attachments: Vec<Bytes>) -> Result<Self, serde_json::Error> {
        let payload = Self::new(json.trim_ascii().into(), attachments);
        let mut check = serde_json::Deserializer::from_str(&payload.json);
        check.deserialize_seq(Count)?;
        check.end()?;
        if payload.placeholders_fit() {
            Ok(payload)
        } else {
            Err(serde::de::Error::custom("a placeholder without an attachment"))
        }
    }

    /// One argument: JSON that was checked before.
    pub fn object(json: &str) -> Self {
        Self::new(format!("[{json}]").into(), Vec::new())
    }

    /// What was given as arguments, as the receiver will see it.
    ///
    /// ```
    /// # use chorus_protocol::socketio::{Args, Payload};
    /// assert_eq!(Payload::from_args(&Args((1, "two", [3])))?.json(), r#"[1,"two",[3]]"#);
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    pub fn from_args(args: &(impl ToArgs + ?Sized)) -> Result<Self, serde_json::Error> {
        let mut json = Vec::new();
        let (given, collected) = binary::collect(|| args.write(&mut json))?;
        let attachments = if collected.is_empty() { given.to_vec() } else { collected };
        match json.first_mut() {
            Some(comma) => *comma = b'[',
            None => json.push(b'['),
        }
        json.push(b']');
        let json = String::from_utf8(json).map_err(serde::de::Error::custom)?;
        Ok(Self::new(json.into(), attachments))
    }

    /// The bytes it takes.
    pub fn size(&self) -> usize {
        self.attachments.iter().fold(self.json.len(), |size, bytes| size + bytes.len())
    }

    /// The arguments as a JSON array, with placeholders in place of bytes.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The bytes the placeholders stand for.
    pub fn attachments(&self) -> &[Bytes] {
        &self.attachments
    }

    /// Parses the whole array with serde, [`Binary`](super::Binary) included.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        binary::provide(&self.attachments, || serde_json::from_str(&self.json))
    }

    /// As [`Payload::parse`], with a visitor of the caller's.
    pub(super) fn visit<'a, V: Visitor<'a>>(&'a self, visitor: V) -> Result<V::Value, serde_json::Error> {
        binary::provide(&self.attachments, || {
            let mut json = serde_json::Deserializer::from_str(&self.json);
            let value = json.deserialize_seq(visitor)?;
            json.end().map(|()| value)
        })
    }

    /// Whether every placeholder names an attachment that is there.
    pub(super) fn placeholders_fit(&self) -> bool {
        let mut json = serde_json::Deserializer::from_str(&self.json);
        Placeholders { count: self.attachments.len() }.deserialize(&mut json).is_ok()
    }
}

impl Default for Payload {
    /// No arguments.
    fn default() -> Self {
        Self::new("[]".into(), Vec::new())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} attachments", self.json, self.attachments.len())
    }
}

/// Walks any JSON and fails at a placeholder whose number is not below `count`.
#[derive(Clone, Copy)]
struct Placeholders {
    count: usize,
}

/// What a value means to the placeholder that it may be a member of.
enum Member {
    True,
    Number(u64),
    Other,
}

impl<'de> DeserializeSeed<'de> for Placeholders {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Member, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! other_scalars {
    ($($visit:ident($type:ty))*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Member, E> {
            Ok(Member::Other)
        })*
    };
}

impl<'de> Visitor<'de> for Placeholders {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON whose placeholders have attachments")
    }

    other_scalars! { visit_i64(i64) visit_f64(f64) visit_str(&str) }

    fn visit_unit<E>(self) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Member, E> {
        Ok(if value { Member::True } else { Member::Other })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Member, E> {
        Ok(Member::Number(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Member, A::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(Member::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Member, A::Error> {
        let mut placeholder = false;
        let mut fits = false;
        while let Some(key) = map.next_key::<Key>()? {
            let member = map.next_value_seed(self)?;
            match key {
                Key::Placeholder => placeholder = matches!(member, Member::True),
                Key::Num => fits = matches!(member, Member::Number(num) if num < self.count as u64),
                Key::Other => {}
            }
        }
        if placeholder && !fits {
            return Err(serde::de::Error::custom("illegal attachments"));
        }
        Ok(Member::Other)
    }
}

enum Key {
    Placeholder,
    Num,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Key;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(match name {
                    "_placeholder" => Key::Placeholder,
                    "num" => Key::Num,
                    _ => Key::Other,
                })
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// Counts the arguments of an array and checks that it is JSON, without keeping any of it.
pub(super) struct Count;

impl<'de> Visitor<'de> for Count {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}
