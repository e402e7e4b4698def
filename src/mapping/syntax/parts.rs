//! What the syntax types are made of: texts with a meaning, single values, lists with gaps, maps by system.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The keyword that marks a map whose keys are the names of systems.
pub(crate) const SIDE_KEYS: &str = "x-side-keys";

/// A number.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct NumberFile(pub serde_json::Number);

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $title:literal, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "title": $title, "pattern": $pattern })
            }
        }
    };
}

text_type!(
    /// A path to a member of a record.
    PathFile,
    "path (RFC 9535), $ is the record",
    "^\\$"
);
text_type!(
    /// A condition on a record.
    ConditionFile,
    "condition (RFC 9535 filter), @ is the record and $ the facts of the run",
    "\\S"
);
text_type!(
    /// The name of a resource of a connector.
    ResourceFile,
    "resource of the connector",
    "^\\S+$"
);

/// Any single value: text, a number, true, false or null.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Scalar(pub Json);

impl JsonSchema for Scalar {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean", "null"] })
    }
}

impl JsonSchema for NumberFile {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

/// A list in which what could not be read leaves a gap, so that positions stay those of the file.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Many<T>(Vec<Option<T>>);

impl<T> Many<T> {
    /// What could be read, with its position in the file.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.0.iter().enumerate().filter_map(|(position, item)| item.as_ref().map(|item| (position, item)))
    }

    /// Whether the file lists nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: JsonSchema> JsonSchema for Many<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Many_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<T>() })
    }
}

/// Something per system, by the system's name.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Sides<T>(pub BTreeMap<String, T>);

impl<T> Default for Sides<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: JsonSchema> JsonSchema for Sides<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Sides_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>() });
        schema.insert(SIDE_KEYS.to_owned(), true.into());
        schema
    }
}
