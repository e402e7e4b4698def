//! Canonical values: what a codec makes of the raw value of one side, and the only thing that is ever compared.

use crate::{EntityName, FieldName, Image};
use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The canonical value of a field, in the form of one side.
///
/// All sides share these forms but for references, whose key is that of the side they were read from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// The system said that there is nothing. Not the same as a field it did not return, which is absent from the image.
    Null,
    /// Yes or no.
    Bool(bool),
    /// An exact number, normalised: `1.50` and `1.5` are the same value.
    Decimal(#[schemars(with = "String")] Decimal),
    /// Text, trimmed as its codec says.
    Text(String),
    /// A day.
    Date(#[schemars(with = "String")] Date),
    /// A moment.
    Timestamp(#[schemars(with = "String")] Timestamp),
    /// A reference to another entity's record.
    Ref(Ref),
    /// Children of a record, sorted by key.
    List(Vec<Row>),
}

impl Value {
    /// Whether there is nothing: null or empty text or an empty list.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(rows) => rows.is_empty(),
            Value::Bool(_) | Value::Decimal(_) | Value::Date(_) | Value::Timestamp(_) | Value::Ref(_) => false,
        }
    }

    /// Whether it means the same on both sides. What a reference or a row is called is another thing on each.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        match self {
            Value::Null
            | Value::Bool(_)
            | Value::Decimal(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Timestamp(_) => true,
            Value::Ref(_) | Value::List(_) => false,
        }
    }
}

/// How a reference names its record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefBy {
    /// By the native id of the side it stands on.
    Id,
    /// By the value of a field of the referenced entity, such as its name or code.
    Field(FieldName),
}

/// A reference as one side holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Ref {
    /// The entity referred to.
    pub entity: EntityName,
    /// What `key` is.
    pub by: RefBy,
    /// The key on the side that holds this reference.
    pub key: String,
}

/// One child of a record, such as the line of an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// The values of the key fields, in the order declared.
    pub key: Vec<Value>,
    /// Which of several rows with the same key fields this is, from 0.
    pub occurrence: u32,
    /// The child's own id on its side, where it has one. Not part of what is compared.
    pub id: Option<String>,
    /// The child's fields, key fields included.
    pub fields: Image,
}
