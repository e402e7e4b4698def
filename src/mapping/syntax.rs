//! The mapping file as it is written: the types that the editor's schema, the check of shapes and the reading all come from.
//!
//! Doc comments here are what an editor shows while somebody writes a mapping, hence their tone. Everything is optional in these types, so
//! that one missing key does not hide what is wrong elsewhere; what must be there is marked `required`. Meaning is `compile`'s business.

mod codecs;
mod parts;

pub use codecs::{
    ByFile, CodecFile, CodecName, DateFile, DecimalOptions, IntegerOptions, TextOptions, TimestampFile,
    TimestampOptions, UnlistedFile,
};
pub(crate) use parts::SIDE_KEYS;
pub use parts::{ConditionFile, Many, NumberFile, PathFile, ResourceFile, Scalar, Sides};

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A mapping: how two systems are made to agree.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// The version of the mapping language: 1.
    #[schemars(required)]
    pub version: Option<u64>,
    /// The name of this mapping. State is kept under it, so renaming a mapping starts it anew.
    #[schemars(required)]
    pub name: Option<String>,
    /// The two systems. The names chosen here are used everywhere below.
    #[schemars(required)]
    pub systems: Option<BTreeMap<String, SystemFile>>,
    /// What whoever connects must be allowed to do, per system. Checked before anything moves.
    pub permissions: Option<Sides<PermissionsFile>>,
    /// A plan that goes beyond these limits writes nothing until somebody approves it.
    pub guards: Option<GuardsFile>,
    /// What happens when both sides changed a field: `hold` or the name of the system that wins. Entities and fields may say otherwise.
    pub conflict: Option<String>,
    /// Further files.
    pub include: Option<Many<String>>,
    /// The entities, by the names that people know.
    #[schemars(required)]
    pub entities: Option<BTreeMap<String, EntityFile>>,
}

/// A system of the pair.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemFile {
    /// The connector that speaks with it.
    #[schemars(required)]
    pub connector: Option<String>,
}

/// What a credential needs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PermissionsFile {
    /// Any one of these suffices.
    #[schemars(required)]
    pub any_of: Option<Many<PermissionFile>>,
}

/// One way to be allowed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum PermissionFile {
    /// A role.
    Role {
        /// The role's name in the system.
        role: String,
    },
    /// Rights, all of them.
    Rights {
        /// The names of the rights, as the system shows them.
        rights: Many<String>,
    },
}

/// Limits on what one plan may do to one entity on one side.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardsFile {
    /// Most deletes and deactivations. Default: 10%.
    pub delete: Option<LimitFile>,
    /// Most updates. Default: 50%.
    pub update: Option<LimitFile>,
    /// Most creates. Default: no limit.
    pub create: Option<LimitFile>,
    /// Percentages count only where at least this many records are linked. Default: 20.
    pub minimum: Option<u64>,
    /// For how long the deletes of earlier runs count together with those of a plan, such as `24h` or `7d`; `0h`: each plan by itself.
    /// Default: 24h.
    #[schemars(regex(pattern = r"^\d{1,4} ?[hd]$"))]
    pub window: Option<String>,
}

/// A limit: `10%` of the linked records, a number of records, or both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum LimitFile {
    /// At most this many records.
    Count(u64),
    /// At most this share of the linked records, such as `10%`.
    Percent(#[schemars(regex(pattern = r"^\d{1,3} ?%$"))] String),
    /// Both; the lower one counts.
    Both {
        /// At most this many records.
        count: u64,
        /// At most this share of the linked records, such as `10%` or `10`.
        percent: NumberOrText,
    },
}

/// A number, or text that holds one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum NumberOrText {
    /// A number.
    Number(u64),
    /// Text.
    Text(String),
}

/// Masters or transactions.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupFile {
    /// Master data.
    Master,
    /// Transactions.
    Transaction,
}

/// Whether records may be created on a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AllowFile {
    /// Records may be created there.
    Allow,
    /// Nothing is created there.
    Deny,
}

/// What to do when a linked record vanished.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum OnDeleteFile {
    /// At once.
    Now(OnDeleteWord),
    /// Later.
    Later {
        /// What is done in the end: `delete`.
        action: OnDeleteWord,
        /// How long the record is kept out of use before it is deleted, such as `30d` or `48h`. If anybody touches it meanwhile, or its partner
        /// comes back, it stays.
        #[schemars(regex(pattern = r"^\d{1,4} ?[hd]$"))]
        grace: Option<String>,
    },
}

/// What is done with the record on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDeleteWord {
    /// The other side deletes its record.
    Delete,
    /// The other side takes its record out of use.
    Deactivate,
    /// The other side keeps its record; the two are no longer a pair.
    Unlink,
    /// Nothing happens until a person decides.
    Hold,
}

/// When a field is written.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WriteFile {
    /// When the other side changed it.
    OnChange,
    /// Only when the record is created.
    OnCreate,
    /// Whenever it differs: changes made here are undone.
    Always,
}

/// An entity: a resource of one system paired with a resource of the other. Besides the keys below, each system's name stands here once,
/// with the resource as its value.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct EntityFile {
    /// Master data or transactions, for `--only`.
    #[schemars(required)]
    pub group: Option<GroupFile>,
    /// Which way records are created and fields flow: `two-way`, or `accurate -> smh` with the names of your systems.
    #[schemars(required, regex(pattern = r"^(two-way|\S+ *-> *\S+)$"))]
    pub sync: Option<String>,
    /// Where one system keeps the id of the other system's record.
    pub partner_id: Option<Sides<PathFile>>,
    /// Keys for records that are not linked yet, best first; each is a list of fields that must agree.
    #[serde(rename = "match")]
    pub match_keys: Option<Many<Many<String>>>,
    /// Fields that must agree as well before a record found by a key is taken to be the same one.
    pub confirm: Option<Many<String>>,
    /// What marks sample data, which never crosses.
    pub dummy: Option<Sides<ConditionFile>>,
    /// Which records take part at all. A linked one that leaves the scope freezes.
    pub scope: Option<Sides<RulesFile>>,
    /// What may be created on the other side. Linked records go on regardless.
    pub create_when: Option<Sides<RulesFile>>,
    /// What marks a record as having come from the other system, for counting when links are rebuilt.
    pub arrived: Option<Sides<ConditionFile>>,
    /// Whether records may be created on a side. Default: where `sync` points.
    pub on_create: Option<Sides<AllowFile>>,
    /// The key is the side where a linked record vanished; the value is what the other side does. Default: `unlink`.
    pub on_delete: Option<Sides<OnDeleteFile>>,
    /// What happens when both sides changed a field: `hold` (default) or the name of the system that wins.
    pub conflict: Option<String>,
    /// What happens when two records meet for the first time and differ: `hold` (default), `fill` (blanks are filled from the other side) or
    /// the name of the system that wins.
    pub first_meeting: Option<String>,
    /// Limits of this entity.
    pub guards: Option<GuardsFile>,
    /// The fields whose values people call a record by. Default: code or number, and name.
    pub label: Option<Many<String>>,
    /// The fields, by names of your own.
    #[schemars(required)]
    pub fields: Option<BTreeMap<String, FieldFile>>,
    /// The resource of each system.
    #[serde(flatten)]
    pub resources: Sides<ResourceFile>,
}

/// A field: what both sides say of the same thing. Besides the keys below, a system's name stands here with the place on its side.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct FieldFile {
    /// The codec of both sides: how a raw value becomes a common one, and back. A side may have its own. Default: `text`.
    #[serde(rename = "as")]
    pub codec: Option<CodecFile>,
    /// A record without it is not created. Default: false.
    pub required: Option<bool>,
    /// Which way it flows: `two-way`, or `accurate -> smh` with the names of your systems. Default: that of the entity.
    #[schemars(regex(pattern = r"^(two-way|\S+ *-> *\S+)$"))]
    pub direction: Option<String>,
    /// When it is written. Default: `on_change`.
    pub write: Option<WriteFile>,
    /// What happens when both sides changed it: `hold` or the name of the system that wins. Default: that of the entity.
    pub conflict: Option<String>,
    /// What happens when the two differ at the first meeting: `hold`, `fill` or the name of the system that wins. Default: that of the entity.
    pub first_meeting: Option<String>,
    /// Fields of the same group cross together or not at all, such as the parts of an address.
    pub group: Option<String>,
    /// For children of the record, such as the lines of an order.
    pub list: Option<ListFile>,
    /// Where it stands on each side.
    #[serde(flatten)]
    pub cells: Sides<CellFile>,
}

/// A field of a child. Besides the keys below, a system's name stands here with the place on its side.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct ChildFieldFile {
    /// The codec of both sides. A side may have its own. Default: `text`.
    #[serde(rename = "as")]
    pub codec: Option<CodecFile>,
    /// A child without it is not created. Default: false.
    pub required: Option<bool>,
    /// Which way it flows. Default: that of the list.
    #[schemars(regex(pattern = r"^(two-way|\S+ *-> *\S+)$"))]
    pub direction: Option<String>,
    /// When it is written. Default: that of the list.
    pub write: Option<WriteFile>,
    /// Where it stands within the child on each side.
    #[serde(flatten)]
    pub cells: Sides<CellFile>,
}

/// One side of a field: a path, or a mapping where there is more to say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum CellFile {
    /// The member, such as `$.billStreet`.
    Path(PathFile),
    /// The member and what there is to say of it.
    Full(Box<FullCellFile>),
}

/// One side of a field, in full.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FullCellFile {
    /// The member, read and written under the same name.
    pub path: Option<PathFile>,
    /// The member under which it is read, where it is written under another name or not at all.
    pub read: Option<PathFile>,
    /// The member under which it is written, where it is read under another name or not at all.
    pub write: Option<PathFile>,
    /// The codec of this side.
    #[serde(rename = "as")]
    pub codec: Option<CodecFile>,
    /// A member beside it that tells whether the value counts.
    pub flag: Option<FlagFile>,
}

/// A member that tells whether a value counts, such as a switch beside an amount.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlagFile {
    /// The member.
    #[schemars(required)]
    pub path: Option<PathFile>,
    /// Its value when the value beside it counts.
    #[schemars(required)]
    pub is: Option<Scalar>,
    /// Its value when it does not. Default: null.
    #[serde(rename = "else")]
    pub otherwise: Option<Scalar>,
}

/// Conditions that must all hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum RulesFile {
    /// One condition.
    One(ConditionFile),
    /// Several; the first that does not hold gives the reason.
    Several(Many<RuleFile>),
}

/// A condition, perhaps with the words for when it does not hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum RuleFile {
    /// A condition.
    Bare(ConditionFile),
    /// A condition with a reason.
    WithReason {
        /// What must hold.
        require: ConditionFile,
        /// What is said of a record for which it does not.
        reason: Option<ReasonFile>,
    },
}

/// Words for people.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum ReasonFile {
    /// The same in both languages.
    Same(String),
    /// In Indonesian and English.
    Both {
        /// In Indonesian.
        id: String,
        /// In English.
        en: String,
    },
}

/// Children of a record. Besides the keys below, each system's name stands here with the place on its side.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct ListFile {
    /// The fields by which children of the two sides are paired.
    #[schemars(required)]
    pub key: Option<Many<String>>,
    /// The fields of a child.
    #[schemars(required)]
    pub fields: Option<BTreeMap<String, ChildFieldFile>>,
    /// Where the children stand on each side.
    #[serde(flatten)]
    pub places: Sides<PlaceFile>,
}

/// Where children stand.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum PlaceFile {
    /// In an array.
    Array {
        /// The array.
        path: PathFile,
        /// The child's own id, within the child.
        id: Option<PathFile>,
    },
    /// In numbered members of the record itself.
    Slots {
        /// The members.
        slots: SlotsFile,
    },
}

/// Children in numbered members of the record itself, such as `unit1Name`, `unit2Name`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotsFile {
    /// The child field by which children are sorted into slots.
    #[schemars(required)]
    pub by: Option<String>,
    /// Whether the smallest comes first. Default: `ascending`.
    pub order: Option<OrderFile>,
    /// The slots, in order; each gives the place of every child field.
    #[schemars(required)]
    pub columns: Option<Many<BTreeMap<String, SlotFile>>>,
}

/// The order of slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderFile {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// The place of a child field in one slot.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum SlotFile {
    /// The member of the record.
    Path(PathFile),
    /// Always this value, never written.
    Fixed {
        /// The value.
        fixed: Scalar,
    },
    /// The member and what there is to say of it.
    Full(Box<FullCellFile>),
}
