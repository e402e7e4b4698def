//! Integer: a whole number, as a JSON number or text, written as text in plain notation.

use super::{decimal, refused, wrong_kind};
use rust_decimal::Decimal;
use selaras_model::{Message, Value};
use serde_json::Value as Json;
use std::borrow::Cow;

/// A whole number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntegerCodec {
    /// The number that stands for nothing on this side.
    pub blank: Option<Decimal>,
}

impl IntegerCodec {
    pub(super) fn decode(&self, raw: &Json) -> Result<Value, Message> {
        match decimal::read(raw, "map-not-integer")? {
            Some(number) if !number.is_integer() => Err(refused("map-not-integer", raw)),
            number => Ok(decimal::or_blank(number, self.blank)),
        }
    }

    pub(super) fn encode(&self, value: &Value) -> Result<Json, Message> {
        match value {
            Value::Null => Ok(decimal::written_blank(self.blank)),
            Value::Decimal(number) if number.is_integer() => Ok(Json::String(number.normalize().to_string())),
            other => Err(wrong_kind("integer", other)),
        }
    }

    pub(super) fn fold<'a>(&self, value: &'a Value) -> Cow<'a, Value> {
        decimal::folded(value, None, self.blank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_numbers_in_any_notation() {
        let codec = IntegerCodec::default();
        for raw in [json!(30), json!(30.0), json!("30"), json!(" 30.00 "), json!("3e1")] {
            assert_eq!(codec.decode(&raw), Ok(Value::Decimal(Decimal::from(30))), "{raw}");
        }
        assert_eq!(codec.decode(&json!(30.5)).unwrap_err().key, "map-not-integer");
        assert_eq!(codec.decode(&json!("tiga")).unwrap_err().args["value"], "tiga");
        assert_eq!(codec.encode(&Value::Decimal(Decimal::new(300, 1))), Ok(json!("30")));
        assert_eq!(codec.encode(&Value::Decimal(Decimal::new(305, 1))).unwrap_err().key, "map-wrong-kind");
    }
}
