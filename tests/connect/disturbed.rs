//! A run that is disturbed all the time ends as one that is not: the same records on both sides, by the same writes.

use super::company::{DATABASE, Records, writes_done};
use super::place::Place;
use selaras_sandbox::Scenario;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// A company with work to do in both directions: masters to pull, masters and orders to push.
fn busy() -> Place {
    let place = Place::new(Scenario::Sized { customers: 300, items: 80, employees: 6, orders: 40 });
    place.ready("admin");
    for nth in 0..30 {
        place.smh_customer(&format!("N-{nth:03}"));
    }
    place.forget_calls();
    place
}

/// Records by what they are, without what depends on the moment or on the order in which they came: ids, times and versions.
fn essence(records: &Records) -> BTreeMap<String, BTreeSet<String>> {
    let (accurate, smh) = records;
    let tables = accurate[&DATABASE].iter().chain(smh);
    tables
        .map(|(name, table)| (name.clone(), table.rows.values().map(|row| bare(&Json::Object(row.clone()))).collect()))
        .collect()
}

fn bare(value: &Json) -> String {
    fn strip(value: &mut Json) {
        match value {
            Json::Object(members) => {
                members.retain(|name, _| {
                    let name = name.to_ascii_lowercase();
                    !["id", "optlock", "lastupdate", "createdate", "updatedat", "createdat"].contains(&name.as_str())
                        && !name.ends_with("id")
                });
                members.values_mut().for_each(strip);
            }
            Json::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = value.clone();
    strip(&mut value);
    value.to_string()
}

#[test]
fn twenty_lost_sessions_two_lost_tokens_and_a_move_change_nothing_about_the_end() {
    let calm = busy();
    calm.settle_disturbed(&[]);
    let shaken = busy();
    let faults = [
        json!({"after_calls": 19, "do": "expire-session", "times": 20}),
        json!({"after_calls": 151, "do": "expire-token", "times": 2}),
        json!({"after_calls": 237, "do": "move"}),
    ];
    shaken.settle_disturbed(&faults);
    let (calm_end, shaken_end) = (essence(&calm.records()), essence(&shaken.records()));
    for (name, rows) in &calm_end {
        assert_eq!(rows, &shaken_end[name], "{name}");
    }
    assert_eq!(writes_done(&calm.sandbox), writes_done(&shaken.sandbox));
    for place in [&calm, &shaken] {
        place.nothing_is_double();
        place.links_fit();
    }
    shaken.is_settled();
}

impl Place {
    /// A run with these faults. Every one of them has struck when it ends.
    fn settle_disturbed(&self, faults: &[Json]) {
        faults.iter().for_each(|fault| self.fault(fault.clone()));
        self.apply().ends(0);
        let waiting = self.sandbox.state().faults.waiting();
        assert!(
            waiting.is_empty(),
            "the run was too short for {waiting:?}; {}",
            self.sandbox.state().calls.report()["total"]
        );
    }
}
