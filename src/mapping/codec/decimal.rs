//! Decimal: an exact number, as a JSON number or text, written as text in plain notation so that no float stands between.

use super::{refused, wrong_kind};
use crate::number;
use rust_decimal::{Decimal, RoundingStrategy};
use selaras_model::{Message, Value};
use serde_json::Value as Json;
use std::borrow::Cow;

/// An exact number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecimalCodec {
    /// How many digits after the point count: equality and writing round to them, half away from zero as accountants do.
    pub scale: Option<u32>,
    /// The number that stands for nothing on this side.
    pub blank: Option<Decimal>,
}

impl DecimalCodec {
    pub(super) fn decode(&self, raw: &Json) -> Result<Value, Message> {
        Ok(or_blank(read(raw, "map-not-number")?, self.blank))
    }

    pub(super) fn encode(&self, value: &Value) -> Result<Json, Message> {
        match value {
            Value::Null => Ok(written_blank(self.blank)),
            Value::Decimal(number) => Ok(Json::String(rounded(*number, self.scale).to_string())),
            other => Err(wrong_kind("decimal", other)),
        }
    }

    pub(super) fn fold<'a>(&self, value: &'a Value) -> Cow<'a, Value> {
        folded(value, self.scale, self.blank)
    }
}

/// The number in a raw value, nothing for null and empty text.
pub(super) fn read(raw: &Json, key: &str) -> Result<Option<Decimal>, Message> {
    let number = match raw {
        Json::Null => return Ok(None),
        Json::Number(number) => number::of_json(number),
        Json::String(text) if text.trim().is_empty() => return Ok(None),
        Json::String(text) => number::parse(text.trim()),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    };
    number.map(|number| Some(number.normalize())).ok_or_else(|| refused(key, raw))
}

/// The canonical value of what was read.
pub(super) fn or_blank(number: Option<Decimal>, blank: Option<Decimal>) -> Value {
    match number {
        Some(number) if Some(number) != blank => Value::Decimal(number),
        _ => Value::Null,
    }
}

/// What is written for nothing.
pub(super) fn written_blank(blank: Option<Decimal>) -> Json {
    blank.map_or(Json::Null, |number| Json::String(number.normalize().to_string()))
}

/// Equal to the scale, and nothing where the number stands for nothing. A number that only rounds to the blank is still itself when it is
/// read, so the fold decides on the rounded one, as a side that keeps fewer digits would.
pub(super) fn folded(value: &Value, scale: Option<u32>, blank: Option<Decimal>) -> Cow<'_, Value> {
    match value {
        Value::Decimal(number) => {
            let rounded = rounded(*number, scale);
            if Some(rounded) == blank { Cow::Owned(Value::Null) } else { Cow::Owned(Value::Decimal(rounded)) }
        }
        other => super::blank_as_null(other),
    }
}

fn rounded(number: Decimal, scale: Option<u32>) -> Decimal {
    match scale {
        Some(scale) => number.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero).normalize(),
        None => number.normalize(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn decimal(text: &str) -> Value {
        Value::Decimal(text.parse().unwrap())
    }

    #[test]
    fn numbers_and_texts_are_exact_and_normal() {
        let codec = DecimalCodec::default();
        for raw in [json!(134400.0), json!("134400"), json!("134400.000000"), json!(134400)] {
            let value = codec.decode(&raw).unwrap();
            assert_eq!(value, decimal("134400"), "{raw}");
            assert_eq!(super::super::display_text(&value), "134400", "{raw}");
        }
        assert_eq!(codec.decode(&json!(53275.675676)), Ok(decimal("53275.675676")));
        assert_eq!(codec.decode(&json!("999999999999.999999")), Ok(decimal("999999999999.999999")));
        assert_eq!(codec.decode(&json!("1.234,50")).unwrap_err().key, "map-not-number");
        assert_eq!(codec.decode(&json!(true)).unwrap_err().key, "map-not-number");
    }

    #[test]
    fn zero_can_stand_for_nothing() {
        let codec = DecimalCodec { scale: None, blank: Some(Decimal::ZERO) };
        for raw in [json!(0), json!(0.0), json!("0.000000"), json!(""), json!(null)] {
            assert_eq!(codec.decode(&raw), Ok(Value::Null), "{raw}");
        }
        assert_eq!(codec.encode(&Value::Null), Ok(json!("0")));
        assert_eq!(codec.fold(&decimal("0")), codec.fold(&Value::Null));
        assert_eq!(DecimalCodec::default().decode(&json!(0)), Ok(decimal("0")), "unless it is a number like any other");
        assert_eq!(DecimalCodec::default().encode(&Value::Null), Ok(Json::Null));
    }

    #[test]
    fn scale_rounds_half_away_from_zero() {
        let codec = DecimalCodec { scale: Some(2), blank: None };
        assert_eq!(codec.encode(&decimal("2.345")), Ok(json!("2.35")));
        assert_eq!(codec.encode(&decimal("-2.345")), Ok(json!("-2.35")));
        assert_eq!(codec.fold(&decimal("2.349999")), codec.fold(&decimal("2.35")));
        assert_ne!(codec.fold(&decimal("2.344")), codec.fold(&decimal("2.345")));
    }
}
