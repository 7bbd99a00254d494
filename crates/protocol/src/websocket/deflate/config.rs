//! What a server wants of compression.

/// What becomes of the window that a message has filled (section 7.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Each message is compressed by itself.
    Reset,
    /// A message can refer to those before it.
    Keep,
}

/// The size of a window: this power of two, in bytes (section 7.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WindowBits(u8);

impl WindowBits {
    /// The largest window, of 32 KiB.
    pub const MAX: Self = Self(15);

    /// The smallest window that can be used here, of 512 bytes.
    ///
    /// The RFC allows one of 256, which zlib cannot write.
    pub const MIN: Self = Self(9);

    /// A window of 2 to the power of `bits`, none unless that is from 9 to 15.
    pub const fn new(bits: u8) -> Option<Self> {
        if bits >= Self::MIN.0 && bits <= Self::MAX.0 { Some(Self(bits)) } else { None }
    }

    /// The exponent.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// A server's side of the negotiation, the same for all of its clients.
///
/// ```
/// use chorus_protocol::websocket::deflate::{Config, Context, WindowBits, negotiate};
///
/// // small messages of clients compress better when each can refer to those before it
/// let config = Config { client_context: Context::Keep, level: 9, ..Config::default() };
/// let agreement = negotiate("permessage-deflate; client_max_window_bits", &config).expect("an offer");
/// assert_eq!(agreement.to_string(), "permessage-deflate; server_no_context_takeover");
/// assert_eq!(WindowBits::new(16), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Messages of fewer bytes are not compressed, unless the server's context is kept.
    pub threshold: usize,
    /// From 1, fast, to 9, small.
    pub level: u8,
    /// What the server does, if the client does not ask for [`Context::Reset`].
    pub server_context: Context,
    /// What the client may do.
    pub client_context: Context,
    /// The server's window, if the client does not ask for a smaller one.
    pub server_window: WindowBits,
    /// The client's window, if it can be told.
    pub client_window: WindowBits,
}

impl Default for Config {
    /// No context on either side, and the thresholds and sizes of Node's `ws`.
    fn default() -> Self {
        Self {
            threshold: 1024,
            level: 6,
            server_context: Context::Reset,
            client_context: Context::Reset,
            server_window: WindowBits::MAX,
            client_window: WindowBits::MAX,
        }
    }
}
