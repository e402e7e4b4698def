//! What a connector is asked and what it answers.

use crate::Failure;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Open a system. Secrets are not in here; the host keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// The settings of the system: `base_url`, `database`, `branch`, and whatever the manifest names. `auth` holds the scheme's name.
    pub settings: BTreeMap<String, String>,
}

/// What is open now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Who this is, for keys of state: system, database, branch; never a host or a credential. `accurate/1234567/100`.
    pub endpoint: String,
    /// How people call it: `PT Panduan Sejahtera, cabang Jakarta`.
    pub title: String,
    /// Facts for conditions: what `$` is on this side, such as `{"branch": {"id": 100, "name": "Jakarta"}, "database": {"id": …}}`.
    pub facts: Json,
}

/// What can be opened. Needs no `open` before it: this is how the settings for it are found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpacesRequest {
    /// The settings as far as they are known, as for `open`.
    pub settings: BTreeMap<String, String>,
    /// The database whose branches are wanted; `None`: the databases, without branches.
    pub database: Option<String>,
}

/// A database with its branches, or a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    /// The id, for the setting `database` or `branch`.
    pub id: String,
    /// The name.
    pub title: String,
    /// Why it cannot be worked on, in the system's words (`expired`, `suspended`); `None`: it can.
    pub unusable: Option<String>,
    /// Its branches; empty where they were not asked for.
    pub branches: Vec<Space>,
}

/// What may be done?
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsRequest {
    /// Resources to knock at with the smallest read there is, for rights that a system only shows by refusing. Empty: nothing is tried.
    pub probe: Vec<String>,
}

/// What the credential may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Whose credential it is, as people know them (a name, an e-mail address), where the system tells.
    pub account: Option<String>,
    /// The role, such as `Administrator`, where the system tells.
    pub role: Option<String>,
    /// The rights or scopes held; `None`: the system does not tell.
    pub held: Option<Vec<String>>,
    /// What was refused when it was tried.
    pub denied: Vec<Denied>,
}

/// A resource that may not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// The resource.
    pub resource: String,
    /// The right that is missing, such as `customer_view`, if it is known.
    pub right: Option<String>,
    /// What the system said.
    pub said: Failure,
}

/// List a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRequest {
    /// The resource.
    pub resource: String,
    /// The members wanted, dotted. Members that lists do not give are left out by the caller.
    pub fields: Vec<String>,
    /// Only what changed since, as an earlier `ReadDone` gave it.
    pub since: Option<String>,
}

/// A listing has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadDone {
    /// Whether all pages were read and the count agrees with what the system announced.
    pub complete: bool,
    /// If not, why. A failure as to its form only, so that it can be said in any language.
    pub why_incomplete: Option<Failure>,
    /// From where the next reading can go on.
    pub cursor: Option<String>,
}

/// Read some records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetRequest {
    /// The resource.
    pub resource: String,
    /// Their ids.
    pub ids: Vec<String>,
    /// The members wanted, dotted.
    pub fields: Vec<String>,
}

/// The reading of single records has ended. Those found were emitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetDone {
    /// Those of which the system said that they do not exist.
    pub gone: Vec<String>,
    /// Those that could not be read, and why.
    pub failed: Vec<(String, Failure)>,
}

/// What to do with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteOp {
    /// Make it.
    Create,
    /// Change the members given.
    Update,
    /// Remove it.
    Delete,
    /// Take it out of use.
    Deactivate,
}

/// What to do with a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChildOp {
    /// It is new.
    Add,
    /// Members of it change; `fields` holds all its mapped members.
    Update,
    /// It goes.
    Delete,
    /// It stays as it is; `fields` holds all its mapped members, for systems that replace lists.
    Keep,
}

/// A child in a write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChildRow {
    /// What happens to it.
    pub op: ChildOp,
    /// Its own id, where it has one.
    pub id: Option<String>,
    /// Its members under the names that writes use.
    pub fields: Map<String, Json>,
}

/// The children under one member, in the order they are to have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Children {
    /// The member, such as `detailItem`.
    pub path: String,
    /// Its rows.
    pub rows: Vec<ChildRow>,
}

/// One record to write. Decimals are JSON strings in plain notation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WriteItem {
    /// What to do.
    pub op: WriteOp,
    /// The record; `None` for a create.
    pub id: Option<String>,
    /// The version expected, where the resource can compare and set.
    pub version: Option<String>,
    /// The members under the names that writes use, nested.
    pub fields: Map<String, Json>,
    /// Lists of children.
    pub children: Vec<Children>,
}

/// Write records of one resource. All items have the same operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WriteRequest {
    /// The resource.
    pub resource: String,
    /// The items, at most as many as the operation takes per call times the budget's parallel calls, or so; a connector may split.
    pub items: Vec<WriteItem>,
}

/// How one item ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The system did it.
    Applied {
        /// The record's id.
        id: String,
        /// Its version now.
        version: Option<String>,
        /// The record as the system says it stored it; `None`: the engine reads it again.
        record: Option<Json>,
    },
    /// The system said no, or nothing reached it: nothing happened.
    Rejected(Failure),
    /// Nobody knows.
    Unclear(Failure),
}

/// The writes have ended: one outcome per item, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WriteDone {
    /// The outcomes.
    pub outcomes: Vec<Outcome>,
}
