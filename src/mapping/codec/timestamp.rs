//! Timestamp: a moment, in ISO 8601 or the day-first form, which names no zone and is read at a fixed offset.

use super::date::{DatePattern, YEARS};
use super::{blank_as_null, refused, wrong_kind};
use jiff::civil::{DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use selaras_model::{Message, Value};
use serde_json::Value as Json;
use std::borrow::Cow;

/// How a moment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampPattern {
    /// ISO 8601, such as `2025-05-30T15:36:11+07:00`.
    Iso,
    /// `dd/MM/yyyy HH:mm:ss`
    DayFirst,
}

impl TimestampPattern {
    /// Both patterns.
    pub const ALL: [TimestampPattern; 2] = [TimestampPattern::Iso, TimestampPattern::DayFirst];

    /// The pattern as a mapping names it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            TimestampPattern::Iso => "iso",
            TimestampPattern::DayFirst => "dd/MM/yyyy HH:mm:ss",
        }
    }

    /// The pattern of a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pattern| pattern.text() == text)
    }
}

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampCodec {
    /// How it is written.
    pub pattern: TimestampPattern,
    /// The offset of texts that name none, and of what is written.
    pub offset: Offset,
}

impl TimestampCodec {
    /// A pattern at the time of Jakarta, which has known no summer time since 1964.
    #[must_use]
    pub const fn jakarta(pattern: TimestampPattern) -> Self {
        Self { pattern, offset: Offset::constant(7) }
    }

    /// A pattern at an offset such as `+07:00` or `Z`.
    #[must_use]
    pub fn at(pattern: TimestampPattern, offset: &str) -> Option<Self> {
        let seconds = if offset == "Z" { 0 } else { offset_seconds(offset)? };
        Offset::from_seconds(seconds).ok().map(|offset| Self { pattern, offset })
    }

    pub(super) fn decode(self, raw: &Json) -> Result<Value, Message> {
        let moment = match raw {
            Json::Null => return Ok(Value::Null),
            Json::String(text) if text.trim().is_empty() => return Ok(Value::Null),
            Json::String(text) => self.moment(text.trim()),
            Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => None,
        };
        let sane = |moment: &Timestamp| YEARS.contains(&self.offset.to_datetime(*moment).year());
        moment
            .filter(sane)
            .map(Value::Timestamp)
            .ok_or_else(|| refused("map-not-timestamp", raw).with("pattern", self.pattern.text()))
    }

    pub(super) fn encode(self, value: &Value) -> Result<Json, Message> {
        let moment = match value {
            Value::Null => return Ok(Json::Null),
            Value::Timestamp(moment) => *moment,
            other => return Err(wrong_kind("timestamp", other)),
        };
        Ok(Json::String(match self.pattern {
            TimestampPattern::Iso => {
                let seconds = self.offset.seconds();
                let sign = if seconds < 0 { '-' } else { '+' };
                let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
                format!("{}{sign}{hours:02}:{minutes:02}", self.offset.to_datetime(moment))
            }
            TimestampPattern::DayFirst => {
                let local = self.offset.to_datetime(whole_seconds(moment));
                let day = DatePattern::DayFirst.format(local.date());
                format!("{day} {:02}:{:02}:{:02}", local.hour(), local.minute(), local.second())
            }
        }))
    }

    pub(super) fn fold<'a>(&self, value: &'a Value) -> Cow<'a, Value> {
        match (self.pattern, value) {
            (TimestampPattern::DayFirst, Value::Timestamp(moment)) => {
                Cow::Owned(Value::Timestamp(whole_seconds(*moment)))
            }
            (TimestampPattern::Iso | TimestampPattern::DayFirst, other) => blank_as_null(other),
        }
    }

    fn moment(self, text: &str) -> Option<Timestamp> {
        let local = match self.pattern {
            TimestampPattern::Iso => {
                if let Ok(moment) = text.parse::<Timestamp>() {
                    return Some(moment);
                }
                text.parse::<DateTime>().ok()?
            }
            TimestampPattern::DayFirst => day_first(text)?,
        };
        self.offset.to_timestamp(local).ok()
    }
}

/// Seconds since 1970 rounded down, as the day-first form tells no more.
fn whole_seconds(moment: Timestamp) -> Timestamp {
    let below = i64::from(moment.subsec_nanosecond());
    let below = if below < 0 { below + 1_000_000_000 } else { below };
    moment.checked_sub(SignedDuration::from_nanos(below)).unwrap_or(moment)
}

fn day_first(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once(' ')?;
    let day = DatePattern::DayFirst.day(day)?;
    let bytes = time.as_bytes();
    if bytes.len() != 8 || bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    let part = |at: usize| {
        let digits = time.get(at..at + 2)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i8>().ok()).flatten()
    };
    Some(DateTime::from_parts(day, Time::new(part(0)?, part(3)?, part(6)?, 0).ok()?))
}

fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(text: &str) -> Value {
        Value::Timestamp(text.parse().unwrap())
    }

    #[test]
    fn texts_without_a_zone_are_jakarta_time() {
        let day_first = TimestampCodec::jakarta(TimestampPattern::DayFirst);
        let iso = TimestampCodec::jakarta(TimestampPattern::Iso);
        assert_eq!(day_first.decode(&json!("30/05/2025 15:36:11")), Ok(at("2025-05-30T08:36:11Z")));
        assert_eq!(iso.decode(&json!("2025-05-30T15:36:11")), Ok(at("2025-05-30T08:36:11Z")));
        assert_eq!(iso.decode(&json!("2025-05-30T15:36:11+08:00")), Ok(at("2025-05-30T07:36:11Z")));
        assert_eq!(iso.encode(&at("2025-05-30T08:36:11.5Z")), Ok(json!("2025-05-30T15:36:11.5+07:00")));
        assert_eq!(day_first.encode(&at("2025-05-30T08:36:11.5Z")), Ok(json!("30/05/2025 15:36:11")));
    }

    #[test]
    fn half_moments_are_refused() {
        let day_first = TimestampCodec::jakarta(TimestampPattern::DayFirst);
        for text in
            ["30/05/2025", "30/05/2025 15:36", "30/05/25 15:36:11", "30/05/2025 25:00:00", "30/05/2025 1:36:110", "x"]
        {
            assert_eq!(day_first.decode(&json!(text)).unwrap_err().key, "map-not-timestamp", "{text}");
        }
        let iso = TimestampCodec::jakarta(TimestampPattern::Iso);
        assert!(iso.decode(&json!("0025-05-30T15:36:11")).is_err());
        assert!(iso.decode(&json!(1_748_594_171)).is_err());
    }

    #[test]
    fn offsets_by_name() {
        assert_eq!(
            TimestampCodec::at(TimestampPattern::Iso, "+07:00"),
            Some(TimestampCodec::jakarta(TimestampPattern::Iso))
        );
        assert!(TimestampCodec::at(TimestampPattern::Iso, "Z").is_some());
        for text in ["", "7", "+7:00", "+15:00", "+07:60", "07:00"] {
            assert_eq!(TimestampCodec::at(TimestampPattern::Iso, text), None, "{text}");
        }
    }
}
