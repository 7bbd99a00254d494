//! Rust values as the arguments of an event, and back.
//!
//! JavaScript's emit takes several arguments. Here a value that serde can write is one argument,
//! [`Args`] around a tuple are several, and [`Payload`] is what another client sent, unparsed.
//! Reading follows JavaScript: missing arguments are null and superfluous ones are ignored.

use std::{fmt, marker::PhantomData};

use bytes::Bytes;
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor},
};

use super::payload::Payload;

/// Several arguments: `Args((a, b))`. `Args(())` is none.
///
/// ```
/// use chorus_protocol::socketio::{Args, Payload}; // both are in `chorus_socketio`, too
///
/// // socket.emit("move", "e2", "e4")
/// let sent = Payload::from_args(&Args(("e2", "e4")))?;
/// assert_eq!(sent.json(), r#"["e2","e4"]"#);
/// // socket.emit("move", ["e2", "e4"])
/// assert_eq!(Payload::from_args(&("e2", "e4"))?.json(), r#"[["e2","e4"]]"#);
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Args<T>(pub T);

/// What can be sent as arguments: whatever serde can write is one, [`Args`] are several, and a
/// [`Payload`] is what it came as.
///
/// ```
/// use chorus_protocol::socketio::{Args, Payload, ToArgs};
///
/// fn sent(args: &impl ToArgs) -> Result<String, serde_json::Error> {
///     Ok(Payload::from_args(args)?.json().to_owned())
/// }
///
/// assert_eq!(sent(&"hello")?, r#"["hello"]"#);
/// assert_eq!(sent(&Args(("hello", 7)))?, r#"["hello",7]"#);
/// assert_eq!(sent(&Payload::default())?, "[]");
/// # Ok::<_, serde_json::Error>(())
/// ```
pub trait ToArgs {
    /// Appends the arguments as JSON, each behind a comma. Bytes are collected by
    /// [`Binary`](super::Binary), or returned when they are attachments already.
    fn write(&self, json: &mut Vec<u8>) -> Result<&[Bytes], serde_json::Error>;
}

/// What can be made of arguments: the first, or with [`Args`] several, by what serde can read.
///
/// As in JavaScript, missing ones are null and superfluous ones are ignored.
///
/// ```
/// use chorus_protocol::socketio::{Args, FromArgs, Payload};
///
/// let payload = Payload::from_json(r#"["e2","e4"]"#, Vec::new())?;
/// assert_eq!(String::read(&payload)?, "e2");
/// let Args((from, to, piece)): Args<(String, String, Option<char>)> = FromArgs::read(&payload)?;
/// assert_eq!((&*from, &*to, piece), ("e2", "e4", None));
/// # Ok::<_, serde_json::Error>(())
/// ```
pub trait FromArgs: Sized {
    /// Parses the arguments.
    fn read(payload: &Payload) -> Result<Self, serde_json::Error>;
}

impl<T: Serialize + ?Sized> ToArgs for T {
    fn write(&self, json: &mut Vec<u8>) -> Result<&[Bytes], serde_json::Error> {
        json.push(b',');
        serde_json::to_writer(json, self).map(|()| &[][..])
    }
}

impl ToArgs for Payload {
    fn write(&self, json: &mut Vec<u8>) -> Result<&[Bytes], serde_json::Error> {
        let items = self.json()[1..self.json().len() - 1].trim();
        if !items.is_empty() {
            json.push(b',');
            json.extend_from_slice(items.as_bytes());
        }
        Ok(self.attachments())
    }
}

impl ToArgs for &Payload {
    fn write(&self, json: &mut Vec<u8>) -> Result<&[Bytes], serde_json::Error> {
        Payload::write(self, json)
    }
}

impl<T: DeserializeOwned> FromArgs for T {
    fn read(payload: &Payload) -> Result<Self, serde_json::Error> {
        payload.visit(Tuple(PhantomData::<(T,)>)).map(|(value,)| value)
    }
}

impl FromArgs for Payload {
    fn read(payload: &Payload) -> Result<Self, serde_json::Error> {
        Ok(payload.clone())
    }
}

struct Tuple<T>(PhantomData<T>);

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Serialize),*> ToArgs for Args<($($name,)*)> {
            #[allow(non_snake_case, unused_variables, reason = "one pattern for each length")]
            fn write(&self, json: &mut Vec<u8>) -> Result<&[Bytes], serde_json::Error> {
                let ($($name,)*) = &self.0;
                $(json.push(b',');
                serde_json::to_writer(&mut *json, $name)?;)*
                Ok(&[])
            }
        }

        impl<$($name: DeserializeOwned),*> FromArgs for Args<($($name,)*)> {
            fn read(payload: &Payload) -> Result<Self, serde_json::Error> {
                payload.visit(Tuple(PhantomData::<($($name,)*)>)).map(Args)
            }
        }

        impl<'de, $($name: DeserializeOwned),*> Visitor<'de> for Tuple<($($name,)*)> {
            type Value = ($($name,)*);

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("arguments")
            }

            #[allow(clippy::unused_unit, reason = "the tuple without a field")]
            fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Self::Value, S::Error> {
                let tuple = ($(next::<$name, S>(&mut seq)?,)*);
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(tuple)
            }
        }
    };
}

tuples!();
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

/// The next argument; a missing one reads as null.
fn next<'de, T: DeserializeOwned, S: SeqAccess<'de>>(seq: &mut S) -> Result<T, S::Error> {
    match seq.next_element()? {
        Some(value) => Ok(value),
        None => T::deserialize(serde::de::value::UnitDeserializer::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(args: impl ToArgs) -> String {
        let mut json = Vec::new();
        args.write(&mut json).unwrap();
        String::from_utf8(json).unwrap()
    }

    fn payload(json: &str) -> Payload {
        Payload::new(json.into(), Vec::new())
    }

    #[test]
    fn a_value_is_one_argument_and_args_are_several() {
        assert_eq!(written("a"), r#","a""#);
        assert_eq!(written((1, 2)), ",[1,2]");
        assert_eq!(written(Args((1, "b"))), r#",1,"b""#);
        assert_eq!(written(Args(())), "");
        assert_eq!(written(payload(r#"[1, {"a":[2]} ]"#)), r#",1, {"a":[2]}"#);
        assert_eq!(written(payload("[ ]")), "");
    }

    #[test]
    fn reads_the_first_or_several() {
        assert_eq!(i32::read(&payload("[1,2,3]")).unwrap(), 1);
        assert_eq!(Args::<(i32, String)>::read(&payload(r#"[1,"b",3]"#)).unwrap(), Args((1, "b".into())));
        assert_eq!(Args::<()>::read(&payload("[1]")).unwrap(), Args(()));
        assert_eq!(Vec::<i32>::read(&payload("[[1,2]]")).unwrap(), [1, 2]);
    }

    #[test]
    fn a_missing_argument_is_null() {
        assert_eq!(Option::<i32>::read(&payload("[]")).unwrap(), None);
        assert_eq!(serde_json::Value::read(&payload("[]")).unwrap(), serde_json::Value::Null);
        assert_eq!(Args::<(i32, Option<i32>)>::read(&payload("[1]")).unwrap(), Args((1, None)));
        assert!(i32::read(&payload("[]")).is_err());
    }
}
