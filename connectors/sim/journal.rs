//! What the engine asked of a side, in order, for tests to assert on.

use selaras_connector_api::{Outcome, WriteOp};

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// `open`.
    Open,
    /// `rights`.
    Rights,
    /// `spaces`.
    Spaces,
    /// `close`.
    Close,
    /// A listing.
    Read {
        /// The table.
        table: String,
        /// Only changes since.
        since: Option<String>,
        /// Rows handed over, repeated ones too.
        rows: usize,
    },
    /// Single records.
    Get {
        /// The table.
        table: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// One write call, of as many records as the table takes.
    Write {
        /// The table.
        table: String,
        /// What was to be done with which record, and how it ended.
        items: Vec<Written>,
    },
    /// The rogue tried to write while it was read.
    Rogue {
        /// Whether the host refused.
        refused: bool,
    },
}

/// A written record.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// What was to be done.
    pub op: WriteOp,
    /// The record, as the engine named it: `None` for creates.
    pub id: Option<String>,
    /// What the engine was told.
    pub outcome: Outcome,
    /// What really happened: whether the world was changed as asked.
    pub done: bool,
}
