//! Small helpers between rows and our types.

use crate::StoreError;
use rusqlite::types::FromSqlError;
use rusqlite::{ToSql, Transaction};
use selaras_model::{Hash128, PerSide, Side};
use serde::{Serialize, de::DeserializeOwned};

/// The number of a side in a column.
pub(crate) const fn side_number(side: Side) -> i64 {
    match side {
        Side::Left => 0,
        Side::Right => 1,
    }
}

/// The side of a number in a column.
pub(crate) const fn side_of(number: i64) -> Side {
    if number == 0 { Side::Left } else { Side::Right }
}

/// The prefix of a side's columns.
pub(crate) const fn prefix(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
    }
}

/// A value as JSON text for a column.
pub(crate) fn to_text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Contradiction(error.to_string()))
}

/// A value from JSON text of a column.
pub(crate) fn from_text<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| FromSqlError::other(error).into())
}

/// A hash from a column.
pub(crate) fn hash_of(bytes: &[u8]) -> rusqlite::Result<Hash128> {
    let bytes: [u8; 16] = bytes.try_into().map_err(|_| rusqlite::Error::from(FromSqlError::InvalidType))?;
    Ok(Hash128(bytes))
}

/// Both halves of a pair as columns `left`, `right`.
pub(crate) fn pair<T>(mut read: impl FnMut(Side) -> rusqlite::Result<T>) -> rusqlite::Result<PerSide<T>> {
    Ok(PerSide::new(read(Side::Left)?, read(Side::Right)?))
}

/// Runs a statement that is compiled once, however many rows it is run for.
pub(crate) fn run_cached(tx: &Transaction, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
    tx.prepare_cached(sql)?.execute(values).map(drop)
}
