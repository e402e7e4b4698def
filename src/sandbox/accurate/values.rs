//! Dates, times and numbers in Accurate's spelling, and exact arithmetic on numbers kept as JSON.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

/// Jakarta has no summer time, so a fixed offset is the zone.
pub fn jakarta() -> TimeZone {
    TimeZone::fixed(Offset::constant(7))
}

/// `31/12/2026 23:59:59`, Jakarta time.
pub fn timestamp_text(at: Timestamp) -> String {
    at.to_zoned(jakarta()).strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// `31/12/2026`, Jakarta time.
pub fn date_text(at: Timestamp) -> String {
    at.to_zoned(jakarta()).strftime("%d/%m/%Y").to_string()
}

/// A date from `d/M/yyyy`. Years need four digits, or "25" would be the year 25.
pub fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, most: usize| {
        !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.next().is_some() || !digits(day, 2) || !digits(month, 2) || year.len() != 4 || !digits(year, 4) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A point in Jakarta time from `dd/MM/yyyy` or `dd/MM/yyyy HH:mm[:ss]`.
pub fn parse_moment(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let date = parse_date(date)?;
    let mut parts = time.trim().split(':').map(|part| {
        let plain = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if plain { part.parse::<i8>().ok() } else { None }
    });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() {
        return None;
    }
    let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
    Some(date.to_datetime(time))
}

/// `17 Mar 2026` for `17/03/2026`.
pub fn view(date: &Value) -> Value {
    match date.as_str().and_then(parse_date) {
        Some(date) => Value::from(date.strftime("%d %b %Y").to_string()),
        None => Value::Null,
    }
}

/// `2026.05` for a date in May 2026.
pub fn year_month(date: Date) -> String {
    format!("{:04}.{:02}", date.year(), date.month())
}

/// A number from JSON or from text; null, an empty text and anything else give none.
pub fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => decimal_of(&number.to_string()),
        Value::String(text) => decimal_of(text.trim()),
        _ => None,
    }
}

fn decimal_of(text: &str) -> Option<Decimal> {
    text.parse().ok().or_else(|| Decimal::from_scientific(text).ok())
}

/// A stored number, 0 if there is none.
pub fn amount(row: &crate::world::Row, name: &str) -> Decimal {
    row.get(name).and_then(decimal).unwrap_or_default()
}

/// A number as Accurate prints it: at most six decimals, and always with a point (`134400.0`).
pub fn number(value: Decimal) -> Value {
    let rounded = value.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero);
    // JSON carries binary floats; parsing the exact text picks the nearest, which prints back as the same digits.
    rounded.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}

/// To whole rupiah.
pub fn whole(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
}

/// To six decimals.
pub fn fine(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)
}

/// A yes or no from JSON or from text.
pub fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" => Some(true),
            "false" | "0" | "off" | "no" => Some(false),
            _ => None,
        },
        Value::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// An id, from JSON or from text.
pub fn id(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_print_with_a_point_and_at_most_six_decimals() {
        for (given, printed) in [
            ("134400", "134400.0"),
            ("53275.67567564", "53275.675676"),
            ("0", "0.0"),
            ("999999999.999999", "999999999.999999"),
            ("0.000001", "1e-6"),
            ("-0.5", "-0.5"),
        ] {
            assert_eq!(number(given.parse().unwrap()).to_string(), printed);
        }
        assert_eq!(decimal(&json!(1e-6)), Some("0.000001".parse().unwrap()));
    }

    #[test]
    fn dates_need_a_full_year_and_must_exist() {
        assert!(parse_date("31/12/2026").is_some());
        assert!(parse_date("1/2/2026").is_some());
        assert!(parse_date("18/09/2424").is_some());
        for bad in ["01/02/25", "31/02/2026", "2026-01-02", "", "1/1/2026/1", "+1/01/2026"] {
            assert!(parse_date(bad).is_none(), "{bad}");
        }
        assert!(parse_moment("01/06/2026 00:00:00") < parse_moment("01/06/2026 00:00:01"));
        assert!(parse_moment("01/06/2026 25:00:00").is_none());
        assert!(parse_moment("01/06/2026T00:00").is_none());
    }

    #[test]
    fn the_view_of_a_date_is_in_words() {
        assert_eq!(view(&json!("17/03/2026")), json!("17 Mar 2026"));
        assert_eq!(view(&Value::Null), Value::Null);
    }
}
