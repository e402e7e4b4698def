//! Links by hand: made, ended and forgotten on a person's word, under the lock, with invariant 2 kept. No system is touched; what follows is
//! the next plan's business.

use crate::decisions::{Act, Deed, log, run};
use crate::query::{pair, prefix, side_number, side_of, to_text};
use crate::{Reader, StoreError, Writer};
use rusqlite::{Connection, Row, Transaction, params};
use selaras_model::{EntityName, Image, NativeId, PerSide, RunId, Side, Signature};

/// A link as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The entity.
    pub entity: EntityName,
    /// The pair. The id of a record that nobody knows is empty.
    pub ids: PerSide<NativeId>,
    /// Where the record was first.
    pub origin: Side,
    /// Where it stands.
    pub standing: LinkStanding,
    /// How people call it.
    pub label: String,
    /// The run that made it.
    pub since: RunId,
    /// The run that ended it.
    pub ended: Option<RunId>,
    /// Made (or, for a tombstone, ended) by a person, and not settled by a run since.
    pub by_hand: bool,
}

/// Where a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStanding {
    /// It lives.
    Live,
    /// A tombstone; `gone` is the side where the record vanished.
    Tombstone(Side),
    /// Forgotten on a person's word.
    Forgotten,
}

/// Why an order about links is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The record of this side is linked already.
    Linked(Side, Box<Listed>),
    /// There is no live link of this record.
    NotLinked,
    /// There is no tombstone of this record.
    NoTombstone,
    /// The id means several links.
    Several(Vec<Listed>),
}

/// What an order changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The link that it was about.
    pub link: Listed,
    /// Tombstones that hold nothing back any more.
    pub lifted: usize,
}

const COLUMNS: &str =
    "SELECT entity, left_id, right_id, origin, state, gone, buried, label, since, by_hand, id FROM link";

/// What a record is known by, for lists: an id of either side, its label or a word of it.
const KNOWN_BY: &str =
    "(left_id = ?3 OR right_id = ?3 OR label = ?3 OR instr(' ' || label || ' ', ' ' || ?3 || ' ') > 0)";

impl Reader {
    /// Links of this scope in their order, tombstones included.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list_links(
        &self,
        entity: Option<&EntityName>,
        key: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Listed>, StoreError> {
        let sql = format!(
            "{COLUMNS} WHERE scope = ?1 AND (?2 IS NULL OR entity = ?2) AND (?3 IS NULL OR {KNOWN_BY}) ORDER BY entity, id LIMIT ?4"
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map(params![self.scope, entity.map(EntityName::as_str), key, limit], listed);
        rows.and_then(Iterator::collect).map_err(|error| self.fail(&error))
    }

    /// How many links [`Reader::list_links`] has without a limit.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count_links(&self, entity: Option<&EntityName>, key: Option<&str>) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT count(*) FROM link WHERE scope = ?1 AND (?2 IS NULL OR entity = ?2) AND (?3 IS NULL OR {KNOWN_BY})"
        );
        let count: Result<i64, _> =
            self.conn.query_row(&sql, params![self.scope, entity.map(EntityName::as_str), key], |row| row.get(0));
        count.map(i64::unsigned_abs).map_err(|error| self.fail(&error))
    }

    /// Pairs that were forgotten on a person's word, by the records of one side.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn forgotten(
        &self,
        entity: &EntityName,
        side: Side,
        ids: &[&str],
    ) -> Result<Vec<PerSide<NativeId>>, StoreError> {
        let sql = format!(
            "SELECT left_id, right_id FROM link WHERE scope = ?1 AND entity = ?2 AND {}_id = ?3 AND state = 2",
            prefix(side)
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| self.fail(&error))?;
        let _together = self.together()?;
        let mut found = Vec::new();
        for id in ids {
            let ids = |row: &Row| Ok(PerSide::new(NativeId(row.get(0)?), NativeId(row.get(1)?)));
            let rows = statement.query_map(params![self.scope, entity.as_str(), id], ids);
            found.extend(rows.and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(|error| self.fail(&error))?);
        }
        Ok(found)
    }
}

fn listed(row: &Row) -> rusqlite::Result<Listed> {
    let standing = match row.get(4)? {
        0 => LinkStanding::Live,
        1 => LinkStanding::Tombstone(side_of(row.get::<_, Option<i64>>(5)?.unwrap_or_default())),
        _ => LinkStanding::Forgotten,
    };
    Ok(Listed {
        entity: EntityName(row.get(0)?),
        ids: pair(|side| row.get(if side == Side::Left { 1 } else { 2 }).map(NativeId))?,
        origin: side_of(row.get(3)?),
        standing,
        ended: row.get::<_, Option<String>>(6)?.map(RunId),
        label: row.get(7)?,
        since: RunId(row.get(8)?),
        by_hand: row.get(9)?,
    })
}

impl Writer {
    /// Links two records. Neither may have a live link (invariant 2); tombstones of either are forgotten. There is no base yet: the next run
    /// looks at both.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn link_by_hand(
        &mut self,
        entity: &EntityName,
        ids: &PerSide<NativeId>,
        origin: Side,
        signature: &Signature,
    ) -> Result<Result<Effect, Refused>, StoreError> {
        let scope = self.reader.scope;
        self.in_transaction(|tx| {
            if let Some(refused) = taken(tx, scope, entity, ids)? {
                return Ok(Err(refused));
            }
            let mut lifted = 0;
            let mut label = None;
            for side in Side::BOTH {
                let graves = of_record(tx, scope, entity, Some(side), ids.get(side).as_str(), 1)?;
                label = label.or(graves.first().map(|(_, grave)| grave.label.clone()));
                lifted += lift(tx, graves.iter().map(|(id, _)| *id))?;
            }
            let label = label.unwrap_or_else(|| format!("{} / {}", ids.left, ids.right));
            let made = Made { ids, origin, label: &label, made: false };
            let link = put(tx, scope, entity, &made, signature)?;
            log(tx, scope, &act(&link, Deed::Linked, signature))?;
            Ok(Ok(Effect { link, lifted }))
        })
    }

    /// Ends the live link of a record. What is left is a tombstone, so that neither record is taken for a new one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn unlink_by_hand(
        &mut self,
        entity: &EntityName,
        side: Option<Side>,
        id: &str,
        signature: &Signature,
    ) -> Result<Result<Effect, Refused>, StoreError> {
        let scope = self.reader.scope;
        self.in_transaction(|tx| {
            let (number, link) = match to_unlink(tx, scope, entity, side, id)? {
                Ok(found) => found,
                Err(refused) => return Ok(Err(refused)),
            };
            let gone = link.origin.other();
            let sql = "UPDATE link SET state = 1, gone = ?2, buried = ?3, by_hand = 1 WHERE id = ?1";
            run(tx, sql, params![number, side_number(gone), by_hand(signature).as_str()])?;
            run(tx, "DELETE FROM match_key WHERE link = ?1", params![number])?;
            log(tx, scope, &act(&link, Deed::Unlinked, signature))?;
            Ok(Ok(Effect { link, lifted: 0 }))
        })
    }

    /// Forgets the tombstones of a record, so that it is treated as any record without a link.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget_by_hand(
        &mut self,
        entity: &EntityName,
        side: Option<Side>,
        id: &str,
        signature: &Signature,
    ) -> Result<Result<Effect, Refused>, StoreError> {
        let scope = self.reader.scope;
        self.in_transaction(|tx| {
            let (graves, link) = match to_forget(tx, scope, entity, side, id)? {
                Ok(found) => found,
                Err(refused) => return Ok(Err(refused)),
            };
            let lifted = lift(tx, graves.iter().map(|(number, _)| *number))?;
            log(tx, scope, &act(&link, Deed::Forgot, signature))?;
            Ok(Ok(Effect { link, lifted }))
        })
    }

    /// Ends links whose survivors are to be made again on the other side. Nothing holds them back afterwards.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn lift(&mut self, by: &RunId, pairs: &[(EntityName, PerSide<NativeId>)]) -> Result<(), StoreError> {
        let scope = self.reader.scope;
        self.in_transaction(|tx| {
            for (entity, ids) in pairs {
                let sql = "UPDATE link SET state = 2, buried = ?5 WHERE scope = ?1 AND entity = ?2 AND left_id = ?3 AND right_id = ?4 AND state = 0";
                run(tx, sql, params![scope, entity.as_str(), ids.left.as_str(), ids.right.as_str(), by.as_str()])?;
                let sql = "DELETE FROM match_key WHERE link IN (SELECT id FROM link WHERE scope = ?1 AND entity = ?2 AND left_id = ?3 AND right_id = ?4 AND state = 2)";
                run(tx, sql, params![scope, entity.as_str(), ids.left.as_str(), ids.right.as_str()])?;
                for side in Side::BOTH {
                    let graves = of_record(tx, scope, entity, Some(side), ids.get(side).as_str(), 1)?;
                    lift(tx, graves.iter().map(|(number, _)| *number))?;
                }
            }
            Ok(())
        })
    }
}

impl Reader {
    /// How the links call a record: the one that lives first, then the latest that did.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn label_of(&self, entity: &EntityName, side: Side, id: &str) -> Result<Option<String>, StoreError> {
        let sql = format!(
            "SELECT label FROM link WHERE scope = ?1 AND entity = ?2 AND {}_id = ?3 ORDER BY state, id DESC LIMIT 1",
            prefix(side)
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| self.fail(&error))?;
        let found = statement.query_map(params![self.scope, entity.as_str(), id], |row| row.get(0));
        found.and_then(|mut rows| rows.next().transpose()).map_err(|error| self.fail(&error))
    }

    /// Why [`Writer::link_by_hand`] would not link these records, as the state is now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn may_link(&self, entity: &EntityName, ids: &PerSide<NativeId>) -> Result<Result<(), Refused>, StoreError> {
        Ok(taken(&self.conn, self.scope, entity, ids)?.map_or(Ok(()), Err))
    }

    /// The link that [`Writer::unlink_by_hand`] would end, as the state is now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn may_unlink(
        &self,
        entity: &EntityName,
        side: Option<Side>,
        id: &str,
    ) -> Result<Result<(), Refused>, StoreError> {
        Ok(to_unlink(&self.conn, self.scope, entity, side, id)?.map(|_| ()))
    }

    /// The tombstones that [`Writer::forget_by_hand`] would forget, as the state is now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn may_forget(
        &self,
        entity: &EntityName,
        side: Option<Side>,
        id: &str,
    ) -> Result<Result<(), Refused>, StoreError> {
        Ok(to_forget(&self.conn, self.scope, entity, side, id)?.map(|_| ()))
    }
}

type Numbered = (i64, Listed);

fn to_unlink(
    conn: &Connection,
    scope: i64,
    entity: &EntityName,
    side: Option<Side>,
    id: &str,
) -> Result<Result<Numbered, Refused>, StoreError> {
    let found = of_record(conn, scope, entity, side, id, 0)?;
    Ok(match &found[..] {
        [only] => Ok(only.clone()),
        [] => Err(Refused::NotLinked),
        several => Err(Refused::Several(several.iter().map(|(_, link)| link.clone()).collect())),
    })
}

fn to_forget(
    conn: &Connection,
    scope: i64,
    entity: &EntityName,
    side: Option<Side>,
    id: &str,
) -> Result<Result<(Vec<Numbered>, Listed), Refused>, StoreError> {
    let graves = of_record(conn, scope, entity, side, id, 1)?;
    let Some((_, link)) = graves.last().cloned() else { return Ok(Err(Refused::NoTombstone)) };
    let of = |side: Side| graves.iter().any(|(_, grave)| grave.ids.get(side).as_str() == id);
    if of(Side::Left) && of(Side::Right) {
        return Ok(Err(Refused::Several(graves.into_iter().map(|(_, grave)| grave).collect())));
    }
    Ok(Ok((graves, link)))
}

fn act(link: &Listed, deed: Deed, signature: &Signature) -> Act {
    let known = |id: &NativeId| (!id.as_str().is_empty()).then(|| id.clone());
    let ids = link.ids.as_ref().map(known);
    Act { entity: link.entity.clone(), ids, label: link.label.clone(), deed, signature: signature.clone() }
}

const BY_HAND: &str = "by-hand-";

/// What stands where a run's id does, for what no run did.
pub(crate) fn by_hand(signature: &Signature) -> RunId {
    RunId(format!("{BY_HAND}{}", signature.at_ms))
}

impl Listed {
    /// Whether it was a run that ended it, and not a person.
    #[must_use]
    pub fn ended_by_run(&self) -> bool {
        self.ended.as_ref().is_some_and(|by| !by.as_str().starts_with(BY_HAND))
    }
}

/// Whoever has one of these records already.
pub(crate) fn taken(
    tx: &Connection,
    scope: i64,
    entity: &EntityName,
    ids: &PerSide<NativeId>,
) -> Result<Option<Refused>, StoreError> {
    for side in Side::BOTH {
        let live = of_record(tx, scope, entity, Some(side), ids.get(side).as_str(), 0)?;
        if let Some((_, link)) = live.into_iter().next() {
            return Ok(Some(Refused::Linked(side, Box::new(link))));
        }
    }
    Ok(None)
}

/// The links of a record that stand so, with their numbers.
pub(crate) fn of_record(
    tx: &Connection,
    scope: i64,
    entity: &EntityName,
    side: Option<Side>,
    id: &str,
    state: i64,
) -> Result<Vec<(i64, Listed)>, StoreError> {
    let mut found: Vec<(i64, Listed)> = Vec::new();
    for side in Side::BOTH.into_iter().filter(|of| side.is_none_or(|side| side == *of)) {
        let sql = format!(
            "{COLUMNS} WHERE scope = ?1 AND entity = ?2 AND {}_id = ?3 AND state = {state} ORDER BY id",
            prefix(side)
        );
        let mut statement = tx.prepare_cached(&sql).map_err(contradiction)?;
        let rows = statement.query_map(params![scope, entity.as_str(), id], |row| Ok((row.get(10)?, listed(row)?)));
        let rows: Vec<(i64, Listed)> = rows.and_then(Iterator::collect).map_err(contradiction)?;
        found.extend(
            rows.into_iter().filter(|(number, _)| found.iter().all(|(known, _)| known != number)).collect::<Vec<_>>(),
        );
    }
    Ok(found)
}

pub(crate) fn lift(tx: &Transaction, numbers: impl Iterator<Item = i64>) -> Result<usize, StoreError> {
    let mut lifted = 0;
    for number in numbers {
        run(tx, "UPDATE link SET state = 2 WHERE id = ?1", params![number])?;
        lifted += 1;
    }
    Ok(lifted)
}

/// A link to be made by hand.
pub(crate) struct Made<'a> {
    pub ids: &'a PerSide<NativeId>,
    pub origin: Side,
    pub label: &'a str,
    pub made: bool,
}

/// Makes a live link that no run has looked at.
pub(crate) fn put(
    tx: &Transaction,
    scope: i64,
    entity: &EntityName,
    new: &Made<'_>,
    signature: &Signature,
) -> Result<Listed, StoreError> {
    let Made { ids, origin, label, made } = *new;
    let since = by_hand(signature);
    let hash = [0u8; 16];
    let sql = "INSERT INTO link (scope, entity, left_id, right_id, origin, state, label, since, left_hash, right_hash, left_seen, right_seen, made, by_hand) \
               VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8, ?8, ?8, ?8, ?9, 1)";
    let (left, right) = (ids.left.as_str(), ids.right.as_str());
    run(tx, sql, params![scope, entity.as_str(), left, right, side_number(origin), label, since.as_str(), hash, made])?;
    let nothing = to_text(&Image::default())?;
    let sql = "INSERT INTO image (link, left, right) VALUES (?1, ?2, ?2)";
    run(tx, sql, params![tx.last_insert_rowid(), nothing])?;
    Ok(Listed {
        entity: entity.clone(),
        ids: ids.clone(),
        origin,
        standing: LinkStanding::Live,
        label: label.to_owned(),
        since,
        ended: None,
        by_hand: true,
    })
}

pub(crate) fn contradiction(error: rusqlite::Error) -> StoreError {
    StoreError::statement(&error)
}
