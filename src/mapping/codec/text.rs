//! Text: trimmed, with one form of line end; empty text is nothing.

use super::{display_text, refused, wrong_kind};
use crate::number;
use selaras_model::{Message, Value};
use serde_json::Value as Json;
use std::borrow::Cow;

/// Text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextCodec {
    /// Whether `A` and `a` are the same.
    pub ignore_case: bool,
    /// The longest text that may be written, in characters.
    pub max: Option<usize>,
}

impl TextCodec {
    pub(super) fn decode(&self, raw: &Json) -> Result<Value, Message> {
        Ok(match raw {
            Json::Null => Value::Null,
            Json::String(text) => tidy(text),
            Json::Number(number) => Value::Text(number::text_of(number)),
            Json::Bool(yes) => Value::Text(yes.to_string()),
            Json::Array(_) | Json::Object(_) => return Err(refused("map-not-text", raw)),
        })
    }

    pub(super) fn encode(&self, value: &Value) -> Result<Json, Message> {
        let text = match value {
            Value::Null => return Ok(Json::Null),
            Value::Text(text) => text.clone(),
            Value::Bool(_) | Value::Decimal(_) | Value::Date(_) | Value::Timestamp(_) => display_text(value),
            Value::Ref(_) | Value::List(_) => return Err(wrong_kind("text", value)),
        };
        if let Some(max) = self.max
            && text.chars().count() > max
        {
            return Err(refused("map-too-long", &Json::String(text)).with("max", max));
        }
        Ok(if text.is_empty() { Json::Null } else { Json::String(text) })
    }

    pub(super) fn fold<'a>(&self, value: &'a Value) -> Cow<'a, Value> {
        match value {
            Value::Text(text) if text.is_empty() => Cow::Owned(Value::Null),
            Value::Text(text) if self.ignore_case => Cow::Owned(Value::Text(caseless(text))),
            other => Cow::Borrowed(other),
        }
    }
}

/// Lowering after raising also joins letters that have only one form in common, such as `ſ` and `s`. Raising once more could still change
/// a rare letter, so it is done until nothing moves; two rounds suffice for all of Unicode, and four are a bound.
fn caseless(text: &str) -> String {
    let mut folded = text.to_lowercase();
    for _ in 0..4 {
        let again = folded.to_uppercase().to_lowercase();
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

/// Trimmed text with `\n` for every line end; nothing when nothing is left.
pub(super) fn tidy(text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::Null;
    }
    Value::Text(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blanks_and_line_ends_are_tidied() {
        let codec = TextCodec::default();
        assert_eq!(codec.decode(&json!("  Toko Makmur ")), Ok(Value::Text("Toko Makmur".into())));
        assert_eq!(codec.decode(&json!("a\r\nb\rc")), Ok(Value::Text("a\nb\nc".into())));
        assert_eq!(codec.decode(&json!("   ")), Ok(Value::Null));
        assert_eq!(codec.decode(&json!(50.0)), Ok(Value::Text("50".into())));
        assert_eq!(codec.decode(&json!({"a": 1})).unwrap_err().key, "map-not-text");
    }

    #[test]
    fn too_long_is_refused_not_cut() {
        let codec = TextCodec { max: Some(4), ..TextCodec::default() };
        assert_eq!(codec.encode(&Value::Text("éééé".into())), Ok(json!("éééé")));
        let message = codec.encode(&Value::Text("ééééé".into())).unwrap_err();
        assert_eq!((message.key.as_str(), message.args["max"].as_str()), ("map-too-long", "4"));
    }

    #[test]
    fn case_counts_unless_told_otherwise() {
        let (upper, lower) = (Value::Text("A@Ex.ID".into()), Value::Text("a@ex.id".into()));
        let blind = TextCodec { ignore_case: true, max: None };
        assert_eq!(blind.fold(&upper), blind.fold(&lower));
        assert_ne!(TextCodec::default().fold(&upper), TextCodec::default().fold(&lower));
    }
}
