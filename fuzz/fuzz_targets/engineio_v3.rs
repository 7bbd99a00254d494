//! Polling bodies of Engine.IO 3, text and binary: what was read can be written in both forms.
//!
//! Input: the form, how many packets are allowed; the body.
#![no_main]

use chorus_fuzz::{budget, written::Written};
use chorus_protocol::engineio::{
    Packet,
    v3::{Form, PayloadError, Payloads, write_binary, write_text},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[form, max], body)) = data.split_first_chunk() else { return };
    let form = if form & 1 == 0 { Form::Text } else { Form::Binary };
    let Some(payloads) = payloads(form, body, max.into()) else { return };

    let mut seen = payloads.clone();
    let read = budget::memory(PER_BYTE * body.len() + SPARE, || payloads.collect::<Result<Vec<_>, _>>());
    match read {
        Ok(packets) => {
            assert!(packets.len() <= max.into(), "more packets than allowed");
            for form in [Form::Text, Form::Binary] {
                check(form, &packets);
            }
        }
        Err(error) => {
            let before_it = seen.by_ref().take_while(Result::is_ok).count();
            assert!(before_it <= max.into() && seen.next().is_none(), "it ends at the error");
            if error == PayloadError::TooMany {
                assert!(payloads_left(form, body, max), "none is refused that is allowed");
            }
        }
    }
});

fn payloads(form: Form, body: &[u8], max: usize) -> Option<Payloads<'_>> {
    Some(match form {
        Form::Text => Payloads::text(str::from_utf8(body).ok()?, max),
        Form::Binary => Payloads::binary(body, max),
    })
}

/// Whether there is more in a body than `max` packets, be it an error.
fn payloads_left(form: Form, body: &[u8], max: u8) -> bool {
    // empty packets of a text body count, but are none: each takes two bytes
    let packets = payloads(form, body, usize::MAX).into_iter().flatten().count();
    packets > max.into() || (form == Form::Text && body.len() > 2 * usize::from(max))
}

fn check(form: Form, packets: &[Packet<'_>]) {
    let mut body = Vec::new();
    for packet in packets {
        match packet.into() {
            Written::Text(text) => write_text(form, text.as_bytes(), &mut body),
            Written::Binary(bytes) => write_binary(form, bytes, &mut body),
        }
    }
    let payloads = payloads(form, &body, packets.len()).expect("a text body is text");
    assert_eq!(payloads.collect::<Result<Vec<_>, _>>().as_deref(), Ok(packets), "{form:?}");
}

/// A packet takes three bytes at least, and more when it is read.
const PER_BYTE: usize = 64;

const SPARE: usize = 16 << 10;
