//! What a write carries: the members, with children and the mark of a record out of use put in, and decimals as the system wants them.

use crate::manifest::JsonType;
use crate::phrases::{fail, say};
use crate::system::RestResource;
use selaras_connector_api::{ChildOp, ChildRow, Code, Failure, WriteItem, WriteOp};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// The JSON to send for an item.
pub fn data(resource: &RestResource, item: &WriteItem) -> Result<Box<RawValue>, Failure> {
    let mut members = item.fields.clone();
    for children in &item.children {
        let Some(decl) = resource.children.get(&children.path) else {
            let told = say("rest-children").with("path", &children.path).with("resource", &resource.name);
            return Err(fail(Code::Unsupported, told).on_field(&children.path));
        };
        // The list replaces the one stored, so what goes is left out and what stays carries its id.
        let stays = children.rows.iter().filter(|row| row.op != ChildOp::Delete);
        let rows = stays.map(|row| child(row, &decl.id, decl.json)).collect();
        put(&mut members, &children.path, Json::Array(rows))?;
    }
    if let (WriteOp::Deactivate, Some(decl)) = (item.op, &resource.deactivate) {
        put(&mut members, &decl.path, decl.value.clone())?;
    }
    let members = Json::Object(members);
    serde_json::value::to_raw_value(&Shaped { value: &members, path: String::new(), numbers: &resource.numbers })
        .map_err(|error| fail(Code::Invalid, say("rest-not-sent").with("resource", &resource.name).with("why", error)))
}

fn child(row: &ChildRow, id_member: &str, json: JsonType) -> Json {
    let mut members = row.fields.clone();
    if let Some(id) = row.id.as_ref().filter(|_| row.op != ChildOp::Add) {
        members.insert(id_member.to_owned(), typed(id, json));
    }
    Json::Object(members)
}

/// An id or version in the JSON type that the system wants.
pub fn typed(text: &str, json: JsonType) -> Json {
    match json {
        JsonType::Integer => text.parse::<i64>().map_or_else(|_| Json::from(text), Json::from),
        JsonType::Text => Json::from(text),
    }
}

/// Sets a member under a dotted path, making the objects on the way.
fn put(members: &mut Map<String, Json>, path: &str, value: Json) -> Result<(), Failure> {
    let Some((head, rest)) = path.split_once('.') else {
        members.insert(path.to_owned(), value);
        return Ok(());
    };
    let inner = members.entry(head).or_insert_with(|| Json::Object(Map::new()));
    match inner {
        Json::Object(inner) => put(inner, rest, value),
        _ => Err(fail(Code::Invalid, say("rest-no-object").with("head", head).with("path", path)).on_field(path)),
    }
}

/// A value in which strings at some paths are written as numbers, digit by digit, never by way of a binary float.
struct Shaped<'a> {
    value: &'a Json,
    path: String,
    numbers: &'a BTreeSet<String>,
}

impl Serialize for Shaped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = |value, path| Shaped { value, path, numbers: self.numbers };
        match self.value {
            Json::String(text) if self.numbers.contains(&self.path) => {
                let number = RawValue::from_string(text.clone()).ok().filter(|raw| is_number(raw.get()));
                let wrong = || S::Error::custom(format!("`{text}` at `{}` is no number", self.path));
                number.ok_or_else(wrong)?.serialize(serializer)
            }
            Json::Array(elements) => {
                let mut seq = serializer.serialize_seq(Some(elements.len()))?;
                for element in elements {
                    seq.serialize_element(&inner(element, format!("{}[]", self.path)))?;
                }
                seq.end()
            }
            Json::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    let path = if self.path.is_empty() { name.clone() } else { format!("{}.{name}", self.path) };
                    map.serialize_entry(name, &inner(value, path))?;
                }
                map.end()
            }
            other => other.serialize(serializer),
        }
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}
