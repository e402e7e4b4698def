//! The journal: intents and outcomes, append only, with the table of what each intent has come to.

use crate::decisions::maybe_json;
use crate::intents::Probe;
use crate::query::{from_text, run_cached, to_text};
use crate::{Reader, StoreError, Writer};
use rusqlite::{Transaction, params};
use selaras_model::{
    EntityName, Intent, IntentId, JournalEntry, Outcome, RunId, Side, Transition, WriteKind, transition,
};

/// An intent that is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenEntry {
    /// Its number.
    pub id: IntentId,
    /// The run that wrote it.
    pub run: RunId,
    /// What it is about.
    pub intent: Intent,
    /// Where it stands: `Intended`, `Applied` or `Unclear`.
    pub state: Transition,
    /// Its outcome so far.
    pub outcome: Option<Outcome>,
    /// What was asked, as whoever wrote it left it.
    pub asked: Option<serde_json::Value>,
    /// What the last look for it saw.
    pub probe: Option<Probe>,
}

impl Reader {
    /// The intents of this scope that are not closed, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_intents(&self) -> Result<Vec<OpenEntry>, StoreError> {
        let sql = "SELECT id, run, body, state, outcome, asked, probe FROM intent WHERE scope = ?1 AND state IN ('\"intended\"', '\"applied\"', '\"unclear\"') ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map([self.scope], |row| {
            let outcome = match row.get_ref(4)?.as_str_or_null()? {
                Some(text) => Some(from_text(text)?),
                None => None,
            };
            Ok(OpenEntry {
                id: IntentId(row.get(0)?),
                run: RunId(row.get(1)?),
                intent: from_text(row.get_ref(2)?.as_str()?)?,
                state: from_text(row.get_ref(3)?.as_str()?)?,
                outcome,
                asked: maybe_json(row.get(5)?)?,
                probe: maybe_json(row.get(6)?)?,
            })
        });
        rows.and_then(Iterator::collect).map_err(|error| self.fail(&error))
    }

    /// The latest intents of this scope that were written down after a moment, each with its outcome so far; newest first. Far fewer than all:
    /// what is not among the last thousands is not recent.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn recent_intents(&self, after_ms: i64) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        let sql = "SELECT body, outcome FROM intent WHERE scope = ?1 ORDER BY id DESC LIMIT 5000";
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map([self.scope], |row| {
            let outcome = match row.get_ref(1)?.as_str_or_null()? {
                Some(text) => Some(from_text(text)?),
                None => None,
            };
            Ok((from_text::<Intent>(row.get_ref(0)?.as_str()?)?, outcome))
        });
        let rows = rows.map_err(|error| self.fail(&error))?;
        let is_old = |row: &Result<(Intent, _), _>| row.as_ref().is_ok_and(|(intent, _)| intent.at_ms <= after_ms);
        let recent: Result<_, rusqlite::Error> = rows.take_while(|row| !is_old(row)).collect();
        recent.map_err(|error| self.fail(&error))
    }

    /// Records that a system refused to remove when last asked: side, id and what it said.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn refused_deletes(&self, entity: &EntityName) -> Result<Vec<(Side, String, String)>, StoreError> {
        let sql = "SELECT body, state, outcome FROM intent WHERE scope = ?1 AND entity = ?2 AND outcome IS NOT NULL ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map(params![self.scope, entity.as_str()], |row| {
            Ok((from_text::<Intent>(row.get_ref(0)?.as_str()?)?, from_text::<Outcome>(row.get_ref(2)?.as_str()?)?))
        });
        let rows: Vec<(Intent, Outcome)> = rows.and_then(Iterator::collect).map_err(|error| self.fail(&error))?;
        Ok(last_refusals(rows))
    }
}

/// The deletes whose last word was no; a later intent for the same record takes it back.
fn last_refusals(rows: Vec<(Intent, Outcome)>) -> Vec<(Side, String, String)> {
    let mut refused: Vec<(Side, String, String)> = Vec::new();
    for (intent, outcome) in rows {
        let Some(id) = intent.target_id else { continue };
        refused.retain(|(side, known, _)| !(*side == intent.target && *known == id.as_str()));
        if let (WriteKind::Delete | WriteKind::Deactivate, Outcome::Rejected { text, passing: false }) =
            (intent.kind, outcome)
        {
            refused.push((intent.target, id.to_string(), text));
        }
    }
    refused
}

impl Writer {
    /// Writes intents down; they are on disk when this returns (invariant 15).
    ///
    /// # Errors
    /// When the file cannot be written; then nothing may be sent.
    pub fn intend(&mut self, run: &RunId, intents: &[Intent]) -> Result<Vec<IntentId>, StoreError> {
        let asked: Vec<_> = intents.iter().map(|intent| (intent.clone(), serde_json::Value::Null)).collect();
        self.intend_asking(run, &asked)
    }

    /// The same, with what is asked of each: why, and the values to be overwritten.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing may be sent.
    pub fn intend_asking(
        &mut self,
        run: &RunId,
        intents: &[(Intent, serde_json::Value)],
    ) -> Result<Vec<IntentId>, StoreError> {
        let scope = self.reader.scope;
        self.in_transaction(|tx| {
            let mut numbers = Vec::with_capacity(intents.len());
            for (intent, asked) in intents {
                let entry = JournalEntry::Intended(intent.clone());
                let sql = "INSERT INTO intent (scope, run, entity, state, body, asked) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
                let state = to_text(&Transition::Intended)?;
                let (entity, body) = (intent.entity.as_str(), to_text(intent)?);
                let asked = (!asked.is_null()).then(|| asked.to_string());
                run_cached(tx, sql, params![scope, run.as_str(), entity, state, body, asked]).map_err(contradiction)?;
                let number = IntentId(tx.last_insert_rowid());
                append(tx, number, run, &entry)?;
                numbers.push(number);
            }
            Ok(numbers)
        })
    }

    /// The clock was put back: what was written down later than now counts as written just now, so that its settle time passes like any
    /// other. The journal itself keeps what it was told.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put_back_to(&mut self, now_ms: i64) -> Result<(), StoreError> {
        let scope = self.reader.scope;
        // What is not among the last thousands is not recent; what is open may be as old as it likes.
        let sql = "UPDATE intent SET body = json_set(body, '$.at_ms', ?2) WHERE scope = ?1 AND json_extract(body, '$.at_ms') > ?2 \
             AND (id > (SELECT max(id) - 5000 FROM intent) OR state IN ('\"intended\"', '\"applied\"', '\"unclear\"'))";
        self.in_transaction(|tx| run_cached(tx, sql, params![scope, now_ms]).map_err(contradiction))
    }

    /// Writes outcomes down that came just now. A call may have waited long before it went out: the settle time of what it wrote begins
    /// with its answer.
    ///
    /// # Errors
    /// As for [`Writer::end`].
    pub fn end_at(&mut self, run: &RunId, outcomes: &[(IntentId, Outcome)], now_ms: i64) -> Result<(), StoreError> {
        self.in_transaction(|tx| {
            let sql = "UPDATE intent SET body = json_set(body, '$.at_ms', ?2) WHERE id = ?1";
            for (intent, outcome) in outcomes {
                enter(tx, *intent, run, &JournalEntry::Ended { intent: *intent, outcome: outcome.clone() })?;
                run_cached(tx, sql, params![intent.0, now_ms]).map_err(contradiction)?;
            }
            Ok(())
        })
    }

    /// Writes outcomes down.
    ///
    /// # Errors
    /// When the file cannot be written, or an outcome does not follow from where its intent stands (invariant 17).
    pub fn end(&mut self, run: &RunId, outcomes: &[(IntentId, Outcome)]) -> Result<(), StoreError> {
        self.in_transaction(|tx| {
            for (intent, outcome) in outcomes {
                enter(tx, *intent, run, &JournalEntry::Ended { intent: *intent, outcome: outcome.clone() })?;
            }
            Ok(())
        })
    }
}

/// Appends an entry for an intent and moves its state, by the closed table.
pub(crate) fn enter(tx: &Transaction, intent: IntentId, run: &RunId, entry: &JournalEntry) -> Result<(), StoreError> {
    let state = "SELECT state FROM intent WHERE id = ?1";
    let state = tx.prepare_cached(state).and_then(|mut statement| statement.query_row([intent.0], |row| row.get(0)));
    let state: String = state.map_err(contradiction)?;
    let state: Transition = from_text(&state).map_err(contradiction)?;
    let Some(next) = transition(Some(state), entry) else {
        return Err(StoreError::Contradiction(format!("intent {} is {state:?} and cannot take {entry:?}", intent.0)));
    };
    append(tx, intent, run, entry)?;
    let outcome = match entry {
        JournalEntry::Ended { outcome, .. } => Some(to_text(outcome)?),
        JournalEntry::Intended(_) | JournalEntry::Settled { .. } => None,
    };
    let sql = "UPDATE intent SET state = ?2, outcome = coalesce(?3, outcome) WHERE id = ?1";
    run_cached(tx, sql, params![intent.0, to_text(&next)?, outcome]).map_err(contradiction)
}

fn append(tx: &Transaction, intent: IntentId, run: &RunId, entry: &JournalEntry) -> Result<(), StoreError> {
    let sql = "INSERT INTO journal (intent, run, entry) VALUES (?1, ?2, ?3)";
    run_cached(tx, sql, params![intent.0, run.as_str(), to_text(entry)?]).map_err(contradiction)
}

fn contradiction(error: rusqlite::Error) -> StoreError {
    StoreError::statement(&error)
}
