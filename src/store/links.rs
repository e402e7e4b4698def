//! Links: finding them by native id, match key and number; settling them.

use crate::decisions::maybe_json;
use crate::query::{from_text, hash_of, pair, prefix, run_cached, side_number, side_of, to_text};
use crate::{Reader, StoreError, Writer};
use rusqlite::{Row, Transaction, params};
use selaras_model::{
    EntityName, FieldName, Hash128, Link, LinkId, LinkState, MatchKey, NativeId, PerSide, RunId, Settled, Settlement,
    Side,
};
use std::collections::BTreeMap;

/// What is needed to tell whether a record changed, without its image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The link.
    pub link: LinkId,
    /// The hash of the folded image.
    pub hash: Hash128,
    /// The hash of what was last read of it, byte for byte; zero after a write of ours.
    pub seen: Hash128,
    /// The version token of the image.
    pub version: Option<String>,
}

/// A linked record that owns a match key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The key.
    pub key: MatchKey,
    /// The record.
    pub id: NativeId,
    /// How people call it.
    pub label: String,
}

/// A buried link with the side whose record survived.
pub type Survivor = Link;

/// A settlement with what the reading of the records left behind.
#[derive(Clone, Debug)]
pub struct SettleRow {
    /// The entity.
    pub entity: EntityName,
    /// What happens to the link.
    pub settlement: Settlement,
    /// The hash of what was read, per side; zero where it was written to.
    pub seen: PerSide<Hash128>,
}

/// The head of a live link by the native id on one side.
const HEAD: &str = "SELECT id, {side}_hash, {side}_seen, {side}_version FROM link \
     WHERE scope = ?1 AND entity = ?2 AND {side}_id = ?3 AND state = 0";

/// The numbers of live links.
const LIVE: &str = "SELECT id FROM link WHERE scope = ?1 AND entity = ?2 AND state = 0";

/// How many live links began on one side.
const ARRIVED: &str = "SELECT count(*) FROM link WHERE scope = ?1 AND entity = ?2 AND origin = ?3 AND state = 0";

/// A link with its images; conditions on `link` follow.
const LINK: &str = "SELECT id, left_id, right_id, origin, state, gone, buried, label, since, image.left, image.right, left_version, right_version, made, by_hand, grace, missed \
     FROM link CROSS JOIN image ON image.link = link.id";

impl Reader {
    /// The heads of live links by native id, in the order asked; `None` for a record without a link.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn heads(&self, entity: &EntityName, side: Side, ids: &[&str]) -> Result<Vec<Option<Head>>, StoreError> {
        let sql = HEAD.replace("{side}", prefix(side));
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| self.fail(&error))?;
        let _together = self.together()?;
        let mut heads = Vec::with_capacity(ids.len());
        for id in ids {
            let found = statement.query_row(params![self.scope, entity.as_str(), id], head);
            heads.push(match found {
                Ok(head) => Some(head),
                Err(rusqlite::Error::QueryReturnedNoRows) => None,
                Err(error) => return Err(self.fail(&error)),
            });
        }
        Ok(heads)
    }

    /// Links by number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn links(&self, numbers: &[LinkId]) -> Result<Vec<Link>, StoreError> {
        let sql = format!("{LINK} WHERE id = ?1");
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| self.fail(&error))?;
        let _together = self.together()?;
        numbers.iter().map(|number| statement.query_row([number.0], link).map_err(|error| self.fail(&error))).collect()
    }

    /// The live link of a record.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn link_of(&self, entity: &EntityName, side: Side, id: &str) -> Result<Option<Link>, StoreError> {
        let sql = format!("{LINK} WHERE scope = ?1 AND entity = ?2 AND {}_id = ?3 AND state = 0", prefix(side));
        self.maybe(&sql, params![self.scope, entity.as_str(), id])
    }

    /// Live links whose record on `side` has this text in a field of its image. At most `limit`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn links_by_text(
        &self,
        entity: &EntityName,
        side: Side,
        field: &FieldName,
        text: &str,
        limit: u32,
    ) -> Result<Vec<Link>, StoreError> {
        let sql = format!(
            "{LINK} WHERE scope = ?1 AND entity = ?2 AND state = 0 AND json_extract(image.{}, '$.\"' || ?3 || '\".text') = ?4 LIMIT ?5",
            prefix(side)
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map(params![self.scope, entity.as_str(), field.as_str(), text, limit], link);
        rows.and_then(Iterator::collect).map_err(|error| self.fail(&error))
    }

    /// The numbers of all live links of an entity, ascending.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn live(&self, entity: &EntityName) -> Result<Vec<LinkId>, StoreError> {
        // Sorted here: SQLite would keep a second copy of all of them to do it.
        let mut statement = self.conn.prepare_cached(LIVE).map_err(|error| self.fail(&error))?;
        let rows = statement.query_map(params![self.scope, entity.as_str()], |row| row.get(0).map(LinkId));
        let live: Result<Vec<LinkId>, _> = rows.and_then(Iterator::collect);
        let mut live = live.map_err(|error| self.fail(&error))?;
        live.sort_unstable();
        Ok(live)
    }

    /// The newest tombstone of each of these records, if it has one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tombstones(&self, entity: &EntityName, side: Side, ids: &[&str]) -> Result<Vec<Survivor>, StoreError> {
        let sql = newest_tombstone(side);
        let _together = self.together()?;
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.maybe(&sql, params![self.scope, entity.as_str(), id])?);
        }
        Ok(found)
    }

    /// The linked records of `side` that own one of these keys.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn owners(&self, entity: &EntityName, side: Side, keys: &[MatchKey]) -> Result<Vec<Owner>, StoreError> {
        let sql = format!(
            "SELECT link.{}_id, link.label FROM match_key JOIN link ON link.id = match_key.link \
             WHERE match_key.scope = ?1 AND match_key.entity = ?2 AND side = ?3 AND key = ?4 AND link.state = 0",
            prefix(side)
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| self.fail(&error))?;
        let _together = self.together()?;
        let mut owners = Vec::new();
        for key in keys {
            let text = to_text(key)?;
            let make = |row: &Row| Ok(Owner { key: key.clone(), id: NativeId(row.get(0)?), label: row.get(1)? });
            let rows = statement.query_map(params![self.scope, entity.as_str(), side_number(side), text], make);
            owners.extend(rows.and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(|error| self.fail(&error))?);
        }
        Ok(owners)
    }

    /// How many live records of `side` came from the other side, plus the survivors there whose partner (their origin) is gone.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn arrived(&self, entity: &EntityName, side: Side) -> Result<u64, StoreError> {
        let other = side_number(side.other());
        let count: i64 = self
            .conn
            .query_row(ARRIVED, params![self.scope, entity.as_str(), other], |row| row.get(0))
            .map_err(|error| self.fail(&error))?;
        Ok(count.unsigned_abs())
    }

    fn maybe(&self, sql: &str, params: &[&dyn rusqlite::ToSql]) -> Result<Option<Link>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| self.fail(&error))?;
        match statement.query_row(params, link) {
            Ok(link) => Ok(Some(link)),
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(self.fail(&error)),
        }
    }
}

fn newest_tombstone(side: Side) -> String {
    let side = prefix(side);
    format!("{LINK} WHERE scope = ?1 AND entity = ?2 AND {side}_id = ?3 AND state = 1 ORDER BY id DESC LIMIT 1")
}

fn head(row: &Row) -> rusqlite::Result<Head> {
    Ok(Head {
        link: LinkId(row.get(0)?),
        hash: hash_of(row.get_ref(1)?.as_blob()?)?,
        seen: hash_of(row.get_ref(2)?.as_blob()?)?,
        version: row.get(3)?,
    })
}

fn link(row: &Row) -> rusqlite::Result<Link> {
    let gone: Option<i64> = row.get(5)?;
    let state = match gone {
        None => LinkState::Live,
        Some(gone) => LinkState::Tombstone {
            gone: side_of(gone),
            run: RunId(row.get::<_, Option<String>>(6)?.unwrap_or_default()),
        },
    };
    let at = |side: Side, left: usize| if side == Side::Left { left } else { left + 1 };
    Ok(Link {
        id: LinkId(row.get(0)?),
        ids: pair(|side| row.get(at(side, 1)).map(NativeId))?,
        origin: side_of(row.get(3)?),
        state,
        images: pair(|side| from_text(row.get_ref(at(side, 9))?.as_str()?))?,
        versions: pair(|side| row.get(at(side, 11)))?,
        label: row.get(7)?,
        since: RunId(row.get(8)?),
        made: row.get(13)?,
        by_hand: row.get(14)?,
        grace: maybe_json(row.get(15)?)?,
        missed: maybe_json(row.get(16)?)?.unwrap_or_default(),
    })
}

impl Writer {
    /// Settles pairs, and closes the intents that led to them, in one transaction.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing of it is.
    pub fn settle(
        &mut self,
        run: &RunId,
        rows: &[SettleRow],
        intents: &[selaras_model::IntentId],
    ) -> Result<(), StoreError> {
        let scope = self.reader.scope;
        let path = self.reader.path.clone();
        let fail = |error: rusqlite::Error| StoreError::sqlite(&path, &error);
        self.in_transaction(|tx| {
            for row in rows {
                settle_one(tx, scope, run, row)?.map_err(fail)?;
            }
            for intent in intents {
                crate::journal::enter(tx, *intent, run, &selaras_model::JournalEntry::Settled { intent: *intent })?;
            }
            Ok(())
        })
    }

    /// Notes what was read of records that turned out unchanged, so that the next run sees it at once.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn refresh(&mut self, side: Side, rows: &[(LinkId, Hash128, Option<String>)]) -> Result<(), StoreError> {
        let path = self.reader.path.clone();
        let fail = |error: rusqlite::Error| StoreError::sqlite(&path, &error);
        self.in_transaction(|tx| {
            let side = prefix(side);
            let sql = format!("UPDATE link SET {side}_seen = ?2, {side}_version = ?3 WHERE id = ?1");
            let mut statement = tx.prepare_cached(&sql).map_err(fail)?;
            for (link, seen, version) in rows {
                statement.execute(params![link.0, seen.0, version]).map_err(fail)?;
            }
            Ok(())
        })
    }
}

/// Settles one pair. The outer error is about our own data, the inner about the file.
fn settle_one(tx: &Transaction, scope: i64, run: &RunId, row: &SettleRow) -> Result<rusqlite::Result<()>, StoreError> {
    let settlement = &row.settlement;
    match &settlement.settled {
        Settled::Tombstone { gone } => {
            let sql = "UPDATE link SET state = 1, gone = ?5, buried = ?6 WHERE scope = ?1 AND entity = ?2 AND left_id = ?3 AND right_id = ?4 AND state = 0";
            let ids = &settlement.ids;
            let values = params![
                scope,
                row.entity.as_str(),
                ids.left.as_str(),
                ids.right.as_str(),
                side_number(*gone),
                run.as_str()
            ];
            Ok(run_cached(tx, sql, values).and_then(|_| forget_keys(tx, scope, row)))
        }
        Settled::Live { images, versions, hashes, keys, made, grace } => {
            let texts = PerSide::new(to_text(&images.left)?, to_text(&images.right)?);
            let mut keyed: BTreeMap<(i64, String), ()> = BTreeMap::new();
            for side in Side::BOTH {
                for key in keys.get(side) {
                    keyed.insert((side_number(side), to_text(key)?), ());
                }
            }
            let grace = grace.as_ref().map(to_text).transpose()?;
            let base = Base { images: &texts, versions, hashes, made: *made, grace: grace.as_deref() };
            Ok(put_live(tx, scope, run, row, &base).and_then(|link| put_keys(tx, scope, row, link, keyed.keys())))
        }
    }
}

/// What a link is to hold.
struct Base<'a> {
    images: &'a PerSide<String>,
    versions: &'a PerSide<Option<String>>,
    hashes: &'a PerSide<Hash128>,
    made: bool,
    grace: Option<&'a str>,
}

fn put_live(tx: &Transaction, scope: i64, run: &RunId, row: &SettleRow, base: &Base<'_>) -> rusqlite::Result<i64> {
    let Base { images, versions, hashes, made, grace } = base;
    let settlement = &row.settlement;
    let ids = &settlement.ids;
    let find = "SELECT id FROM link WHERE scope = ?1 AND entity = ?2 AND left_id = ?3 AND right_id = ?4 AND state = 0";
    let pair = params![scope, row.entity.as_str(), ids.left.as_str(), ids.right.as_str()];
    let known = tx.prepare_cached(find)?.query_row(pair, |found| found.get::<_, i64>(0));
    let values = params![
        scope,
        row.entity.as_str(),
        ids.left.as_str(),
        ids.right.as_str(),
        side_number(settlement.origin),
        settlement.label,
        run.as_str(),
        versions.left,
        versions.right,
        hashes.left.0,
        hashes.right.0,
        row.seen.left.0,
        row.seen.right.0,
        made,
        grace
    ];
    match known {
        Ok(link) => {
            let sql = "UPDATE link SET label = ?2, left_version = ?3, right_version = ?4, \
                       left_hash = ?5, right_hash = ?6, left_seen = ?7, right_seen = ?8, made = ?9, grace = ?10, by_hand = 0 WHERE id = ?1";
            run_cached(
                tx,
                sql,
                params![
                    link,
                    settlement.label,
                    versions.left,
                    versions.right,
                    hashes.left.0,
                    hashes.right.0,
                    row.seen.left.0,
                    row.seen.right.0,
                    made,
                    grace
                ],
            )?;
            let sql = "UPDATE image SET left = ?2, right = ?3 WHERE link = ?1";
            run_cached(tx, sql, params![link, images.left, images.right])?;
            Ok(link)
        }
        Err(rusqlite::Error::QueryReturnedNoRows) => {
            let sql = "INSERT INTO link (scope, entity, left_id, right_id, origin, state, label, since, \
                       left_version, right_version, left_hash, right_hash, left_seen, right_seen, made, grace) \
                       VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
            run_cached(tx, sql, values)?;
            let link = tx.last_insert_rowid();
            let sql = "INSERT INTO image (link, left, right) VALUES (?1, ?2, ?3)";
            run_cached(tx, sql, params![link, images.left, images.right])?;
            Ok(link)
        }
        Err(error) => Err(error),
    }
}

fn put_keys<'a>(
    tx: &Transaction,
    scope: i64,
    row: &SettleRow,
    link: i64,
    keys: impl Iterator<Item = &'a (i64, String)>,
) -> rusqlite::Result<()> {
    run_cached(tx, "DELETE FROM match_key WHERE link = ?1", &[&link])?;
    let mut insert =
        tx.prepare_cached("INSERT INTO match_key (link, scope, entity, side, key) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (side, key) in keys {
        insert.execute(params![link, scope, row.entity.as_str(), side, key])?;
    }
    Ok(())
}

fn forget_keys(tx: &Transaction, scope: i64, row: &SettleRow) -> rusqlite::Result<()> {
    let sql = "DELETE FROM match_key WHERE link IN (SELECT id FROM link WHERE scope = ?1 AND entity = ?2 AND left_id = ?3 AND right_id = ?4 AND state = 1)";
    let ids = &row.settlement.ids;
    run_cached(tx, sql, params![scope, row.entity.as_str(), ids.left.as_str(), ids.right.as_str()])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How SQLite goes about a statement.
    fn way(reader: &Reader, sql: &str) -> String {
        let mut statement = reader.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("it compiles");
        let steps = statement.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>();
        steps.expect("it explains").join("; ")
    }

    #[test]
    fn what_every_run_asks_of_every_link_is_answered_by_an_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let reader = Reader::open(&folder.path().join("none.db")).expect("an empty state");
        for sql in [LIVE, ARRIVED] {
            assert!(way(&reader, sql).contains("COVERING INDEX link_live"), "{}", way(&reader, sql));
        }
        for side in Side::BOTH {
            let (name, grave) = (prefix(side), way(&reader, &newest_tombstone(side)));
            let head = way(&reader, &HEAD.replace("{side}", name));
            assert!(head.contains(&format!("INDEX link_{name} (scope=? AND entity=? AND {name}_id=?)")), "{head}");
            assert!(grave.contains(&format!("link_grave_{name}")) && !grave.contains("TEMP B-TREE"), "{grave}");
        }
    }
}
