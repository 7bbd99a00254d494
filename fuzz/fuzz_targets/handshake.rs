//! The headers of the opening handshake: offers of compression, and the key.
//!
//! Input: the server's configuration; the value of a header.
#![no_main]

use chorus_fuzz::budget;
use chorus_protocol::websocket::{
    deflate::{Config, Context, WindowBits, negotiate},
    handshake::accept_key,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[mode], value)) = data.split_first_chunk() else { return };
    key(value);
    if let Ok(header) = str::from_utf8(value) {
        budget::memory(8 * header.len() + SPARE, || offers(header, &config(mode)));
    }
});

fn key(value: &[u8]) {
    let Ok(accept) = accept_key(value) else { return };
    assert_eq!(value.len(), 24, "16 bytes in base64");
    assert!(accept.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)));
}

fn offers(header: &str, config: &Config) {
    let answer = |header: &str| negotiate(header, config).map(|agreement| agreement.to_string());
    let ours = answer(header);
    if let Some(ours) = &ours {
        assert!(is_answer(ours, header), "{ours}");
        // what is answered is a valid offer, too
        assert!(answer(ours).is_some(), "{ours}");
    }
    assert_eq!(answer(&format!("x-other; a=\"b\", {header}")), ours, "another extension is passed over");
    let behind = answer(&format!("{header}, permessage-deflate"));
    assert_eq!(behind, ours.or_else(|| answer("permessage-deflate")), "the first valid offer counts");
}

/// Whether an answer is one extension with parameters that may be there (RFC 7692, section 7.1).
fn is_answer(answer: &str, header: &str) -> bool {
    // a client that did not say so cannot be told its window
    let may_be_told = header.contains("client_max_window_bits");
    let mut params = answer.split("; ");
    params.next() == Some("permessage-deflate")
        && params.all(|param| match param.split_once('=') {
            None => matches!(param, "server_no_context_takeover" | "client_no_context_takeover"),
            Some(("server_max_window_bits", bits)) => is_window(bits),
            Some(("client_max_window_bits", bits)) => may_be_told && is_window(bits),
            Some(_) => false,
        })
}

fn is_window(bits: &str) -> bool {
    bits.parse().is_ok_and(|bits| WindowBits::new(bits).is_some())
}

fn config(mode: u8) -> Config {
    let context = |bit| if mode & bit == 0 { Context::Reset } else { Context::Keep };
    let window = |bits| WindowBits::new(bits).expect("from 9 to 15");
    Config {
        server_context: context(1),
        client_context: context(2),
        server_window: window(9 + (mode >> 2) % 7),
        client_window: window(9 + (mode >> 5) % 7),
        ..Config::default()
    }
}

const SPARE: usize = 16 << 10;
