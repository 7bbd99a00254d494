//! A polling body of Engine.IO 4: its items are read one by one, and what was read can be written.
//!
//! Input: how many packets are allowed; the body.
#![no_main]

use chorus_fuzz::{budget, written::Written};
use chorus_protocol::engineio::{Packet, PayloadError, Payloads, write_binary, write_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[max], body)) = data.split_first_chunk() else { return };
    let Ok(body) = str::from_utf8(body) else { return };
    let max = usize::from(max);

    let read: Vec<_> = budget::memory(PER_BYTE * body.len() + SPARE, || Payloads::new(body, max).collect());
    let items = body.split('\u{1e}').map(|item| Packet::parse(item).map_err(PayloadError::Packet));
    let mut expected: Vec<_> = items.take(max).collect();
    if body.split('\u{1e}').count() > max {
        expected.push(Err(PayloadError::TooMany));
    }
    assert_eq!(read, expected);

    let packets: Vec<_> = read.into_iter().flatten().collect();
    if !packets.is_empty() {
        let body = write(&packets);
        let again: Result<Vec<_>, _> = Payloads::new(&body, packets.len()).collect();
        assert_eq!(again, Ok(packets), "what was read, written and read again");
    }
});

fn write(packets: &[Packet<'_>]) -> String {
    let mut body = Vec::new();
    for packet in packets {
        match packet.into() {
            Written::Text(text) => write_text(text.as_bytes(), &mut body),
            Written::Binary(bytes) => write_binary(bytes, &mut body),
        }
    }
    String::from_utf8(body).expect("a body is text")
}

/// An item takes two bytes at least; a packet and the error in its place are larger.
const PER_BYTE: usize = 64;

const SPARE: usize = 16 << 10;
