//! The journal: intents before effects, outcomes after them (invariants 15 to 17).

use crate::{ActionId, EntityName, NativeId, Side};
use serde::{Deserialize, Serialize};

/// The number of an intent in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntentId(pub i64);

/// What a write does to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteKind {
    /// Makes a new record.
    Create,
    /// Changes fields of a record.
    Update,
    /// Removes a record.
    Delete,
    /// Marks a record as no longer in use, as its connector declares.
    Deactivate,
}

/// What is about to be done to one record, on disk before it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The action it belongs to.
    pub action: ActionId,
    /// The entity.
    pub entity: EntityName,
    /// The side written to.
    pub target: Side,
    /// What the write does.
    pub kind: WriteKind,
    /// The record written to; `None` for a create.
    pub target_id: Option<NativeId>,
    /// The record on the other side that this follows from, where there is one.
    pub origin_id: Option<NativeId>,
    /// How people call the record.
    pub label: String,
    /// When it was written, in milliseconds since 1970 (UTC), by the run's clock.
    pub at_ms: i64,
}

/// How a write ended. Exactly one per intent (invariant 16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The system said that it did it.
    Applied {
        /// The record's id.
        id: NativeId,
    },
    /// The system said no; nothing happened.
    Rejected {
        /// What it said.
        text: String,
        /// Whether that was for a passing reason: the record had moved on, or nothing reached the system. Then it is no answer to what was
        /// asked.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        passing: bool,
    },
    /// Nobody knows. Resolved by looking, never by repeating blindly.
    Unclear {
        /// What was seen of it.
        text: String,
    },
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalEntry {
    /// About to write.
    Intended(Intent),
    /// The write ended.
    Ended {
        /// Which intent.
        intent: IntentId,
        /// How.
        outcome: Outcome,
    },
    /// The outcome went into the base.
    Settled {
        /// Which intent.
        intent: IntentId,
    },
}

/// Where an intent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// Written down, no outcome yet.
    Intended,
    /// Done, not yet in the base.
    Applied,
    /// Refused; closed.
    Rejected,
    /// Unclear; open.
    Unclear,
    /// In the base; closed.
    Settled,
}

/// The closed table of journal transitions (invariant 17): the state after `next`, or `None` when the sequence is illegal.
#[must_use]
pub fn transition(state: Option<Transition>, next: &JournalEntry) -> Option<Transition> {
    match (state, next) {
        (None, JournalEntry::Intended(_)) => Some(Transition::Intended),
        (Some(Transition::Intended | Transition::Unclear), JournalEntry::Ended { outcome, .. }) => match outcome {
            Outcome::Applied { .. } => Some(Transition::Applied),
            Outcome::Rejected { .. } => Some(Transition::Rejected),
            Outcome::Unclear { .. } => Some(Transition::Unclear),
        },
        (Some(Transition::Applied), JournalEntry::Settled { .. }) => Some(Transition::Settled),
        (None | Some(Transition::Applied | Transition::Rejected | Transition::Settled), JournalEntry::Ended { .. })
        | (
            None | Some(Transition::Intended | Transition::Rejected | Transition::Unclear | Transition::Settled),
            JournalEntry::Settled { .. },
        )
        | (Some(_), JournalEntry::Intended(_)) => None,
    }
}
