//! What an undo is made from: the writes of one run, as its journal has them.

use crate::plan::Kept;
use selaras_model::{EntityName, FieldName, NativeId, RunId, Side, Value};

/// The writes of a run that are to be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The run.
    pub run: RunId,
    /// Only what it wrote to this side, and nothing else is written; `None`: all, and the other side goes back with it.
    pub only: Option<Side>,
    /// The writes, in the order in which they were made.
    pub writes: Vec<UndoWrite>,
    /// What cannot be taken back, whatever the records hold now.
    pub kept: Vec<Kept>,
}

/// A write that is to be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoWrite {
    /// The entity.
    pub entity: EntityName,
    /// The side written to.
    pub side: Side,
    /// The record.
    pub id: NativeId,
    /// How people call it.
    pub label: String,
    /// What was written.
    pub what: UndoWhat,
}

/// What a write did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoWhat {
    /// It changed these fields.
    Fields(Vec<UndoField>),
    /// It made the record.
    Made {
        /// A record that refers to it and that the run did not make.
        referred: Option<String>,
        /// Records that refer to it and that the run made, too.
        referrers: Vec<(EntityName, NativeId)>,
    },
}

/// A field that was overwritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoField {
    /// The field.
    pub field: FieldName,
    /// What was overwritten.
    pub before: Value,
    /// What the system held afterwards, as it reported it.
    pub after: Value,
}

impl Undo {
    /// The writes to a record.
    pub fn of<'a>(
        &'a self,
        entity: &'a EntityName,
        side: Side,
        id: &'a NativeId,
    ) -> impl Iterator<Item = &'a UndoWrite> {
        self.writes.iter().filter(move |write| write.entity == *entity && write.side == side && write.id == *id)
    }
}
