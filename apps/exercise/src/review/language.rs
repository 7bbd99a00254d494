//! The languages of a printed review.

/// The language of the words around those of the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// The language of a tag such as `de-AT`; English when there is no other.
    pub fn of(tag: &str) -> Self {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("de") { Self::German } else { Self::English }
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// A number with its thousands apart, at most three decimals, and a minus sign.
    pub(super) fn number(self, thousandths: i64) -> String {
        let (group, point) = match self {
            Self::English => (',', '.'),
            Self::German => ('.', ','),
        };
        let size = thousandths.unsigned_abs();
        let whole = grouped(size / 1000, group);
        let decimals = format!("{:03}", size % 1000);
        let decimals = decimals.trim_end_matches('0');
        let sign = if thousandths < 0 { "−" } else { "" };
        if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{point}{decimals}") }
    }

    /// A change, with its sign; nothing when there is none.
    pub(super) fn change(self, thousandths: i64) -> String {
        match thousandths {
            0 => String::new(),
            change if change > 0 => format!("+{}", self.number(change)),
            change => self.number(change),
        }
    }
}

fn grouped(number: u64, group: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(group);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_has_them() {
        assert_eq!(Language::English.number(1_234_567_500), "1,234,567.5");
        assert_eq!(Language::German.number(-6_000_000), "−6.000");
        assert_eq!(Language::English.number(-50), "−0.05");
        assert_eq!(Language::German.change(500), "+0,5");
        assert_eq!(Language::English.change(0), "");
        assert_eq!(Language::English.number(999_000), "999");
    }

    #[test]
    fn a_tag_names_a_language() {
        assert_eq!(Language::of("de-AT"), Language::German);
        assert_eq!(Language::of("DE"), Language::German);
        assert_eq!(Language::of("den"), Language::English);
        assert_eq!(Language::of(""), Language::English);
    }
}
