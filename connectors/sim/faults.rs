//! Misbehaviour on demand, each kind switched on by itself, repeatable, and counted when it strikes.

use selaras_connector_api::{Code, Failure};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// When something strikes. Occasions are counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Not at all.
    #[default]
    Never,
    /// On every occasion.
    Always,
    /// On these occasions.
    Nth(BTreeSet<u64>),
    /// On every so-many-th.
    Every(u64),
    /// On so many of a thousand, drawn from a seed: the same seed strikes the same occasions.
    Seeded {
        /// The seed.
        seed: u64,
        /// How many of a thousand.
        per_mille: u32,
    },
}

impl When {
    /// On one occasion.
    #[must_use]
    pub fn nth(occasion: u64) -> Self {
        Self::Nth(BTreeSet::from([occasion]))
    }

    /// Whether it strikes.
    #[must_use]
    pub fn strikes(&self, occasion: u64) -> bool {
        match self {
            When::Never => false,
            When::Always => true,
            When::Nth(occasions) => occasions.contains(&occasion),
            When::Every(step) => *step > 0 && occasion.is_multiple_of(*step),
            When::Seeded { seed, per_mille } => scatter(seed.wrapping_add(occasion)) % 1000 < u64::from(*per_mille),
        }
    }
}

/// A fixed scattering of numbers: two multiply-and-shift rounds, so that neighbours land far apart.
fn scatter(number: u64) -> u64 {
    let mut x = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for _ in 0..2 {
        x ^= x >> 32;
        x = x.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    }
    x ^ (x >> 32)
}

/// What a side does wrong. Occasions of the first four are written records, of the next two pages, then single reads, then write calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// The record is written and the answer lost: unclear.
    pub lose_answer: When,
    /// The request is lost, nothing is written: unclear as well.
    pub lose_request: When,
    /// The record is refused.
    pub refuse: When,
    /// How it is refused.
    pub refusal: Option<Failure>,
    /// A write shows only later; see `late_reads`.
    pub late: When,
    /// After how many further readings (`read` or `get`) of the side a late write shows; `SimWorld::settle` shows it at once.
    pub late_reads: u64,
    /// Or when so much time has passed, as told by `SimWorld::set_time`; 0: time does not matter.
    pub late_ms: i64,
    /// A page breaks the reading off.
    pub fail_page: When,
    /// A page begins with the last record of the page before it.
    pub repeat_row: When,
    /// A single record cannot be read.
    pub fail_get: When,
    /// Of a write call only the first half is carried out, and none of it is answered: all of it is unclear.
    pub half_batch: When,
    /// The answers to the creates of a write call are given in another order: each is about the record of the next.
    pub crossed: When,
    /// Each page is cut from the records as they are when it is asked for: what is made or removed between two pages shifts the rest.
    pub live_pages: bool,
    /// Listings begin with the newest record, so that a new one shifts all pages to come.
    pub newest_first: bool,
    /// Listings end early.
    pub end_early: Option<EndEarly>,
    /// What the system makes of values that it stores.
    pub alter: Vec<Alter>,
    /// While it is read, the connector tries to POST to this address. A good host refuses.
    pub rogue: Option<String>,
}

impl Faults {
    /// The failure of a refused write.
    #[must_use]
    pub fn refusal(&self) -> Failure {
        self.refusal.clone().unwrap_or_else(|| Failure::new(Code::Invalid, "refused, as the test asked for"))
    }
}

/// Listings end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndEarly {
    /// After how many records.
    pub after: usize,
    /// Whether the system admits that this is not all.
    pub admits: bool,
}

/// What the system makes of a member that it stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alter {
    /// The table.
    pub table: String,
    /// The member, dotted, with `[]` for children.
    pub path: String,
    /// What becomes of it.
    pub how: How,
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Text becomes upper case.
    Upper,
    /// Text keeps so many characters.
    Cut(usize),
    /// A decimal is rounded to so many places, half to even.
    Round(u32),
    /// The value is not stored: the member stays as it was.
    Drop,
}

/// How often each fault struck, by the name of its member in `Faults`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Struck(BTreeMap<&'static str, u64>);

impl Struck {
    /// How often.
    #[must_use]
    pub fn of(&self, fault: &str) -> u64 {
        self.0.get(fault).copied().unwrap_or_default()
    }

    /// Counts a strike; gives back whether it was one.
    pub(crate) fn note(&mut self, fault: &'static str, strikes: bool) -> bool {
        if strikes {
            *self.0.entry(fault).or_default() += 1;
        }
        strikes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_scatter_and_repeat() {
        let hits =
            |seed| (1..=10_000).filter(|&n| When::Seeded { seed, per_mille: 100 }.strikes(n)).collect::<Vec<_>>();
        assert!((900..1100).contains(&hits(1).len()), "{}", hits(1).len());
        assert_eq!(hits(1), hits(1));
        assert_ne!(hits(1), hits(77));
        assert!(!When::Seeded { seed: 1, per_mille: 0 }.strikes(5));
        assert!((1..100).all(|n| When::Seeded { seed: 1, per_mille: 1000 }.strikes(n)));
    }

    #[test]
    fn occasions_are_counted_from_one() {
        assert_eq!((1..=6).filter(|&n| When::Every(3).strikes(n)).collect::<Vec<_>>(), [3, 6]);
        assert!(When::nth(1).strikes(1) && !When::nth(1).strikes(2));
        assert!(!When::Every(0).strikes(1) && !When::Never.strikes(1) && When::Always.strikes(9));
    }
}
