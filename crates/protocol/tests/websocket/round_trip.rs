//! Any message, in any fragments, cut anywhere, comes out as it went in.

use chorus_protocol::websocket::{Decoder, Frames, Opcode, Role, encode, encode_masked};
use proptest::{collection::vec, prelude::*, sample::Index};

use crate::support::*;

/// A message and where it is cut into fragments.
type Fragmented = (Owned, Vec<Index>);

fn message() -> impl Strategy<Value = Owned> {
    prop_oneof![
        "\\PC{0,80}".prop_map(Owned::Text),
        vec(any::<u8>(), 0..300).prop_map(Owned::Binary),
        vec(any::<u8>(), 65_530..65_545).prop_map(Owned::Binary),
        vec(any::<u8>(), 0..=125).prop_map(Owned::Ping),
        vec(any::<u8>(), 0..=125).prop_map(Owned::Pong),
    ]
}

fn fragmented() -> impl Strategy<Value = Fragmented> {
    (message(), vec(any::<Index>(), 0..4))
}

/// Writes data messages in fragments and a ping between any two of them.
fn write((message, cuts): &Fragmented, out: &mut Vec<u8>, expected: &mut Vec<Owned>) {
    let (opcode, payload) = match message {
        Owned::Text(text) => (TEXT, text.as_bytes()),
        Owned::Binary(bytes) => (BINARY, &bytes[..]),
        Owned::Ping(bytes) => return whole(PING, bytes, message, out, expected),
        Owned::Pong(bytes) => return whole(PONG, bytes, message, out, expected),
        Owned::Close(_) => unreachable!("not generated"),
    };
    let pieces = cut(payload, cuts);
    let last = pieces.len() - 1;
    for (i, piece) in pieces.iter().enumerate() {
        let opcode = if i == 0 { opcode } else { CONTINUATION };
        let fin = if i == last { FIN } else { 0 };
        out.extend(frame(fin | opcode, piece));
        if i < last {
            whole(PING, &[i as u8], &Owned::Ping(vec![i as u8]), out, expected);
        }
    }
    expected.push(message.clone());
}

fn whole(opcode: u8, payload: &[u8], message: &Owned, out: &mut Vec<u8>, expected: &mut Vec<Owned>) {
    out.extend(frame(FIN | opcode, payload));
    expected.push(message.clone());
}

proptest! {
    #[test]
    fn messages_survive_fragments_and_chunks(
        messages in vec(fragmented(), 1..5),
        cuts in vec(any::<Index>(), 0..12),
    ) {
        let (mut bytes, mut expected) = (Vec::new(), Vec::new());
        for message in &messages {
            write(message, &mut bytes, &mut expected);
        }
        let mut decoder = Decoder::new(Role::Server, 1 << 20);
        let outcome = decode_chunks(&mut decoder, cut(&bytes, &cuts));
        prop_assert_eq!(outcome, (expected, None));
        prop_assert_eq!(decoder.buffered(), 0);
    }

    #[test]
    fn what_is_encoded_decodes(payload in vec(any::<u8>(), 0..70_000), key: [u8; 4]) {
        let (mut plain, mut masked) = (Vec::new(), Vec::new());
        encode(Opcode::Binary, &payload, &mut plain);
        encode_masked(Opcode::Binary, &payload, key, &mut masked);
        let expected = (vec![Owned::Binary(payload.clone())], None);
        prop_assert_eq!(decode_chunks(&mut Decoder::new(Role::Client, 1 << 20), [&plain[..]]), expected.clone());
        prop_assert_eq!(decode(&masked), expected);
        prop_assert_eq!(Frames::new(&plain).next(), Some((Opcode::Binary, &payload[..])));
    }

    #[test]
    fn frames_never_panics_on_anything(bytes in vec(any::<u8>(), 0..100)) {
        let walked: usize = Frames::new(&bytes).map(|(_, payload)| payload.len()).sum();
        prop_assert!(walked <= bytes.len());
    }
}
