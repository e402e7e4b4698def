//! Brings one value that came in over the wire into the form in which it is stored, or says what is wrong with it. Looks at no other
//! member and at no other record.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::Value;

use super::error::SmhError;
use super::resources::Kind;

/// More than any amount of rupiah in real books, and small enough that a product of two still fits a decimal.
const LARGEST: i64 = 999_999_999_999;
/// Digits after the point that are kept; more are refused rather than rounded.
const DECIMALS: u32 = 6;

/// The stored form of `value`; null and empty text are both "nothing".
///
/// # Errors
/// `invalid`, naming `field`, when the value is not of the kind.
pub(crate) fn stored(kind: Kind, field: &str, value: &Value) -> Result<Value, SmhError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    match kind {
        Kind::Text(longest) => text(field, value, longest),
        Kind::Choice(words) => word(field, value, words),
        Kind::Flag if value.is_boolean() => Ok(value.clone()),
        Kind::Flag => Err(SmhError::invalid(field, format!("{field} must be true or false, not {value}"))),
        Kind::Whole(most) => whole(field, value, most),
        Kind::Decimal(most) => {
            let number = decimal(field, value)?;
            check_range(field, number, most)?;
            Ok(Value::String(number.to_string()))
        }
        Kind::Date => date(field, value),
        Kind::Reference(_) => text(field, value, 64),
        Kind::Lines => Ok(value.clone()),
        Kind::Derived => Err(SmhError::invalid(field, format!("{field} is read-only; leave it out"))),
    }
}

/// The decimal in a stored member, zero when absent.
pub(crate) fn amount(value: Option<&Value>) -> Decimal {
    value.and_then(Value::as_str).and_then(|text| Decimal::from_str(text).ok()).unwrap_or_default()
}

fn text(field: &str, value: &Value, longest: usize) -> Result<Value, SmhError> {
    let Some(text) = value.as_str() else {
        return Err(SmhError::invalid(field, format!("{field} must be text, not {value}")));
    };
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let length = text.chars().count();
    if length > longest {
        return Err(SmhError::invalid(
            field,
            format!("{field} has {length} characters; at most {longest} are kept, shorten it"),
        ));
    }
    if text.trim().is_empty() {
        return Err(SmhError::invalid(field, format!("{field} holds only blanks; send null to clear it")));
    }
    Ok(value.clone())
}

fn word(field: &str, value: &Value, words: &[&str]) -> Result<Value, SmhError> {
    match value.as_str() {
        Some(text) if words.contains(&text) => Ok(value.clone()),
        _ => Err(SmhError::invalid(field, format!("{field} must be one of {}, not {value}", words.join(", ")))),
    }
}

fn whole(field: &str, value: &Value, most: i64) -> Result<Value, SmhError> {
    let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    match number {
        Some(number) if (0..=most).contains(&number) => Ok(Value::from(number)),
        _ => Err(SmhError::invalid(field, format!("{field} must be an integer from 0 to {most}, not {value}"))),
    }
}

fn decimal(field: &str, value: &Value) -> Result<Decimal, SmhError> {
    let parsed = match value {
        Value::String(text) => Decimal::from_str_exact(text).ok(),
        Value::Number(number) => {
            let text = number.to_string();
            Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
        }
        _ => None,
    };
    let Some(number) = parsed else {
        return Err(SmhError::invalid(field, format!("{field} must be a decimal such as \"2.5\", not {value}")));
    };
    let number = number.normalize();
    if number.scale() > DECIMALS {
        return Err(SmhError::invalid(
            field,
            format!("{field} has more than {DECIMALS} digits after the point: {number}"),
        ));
    }
    Ok(number)
}

fn check_range(field: &str, number: Decimal, most: Option<i64>) -> Result<(), SmhError> {
    let most = Decimal::from(most.unwrap_or(LARGEST));
    if number < Decimal::ZERO || number > most {
        return Err(SmhError::invalid(field, format!("{field} must lie between 0 and {most}, not {number}")));
    }
    Ok(())
}

fn date(field: &str, value: &Value) -> Result<Value, SmhError> {
    let parsed = value.as_str().filter(|text| text.len() == 10).and_then(|text| text.parse::<jiff::civil::Date>().ok());
    match parsed {
        Some(_) => Ok(value.clone()),
        None => Err(SmhError::invalid(field, format!("{field} must be a date such as 2026-05-02, not {value}"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn decimals_are_trimmed_and_exact() {
        let cases = [
            (json!("134400.00"), "134400"),
            (json!(2.50), "2.5"),
            (json!("0.10"), "0.1"),
            (json!(0), "0"),
            (json!(100), "100"),
            (json!(1e3), "1000"),
        ];
        for (sent, kept) in cases {
            assert_eq!(stored(Kind::Decimal(None), "price", &sent), Ok(json!(kept)), "{sent}");
        }
        for bad in [json!("1,5"), json!(""), json!("-1"), json!(true), json!("0.1234567"), json!(1e15)] {
            assert!(stored(Kind::Decimal(None), "price", &bad).is_err(), "{bad}");
        }
        assert!(stored(Kind::Decimal(Some(100)), "discountPercent", &json!("100.01")).is_err());
    }

    #[test]
    fn dates_are_strict() {
        assert_eq!(stored(Kind::Date, "date", &json!("2026-05-02")), Ok(json!("2026-05-02")));
        for bad in ["02/05/2026", "2026-13-01", "20260502", "2026-05-02T00:00:00"] {
            assert!(stored(Kind::Date, "date", &json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn empty_text_is_nothing_and_long_text_is_refused() {
        assert_eq!(stored(Kind::Text(3), "name", &json!("")), Ok(Value::Null));
        assert_eq!(stored(Kind::Text(3), "name", &json!("éèà")), Ok(json!("éèà")));
        assert!(stored(Kind::Text(3), "name", &json!("abcd")).is_err());
        assert!(stored(Kind::Text(3), "name", &json!("  ")).is_err());
        assert!(stored(Kind::Text(30), "name", &json!(12)).is_err());
    }
}
