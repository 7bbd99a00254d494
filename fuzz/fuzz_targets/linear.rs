//! The time that reading takes grows no faster than the input.
//!
//! Input: which reader; how long the front and the middle are; front, middle and end. The middle is
//! repeated until the whole is large: what is quadratic then takes many times too long.
#![no_main]

use std::{hint::black_box, time::Duration};

use bytes::Bytes;
use chorus_fuzz::{
    budget,
    pieces::{BYTES, WHOLE},
    stream::decode,
};
use chorus_protocol::{
    engineio::{Payloads, v3},
    socketio::{Args, Decoder as Packets, FromArgs, Packet, Payload, msgpack},
    websocket::{
        Decoder, Role,
        deflate::{Config, negotiate},
    },
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Some((&[reader, front, middle], parts)) = data.split_first_chunk() else { return };
    let Some((front, parts)) = parts.split_at_checked(front.into()) else { return };
    let Some((middle, end)) = parts.split_at_checked(middle.into()).filter(|_| middle > 0) else { return };
    let input = [front, &middle.repeat(SIZE / middle.len()), end].concat();
    let reader = READERS[usize::from(reader) % READERS.len()];
    budget::time(FLOOR + PER_BYTE * input.len() as u32, || reader(&input));
});

const READERS: [fn(&[u8]); 11] = [
    |input| websocket(input, WHOLE),
    |input| websocket(input, BYTES),
    |input| text(input, |text| Payloads::new(text, usize::MAX).count()),
    |input| text(input, |text| v3::Payloads::text(text, usize::MAX).count()),
    |input| read(v3::Payloads::binary(input, usize::MAX).count()),
    |input| read(v3::jsonp::decode(input).map(|body| v3::jsonp::response("1", &body))),
    |input| text(input, |text| Packets::default().text(text, 10).map(arguments)),
    |input| text(input, |text| Payload::from_json(text, vec![Bytes::default()])),
    |input| read(msgpack::decode(input, 10)),
    |input| text(input, |text| msgpack::from_json(text, &[Bytes::default()], &mut Vec::new())),
    |input| text(input, |text| negotiate(text, &Config::default())),
];

fn websocket(input: &[u8], seed: u8) {
    read(decode(&mut Decoder::new(Role::Server, SIZE), SIZE, input, seed));
}

fn text<T>(input: &[u8], reader: impl Fn(&str) -> T) {
    if let Ok(text) = str::from_utf8(input) {
        read(reader(text));
    }
}

/// Takes what was read, so that the reading cannot be left out.
fn read<T>(value: T) {
    black_box(value);
}

/// Takes arguments out of a packet.
fn arguments<H>(packet: Option<(H, Packet)>) {
    if let Some((_, Packet::Event(_, payload, _) | Packet::Ack(_, payload))) = packet {
        read(Args::<(Value, Value)>::read(&payload).is_ok());
    }
}

const SIZE: usize = 512 << 10;

/// Ten times what reading a byte takes where it takes longest: in pieces of one byte, in a build that is
/// instrumented. A search that is begun anew for each byte takes more, however fast it is.
const PER_BYTE: Duration = Duration::from_micros(1);

const FLOOR: Duration = Duration::from_millis(20);
