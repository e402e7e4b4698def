//! The image of a record: what the mapping sees of it on one side.

use crate::{FieldName, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Field name to canonical value. A field that is absent was not returned by the system: unknown, never "cleared".
///
/// Clones share their values until one of them is changed: the same image stands in observations, pairs, actions and settlements, and a first
/// run has many of them at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Image(
    #[serde(with = "shared")]
    #[schemars(with = "BTreeMap<FieldName, Value>")]
    pub Arc<BTreeMap<FieldName, Value>>,
);

impl Image {
    /// The value of a field, if the system returned it.
    #[must_use]
    pub fn get(&self, field: &FieldName) -> Option<&Value> {
        self.0.get(field)
    }

    /// Puts a value.
    pub fn set(&mut self, field: FieldName, value: Value) {
        Arc::make_mut(&mut self.0).insert(field, value);
    }

    /// Takes a value out.
    pub fn remove(&mut self, field: &FieldName) {
        if self.0.contains_key(field) {
            Arc::make_mut(&mut self.0).remove(field);
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(FieldName, Value)> for Image {
    fn from_iter<I: IntoIterator<Item = (FieldName, Value)>>(fields: I) -> Self {
        Self(Arc::new(fields.into_iter().collect()))
    }
}

impl Extend<(FieldName, Value)> for Image {
    fn extend<I: IntoIterator<Item = (FieldName, Value)>>(&mut self, fields: I) {
        Arc::make_mut(&mut self.0).extend(fields);
    }
}

/// A shared map is written and read as a plain one.
mod shared {
    use super::{Arc, BTreeMap, FieldName, Value};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(fields: &Arc<BTreeMap<FieldName, Value>>, to: S) -> Result<S::Ok, S::Error> {
        fields.as_ref().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<BTreeMap<FieldName, Value>>, D::Error> {
        BTreeMap::deserialize(from).map(Arc::new)
    }
}

/// The first 128 bits of a BLAKE3 hash over canonical bytes. A collision would be a silently lost update, hence a cryptographic hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Hash128(pub [u8; 16]);

impl Hash128 {
    /// The hash of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_parts(&[bytes])
    }

    /// The hash of several parts, each with its length so that no two splits agree by accident.
    #[must_use]
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut first = [0; 16];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(first)
    }
}

impl fmt::Display for Hash128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
