//! What the planner is given: everything it needs, so that it never reads, waits or asks.

use crate::plan::{Binding, Change};
use crate::undo::Undo;
use selaras_mapping::program::Mapping;
use selaras_model::{
    Coverage, Decision, EntityName, FieldName, Image, Intent, Link, MatchKey, Message, NativeId, Observed, PerSide,
    Presence, RefBy, Side, Standing,
};
use std::collections::BTreeMap;

/// The input of [`crate::plan()`].
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The compiled mapping.
    pub mapping: &'a Mapping,
    /// What the plan will be bound to.
    pub binding: Binding,
    /// The entities to plan, in the mapping's order; entities left out are not looked at.
    pub entities: Vec<EntityInput>,
    /// Every reference that a record below holds, looked up.
    pub refs: RefTable,
    /// What people decided about conflicts, in any order.
    pub decisions: Vec<Decision>,
    /// Fields that runs have been writing back and forth.
    pub swings: Vec<Swing>,
    /// The time, in milliseconds since 1970 (UTC): whether a record has waited long enough for its delete.
    pub now_ms: i64,
    /// What is to be taken back. Then nothing else is planned.
    pub undo: Option<Undo>,
}

/// A field of a pair that runs have been writing back and forth: it waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Swing {
    /// The entity.
    pub entity: EntityName,
    /// The pair.
    pub ids: PerSide<NativeId>,
    /// The field.
    pub field: FieldName,
    /// The two values, as people read them.
    pub values: [String; 2],
}

/// What was observed of one entity.
#[derive(Clone, Debug)]
pub struct EntityInput {
    /// The entity.
    pub entity: EntityName,
    /// Live links that need a look: at least one side changed, is missing, or has something left over.
    pub links: Vec<LinkInput>,
    /// Live links of which both sides were seen unchanged; they are only counted.
    pub quiet: u64,
    /// Live links that are not looked at, whatever they hold; only guards count them.
    pub aside: u64,
    /// How many linked records vanished on each side, if they were all that were linked ([`emptied`]). Found out before a run is narrowed to
    /// one record.
    pub emptied: PerSide<Option<u64>>,
    /// Records without a link, in any order.
    pub unlinked: PerSide<Vec<Observed>>,
    /// Tombstones of which a surviving record is among `unlinked`.
    pub tombstones: Vec<Link>,
    /// Pairs that were forgotten on a person's word, of which a record is among `unlinked`: that its partner id leads nowhere is known.
    pub forgotten: Vec<PerSide<NativeId>>,
    /// Linked records that own a match key which a record of the other side, changed or not linked yet, has too.
    pub owners: Vec<KeyOwner>,
    /// How much was covered.
    pub coverage: PerSide<Coverage>,
    /// Intents without a clear outcome, each with whether its settle time has passed.
    pub intents: Vec<OpenIntent>,
    /// Deletes that were refused before.
    pub refused: Vec<RefusedDelete>,
}

/// A live link and what became of its records.
#[derive(Clone, Debug)]
pub struct LinkInput {
    /// The link, with the versions that its unchanged records were seen with.
    pub link: Link,
    /// What was seen.
    pub now: PerSide<Presence>,
}

/// How many records vanished on each side, if nothing that is linked is left there: a wrong place, a missing right or a broken listing looks just
/// like that. One of one is no such thing. `others`: live links that are not among `links`.
#[must_use]
pub fn emptied(links: &[LinkInput], others: u64) -> PerSide<Option<u64>> {
    PerSide::from_fn(|side| {
        // Of a link that a person made since, no run has seen that both records are there.
        let before: Vec<&LinkInput> = links.iter().filter(|link| !link.link.by_hand).collect();
        let vanished = |link: &&LinkInput| {
            matches!(link.now.get(side), Presence::Gone) && !matches!(link.now.get(side.other()), Presence::Gone)
        };
        (others == 0 && before.len() >= 2 && before.iter().all(vanished)).then_some(before.len() as u64)
    })
}

/// A linked record that owns a match key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOwner {
    /// Its side.
    pub side: Side,
    /// The key.
    pub key: MatchKey,
    /// The record.
    pub id: NativeId,
    /// How people call it.
    pub label: String,
}

/// An intent whose outcome nobody knows.
#[derive(Clone, Debug)]
pub struct OpenIntent {
    /// The intent.
    pub intent: Intent,
    /// Whether enough time has passed for a look to be conclusive.
    pub settled: bool,
    /// Whether what it made could be told from what somebody else made. If not, a person has to say what became of it.
    pub recognisable: bool,
    /// The values that it was to write. A record that holds others was made by somebody else.
    pub asked: Vec<Change>,
}

/// A reference as a record holds it, and what stands behind it.
pub type RefTable = BTreeMap<RefQuestion, RefAnswer>;

/// "Which record is this?"
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefQuestion {
    /// The entity referred to.
    pub entity: EntityName,
    /// The side of the record that holds the reference.
    pub side: Side,
    /// How the key names.
    pub by: RefBy,
    /// The key.
    pub key: String,
}

/// What stands behind a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefAnswer {
    /// A record of this side.
    Found {
        /// Its id.
        id: NativeId,
        /// How people call it.
        label: String,
        /// Its image on this side.
        image: Image,
        /// Its partner's id and image on the other side, where it is linked.
        partner: Option<(NativeId, Image)>,
        /// How it stands, where it is not linked.
        standing: Standing,
    },
    /// Several records have this key.
    Ambiguous {
        /// Their names.
        labels: Vec<String>,
    },
    /// No such record was seen on this side.
    Missing,
    /// The entity was not observed in this run; the message says so.
    NotObserved(Message),
}

/// A delete or deactivation that a system refused in an earlier run; it is not asked again until a person decides or the record changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedDelete {
    /// The side that refused.
    pub side: Side,
    /// The record that it kept.
    pub id: NativeId,
    /// What it said.
    pub text: String,
}
