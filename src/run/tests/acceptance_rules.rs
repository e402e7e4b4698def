//! What holds in every scenario: a plan writes nothing, edits of both sides meet field by field, and a state file that is lost is rebuilt
//! without a duplicate and without overwriting anybody.

mod support;

use selaras_connector_api::Connector;
use selaras_connector_sim::{Call, Faults, Sim, SimWorld};
use selaras_host::SystemSettings;
use selaras_model::{NativeId, PerSide, RunId, Side, Value};
use selaras_plan::{Conflict, ConflictKind, FieldConflict};
use selaras_run::{Quiet, Selection, Workspace};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use support::company::{CUSTOMERS, EMPLOYEES, PRODUCTS, accurate, company, smh};
use support::{World, conflicts, counters, everything_adds_up, kinds, text};

// ------------------------------------------------------------------------------------------------------ a plan never writes

#[test]
fn a_plan_writes_nothing_anywhere() {
    let mut world = World::panduan();
    let before = world.sandbox.state().read(|world| (world.accurate.databases.clone(), world.smh.clone()));
    world.forget_calls();
    let planned = world.plan();
    assert!(planned.plan.actions.len() > 200, "there was something to write");
    assert_eq!(world.writes(), 0);
    assert!(world.sandbox.state().calls.report()["total"].as_u64() > Some(0), "calls are counted");
    assert_eq!(world.sandbox.state().read(|world| (world.accurate.databases.clone(), world.smh.clone())), before);
    assert_eq!(std::fs::read_dir(world.folder.path()).expect("the folder").count(), 0, "not even a state file");
    // Nor where there is a state file already.
    world.apply();
    world.http().smh_create("customers", json!({"code": "CS-1", "name": "Toko Baru"}));
    let state = std::fs::read(world.state()).expect("a state file");
    world.forget_calls();
    assert_eq!(world.plan().plan.actions.len(), 2);
    assert_eq!(world.writes(), 0);
    assert_eq!(std::fs::read(world.state()).expect("a state file"), state);
}

const SIMULATED: &str = r#"
version: 1
name: simulated
systems:
  accurate: { connector: accurate }
  smh: { connector: smh }
entities:
  Pelanggan:
    group: master
    accurate: customer
    smh: customer
    sync: two-way
    partner_id: { smh: $.partnerId }
    match: [[code]]
    on_delete: { accurate: deactivate, smh: deactivate }
    fields:
      code: { accurate: $.customerNo, smh: $.code, required: true }
      name: { accurate: $.name, smh: $.name, required: true }
"#;

/// A workspace whose two systems are simulated in this process.
fn simulated(world: &World, sim: &SimWorld) -> Workspace {
    let connector = |side: &str| Box::new(Sim::new(sim.clone(), side));
    let manifests = ["accurate", "smh"].map(|side| (side, connector(side).describe().expect("a manifest")));
    let manifests: BTreeMap<&str, _> = manifests.into();
    let (mapping, diagnostics) = selaras_mapping::compile(SIMULATED, |name| manifests.get(name));
    let mapping = mapping.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    // The address is one that the host would let a connector call, so that only the gate can stop it.
    let values = BTreeMap::from([("base_url".to_owned(), world.sandbox.smh_settings()["base_url"].clone())]);
    let system = |side: &str| {
        let settings = SystemSettings {
            connector: side.to_owned(),
            values: values.clone(),
            auth: None,
            ..SystemSettings::default()
        };
        world.host.linked(side, connector(side), &settings)
    };
    Workspace::open(mapping, PerSide::new(system("accurate"), system("smh")), &world.state()).expect("it opens")
}

#[test]
fn a_connector_that_tries_to_write_while_planning_is_refused() {
    let world = World::empty();
    let sim = SimWorld::pair();
    for number in 1..=3 {
        sim.put("accurate", "customer", json!({"customerNo": format!("C.{number}"), "name": "Toko"})).expect("made");
        sim.put("smh", "customer", json!({"code": format!("CS-{number}"), "name": "Toko"})).expect("made");
    }
    let rogue = format!("{}/customers", world.sandbox.smh_settings()["base_url"]);
    for side in ["accurate", "smh"] {
        sim.set_faults(side, Faults { rogue: Some(rogue.clone()), ..Faults::default() });
    }
    world.forget_calls();
    let mut workspace = simulated(&world, &sim);
    let planned = workspace.plan(&RunId("0001".to_owned()), &Selection::default(), 1_780_000_000_000, &Quiet);
    let planned = planned.expect("what it tried in vain is no reason not to plan");
    assert!(!planned.plan.actions.is_empty());
    for side in ["accurate", "smh"] {
        let tried: Vec<Call> =
            sim.journal(side).into_iter().filter(|call| matches!(call, Call::Rogue { .. })).collect();
        assert!(
            !tried.is_empty() && tried.iter().all(|call| *call == Call::Rogue { refused: true }),
            "{side}: {tried:?}"
        );
        assert_eq!(sim.effects(side), 0);
    }
    assert_eq!(world.sandbox.state().calls.report()["total"], 0, "nothing left the host");
}

// ------------------------------------------------------------------------------------------------------- edits on both sides

/// A customer that both sides have, and another one.
fn shared() -> (World, Json, Json) {
    let mut world = company();
    let body = json!({"customerNo": "C.1", "name": "Toko Satu", "mobilePhone": "081111111111", "notes": "lama",
        "billStreet": "Jl. Lama 1", "billCity": "Bekasi"});
    world.accurate().save("customer", body);
    world.accurate().save("customer", json!({"customerNo": "C.2", "name": "Toko Dua"}));
    world.settle();
    let (there, here) = (accurate(&world, "customer", "customerNo", "C.1"), smh(&world, "customers", "C.1"));
    (world, there, here)
}

fn edit_both(world: &World, there: &Json, accurate: Json, here: &Json, smh: Json) {
    let mut body = accurate;
    body["id"] = there["id"].clone();
    world.accurate().save("customer", body);
    world.http().smh_update("customers", &text(&here["id"]), smh);
}

#[test]
fn edits_of_different_fields_cross_both_ways_in_one_run() {
    let (mut world, there, here) = shared();
    edit_both(
        &world,
        &there,
        json!({"name": "Toko Satu Jaya", "billCity": "Depok"}),
        &here,
        json!({"handphone": "082222222222", "notes": "baru", "creditLimit": "5000000"}),
    );
    let (planned, applied) = world.settle();
    everything_adds_up(&planned, Some(&applied));
    assert_eq!(conflicts(&planned.plan, CUSTOMERS), Vec::<&Conflict>::new());
    let (there, here) = (accurate(&world, "customer", "customerNo", "C.1"), smh(&world, "customers", "C.1"));
    assert_eq!(
        (&here["name"], &here["city"], &here["address"]),
        (&json!("Toko Satu Jaya"), &json!("Depok"), &json!("Jl. Lama 1"))
    );
    assert_eq!((text(&there["mobilePhone"]), &there["notes"]), ("082222222222".to_owned(), &json!("baru")));
    assert_eq!(
        (&there["customerLimitAmount"], there["customerLimitAmountValue"].as_f64()),
        (&json!(true), Some(5_000_000.0))
    );
    assert_eq!((&here["notes"], &there["name"]), (&json!("baru"), &json!("Toko Satu Jaya")), "and each keeps its own");
}

fn said(value: &str) -> Option<Value> {
    Some(Value::Text(value.to_owned()))
}

#[test]
fn edits_of_the_same_field_are_held_and_block_nothing_else() {
    let (mut world, there, here) = shared();
    edit_both(
        &world,
        &there,
        json!({"notes": "kata Accurate", "name": "Toko Satu Jaya"}),
        &here,
        json!({"notes": "kata SMH", "handphone": "082222222222"}),
    );
    world.http().smh_update("customers", &text(&smh(&world, "customers", "C.2")["id"]), json!({"notes": "lain"}));
    world.http().smh_create("customers", json!({"code": "CS-9", "name": "Toko Baru"}));
    let expected = FieldConflict {
        field: "notes".into(),
        base: PerSide::new(said("lama"), said("lama")),
        now: PerSide::new(said("kata Accurate"), said("kata SMH")),
    };
    let is_held = |conflicts: &[&Conflict]| {
        assert_eq!(conflicts.len(), 1, "{conflicts:#?}");
        let ids = PerSide::new(vec![NativeId(text(&there["id"]))], vec![NativeId(text(&here["id"]))]);
        assert_eq!((conflicts[0].kind, &conflicts[0].ids), (ConflictKind::Field, &ids));
        assert_eq!(conflicts[0].fields[..], *std::slice::from_ref(&expected));
    };
    let (planned, applied) = world.apply();
    everything_adds_up(&planned, Some(&applied));
    is_held(&conflicts(&planned.plan, CUSTOMERS));
    // The rest of the record, other records and new ones have crossed.
    assert_eq!(smh(&world, "customers", "C.1")["name"], "Toko Satu Jaya");
    assert_eq!(accurate(&world, "customer", "customerNo", "C.1")["mobilePhone"], "082222222222");
    assert_eq!(accurate(&world, "customer", "customerNo", "C.2")["notes"], "lain");
    accurate(&world, "customer", "customerNo", "CS-9");
    // It stays, and so do both values, on this run and the next; meanwhile other fields go on.
    for street in ["Jl. Baru 1", "Jl. Baru 2"] {
        world.http().smh_update("customers", &text(&here["id"]), json!({"address": street}));
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        is_held(&conflicts(&planned.plan, CUSTOMERS));
        assert_eq!(planned.plan.actions.len(), 1, "{:?}", kinds(&planned.plan));
        assert_eq!(accurate(&world, "customer", "customerNo", "C.1")["billStreet"], street);
        assert_eq!(accurate(&world, "customer", "customerNo", "C.1")["notes"], "kata Accurate");
        assert_eq!(smh(&world, "customers", "C.1")["notes"], "kata SMH");
    }
    let again = world.plan();
    assert_eq!(again.plan.actions, []);
    is_held(&conflicts(&again.plan, CUSTOMERS));

    // Once somebody makes them equal it is over, and later edits cross again.
    world.http().smh_update("customers", &text(&here["id"]), json!({"notes": "kata Accurate"}));
    let (planned, _) = world.settle();
    assert_eq!((planned.plan.actions.len(), planned.plan.conflicts.len()), (0, 0));
    world.http().smh_update("customers", &text(&here["id"]), json!({"notes": "akhirnya"}));
    world.settle();
    assert_eq!(accurate(&world, "customer", "customerNo", "C.1")["notes"], "akhirnya");
}

#[test]
fn the_same_edit_on_both_sides_is_no_conflict() {
    let (mut world, there, here) = shared();
    let (accurate, smh) = (
        json!({"mobilePhone": "0812-9999-0000", "notes": "sama"}),
        json!({"handphone": "+62 812 9999 0000", "notes": "sama"}),
    );
    edit_both(&world, &there, accurate, &here, smh);
    let (planned, _) = world.settle();
    assert_eq!((planned.plan.actions.len(), planned.plan.conflicts.len()), (0, 0), "{:?}", planned.plan.conflicts);
}

/// Half of a new address joined to half of another one is worse than a conflict.
#[test]
fn an_address_edited_on_both_sides_is_held_as_a_whole() {
    let (mut world, there, here) = shared();
    edit_both(&world, &there, json!({"billCity": "Depok"}), &here, json!({"address": "Jl. Baru 9"}));
    let (planned, applied) = world.settle();
    everything_adds_up(&planned, Some(&applied));
    let found = conflicts(&planned.plan, CUSTOMERS);
    let fields: Vec<&str> =
        found.iter().flat_map(|conflict| &conflict.fields).map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["address", "city"]);
    assert_eq!(accurate(&world, "customer", "customerNo", "C.1")["billStreet"], "Jl. Lama 1");
    assert_eq!(smh(&world, "customers", "C.1")["city"], "Bekasi");
}

#[test]
fn removed_on_one_side_and_edited_on_the_other_is_held() {
    let (mut world, there, here) = shared();
    world.accurate().delete("customer", &text(&there["id"]));
    world.http().smh_update("customers", &text(&here["id"]), json!({"notes": "masih dipakai"}));
    let second = accurate(&world, "customer", "customerNo", "C.2");
    world.accurate().save("customer", json!({"id": second["id"], "notes": "masih dipakai"}));
    let other = smh(&world, "customers", "C.2");
    world.http().smh_create("customers", json!({"code": "CS-9", "name": "Toko Baru"}));
    world.http().smh_delete("customers", &text(&other["id"]));
    for _ in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        let kinds: Vec<ConflictKind> =
            conflicts(&planned.plan, CUSTOMERS).iter().map(|conflict| conflict.kind).collect();
        assert_eq!(kinds, [ConflictKind::Delete, ConflictKind::Delete]);
        assert_eq!(smh(&world, "customers", "C.1")["status"], "active");
        assert_eq!(accurate(&world, "customer", "customerNo", "C.2")["notes"], "masih dipakai");
        assert_eq!(world.accurate_row("customer", "customerNo", "C.1"), None);
    }
}

// ---------------------------------------------------------------------------------------------------- the state file is lost

#[test]
fn without_its_state_file_a_run_finds_everything_again() {
    let mut world = World::panduan();
    let (_, first) = world.apply();
    world.lose_state();
    let before = world.sandbox.state().read(|world| (world.accurate.databases.clone(), world.smh.clone()));
    world.forget_calls();
    let (planned, again) = world.apply();
    everything_adds_up(&planned, Some(&again));
    assert_eq!((planned.plan.actions.len(), world.writes()), (0, 0), "{:?}", kinds(&planned.plan));
    assert_eq!(conflicts(&planned.plan, CUSTOMERS), Vec::<&Conflict>::new());
    assert_eq!(world.sandbox.state().read(|world| (world.accurate.databases.clone(), world.smh.clone())), before);
    assert_eq!(again.sync_info, first.sync_info, "Sync Information comes out the same");
    // The links are real ones: an edit goes to the partner, a delete too.
    let customers = world.http().smh_all("customers");
    world.http().smh_update("customers", &text(&customers[0]["id"]), json!({"notes": "sesudahnya"}));
    world.http().smh_delete("customers", &text(&customers[1]["id"]));
    let (_, applied) = world.settle();
    let notes = accurate(&world, "customer", "customerNo", &text(&customers[0]["code"]))["notes"].clone();
    assert_eq!(notes, "sesudahnya");
    assert_eq!(world.accurate_row("customer", "customerNo", &text(&customers[1]["code"])), None);
    assert_eq!(counters(&applied.sync_info, "smh", CUSTOMERS), [0, 0, 130, 130]);
    assert_eq!(counters(&applied.sync_info, "accurate", EMPLOYEES), [11, 0, 2, 13]);
}

#[test]
fn what_was_edited_while_the_state_file_was_gone_is_held_not_overwritten() {
    let mut world = World::panduan();
    let (_, first) = world.apply();
    let http = world.http();
    let client = world.accurate();
    let customers = http.smh_all("customers");
    let products = http.smh_all("products");
    world.lose_state();
    // One side only, each time: without a past nobody can tell which of two values is the newer one.
    http.smh_update("customers", &text(&customers[0]["id"]), json!({"name": "Diubah di SMH"}));
    client.save("customer", json!({"id": customers[1]["partnerId"], "name": "Diubah di Accurate"}));
    client.save("customer", json!({"id": customers[2]["partnerId"], "suspended": true}));
    http.smh_update("products", &text(&products[0]["id"]), json!({"priceL": "1"}));
    let employee = smh(&world, "employees", "E-01");
    client.save("employee", json!({"id": employee["partnerId"], "position": "Kepala"}));
    // What nobody has on the other side is new as ever.
    http.smh_create("customers", json!({"code": "CS-1", "name": "Toko Baru"}));
    let before = (world.accurate_rows("customer"), world.accurate_rows("item"), world.accurate_rows("employee"));
    for run in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!(planned.plan.actions.len(), if run == 0 { 2 } else { 0 }, "{:?}", kinds(&planned.plan));
        let told: Vec<(&str, &str, &str)> = planned
            .plan
            .conflicts
            .iter()
            .flat_map(|conflict| conflict.fields.iter().map(move |field| (conflict, field)))
            .map(|(conflict, field)| (conflict.entity.as_str(), conflict.ids.right[0].as_str(), field.field.as_str()))
            .collect();
        let expected = [
            (EMPLOYEES, text(&employee["id"]), "position"),
            (CUSTOMERS, text(&customers[0]["id"]), "name"),
            (CUSTOMERS, text(&customers[1]["id"]), "name"),
            (CUSTOMERS, text(&customers[2]["id"]), "status"),
            (PRODUCTS, text(&products[0]["id"]), "units"),
        ];
        let expected: Vec<(&str, &str, &str)> =
            expected.iter().map(|(entity, id, field)| (*entity, id.as_str(), *field)).collect();
        let mut told = told;
        let mut expected = expected;
        told.sort_unstable();
        expected.sort_unstable();
        assert_eq!(told, expected);
        let smh = http.smh_all("customers");
        assert_eq!((&smh[0]["name"], &smh[1]["name"]), (&json!("Diubah di SMH"), &customers[1]["name"]));
        assert_eq!(smh[2]["status"], "active");
        let mut after = world.accurate_rows("customer");
        assert_eq!(after.pop().map(|row| row["customerNo"].clone()), Some(json!("CS-1")));
        assert_eq!((after, world.accurate_rows("item"), world.accurate_rows("employee")), before);
        for (entity, system) in [(PRODUCTS, "smh"), (PRODUCTS, "accurate"), (EMPLOYEES, "smh"), (EMPLOYEES, "accurate")]
        {
            assert_eq!(counters(&applied.sync_info, system, entity), counters(&first.sync_info, system, entity));
        }
        assert_eq!(counters(&applied.sync_info, "smh", CUSTOMERS), [0, 1, 131, 132]);
        assert_eq!(counters(&applied.sync_info, "accurate", CUSTOMERS), [23, 400, 1, 424]);
    }
}

#[test]
fn without_state_a_record_whose_partner_is_gone_waits() {
    let (mut world, there, here) = shared();
    world.lose_state();
    world.accurate().delete("customer", &text(&there["id"]));
    for _ in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!(planned.plan.actions, [], "{:?}", kinds(&planned.plan));
        let held: Vec<(Side, String)> = planned.plan.held.iter().map(|held| (held.side, held.id.to_string())).collect();
        assert_eq!(held, [(Side::Right, text(&here["id"]))]);
        assert_eq!(smh(&world, "customers", "C.1")["status"], "active", "neither deleted nor made anew");
        assert_eq!(world.accurate_rows("customer").len(), 1);
    }
}

/// A partner that takes no part is a partner all the same.
#[test]
fn without_state_a_partner_outside_the_scope_is_not_made_again() {
    let (mut world, there, here) = shared();
    world.edit_mapping(
        "    scope:\n      accurate:\n",
        "    scope:\n      smh:\n        - require: \"@.name != 'Arsip'\"\n          reason: { id: arsip, en: archived }\n      accurate:\n",
    );
    world.http().smh_update("customers", &text(&here["id"]), json!({"name": "Arsip", "code": "LAMA"}));
    world.lose_state();
    for _ in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!(planned.plan.actions, [], "{:?}", kinds(&planned.plan));
        let held: Vec<(&str, &str)> =
            planned.plan.held.iter().map(|held| (held.id.as_str(), held.reason.key.as_str())).collect();
        assert_eq!(held, [(text(&there["id"]).as_str(), "plan-hold-candidate-outside")]);
    }
    // Nor does anybody hear of it where it would not be made anyway.
    world.accurate().save("customer", json!({"id": there["id"], "suspended": true}));
    let (planned, applied) = world.apply();
    everything_adds_up(&planned, Some(&applied));
    assert_eq!((planned.plan.actions.len(), planned.plan.held.len()), (0, 0));
}

/// Codes are the one exception, and it is there by name: Accurate's code replaces SMH's.
#[test]
fn without_state_accurates_code_still_replaces_the_one_in_smh() {
    let (mut world, there, here) = shared();
    world.lose_state();
    world.http().smh_update("customers", &text(&here["id"]), json!({"code": "CS-SMH"}));
    let (planned, _) = world.settle();
    assert_eq!(planned.plan.conflicts, []);
    assert_eq!(smh(&world, "customers", "C.1")["id"], here["id"]);
    assert_eq!(accurate(&world, "customer", "customerNo", "C.1")["id"], there["id"]);
}
