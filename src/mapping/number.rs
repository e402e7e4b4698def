//! Exact numbers out of text and JSON, for codecs and conditions alike.
//!
//! JSON numbers reach us as `f64` where they have a fraction; up to 15 significant digits their shortest text is exactly what the system
//! wrote, and `record` sees to it that longer ones arrive as text.

use rust_decimal::Decimal;
use serde_json::Number;

/// The longest exponent that can still make a number of 28 digits.
const MAX_EXPONENT: i64 = 60;

/// The exact number that a text in plain or scientific notation stands for. Nothing else is accepted: no grouping, no blanks, no `+5`.
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], parse_exponent(&text[at + 1..])?),
        None => (text, 0),
    };
    let (negative, unsigned) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (unsigned, ""),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let number = Decimal::from_str_exact(&plain(whole, fraction, exponent)).ok()?;
    Some(if negative { -number } else { number }.normalize())
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size: i64 = digits.parse().ok()?;
    (size <= MAX_EXPONENT).then_some(if text.starts_with('-') { -size } else { size })
}

/// Plain notation without superfluous zeros, so that `from_str_exact` refuses only what really does not fit.
fn plain(whole: &str, fraction: &str, exponent: i64) -> String {
    let digits = format!("{whole}{fraction}");
    let point = whole.len() as i64 + exponent;
    let (whole, fraction) = if point <= 0 {
        (String::new(), format!("{}{digits}", "0".repeat(point.unsigned_abs() as usize)))
    } else if point as usize >= digits.len() {
        (format!("{digits}{}", "0".repeat(point as usize - digits.len())), String::new())
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        (whole.to_owned(), fraction.to_owned())
    };
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// The exact number that a JSON number was written as, or `None` where it has more than 28 digits.
pub(crate) fn of_json(number: &Number) -> Option<Decimal> {
    if let Some(whole) = number.as_i64() {
        return Some(Decimal::from(whole));
    }
    if let Some(whole) = number.as_u64() {
        return Some(Decimal::from(whole));
    }
    parse(&number.to_string())
}

/// A JSON number as people write it: `50.0` is `50`.
pub(crate) fn text_of(number: &Number) -> String {
    of_json(number).map_or_else(|| number.to_string(), |number| number.normalize().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_scientific_notation_are_exact() {
        let cases = [
            ("0", "0"),
            ("-0.0", "0"),
            ("134400.0", "134400"),
            ("53275.675676", "53275.675676"),
            ("1e3", "1000"),
            ("1.25E-3", "0.00125"),
            ("12.5e1", "125"),
            ("100000000000000000000", "100000000000000000000"),
            ("1.0000000000000000000000000000000000000", "1"),
            ("12345678901234567.89", "12345678901234567.89"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).map(|number| number.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number_or_does_not_fit_is_refused() {
        for text in
            ["", "-", "+5", "1_000", "1,5", ".5", "5.", "1e", "1e+", "1e99", "1e-61", "0x10", "1 ", "NaN", "9e30"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_json_fraction_keeps_its_fifteen_digits() {
        let json: serde_json::Value = serde_json::from_str("1234567890123.45").unwrap();
        let number = json.as_number().unwrap();
        assert_eq!(of_json(number).unwrap().to_string(), "1234567890123.45");
        assert_eq!(text_of(&serde_json::Number::from_f64(50.0).unwrap()), "50");
    }
}
