//! How a record looks on the wire: every member of its resource in a fixed order, absent ones as null. Rows are written straight from the
//! table, so that a page costs no copies.

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::resources::{Default, Kind, Member, Resource};
use super::write::version_of;
use crate::world::Row;

/// Members of a line in the order shown.
const LINE: [&str; 11] = [
    "id",
    "no",
    "productId",
    "unitId",
    "warehouseId",
    "quantity",
    "price",
    "discountType",
    "discountValue",
    "notes",
    "net",
];

/// One record, ready to be written as JSON.
pub(crate) struct Shown<'a> {
    pub(crate) resource: &'static Resource,
    pub(crate) key: u64,
    pub(crate) row: &'a Row,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.resource.id(self.key))?;
        for member in self.resource.all_members() {
            match (self.row.get(member.name), member.kind) {
                (Some(Value::Array(lines)), Kind::Lines) => map.serialize_entry(member.name, &Lines(lines))?,
                (Some(value), _) => map.serialize_entry(member.name, value)?,
                (None, _) if member.name == "version" => map.serialize_entry(member.name, &version_of(self.row))?,
                (None, _) => map.serialize_entry(member.name, &Absent(member))?,
            }
        }
        map.end()
    }
}

/// What stands for a member that a row does not hold.
struct Absent<'a>(&'a Member);

impl Serialize for Absent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.default {
            Some(Default::Word(word)) => serializer.serialize_str(word),
            Some(Default::No) => serializer.serialize_bool(false),
            None => serializer.serialize_none(),
        }
    }
}

struct Lines<'a>(&'a [Value]);

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for line in self.0 {
            list.serialize_element(&Line(line))?;
        }
        list.end()
    }
}

struct Line<'a>(&'a Value);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(LINE.len()))?;
        for name in LINE {
            map.serialize_entry(name, self.0.get(name).unwrap_or(&Value::Null))?;
        }
        map.end()
    }
}
