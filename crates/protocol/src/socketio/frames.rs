//! One packet as it goes over the wire, in each form that somebody needs, made once.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::encode::MAX_HEADER;
use crate::{
    engineio::{Revision, v3, write_binary},
    websocket::{self, Frames as Walk, Opcode},
};

/// A run of whole, unmasked WebSocket frames: one packet with its attachments. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Frames {
    plain: Bytes,
    /// The other forms, once they are asked for; only for what many will receive.
    others: Option<Arc<[OnceLock<Bytes>; Form::OTHERS]>>,
}

/// How a client wants its frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Form {
    /// Engine.IO 4: text and binary as they are.
    #[default]
    Plain,
    /// Engine.IO 4, binary as text: `b` and base64.
    Base64,
    /// Engine.IO 3: binary behind a type byte.
    Revision3,
    /// Engine.IO 3, binary as text: `b4` and base64.
    Revision3Base64,
}

impl Form {
    const OTHERS: usize = 3;

    /// The form for a client of that revision, which may want no binary frames.
    pub fn new(revision: Revision, base64: bool) -> Self {
        match (revision, base64) {
            (Revision::V4, false) => Self::Plain,
            (Revision::V4, true) => Self::Base64,
            (Revision::V3, false) => Self::Revision3,
            (Revision::V3, true) => Self::Revision3Base64,
        }
    }
}

impl Frames {
    pub(super) fn new(plain: Bytes) -> Self {
        Self { plain, others: None }
    }

    /// A frame of one Engine.IO text packet, type digit included.
    pub fn text(packet: &str) -> Self {
        Self::frame(Opcode::Text, packet.as_bytes())
    }

    /// A frame of one Engine.IO binary message.
    pub fn binary(data: &[u8]) -> Self {
        Self::frame(Opcode::Binary, data)
    }

    fn frame(opcode: Opcode, data: &[u8]) -> Self {
        let mut out = Vec::with_capacity(data.len() + MAX_HEADER);
        websocket::encode(opcode, data, &mut out);
        Self::new(out.into())
    }

    /// Prepares it for many receivers: each form is made once, by the first who needs it.
    #[must_use]
    pub fn shared(self) -> Self {
        Self { others: Some(Arc::default()), ..self }
    }

    /// The frames in a client's form.
    pub fn form(&self, form: Form) -> Bytes {
        let slot = match form {
            Form::Plain => return self.plain.clone(),
            Form::Base64 => 0,
            Form::Revision3 => 1,
            Form::Revision3Base64 => 2,
        };
        match &self.others {
            Some(others) => others[slot].get_or_init(|| convert(&self.plain, form)).clone(),
            None => convert(&self.plain, form),
        }
    }

    /// The frames of Engine.IO 4.
    pub fn as_bytes(&self) -> &Bytes {
        &self.plain
    }
}

fn convert(plain: &Bytes, form: Form) -> Bytes {
    if Walk::new(plain).all(|(opcode, _)| opcode != Opcode::Binary) {
        return plain.clone();
    }
    let mut out = Vec::with_capacity(plain.len() + MAX_HEADER);
    match form {
        Form::Plain | Form::Base64 => to_base64(plain, &mut out),
        Form::Revision3 => v3::reframe(plain, v3::Binary::Bytes, &mut out),
        Form::Revision3Base64 => v3::reframe(plain, v3::Binary::Base64, &mut out),
    }
    out.into()
}

fn to_base64(plain: &[u8], out: &mut Vec<u8>) {
    for (opcode, data) in Walk::new(plain) {
        if opcode == Opcode::Binary {
            let mut packet = Vec::new();
            write_binary(data, &mut packet);
            websocket::encode(Opcode::Text, &packet, out);
        } else {
            websocket::encode(opcode, data, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socketio::{Args, Binary, event};

    fn packets(bytes: &Bytes) -> Vec<(Opcode, Vec<u8>)> {
        Walk::new(bytes).map(|(opcode, data)| (opcode, data.to_vec())).collect()
    }

    #[test]
    fn binary_takes_the_form_of_the_client() {
        let frames = event("/", "x", &Args((Binary::from(vec![1, 2]),)), None).unwrap().shared();
        let last = |form| packets(&frames.form(form)).pop().unwrap();
        assert_eq!(last(Form::Plain), (Opcode::Binary, vec![1, 2]));
        assert_eq!(last(Form::Base64), (Opcode::Text, b"bAQI=".to_vec()));
        assert_eq!(last(Form::Revision3), (Opcode::Binary, vec![4, 1, 2]));
        assert_eq!(last(Form::Revision3Base64), (Opcode::Text, b"b4AQI=".to_vec()));
    }

    #[test]
    fn text_is_the_same_bytes_in_every_form() {
        let frames = event("/", "x", &1, None).unwrap().shared();
        for form in [Form::Base64, Form::Revision3, Form::Revision3Base64] {
            assert_eq!(frames.form(form).as_ptr(), frames.as_bytes().as_ptr());
        }
    }

    #[test]
    fn a_form_is_made_once() {
        let frames = event("/", "x", &Binary::from(vec![1]), None).unwrap().shared();
        let first = frames.form(Form::Revision3);
        assert_eq!(first.as_ptr(), frames.clone().form(Form::Revision3).as_ptr());
    }
}
