//! What is asked of the state about plans: whether one was applied or approved, and what runs wrote.

use crate::decisions::{maybe_json, run};
use crate::query::{from_text, to_text};
use crate::{Reader, RunSummary, StoreError, Writer};
use rusqlite::{Row, params};
use selaras_model::{ActionId, Intent, IntentId, PerSide, RunId, Signature, WriteKind};
use serde::{Deserialize, Serialize};

impl Reader {
    /// The run that carried out the plan of this hash to its end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn run_of_plan(&self, hash: &str) -> Result<Option<RunSummary>, StoreError> {
        let sql = "SELECT summary FROM run WHERE scope = ?1 AND json_extract(summary, '$.plan') = ?2 \
                   AND json_extract(summary, '$.finished_ms') IS NOT NULL AND json_extract(summary, '$.refused') IS NULL \
                   ORDER BY rowid DESC LIMIT 1";
        let found = self.conn.query_row(sql, params![self.scope, hash], |row| from_text(row.get_ref(0)?.as_str()?));
        match found {
            Ok(summary) => Ok(Some(summary)),
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(self.fail(&error)),
        }
    }

    /// The actions behind the intents of a run, from one intent on.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn actions_of(&self, run: &RunId, from: IntentId) -> Result<Vec<ActionId>, StoreError> {
        let sql = "SELECT body FROM intent WHERE id >= ?1 AND run = ?2 ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map(params![from.0, run.as_str()], |row| {
            from_text::<Intent>(row.get_ref(0)?.as_str()?).map(|intent| intent.action)
        });
        rows.and_then(Iterator::collect).map_err(|error| self.fail(&error))
    }
}

/// A plan that a person approved although a guard spoke against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The plan's hash, or as much of its beginning as was given.
    pub hash: String,
    /// Who, when, why.
    pub signature: Signature,
}

/// A write that changed fields of a record, as far as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastUpdate {
    /// The run.
    pub run: RunId,
    /// What it was about.
    pub intent: Intent,
    /// What was asked, as whoever wrote it left it.
    pub asked: Option<serde_json::Value>,
}

impl Reader {
    /// The newest approval of the plan of this hash.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn approval(&self, hash: &str) -> Result<Option<Approval>, StoreError> {
        let sql = "SELECT body FROM approval WHERE substr(?1, 1, length(hash)) = hash ORDER BY id DESC LIMIT 1";
        match self.conn.query_row(sql, [hash], |row| from_text(row.get_ref(0)?.as_str()?)) {
            Ok(approval) => Ok(Some(approval)),
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(self.fail(&error)),
        }
    }

    /// The latest run whose plan begins with this hash and was refused by a guard, whatever its mapping.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn refused_plan(&self, hash: &str) -> Result<Option<RunSummary>, StoreError> {
        let sql = "SELECT summary FROM run ORDER BY rowid DESC";
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let runs = statement.query_map([], |row| from_text::<RunSummary>(row.get_ref(0)?.as_str()?));
        let runs: Vec<RunSummary> = runs.and_then(Iterator::collect).map_err(|error| self.fail(&error))?;
        Ok(runs.into_iter().find(|run| run.plan.starts_with(hash) && !run.refused.is_empty()))
    }

    /// The updates that the last `runs` runs which tried to write anything have really made, newest first. What a system refused is asked again
    /// and again, and that is no back and forth.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last_updates(&self, runs: usize) -> Result<Vec<PastUpdate>, StoreError> {
        let sql = "SELECT run, body, asked, state IN ('\"applied\"', '\"settled\"') FROM intent WHERE scope = ?1 ORDER BY id DESC";
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let mut rows = statement.query([self.scope]).map_err(|error| self.fail(&error))?;
        let mut found = Vec::new();
        let mut seen: Vec<RunId> = Vec::new();
        while let Some(row) = rows.next().map_err(|error| self.fail(&error))? {
            let made: bool = row.get(3).map_err(|error| self.fail(&error))?;
            let update = past_update(row).map_err(|error| self.fail(&error))?;
            if seen.last() != Some(&update.run) {
                if seen.len() == runs {
                    break;
                }
                seen.push(update.run.clone());
            }
            if update.intent.kind == WriteKind::Update && made {
                found.push(update);
            }
        }
        Ok(found)
    }

    /// Whether links between these two places are known.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn knows(&self, mapping: &str, endpoints: &PerSide<String>) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM scope JOIN link ON link.scope = scope.id WHERE mapping = ?1 AND left = ?2 AND right = ?3";
        let count = self.conn.query_row(sql, [mapping, &endpoints.left, &endpoints.right], |row| row.get::<_, i64>(0));
        count.map(|count| count > 0).map_err(|error| self.fail(&error))
    }
}

fn past_update(row: &Row) -> rusqlite::Result<PastUpdate> {
    Ok(PastUpdate {
        run: RunId(row.get(0)?),
        intent: from_text(row.get_ref(1)?.as_str()?)?,
        asked: maybe_json(row.get(2)?)?,
    })
}

impl Writer {
    /// Writes down that a person approved a plan. What is planned stays the same by that.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn approve(&mut self, approval: &Approval) -> Result<(), StoreError> {
        let body = to_text(approval)?;
        self.in_transaction(|tx| {
            run(tx, "INSERT INTO approval (hash, body) VALUES (?1, ?2)", params![approval.hash, body])
        })
    }
}
