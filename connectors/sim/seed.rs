//! A world from text, for the connector as a library: one side, its tables, its records, its faults.

use crate::faults::Faults;
use crate::sets::{hub, ledger};
use crate::spec::TableSpec;
use crate::world::SimWorld;
use selaras_connector_api::{Code, Failure};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What the text may hold.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Seed {
    /// The name of the side; `sim` where absent.
    side: Option<String>,
    /// A ready set of tables.
    set: Option<Set>,
    /// Further tables.
    tables: Vec<TableSpec>,
    /// Records, by table; made in the order of the tables, so that what is referred to comes first.
    records: BTreeMap<String, Vec<Json>>,
    /// What it does wrong, once the records are made.
    faults: Faults,
    /// The time that records show.
    now: Option<String>,
    /// What `$` is.
    facts: Option<Json>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Set {
    /// Like an accounting system.
    Ledger,
    /// Like a sales hub.
    Hub,
}

/// The side where the text names none, and where there is no text.
pub const SIDE: &str = "sim";

/// Makes the world that a text describes, and says which side it has.
pub fn plant(text: &str) -> Result<(SimWorld, String), Failure> {
    let seed: Seed = serde_json::from_str(text)
        .map_err(|error| Failure::new(Code::Settings, format!("the text of the simulated world is wrong: {error}")))?;
    let mut tables = match seed.set {
        Some(Set::Ledger) => ledger(),
        Some(Set::Hub) => hub(),
        None => Vec::new(),
    };
    tables.extend(seed.tables);
    let order: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
    let side = seed.side.unwrap_or_else(|| SIDE.to_owned());
    let world = SimWorld::new().with_side(&side, tables);
    if let Some(now) = &seed.now {
        world.set_now(&side, now);
    }
    if let Some(facts) = seed.facts {
        world.set_facts(&side, facts);
    }
    if let Some(stray) = seed.records.keys().find(|name| !order.contains(name)) {
        let text = format!("records are given for `{stray}`, which is no table; there is {}", order.join(", "));
        return Err(Failure::new(Code::Settings, text));
    }
    for table in &order {
        for (at, record) in seed.records.get(table).into_iter().flatten().enumerate() {
            world.put(&side, table, record.clone()).map_err(|mut failure| {
                failure.text = format!("record {} of `{table}`: {}", at + 1, failure.text);
                failure.code = Code::Settings;
                failure
            })?;
        }
    }
    world.set_faults(&side, seed.faults);
    Ok((world, side))
}
