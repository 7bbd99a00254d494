//! One input, cut as a network might.

/// The seed that leaves the input whole.
pub const WHOLE: u8 = 0;

/// The seed that cuts the input into single bytes.
pub const BYTES: u8 = 1;

/// Cuts `input` into pieces, of which some may be empty: the same for the same seed.
pub fn pieces(input: &[u8], seed: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(input);
    let mut state = u32::from(seed);
    std::iter::from_fn(move || {
        let (piece, behind) = rest?.split_at_checked(size(seed, &mut state)).unwrap_or((rest?, &[]));
        rest = Some(behind).filter(|behind| !behind.is_empty());
        Some(piece)
    })
}

/// The size of the next piece: small ones are as likely as large ones.
fn size(seed: u8, state: &mut u32) -> usize {
    match seed {
        WHOLE => usize::MAX,
        BYTES => 1,
        _ => {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let most = 1 << (*state >> 28);
            (*state >> 8) as usize % most
        }
    }
}
