//! Ref: a reference to a record of another entity, by id or by the value of a field. What the key means on the other side is looked up by
//! whoever holds the links; a write names the record as the system wants it named.

use super::{Resolve, refused, wrong_kind};
use crate::number;
use selaras_model::{EntityName, Message, Ref, RefBy, Value};
use serde_json::Value as Json;

/// A reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefCodec {
    /// The entity referred to.
    pub entity: EntityName,
    /// What the system answers with.
    pub read: RefBy,
    /// What the system wants to be told.
    pub write: RefBy,
}

impl RefCodec {
    pub(super) fn decode(&self, raw: &Json) -> Result<Value, Message> {
        let key = match raw {
            Json::Null => return Ok(Value::Null),
            Json::String(text) => text.trim().to_owned(),
            // The number 0 is how systems without null say that there is none.
            Json::Number(number) => match number::text_of(number) {
                zero if zero == "0" => return Ok(Value::Null),
                key => key,
            },
            Json::Bool(_) | Json::Array(_) | Json::Object(_) => {
                return Err(refused("map-not-ref", raw).with("entity", &self.entity));
            }
        };
        if key.is_empty() || (self.read == RefBy::Id && key == "0") {
            return Ok(Value::Null);
        }
        Ok(Value::Ref(Ref { entity: self.entity.clone(), by: self.read.clone(), key }))
    }

    pub(super) fn encode(&self, value: &Value, resolve: &Resolve<'_>) -> Result<Json, Message> {
        match value {
            Value::Null => Ok(Json::Null),
            Value::Ref(reference) if reference.entity == self.entity => {
                resolve(reference, &self.write).map(Json::String).ok_or_else(|| {
                    Message::new("map-ref-unresolved").with("entity", &self.entity).with("value", &reference.key)
                })
            }
            other => Err(wrong_kind("ref", other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn by_id() -> RefCodec {
        RefCodec { entity: "Satuan".into(), read: RefBy::Id, write: RefBy::Field("name".into()) }
    }

    #[test]
    fn ids_are_opaque_text_and_zero_is_none() {
        let unit = |key: &str| Ok(Value::Ref(Ref { entity: "Satuan".into(), by: RefBy::Id, key: key.into() }));
        assert_eq!(by_id().decode(&json!(1000)), unit("1000"));
        assert_eq!(by_id().decode(&json!(1000.0)), unit("1000"));
        assert_eq!(by_id().decode(&json!(" 0b7-x ")), unit("0b7-x"));
        for none in [json!(null), json!(""), json!(0), json!("0")] {
            assert_eq!(by_id().decode(&none), Ok(Value::Null), "{none}");
        }
        assert_eq!(by_id().decode(&json!({"id": 1})).unwrap_err().key, "map-not-ref");
    }

    #[test]
    fn a_write_names_the_record_as_the_system_wants() {
        let value = by_id().decode(&json!(1000)).unwrap();
        let names = |_: &Ref, by: &RefBy| (*by == RefBy::Field("name".into())).then(|| "PCS".to_owned());
        assert_eq!(by_id().encode(&value, &names), Ok(json!("PCS")));
        let unknown = by_id().encode(&value, &|_, _| None).unwrap_err();
        assert_eq!((unknown.key.as_str(), unknown.args["value"].as_str()), ("map-ref-unresolved", "1000"));
        let stranger = Value::Ref(Ref { entity: "Pajak".into(), by: RefBy::Id, key: "1".into() });
        assert_eq!(by_id().encode(&stranger, &names).unwrap_err().key, "map-wrong-kind");
    }
}
