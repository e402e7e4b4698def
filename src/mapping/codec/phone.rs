//! Phone: the canonical value is what a person typed, so that writing it does not restyle their record; the fold is the number itself, in
//! which `0812…`, `+62 812-…` and `62812…` are one. Numbers without a country are Indonesian.

use super::{blank_as_null, refused, text, wrong_kind};
use crate::number;
use selaras_model::{Message, Value};
use serde_json::Value as Json;
use std::borrow::Cow;

/// The shortest run of digits in which a leading `62` or `8` can be the country or a mobile prefix.
const SUBSCRIBER: usize = 9;

pub(super) fn decode(raw: &Json) -> Result<Value, Message> {
    let typed = match raw {
        Json::Null => return Ok(Value::Null),
        Json::String(typed) => typed.clone(),
        Json::Number(number) => number::text_of(number),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => return Err(refused("map-not-phone", raw)),
    };
    let single_spaced = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    // A dash or a dot alone is how people say that there is none.
    if !single_spaced.chars().any(char::is_alphanumeric) {
        return Ok(Value::Null);
    }
    Ok(text::tidy(&single_spaced))
}

pub(super) fn encode(value: &Value) -> Result<Json, Message> {
    match value {
        Value::Null => Ok(Json::Null),
        Value::Text(typed) => Ok(Json::String(typed.clone())),
        other => Err(wrong_kind("phone", other)),
    }
}

pub(super) fn fold(value: &Value) -> Cow<'_, Value> {
    match value {
        Value::Text(typed) if !typed.is_empty() => Cow::Owned(Value::Text(number_in(typed))),
        other => blank_as_null(other),
    }
}

/// The number with its country, or the typed text without blanks where it is not plainly one number (an extension, two numbers).
fn number_in(typed: &str) -> String {
    let is_separator = |each: char| each.is_whitespace() || matches!(each, '-' | '.' | '(' | ')');
    let compact: String = typed.chars().filter(|each| !is_separator(*each)).collect();
    let (international, digits) = match compact.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => match compact.strip_prefix("00") {
            Some(rest) => (true, rest),
            None => (false, compact.as_str()),
        },
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return typed.split_whitespace().collect::<String>().to_lowercase();
    }
    let indonesian = |subscriber: &str| format!("+62{}", subscriber.trim_start_matches('0'));
    match digits.strip_prefix("62") {
        Some(subscriber) if international || digits.len() > SUBSCRIBER => indonesian(subscriber),
        _ if international => format!("+{digits}"),
        _ if digits.starts_with('0') || (digits.starts_with('8') && digits.len() >= SUBSCRIBER) => indonesian(digits),
        _ => digits.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn folded(raw: Json) -> String {
        match fold(&decode(&raw).unwrap()).into_owned() {
            Value::Text(text) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn one_number_in_many_forms() {
        let forms = [
            json!("0812-3456-7890"),
            json!("+62 812 3456 7890"),
            json!("62 812-34567890"),
            json!("(0812) 3456.7890"),
            json!("0062 812 3456 7890"),
            json!("+62 0812 3456 7890"),
            json!(81234567890u64),
        ];
        for form in forms {
            assert_eq!(folded(form.clone()), "+6281234567890", "{form}");
        }
    }

    #[test]
    fn other_numbers_stay_apart() {
        assert_eq!(folded(json!("021 555-1234")), "+62215551234");
        assert_eq!(folded(json!("+65 6123 4567")), "+6561234567");
        assert_eq!(folded(json!("14045")), "14045", "a service number");
        assert_eq!(folded(json!("6212345")), "6212345", "too short for a country");
        assert_eq!(folded(json!("0812 1 ext 5")), "08121ext5");
        assert_ne!(folded(json!("0812/0813")), folded(json!("08120813")), "two numbers are not one");
    }

    #[test]
    fn what_was_typed_is_kept_and_a_dash_is_nothing() {
        assert_eq!(decode(&json!(" 0812-3456  7890 ")), Ok(Value::Text("0812-3456 7890".into())));
        assert_eq!(decode(&json!(" - ")), Ok(Value::Null));
        assert_eq!(decode(&json!(["0812"])).unwrap_err().key, "map-not-phone");
    }
}
