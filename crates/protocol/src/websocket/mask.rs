//! Masking (section 5.3).

/// Masks `payload` with `key`, or takes the mask off again.
pub(super) fn mask(payload: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let twice = [a, b, c, d, a, b, c, d];
    let word = u64::from_ne_bytes(twice);
    let (words, rest) = payload.as_chunks_mut::<8>();
    for bytes in words {
        *bytes = (u64::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(twice) {
        *byte ^= key;
    }
}

/// The key for what follows `len` bytes masked with `key`.
pub(super) fn advance(mut key: [u8; 4], len: usize) -> [u8; 4] {
    key.rotate_left(len % 4);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_as_the_plain_definition_at_any_length_and_split() {
        let key = [0x37, 0xfa, 0x21, 0x3d];
        for len in 0..70_usize {
            let plain: Vec<u8> = (0..len as u8).collect();
            let defined: Vec<u8> = plain.iter().zip(key.iter().cycle()).map(|(b, k)| b ^ k).collect();
            for split in 0..=len {
                let mut masked = plain.clone();
                let (front, back) = masked.split_at_mut(split);
                mask(front, key);
                mask(back, advance(key, split));
                assert_eq!(masked, defined, "length {len} split at {split}");
            }
        }
    }
}
