//! One packet as it goes over the wire, in each form that somebody needs, made once.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::encode::MAX_HEADER;
use crate::{
    engineio::{Revision, v3, write_binary},
    websocket::{self, Frames as Walk, Opcode, deflate},
};

/// A run of whole, unmasked WebSocket frames: one packet with its attachments. Cheap to clone.
///
/// A parser of one's own makes them of what it writes; the Engine.IO type digit is its own, too.
///
/// ```
/// use chorus_protocol::socketio::Frames;
///
/// let event = Frames::text(r#"42["say","hello"]"#);
/// assert_eq!(event.as_bytes()[..2], [0x81, 17], "FIN and text, the length");
/// assert_eq!(Frames::binary(&[1, 2, 3]).as_bytes()[..], [0x82, 3, 1, 2, 3]);
/// ```
#[derive(Debug, Clone)]
pub struct Frames {
    plain: Bytes,
    /// The other forms, once they are asked for; only for what many will receive.
    others: Option<Arc<[OnceLock<Bytes>; Form::OTHERS]>>,
    /// Not worth compressing, or not to be.
    uncompressed: bool,
}

/// How a client wants its frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// In revision 3 binary has a type byte.
    pub revision: Revision,
    /// Binary as text: `b`, in revision 3 also `4`, and base64.
    pub base64: bool,
    /// Compressed, in the way that all receivers can read.
    pub deflate: bool,
}

impl Form {
    /// Engine.IO 4, text and binary as they are.
    pub const PLAIN: Self = Self { revision: Revision::V4, base64: false, deflate: false };

    const OTHERS: usize = 7;

    /// Its place among the others, if it is not the plain one.
    fn slot(self) -> Option<usize> {
        let revision = usize::from(self.revision == Revision::V3);
        (revision + 2 * usize::from(self.base64) + 4 * usize::from(self.deflate)).checked_sub(1)
    }
}

impl Frames {
    pub(super) fn new(plain: Bytes) -> Self {
        Self { plain, others: None, uncompressed: false }
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

    /// Leaves it uncompressed, whatever the client's form.
    #[must_use]
    pub fn uncompressed(self) -> Self {
        Self { uncompressed: true, ..self }
    }

    /// The frames in a client's form; without a configuration they are not compressed.
    pub fn form(&self, form: Form, deflate: Option<&deflate::Config>) -> Bytes {
        let deflate = deflate.filter(|_| form.deflate && !self.uncompressed);
        let form = Form { deflate: deflate.is_some(), ..form };
        let Some(slot) = form.slot() else { return self.plain.clone() };
        match &self.others {
            Some(others) => others[slot].get_or_init(|| self.convert(form, deflate)).clone(),
            None => self.convert(form, deflate),
        }
    }

    /// The frames of Engine.IO 4.
    pub fn as_bytes(&self) -> &Bytes {
        &self.plain
    }

    fn convert(&self, form: Form, deflate: Option<&deflate::Config>) -> Bytes {
        let reframed = self.reframe(form);
        deflate.and_then(|config| config.compress(&reframed)).map_or(reframed, Bytes::from)
    }

    fn reframe(&self, form: Form) -> Bytes {
        let same = form.revision == Revision::V4 && !form.base64;
        if same || Walk::new(&self.plain).all(|(opcode, _)| opcode != Opcode::Binary) {
            return self.plain.clone();
        }
        let mut out = Vec::with_capacity(self.plain.len() + MAX_HEADER);
        match (form.revision, form.base64) {
            (Revision::V4, _) => to_base64(&self.plain, &mut out),
            (Revision::V3, false) => v3::reframe(&self.plain, v3::Binary::Bytes, &mut out),
            (Revision::V3, true) => v3::reframe(&self.plain, v3::Binary::Base64, &mut out),
        }
        out.into()
    }
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

    const BASE64: Form = Form { base64: true, ..Form::PLAIN };
    const V3: Form = Form { revision: Revision::V3, ..Form::PLAIN };
    const V3_BASE64: Form = Form { base64: true, ..V3 };
    const DEFLATED: Form = Form { deflate: true, ..Form::PLAIN };

    #[test]
    fn binary_takes_the_form_of_the_client() {
        let frames = event("/", "x", &Args((Binary::from(vec![1, 2]),)), None).unwrap().shared();
        let last = |form| packets(&frames.form(form, None)).pop().unwrap();
        assert_eq!(last(Form::PLAIN), (Opcode::Binary, vec![1, 2]));
        assert_eq!(last(BASE64), (Opcode::Text, b"bAQI=".to_vec()));
        assert_eq!(last(V3), (Opcode::Binary, vec![4, 1, 2]));
        assert_eq!(last(V3_BASE64), (Opcode::Text, b"b4AQI=".to_vec()));
    }

    #[test]
    fn text_is_the_same_bytes_in_every_form() {
        let frames = event("/", "x", &1, None).unwrap().shared();
        for form in [BASE64, V3, V3_BASE64, DEFLATED] {
            assert_eq!(frames.form(form, None).as_ptr(), frames.as_bytes().as_ptr());
        }
    }

    #[test]
    fn a_form_is_made_once() {
        let frames = event("/", "x", &Binary::from(vec![1]), None).unwrap().shared();
        let first = frames.form(V3, None);
        assert_eq!(first.as_ptr(), frames.clone().form(V3, None).as_ptr());
    }

    #[test]
    fn long_packets_are_compressed_once() {
        let config = deflate::Config::default();
        let frames = event("/", "x", &"long ".repeat(1000), None).unwrap().shared();
        let small = frames.form(DEFLATED, Some(&config));
        assert!(small.len() < 200, "{}", small.len());
        assert_eq!(small.as_ptr(), frames.form(DEFLATED, Some(&config)).as_ptr());
        let plain = frames.uncompressed();
        assert_eq!(plain.form(DEFLATED, Some(&config)).as_ptr(), plain.as_bytes().as_ptr());
    }
}
