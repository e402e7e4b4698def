//! What is asked of the state about plans: whether one was applied already, and what a run wrote.

use crate::query::from_text;
use crate::{Reader, RunSummary, StoreError};
use rusqlite::params;
use selaras_model::{ActionId, Intent, IntentId, RunId};

impl Reader {
    /// The run that carried out the plan of this hash to its end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn run_of_plan(&self, hash: &str) -> Result<Option<RunSummary>, StoreError> {
        let sql = "SELECT summary FROM run WHERE scope = ?1 AND json_extract(summary, '$.plan') = ?2 \
                   AND json_extract(summary, '$.finished_ms') IS NOT NULL ORDER BY id DESC LIMIT 1";
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
