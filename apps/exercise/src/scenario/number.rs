//! Numbers as people write them in a scenario, exact inside.

use std::fmt;
use std::ops::{Add, Neg, Sub};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

/// Support in points, exact to a thousandth: up to 1,000,000 either way. A number in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, TS)]
#[ts(type = "number", export, export_to = "exercise/")]
pub struct Points(i64);

/// The most that is read, in points.
const MOST: f64 = 1e6;

impl Points {
    /// Whole points.
    pub const fn whole(points: i64) -> Self {
        Self(points * 1000)
    }

    /// The nearest thousandth; none beyond a million, and for what is no number.
    pub fn from_f64(points: f64) -> Option<Self> {
        (points.abs() <= MOST).then(|| Self((points * 1000.0).round() as i64))
    }

    /// The nearest number.
    pub fn as_f64(self) -> f64 {
        // exact: at most a million points, in thousandths
        #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
        let thousandths = self.0 as f64;
        thousandths / 1000.0
    }

    /// In thousandths of a point.
    pub fn thousandths(self) -> i64 {
        self.0
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Points {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Points {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_f64().fmt(f)
    }
}

impl Serialize for Points {
    /// Without a fraction where there is none: `55`, as JSON of JavaScript has it.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1000 == 0 { to.serialize_i64(self.0 / 1000) } else { to.serialize_f64(self.as_f64()) }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let points = f64::deserialize(from)?;
        Self::from_f64(points).ok_or_else(|| de::Error::custom("support is at most a million points"))
    }
}

impl JsonSchema for Points {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Points".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number", "minimum": -1e6, "maximum": 1e6, "description": "Points of support."})
    }
}

/// Game time in milliseconds. Written as `m:ss`, with `.mmm` where needed; read from that or from
/// a number of seconds. Up to 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, TS)]
#[ts(type = "string", export, export_to = "exercise/")]
pub struct GameTime(u32);

impl GameTime {
    /// The latest: 24 hours.
    pub const MAX: Self = Self(24 * 60 * 60 * 1000);

    /// Some minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes * 60_000)
    }

    /// Some milliseconds; none beyond 24 hours.
    pub fn from_millis(millis: i64) -> Option<Self> {
        let time = Self(u32::try_from(millis).ok()?);
        (time <= Self::MAX).then_some(time)
    }

    /// In milliseconds.
    pub fn millis(self) -> i64 {
        i64::from(self.0)
    }

    /// Reads `m:ss`, `m:ss.mmm`, `h:mm:ss` or seconds.
    pub fn parse(text: &str) -> Option<Self> {
        let mut seconds = 0.0;
        let parts = text.trim().split(':');
        for (place, part) in parts.enumerate() {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let number: f64 = part.parse().ok().filter(|_| digits)?;
            if place > 2 || (place > 0 && number >= 60.0) {
                return None;
            }
            seconds = seconds * 60.0 + number;
        }
        Self::from_seconds(seconds)
    }

    fn from_seconds(seconds: f64) -> Option<Self> {
        let millis = (seconds * 1000.0).round();
        let fits = (0.0..=f64::from(Self::MAX.0)).contains(&millis);
        #[allow(clippy::cast_sign_loss, reason = "not below 0")]
        fits.then_some(Self(millis as u32))
    }
}

impl fmt::Display for GameTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, rest) = (self.0 / 60_000, self.0 % 60_000);
        write!(f, "{minutes}:{:02}", rest / 1000)?;
        if rest % 1000 == 0 { Ok(()) } else { write!(f, ".{:03}", rest % 1000) }
    }
}

impl Serialize for GameTime {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GameTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Time;

        impl Visitor<'_> for Time {
            type Value = GameTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time up to 24 hours, such as 4:30 for 4 minutes and 30 seconds")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<GameTime, E> {
                GameTime::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<GameTime, E> {
                i64::try_from(seconds)
                    .ok()
                    .and_then(|seconds| GameTime::from_millis(seconds.checked_mul(1000)?))
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(seconds), &self))
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<GameTime, E> {
                u64::try_from(seconds)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(seconds), &self))
                    .and_then(|seconds| self.visit_u64(seconds))
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<GameTime, E> {
                GameTime::from_seconds(seconds)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Float(seconds), &self))
            }
        }

        from.deserialize_any(Time)
    }
}

impl JsonSchema for GameTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "GameTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "number"],
            "pattern": "^[0-9]+(:[0-5]?[0-9](\\.[0-9]{1,3})?)?(:[0-5]?[0-9](\\.[0-9]{1,3})?)?$",
            "minimum": 0,
            "maximum": 86400,
            "description": "Game time: 4:30 or 270 for 4 minutes and 30 seconds; up to 24 hours.",
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_minutes_and_seconds() {
        for (text, millis) in
            [("4:30", 270_000), ("75:00", 4_500_000), ("1:15:00", 4_500_000), ("90", 90_000)]
        {
            assert_eq!(GameTime::parse(text).map(GameTime::millis), Some(millis), "{text}");
        }
        for text in ["", "x", "1:60", "-1", "1:2:3:4", "24:00:01", "1e3", "1::2", "inf"] {
            assert_eq!(GameTime::parse(text), None, "{text}");
        }
        assert_eq!(serde_json::from_str::<GameTime>("270").unwrap(), GameTime(270_000));
        assert!(serde_json::from_str::<GameTime>("-1").is_err());
    }

    #[test]
    fn points_are_written_without_a_needless_fraction() {
        assert_eq!(serde_json::to_string(&Points::whole(55)).unwrap(), "55");
        assert_eq!(serde_json::to_string(&Points::from_f64(-0.5).unwrap()).unwrap(), "-0.5");
        assert!(serde_json::from_str::<Points>("1e9").is_err());
    }

    proptest! {
        #[test]
        fn times_and_points_survive_being_written_and_read(millis in 0..=GameTime::MAX.0, points in -1_000_000_000..=1_000_000_000_i64) {
            let time = GameTime(millis);
            prop_assert_eq!(GameTime::parse(&time.to_string()), Some(time));
            let points = Points(points);
            let text = serde_json::to_string(&points).unwrap();
            prop_assert_eq!(serde_json::from_str::<Points>(&text).unwrap(), points);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in ".*") {
            let _ = GameTime::parse(&text);
        }
    }
}
