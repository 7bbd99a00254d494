//! What a peer can do wrong, and the close code that answers it.

/// A breach of the protocol by the peer; the connection is to be closed with [`Error::close_code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A reserved bit is set that no extension was negotiated for, or not on this frame (section 5.2).
    #[error("reserved bit set")]
    ReservedBits,
    /// An opcode of 3–7 or B–F (section 5.2).
    #[error("reserved opcode {0:#x}")]
    ReservedOpcode(u8),
    /// A frame of a client that is not masked (section 5.1).
    #[error("frame not masked")]
    Unmasked,
    /// A frame of a server that is masked (section 5.1).
    #[error("frame masked")]
    Masked,
    /// A control frame of more than 125 bytes (section 5.5).
    #[error("control frame too long")]
    ControlTooLong,
    /// A control frame without FIN (section 5.5).
    #[error("control frame fragmented")]
    ControlFragmented,
    /// A continuation of nothing (section 5.4).
    #[error("continuation without a first fragment")]
    UnexpectedContinuation,
    /// A new message before the last fragment of another (section 5.4).
    #[error("new message amid the fragments of another")]
    InterruptedMessage,
    /// A length written in more bytes than needed, or above 2⁶³−1 (section 5.2).
    #[error("invalid payload length")]
    InvalidLength,
    /// Text or a close reason that is not UTF-8 (section 8.1).
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// A close payload of one byte (section 5.5.1).
    #[error("close payload cut short")]
    ClosePayload,
    /// A close code that must not be sent (section 7.4).
    #[error("invalid close code {0}")]
    CloseCode(u16),
    /// A message above the decoder's limit, found by its header or while inflating (section 10.4).
    #[error("message too big")]
    TooBig,
    /// A message of more than [`MAX_FRAGMENTS`](super::MAX_FRAGMENTS) frames (section 10.4).
    #[error("too many fragments")]
    TooManyFragments,
    /// A compressed message that cannot be inflated (RFC 7692, section 7.2.2).
    #[error("invalid compressed data")]
    InvalidDeflate,
}

impl Error {
    /// The close code to answer with (section 7.4.1).
    pub const fn close_code(&self) -> u16 {
        match self {
            Self::InvalidUtf8 | Self::InvalidDeflate => 1007,
            Self::TooManyFragments => 1008,
            Self::TooBig => 1009,
            _ => 1002,
        }
    }
}
