//! Intents as people see them: what was asked, what the last look saw, what a person decided about one, and what became of a record.

use crate::decisions::{Act, Deed, log, maybe_json, run};
use crate::hand::{Made, Refused, by_hand, contradiction, put, taken};
use crate::journal::{OpenEntry, enter};
use crate::query::{from_text, side_number, to_text};
use crate::{Reader, StoreError, Writer};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use selaras_model::{
    Image, Intent, IntentId, JournalEntry, Message, NativeId, Outcome, PerSide, RunId, Signature, Transition, WriteKind,
};
use serde::{Deserialize, Serialize};

/// What a look for the effect of an unclear write saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The run that looked.
    pub run: RunId,
    /// When.
    pub at_ms: i64,
    /// What it saw.
    pub saw: Message,
}

/// What a person says of an unclear write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It was done: this is the record.
    Adopt(NativeId),
    /// It was not done: let it be planned again.
    Retry,
    /// Leave it.
    Discard,
}

/// Why an intent is not resolved by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotResolved {
    /// There is no such intent, or it is closed.
    NotOpen,
    /// What it has come to is known, and the next run takes it in.
    Known,
    /// Only a create can be adopted.
    NotACreate,
    /// The record, or the one it was made from, is linked already.
    Linked(Refused),
}

/// A write of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Its number.
    pub id: IntentId,
    /// The run.
    pub run: RunId,
    /// What it was about.
    pub intent: Intent,
    /// What it has come to.
    pub state: Transition,
    /// Its outcome so far.
    pub outcome: Option<Outcome>,
    /// What was asked, as whoever wrote it left it.
    pub asked: Option<serde_json::Value>,
    /// Fields that the system stored otherwise than asked, as it reported them.
    pub reported: Option<Image>,
}

const PAST: &str = "SELECT id, run, body, state, outcome, asked, reported FROM intent WHERE scope = ?1";

impl Reader {
    /// The writes to a record (by an id of either side, its label or a word of it), oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn past_of(&self, key: &str) -> Result<Vec<Past>, StoreError> {
        let sql = format!(
            "{PAST} AND (json_extract(body, '$.target_id') = ?2 OR json_extract(body, '$.origin_id') = ?2 \
             OR json_extract(outcome, '$.applied.id') = ?2 OR instr(' ' || json_extract(body, '$.label') || ' ', ' ' || ?2 || ' ') > 0) ORDER BY id"
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map(params![self.scope, key], past);
        rows.and_then(Iterator::collect).map_err(|error| self.fail(&error))
    }
}

impl Reader {
    /// The writes of a run, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn past_of_run(&self, run: &RunId) -> Result<Vec<Past>, StoreError> {
        let sql = format!("{PAST} AND run = ?2 ORDER BY id");
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map(params![self.scope, run.as_str()], past);
        rows.and_then(Iterator::collect).map_err(|error| self.fail(&error))
    }
}

fn past(row: &Row) -> rusqlite::Result<Past> {
    Ok(Past {
        id: IntentId(row.get(0)?),
        run: RunId(row.get(1)?),
        intent: from_text(row.get_ref(2)?.as_str()?)?,
        state: from_text(row.get_ref(3)?.as_str()?)?,
        outcome: maybe_json(row.get(4)?)?,
        asked: maybe_json(row.get(5)?)?,
        reported: maybe_json(row.get(6)?)?,
    })
}

impl Reader {
    /// The unclear write that [`Writer::resolve_intent`] would close so, as the state is now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn may_resolve(
        &self,
        intent: IntentId,
        resolution: &Resolution,
    ) -> Result<Result<OpenEntry, NotResolved>, StoreError> {
        let Some(entry) = self.open_intents()?.into_iter().find(|entry| entry.id == intent) else {
            return Ok(Err(NotResolved::NotOpen));
        };
        if entry.state == Transition::Applied {
            // It is known what it has come to; only the settling is missing, which is the next run's first work.
            return Ok(Err(NotResolved::Known));
        }
        if let Resolution::Adopt(id) = resolution {
            let Some(ids) = adopted(&entry, id) else { return Ok(Err(NotResolved::NotACreate)) };
            if let Some(refused) = taken(&self.conn, self.scope, &entry.intent.entity, &ids)? {
                return Ok(Err(NotResolved::Linked(refused)));
            }
        }
        Ok(Ok(entry))
    }
}

/// The pair that adopting a create makes.
fn adopted(entry: &OpenEntry, id: &NativeId) -> Option<PerSide<NativeId>> {
    let intent = &entry.intent;
    let origin = intent.origin_id.as_ref().filter(|_| intent.kind == WriteKind::Create)?;
    Some(PerSide::from_fn(|side| if side == intent.target { id.clone() } else { origin.clone() }))
}

impl Writer {
    /// Notes what a look for unclear writes saw.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note_probes(&mut self, probes: &[(IntentId, Probe)]) -> Result<(), StoreError> {
        self.in_transaction(|tx| {
            for (intent, probe) in probes {
                run(tx, "UPDATE intent SET probe = ?2 WHERE id = ?1", params![intent.0, to_text(probe)?])?;
            }
            Ok(())
        })
    }

    /// Notes what a system stored otherwise than it was asked to.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note_reported(&mut self, reported: &[(IntentId, Image)]) -> Result<(), StoreError> {
        if reported.is_empty() {
            return Ok(());
        }
        self.in_transaction(|tx| {
            for (intent, image) in reported {
                run(tx, "UPDATE intent SET reported = ?2 WHERE id = ?1", params![intent.0, to_text(image)?])?;
            }
            Ok(())
        })
    }

    /// Closes an unclear write on a person's word.
    ///
    /// Adopting a create links the record named; the next run looks whether it is there. What is left alone is not created again until somebody
    /// forgets that, too.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn resolve_intent(
        &mut self,
        intent: IntentId,
        resolution: &Resolution,
        signature: &Signature,
    ) -> Result<Result<OpenEntry, NotResolved>, StoreError> {
        let scope = self.reader.scope;
        let entry = match self.reader.may_resolve(intent, resolution)? {
            Ok(entry) => entry,
            Err(refused) => return Ok(Err(refused)),
        };
        let by = by_hand(signature);
        self.in_transaction(|tx| {
            match resolution {
                Resolution::Adopt(id) => adopt(tx, scope, &entry, id, signature)?,
                Resolution::Retry => end(tx, &entry, &by, &rejected(signature, true))?,
                Resolution::Discard => {
                    end(tx, &entry, &by, &rejected(signature, false))?;
                    leave(tx, scope, &entry, signature)?;
                }
            }
            let deed = match resolution {
                Resolution::Adopt(_) => Deed::Adopted(intent),
                Resolution::Retry => Deed::Retried(intent),
                Resolution::Discard => Deed::Discarded(intent),
            };
            let named = match resolution {
                Resolution::Adopt(id) => Some(id.clone()),
                Resolution::Retry | Resolution::Discard => None,
            };
            let Intent { entity, target, origin_id, target_id, label, .. } = &entry.intent;
            let at = |side| if side == *target { named.clone().or(target_id.clone()) } else { origin_id.clone() };
            let (ids, signature) = (PerSide::from_fn(at), signature.clone());
            log(tx, scope, &Act { entity: entity.clone(), ids, label: label.clone(), deed, signature })?;
            Ok(Ok(entry.clone()))
        })
    }
}

/// `passing`: it is to be tried again.
fn rejected(signature: &Signature, passing: bool) -> Outcome {
    Outcome::Rejected { text: format!("closed by hand, {}: {}", signature.by, signature.because), passing }
}

fn end(tx: &Transaction, entry: &OpenEntry, by: &RunId, outcome: &Outcome) -> Result<(), StoreError> {
    enter(tx, entry.id, by, &JournalEntry::Ended { intent: entry.id, outcome: outcome.clone() })
}

fn adopt(
    tx: &Transaction,
    scope: i64,
    entry: &OpenEntry,
    id: &NativeId,
    signature: &Signature,
) -> Result<(), StoreError> {
    let intent = &entry.intent;
    let Some(ids) = adopted(entry, id) else { return Ok(()) };
    let by = by_hand(signature);
    end(tx, entry, &by, &Outcome::Applied { id: id.clone() })?;
    enter(tx, entry.id, &by, &JournalEntry::Settled { intent: entry.id })?;
    let made = Made { ids: &ids, origin: intent.target.other(), label: &intent.label, made: true };
    put(tx, scope, &intent.entity, &made, signature)?;
    Ok(())
}

/// The record that an unclear create was made from is held back, as if its partner had been buried. Who that would be is not known.
fn leave(tx: &Transaction, scope: i64, entry: &OpenEntry, signature: &Signature) -> Result<(), StoreError> {
    let intent = &entry.intent;
    let (WriteKind::Create, Some(origin)) = (intent.kind, &intent.origin_id) else { return Ok(()) };
    let side = intent.target.other();
    let held = |of| if of == side { origin.clone() } else { NativeId(String::new()) };
    let ids = PerSide::from_fn(held);
    if let Some(Refused::Linked(..)) = taken_on(tx, scope, entry, origin)? {
        return Ok(());
    }
    let made = Made { ids: &ids, origin: side, label: &intent.label, made: false };
    put(tx, scope, &intent.entity, &made, signature)?;
    let sql = "UPDATE link SET state = 1, gone = ?2, buried = ?3 WHERE id = ?1";
    let number: Option<i64> = tx
        .query_row("SELECT max(id) FROM link WHERE scope = ?1", [scope], |row| row.get(0))
        .optional()
        .map_err(contradiction)?;
    run(tx, sql, params![number, side_number(intent.target), by_hand(signature).as_str()])
}

fn taken_on(tx: &Transaction, scope: i64, entry: &OpenEntry, origin: &NativeId) -> Result<Option<Refused>, StoreError> {
    let intent = &entry.intent;
    let side = intent.target.other();
    let live = crate::hand::of_record(tx, scope, &intent.entity, Some(side), origin.as_str(), 0)?;
    Ok(live.into_iter().next().map(|(_, link)| Refused::Linked(side, Box::new(link))))
}
