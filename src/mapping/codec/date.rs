//! Date: a day in exactly one of two patterns. Ten characters and a sane year, so that `01/02/25` is not the year 25.

use super::{refused, wrong_kind};
use jiff::civil::Date;
use selaras_model::{Message, Value};
use serde_json::Value as Json;

/// The years that are taken for years.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// How a day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePattern {
    /// `dd/MM/yyyy`
    DayFirst,
    /// `yyyy-MM-dd`
    Iso,
}

impl DatePattern {
    /// Both patterns.
    pub const ALL: [DatePattern; 2] = [DatePattern::DayFirst, DatePattern::Iso];

    /// The pattern as a mapping names it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            DatePattern::DayFirst => "dd/MM/yyyy",
            DatePattern::Iso => "yyyy-MM-dd",
        }
    }

    /// The pattern of a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pattern| pattern.text() == text)
    }

    pub(super) fn decode(self, raw: &Json) -> Result<Value, Message> {
        let date = match raw {
            Json::Null => return Ok(Value::Null),
            Json::String(text) if text.trim().is_empty() => return Ok(Value::Null),
            Json::String(text) => self.day(text.trim()),
            Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => None,
        };
        date.map(Value::Date).ok_or_else(|| refused("map-not-date", raw).with("pattern", self.text()))
    }

    pub(super) fn encode(self, value: &Value) -> Result<Json, Message> {
        match value {
            Value::Null => Ok(Json::Null),
            Value::Date(date) => Ok(Json::String(self.format(*date))),
            other => Err(wrong_kind("date", other)),
        }
    }

    /// The day that a text of exactly this pattern stands for.
    pub(super) fn day(self, text: &str) -> Option<Date> {
        let part = |at: usize, length: usize| {
            let digits = text.get(at..at + length)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i16>().ok()).flatten()
        };
        let (separator, places, [day, month, year]) = match self {
            DatePattern::DayFirst => (b'/', [2, 5], [part(0, 2)?, part(3, 2)?, part(6, 4)?]),
            DatePattern::Iso => (b'-', [4, 7], [part(8, 2)?, part(5, 2)?, part(0, 4)?]),
        };
        let separated = places.iter().all(|place| text.as_bytes().get(*place) == Some(&separator));
        if text.len() != 10 || !separated || !YEARS.contains(&year) {
            return None;
        }
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    pub(super) fn format(self, date: Date) -> String {
        let (day, month, year) = (date.day(), date.month(), date.year());
        match self {
            DatePattern::DayFirst => format!("{day:02}/{month:02}/{year:04}"),
            DatePattern::Iso => format!("{year:04}-{month:02}-{day:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ten_characters_a_real_day_and_a_sane_year() {
        let day = Ok(Value::Date(Date::constant(2026, 3, 9)));
        assert_eq!(DatePattern::DayFirst.decode(&json!("09/03/2026")), day);
        assert_eq!(DatePattern::Iso.decode(&json!(" 2026-03-09 ")), day);
        for text in [
            "01/02/25",
            "9/3/2026",
            "31/02/2025",
            "09-03-2026",
            "2026-03-09",
            "09/03/1899",
            "09/03/2201",
            "é9/03/202",
            "+9/03/2026",
        ] {
            let message = DatePattern::DayFirst.decode(&json!(text)).unwrap_err();
            assert_eq!(
                (message.key.as_str(), message.args["pattern"].as_str()),
                ("map-not-date", "dd/MM/yyyy"),
                "{text}"
            );
        }
        assert_eq!(DatePattern::Iso.decode(&json!("")), Ok(Value::Null));
        assert_eq!(DatePattern::parse("dd/MM/yyyy"), Some(DatePattern::DayFirst));
    }
}
