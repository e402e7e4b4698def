//! The tables, and the numbered migrations that lead to them.

use rusqlite::Connection;

/// Marks the file as ours (`SLRS`).
pub(crate) const APPLICATION_ID: i64 = 0x534C_5253;

/// The format that this runner writes.
pub(crate) const FORMAT: u32 = 5;

/// Migration N leads from format N to N + 1.
const MIGRATIONS: [&str; FORMAT as usize] = [
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
];

/// Brings a database to the current format, each migration in a transaction of its own.
pub(crate) fn migrate(conn: &mut Connection, lineage: &str) -> rusqlite::Result<()> {
    migrate_to(FORMAT, conn, lineage)
}

fn migrate_to(format: u32, conn: &mut Connection, lineage: &str) -> rusqlite::Result<()> {
    let from = format_of(conn)?;
    for (step, sql) in (1u32..).zip(MIGRATIONS).take(format as usize).skip(from as usize) {
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

/// The format of a database.
pub(crate) fn format_of(conn: &Connection) -> rusqlite::Result<u32> {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// A copy in memory, in the current format, of a file that an earlier runner wrote: whoever only reads must not change it.
pub(crate) fn current_copy(old: &Connection) -> rusqlite::Result<Connection> {
    let mut copy = Connection::open_in_memory()?;
    migrate_to(format_of(old)?, &mut copy, "copy")?;
    copy.execute("DELETE FROM meta", [])?;
    let mut tables = old.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
    let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    copy.execute_batch("PRAGMA foreign_keys = OFF;")?;
    for table in tables {
        let mut rows = old.prepare(&format!("SELECT * FROM {table}"))?;
        let columns = rows.column_count();
        let places: Vec<String> = (1..=columns).map(|at| format!("?{at}")).collect();
        let mut insert = copy.prepare(&format!("INSERT INTO {table} VALUES ({})", places.join(", ")))?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at));
            insert.execute(rusqlite::params_from_iter(values.collect::<Result<Vec<_>, _>>()?))?;
        }
    }
    migrate(&mut copy, "copy")?;
    Ok(copy)
}
