//! Binary messages to packets.

use thiserror::Error;

use super::{
    to_json::{JsonWriter, put_number, to_json, whole},
    token::{ReadError, Reader, Token},
};
use crate::socketio::{
    decode::{Header, MAX_SAFE_INTEGER, Packet, RESERVED},
    payload::Payload,
};

/// Why a message is no packet. Each of them ends the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// It cannot be read at all, or not be turned into JSON.
    #[error("invalid MessagePack: {0}")]
    Read(#[from] ReadError),
    /// It is something else than a map.
    #[error("not a map")]
    NotAMap,
    /// The type is missing, unknown, or of a packet that only servers send.
    #[error("unknown packet type")]
    UnknownType,
    /// The namespace is missing, or does not begin with a slash.
    #[error("invalid namespace")]
    Namespace,
    /// The acknowledgement id is missing where it is needed, or none from 0 to 2^53 - 1.
    #[error("invalid acknowledgement id")]
    AckId,
    /// The data is not what the type demands.
    #[error("invalid payload")]
    Payload,
}

/// Reads a packet, with up to `max_attachments` byte strings in its arguments.
///
/// Keys that are not known are passed over; of one that comes twice the last counts. Nil is as good
/// as nothing, since `python-socketio` writes it for want of data.
pub fn decode(data: &[u8], max_attachments: usize) -> Result<(Header, Packet), DecodeError> {
    let fields = Fields::read(data)?;
    let namespace = match fields.namespace {
        Some(Token::Str(name)) if name.starts_with('/') => name.into(),
        _ => return Err(DecodeError::Namespace),
    };
    let packet = match fields.kind.and_then(integer) {
        Some(0) => Packet::Connect(auth(fields.data)?),
        Some(1) if fields.data.is_none() => Packet::Disconnect,
        Some(1) => return Err(DecodeError::Payload),
        Some(2) => {
            let id = fields.id()?;
            let (name, payload) = event(fields.data.ok_or(DecodeError::Payload)?, max_attachments)?;
            Packet::Event(name, payload, id)
        }
        Some(3) => {
            let id = fields.id()?.ok_or(DecodeError::AckId)?;
            Packet::Ack(id, array(fields.data.ok_or(DecodeError::Payload)?, max_attachments)?)
        }
        _ => return Err(DecodeError::UnknownType),
    };
    Ok((Header { namespace }, packet))
}

/// The values of a packet's map, data unread.
#[derive(Default)]
struct Fields<'a> {
    kind: Option<Token<'a>>,
    namespace: Option<Token<'a>>,
    id: Option<Token<'a>>,
    data: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    fn read(data: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader(data);
        let Token::Map(len) = reader.token()? else { return Err(DecodeError::NotAMap) };
        let mut fields = Self::default();
        for _ in 0..len {
            let key = reader.token()?;
            if !matches!(key, Token::Str(_) | Token::Unsigned(_) | Token::Signed(_)) {
                return Err(ReadError::Key.into());
            }
            let value = reader.skip()?;
            let token = Some(Reader(value).token()?).filter(|token| *token != Token::Nil);
            match key {
                Token::Str("type") => fields.kind = token,
                Token::Str("nsp") => fields.namespace = token,
                Token::Str("id") => fields.id = token,
                Token::Str("data") => fields.data = token.map(|_| value),
                _ => {}
            }
        }
        reader.end()?;
        Ok(fields)
    }

    fn id(&self) -> Result<Option<u64>, DecodeError> {
        match self.id.map(integer) {
            None => Ok(None),
            Some(Some(id)) if id <= MAX_SAFE_INTEGER => Ok(Some(id)),
            Some(_) => Err(DecodeError::AckId),
        }
    }
}

/// An integer from 0 on, as JavaScript sees it: whatever it is written as.
fn integer(token: Token<'_>) -> Option<u64> {
    match token {
        Token::Unsigned(value) => Some(value),
        Token::Signed(value) => value.try_into().ok(),
        Token::Float(value) => whole(value).and_then(|value| value.try_into().ok()),
        _ => None,
    }
}

/// A CONNECT's object, empty when there is none.
fn auth(data: Option<&[u8]>) -> Result<Box<str>, DecodeError> {
    let Some(data) = data else { return Ok("{}".into()) };
    let Token::Map(_) = Reader(data).token()? else { return Err(DecodeError::Payload) };
    Ok(to_json(data, 0)?.0.into())
}

/// An ACK's arguments.
fn array(data: &[u8], max_attachments: usize) -> Result<Payload, DecodeError> {
    let Token::Array(_) = Reader(data).token()? else { return Err(DecodeError::Payload) };
    let (json, attachments) = to_json(data, max_attachments)?;
    Ok(Payload::new(json.into(), attachments))
}

/// An EVENT's name and arguments.
fn event(data: &[u8], max_attachments: usize) -> Result<(Box<str>, Payload), DecodeError> {
    let mut reader = Reader(data);
    let Token::Array(len @ 1..) = reader.token()? else { return Err(DecodeError::Payload) };
    let name = name(reader.token()?)?;
    let mut json = JsonWriter::new(max_attachments, data.len());
    json.array(&mut reader, len - 1, 1)?;
    let (json, attachments) = json.finish()?;
    Ok((name, Payload::new(json.into(), attachments)))
}

/// An event's name, which may be a number.
fn name(token: Token<'_>) -> Result<Box<str>, DecodeError> {
    match token {
        Token::Str(name) if RESERVED.contains(&name) => Err(DecodeError::Payload),
        Token::Str(name) => Ok(name.into()),
        Token::Unsigned(_) | Token::Signed(_) | Token::Float(_) => {
            let mut digits = Vec::new();
            put_number(token, &mut digits);
            Ok(String::from_utf8_lossy(&digits).into())
        }
        _ => Err(DecodeError::Payload),
    }
}
