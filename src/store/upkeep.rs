//! Upkeep of a state file: whether it is whole, what is in it, mending it, putting it away. Whoever mends or puts away holds the lock and
//! keeps a copy; a file of a newer runner is read, if it says that it can be, and never written.

use crate::lock::{self, Taking, take};
use crate::reader::{NO_SCOPE, Use, connect, furnish, verify};
use crate::{Holder, Reader, StoreError, fence, mark, schema};
use rusqlite::{Connection, Row};
use serde_json::{Value as Json, json};
use std::fs;
use std::path::{Path, PathBuf};

/// What stands in a state file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// How far the state had come once, if that is further than this file.
    pub once_was: Option<u64>,
    /// The identity of the file.
    pub lineage: String,
    /// How many runs changed it.
    pub generation: u64,
    /// The mappings and places that it knows.
    pub scopes: Vec<ScopeCount>,
    /// What is wrong with it; empty: it is whole.
    pub faults: Vec<String>,
}

/// How much is known of a mapping between two places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeCount {
    /// The mapping.
    pub mapping: String,
    /// The places: system, database, branch.
    pub places: [String; 2],
    /// Live links.
    pub live: u64,
    /// Tombstones.
    pub buried: u64,
    /// Intents that are open.
    pub open: u64,
}

/// What mending came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The copy of the file as it was.
    pub copy: PathBuf,
    /// Links that were taken out because they made no sense. They are found again by their Partner IDs and codes.
    pub links: u64,
}

/// Links without a base that can be read: nothing can be compared with them.
const SENSELESS: &str = "SELECT link.id FROM link LEFT JOIN image ON image.link = link.id \
     WHERE image.link IS NULL OR NOT json_valid(image.left) OR NOT json_valid(image.right) \
     OR length(link.left_hash) <> 16 OR length(link.right_hash) <> 16";

/// Questions that a whole file answers with 0, and what another answer means.
const CHECKS: [(&str, &str); 4] = [
    ("SELECT count(*) FROM (SENSELESS)", "links without a readable base"),
    ("SELECT count(*) FROM image WHERE link NOT IN (SELECT id FROM link)", "bases without a link"),
    ("SELECT count(*) FROM match_key WHERE link NOT IN (SELECT id FROM link)", "keys without a link"),
    ("SELECT count(*) FROM intent WHERE NOT json_valid(body)", "intents that cannot be read"),
];

/// Looks through a state file. Writes nothing.
///
/// # Errors
/// When it is not there, no state file, too damaged to look through, or newer than this runner.
pub fn inspect(path: &Path) -> Result<Inspection, StoreError> {
    let reader = open(path)?;
    let fail = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let mut faults = texts(&reader.conn, "PRAGMA integrity_check").map_err(fail)?;
    faults.retain(|line| line != "ok");
    for (question, meaning) in CHECKS {
        let question = question.replace("SENSELESS", SENSELESS);
        let count: i64 = reader.conn.query_row(&question, [], |row| row.get(0)).map_err(fail)?;
        if count > 0 {
            faults.push(format!("{meaning}: {count}"));
        }
    }
    Ok(Inspection {
        once_was: reader.once_was()?,
        lineage: reader.lineage()?,
        generation: reader.generation()?,
        scopes: scopes(&reader.conn).map_err(fail)?,
        faults,
    })
}

/// Hands over everything that is remembered, line by line: what the file is, its scopes, links with both images, intents, runs.
///
/// # Errors
/// When the file cannot be read, or `line` fails.
pub fn export(path: &Path, line: &mut dyn FnMut(&Json) -> std::io::Result<()>) -> Result<(), StoreError> {
    let reader = open(path)?;
    let fail = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let mut hand =
        |value: &Json| line(value).map_err(|error| StoreError::Io { path: path.to_owned(), detail: error.to_string() });
    hand(&json!({"state": {"lineage": reader.lineage()?, "generation": reader.generation()?}}))?;
    for (name, sql) in EXPORTED {
        let mut statement = reader.conn.prepare(sql).map_err(fail)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            hand(&json!({name: object(row, &columns).map_err(fail)?}))?;
        }
    }
    Ok(())
}

/// What is exported, by name. Columns that hold JSON begin with `json_`.
const EXPORTED: [(&str, &str); 7] = [
    ("scope", "SELECT id, mapping, left, right FROM scope ORDER BY id"),
    (
        "link",
        "SELECT link.scope, entity, left_id, right_id, CASE state WHEN 0 THEN 'live' WHEN 1 THEN 'tombstone' ELSE 'forgotten' END AS state, label, since, buried, \
         image.left AS json_left, image.right AS json_right FROM link LEFT JOIN image ON image.link = link.id ORDER BY link.id",
    ),
    (
        "intent",
        "SELECT id, scope, run, entity, state, body AS json_body, outcome AS json_outcome, asked AS json_asked FROM intent ORDER BY id",
    ),
    ("run", "SELECT id, scope, summary AS json_summary FROM run ORDER BY id"),
    ("decision", "SELECT id, scope, closed, run, body AS json_body FROM decision ORDER BY id"),
    ("act", "SELECT id, scope, body AS json_body FROM act ORDER BY id"),
    ("approval", "SELECT id, body AS json_body FROM approval ORDER BY id"),
];

fn object(row: &Row<'_>, columns: &[String]) -> rusqlite::Result<Json> {
    let mut object = serde_json::Map::new();
    for (at, column) in columns.iter().enumerate() {
        let value = match row.get_ref(at)? {
            rusqlite::types::ValueRef::Integer(number) => json!(number),
            rusqlite::types::ValueRef::Text(text) => {
                let text = String::from_utf8_lossy(text);
                let whole = column.starts_with("json_").then(|| serde_json::from_str(&text).ok()).flatten();
                whole.unwrap_or_else(|| json!(text))
            }
            rusqlite::types::ValueRef::Null
            | rusqlite::types::ValueRef::Real(_)
            | rusqlite::types::ValueRef::Blob(_) => Json::Null,
        };
        object.insert(column.trim_start_matches("json_").to_owned(), value);
    }
    Ok(Json::Object(object))
}

/// Mends what can be mended: a copy is kept first, indexes are made anew, links that make no sense are taken out. `stamp` names the copy.
///
/// # Errors
/// When another runner is at work, or the file is damaged beyond this; then it is as it was.
pub fn repair(path: &Path, stamp: &str, taking: &Taking<'_>) -> Result<Repaired, StoreError> {
    let _lock = take(&path.with_extension("lock"), taking)?;
    drop(open(path)?);
    verify(path, Use::Write)?;
    let fail = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let mut conn = Connection::open(path).map_err(fail)?;
    furnish(&conn).map_err(fail)?;
    let copy = beside(path, &format!("before-repair-{stamp}"));
    conn.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map_err(fail)?;
    let tx = conn.transaction().map_err(fail)?;
    let links = tx.execute(&format!("DELETE FROM link WHERE id IN ({SENSELESS})"), []).map_err(fail)?;
    for table in ["image", "match_key"] {
        tx.execute(&format!("DELETE FROM {table} WHERE link NOT IN (SELECT id FROM link)"), []).map_err(fail)?;
    }
    tx.execute_batch("REINDEX").map_err(fail)?;
    if schema::format_of(&tx).map_err(fail)? == schema::FORMAT {
        fence::shut(&tx).map_err(fail)?;
    }
    tx.commit().map_err(fail)?;
    drop(conn);
    let left = inspect(path)?.faults;
    if let Some(fault) = left.first() {
        return Err(StoreError::Corrupt { path: path.to_owned(), detail: fault.clone() });
    }
    Ok(Repaired { copy, links: links as u64 })
}

/// Whether there is a state file, or at least the note of one.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    path.exists() || mark::place(path).exists()
}

/// Puts a state file away under another name, which is returned: the next run begins with none. `stamp` is part of the name.
///
/// # Errors
/// When another runner is at work, there is none, or it cannot be renamed.
pub fn put_away(path: &Path, stamp: &str, taking: &Taking<'_>) -> Result<PathBuf, StoreError> {
    let _lock = take(&path.with_extension("lock"), taking)?;
    let io = |error: std::io::Error| StoreError::Io { path: path.to_owned(), detail: error.to_string() };
    if let Ok(conn) = Connection::open(path) {
        // What still waits beside the file goes into it; one that is too damaged for that is put away as it is. Nobody writes to it any more.
        drop(fence::shut(&conn));
        drop(conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
    let away = beside(path, &format!("forgotten-{stamp}"));
    // Where only the note is left, it is what has to go.
    if path.exists() || !mark::place(path).exists() {
        fs::rename(path, &away).map_err(io)?;
    }
    for ending in ["-wal", "-shm", mark::ENDING] {
        let from = PathBuf::from(format!("{}{ending}", path.display()));
        if from.exists() {
            fs::rename(from, format!("{}{ending}", away.display())).map_err(io)?;
        }
    }
    Ok(away)
}

/// Lets go of a state that a runner on another machine holds by its note alone, and that gives no sign of life. Answers whose it was; `None`:
/// nobody's, so that nothing stands in the way.
///
/// # Errors
/// When somebody is at work, here or there, or the lock file cannot be written.
pub fn free(path: &Path) -> Result<Option<Holder>, StoreError> {
    lock::free(&path.with_extension("lock"))
}

fn open(path: &Path) -> Result<Reader, StoreError> {
    if !path.exists() {
        return Err(StoreError::Io { path: path.to_owned(), detail: "there is none".to_owned() });
    }
    verify(path, Use::Read)?;
    let fail = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let conn = connect(path).map_err(fail)?;
    furnish(&conn).map_err(fail)?;
    Ok(Reader { conn, path: path.to_owned(), scope: NO_SCOPE })
}

fn scopes(conn: &Connection) -> rusqlite::Result<Vec<ScopeCount>> {
    let sql = "SELECT mapping, left, right, \
               (SELECT count(*) FROM link WHERE scope = scope.id AND state = 0), \
               (SELECT count(*) FROM link WHERE scope = scope.id AND state = 1), \
               (SELECT count(*) FROM intent WHERE scope = scope.id AND state IN ('\"intended\"', '\"applied\"', '\"unclear\"')) \
               FROM scope ORDER BY id";
    let count = |row: &Row<'_>, at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
    let mut statement = conn.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(ScopeCount {
            mapping: row.get(0)?,
            places: [row.get(1)?, row.get(2)?],
            live: count(row, 3)?,
            buried: count(row, 4)?,
            open: count(row, 5)?,
        })
    })?;
    rows.collect()
}

fn texts(conn: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = conn.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}

/// A name beside the file: `state.db` becomes `state.TAG.db`.
fn beside(path: &Path, tag: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    path.with_file_name(format!("{stem}.{tag}.db"))
}
