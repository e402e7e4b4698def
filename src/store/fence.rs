//! The fence: a number in the state that each lease counts up with its first write. Two runners that both believe to hold the state cannot both
//! write, whatever became of locks: the second one finds the number moved on.

use rusqlite::{Connection, Transaction, params};

/// The number as this lease knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fence {
    number: i64,
    ours: bool,
}

impl Fence {
    /// The number when the lease begins. Nothing is written: whoever only looks shall not be disturbed.
    pub(crate) fn of(conn: &Connection) -> rusqlite::Result<Self> {
        let number = conn.query_row("SELECT fence FROM meta", [], |row| row.get(0))?;
        Ok(Self { number, ours: false })
    }

    /// The fence after this transaction; `None`: another lease has written since.
    pub(crate) fn pass(self, tx: &Transaction<'_>) -> rusqlite::Result<Option<Self>> {
        if self.ours {
            let now: i64 = tx.prepare_cached("SELECT fence FROM meta")?.query_row([], |row| row.get(0))?;
            return Ok((now == self.number).then_some(self));
        }
        let moved = tx.execute("UPDATE meta SET fence = fence + 1 WHERE fence = ?1", params![self.number])?;
        Ok((moved == 1).then_some(Self { number: self.number + 1, ours: true }))
    }
}

/// Shuts everybody out who holds a lease from before.
pub(crate) fn shut(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute("UPDATE meta SET fence = fence + 1", []).map(drop)
}
