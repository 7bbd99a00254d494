//! Reading back frames of our own making.

use super::Opcode;

/// Walks a run of whole unmasked frames, such as an outbox holds; yields opcode and payload.
///
/// It trusts its input and ends at the first byte that is not of a whole frame made by
/// [`encode`](super::encode()). What a peer sent goes through a [`Decoder`](super::Decoder).
#[derive(Debug, Clone)]
pub struct Frames<'a> {
    rest: &'a [u8],
}

impl<'a> Frames<'a> {
    /// Starts at the front of `frames`.
    pub const fn new(frames: &'a [u8]) -> Self {
        Self { rest: frames }
    }

    /// What has not been walked yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = (Opcode, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[first, short], rest) = self.rest.split_first_chunk()?;
        let (length, rest) = match short {
            0..=125 => (usize::from(short), rest),
            126 => {
                let (bytes, rest) = rest.split_first_chunk()?;
                (usize::from(u16::from_be_bytes(*bytes)), rest)
            }
            127 => {
                let (bytes, rest) = rest.split_first_chunk()?;
                (usize::try_from(u64::from_be_bytes(*bytes)).ok()?, rest)
            }
            _ => return None,
        };
        let opcode = Opcode::parse(first)?;
        let (payload, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some((opcode, payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::websocket::encode;

    #[test]
    fn walks_frames_of_every_header_length() {
        let payloads = [vec![], vec![1; 125], vec![2; 126], vec![3; 0xFFFF], vec![4; 0x1_0000]];
        let mut run = Vec::new();
        for payload in &payloads {
            encode(Opcode::Binary, payload, &mut run);
        }
        let walked: Vec<_> = Frames::new(&run).map(|(_, payload)| payload.to_vec()).collect();
        assert_eq!(walked, payloads);
    }

    #[test]
    fn stops_at_a_cut_frame() {
        let mut run = Vec::new();
        encode(Opcode::Text, b"whole", &mut run);
        encode(Opcode::Text, b"cut", &mut run);
        run.pop();
        let mut frames = Frames::new(&run);
        assert_eq!(frames.next(), Some((Opcode::Text, &b"whole"[..])));
        assert_eq!(frames.next(), None);
        assert_eq!(frames.rest().len(), 4);
    }
}
