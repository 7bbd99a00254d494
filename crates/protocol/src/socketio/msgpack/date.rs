//! Dates, as JavaScript writes them in JSON.

use std::fmt;

use super::token::ReadError;

/// A moment that JavaScript's `Date` can hold (ECMA-262, section 21.4.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    /// Since 1970, leap seconds apart.
    millis: i64,
}

impl Date {
    pub(super) fn from_millis(millis: i64) -> Option<Self> {
        (millis.unsigned_abs() <= MAX_MILLIS).then_some(Self { millis })
    }

    /// Reads the timestamp extension, of type −1 (MessagePack, "Timestamp extension type").
    ///
    /// `None` is a moment out of the range of dates.
    pub(super) fn from_timestamp(data: &[u8]) -> Result<Option<Self>, ReadError> {
        let (seconds, nanos) = timestamp(data).ok_or(ReadError::Extension)?;
        let millis = seconds.checked_mul(1000).and_then(|ms| ms.checked_add_unsigned(nanos / 1_000_000));
        Ok(millis.and_then(Self::from_millis))
    }

    /// Year, month and day in the Gregorian calendar.
    fn civil(self) -> (i64, i64, i64) {
        // counted from March of the year 0, so that a leap day is the last of its year
        let days = self.millis.div_euclid(DAY) + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let year = era * 400 + year_of_era + i64::from(month >= 10);
        (year, if month < 10 { month + 3 } else { month - 9 }, day)
    }
}

/// Writes `YYYY-MM-DDTHH:mm:ss.sssZ`, with a sign and six digits for years of other than four.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        let millis = self.millis.rem_euclid(DAY);
        let (hour, minute, second) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
        match year {
            0..=9999 => write!(f, "{year:04}")?,
            _ => write!(f, "{year:+07}")?,
        }
        write!(f, "-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", millis % 1000)
    }
}

/// Seconds and nanoseconds of a timestamp in one of its three lengths.
fn timestamp(data: &[u8]) -> Option<(i64, u64)> {
    Some(match data.len() {
        4 => (u32::from_be_bytes(data.try_into().ok()?).into(), 0),
        8 => {
            let both = u64::from_be_bytes(data.try_into().ok()?);
            ((both & ((1 << 34) - 1)).cast_signed(), both >> 34)
        }
        _ => {
            let (nanos, seconds) = data.split_first_chunk()?;
            (i64::from_be_bytes(seconds.try_into().ok()?), u32::from_be_bytes(*nanos).into())
        }
    })
}

const MAX_MILLIS: u64 = 8_640_000_000_000_000;

const DAY: i64 = 86_400_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_javascript_writes() {
        // `new Date(ms).toISOString()` of Node 22
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_445_412_480_123, "2015-10-21T07:28:00.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-000001-12-31T23:59:59.999Z"),
            (8_640_000_000_000_000, "+275760-09-13T00:00:00.000Z"),
            (-8_640_000_000_000_000, "-271821-04-20T00:00:00.000Z"),
        ];
        for (millis, text) in cases {
            assert_eq!(Date::from_millis(millis).unwrap().to_string(), text);
        }
        assert_eq!(Date::from_millis(8_640_000_000_000_001), None);
        assert_eq!(Date::from_millis(i64::MIN), None);
    }
}
