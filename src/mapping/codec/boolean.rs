//! Bool: yes or no, as a JSON truth value or the text of one.

use super::{refused, wrong_kind};
use selaras_model::{Message, Value};
use serde_json::Value as Json;

pub(super) fn decode(raw: &Json) -> Result<Value, Message> {
    match raw {
        Json::Null => Ok(Value::Null),
        Json::Bool(yes) => Ok(Value::Bool(*yes)),
        Json::String(text) => match text.trim() {
            "" => Ok(Value::Null),
            yes if yes.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            no if no.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
            _ => Err(refused("map-not-bool", raw)),
        },
        Json::Number(_) | Json::Array(_) | Json::Object(_) => Err(refused("map-not-bool", raw)),
    }
}

pub(super) fn encode(value: &Value) -> Result<Json, Message> {
    match value {
        Value::Null => Ok(Json::Null),
        Value::Bool(yes) => Ok(Json::Bool(*yes)),
        other => Err(wrong_kind("bool", other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_truth_values_and_their_text() {
        assert_eq!(decode(&json!("True")), Ok(Value::Bool(true)));
        assert_eq!(decode(&json!(false)), Ok(Value::Bool(false)));
        assert_eq!(decode(&json!("")), Ok(Value::Null));
        for raw in [json!(1), json!("yes"), json!([true])] {
            assert_eq!(decode(&raw).unwrap_err().key, "map-not-bool", "{raw}");
        }
    }
}
