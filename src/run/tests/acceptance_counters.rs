//! The reference's acceptance scenarios 11 to 21: the counters of Sync Information, and what a pull brings.
//!
//! Each test is named after its scenario in section 7 of the reference on SMH. What happens to records afterwards is in
//! `acceptance_masters.rs`.

mod support;

use selaras_model::{EntityName, Side};
use selaras_plan::ActionKind;
use selaras_run::{ActionEnd, Applied, Planned, Progress, Selection};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use support::{World, accounts, counters, everything_adds_up, kinds, reasons, text};

const CUSTOMERS: &str = "Pelanggan";
const PRODUCTS: &str = "Barang & Jasa";
const EMPLOYEES: &str = "Karyawan";

/// The guide's run and the one right after it, once for all tests that only look at them.
struct Guide {
    planned: Planned,
    applied: Applied,
    again: (Planned, Applied),
    /// Calls for a change during the second run.
    writes_again: u64,
    /// SMH's records after the first run.
    smh: BTreeMap<&'static str, Vec<Json>>,
    /// Accurate's rows after the first run.
    accurate: BTreeMap<&'static str, Vec<Json>>,
}

static GUIDE: LazyLock<Guide> = LazyLock::new(|| {
    let mut world = World::panduan();
    let (planned, applied) = world.apply();
    let http = world.http();
    let smh = ["customers", "products", "employees", "units", "taxes", "payment-terms", "warehouses"];
    let smh = smh.into_iter().map(|resource| (resource, http.smh_all(resource))).collect();
    let modules = ["customer", "item", "employee", "unit", "tax", "payment-term", "warehouse"];
    let accurate = modules.into_iter().map(|module| (module, world.accurate_rows(module))).collect();
    world.forget_calls();
    let again = world.apply();
    Guide { planned, applied, again, writes_again: world.writes(), smh, accurate }
});

#[test]
fn scenario_11_131_of_423_customers_reach_smh() {
    let Guide { planned, applied, smh, .. } = &*GUIDE;
    assert_eq!(counters(&planned.sync_info, "smh", CUSTOMERS), [0, 0, 0, 0]);
    assert_eq!(counters(&planned.sync_info, "accurate", CUSTOMERS), [23, 400, 0, 423]);
    assert_eq!(counters(&applied.sync_info, "smh", CUSTOMERS), [0, 0, 131, 131]);
    assert_eq!(counters(&applied.sync_info, "accurate", CUSTOMERS), [23, 400, 0, 423]);
    let seen = accounts(&planned.plan, CUSTOMERS, Side::Left);
    assert_eq!((seen.seen, seen.dummy, seen.created, seen.failed, seen.held), (423, 23, 131, 0, 0));
    assert_eq!(reasons(seen), [("suspended in Accurate", 82), ("another branch", 187)]);
    assert_eq!(smh["customers"].len(), 131);
}

#[test]
fn scenario_12_56_of_454_items_reach_smh() {
    let Guide { planned, applied, smh, .. } = &*GUIDE;
    assert_eq!(counters(&planned.sync_info, "smh", PRODUCTS), [0, 0, 0, 0]);
    assert_eq!(counters(&planned.sync_info, "accurate", PRODUCTS), [35, 419, 0, 454]);
    assert_eq!(counters(&applied.sync_info, "smh", PRODUCTS), [0, 0, 56, 56]);
    assert_eq!(counters(&applied.sync_info, "accurate", PRODUCTS), [35, 419, 0, 454]);
    let seen = accounts(&planned.plan, PRODUCTS, Side::Left);
    assert_eq!((seen.seen, seen.dummy, seen.created, seen.failed, seen.held, seen.outside()), (454, 35, 56, 0, 0, 363));
    let expected = [
        ("more than three units", 28),
        ("suspended in Accurate", 96),
        ("not a stock item (service or group)", 118),
        ("another branch", 121),
    ];
    assert_eq!(reasons(seen), expected);
    assert_eq!(smh["products"].len(), 56);
}

#[test]
fn scenario_13_two_employees_of_smh_reach_accurate() {
    let Guide { planned, applied, .. } = &*GUIDE;
    assert_eq!(counters(&planned.sync_info, "smh", EMPLOYEES), [0, 2, 0, 2]);
    assert_eq!(counters(&planned.sync_info, "accurate", EMPLOYEES), [11, 0, 0, 11]);
    // The guide prints 31 where its own parts add up to 2.
    assert_eq!(counters(&applied.sync_info, "smh", EMPLOYEES), [0, 2, 0, 2]);
    assert_eq!(counters(&applied.sync_info, "accurate", EMPLOYEES), [11, 0, 2, 13]);
    // The run after it counts from what it sees, and comes to the same.
    let (planned, applied) = &GUIDE.again;
    for info in [&planned.sync_info, &applied.sync_info] {
        assert_eq!(counters(info, "smh", EMPLOYEES), [0, 2, 0, 2]);
        assert_eq!(counters(info, "accurate", EMPLOYEES), [11, 0, 2, 13]);
        assert_eq!(counters(info, "smh", CUSTOMERS), [0, 0, 131, 131]);
        assert_eq!(counters(info, "accurate", PRODUCTS), [35, 419, 0, 454]);
    }
}

/// The guide's data with a mapping that keeps no customer out.
fn without_filter() -> World {
    let mut world = World::panduan();
    let start = world.mapping.find("  Pelanggan:\n").expect("the entity");
    let scope = start + world.mapping[start..].find("    scope:").expect("a scope");
    let end = start + world.mapping[start..].find("    on_create:").expect("what follows the conditions");
    world.mapping.replace_range(scope..end, "");
    world
}

#[test]
fn scenario_14_without_any_filter_all_400_reach_smh() {
    let mut world = without_filter();
    // Some of the guide's customers have a salesman who is sample data; what becomes of those is the next test's.
    world.sandbox.with_world(|world| {
        let database = world.accurate.databases.values_mut().next().unwrap();
        for row in database.table_mut("customer").rows.values_mut() {
            row.remove("defaultSalesmanId");
            row.remove("salesmanListId");
        }
    });
    let (planned, applied) = world.settle();
    everything_adds_up(&planned, Some(&applied));
    assert_eq!(counters(&applied.sync_info, "smh", CUSTOMERS), [0, 0, 400, 400]);
    assert_eq!(counters(&applied.sync_info, "accurate", CUSTOMERS), [23, 400, 0, 423]);
    assert_eq!(reasons(accounts(&planned.plan, CUSTOMERS, Side::Left)), []);
    let suspended = world.http().smh_all("customers").iter().filter(|row| row["status"] == "inactive").count();
    assert!(suspended >= 82, "who is suspended in Accurate arrives as inactive: {suspended}");
}

/// Sample data never crosses, and neither does what refers to it; no filter is needed for that, and each one is told.
#[test]
fn scenario_14_customers_of_sample_salesmen_wait_and_are_told() {
    let mut world = without_filter();
    let samples = |row: &&Json| !row["defaultSalesmanId"].is_null() && !text(&row["customerNo"]).starts_with("C.DEMO-");
    let waiting = world.accurate_rows("customer").iter().filter(samples).count() as u64;
    assert!(waiting > 0);
    let (planned, applied) = world.settle();
    assert_eq!(counters(&applied.sync_info, "smh", CUSTOMERS), [0, 0, 400 - waiting, 400 - waiting]);
    let seen = accounts(&planned.plan, CUSTOMERS, Side::Left);
    assert_eq!((seen.held, seen.outside(), seen.created), (waiting, 0, 400 - waiting));
    let told = planned.plan.held.iter().filter(|held| held.reason.key == "plan-hold-reference-dummy").count() as u64;
    assert_eq!(told, waiting);
}

#[test]
fn scenario_15_every_total_is_the_sum_of_its_parts() {
    everything_adds_up(&GUIDE.planned, Some(&GUIDE.applied));
    everything_adds_up(&GUIDE.again.0, Some(&GUIDE.again.1));
    // A run in which records come, change, vanish and collide on both sides.
    let mut world = World::panduan();
    world.apply();
    let (http, accurate) = (world.http(), world.accurate());
    let customers = http.smh_all("customers");
    let id = |at: usize| text(&customers[at]["id"]);
    let partner = |at: usize| customers[at]["partnerId"].clone();
    http.smh_delete("customers", &id(0));
    accurate.delete("customer", &text(&partner(1)));
    http.smh_update("customers", &id(2), json!({"notes": "di SMH"}));
    accurate.save("customer", json!({"id": partner(2), "notes": "di Accurate"}));
    accurate.save("customer", json!({"id": partner(3), "suspended": true}));
    http.smh_create("customers", json!({"code": "BARU-1", "name": "Toko Baru"}));
    http.smh_create("customers", json!({"code": text(&customers[4]["code"]).to_lowercase(), "name": "Toko Kembar"}));
    accurate.save("customer", json!({"customerNo": "BARU-2", "name": "Toko Lain"}));
    accurate.save("customer", json!({"customerNo": "C.DEMO-999", "name": "Contoh"}));
    for _ in 0..3 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
    }
    let total = |system: &str| counters(&remembered(&world), system, CUSTOMERS)[3];
    assert_eq!(total("smh"), world.http().smh_all("customers").len() as u64);
    assert_eq!(total("accurate"), world.accurate_rows("customer").len() as u64);
}

/// Sync Information as the state remembers it.
fn remembered(world: &World) -> Vec<selaras_run::SyncInfo> {
    selaras_run::remembered(&world.state(), "accurate-smh").expect("the state can be read").info
}

#[test]
fn scenario_16_a_run_that_only_pulls_does_not_touch_accurate() {
    let mut world = World::panduan();
    world.edit_mapping("sync: two-way", "sync: accurate -> smh");
    let tables = world.sandbox.state().read(|world| world.accurate.databases.clone());
    let (planned, applied) = world.settle();
    everything_adds_up(&planned, Some(&applied));
    assert!(planned.plan.actions.iter().all(|action| action.target == Side::Right), "{:?}", kinds(&planned.plan));
    assert_eq!(applied.calls.left.writes, 0);
    assert_eq!(
        world.sandbox.state().read(|world| world.accurate.databases.clone()),
        tables,
        "not a byte of Accurate moved"
    );
    for entity in [CUSTOMERS, PRODUCTS, EMPLOYEES] {
        let [before, after] = [&planned.sync_info, &applied.sync_info].map(|info| counters(info, "accurate", entity));
        assert_eq!(before, after, "{entity}");
    }
    assert_eq!(counters(&applied.sync_info, "smh", CUSTOMERS), [0, 0, 131, 131]);
}

#[test]
fn scenario_17_sample_data_never_reaches_smh_on_any_run() {
    let mut world = World::panduan();
    world.apply();
    let accurate = world.accurate();
    // Edited, used in a new record, made anew, or already there under the same code in SMH: sample data stays where it is.
    let row = |world: &World, module: &str, member: &str, value: &str| {
        world.accurate_row(module, member, value).expect("a sample")
    };
    let customer = row(&world, "customer", "customerNo", "C.DEMO-001");
    let item = row(&world, "item", "no", "BRG.DEMO-001");
    let employee = row(&world, "employee", "number", "DEMO-01");
    accurate.save("customer", json!({"id": customer["id"], "name": "Contoh yang diubah"}));
    accurate.save("item", json!({"id": item["id"], "name": "Contoh yang diubah"}));
    accurate.save("employee", json!({"id": employee["id"], "name": "Contoh yang diubah"}));
    accurate.save("employee", json!({"number": "DEMO-99", "name": "Contoh", "salutation": "MR", "salesman": true}));
    world.http().smh_create("customers", json!({"code": "C.DEMO-002", "name": "Milik SMH"}));
    let theirs = row(&world, "customer", "customerNo", "C.DEMO-002");
    for _ in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!(planned.plan.actions, [], "{:?}", kinds(&planned.plan));
        assert_eq!(counters(&applied.sync_info, "accurate", EMPLOYEES), [12, 0, 2, 14]);
        let why: Vec<_> =
            planned.plan.held.iter().map(|held| (held.label.as_str(), held.reason.key.as_str())).collect();
        assert_eq!(why, [("C.DEMO-002 Milik SMH", "plan-hold-candidate-dummy")]);
    }
    assert_eq!(row(&world, "customer", "customerNo", "C.DEMO-002"), theirs, "a sample is not overwritten either");
    let dummies: Vec<String> = ["customer", "item", "employee"]
        .into_iter()
        .flat_map(|module| world.accurate_rows(module))
        .filter(|row| ["customerNo", "no", "number"].iter().any(|code| text(&row[*code]).contains("DEMO-")))
        .map(|row| text(&row["name"]))
        .collect();
    assert!(dummies.len() >= 23 + 35 + 12);
    for resource in ["customers", "products", "employees"] {
        for row in world.http().smh_all(resource) {
            assert!(!dummies.contains(&text(&row["name"])), "{row}");
        }
    }
}

#[test]
fn scenario_18_every_pulled_record_has_a_partner_id() {
    let Guide { smh, accurate, .. } = &*GUIDE;
    let pairs = [
        ("customers", "code", "customer", "customerNo", 131),
        ("products", "code", "item", "no", 56),
        ("units", "name", "unit", "name", 16),
        ("payment-terms", "name", "payment-term", "name", 6),
        ("warehouses", "name", "warehouse", "name", 4),
        ("taxes", "name", "tax", "taxInfo", 3),
    ];
    for (resource, code, module, number, count) in pairs {
        assert_eq!(smh[resource].len(), count, "{resource}");
        for row in &smh[resource] {
            let partner = accurate[module].iter().find(|record| record[number] == row[code]);
            let partner = partner.unwrap_or_else(|| panic!("Accurate has no {module} {row}"));
            assert_eq!(text(&row["partnerId"]), text(&partner["id"]), "{resource} {row}");
            assert_eq!(row["source"], "partner");
        }
    }
    // What was pushed has one as well: later edits and deletes could not find their target without.
    for row in &smh["employees"] {
        let partner = accurate["employee"].iter().find(|record| record["number"] == row["code"]).expect("pushed");
        assert_eq!((text(&row["partnerId"]), &row["source"]), (text(&partner["id"]), &json!("smh")));
    }
}

#[test]
fn scenario_19_a_second_run_right_after_does_nothing() {
    let (planned, applied) = &GUIDE.again;
    assert_eq!(planned.plan.actions, []);
    assert_eq!((planned.plan.conflicts.len(), planned.plan.held.len(), planned.plan.problems.len()), (0, 0, 0));
    assert_eq!(applied.results, []);
    assert_eq!(GUIDE.writes_again, 0);
    for (entity, counts) in &applied.counts {
        for side in Side::BOTH {
            let counts = counts.get(side);
            assert_eq!((counts.created, counts.updated, counts.held, counts.failed), (0, 0, 0, 0), "{entity} {side:?}");
        }
    }
    let of = |entity: &str, side: Side| accounts(&planned.plan, entity, side).unchanged;
    assert_eq!((of(CUSTOMERS, Side::Left), of(CUSTOMERS, Side::Right)), (131, 131));
    assert_eq!((of(EMPLOYEES, Side::Left), of(EMPLOYEES, Side::Right)), (2, 2));
}

#[test]
fn scenario_20_the_report_says_per_entity_what_was_pulled_and_sent() {
    let Guide { planned, applied, .. } = &*GUIDE;
    let names: Vec<&str> = applied.counts.iter().map(|(entity, _)| entity.as_str()).collect();
    let all = ["Satuan", "Pajak", "Syarat Pembayaran", "Gudang", EMPLOYEES, CUSTOMERS, PRODUCTS, "Pesanan Penjualan"];
    assert_eq!(names, all, "masters before what refers to them");
    let crossed: Vec<(u64, u64)> =
        applied.counts.iter().map(|(_, counts)| (counts.left.created, counts.right.created)).collect();
    assert_eq!(
        crossed,
        [(16, 0), (3, 0), (6, 0), (4, 0), (0, 2), (131, 0), (56, 0), (0, 0)],
        "pulled and sent, per entity"
    );
    // Sync Information names both sides of each, in the same order.
    let told: Vec<(&str, &str)> =
        applied.sync_info.iter().map(|info| (info.entity.as_str(), info.system.as_str())).collect();
    let expected: Vec<(&str, &str)> = all.iter().flat_map(|entity| [(*entity, "accurate"), (*entity, "smh")]).collect();
    assert_eq!(told, expected);
    // And each action has an end.
    assert_eq!(applied.results.len(), planned.plan.actions.len());
    assert!(applied.results.iter().all(|result| matches!(result.end, ActionEnd::Applied { .. })));
    assert!(
        applied.results.iter().all(|result| result.stored_differently.is_empty()),
        "nothing was stored differently"
    );
}

/// Cancels once records of an entity were written.
struct StopAfter<'a> {
    entity: &'a str,
    cancel: &'a AtomicBool,
}

impl Progress for StopAfter<'_> {
    fn writing(&self, entity: &EntityName, _: Side, done: u64, _: u64) {
        if entity.as_str() == self.entity && done > 0 {
            self.cancel.store(true, Ordering::Relaxed);
        }
    }
}

fn order_fault(world: &World, system: &str, path: &str, kind: &str) {
    let fault = json!([{"system": system, "path_contains": path, "kind": kind}]);
    world.sandbox.state().faults.add(serde_json::from_value(fault).expect("a fault"));
}

#[test]
fn scenario_21_a_run_that_breaks_off_deletes_nothing_and_the_next_completes_it() {
    let mut world = World::panduan();
    // It ends after the employees, then half of the customers and products get lost on the way, one of them with only its answer.
    let cancel = AtomicBool::new(false);
    let (planned, applied) =
        world.apply_watched(&Selection::default(), &StopAfter { entity: EMPLOYEES, cancel: &cancel }, &cancel);
    assert!(applied.cancelled);
    everything_adds_up(&planned, Some(&applied));
    assert_eq!(counters(&applied.sync_info, "accurate", EMPLOYEES), [11, 0, 2, 13]);
    assert_eq!(counters(&applied.sync_info, "smh", CUSTOMERS), [0, 0, 0, 0]);
    order_fault(&world, "smh", "customers/batch", "lose-answer");
    order_fault(&world, "smh", "products/batch", "status-500");
    let (planned, applied) = world.apply();
    everything_adds_up(&planned, Some(&applied));
    assert!(applied.unclear > 0, "nobody knows what became of some");
    assert_eq!(world.http().smh_all("customers").len(), 131, "only the answer was lost");
    assert!(counters(&applied.sync_info, "smh", CUSTOMERS)[2] < 131, "what is not known is not told as done");
    assert!(world.http().smh_all("products").len() < 56);

    // The next runs break off while they read: on Accurate's side, then on SMH's.
    for (system, path) in [("accurate", "customer/list.do"), ("smh", "products")] {
        order_fault(&world, system, path, "status-500");
        assert!(world.try_plan(&Selection::default()).is_err(), "{system}");
    }
    assert_eq!(world.http().smh_all("customers").len(), 131);

    let (planned, applied) = world.settle();
    everything_adds_up(&planned, Some(&applied));
    assert_eq!(applied.unclear, 0);
    assert!(planned.plan.actions.iter().all(|action| action.kind == ActionKind::Create), "{:?}", kinds(&planned.plan));
    for (entity, smh, accurate) in [
        (CUSTOMERS, [0, 0, 131, 131], [23, 400, 0, 423]),
        (PRODUCTS, [0, 0, 56, 56], [35, 419, 0, 454]),
        (EMPLOYEES, [0, 2, 0, 2], [11, 0, 2, 13]),
    ] {
        assert_eq!(counters(&applied.sync_info, "smh", entity), smh);
        assert_eq!(counters(&applied.sync_info, "accurate", entity), accurate);
    }
    assert_eq!((world.http().smh_all("customers").len(), world.http().smh_all("products").len()), (131, 56));
}

/// A side that cannot be read ends the run at once, not when the other has been read to the end.
#[test]
fn a_side_that_is_down_is_told_before_the_other_is_read_to_the_end() {
    let mut world = World::panduan();
    let fault = serde_json::json!({"system": "smh", "times": 100, "kind": "html-502"});
    world.sandbox.state().faults.add(vec![serde_json::from_value(fault).expect("a fault")]);
    let Err(error) = world.try_plan(&Selection::default()) else { panic!("smh is down") };
    assert_eq!(error.message().args["system"], "smh");
    let report = world.sandbox.state().calls.report();
    let calls = report["calls"].as_array().expect("calls");
    let details = calls.iter().filter(|call| call["path"].as_str().is_some_and(|path| path.ends_with("detail.do")));
    let details: u64 = details.filter_map(|call| call["count"].as_u64()).sum();
    assert!(details < 131, "{details} customers were read in full for nothing");
}
