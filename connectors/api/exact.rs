//! JSON as a value without rounding: what a connector gives back as the record that a system keeps.

use serde_json::value::RawValue;
use serde_json::{Map, Number, Value as Json};
use std::collections::BTreeMap;

/// Nesting beyond this is no record (account trees in the lines of an order go some ten levels deep).
const MAX_DEPTH: usize = 64;

/// A stored record as a value. A number that a binary float cannot hold exactly becomes a string of its digits, so that nothing is rounded.
/// `None` where it is nested beyond all reason.
#[must_use]
pub fn exact(raw: &RawValue) -> Option<Json> {
    exact_within(raw, MAX_DEPTH)
}

fn exact_within(raw: &RawValue, depth: usize) -> Option<Json> {
    let depth = depth.checked_sub(1)?;
    let source = raw.get();
    match source.bytes().next()? {
        b'{' => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(source).ok()?;
            let members = members.into_iter().map(|(name, value)| Some((name, exact_within(value, depth)?)));
            members.collect::<Option<Map<_, _>>>().map(Json::Object)
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(source).ok()?;
            items.into_iter().map(|item| exact_within(item, depth)).collect::<Option<Vec<_>>>().map(Json::Array)
        }
        b'-' | b'0'..=b'9' => Some(exact_number(source)),
        _ => serde_json::from_str(source).ok(),
    }
}

fn exact_number(source: &str) -> Json {
    let digits = plain_notation(source);
    let number: Option<Number> = serde_json::from_str(source).ok();
    match (number, digits) {
        (Some(number), Some(digits)) if plain_notation(&number.to_string()).as_ref() == Some(&digits) => {
            Json::Number(number)
        }
        (_, Some(digits)) => Json::String(digits),
        (_, None) => Json::String(source.to_owned()),
    }
}

/// A JSON number without exponent and superfluous zeros; `None` where the exponent is beyond all reason.
fn plain_notation(source: &str) -> Option<String> {
    let (sign, rest) = source.strip_prefix('-').map_or(("", source), |rest| ("-", rest));
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok().filter(|e| e.abs() <= 64)?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{whole}{fraction}");
    let mut point = i32::try_from(whole.len()).ok()? + exponent;
    while point < 1 {
        digits.insert(0, '0');
        point += 1;
    }
    let point = usize::try_from(point).ok()?;
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(point);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    Some(match (whole, fraction) {
        ("0", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn numbers_a_float_cannot_hold_become_text() {
        let record = exact(&raw(
            r#"{"a":134400.0,"b":53275.675676,"c":999999999999.123456,"d":12345678901234567.891,"e":1.0E7,"f":0.000000,"g":-5}"#,
        ))
        .unwrap();
        assert_eq!(record["a"].to_string(), "134400.0");
        assert_eq!(record["b"].to_string(), "53275.675676");
        assert_eq!(record["d"], Json::String("12345678901234567.891".into()));
        assert_eq!(record["e"].to_string(), "10000000.0");
        assert_eq!(record["f"].to_string(), "0.0");
        assert_eq!(record["g"].to_string(), "-5");
        let c = record["c"].as_str().map_or_else(|| record["c"].to_string(), str::to_owned);
        assert_eq!(c, "999999999999.123456", "whichever form it takes, the digits are those sent");
    }

    #[test]
    fn plain_notation_shifts_the_point() {
        for (from, to) in
            [("1E3", "1000"), ("12.50e-3", "0.0125"), ("-0.0", "0"), ("0100.10", "100.1"), ("-1.5E1", "-15")]
        {
            assert_eq!(plain_notation(from).as_deref(), Some(to), "{from}");
        }
        assert_eq!(plain_notation("1e9999999999"), None);
        assert_eq!(plain_notation("1e900"), None);
    }

    #[test]
    fn bottomless_nesting_is_refused_not_followed() {
        let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
        assert_eq!(exact(&raw(&deep)), None);
    }
}
