//! The same bytes to `tungstenite` and to us: the same messages, the same verdict.

use std::io::{self, Cursor, Read, Write};

use chorus_protocol::websocket::{Decoder, Error, Opcode, Role, encode, encode_masked};
use proptest::{collection::vec, prelude::*, sample::Index};
use tungstenite::protocol::{WebSocket, WebSocketConfig};

use crate::support::*;

const LIMIT: usize = 4096;

/// An in-memory stream that has nothing more to read after its input, for now.
struct Wire {
    input: Cursor<Vec<u8>>,
    output: Vec<u8>,
}

impl Read for Wire {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.input.read(buf)? {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            len => Ok(len),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.output.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How a run of input ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Starved,
    Closed,
    Refused,
}

fn oracle(role: tungstenite::protocol::Role, input: Vec<u8>) -> WebSocket<Wire> {
    let config = WebSocketConfig::default()
        .read_buffer_size(4096)
        .max_frame_size(Some(LIMIT))
        .max_message_size(Some(LIMIT));
    WebSocket::from_raw_socket(Wire { input: Cursor::new(input), output: Vec::new() }, role, Some(config))
}

fn theirs(role: tungstenite::protocol::Role, input: &[u8]) -> (Vec<Owned>, End) {
    let mut socket = oracle(role, input.to_vec());
    let mut messages = Vec::new();
    loop {
        messages.push(match socket.read() {
            Ok(tungstenite::Message::Text(text)) => Owned::Text(text.as_str().into()),
            Ok(tungstenite::Message::Binary(bytes)) => Owned::Binary(bytes.to_vec()),
            Ok(tungstenite::Message::Ping(bytes)) => Owned::Ping(bytes.to_vec()),
            Ok(tungstenite::Message::Pong(bytes)) => Owned::Pong(bytes.to_vec()),
            Ok(tungstenite::Message::Close(_)) => return (messages, End::Closed),
            Ok(other) => panic!("unexpected {other:?}"),
            Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                return (messages, End::Starved);
            }
            Err(_) => return (messages, End::Refused),
        });
    }
}

fn ours(role: Role, input: &[u8], cuts: &[Index]) -> (Vec<Owned>, End, Option<Error>) {
    let mut decoder = Decoder::new(role, LIMIT);
    let (mut messages, error) = decode_chunks(&mut decoder, cut(input, cuts));
    let closed = messages.pop_if(|message| matches!(message, Owned::Close(_))).is_some();
    let end = match error {
        Some(_) => End::Refused,
        None if closed => End::Closed,
        None => End::Starved,
    };
    (messages, end, error)
}

/// Holds our verdict against theirs. We may refuse where they wait, for we look at each byte as it
/// comes; and where they are lax: lengths that are not minimal, close codes that may not be sent.
fn compare(role: Role, input: &[u8], cuts: &[Index]) -> Result<(), TestCaseError> {
    let their_role = match role {
        Role::Server => tungstenite::protocol::Role::Server,
        Role::Client => tungstenite::protocol::Role::Client,
    };
    let (messages, end, error) = ours(role, input, cuts);
    let (their_messages, their_end) = theirs(their_role, input);
    match error {
        Some(Error::InvalidLength) => prop_assert!(their_messages.starts_with(&messages)),
        Some(Error::CloseCode(_)) => {
            prop_assert_eq!(messages, their_messages);
            prop_assert_ne!(their_end, End::Starved);
        }
        Some(_) if their_end == End::Starved => prop_assert_eq!(messages, their_messages),
        _ => prop_assert_eq!((messages, end), (their_messages, their_end)),
    }
    Ok(())
}

/// Payloads that are text, nearly text, close reasons, and around the limits.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "\\PC{0,20}".prop_map(String::into_bytes),
        2 => vec(any::<u8>(), 0..12),
        2 => (prop_oneof![990_u16..1020, 2990_u16..3010, any::<u16>()], "\\PC{0,8}")
            .prop_map(|(code, reason)| [&code.to_be_bytes()[..], reason.as_bytes()].concat()),
        1 => vec(any::<u8>(), 120..130),
        1 => (LIMIT - 2..LIMIT + 2).prop_map(|len| vec![b'x'; len]),
    ]
}

/// The first byte of a frame: mostly sound, now and then not.
fn first_byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        20 => prop::sample::select(vec![FIN | TEXT, FIN | BINARY, TEXT, BINARY, CONTINUATION, FIN]),
        6 => prop::sample::select(vec![FIN | PING, FIN | PONG, FIN | CLOSE]),
        1 => any::<u8>(),
    ]
}

/// A run that begins a message and goes on with it, so that fragments are common.
fn frames() -> impl Strategy<Value = Vec<u8>> {
    vec((first_byte(), payload()), 0..8)
        .prop_map(|frames| frames.iter().flat_map(|(first, payload)| frame(*first, payload)).collect())
}

/// One text message whose bytes are cut into fragments anywhere, perhaps with a byte spoilt.
fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let spoilt = prop::option::of((any::<Index>(), any::<u8>()));
    ("\\PC{1,20}", spoilt, vec(any::<Index>(), 1..5)).prop_map(|(text, spoilt, cuts)| {
        let mut bytes = text.into_bytes();
        if let Some((place, byte)) = spoilt {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let pieces = cut(&bytes, &cuts);
        let last = pieces.len() - 1;
        let first = |i| if i == 0 { TEXT } else { CONTINUATION } | if i == last { FIN } else { 0 };
        pieces.iter().enumerate().flat_map(|(i, piece)| frame(first(i), piece)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn frames_fare_alike(input in frames(), cuts in vec(any::<Index>(), 0..6)) {
        compare(Role::Server, &input, &cuts)?;
    }

    #[test]
    fn fragments_fare_alike(input in fragments(), cuts in vec(any::<Index>(), 0..6)) {
        compare(Role::Server, &input, &cuts)?;
    }

    #[test]
    fn random_bytes_fare_alike(input in vec(any::<u8>(), 0..60), cuts in vec(any::<Index>(), 0..6)) {
        compare(Role::Server, &input, &cuts)?;
        compare(Role::Client, &input, &cuts)?;
    }
}

proptest! {
    #[test]
    fn they_read_what_we_write(text in "\\PC{0,200}", bytes in vec(any::<u8>(), 0..LIMIT), key: [u8; 4]) {
        let expected = vec![Owned::Text(text.clone()), Owned::Binary(bytes.clone())];
        let (mut server, mut client) = (Vec::new(), Vec::new());
        encode(Opcode::Text, text.as_bytes(), &mut server);
        encode(Opcode::Binary, &bytes, &mut server);
        encode_masked(Opcode::Text, text.as_bytes(), key, &mut client);
        encode_masked(Opcode::Binary, &bytes, key, &mut client);
        let client_reads = theirs(tungstenite::protocol::Role::Client, &server);
        prop_assert_eq!(client_reads, (expected.clone(), End::Starved));
        let server_reads = theirs(tungstenite::protocol::Role::Server, &client);
        prop_assert_eq!(server_reads, (expected, End::Starved));
    }

    #[test]
    fn we_read_what_they_write(text in "\\PC{0,200}", bytes in vec(any::<u8>(), 0..LIMIT)) {
        let expected = vec![Owned::Text(text.clone()), Owned::Binary(bytes.clone())];
        for (role, their_role) in [
            (Role::Server, tungstenite::protocol::Role::Client),
            (Role::Client, tungstenite::protocol::Role::Server),
        ] {
            let mut socket = oracle(their_role, Vec::new());
            socket.send(tungstenite::Message::text(text.clone())).unwrap();
            socket.send(tungstenite::Message::binary(bytes.clone())).unwrap();
            let (messages, end, _) = ours(role, &socket.get_ref().output, &[]);
            prop_assert_eq!((messages, end), (expected.clone(), End::Starved));
        }
    }
}
