//! Table: a code list. Codes are matched by their text, so that a system may answer `true`, `"true"`, `1` or `"1"`; they are written
//! exactly as the table has them.

use super::{Kind, display_text, refused};
use crate::number;
use selaras_model::{Message, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What becomes of a code that the table does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unlisted {
    /// The record cannot be read, and the report says which code is missing.
    #[default]
    Hold,
    /// It passes as text.
    Keep,
    /// The field is as if it had not been returned, so nothing flows.
    Ignore,
}

/// A code list.
#[derive(Clone, Debug, PartialEq)]
pub struct TableCodec {
    entries: Vec<(Json, Value)>,
    by_text: BTreeMap<Option<String>, usize>,
    unlisted: Unlisted,
}

impl TableCodec {
    /// A table of raw codes and the canonical values that they stand for. A code may be text, a number, a truth value or null.
    ///
    /// # Errors
    /// When a code comes twice, or is a list or an object.
    pub fn new(entries: Vec<(Json, Value)>, unlisted: Unlisted) -> Result<Self, Message> {
        let mut by_text = BTreeMap::new();
        for (position, (raw, _)) in entries.iter().enumerate() {
            let text = code_text(raw).ok_or_else(|| refused("map-table-bad-code", raw))?;
            if by_text.insert(text, position).is_some() {
                return Err(refused("map-table-duplicate", raw));
            }
        }
        Ok(Self { entries, by_text, unlisted })
    }

    /// Its codes and values.
    #[must_use]
    pub fn entries(&self) -> &[(Json, Value)] {
        &self.entries
    }

    /// What becomes of other codes.
    #[must_use]
    pub fn unlisted(&self) -> Unlisted {
        self.unlisted
    }

    /// Whether each canonical value has one code, so that the table can be written through.
    #[must_use]
    pub fn injective(&self) -> bool {
        self.ambiguous().is_empty()
    }

    /// The canonical values that several codes stand for.
    #[must_use]
    pub fn ambiguous(&self) -> Vec<&Value> {
        let mut count: BTreeMap<&Value, usize> = BTreeMap::new();
        for (_, value) in &self.entries {
            *count.entry(value).or_default() += 1;
        }
        count.into_iter().filter(|(_, count)| *count > 1).map(|(value, _)| value).collect()
    }

    pub(super) fn kind(&self) -> Kind {
        let of_value = |value: &Value| match value {
            Value::Text(_) => Some(Kind::Text),
            Value::Bool(_) => Some(Kind::Bool),
            Value::Decimal(_) => Some(Kind::Decimal),
            Value::Null | Value::Date(_) | Value::Timestamp(_) | Value::Ref(_) | Value::List(_) => None,
        };
        let mut kinds: Vec<Kind> = self.entries.iter().filter_map(|(_, value)| of_value(value)).collect();
        if self.unlisted == Unlisted::Keep {
            kinds.push(Kind::Text);
        }
        kinds.sort();
        kinds.dedup();
        match kinds.as_slice() {
            [one] => one.clone(),
            _ => Kind::Mixed,
        }
    }

    pub(super) fn decode(&self, raw: &Json) -> Result<Option<Value>, Message> {
        let code = code_text(raw).ok_or_else(|| refused("map-not-code", raw))?;
        if let Some(position) = self.by_text.get(&code) {
            return Ok(Some(self.entries[*position].1.clone()));
        }
        match (code, self.unlisted) {
            (None, _) => Ok(Some(Value::Null)),
            (Some(text), _) if text.is_empty() => Ok(Some(Value::Null)),
            (Some(_), Unlisted::Hold) => Err(refused("map-unlisted", raw)),
            (Some(text), Unlisted::Keep) => Ok(Some(Value::Text(text))),
            (Some(_), Unlisted::Ignore) => Ok(None),
        }
    }

    pub(super) fn encode(&self, value: &Value) -> Result<Json, Message> {
        let mut codes = self.entries.iter().filter(|(_, listed)| listed == value).map(|(raw, _)| raw);
        let message = |key: &str| refused(key, &Json::String(display_text(value)));
        match (codes.next(), codes.next()) {
            (Some(raw), None) => Ok(raw.clone()),
            (Some(_), Some(_)) => Err(message("map-table-ambiguous")),
            (None, _) => match (value, self.unlisted) {
                (Value::Null, _) => Ok(Json::Null),
                // A text that is itself a listed code would come back as that code's value: it cannot be written.
                (Value::Text(text), Unlisted::Keep) if !self.by_text.contains_key(&Some(text.trim().to_owned())) => {
                    Ok(Json::String(text.clone()))
                }
                _ => Err(message("map-no-code")),
            },
        }
    }
}

/// The text by which a code is found; `Some(None)` for null, `None` for what cannot be a code.
fn code_text(raw: &Json) -> Option<Option<String>> {
    match raw {
        Json::Null => Some(None),
        Json::Bool(yes) => Some(Some(yes.to_string())),
        Json::Number(number) => Some(Some(number::text_of(number))),
        Json::String(text) => Some(Some(text.trim().to_owned())),
        Json::Array(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    fn status(unlisted: Unlisted) -> TableCodec {
        TableCodec::new(vec![(json!(true), text("inactive")), (json!(false), text("active"))], unlisted).unwrap()
    }

    #[test]
    fn codes_are_found_by_their_text_and_written_as_listed() {
        let table = status(Unlisted::Hold);
        assert_eq!(table.decode(&json!(true)), Ok(Some(text("inactive"))));
        assert_eq!(table.decode(&json!("false")), Ok(Some(text("active"))));
        assert_eq!(table.encode(&text("active")), Ok(json!(false)));
        assert_eq!(table.decode(&json!(null)), Ok(Some(Value::Null)));
        assert_eq!(table.kind(), Kind::Text);
        let numbers =
            TableCodec::new(vec![(json!(1), text("one")), (json!(null), text("none"))], Unlisted::Hold).unwrap();
        assert_eq!(numbers.decode(&json!("1")), Ok(Some(text("one"))));
        assert_eq!(numbers.decode(&json!(1.0)), Ok(Some(text("one"))));
        assert_eq!(numbers.decode(&json!(null)), Ok(Some(text("none"))));
    }

    #[test]
    fn a_code_not_listed_holds_passes_or_is_ignored() {
        assert_eq!(status(Unlisted::Hold).decode(&json!("x")).unwrap_err().key, "map-unlisted");
        assert_eq!(status(Unlisted::Keep).decode(&json!("x")), Ok(Some(text("x"))));
        assert_eq!(status(Unlisted::Ignore).decode(&json!("x")), Ok(None));
        assert_eq!(status(Unlisted::Hold).encode(&text("x")).unwrap_err().key, "map-no-code");
        assert_eq!(status(Unlisted::Keep).encode(&text("x")), Ok(json!("x")));
        assert!(status(Unlisted::Keep).encode(&text("true")).is_err(), "it would come back as inactive");
    }

    #[test]
    fn two_codes_for_one_value_can_only_be_read() {
        let table = TableCodec::new(
            vec![(json!("PROCEED"), text("Closed")), (json!("CLOSED"), text("Closed"))],
            Unlisted::Ignore,
        )
        .unwrap();
        assert!(!table.injective());
        assert_eq!(table.ambiguous(), [&text("Closed")]);
        assert_eq!(table.encode(&text("Closed")).unwrap_err().key, "map-table-ambiguous");
        assert_eq!(
            TableCodec::new(vec![(json!(1), text("a")), (json!("1"), text("b"))], Unlisted::Hold).unwrap_err().key,
            "map-table-duplicate"
        );
    }
}
