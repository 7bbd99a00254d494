//! Randomness from the operating system: ids, secrets and their hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::Error;

/// `N` random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the operating system has no random bytes");
        Error::Internal
    })?;
    Ok(bytes)
}

/// A random positive id. With 63 bits, a billion ids collide with a chance of one in twenty;
/// the primary key refuses the second one.
pub fn id() -> Result<i64, Error> {
    Ok((u64::from_le_bytes(bytes()?) >> 1).cast_signed())
}

/// A secret of 256 bits, given out once and kept only as its [`hash`].
pub fn secret() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// What is stored of a secret: its SHA-256, as hexadecimal text.
///
/// A plain hash is enough for 256 random bits: there is nothing to guess.
pub fn hash(secret: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(secret).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
