//! Reading the state. A reader opens the file read-only: a plan cannot write state, whatever it does (invariant: a dry run writes nothing).

use crate::{StoreError, mark, schema};
use rusqlite::{Connection, OpenFlags, Transaction};
use selaras_model::{EntityName, PerSide};
use std::path::{Path, PathBuf};

/// A read-only view of the state of one scope.
#[derive(Debug)]
pub struct Reader {
    pub(crate) conn: Connection,
    pub(crate) path: PathBuf,
    pub(crate) scope: i64,
}

/// The scope of a state that has none yet.
pub(crate) const NO_SCOPE: i64 = -1;

impl Reader {
    /// Opens the state in `path` for reading. A file that does not exist is an empty state; it is not made.
    ///
    /// # Errors
    /// When the file is damaged, not readable, or of a newer runner that changed what this one would read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let fail = |error: rusqlite::Error| StoreError::sqlite(path, &error);
        let there = match path.exists() {
            true => {
                verify(path, Use::Read)?;
                Some(connect(path).map_err(fail)?)
            }
            false => None,
        };
        let format = there.as_ref().map_or(Ok(0), schema::format_of).map_err(fail)?;
        let conn = match there {
            Some(conn) if format >= schema::FORMAT => conn,
            Some(conn) if format > 0 => schema::current_copy(&conn).map_err(fail)?,
            // None, or one whose making was cut short before there was anything in it.
            _ => {
                let mut conn = Connection::open_in_memory().map_err(fail)?;
                schema::migrate(&mut conn, "new").map_err(fail)?;
                conn
            }
        };
        furnish(&conn).map_err(fail)?;
        Ok(Self { conn, path: path.to_owned(), scope: NO_SCOPE })
    }

    /// Turns to the links of a mapping between two endpoints.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn select(&mut self, mapping: &str, endpoints: &PerSide<String>) -> Result<(), StoreError> {
        let sql = "SELECT id FROM scope WHERE mapping = ?1 AND left = ?2 AND right = ?3";
        let found = self.conn.query_row(sql, [mapping, &endpoints.left, &endpoints.right], |row| row.get(0));
        self.scope = match found {
            Ok(id) => id,
            Err(rusqlite::Error::QueryReturnedNoRows) => NO_SCOPE,
            Err(error) => return Err(self.fail(&error)),
        };
        Ok(())
    }

    /// Turns to the most recently used scope of a mapping, for commands that have no connection at hand. `false`: there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn select_latest(&mut self, mapping: &str) -> Result<bool, StoreError> {
        let sql = "SELECT scope.id FROM scope JOIN run ON run.scope = scope.id WHERE mapping = ?1 ORDER BY run.rowid DESC LIMIT 1";
        match self.conn.query_row(sql, [mapping], |row| row.get(0)) {
            Ok(id) => self.scope = id,
            Err(rusqlite::Error::QueryReturnedNoRows) => return Ok(false),
            Err(error) => return Err(self.fail(&error)),
        }
        Ok(true)
    }

    /// The identity of this state file, made once with it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn lineage(&self) -> Result<String, StoreError> {
        self.one("SELECT lineage FROM meta")
    }

    /// Counts the runs that changed the state.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn generation(&self) -> Result<u64, StoreError> {
        self.one::<i64>("SELECT generation FROM meta").map(i64::unsigned_abs)
    }

    /// A mark that differs from an earlier one if and only if somebody else changed the state in between.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn mark(&self) -> Result<Mark, StoreError> {
        let version = || self.one::<i64>("PRAGMA data_version");
        let (first, second) = (version()?, version()?);
        // Whoever may only look at the files beside the state gets another number each time: there the files themselves have to tell.
        let version = if first == second { Ok(first) } else { Err(self.footprint()) };
        // A state that was not there yet is one in memory, whose version stays; the file that was made since gives it away.
        Ok(Mark { exists: self.path.exists(), version })
    }

    /// Size and time of the file and of what waits beside it: every write changes one of them.
    fn footprint(&self) -> Vec<Option<(u64, std::time::SystemTime)>> {
        let of = |ending: &str| {
            let about = std::fs::metadata(format!("{}{ending}", self.path.display())).ok()?;
            Some((about.len(), about.modified().ok()?))
        };
        ["", "-wal"].map(of).to_vec()
    }

    /// How many live links an entity has.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn live_count(&self, entity: &EntityName) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM link WHERE scope = ?1 AND entity = ?2 AND state = 0";
        let count: Result<i64, _> = self.conn.query_row(sql, (self.scope, entity.as_str()), |row| row.get(0));
        count.map(i64::unsigned_abs).map_err(|error| self.fail(&error))
    }

    /// Writes all that is remembered into a new file, together with the note beside it.
    ///
    /// # Errors
    /// When it cannot be read, or the new file cannot be made.
    pub fn copy_to(&self, copy: &Path) -> Result<(), StoreError> {
        let place = copy.display().to_string();
        self.conn.execute("VACUUM INTO ?1", [place]).map_err(|error| self.fail(&error))?;
        if mark::place(&self.path).exists() {
            let io = |error: std::io::Error| StoreError::Io { path: copy.to_owned(), detail: error.to_string() };
            std::fs::copy(mark::place(&self.path), mark::place(copy)).map_err(io)?;
        }
        Ok(())
    }

    /// Holds one view of the file for many small reads: SQLite then takes its locks once, not for each of them.
    pub(crate) fn together(&self) -> Result<Transaction<'_>, StoreError> {
        self.conn.unchecked_transaction().map_err(|error| self.fail(&error))
    }

    pub(crate) fn fail(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, error)
    }

    fn one<T: rusqlite::types::FromSql>(&self, sql: &str) -> Result<T, StoreError> {
        self.conn.query_row(sql, [], |row| row.get(0)).map_err(|error| self.fail(&error))
    }
}

/// How a state stands at a moment. Compared with another one only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    exists: bool,
    version: Result<i64, Vec<Option<(u64, std::time::SystemTime)>>>,
}

/// What every connection gets: patience with whoever holds the file, 8 MiB of pages (the inner ones of a million links), and room for every
/// statement we have.
pub(crate) fn furnish(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    conn.pragma_update(None, "cache_size", -8192)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Opens a file for reading. To share it with a writer, SQLite keeps two files beside it; where we may not make them (somebody who may only
/// look) and nothing waits in them, the file alone is the whole state.
pub(crate) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    let tried = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    match tried {
        Err(error) if shut(&error) && !waiting(path) => {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(format!("file:{}?immutable=1", escaped(path)), flags)
        }
        _ => Ok(conn),
    }
}

/// Whether the folder is what stands in the way.
fn shut(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | ReadOnly))
}

/// Whether something was written that is not in the file itself yet.
fn waiting(path: &Path) -> bool {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-wal");
    std::fs::metadata(beside).is_ok_and(|found| found.len() > 0)
}

/// A path as it stands in a `file:` address.
fn escaped(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    bytes.map(|byte| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// A newer runner's file will do, if it says that we can read it.
    Read,
    /// A newer runner's file is left alone.
    Write,
}

/// Whether a file of a newer format says that this runner can read it.
fn is_readable(conn: &Connection) -> bool {
    conn.query_row("SELECT readable_by FROM meta", [], |row| row.get::<_, u32>(0)).is_ok_and(|by| by <= schema::FORMAT)
}

/// Looks at a file before anything is done with it: ours, whole as far as a quick look tells, not newer than we are.
pub(crate) fn verify(path: &Path, purpose: Use) -> Result<(), StoreError> {
    let fail = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let conn = connect(path).map_err(fail)?;
    let format: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fail)?;
    let mark: i64 = conn.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(fail)?;
    if format > schema::FORMAT && (purpose == Use::Write || !is_readable(&conn)) {
        return Err(StoreError::Newer { path: path.to_owned(), found: format, known: schema::FORMAT });
    }
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(fail)?;
    if tables > 0 && mark != schema::APPLICATION_ID {
        return Err(StoreError::Corrupt { path: path.to_owned(), detail: "it belongs to another program".to_owned() });
    }
    if tables > 0 {
        for table in ["meta", "scope", "link", "image", "intent"] {
            let there = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
            if conn.query_row(there, [table], |row| row.get::<_, i64>(0)).map_err(fail)? == 0 {
                let detail = format!("it has no table {table}");
                return Err(StoreError::Corrupt { path: path.to_owned(), detail });
            }
            conn.query_row(&format!("SELECT count(*) FROM (SELECT * FROM {table} LIMIT 1)"), [], |_| Ok(()))
                .map_err(fail)?;
        }
    }
    Ok(())
}
