//! What is missing and what waits: since which run a record was not listed, and which records are out of use until their delete.

use crate::decisions::{maybe_json, run};
use crate::query::to_text;
use crate::{Reader, StoreError, Writer};
use rusqlite::params;
use selaras_model::{EntityName, Grace, LinkId, Missed, PerSide, RunId};
use std::collections::BTreeMap;

/// A record that is out of use until its delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// The link.
    pub link: LinkId,
    /// The entity.
    pub entity: EntityName,
    /// Since when, and why.
    pub grace: Grace,
}

/// Whether a run listed a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It did.
    No,
    /// It did not.
    Yes,
    /// It did not, and neither any other that was linked; so many are gone.
    LikeAll(u64),
}

impl Reader {
    /// Live links of which a record waits for its delete, with what they are about, in their order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn waiting(&self) -> Result<Vec<Waits>, StoreError> {
        let sql = "SELECT id, entity, grace FROM link WHERE scope = ?1 AND grace IS NOT NULL AND state = 0 ORDER BY id";
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map([self.scope], |row| {
            let (link, entity) = (LinkId(row.get(0)?), EntityName(row.get(1)?));
            Ok(maybe_json(row.get(2)?)?.map(|grace| Waits { link, entity, grace }))
        });
        let rows: Vec<Option<Waits>> = rows.and_then(Iterator::collect).map_err(|error| self.fail(&error))?;
        Ok(rows.into_iter().flatten().collect())
    }
}

impl Writer {
    /// Notes which records of an entity were not listed by a run, and how many vanished with each, if they were all (`EntityInput::emptied`).
    /// Those of all others count as seen.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note_missed(
        &mut self,
        by: &RunId,
        entity: &EntityName,
        missing: &BTreeMap<LinkId, PerSide<Missing>>,
    ) -> Result<(), StoreError> {
        let scope = self.reader.scope;
        self.in_transaction(|tx| {
            let sql = "SELECT id, missed FROM link WHERE scope = ?1 AND entity = ?2 AND missed IS NOT NULL";
            let contradiction = |error: rusqlite::Error| StoreError::Contradiction(error.to_string());
            let mut statement = tx.prepare_cached(sql).map_err(contradiction)?;
            let rows = statement.query_map(params![scope, entity.as_str()], |row| {
                Ok((LinkId(row.get(0)?), maybe_json::<Missed>(row.get(1)?)?.unwrap_or_default()))
            });
            let known: BTreeMap<LinkId, Missed> = rows.and_then(Iterator::collect).map_err(contradiction)?;
            for link in known.keys().filter(|link| !missing.contains_key(link)) {
                run(tx, "UPDATE link SET missed = NULL WHERE id = ?1", params![link.0])?;
            }
            for (link, sides) in missing {
                let before = known.get(link).cloned().unwrap_or_default();
                let now = Missed {
                    since: PerSide::from_fn(|side| {
                        let first = before.since.get(side).clone().unwrap_or_else(|| by.clone());
                        (*sides.get(side) != Missing::No).then_some(first)
                    }),
                    all: PerSide::from_fn(|side| match sides.get(side) {
                        Missing::No => None,
                        Missing::Yes => *before.all.get(side),
                        Missing::LikeAll(count) => before.all.get(side).or(Some(*count)),
                    }),
                };
                if now != before {
                    run(tx, "UPDATE link SET missed = ?2 WHERE id = ?1", params![link.0, to_text(&now)?])?;
                }
            }
            Ok(())
        })
    }
}
