//! What is kept of runs for `status` and `conflicts`: plain data, written by `run` as it likes.

use selaras_model::{EntityName, RunId, Side, Signature};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    /// Its id.
    pub run: RunId,
    /// When it began, in milliseconds since 1970 (UTC).
    pub started_ms: i64,
    /// When it ended; `None`: it did not.
    pub finished_ms: Option<i64>,
    /// The mapping's name.
    pub mapping: String,
    /// The titles of both endpoints.
    pub titles: [String; 2],
    /// Actions applied, rejected, unclear and skipped.
    pub applied: u64,
    /// Actions that were refused by a system.
    pub rejected: u64,
    /// Actions of unknown outcome.
    pub unclear: u64,
    /// Actions not tried.
    pub skipped: u64,
    /// The hash of the plan.
    #[serde(default)]
    pub plan: String,
    /// Who approved the plan although a guard spoke against it, when and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Signature>,
    /// By entity, what decided which records take part when its links were last seen complete.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<EntityName, serde_json::Value>,
    /// The hash of the mapping.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mapping_hash: String,
    /// The entities that it read on both sides to the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub complete: Vec<EntityName>,
    /// The run that it took back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<RunId>,
    /// The limits that its plan went beyond and nobody approved, as JSON; not empty: nothing was written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<serde_json::Value>,
    /// Conflicts that it left.
    #[serde(default)]
    pub conflicts: u64,
    /// Records that it left waiting.
    #[serde(default)]
    pub held: u64,
    /// Records that could not be read or mapped.
    #[serde(default)]
    pub problems: u64,
    /// The exit code that the program ended with; `None`: it did not get that far.
    #[serde(default)]
    pub exit: Option<u8>,
}

/// The four counters of an entity on a side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredInfo {
    /// The entity.
    pub entity: EntityName,
    /// The side.
    pub side: Side,
    /// The system's name.
    pub system: String,
    /// Sample records.
    pub dummy: u64,
    /// Own records.
    pub data: u64,
    /// Records from the other side.
    pub sinkron: u64,
    /// All.
    pub total: u64,
}

/// A conflict as the plan that found it wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredConflict {
    /// The plan's conflict, as JSON.
    pub body: serde_json::Value,
}
