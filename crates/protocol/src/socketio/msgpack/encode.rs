//! Packets to frames, as [`event`](crate::socketio::event) and the others do for JSON.

use bytes::Bytes;
use serde::Serialize;
use thiserror::Error;

use super::{from_json::from_json, put};
use crate::socketio::{Frames, ToArgs, binary};

/// Why a packet cannot be written.
#[derive(Debug, Error)]
pub enum EncodeError {
    /// serde refuses the arguments.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A placeholder names an attachment that is not there.
    #[error("illegal attachments")]
    Attachments,
    /// The arguments are not JSON.
    #[error("malformed JSON")]
    Malformed,
    /// The arguments are longer than lengths of MessagePack can say: 4 GiB.
    #[error("too long for MessagePack")]
    TooLong,
}

/// An event.
pub fn event(
    namespace: &str,
    name: &str,
    args: &(impl ToArgs + ?Sized),
    id: Option<u64>,
) -> Result<Frames, EncodeError> {
    packet(EVENT, namespace, id, |json| {
        json.push(b'[');
        serde_json::to_writer(&mut *json, name)?;
        let attachments = args.write(json)?;
        json.push(b']');
        Ok(attachments)
    })
}

/// The answer to an event.
pub fn ack(namespace: &str, id: u64, args: &(impl ToArgs + ?Sized)) -> Result<Frames, EncodeError> {
    packet(ACK, namespace, Some(id), |json| {
        let attachments = args.write(json)?;
        match json.first_mut() {
            Some(comma) => *comma = b'[',
            None => json.push(b'['),
        }
        json.push(b']');
        Ok(attachments)
    })
}

/// The answer to a CONNECT that is granted; `data` holds the public id.
pub fn connect(namespace: &str, data: &impl Serialize) -> Result<Frames, EncodeError> {
    packet(CONNECT, namespace, None, |json| serde_json::to_writer(json, data).map(|()| &[][..]))
}

/// The answer to a CONNECT that is refused.
pub fn connect_error(namespace: &str, data: &impl Serialize) -> Result<Frames, EncodeError> {
    packet(CONNECT_ERROR, namespace, None, |json| serde_json::to_writer(json, data).map(|()| &[][..]))
}

/// Takes a client out of a namespace.
pub fn disconnect(namespace: &str) -> Frames {
    let mut out = Vec::new();
    put::map(2, &mut out);
    put_head(DISCONNECT, namespace, &mut out);
    Frames::binary(&out)
}

/// Writes the data as JSON and then the packet's map around what that is in MessagePack.
fn packet<'a>(
    kind: u64,
    namespace: &str,
    id: Option<u64>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<&'a [Bytes], serde_json::Error>,
) -> Result<Frames, EncodeError> {
    let mut json = Vec::with_capacity(FIRST_GUESS);
    let (given, collected) = binary::collect(|| write(&mut json))?;
    let attachments = if collected.is_empty() { given } else { &collected };
    let json = str::from_utf8(&json).map_err(|_| EncodeError::Malformed)?;
    let mut out = Vec::with_capacity(FIRST_GUESS + json.len());
    put::map(if id.is_some() { 4 } else { 3 }, &mut out);
    put_head(kind, namespace, &mut out);
    if let Some(id) = id {
        put::text("id", &mut out);
        put::unsigned(id, &mut out);
    }
    put::text("data", &mut out);
    from_json(json, attachments, &mut out)?;
    Ok(Frames::binary(&out))
}

/// Appends what every packet has.
fn put_head(kind: u64, namespace: &str, out: &mut Vec<u8>) {
    put::text("type", out);
    put::unsigned(kind, out);
    put::text("nsp", out);
    put::text(namespace, out);
}

const CONNECT: u64 = 0;
const DISCONNECT: u64 = 1;
const EVENT: u64 = 2;
const ACK: u64 = 3;
const CONNECT_ERROR: u64 = 4;

/// Room for a small event, so that it is written without growing.
const FIRST_GUESS: usize = 128;
