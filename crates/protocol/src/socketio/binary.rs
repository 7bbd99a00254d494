//! Bytes inside arguments: taken out on the way to the wire and put back on the way in.
//!
//! JSON cannot hold bytes, so the protocol sends `{"_placeholder":true,"num":N}` in their place and
//! the bytes behind the packet. serde has no room for such a side channel; while arguments are
//! written or read, the attachments wait in a thread-local slot that [`Binary`] looks into.

use std::{cell::RefCell, mem};

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser, ser::SerializeStruct};

/// Bytes as an argument, or anywhere inside one.
///
/// It can be written and read only as part of a Socket.IO packet: any other serializer gets an error.
///
/// ```
/// use chorus_protocol::socketio::{Binary, Payload};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Upload {
///     name: String,
///     content: Binary,
/// }
///
/// let upload = Upload { name: "cat.png".into(), content: vec![0x89, 0x50].into() };
/// let payload = Payload::from_args(&upload)?;
/// assert_eq!(payload.attachments(), [vec![0x89, 0x50]]);
/// let [again]: [Upload; 1] = payload.parse()?;
/// assert_eq!(again.content, upload.content);
/// assert!(serde_json::to_string(&upload).is_err());
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Binary(pub Bytes);

impl<B: Into<Bytes>> From<B> for Binary {
    fn from(bytes: B) -> Self {
        Self(bytes.into())
    }
}

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let num = SLOT.with_borrow_mut(|slot| match slot {
            Slot::Writing(attachments) => {
                attachments.push(self.0.clone());
                Ok(attachments.len() - 1)
            }
            _ => Err(ser::Error::custom("bytes can only be sent inside a packet")),
        })?;
        let mut placeholder = serializer.serialize_struct("Binary", 2)?;
        placeholder.serialize_field("_placeholder", &true)?;
        placeholder.serialize_field("num", &num)?;
        placeholder.end()
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let placeholder = Placeholder::deserialize(deserializer)?;
        SLOT.with_borrow(|slot| match slot {
            Slot::Reading(attachments) if placeholder.marked => attachments.get(placeholder.num).cloned(),
            _ => None,
        })
        .map(Self)
        .ok_or_else(|| de::Error::custom("expected bytes"))
    }
}

#[derive(Deserialize)]
struct Placeholder {
    #[serde(rename = "_placeholder")]
    marked: bool,
    num: usize,
}

#[derive(Default)]
enum Slot {
    #[default]
    Idle,
    Writing(Vec<Bytes>),
    Reading(Vec<Bytes>),
}

thread_local! {
    static SLOT: RefCell<Slot> = const { RefCell::new(Slot::Idle) };
}

/// Runs `write`, which serializes, and returns the attachments it met.
pub(super) fn collect<T, E>(write: impl FnOnce() -> Result<T, E>) -> Result<(T, Vec<Bytes>), E> {
    let (result, slot) = within(Slot::Writing(Vec::new()), write);
    let attachments = match slot {
        Slot::Writing(attachments) => attachments,
        _ => Vec::new(),
    };
    Ok((result?, attachments))
}

/// Runs `read`, which deserializes and may refer to `attachments`.
pub(super) fn provide<T>(attachments: &[Bytes], read: impl FnOnce() -> T) -> T {
    if attachments.is_empty() { read() } else { within(Slot::Reading(attachments.to_vec()), read).0 }
}

/// Fills the slot for the duration of `run`, also when that panics or nests.
fn within<T>(slot: Slot, run: impl FnOnce() -> T) -> (T, Slot) {
    struct Restore(Slot);
    impl Drop for Restore {
        fn drop(&mut self) {
            SLOT.with_borrow_mut(|slot| mem::swap(slot, &mut self.0));
        }
    }
    let mut outer = Restore(SLOT.replace(slot));
    let result = run();
    let inner = SLOT.take();
    // what `Restore` swaps in
    SLOT.with_borrow_mut(|slot| mem::swap(slot, &mut outer.0));
    mem::forget(outer);
    (result, inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_leave_a_placeholder_and_come_back() {
        let value = (1, Binary::from("abc"), vec![Binary::from("d")]);
        let (json, attachments) = collect(|| serde_json::to_string(&value)).unwrap();
        assert_eq!(json, r#"[1,{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]]"#);
        assert_eq!(attachments, ["abc", "d"]);
        let back: (u8, Binary, Vec<Binary>) = provide(&attachments, || serde_json::from_str(&json)).unwrap();
        assert_eq!(back, value);
    }

    #[test]
    fn bytes_are_refused_outside_of_a_packet() {
        assert!(serde_json::to_string(&Binary::from("abc")).is_err());
        let placeholder = r#"{"_placeholder":true,"num":0}"#;
        assert!(serde_json::from_str::<Binary>(placeholder).is_err());
        let beyond =
            provide(&[Bytes::new()], || serde_json::from_str::<Binary>(r#"{"_placeholder":true,"num":1}"#));
        assert!(beyond.is_err());
    }

    #[test]
    fn the_slot_is_put_back_after_a_panic() {
        let caught = std::panic::catch_unwind(|| collect(|| -> Result<(), ()> { panic!("in a serializer") }));
        assert!(caught.is_err());
        assert!(serde_json::to_string(&Binary::default()).is_err(), "the slot is idle again");
    }
}
