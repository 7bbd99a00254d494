//! The code people type to join.

use std::fmt;

use crate::{Error, Result, random};

/// Letters and digits that cannot be taken for one another: no 0, O, 1, I and L.
const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// Six characters that name a room: one of 887 million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JoinCode([u8; 6]);

impl JoinCode {
    /// Reads a code in any case, with or without blanks and dashes. What cannot be a code names
    /// no room: [`Error::UnknownRoom`].
    pub fn parse(text: &str) -> Result<Self> {
        let mut code = [0; 6];
        let mut length = 0;
        for character in text.chars() {
            if character.is_whitespace() || matches!(character, '-' | '‐' | '‑' | '–') {
                continue;
            }
            let letter = u8::try_from(character.to_ascii_uppercase()).unwrap_or(0);
            if !ALPHABET.contains(&letter) || length == code.len() {
                return Err(Error::UnknownRoom);
            }
            code[length] = letter;
            length += 1;
        }
        if length == code.len() { Ok(Self(code)) } else { Err(Error::UnknownRoom) }
    }

    /// A random code, each as likely as any other.
    pub fn random() -> Result<Self> {
        let mut code = [0; 6];
        let mut length = 0;
        while length < code.len() {
            for byte in random::bytes::<16>()? {
                // 248 is the largest multiple of 31 in a byte: what is above would favour some.
                if byte < 248 && length < code.len() {
                    code[length] = ALPHABET[usize::from(byte) % ALPHABET.len()];
                    length += 1;
                }
            }
        }
        Ok(Self(code))
    }
}

impl fmt::Display for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blanks_dashes_and_case_do_not_matter() {
        let code = JoinCode::parse("ABC234").unwrap();
        for typed in ["abc 234", " ABC-234 ", "a b c 2 3 4", "abc–234"] {
            assert_eq!(JoinCode::parse(typed).unwrap(), code, "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_names_no_room() {
        for typed in ["", "ABC23", "ABC2345", "ABC 23O", "ÄBC234", "ABC23\0", "ＡBC234"] {
            assert!(matches!(JoinCode::parse(typed), Err(Error::UnknownRoom)), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".*") {
            let _ = JoinCode::parse(&text);
        }

        #[test]
        fn a_code_survives_being_written_and_read(_n in 0..64) {
            let code = JoinCode::random().unwrap();
            prop_assert_eq!(JoinCode::parse(&code.to_string()).unwrap(), code);
        }
    }
}
