//! Writing the state: one writer at a time, by a lock that dies with its process, and a fence in the file for when locks fail.

use crate::fence::Fence;
use crate::lock::{Lock, Taking, take};
use crate::query::{from_text, to_text};
use crate::reader::{Use, furnish, verify};
use crate::{Reader, RunSummary, StoreError, StoredConflict, StoredInfo, schema};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use selaras_model::PerSide;
use selaras_model::planted::{Bug, planted};
use std::ops::Deref;
use std::path::Path;

/// The only one who may write. Reads like a [`Reader`].
#[derive(Debug)]
pub struct Writer {
    pub(crate) reader: Reader,
    lock: Lock,
    fence: Fence,
}

impl Deref for Writer {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl Writer {
    /// Opens the state in `path` for writing, making it if there is none. `lineage` becomes the identity of a new file.
    ///
    /// # Errors
    /// When another runner is at work, the file is damaged or newer, or the folder cannot be written to.
    pub fn open(path: &Path, lineage: &str) -> Result<Self, StoreError> {
        Self::take(path, lineage, &Taking::default())
    }

    /// The same, saying who it is that takes the state and how long it waits for others.
    ///
    /// # Errors
    /// As for `open`.
    pub fn take(path: &Path, lineage: &str, taking: &Taking<'_>) -> Result<Self, StoreError> {
        let io = |error: std::io::Error| StoreError::Io { path: path.to_owned(), detail: error.to_string() };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        let lock = take(&path.with_extension("lock"), taking)?;
        if path.exists() {
            verify(path, Use::Write)?;
        }
        let fail = |error: rusqlite::Error| StoreError::sqlite(path, &error);
        let mut conn = Connection::open(path).map_err(fail)?;
        // An intent must be on disk before its call is made: full synchronisation, whatever it costs.
        conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
            .map_err(fail)?;
        furnish(&conn).map_err(fail)?;
        keep_old(&conn, path).map_err(fail)?;
        schema::migrate(&mut conn, lineage).map_err(fail)?;
        let fence = Fence::of(&conn).map_err(fail)?;
        Ok(Self { reader: Reader { conn, path: path.to_owned(), scope: crate::reader::NO_SCOPE }, lock, fence })
    }

    /// Turns to a scope, making it if it is new.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn select(&mut self, mapping: &str, endpoints: &PerSide<String>) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO scope (mapping, left, right) VALUES (?1, ?2, ?3)";
        let made = self.reader.conn.execute(sql, [mapping, &endpoints.left, &endpoints.right]);
        made.map_err(|error| self.reader.fail(&error))?;
        self.reader.select(mapping, endpoints)
    }

    /// Notes a run, at its beginning and again at its end.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_run(&mut self, summary: &RunSummary) -> Result<(), StoreError> {
        let scope = self.reader.scope;
        let text = to_text(summary)?;
        let run = summary.run.clone();
        self.in_transaction(|tx| {
            run_sql(
                tx,
                "INSERT INTO run (id, scope, summary) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET summary = ?3",
                params![run.as_str(), scope, text],
            )?;
            run_sql(tx, "UPDATE meta SET generation = generation + 1", [])
        })?;
        self.mark_progress()
    }

    /// Notes a run that was refused before it wrote anything. What is planned stays the same by that, and so does an approval of it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note_refused(&mut self, summary: &RunSummary) -> Result<(), StoreError> {
        let scope = self.reader.scope;
        let text = to_text(summary)?;
        self.in_transaction(|tx| {
            let sql = "INSERT INTO run (id, scope, summary) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING";
            run_sql(tx, sql, params![summary.run.as_str(), scope, text])
        })
    }

    /// Turns to the most recently used scope of a mapping. `false`: there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn select_latest(&mut self, mapping: &str) -> Result<bool, StoreError> {
        self.reader.select_latest(mapping)
    }

    /// Notes how the program ended after a run.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note_exit(&mut self, run: &selaras_model::RunId, code: u8) -> Result<(), StoreError> {
        self.in_transaction(|tx| {
            let sql = "UPDATE run SET summary = json_set(summary, '$.exit', ?2) WHERE id = ?1";
            run_sql(tx, sql, params![run.as_str(), code])
        })
    }

    /// Replaces the Sync Information and the conflicts of this scope.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_findings(&mut self, info: &[StoredInfo], conflicts: &[StoredConflict]) -> Result<(), StoreError> {
        let scope = self.reader.scope;
        let info = info.iter().map(to_text).collect::<Result<Vec<_>, _>>()?;
        let conflicts = conflicts.iter().map(to_text).collect::<Result<Vec<_>, _>>()?;
        self.in_transaction(|tx| {
            for (table, rows) in [("info", info), ("conflict", conflicts)] {
                run_sql(tx, &format!("DELETE FROM {table} WHERE scope = ?1"), [scope])?;
                for (seq, body) in (0i64..).zip(rows) {
                    run_sql(
                        tx,
                        &format!("INSERT INTO {table} (scope, seq, body) VALUES (?1, ?2, ?3)"),
                        params![scope, seq, body],
                    )?;
                }
            }
            Ok(())
        })
    }

    /// Does something in one transaction, provided that the lease is still this process's.
    pub(crate) fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&Transaction) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Self { reader, lock, fence } = self;
        let path = reader.path.clone();
        let fail = |error: rusqlite::Error| StoreError::sqlite(&path, &error);
        let rivals = planted(Bug::LetRivalsIn);
        if !rivals {
            lock.check()?;
        }
        // Whoever else would write has to wait from here on, so that what the fence says holds until the end.
        let tx = reader.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        let passed = match fence.pass(&tx).map_err(fail)? {
            Some(passed) => passed,
            None if rivals => *fence,
            None => return Err(lock.lost()),
        };
        let result = work(&tx).map_err(|error| error.at(&path))?;
        tx.commit().map_err(fail)?;
        *fence = passed;
        Ok(result)
    }
}

/// Before a file of an earlier format is changed, a copy of it is put beside it.
fn keep_old(conn: &Connection, path: &Path) -> rusqlite::Result<()> {
    let format = schema::format_of(conn)?;
    if format == 0 || format >= schema::FORMAT {
        return Ok(());
    }
    let copy = path.with_extension(format!("format-{format}.db"));
    if copy.exists() {
        return Ok(());
    }
    // A copy that a full disk cut short must not pass for one.
    let part = path.with_extension(format!("format-{format}.part"));
    let _ = std::fs::remove_file(&part);
    let made = conn.execute("VACUUM INTO ?1", [part.to_string_lossy()]);
    if made.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    made?;
    std::fs::rename(&part, &copy).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn run_sql(tx: &Transaction, sql: &str, values: impl rusqlite::Params) -> Result<(), StoreError> {
    tx.execute(sql, values).map(drop).map_err(|error| StoreError::statement(&error))
}

impl Reader {
    /// The last runs of this scope, newest first. In the order in which they were noted: their ids tell of a clock that may have been put
    /// back since.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn runs(&self, limit: u32) -> Result<Vec<RunSummary>, StoreError> {
        self.bodies("SELECT summary FROM run WHERE scope = ?1 ORDER BY rowid DESC LIMIT ?2", limit)
    }

    /// Sync Information as the last run left it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn info(&self) -> Result<Vec<StoredInfo>, StoreError> {
        self.bodies("SELECT body FROM info WHERE scope = ?1 ORDER BY seq LIMIT ?2", u32::MAX)
    }

    /// Conflicts as the last run left them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn conflicts(&self) -> Result<Vec<StoredConflict>, StoreError> {
        self.bodies("SELECT body FROM conflict WHERE scope = ?1 ORDER BY seq LIMIT ?2", u32::MAX)
    }

    pub(crate) fn bodies<T: serde::de::DeserializeOwned>(&self, sql: &str, limit: u32) -> Result<Vec<T>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map(params![self.scope, limit], |row| from_text(row.get_ref(0)?.as_str()?));
        rows.and_then(Iterator::collect).map_err(|error| self.fail(&error))
    }
}
