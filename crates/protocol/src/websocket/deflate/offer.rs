//! What a client's `Sec-WebSocket-Extensions` offers (section 7.1, RFC 6455 section 9.1).

use super::{Context, WindowBits};

/// One `permessage-deflate` that a client offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    /// What the client wants of the server.
    pub(super) server_context: Context,
    /// What the client will do.
    pub(super) client_context: Context,
    /// The largest window the client can read.
    pub(super) server_window: Option<WindowBits>,
    /// Whether the client can be told its window.
    pub(super) client_window_allowed: bool,
    /// The largest window the client will use.
    pub(super) client_window: WindowBits,
}

impl Offer {
    /// The valid offers of a header, in the client's order of preference.
    ///
    /// Other extensions are passed over, as are offers with parameters that are unknown, invalid or
    /// there twice. Values in quotes are tokens nevertheless: one with a comma is not valid, so it
    /// may be cut there.
    pub(super) fn all(header: &str) -> impl Iterator<Item = Self> {
        header.split(',').filter_map(|extension| {
            let mut parts = extension.split(';').map(|part| part.trim_matches([' ', '\t']));
            (parts.next() == Some(NAME)).then(|| Self::parse(parts)).flatten()
        })
    }

    fn parse<'a>(params: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut seen = Seen::default();
        let mut offer = Self {
            server_context: Context::Keep,
            client_context: Context::Keep,
            server_window: None,
            client_window_allowed: false,
            client_window: WindowBits::MAX,
        };
        for param in params {
            let (name, value) = match param.split_once('=') {
                Some((name, value)) => (name, Some(unquote(value)?)),
                None => (param, None),
            };
            match (name, value) {
                ("server_no_context_takeover", None) if seen.first(0) => {
                    offer.server_context = Context::Reset;
                }
                ("client_no_context_takeover", None) if seen.first(1) => {
                    offer.client_context = Context::Reset;
                }
                ("server_max_window_bits", Some(bits)) if seen.first(2) => {
                    // a window of 256 bytes is valid, but not for zlib to write
                    offer.server_window = Some(WindowBits::new(window(bits)?)?);
                }
                ("client_max_window_bits", bits) if seen.first(3) => {
                    offer.client_window_allowed = true;
                    let bits = bits.map_or(Some(WindowBits::MAX.get()), window)?;
                    offer.client_window = WindowBits::new(bits).unwrap_or(WindowBits::MIN);
                }
                _ => return None,
            }
        }
        Some(offer)
    }
}

/// Which parameters were there.
#[derive(Default)]
struct Seen([bool; 4]);

impl Seen {
    fn first(&mut self, param: usize) -> bool {
        !std::mem::replace(&mut self.0[param], true)
    }
}

/// A value without its quotes, if it has them at both ends.
fn unquote(value: &str) -> Option<&str> {
    match value.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"'),
        None => Some(value),
    }
}

/// An integer from 8 to 15, without leading zeros (section 7.1.2.1).
fn window(value: &str) -> Option<u8> {
    let canonical = matches!(value.as_bytes(), [b'8' | b'9'] | [b'1', b'0'..=b'5']);
    value.parse().ok().filter(|_| canonical)
}

const NAME: &str = "permessage-deflate";
