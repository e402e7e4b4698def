//! Records as they arrive: bytes of a server, to JSON without losing a digit and within limits.
//!
//! A JSON number with more than 15 significant digits would be rounded by a float; it becomes text instead, which the decimal codec reads
//! exactly. Whole numbers that fit 64 bits are exact as they are.

use selaras_model::Message;
use serde_json::Value as Json;
use std::borrow::Cow;

/// The largest record.
pub const MAX_BYTES: usize = 8 << 20;
/// The deepest nesting of lists and objects.
pub const MAX_NESTING: usize = 64;
/// How many significant digits a float keeps.
const EXACT_DIGITS: usize = 15;

/// The JSON of a record.
///
/// # Errors
/// When it is no JSON, too large or nested too deep.
pub fn parse(raw: &[u8]) -> Result<Json, Message> {
    if raw.len() > MAX_BYTES {
        return Err(Message::new("map-record-too-large").with("size", raw.len()).with("max", MAX_BYTES));
    }
    let exact = exact_numbers(raw)?;
    serde_json::from_slice(&exact).map_err(|error| Message::new("map-record-unreadable").with("detail", error))
}

/// The same JSON with numbers that a float would round put in quotes. Untouched, and not copied, when there are none.
fn exact_numbers(raw: &[u8]) -> Result<Cow<'_, [u8]>, Message> {
    let mut copied: Vec<u8> = Vec::new();
    let mut copied_to = 0;
    let mut nesting = 0usize;
    let mut at = 0;
    while at < raw.len() {
        match raw[at] {
            b'"' => at = after_text(raw, at),
            b'[' | b'{' => {
                nesting += 1;
                if nesting > MAX_NESTING {
                    return Err(Message::new("map-record-too-deep").with("max", MAX_NESTING));
                }
                at += 1;
            }
            b']' | b'}' => {
                nesting = nesting.saturating_sub(1);
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let end = after_number(raw, at);
                if would_round(&raw[at..end]) {
                    copied.extend_from_slice(&raw[copied_to..at]);
                    copied.push(b'"');
                    copied.extend_from_slice(&raw[at..end]);
                    copied.push(b'"');
                    copied_to = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    if copied_to == 0 {
        return Ok(Cow::Borrowed(raw));
    }
    copied.extend_from_slice(&raw[copied_to..]);
    Ok(Cow::Owned(copied))
}

fn after_text(raw: &[u8], opening: usize) -> usize {
    let mut at = opening + 1;
    while at < raw.len() {
        match raw[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    raw.len()
}

fn after_number(raw: &[u8], start: usize) -> usize {
    let is_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
    start + raw[start..].iter().take_while(|byte| is_number(byte)).count()
}

/// Whether a float would not keep the number. What is no number at all is left to the parser to refuse.
fn would_round(token: &[u8]) -> bool {
    if token.len() <= EXACT_DIGITS || serde_json::from_slice::<serde_json::Number>(token).is_err() {
        return false;
    }
    let mantissa = token.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or(token);
    let digits: Vec<u8> = mantissa.iter().copied().filter(u8::is_ascii_digit).collect();
    let first = digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len());
    let last = digits.iter().rposition(|digit| *digit != b'0').map_or(first, |last| last + 1);
    if last - first <= EXACT_DIGITS {
        return false;
    }
    let text = std::str::from_utf8(token).unwrap_or_default();
    text.parse::<i64>().is_err() && text.parse::<u64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn long_numbers_become_text_and_short_ones_stay() {
        let raw = br#"{"a": 12345678901234567.89, "b":[-0.12345678901234567,1.5], "c":1234567890123.45, "d": "9.999999999999999999", "id": 1234567890123456789}"#;
        let expected = json!({
            "a": "12345678901234567.89", "b": ["-0.12345678901234567", 1.5], "c": 1234567890123.45,
            "d": "9.999999999999999999", "id": 1234567890123456789u64
        });
        assert_eq!(parse(raw), Ok(expected));
        assert_eq!(parse(b"[53275.675676000000000000, 0.00000000000000001]"), Ok(json!([53275.675676, 1e-17])));
        assert_eq!(parse(br#"{"say \"1.2345678901234567890\"": 1}"#), Ok(json!({"say \"1.2345678901234567890\"": 1})));
    }

    #[test]
    fn invariant_24_broken_deep_and_large_records_are_refused() {
        for raw in
            [&b""[..], b"{", b"{\"a\": 1.2345678901234567.1}", b"\"\\", b"[1-2345678901234567890]", b"\xff", b"{} x"]
        {
            assert_eq!(parse(raw).unwrap_err().key, "map-record-unreadable", "{raw:?}");
        }
        assert_eq!(parse("[".repeat(65).as_bytes()).unwrap_err().key, "map-record-too-deep");
        assert!(parse(format!("{}{}", "[".repeat(64), "]".repeat(64)).as_bytes()).is_ok());
        assert_eq!(parse(&vec![b' '; MAX_BYTES + 1]).unwrap_err().key, "map-record-too-large");
    }

    proptest! {
        #![proptest_config(crate::properties::config(256))]

        #[test]
        fn no_bytes_panic(raw in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = parse(&raw);
        }

        #[test]
        fn every_digit_survives(whole in "[1-9][0-9]{0,12}", fraction in "[0-9]{0,8}[1-9]") {
            let text = format!("{whole}.{fraction}");
            let record = parse(format!("{{\"n\": {text}}}").as_bytes()).unwrap();
            let read = match &record["n"] {
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            prop_assert_eq!(read, text);
        }
    }
}
