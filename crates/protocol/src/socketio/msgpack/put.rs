//! Writing MessagePack, each value in its shortest form.

/// Appends the head of an array.
pub(super) fn array(len: usize, out: &mut Vec<u8>) {
    head(len, [(0x90, 0x0F)], [(0xDC, 2), (0xDD, 4)], out);
}

/// Appends the head of a map.
pub(super) fn map(len: usize, out: &mut Vec<u8>) {
    head(len, [(0x80, 0x0F)], [(0xDE, 2), (0xDF, 4)], out);
}

/// Appends the head of a string of `len` bytes.
pub(super) fn text_head(len: usize, out: &mut Vec<u8>) {
    head(len, [(0xA0, 0x1F)], [(0xD9, 1), (0xDA, 2), (0xDB, 4)], out);
}

/// Appends a string.
pub(super) fn text(text: &str, out: &mut Vec<u8>) {
    text_head(text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

/// Appends bytes.
pub(super) fn bytes(bytes: &[u8], out: &mut Vec<u8>) {
    head(bytes.len(), [], [(0xC4, 1), (0xC5, 2), (0xC6, 4)], out);
    out.extend_from_slice(bytes);
}

/// Appends an integer from 0 on.
pub(super) fn unsigned(value: u64, out: &mut Vec<u8>) {
    match value {
        0..=0x7F => out.push(value as u8),
        0x80..=0xFF => sized(0xCC, value, 1, out),
        0x100..=0xFFFF => sized(0xCD, value, 2, out),
        0x1_0000..=0xFFFF_FFFF => sized(0xCE, value, 4, out),
        _ => sized(0xCF, value, 8, out),
    }
}

/// Appends any integer.
pub(super) fn signed(value: i64, out: &mut Vec<u8>) {
    let bits = value.cast_unsigned();
    match value {
        0.. => unsigned(bits, out),
        -0x20..0 => out.push(bits as u8),
        -0x80..-0x20 => sized(0xD0, bits, 1, out),
        -0x8000..-0x80 => sized(0xD1, bits, 2, out),
        -0x8000_0000..-0x8000 => sized(0xD2, bits, 4, out),
        _ => sized(0xD3, bits, 8, out),
    }
}

/// Appends a number with something behind the point, or one that is out of range for integers.
pub(super) fn float(value: f64, out: &mut Vec<u8>) {
    out.push(0xCB);
    out.extend_from_slice(&value.to_be_bytes());
}

/// Appends a head: its length within the format, or in the least of some widths.
///
/// What does not fit into 32 bits does not fit into a message either, whose limit is far below.
fn head<const F: usize, const W: usize>(
    len: usize,
    fixed: [(u8, usize); F],
    widths: [(u8, usize); W],
    out: &mut Vec<u8>,
) {
    if let Some((format, _)) = fixed.iter().find(|(_, most)| len <= *most) {
        return out.push(format | len as u8);
    }
    let fits = |&&(_, width): &&(u8, usize)| len >> (8 * width) == 0;
    if let Some((format, width)) = widths.iter().find(fits) {
        sized(*format, len as u64, *width, out);
    }
}

/// Appends a format byte and the last `width` bytes of a number.
fn sized(format: u8, value: u64, width: usize, out: &mut Vec<u8>) {
    out.push(format);
    out.extend_from_slice(&value.to_be_bytes()[8 - width..]);
}
