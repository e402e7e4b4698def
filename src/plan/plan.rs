//! The plan: a value that leaves no choice to whoever applies it (invariant 9), and says why it holds what it holds.

use schemars::JsonSchema;
use selaras_model::{
    ActionId, ConflictId, EntityName, FieldName, Image, Message, NativeId, PerSide, Reason, Ref, RefBy, RunId, Side,
    Value,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a plan was made from; it holds for nothing else (invariant 14).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Binding {
    /// The mapping's name.
    pub mapping: String,
    /// The hash of what the mapping means.
    pub mapping_hash: String,
    /// The names of the systems.
    pub systems: PerSide<String>,
    /// The content hashes of the connectors.
    pub connectors: PerSide<String>,
    /// The endpoints: system, database, branch.
    pub endpoints: PerSide<String>,
    /// The lineage of the state file.
    pub lineage: String,
    /// The state's generation.
    pub generation: u64,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// The version of this format.
    pub format: u32,
    /// What it was made from.
    pub binding: Binding,
    /// The writes, in the order in which they are made.
    pub actions: Vec<Action>,
    /// The pairs that settle: those written to, and those whose base moves without a write.
    pub pairs: Vec<Pair>,
    /// What both sides want and cannot both have.
    pub conflicts: Vec<Conflict>,
    /// What waits, and for what.
    pub held: Vec<Held>,
    /// Records that could not be read or mapped.
    pub problems: Vec<Problem>,
    /// Links that end by decision, so that their survivor can be made again on the other side.
    pub lifts: Vec<Lift>,
    /// What became of the decisions that this plan met.
    pub decisions: Vec<DecisionUse>,
    /// Of an undo: what is not taken back, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Kept>,
    /// Records that are out of use because their partner is gone, and wait for their delete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Waiting>,
    /// The accounts, per entity in the mapping's order.
    pub entities: Vec<EntityReport>,
    /// How people call the records that values refer to.
    pub names: Vec<Named>,
    /// The hash of all of the above, as hex.
    pub hash: String,
}

/// How people call a record that a value of one side refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// The side whose form the reference has.
    pub side: Side,
    /// The reference.
    pub reference: Ref,
    /// Its record's name, such as `C.00012 Toko Makmur`.
    pub label: String,
}

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Makes a record.
    Create,
    /// Changes fields of a record (its partner id counts as one).
    Update,
    /// Removes a record whose partner is proven gone.
    Delete,
    /// Takes a record out of use whose partner is proven gone.
    Deactivate,
}

/// One write to one record of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Action {
    /// Its id, the same whenever the same thing is planned.
    pub id: ActionId,
    /// The entity.
    pub entity: EntityName,
    /// What it does.
    pub kind: ActionKind,
    /// The side written to.
    pub target: Side,
    /// The record written to; `None` for a create.
    pub target_id: Option<NativeId>,
    /// The record on the other side.
    pub origin_id: Option<NativeId>,
    /// How people call the record.
    pub label: String,
    /// Why, in one sentence.
    pub why: Message,
    /// What changes, for people: fields in the mapping's order.
    pub changes: Vec<Change>,
    /// The values to write, in the target's form. References to records that do not exist yet have a key of [`pending_key`].
    pub write: Image,
    /// All that the record is to hold afterwards, as far as it is known; slots and lists are written from this.
    pub whole: Image,
    /// What the record holds now; children are compared with this.
    pub before: Image,
    /// The partner id to write on the target.
    pub partner_id: Option<PartnerId>,
    /// The keys under which the target is told its references.
    pub ref_keys: Vec<RefKey>,
    /// Actions that must have been applied first.
    pub waits_for: Vec<ActionId>,
    /// What must still hold when it is performed.
    pub precondition: Precondition,
    /// The pair that settles with it, by position in [`Plan::pairs`].
    pub pair: usize,
}

/// A field that changes, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The field.
    pub field: FieldName,
    /// What the target holds now; `None` for a create.
    pub before: Option<Value>,
    /// What it is to hold.
    pub after: Value,
    /// Why this side gives way, where a rule decided (a conflict won, drift undone).
    pub why: Option<Message>,
}

/// A partner id to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerId {
    /// Known now.
    Known(NativeId),
    /// The id that this action's record will get.
    Of(ActionId),
}

/// A key by which a reference is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RefKey {
    /// The reference as it stands in `write`.
    pub reference: Ref,
    /// How the target wants it named.
    pub by: RefBy,
    /// The name; for a record that does not exist yet and is named by id, the [`pending_key`].
    pub key: String,
}

/// The key of a reference to a record that an action of this plan will make.
#[must_use]
pub fn pending_key(action: &ActionId) -> String {
    format!("{PENDING}{action}")
}

/// The action that a pending key waits for.
#[must_use]
pub fn pending_action(key: &str) -> Option<ActionId> {
    key.strip_prefix(PENDING).map(ActionId::from)
}

const PENDING: &str = "pending:";

/// What must still hold of the target when an action is performed; otherwise it is skipped as stale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Precondition {
    /// The version token that was seen.
    pub version: Option<String>,
}

/// What happens to one field of the base when a pair settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// Held: stays as it was.
    Keep,
    /// Both sides' values as observed.
    Observed,
    /// If the write to this side was applied: the other side's value as observed, this side's as reported. Otherwise stays as it was.
    Written(Side),
    /// If the writes to both sides were applied: both sides' values as reported. Otherwise stays as it was.
    WrittenBoth,
}

/// How a pair ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Linked.
    Live,
    /// Buried; `gone` is where the record vanished.
    Tombstone(Side),
    /// Linked for now: a record is gone on this side, its partner was taken out of use and is deleted later.
    Grace(Side),
}

/// A pair that settles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    /// The entity.
    pub entity: EntityName,
    /// The ids; one is `None` while its record is still to be made.
    pub ids: PerSide<Option<NativeId>>,
    /// Where the record was first.
    pub origin: Side,
    /// How people call it.
    pub label: String,
    /// What was seen in this run.
    pub observed: PerSide<Image>,
    /// The versions seen.
    pub versions: PerSide<Option<String>>,
    /// The base until now; empty for a new pair.
    pub base: PerSide<Image>,
    /// What happens to each field of the base.
    pub moves: BTreeMap<FieldName, Move>,
    /// How it ends.
    pub ending: Ending,
    /// Whether the pair is linked by this plan without a create: found by a key or by its partner id.
    pub found: bool,
}

/// The kind of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// Both sides changed a field differently.
    Field,
    /// Two records meet for the first time and differ.
    FirstMeeting,
    /// One side removed the record, the other changed it (or the rule is to hold).
    Delete,
    /// Several records could be the partner.
    Ambiguous,
    /// The only candidate has another partner already.
    LinkedElsewhere,
    /// A record of that key exists and is evidently another one.
    Stranger,
    /// The value is to be unique and another record has it.
    KeyTaken,
    /// The partner id on the record says otherwise than the link.
    PartnerId,
}

/// Something that both sides want and cannot both have. A value, not an error; it blocks nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// Its id, the same for as long as it is the same conflict.
    #[serde(default = "no_id")]
    pub id: ConflictId,
    /// The entity.
    pub entity: EntityName,
    /// Its kind.
    pub kind: ConflictKind,
    /// The records concerned on each side; several for an ambiguous match.
    pub ids: PerSide<Vec<NativeId>>,
    /// How people call it.
    pub label: String,
    /// What it is about, in one sentence.
    pub message: Message,
    /// The fields concerned.
    pub fields: Vec<FieldConflict>,
    /// The records among which the partner is, where that is the question.
    #[serde(default)]
    pub candidates: Vec<Candidate>,
    /// For a removal: the side where the record is gone.
    #[serde(default)]
    pub gone: Option<Side>,
    /// What else is to be known of it, such as a decision that no longer holds.
    #[serde(default)]
    pub note: Option<Message>,
}

impl Conflict {
    /// A conflict about no field; its id follows when the plan is complete.
    #[must_use]
    pub fn new(
        entity: &EntityName,
        kind: ConflictKind,
        ids: PerSide<Vec<NativeId>>,
        label: &str,
        message: Message,
    ) -> Self {
        Self {
            id: no_id(),
            entity: entity.clone(),
            kind,
            ids,
            label: label.to_owned(),
            message,
            fields: Vec::new(),
            candidates: Vec::new(),
            gone: None,
            note: None,
        }
    }
}

/// The id of a conflict that has none yet.
fn no_id() -> ConflictId {
    ConflictId(String::new())
}

/// A record that may be a partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// Its side.
    pub side: Side,
    /// Its id.
    pub id: NativeId,
    /// How people call it.
    pub label: String,
    /// Whether it has another partner already.
    pub linked: bool,
}

/// A link that ends without a tombstone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lift {
    /// The entity.
    pub entity: EntityName,
    /// The pair as it was.
    pub ids: PerSide<NativeId>,
}

/// Something that an undo leaves as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// The entity.
    pub entity: EntityName,
    /// The side that was written to.
    pub side: Side,
    /// The record.
    pub id: NativeId,
    /// How people call it.
    pub label: String,
    /// The field; `None`: the record as a whole.
    pub field: Option<FieldName>,
    /// What was overwritten.
    pub was: Option<Value>,
    /// Why it stays.
    pub reason: Message,
}

/// A record that waits for its delete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waiting {
    /// The entity.
    pub entity: EntityName,
    /// The side that the record is on.
    pub side: Side,
    /// The record.
    pub id: NativeId,
    /// How people call it.
    pub label: String,
    /// When it was taken out of use, in milliseconds since 1970 (UTC).
    pub since_ms: i64,
    /// The run that did it.
    pub run: RunId,
    /// When it may be deleted.
    pub until_ms: i64,
}

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionFate {
    /// It decides what this plan does.
    Used,
    /// One side moved on since; it decides nothing.
    Stale,
    /// There is no conflict any more.
    Moot,
}

/// A decision that a plan met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionUse {
    /// The conflict that it was made on.
    pub conflict: ConflictId,
    /// The entity.
    pub entity: EntityName,
    /// How people call the record.
    pub label: String,
    /// What tells it from other decisions on the same conflict.
    pub unit: String,
    /// What became of it.
    pub fate: DecisionFate,
    /// The pair that it decides about, by position in [`Plan::pairs`].
    pub pair: Option<usize>,
}

/// One field of a conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldConflict {
    /// The field.
    pub field: FieldName,
    /// What each side last agreed on.
    pub base: PerSide<Option<Value>>,
    /// What each side holds now.
    pub now: PerSide<Option<Value>>,
}

/// A record that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// The entity.
    pub entity: EntityName,
    /// The side that the record is on.
    pub side: Side,
    /// The record.
    pub id: NativeId,
    /// How people call it.
    pub label: String,
    /// What it waits for.
    pub reason: Message,
}

/// A record that could not be read or mapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The entity.
    pub entity: EntityName,
    /// The side that the record is on.
    pub side: Side,
    /// The record.
    pub id: NativeId,
    /// How people call it.
    pub label: String,
    /// What is the matter.
    pub messages: Vec<Message>,
}

/// The accounts of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntityReport {
    /// The entity.
    pub entity: EntityName,
    /// The accounts per side.
    pub counts: PerSide<Counts>,
    /// Live links before this plan.
    pub linked: u64,
    /// Links whose two sides disagree in nothing and whose base moves silently.
    pub rebased: u64,
    /// What is missing of the observation, per side; nothing was deleted on its strength.
    pub incomplete: PerSide<Option<Message>>,
}

/// Every record seen on one side, each counted exactly once (invariant 8):
/// `seen = dummy + out_of_scope + failed + created + updated + unchanged + held`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// All of them.
    pub seen: u64,
    /// Sample data.
    pub dummy: u64,
    /// Outside the scope or not to be created, by reason, in the order of the reasons.
    pub out_of_scope: Vec<ReasonCount>,
    /// Could not be read or mapped (and, after a run, written).
    pub failed: u64,
    /// To be created on the other side.
    pub created: u64,
    /// Whose pair is written to, on either side.
    pub updated: u64,
    /// Nothing to do.
    pub unchanged: u64,
    /// Waiting, or in conflict.
    pub held: u64,
}

/// How many records a reason keeps out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ReasonCount {
    /// The reason.
    pub reason: Reason,
    /// How many.
    pub count: u64,
}

impl Counts {
    /// What the parts add up to; equal to `seen` in any honest plan.
    #[must_use]
    pub fn sum(&self) -> u64 {
        let outside: u64 = self.out_of_scope.iter().map(|reason| reason.count).sum();
        self.dummy + outside + self.failed + self.created + self.updated + self.unchanged + self.held
    }

    /// All kept out, whatever the reason.
    #[must_use]
    pub fn outside(&self) -> u64 {
        self.out_of_scope.iter().map(|reason| reason.count).sum()
    }

    /// Counts one more record kept out for a reason.
    pub fn add_outside(&mut self, reason: &Reason) {
        match self.out_of_scope.iter_mut().find(|entry| &entry.reason == reason) {
            Some(entry) => entry.count += 1,
            None => self.out_of_scope.push(ReasonCount { reason: reason.clone(), count: 1 }),
        }
    }
}

/// A limit that a plan goes beyond. A guard that trips writes nothing (invariant 19).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuardStop {
    /// The entity.
    pub entity: EntityName,
    /// The side that would be written to.
    pub side: Side,
    /// What is limited: `delete`, `update`, `create`, `empty_side`.
    pub guard: String,
    /// How many there are in the plan.
    pub planned: u64,
    /// How many may be.
    pub allowed: u64,
    /// Of how many.
    pub population: u64,
    /// The limit as the mapping writes it, such as `10%`.
    pub limit: String,
}
