//! Busy colleagues on both sides between runs: whatever they do, one run takes it all over, the next has nothing to do, nothing is doubled, and
//! what is neither held nor in conflict is the same on both sides.

mod support;

use selaras_model::Value;
use selaras_plan::{Action, ActionKind};
use selaras_run::{ActionEnd, Planned};
use selaras_sandbox::Scenario;
use selaras_sandbox::shake::{Target, shake};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use support::{World, everything_adds_up, text};

const SEEDS: std::ops::Range<u64> = 0..2;
const ROUNDS: u64 = 3;
const EDITS: u32 = 30;

fn small_company() -> World {
    let mut world = World::new(Scenario::Sized { customers: 40, items: 30, employees: 8, orders: 12 });
    // Thirty edits of forty records are more than any guard lets pass.
    world.edit_mapping("guards: { delete: 10%, update: 50%, minimum: 20 }", "guards: { delete: 100%, update: 100% }");
    world
}

/// Whether an action changes or removes something that is there; codes are Accurate's by name.
fn overwrites(action: &Action) -> bool {
    // What was blank and is filled in was nobody's word.
    let said = |before: &Option<Value>| before.as_ref().is_some_and(|before| !before.is_blank());
    let fields = action.changes.iter().any(|change| change.field.as_str() != "code" && said(&change.before));
    is_master(action) && action.kind != ActionKind::Create && (action.kind != ActionKind::Update || fields)
}

/// Orders are left to their own scenarios: one that names an inactive customer is rightly refused.
fn is_master(action: &Action) -> bool {
    action.entity.as_str() != "Pesanan Penjualan"
}

/// Records that wait or collide, by id on either side.
fn troubled(planned: &Planned) -> BTreeSet<String> {
    let plan = &planned.plan;
    let conflicts = plan.conflicts.iter().flat_map(|conflict| conflict.ids.left.iter().chain(&conflict.ids.right));
    let held = plan.held.iter().map(|held| &held.id);
    let problems = plan.problems.iter().map(|problem| &problem.id);
    conflicts.chain(held).chain(problems).map(ToString::to_string).collect()
}

fn digits(value: &Json) -> String {
    let digits: String = value.as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches("62").trim_start_matches('0').to_owned()
}

/// Each SMH record has its partner to itself, and the two agree wherever nobody is asked about them.
fn both_sides_agree(world: &World, troubled: &BTreeSet<String>, log: &str) {
    for (resource, module, code, phone) in [
        ("customers", "customer", "customerNo", Some("mobilePhone")),
        ("products", "item", "no", None),
        ("employees", "employee", "number", Some("mobilePhone")),
    ] {
        let there: BTreeMap<String, Json> =
            world.accurate_rows(module).into_iter().map(|row| (text(&row["id"]), row)).collect();
        let mut partners = BTreeSet::new();
        for here in world.http().smh_all(resource) {
            let partner = text(&here["partnerId"]);
            if here["partnerId"].is_null() {
                continue;
            }
            assert!(partners.insert(partner.clone()), "{resource}: two have the partner {partner}\n{log}");
            let Some(row) = there.get(&partner) else { continue };
            if troubled.contains(&text(&here["id"])) || troubled.contains(&partner) {
                continue;
            }
            assert_eq!((&here["code"], &here["name"]), (&row[code], &row["name"]), "{here} {row:#?}\n{log}");
            if let Some(phone) = phone {
                assert_eq!(digits(&here["handphone"]), digits(&row[phone]), "{here} {row:#?}\n{log}");
            } else {
                let price =
                    ["priceS", "priceM", "priceL"].into_iter().map(|price| &here[price]).find(|price| !price.is_null());
                let base = price.and_then(Json::as_str).and_then(|price| price.parse::<f64>().ok());
                assert_eq!(base, row["unitPrice"].as_f64(), "{here} {row:#?}\n{log}");
            }
        }
    }
}

#[test]
fn whatever_colleagues_do_one_run_takes_it_over_and_the_next_has_nothing_to_do() {
    for seed in SEEDS {
        let mut world = small_company();
        world.apply();
        let settings = (world.sandbox.accurate_settings(), world.sandbox.smh_settings());
        let target = Target::from_settings(&settings.0, &settings.1).expect("the settings are whole");
        for round in 0..ROUNDS {
            let log = shake(&target, seed * 100 + round, EDITS).expect("somebody is at work").join("\n");
            let log = format!("seed {seed}, round {round}\n{log}");
            let (planned, applied) = world.apply();
            everything_adds_up(&planned, Some(&applied));
            for (action, result) in
                planned.plan.actions.iter().zip(&applied.results).filter(|(action, _)| is_master(action))
            {
                // What an order uses cannot be deleted; that is scenario 26.
                let refused = action.kind == ActionKind::Delete && matches!(result.end, ActionEnd::Rejected(_));
                assert!(refused || matches!(result.end, ActionEnd::Applied { .. }), "{action:#?} {result:#?}\n{log}");
                assert!(result.stored_differently.is_empty(), "{action:#?} {result:#?}\n{log}");
            }
            let again = world.plan();
            let left: Vec<_> = again.plan.actions.iter().filter(|action| is_master(action)).collect();
            assert!(left.is_empty(), "{left:#?}\n{log}");
            everything_adds_up(&again, None);
            both_sides_agree(&world, &troubled(&again), &log);
        }
        // And then the state file is lost: links come back from partner ids and codes, and no value is overwritten.
        world.lose_state();
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        let overwritten: Vec<_> = planned.plan.actions.iter().filter(|action| overwrites(action)).collect();
        assert!(overwritten.is_empty(), "seed {seed}: {overwritten:#?}");
        let again = world.plan();
        let left: Vec<_> = again.plan.actions.iter().filter(|action| is_master(action)).collect();
        assert!(left.is_empty(), "seed {seed}: {left:#?}");
        both_sides_agree(&world, &troubled(&again), &format!("seed {seed}, without state"));
    }
}
