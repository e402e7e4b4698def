//! Percent: a discount in percent, perhaps in steps (`5+2` is five percent, then two percent of the rest). Canonical is the text with
//! normal numbers and without steps of nothing; no discount is nothing.

use super::{refused, wrong_kind};
use crate::number;
use rust_decimal::Decimal;
use selaras_model::{Message, Value};
use serde_json::Value as Json;
use std::borrow::Cow;

/// More steps than any price list has.
const MAX_STEPS: usize = 10;

pub(super) fn decode(raw: &Json) -> Result<Value, Message> {
    let text = match raw {
        Json::Null => return Ok(Value::Null),
        Json::Number(number) => number::text_of(number),
        Json::String(text) => text.clone(),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => return Err(refused("map-not-percent", raw)),
    };
    normal(&text).ok_or_else(|| refused("map-not-percent", raw))
}

pub(super) fn encode(value: &Value) -> Result<Json, Message> {
    match value {
        Value::Null => Ok(Json::Null),
        Value::Text(text) => match normal(text) {
            Some(Value::Text(text)) => Ok(Json::String(text)),
            Some(_) => Ok(Json::Null),
            None => Err(wrong_kind("percent", value)),
        },
        other => Err(wrong_kind("percent", other)),
    }
}

/// Text that came from elsewhere may not be normal yet.
pub(super) fn fold(value: &Value) -> Cow<'_, Value> {
    match value {
        Value::Text(text) => match normal(text) {
            Some(Value::Text(same)) if same == *text => Cow::Borrowed(value),
            Some(normal) => Cow::Owned(normal),
            None => Cow::Borrowed(value),
        },
        other => Cow::Borrowed(other),
    }
}

fn normal(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Value::Null);
    }
    let steps: Vec<Decimal> = text.split('+').map(step).collect::<Option<_>>()?;
    if steps.len() > MAX_STEPS {
        return None;
    }
    let steps: Vec<String> = steps.iter().filter(|step| !step.is_zero()).map(Decimal::to_string).collect();
    Some(if steps.is_empty() { Value::Null } else { Value::Text(steps.join("+")) })
}

fn step(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let step = number::parse(text.strip_suffix('%').unwrap_or(text).trim_end())?;
    (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&step).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_are_normal_and_nothing_is_nothing() {
        for raw in [json!("5+2"), json!(" 5.00 + 2 "), json!("5%+2%"), json!("5+0+2.0")] {
            assert_eq!(decode(&raw), Ok(Value::Text("5+2".into())), "{raw}");
        }
        assert_eq!(decode(&json!(12.5)), Ok(Value::Text("12.5".into())));
        for raw in [json!(""), json!(null), json!(0), json!("0+0")] {
            assert_eq!(decode(&raw), Ok(Value::Null), "{raw}");
        }
        for raw in [
            json!("5+"),
            json!("5,5"),
            json!("-5"),
            json!("101"),
            json!("lima"),
            json!(true),
            json!("1+1+1+1+1+1+1+1+1+1+1"),
        ] {
            assert_eq!(decode(&raw).unwrap_err().key, "map-not-percent", "{raw}");
        }
    }
}
