//! What people ordered by hand: decisions on conflicts for as long as they hold, and the log of every order.

use crate::query::{from_text, run_cached, to_text};
use crate::{Reader, StoreError, Writer};
use rusqlite::{Transaction, params};
use selaras_model::{ConflictId, Decision, EntityName, IntentId, NativeId, PerSide, RunId, Signature};
use serde::{Deserialize, Serialize};

/// How a decision ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// It was carried out.
    Applied,
    /// There was no conflict any more.
    Moot,
    /// A system refused what it asked for.
    Refused,
    /// A later decision took its place.
    Replaced,
    /// Somebody took it back before it was carried out.
    Withdrawn,
}

/// What a person ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Decided a conflict.
    Decided(Box<Decision>),
    /// Took a decision back before it was carried out.
    Withdrew(Box<Decision>),
    /// Linked two records.
    Linked,
    /// Ended a link; both records wait.
    Unlinked,
    /// Let a record be treated as a new one.
    Forgot,
    /// Said which record an unclear create made.
    Adopted(IntentId),
    /// Said that an unclear write was not done.
    Retried(IntentId),
    /// Said that an unclear write is to be left alone.
    Discarded(IntentId),
}

/// An order in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The entity.
    pub entity: EntityName,
    /// The records concerned.
    pub ids: PerSide<Option<NativeId>>,
    /// How people call them.
    pub label: String,
    /// What was ordered.
    pub deed: Deed,
    /// Who, when, why.
    pub signature: Signature,
}

impl Reader {
    /// The decisions of this scope that hold, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn decisions(&self) -> Result<Vec<Decision>, StoreError> {
        self.bodies("SELECT body FROM decision WHERE scope = ?1 AND closed IS NULL ORDER BY id LIMIT ?2", u32::MAX)
    }

    /// Everything that was ordered by hand, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn acts(&self, limit: u32) -> Result<Vec<Act>, StoreError> {
        self.bodies("SELECT body FROM act WHERE scope = ?1 ORDER BY id DESC LIMIT ?2", limit)
    }
}

impl Writer {
    /// Writes decisions down. One on the same unit of the same conflict takes the place of the earlier one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn decide(&mut self, decisions: &[Decision]) -> Result<(), StoreError> {
        let scope = self.reader.scope;
        self.in_transaction(|tx| {
            for decision in decisions {
                let (conflict, unit) = (decision.conflict.as_str(), decision.unit());
                let replaced = to_text(&Closed::Replaced)?;
                let sql = "UPDATE decision SET closed = ?4 WHERE scope = ?1 AND conflict = ?2 AND unit = ?3 AND closed IS NULL";
                run(tx, sql, params![scope, conflict, unit, replaced])?;
                let sql = "INSERT INTO decision (scope, conflict, unit, body) VALUES (?1, ?2, ?3, ?4)";
                run(tx, sql, params![scope, conflict, unit, to_text(decision)?])?;
                let act = Act {
                    entity: decision.entity.clone(),
                    ids: decision.ids.clone().map(Some),
                    label: decision.label.clone(),
                    deed: Deed::Decided(Box::new(decision.clone())),
                    signature: decision.signature.clone(),
                };
                log(tx, scope, &act)?;
            }
            Ok(())
        })
    }

    /// Takes decisions back that no run has carried out. Those that were closed meanwhile stay as they are.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn withdraw(&mut self, decisions: &[Decision], signature: &Signature) -> Result<Vec<Decision>, StoreError> {
        let scope = self.reader.scope;
        let open = self.reader.decisions()?;
        let withdrawn: Vec<Decision> = decisions.iter().filter(|decision| open.contains(decision)).cloned().collect();
        self.in_transaction(|tx| {
            for decision in &withdrawn {
                let sql = "UPDATE decision SET closed = ?4 WHERE scope = ?1 AND conflict = ?2 AND unit = ?3 AND closed IS NULL";
                let closed = to_text(&Closed::Withdrawn)?;
                run(tx, sql, params![scope, decision.conflict.as_str(), decision.unit(), closed])?;
                let act = Act {
                    entity: decision.entity.clone(),
                    ids: decision.ids.clone().map(Some),
                    label: decision.label.clone(),
                    deed: Deed::Withdrew(Box::new(decision.clone())),
                    signature: signature.clone(),
                };
                log(tx, scope, &act)?;
            }
            Ok(())
        })?;
        Ok(withdrawn)
    }

    /// Ends decisions, each known by its conflict and unit.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn close_decisions(&mut self, by: &RunId, ends: &[(ConflictId, String, Closed)]) -> Result<(), StoreError> {
        let scope = self.reader.scope;
        self.in_transaction(|tx| {
            for (conflict, unit, closed) in ends {
                let sql = "UPDATE decision SET closed = ?4, run = ?5 WHERE scope = ?1 AND conflict = ?2 AND unit = ?3 AND closed IS NULL";
                run(tx, sql, params![scope, conflict.as_str(), unit, to_text(closed)?, by.as_str()])?;
            }
            Ok(())
        })
    }
}

/// Appends an order to the log. What was planned before it was planned from another state.
pub(crate) fn log(tx: &Transaction, scope: i64, act: &Act) -> Result<(), StoreError> {
    let sql = "INSERT INTO act (scope, entity, body) VALUES (?1, ?2, ?3)";
    run(tx, sql, params![scope, act.entity.as_str(), to_text(act)?])?;
    run(tx, "UPDATE meta SET generation = generation + 1", &[])
}

pub(crate) fn run(tx: &Transaction, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
    run_cached(tx, sql, values).map_err(|error| StoreError::statement(&error))
}

/// A column of JSON that may be empty.
pub(crate) fn maybe_json<T: serde::de::DeserializeOwned>(text: Option<String>) -> rusqlite::Result<Option<T>> {
    text.map(|text| from_text(&text)).transpose()
}
