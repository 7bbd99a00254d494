//! The opening handshake's proof (section 4.2.2).

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use sha1::{Digest, Sha1};

/// The length of a `Sec-WebSocket-Key`: 16 bytes in base64.
const KEY_LEN: usize = 24;
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Like Node's: the spare bits of a last character are nobody's business.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The `Sec-WebSocket-Key` is not 16 bytes in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("invalid Sec-WebSocket-Key")]
pub struct InvalidKey;

/// The `Sec-WebSocket-Accept`, in ASCII, that answers a `Sec-WebSocket-Key`.
pub fn accept_key(key: &[u8]) -> Result<[u8; 28], InvalidKey> {
    let mut nonce = [0; KEY_LEN];
    if key.len() != KEY_LEN || BASE64.decode_slice(key, &mut nonce) != Ok(16) {
        return Err(InvalidKey);
    }
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    let mut accept = [0; 28];
    match BASE64.encode_slice(digest, &mut accept) {
        Ok(28) => Ok(accept),
        _ => Err(InvalidKey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_the_key_of_section_1_3() {
        let accept = accept_key(b"dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(accept, Ok(*b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }

    #[test]
    fn takes_spare_bits_as_node_does() {
        assert!(accept_key(b"dGhlIHNhbXBsZSBub25jZR==").is_ok());
    }

    #[test]
    fn refuses_what_is_not_sixteen_bytes_in_base64() {
        for key in [
            &b""[..],
            b"dGhlIHNhbXBsZSBub25jZQ",
            b"dGhlIHNhbXBsZSBub25jZQ== ",
            b"dGhlIHNhbXBsZSBub25jZQAA",
            b"dGhlIHNhbXBsZSBub25jZQA=",
            b"dGhlIHNhbXBsZSBub25j*Q==",
            b"dGhlIHNhbXBsZSBub25j\xffQ==",
            &[b'A'; 25],
            &[b'A'; 10_000],
        ] {
            assert_eq!(accept_key(key), Err(InvalidKey));
        }
    }
}
