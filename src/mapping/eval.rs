//! Using a compiled mapping on records: what to ask a connector for, records to images, images to payloads, equality and hashes.
//!
//! Everything is a method of [`Entity`]; nothing here can fail on bad data but by saying so in a message. What follows from a difference
//! is `selaras-plan`'s business.
//!
//! **Lists.** A list value keeps its rows in the order in which the system gave them, because writing must be able to keep that order; the
//! fold sorts them by key and occurrence, so order is never compared. Rows that agree in all key fields are told apart by their
//! occurrence, 0, 1, 2 … in order of appearance.

mod cell;
mod children;
mod fold;
mod hash;
mod list;
mod members;
mod observe;
mod payload;
mod slots;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod typed;
#[cfg(test)]
mod words;

pub use payload::Payload;

use crate::program::Entity;
use selaras_model::{Image, Ref, Value};
use std::collections::BTreeSet;

impl Entity {
    /// All references in an image, those in the rows of lists included, each once, in order.
    #[must_use]
    pub fn references(&self, image: &Image) -> Vec<Ref> {
        let mut found = BTreeSet::new();
        collect(image, &mut found);
        found.into_iter().cloned().collect()
    }
}

fn collect<'a>(image: &'a Image, found: &mut BTreeSet<&'a Ref>) {
    for value in image.0.values() {
        match value {
            Value::Ref(reference) => {
                found.insert(reference);
            }
            Value::List(rows) => rows.iter().for_each(|row| collect(&row.fields, found)),
            Value::Null
            | Value::Bool(_)
            | Value::Decimal(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Timestamp(_) => {}
        }
    }
}
