//! The compiled mapping: what `compile` makes of a file and everything after it works on.
//!
//! Plain data, with names resolved to positions, directions and rules made explicit, and entities in the order of their references. How a
//! record becomes an image and an image a payload is in `eval`; how text becomes a program is in `compile`.

use crate::codec::Codec;
use crate::condition::Condition;
use crate::path::Path;
use selaras_connector_api::Operation;
use selaras_model::{EntityName, FieldName, PerSide, Side, Text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A compiled mapping.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Its name, part of the key of all state.
    pub name: String,
    /// The hash of everything that it means (not of its comments or layout), as hex.
    pub hash: String,
    /// The two systems, in the order of the file.
    pub systems: PerSide<SystemDecl>,
    /// What a credential needs, per side: any one of these.
    pub permissions: PerSide<Vec<Permission>>,
    /// Limits for all entities.
    pub guards: Guards,
    /// The entities, referenced before referring.
    pub entities: Vec<Entity>,
}

impl Mapping {
    /// The entity of a name.
    #[must_use]
    pub fn entity(&self, name: &EntityName) -> Option<&Entity> {
        self.entities.iter().find(|entity| &entity.name == name)
    }
}

/// A system as the mapping names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemDecl {
    /// Its name in this mapping, the key of cells.
    pub name: String,
    /// The connector it speaks through.
    pub connector: String,
}

/// One way to be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// A role suffices.
    Role(String),
    /// All of these rights, by the names that people know.
    Rights(Vec<String>),
}

/// Limits on what one plan may do to one entity on one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    /// Deletes and deactivations.
    pub delete: Limit,
    /// Updates.
    pub update: Limit,
    /// Creates.
    pub create: Limit,
    /// Percentages count only where at least this many records are linked.
    pub minimum: u64,
    /// For how many hours the deletes of earlier runs count together with those of a plan; 0: each plan by itself.
    pub window: u64,
}

/// A limit as a count, a share of the linked records, or both (the lower wins).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// At most this many.
    pub count: Option<u64>,
    /// At most this many percent of the linked records.
    pub percent: Option<u8>,
}

/// Masters or transactions, for `--only`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Master data.
    Master,
    /// Transactions.
    Transaction,
}

/// Which way something flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Both ways.
    TwoWay,
    /// Only towards this side.
    Towards(Side),
}

impl Direction {
    /// Whether something may flow towards `side`.
    #[must_use]
    pub fn flows_to(self, side: Side) -> bool {
        match self {
            Direction::TwoWay => true,
            Direction::Towards(target) => target == side,
        }
    }
}

/// A pair of resources and how they agree.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its name.
    pub name: EntityName,
    /// Masters or transactions.
    pub group: Group,
    /// The resource on each side.
    pub resources: PerSide<String>,
    /// Which way creation flows, and fields by default.
    pub sync: Direction,
    /// Where a side keeps the id of its partner. At most one side does.
    pub partner_id: PerSide<Option<Path>>,
    /// Ordered keys for records not linked yet, by field position.
    pub match_keys: Vec<Vec<usize>>,
    /// Fields that must agree before a record found by a key is taken to be the same one; empty: the key suffices.
    pub confirm: Vec<usize>,
    /// What marks sample data.
    pub dummy: PerSide<Option<Condition>>,
    /// Which records take part; all must hold, the first that does not gives the reason.
    pub scope: PerSide<Vec<Rule>>,
    /// What may be created on the other side.
    pub create_when: PerSide<Vec<Rule>>,
    /// What marks a record as having come from the other system; used to count when links are rebuilt.
    pub arrived: PerSide<Option<Condition>>,
    /// Whether records may be created on that side (`on_create: {accurate: allow}` speaks of creating in Accurate).
    pub on_create: PerSide<bool>,
    /// What the other side does when a linked record vanished on this one.
    pub on_delete: PerSide<OnDelete>,
    /// What happens at the first meeting of two records whose fields differ, for fields without a rule of their own.
    pub first_meeting: FirstMeeting,
    /// The fields.
    pub fields: Vec<Field>,
    /// Names of atomic groups; fields refer to them by position.
    pub groups: Vec<String>,
    /// Limits of its own.
    pub guards: Guards,
    /// The entities that its fields refer to, itself excluded.
    pub references: Vec<EntityName>,
    /// The fields (by position) whose values people call a record by, joined by a space.
    pub label: Vec<usize>,
    /// By position in `fields`.
    pub by_name: BTreeMap<FieldName, usize>,
}

impl Entity {
    /// The position of a field.
    #[must_use]
    pub fn position(&self, name: &FieldName) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The field of a name.
    #[must_use]
    pub fn field(&self, name: &FieldName) -> Option<&Field> {
        self.position(name).map(|position| &self.fields[position])
    }

    /// What this entity asks of its resource on one side: what a run may have to do there, whatever the records are.
    #[must_use]
    pub fn demands(&self, side: Side) -> BTreeSet<Operation> {
        let flows = |field: &Field| field.direction.flows_to(side) && field.write != WriteRule::OnCreate;
        // The side that keeps partner ids is told the id of what was created on the other.
        let marks = self.partner_id.get(side).is_some() && *self.on_create.get(side.other());
        let on_delete = *self.on_delete.get(side.other());
        [
            (Operation::Read, true),
            (Operation::Create, *self.on_create.get(side)),
            (Operation::Update, self.fields.iter().any(flows) || marks),
            (Operation::Delete, matches!(on_delete, OnDelete::Delete | OnDelete::DeleteAfter { .. })),
            (Operation::Deactivate, matches!(on_delete, OnDelete::Deactivate | OnDelete::DeleteAfter { .. })),
        ]
        .into_iter()
        .filter_map(|(operation, needed)| needed.then_some(operation))
        .collect()
    }

    /// The side that keeps partner ids, if any.
    #[must_use]
    pub fn partner_side(&self) -> Option<Side> {
        Side::BOTH.into_iter().find(|side| self.partner_id.get(*side).is_some())
    }
}

/// A condition with the words for when it does not hold.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What must hold.
    pub require: Condition,
    /// What is said of a record for which it does not.
    pub reason: Text,
}

/// What to do when a linked record is proven gone on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnDelete {
    /// Remove the partner.
    Delete,
    /// Take the partner out of use.
    Deactivate,
    /// Take the partner out of use now, and remove it when so much time has passed and nobody has touched it.
    DeleteAfter {
        /// How long it waits.
        hours: u64,
    },
    /// Leave the partner alone and forget the pair (a tombstone stays).
    Unlink,
    /// Leave both alone and tell a person.
    Hold,
}

/// The rule for a field that both sides changed differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictRule {
    /// Leave both alone and tell a person.
    Hold,
    /// This side wins.
    Wins(Side),
}

/// The rule for fields that differ when two records meet for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FirstMeeting {
    /// Leave both alone and tell a person.
    Hold,
    /// This side wins.
    Wins(Side),
    /// Blanks are filled from the other side; anything else is held.
    Fill,
}

/// When a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WriteRule {
    /// When its source changed.
    OnChange,
    /// Only when the record is created.
    OnCreate,
    /// Whenever the target differs: drift is undone.
    Always,
}

/// A field of an entity, or of a child.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: FieldName,
    /// Its cells. One may be missing where the other is a constant or template.
    pub cells: PerSide<Option<Cell>>,
    /// Which way it flows.
    pub direction: Direction,
    /// When it is written.
    pub write: WriteRule,
    /// What happens when both sides changed it.
    pub conflict: ConflictRule,
    /// What happens when they differ at first meeting.
    pub first_meeting: FirstMeeting,
    /// Its atomic group, by position in `Entity::groups`.
    pub group: Option<usize>,
    /// A record without it is not created.
    pub required: bool,
    /// For a list: its children.
    pub list: Option<ListSpec>,
}

/// One side of a field.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Where it is read. `None`: it cannot be read (a write-only member); such a field is never compared on this side.
    pub read: Option<Path>,
    /// Where it is written. `None`: this side cannot be written.
    pub write: Option<Path>,
    /// A member that says whether the value is there at all, such as a "has limit" switch or a discount's type.
    pub flag: Option<Flag>,
    /// How the raw value becomes canonical, and back.
    pub codec: Codec,
}

/// A member that tells whether a value counts.
#[derive(Clone, Debug)]
pub struct Flag {
    /// The member.
    pub path: Path,
    /// Its value when the value counts.
    pub is: serde_json::Value,
    /// Its value when it does not.
    pub otherwise: serde_json::Value,
}

/// The children of a list field.
#[derive(Clone, Debug)]
pub struct ListSpec {
    /// The positions of the key fields within `fields`.
    pub key: Vec<usize>,
    /// Where they stand on each side.
    pub places: PerSide<ListPlace>,
    /// The fields of a child; paths are relative to the child, or to the record for slots.
    pub fields: Vec<Field>,
}

/// Where the children of a list stand on one side.
#[derive(Clone, Debug)]
pub enum ListPlace {
    /// An array under a member.
    Array {
        /// The member.
        path: Path,
        /// The child's own id, within the child.
        id: Option<Path>,
    },
    /// Numbered members of the record itself, such as `unit1Name`, `unit2Name`.
    Slots {
        /// The child field (by position) by whose value the children are sorted into slots.
        by: usize,
        /// Whether the smallest comes first.
        ascending: bool,
        /// Per slot, one cell per child field, in the order of the fields.
        columns: Vec<Vec<SlotCell>>,
    },
}

/// One child field in one slot.
#[derive(Clone, Debug)]
pub enum SlotCell {
    /// It stands in a member of the record.
    Cell(Box<Cell>),
    /// It is always this, and never written (the base unit's ratio is 1).
    Fixed(selaras_model::Value),
}
