//! The tables, and the numbered migrations that lead to them.

use rusqlite::Connection;

/// Marks the file as ours (`SLRS`).
pub(crate) const APPLICATION_ID: i64 = 0x534C_5253;

/// The format that this runner writes.
pub(crate) const FORMAT: u32 = 1;

/// Migration N leads from format N to N + 1.
const MIGRATIONS: [&str; FORMAT as usize] = [include_str!("migrations/0001.sql")];

/// Brings a database to the current format, each migration in a transaction of its own.
pub(crate) fn migrate(conn: &mut Connection, lineage: &str) -> rusqlite::Result<()> {
    let from: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (step, sql) in (1u32..).zip(MIGRATIONS).skip(from as usize) {
        let tx = conn.transaction()?;
        tx.execute_batch(sql)?;
        tx.execute_batch(&format!("PRAGMA user_version = {step}; PRAGMA application_id = {APPLICATION_ID};"))?;
        if step == 1 {
            tx.execute("INSERT INTO meta (lineage, generation) VALUES (?1, 0)", [lineage])?;
        }
        tx.commit()?;
    }
    Ok(())
}
