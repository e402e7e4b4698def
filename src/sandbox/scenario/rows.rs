//! Puts generated records into the tables of both systems in the form in which those tables are kept. Which records there are is decided by
//! the other files of this folder.

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::prng::Prng;
use crate::smh::clock_text;
use crate::world::{Database, Row, SmhWorld};

/// Friday 15 May 2026, 10:00 in Jakarta: nothing in generated data is later.
const LATEST: i64 = 1_778_814_000;
/// How far generated data reaches back: about sixteen months.
const REACH: u64 = 480 * 24 * 3600;
/// Enough different times to look spread, few enough to be written once.
const MOMENTS: usize = 512;

/// Times in the past in the two forms, drawn once and given out again and again.
#[derive(Debug)]
pub(crate) struct Moments(Vec<(String, String)>);

impl Moments {
    /// Draws the times.
    pub(crate) fn new(prng: &mut Prng) -> Self {
        let mut ages: Vec<u64> = (0..MOMENTS).map(|_| prng.below(REACH)).collect();
        ages.sort_unstable_by(|a, b| b.cmp(a));
        Self(ages.into_iter().map(texts).collect())
    }

    /// When a record was made and when it last changed, in Accurate's form.
    fn accurate(&self, prng: &mut Prng) -> (&str, &str) {
        let made = prng.position(self.0.len());
        let changed = if prng.chance(40) { made + prng.position(self.0.len() - made) } else { made };
        (&self.0[made].0, &self.0[changed].0)
    }

    /// The same in SMH's form.
    fn smh(&self, prng: &mut Prng) -> &str {
        &self.0[prng.position(self.0.len())].1
    }
}

fn texts(age: u64) -> (String, String) {
    let age = SignedDuration::from_secs(i64::try_from(age).unwrap_or(0));
    let at = Timestamp::from_second(LATEST).unwrap_or(Timestamp::UNIX_EPOCH) - age;
    let jakarta = at.to_zoned(TimeZone::fixed(Offset::constant(7)));
    (jakarta.strftime("%d/%m/%Y %H:%M:%S").to_string(), clock_text(at))
}

/// An amount of whole rupiah as Accurate prints it, with a point.
pub(crate) fn rupiah(amount: u64) -> Value {
    // Generated amounts are far below the point where binary floats lose whole numbers.
    Value::from(amount as f64)
}

/// The members of a JSON object.
pub(crate) fn row(members: Value) -> Row {
    match members {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}

/// Stores a record of Accurate under an id; null members are left out.
pub(crate) fn put_accurate(
    database: &mut Database,
    moments: &Moments,
    prng: &mut Prng,
    module: &str,
    id: u64,
    members: Value,
) {
    let mut row = row(members);
    row.retain(|_, value| !value.is_null());
    let (made, changed) = moments.accurate(prng);
    row.insert("createDate".to_owned(), json!(made));
    row.insert("lastUpdate".to_owned(), json!(changed));
    row.insert("optLock".to_owned(), json!(u8::from(made != changed)));
    row.insert("id".to_owned(), json!(id));
    database.table_mut(module).put(id, row);
}

/// Stores a record of SMH under a key; null members are left out.
pub(crate) fn put_smh(
    smh: &mut SmhWorld,
    moments: &Moments,
    prng: &mut Prng,
    resource: &str,
    key: u64,
    members: Value,
) {
    let mut row = row(members);
    row.retain(|_, value| !value.is_null());
    let at = moments.smh(prng);
    row.insert("version".to_owned(), json!(1));
    row.insert("createdAt".to_owned(), json!(at));
    row.insert("updatedAt".to_owned(), json!(at));
    smh.tables.entry(resource.to_owned()).or_default().put(key, row);
}
