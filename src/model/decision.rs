//! Decisions: what a person said of a conflict, as data. The next plan takes them as input.

use crate::{ConflictId, EntityName, FieldName, NativeId, PerSide, Side, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who ordered something by hand, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who: a login name.
    pub by: String,
    /// When, in milliseconds since 1970 (UTC).
    pub at_ms: i64,
    /// Why, in their words.
    pub because: String,
}

impl Signature {
    /// When, as RFC 3339.
    #[must_use]
    pub fn when(&self) -> String {
        jiff::Timestamp::from_millisecond(self.at_ms).map_or_else(|_| self.at_ms.to_string(), |at| at.to_string())
    }
}

/// What a person decided about one unit (a field, an atomic group, or the removal of a record) of one pair.
///
/// It holds exactly for the values it was made on: when either side moves on it is stale, and is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The conflict that it answers.
    pub conflict: ConflictId,
    /// The entity.
    pub entity: EntityName,
    /// The pair.
    pub ids: PerSide<NativeId>,
    /// How people call it.
    pub label: String,
    /// For a removal against an edit: the side where the record is gone.
    pub gone: Option<Side>,
    /// What each side held when it was made, per field in conflict.
    pub on: BTreeMap<FieldName, PerSide<Option<Value>>>,
    /// What is to be.
    pub take: Take,
    /// Who, when, why.
    pub signature: Signature,
}

impl Decision {
    /// What tells it from other decisions on the same conflict: its first field, or nothing for a removal.
    #[must_use]
    pub fn unit(&self) -> &str {
        self.on.keys().next().filter(|_| self.gone.is_none()).map_or("", FieldName::as_str)
    }
}

/// What is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// What this side holds; where it holds no record any more, that.
    Side(Side),
    /// This value, on both sides.
    Value(Value),
}
