//! What a report says: sides by the names of their systems, values readable, sentences in the chosen language.
//!
//! This is the machine interface (`--format json`): fields are only ever added; anything else raises `format_version`.

use super::grounds::{EvidenceReport, KeptReport, WaitingReport};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A plan, or a run, as people and programs read it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlanReport {
    /// The version of this format.
    pub format_version: u32,
    /// The mapping's name.
    pub mapping: String,
    /// The language of the sentences in here: `id` or `en`.
    pub lang: &'static str,
    /// The run that the plan was made in.
    pub run: String,
    /// When the plan was made, RFC 3339.
    pub made_at: String,
    /// The hash of the plan.
    pub plan_hash: String,
    /// How the program ends; see `docs/exit-codes.md`.
    pub exit_code: u8,
    /// The two systems.
    pub systems: Vec<SystemReport>,
    /// How much there is of everything.
    pub tally: Tally,
    /// The writes, in the order in which they are made.
    pub actions: Vec<ActionReport>,
    /// What both sides want and cannot both have.
    pub conflicts: Vec<ConflictReport>,
    /// What waits, and for what.
    pub held: Vec<HeldReport>,
    /// Records that could not be read or mapped.
    pub problems: Vec<ProblemReport>,
    /// Records that are out of use because their partner is gone, and wait for their delete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingReport>,
    /// The run that the plan takes back; absent: it is an ordinary plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// Of an undo: what is not taken back, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_undone: Vec<KeptReport>,
    /// Records that stay out, by reason.
    pub out_of_scope: Vec<OutOfScopeReport>,
    /// Records of which nothing is to be changed.
    pub unchanged: Vec<UnchangedReport>,
    /// Calls to the systems.
    pub calls: Vec<CallsReport>,
    /// The accounts, per entity and system.
    pub entities: Vec<EntityRow>,
    /// Limits that the plan goes beyond; empty: none.
    pub guard: Vec<GuardReport>,
    /// What of the rules about which records take part has changed since the last run; empty: nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rebaseline: Vec<RebaselineReport>,
    /// Rights that the plan's writes need and the credentials lack; empty: none known.
    pub missing_rights: Vec<MissingRight>,
    /// Sync Information: before the plan is applied, or after it was.
    pub sync_info: Vec<SyncInfoRow>,
    /// Writes whose outcome is unclear.
    pub unclear: u64,
    /// What became of the plan; absent when nothing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

impl PlanReport {
    /// The version of the format.
    pub const VERSION: u32 = 1;

    /// Names of entities in the mapping's order.
    #[must_use]
    pub fn entity_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for row in &self.entities {
            if names.last() != Some(&row.entity.as_str()) {
                names.push(&row.entity);
            }
        }
        names
    }
}

/// A system.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SystemReport {
    /// Its name in the mapping.
    pub name: String,
    /// Which one it is: company and branch, as people call it.
    pub title: String,
    /// Which one it is, for programs: system, database, branch.
    pub endpoint: String,
    /// The content hash of its connector.
    pub connector: String,
}

/// A right that writes of the plan need and the credential lacks.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MissingRight {
    /// The system's name in the mapping.
    pub system: String,
    /// The right as people know it, such as `Pelanggan`.
    pub title: String,
    /// The right as the system knows it, such as `customer_save`; `null`: it names none.
    pub right: Option<String>,
    /// The entities whose writes need it.
    pub entities: Vec<String>,
    /// How many writes need it.
    pub operations: u64,
    /// The same in a sentence.
    pub text: String,
}

/// Totals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tally {
    /// Records to be created.
    pub creates: u64,
    /// Records to be changed.
    pub updates: u64,
    /// Records to be removed.
    pub deletes: u64,
    /// Records to be taken out of use.
    pub deactivates: u64,
    /// Pairs found by a key or by their partner id, and linked without a create.
    pub links: u64,
    /// Conflicts.
    pub conflicts: u64,
    /// Records held.
    pub held: u64,
    /// Records that could not be read or mapped.
    pub problems: u64,
}

impl Tally {
    /// All writes.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.creates + self.updates + self.deletes + self.deactivates
    }
}

/// A value as programs read it (`data`: a scalar, or a list of children) and as people do (`text`). Only the former goes into JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// For programs.
    pub data: Json,
    /// For people.
    pub text: String,
}

impl Serialize for Cell {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.data.serialize(serializer)
    }
}

impl JsonSchema for Cell {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cell".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A value: decimals, days and moments are strings; a list is an array of its children.",
            "type": ["null", "boolean", "string", "array"]
        })
    }
}

/// One write.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ActionReport {
    /// Its id.
    pub id: String,
    /// The entity.
    pub entity: String,
    /// `create`, `update`, `delete` or `deactivate`.
    pub kind: &'static str,
    /// The system written to.
    pub system: String,
    /// The record, as people call it.
    pub record: String,
    /// Its id in the system written to; absent for a create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_id: Option<String>,
    /// The id of the record on the other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_id: Option<String>,
    /// Why.
    pub why: String,
    /// The catalogue's key of `why`.
    pub why_key: String,
    /// What changes, in the mapping's order of fields.
    pub changes: Vec<ChangeReport>,
    /// Of a removal: what speaks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceReport>,
    /// Actions that must have been applied first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
    /// How it ended; absent when it was not tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<ResultReport>,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ChangeReport {
    /// The field.
    pub field: String,
    /// What the system holds now; absent for a create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Cell>,
    /// What it is to hold.
    pub after: Cell,
    /// For a field that is a list: its children that change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineReport>,
    /// Why this side gives way, where a rule decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A child that changes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LineReport {
    /// `added`, `removed` or `changed`.
    pub kind: &'static str,
    /// What the child is called: its key.
    pub line: String,
    /// Its fields: for a changed child those that change, else all that are not part of its key.
    pub fields: Vec<ChangeReport>,
}

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ResultReport {
    /// `applied`, `rejected`, `unclear` or `skipped`.
    pub end: &'static str,
    /// Why it did not happen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The record's id, once applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where what the system stored differs from what was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stored_differently: Vec<Stored>,
}

/// A value that a system stored otherwise than asked.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Stored {
    /// The field.
    pub field: String,
    /// What was asked.
    pub asked: String,
    /// What is stored.
    pub stored: String,
}

/// A conflict.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ConflictReport {
    /// Its id, the same for as long as it is the same conflict.
    pub id: String,
    /// The entity.
    pub entity: String,
    /// Its kind, such as `field` or `ambiguous`.
    pub kind: String,
    /// The record, as people call it.
    pub record: String,
    /// The ids of the records concerned, per system; several for an ambiguous match.
    pub ids: BTreeMap<String, Vec<String>>,
    /// What it is about.
    pub message: String,
    /// The catalogue's key of `message`.
    pub message_key: String,
    /// The fields concerned.
    pub fields: Vec<FieldConflictReport>,
    /// The records among which the partner is, where that is the question.
    pub candidates: Vec<CandidateReport>,
    /// What else is to be known, such as a decision that no longer holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The system where the record was removed, where the conflict is about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
    /// What people have decided of it; the next run carries it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<DecidedReport>,
    /// Whether it waits for a decision; `false`: all of it is decided.
    pub waits: bool,
    /// How it can be answered.
    pub advice: String,
    /// Commands that answer it, without the flags that say which mapping and state.
    pub answers: Vec<String>,
}

/// A decision that waits for the next run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DecidedReport {
    /// The fields; none: the record as a whole.
    pub fields: Vec<String>,
    /// The system whose state is taken, or the value.
    pub take: String,
    /// Who decided.
    pub by: String,
    /// When, RFC 3339.
    pub when: String,
    /// Why.
    pub because: String,
    /// All of that as a sentence.
    pub text: String,
}

/// A record that may be a partner.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CandidateReport {
    /// Its system.
    pub system: String,
    /// Its id there.
    pub id: String,
    /// The record, as people call it.
    pub record: String,
    /// Whether it has another partner already.
    pub linked: bool,
}

/// A field of a conflict.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FieldConflictReport {
    /// The field.
    pub field: String,
    /// What each system last agreed on; a system without a value is absent.
    pub base: BTreeMap<String, Cell>,
    /// What each system holds now; a system without a value is absent.
    pub now: BTreeMap<String, Cell>,
}

/// A record that waits.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HeldReport {
    /// The entity.
    pub entity: String,
    /// The system that the record is in.
    pub system: String,
    /// Its id there.
    pub id: String,
    /// The record, as people call it.
    pub record: String,
    /// What it waits for.
    pub reason: String,
    /// The catalogue's key of `reason`.
    pub reason_key: String,
}

/// A record that could not be read or mapped.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProblemReport {
    /// The entity.
    pub entity: String,
    /// The system that the record is in.
    pub system: String,
    /// Its id there.
    pub id: String,
    /// The record, as people call it.
    pub record: String,
    /// What is the matter.
    pub messages: Vec<String>,
    /// The catalogue's keys of `messages`.
    pub message_keys: Vec<String>,
}

/// Records that stay out for one reason.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct OutOfScopeReport {
    /// The entity.
    pub entity: String,
    /// The system that the records are in.
    pub system: String,
    /// The rule: `scope`, `create_when`, `direction` or `on_create`.
    pub rule: String,
    /// The reason in the words of the mapping.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// Records of which nothing is to be changed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct UnchangedReport {
    /// The entity.
    pub entity: String,
    /// The system.
    pub system: String,
    /// How many.
    pub count: u64,
}

/// Calls to one system.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CallsReport {
    /// The system.
    pub system: String,
    /// Calls made to read.
    pub reads: u64,
    /// Calls that writing takes, or took.
    pub writes: u64,
    /// Calls that were answered with "too many".
    pub limited: u64,
    /// The least time that the writes take under the system's limit, in milliseconds.
    pub write_ms: u64,
    /// The system's limit in calls per second; `null`: none known.
    pub per_second: Option<u32>,
}

/// The accounts of an entity in one system:
/// `seen = dummy + out_of_scope + failed + created + updated + unchanged + held`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EntityRow {
    /// The entity.
    pub entity: String,
    /// The system.
    pub system: String,
    /// Live links of the entity before this plan.
    pub linked: u64,
    /// Links of the entity of which both sides changed alike, so that nothing is written.
    pub rebased: u64,
    /// All records seen.
    pub seen: u64,
    /// Sample data.
    pub dummy: u64,
    /// Outside the scope or not to be created, by reason.
    pub out_of_scope: Vec<ReasonRow>,
    /// Could not be read, mapped or written.
    pub failed: u64,
    /// Created on the other side.
    pub created: u64,
    /// Whose pair is written to.
    pub updated: u64,
    /// Nothing to do.
    pub unchanged: u64,
    /// Waiting, or in conflict.
    pub held: u64,
    /// What is missing of the observation; nothing is deleted on its strength.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
}

impl EntityRow {
    /// All that stay out.
    #[must_use]
    pub fn out(&self) -> u64 {
        self.out_of_scope.iter().map(|reason| reason.count).sum()
    }
}

/// A reason and how many records it keeps out.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReasonRow {
    /// The reason in the words of the mapping.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// A rule that has changed since the last run, and what that means for linked records: they are frozen, never deleted for it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RebaselineReport {
    /// The entity.
    pub entity: String,
    /// The system that the rule is about.
    pub system: String,
    /// `scope`, `dummy` or `resource`.
    pub rule: String,
    /// Linked records that take no part now.
    pub frozen: u64,
    /// The same in a sentence.
    pub text: String,
}

/// A limit that the plan goes beyond.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GuardReport {
    /// The entity.
    pub entity: String,
    /// The system that would be written to.
    pub system: String,
    /// What is limited: `delete`, `update`, `create`, `delete_window`, `empty_side`, `shrunken_side`, `all_changed`, `rules_changed`,
    /// `unknown_partners` or `older_state`.
    pub guard: String,
    /// How many there are in the plan.
    pub planned: u64,
    /// How many may be.
    pub allowed: u64,
    /// Of how many.
    pub population: u64,
    /// The limit as the mapping writes it.
    pub limit: String,
    /// All that in a sentence.
    pub text: String,
}

/// The four counters of an entity in one system.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SyncInfoRow {
    /// The entity.
    pub entity: String,
    /// The system.
    pub system: String,
    /// Sample records living there.
    pub dummy: u64,
    /// Real records that originated there.
    pub data: u64,
    /// Records that came from the other system.
    pub sinkron: u64,
    /// Their sum.
    pub total: u64,
}

/// What became of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Outcome {
    /// The run.
    pub run: String,
    /// Actions done.
    pub applied: u64,
    /// Actions that a system refused.
    pub rejected: u64,
    /// Actions whose outcome is unclear.
    pub unclear: u64,
    /// Actions not tried, because their record moved on or something they wait for did not happen.
    pub skipped: u64,
    /// Writes that the journal of this run names; each is an action of the plan, or the run would have ended with an error.
    pub checked: u64,
    /// Whether the run was cancelled before the end.
    pub cancelled: bool,
}
