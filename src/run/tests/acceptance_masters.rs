//! The reference's acceptance scenarios 22 to 35, 38 and 39: what becomes of masters that are made, changed, removed or found on either side.
//!
//! Each test is named after its scenario in section 7 of the reference on SMH; where the sources are silent, the default of our own product
//! description is what is expected. The counters are in `acceptance_counters.rs`, units (36 and 37) in `acceptance_units.rs`, what goes beyond the scenarios in `acceptance_rules.rs`.

mod support;

use selaras_model::Side;
use selaras_plan::{ActionKind, ConflictKind};
use selaras_run::ActionEnd;
use serde_json::{Value as Json, json};
use support::company::{CUSTOMERS, EMPLOYEES, PRODUCTS, accurate, company, smh, unit};
use support::{World, conflicts, counters, everything_adds_up, kinds, text};

/// The branch that the sandbox connects to.
const JAKARTA: u64 = 100;

/// A customer, a product and an employee of SMH, each with the module, the member for the code and the resource it has elsewhere.
const THREE: [(&str, &str, &str, &str, &str); 3] = [
    (CUSTOMERS, "customers", "CS-1", "customer", "customerNo"),
    (PRODUCTS, "products", "PD-1", "item", "no"),
    (EMPLOYEES, "employees", "E-01", "employee", "number"),
];

fn made_in_smh(world: &World) {
    let http = world.http();
    http.smh_create(
        "employees",
        json!({"code": "E-01", "name": "Agung", "isSalesman": true, "handphone": "0812 3456 7890"}),
    );
    let product =
        json!({"code": "PD-1", "name": "Teh Melati", "unitL": unit(world, "PCS"), "ratioL": "1", "priceL": "2500"});
    http.smh_create("products", product);
    http.smh_create(
        "customers",
        json!({"code": "CS-1", "name": "Toko Baru", "address": "Jl. Melati 1", "city": "Bekasi"}),
    );
}

#[test]
fn scenario_22_masters_made_in_smh_come_with_the_next_run_into_the_chosen_branch() {
    // The guide promises it without a manual sync. Automatic push is another matter; here the next run brings it.
    let mut world = company();
    made_in_smh(&world);
    let (planned, applied) = world.settle();
    everything_adds_up(&planned, Some(&applied));
    for (entity, resource, code, module, number) in THREE {
        let there = accurate(&world, module, number, code);
        assert_eq!(there["branchId"], json!(JAKARTA), "{module}");
        let here = smh(&world, resource, code);
        assert_eq!(there["name"], here["name"]);
        assert_eq!(text(&here["partnerId"]), text(&there["id"]), "the pushed record gets the id of what became of it");
        assert_eq!(here["source"], "smh");
        assert_eq!(counters(&applied.sync_info, "smh", entity), [0, 1, 0, 1], "{entity}");
        assert_eq!(counters(&applied.sync_info, "accurate", entity), [0, 0, 1, 1], "{entity}");
    }
    let customer = accurate(&world, "customer", "customerNo", "CS-1");
    assert_eq!((&customer["billStreet"], &customer["billCity"]), (&json!("Jl. Melati 1"), &json!("Bekasi")));
    let item = accurate(&world, "item", "no", "PD-1");
    assert_eq!((item["unitPrice"].as_f64(), &item["itemType"]), (Some(2500.0), &json!("INVENTORY")));
}

#[test]
fn scenario_23_with_surabaya_chosen_a_pushed_customer_is_used_in_surabaya() {
    let mut world = World::empty();
    let branch = accurate(&world, "branch", "name", "Surabaya");
    world.accurate_settings.insert("branch".to_owned(), text(&branch["id"]));
    world.http().smh_create("customers", json!({"code": "CS-1", "name": "Toko Baru"}));
    world.settle();
    let row = accurate(&world, "customer", "customerNo", "CS-1");
    let shown = world.accurate().detail("customer", &text(&row["id"]));
    assert_eq!(shown["customerBranchName"], "Surabaya");
}

#[test]
fn scenario_24_an_edit_in_smh_updates_the_same_record_in_accurate() {
    let mut world = company();
    made_in_smh(&world);
    world.settle();
    let before = THREE.map(|(_, _, code, module, number)| accurate(&world, module, number, code)["id"].clone());
    let http = world.http();
    for (_, resource, code, ..) in THREE {
        let id = text(&smh(&world, resource, code)["id"]);
        http.smh_update(resource, &id, json!({"name": format!("{code} baru")}));
    }
    let pulled = world.accurate().save("customer", json!({"customerNo": "C.7", "name": "Dari Accurate"}));
    let (planned, _) = world.settle();
    assert_eq!(planned.plan.actions.iter().filter(|action| action.kind == ActionKind::Update).count(), 3);
    for ((_, _, code, module, number), id) in THREE.into_iter().zip(before) {
        let there = accurate(&world, module, number, code);
        assert_eq!((&there["id"], &there["name"]), (&id, &json!(format!("{code} baru"))));
    }
    // A record that came from Accurate is edited in SMH as well.
    let id = text(&smh(&world, "customers", "C.7")["id"]);
    http.smh_update("customers", &id, json!({"handphone": "0813-1111-2222", "address": "Jl. Mawar 3"}));
    world.settle();
    let there = accurate(&world, "customer", "customerNo", "C.7");
    assert_eq!((&there["id"], &there["billStreet"]), (&pulled["id"], &json!("Jl. Mawar 3")));
    assert_eq!(there["name"], "Dari Accurate", "what was not edited stays");
    assert_eq!(world.accurate_rows("customer").len(), 2);
}

#[test]
fn scenario_25_a_delete_in_smh_deletes_in_accurate() {
    let mut world = company();
    made_in_smh(&world);
    world.accurate().save("customer", json!({"customerNo": "C.7", "name": "Dari Accurate"}));
    world.settle();
    let http = world.http();
    // Somebody else's customer stays: a side that is suddenly empty is a matter for a guard.
    http.smh_create("customers", json!({"code": "CS-2", "name": "Toko Kedua"}));
    world.settle();
    for (_, resource, code, ..) in THREE {
        http.smh_delete(resource, &text(&smh(&world, resource, code)["id"]));
    }
    http.smh_delete("customers", &text(&smh(&world, "customers", "C.7")["id"]));
    let (planned, applied) = world.settle();
    everything_adds_up(&planned, Some(&applied));
    assert_eq!(planned.plan.actions.len(), 4);
    assert!(planned.plan.actions.iter().all(|action| (action.kind, action.target) == (ActionKind::Delete, Side::Left)));
    for (entity, _, _, module, _) in THREE {
        let left = u64::from(entity == CUSTOMERS);
        assert_eq!(world.accurate_rows(module).len() as u64, left, "{module}");
        assert_eq!(counters(&applied.sync_info, "accurate", entity), [0, 0, left, left]);
    }
    assert_eq!(accurate(&world, "customer", "customerNo", "CS-2")["name"], "Toko Kedua");
}

#[test]
fn scenario_26_a_delete_that_accurate_refuses_is_told_once_and_stops_nobody() {
    let mut world = company();
    made_in_smh(&world);
    let http = world.http();
    http.smh_create("customers", json!({"code": "CS-2", "name": "Toko Kedua"}));
    http.smh_create("customers", json!({"code": "CS-3", "name": "Toko Ketiga"}));
    world.settle();
    let line = json!({"itemNo": "PD-1", "quantity": 2, "unitPrice": 2500});
    let order = json!({"customerNo": "CS-1", "transDate": "02/05/2026", "number": "SO.1", "detailItem": [line]});
    world.accurate().save("sales-order", order);
    let used = accurate(&world, "customer", "customerNo", "CS-1");
    for code in ["CS-1", "CS-2"] {
        http.smh_delete("customers", &text(&smh(&world, "customers", code)["id"]));
    }
    let (planned, applied) = world.apply();
    everything_adds_up(&planned, Some(&applied));
    let refused: Vec<&ActionEnd> = applied
        .results
        .iter()
        .map(|result| &result.end)
        .filter(|end| !matches!(end, ActionEnd::Applied { .. }))
        .collect();
    assert_eq!((applied.results.len(), refused.len()), (2, 1), "{:?}", applied.results);
    let ActionEnd::Rejected(why) = refused[0] else { panic!("{refused:?}") };
    assert!(format!("{why:?}").contains("sudah digunakan"), "{why:?}");
    assert_eq!(accurate(&world, "customer", "customerNo", "CS-1"), used);
    assert_eq!(world.accurate_row("customer", "customerNo", "CS-2"), None, "the other one proceeds");

    // The link is kept: it is not asked again, and it is not taken for a new record of Accurate.
    for _ in 0..2 {
        world.forget_calls();
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!((planned.plan.actions.len(), world.writes()), (0, 0), "{:?}", kinds(&planned.plan));
        let held: Vec<&str> = planned.plan.held.iter().map(|held| held.reason.key.as_str()).collect();
        assert_eq!(held, ["plan-hold-delete-refused"]);
        assert_eq!(counters(&applied.sync_info, "accurate", CUSTOMERS), [0, 0, 2, 2]);
    }
}

#[test]
fn scenario_27_a_record_made_in_accurate_is_in_smh_after_the_run_and_not_before() {
    let mut world = company();
    let client = world.accurate();
    client.save("employee", json!({"number": "S-1", "name": "Budi", "salutation": "MR", "salesman": true}));
    client.save(
        "customer",
        json!({"customerNo": "C.1", "name": "Toko Satu", "salesmanNumber": "S-1", "termName": "C.O.D"}),
    );
    let item =
        json!({"no": "BRG.1", "name": "Kopi", "itemType": "INVENTORY", "unit1Name": "PCS", "tax1Name": "PPN 11%"});
    client.save("item", item);
    for resource in ["customers", "products", "employees"] {
        assert_eq!(world.http().smh_all(resource), Vec::<Json>::new(), "{resource}");
    }
    world.settle();
    let customer = smh(&world, "customers", "C.1");
    assert_eq!(customer["salesmanId"], smh(&world, "employees", "S-1")["id"], "who it refers to comes first");
    assert_eq!(customer["paymentTermId"], smh(&world, "payment-terms", "C.O.D")["id"]);
    assert_eq!(smh(&world, "products", "BRG.1")["taxId"], smh(&world, "taxes", "PPN 11%")["id"]);
}

#[test]
fn scenario_28_a_record_deleted_in_accurate_ends_in_smh_as_the_mapping_says() {
    for (rule, status) in [("deactivate", Some("inactive")), ("delete", None), ("unlink", Some("active"))] {
        let mut world = company();
        let default = "on_delete: { accurate: deactivate, smh: delete }";
        world.edit_mapping(default, &format!("on_delete: {{ accurate: {rule}, smh: delete }}"));
        let client = world.accurate();
        let made = client.save("customer", json!({"customerNo": "C.1", "name": "Toko Satu"}));
        client.save("customer", json!({"customerNo": "C.2", "name": "Toko Dua"}));
        world.settle();
        client.delete("customer", &text(&made["id"]));
        assert_eq!(smh(&world, "customers", "C.1")["status"], "active", "nothing happens before the run");
        let (planned, applied) = world.settle();
        everything_adds_up(&planned, Some(&applied));
        let left = world.http().smh_find("customers", "C.1").map(|row| text(&row["status"]));
        assert_eq!(left.as_deref(), status, "{rule}");
        assert_eq!(smh(&world, "customers", "C.2")["status"], "active");
        // Nothing brings it back to Accurate by itself.
        let (planned, applied) = world.settle();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!(planned.plan.actions, []);
        assert_eq!(world.accurate_rows("customer").len(), 1, "{rule}");
        let stays = u64::from(status.is_some());
        assert_eq!(
            counters(&applied.sync_info, "smh", CUSTOMERS),
            [0, 0, 1 + stays, 1 + stays],
            "{rule}: it came from Accurate"
        );
    }
}

#[test]
fn scenario_29_a_code_changed_in_accurate_replaces_the_one_in_smh() {
    let mut world = company();
    let http = world.http();
    let made =
        http.smh_create("customers", json!({"code": "CS-220400002-Simplidots", "name": "Toko Makmur Jaya Utama"}));
    world.settle();
    let there = accurate(&world, "customer", "customerNo", "CS-220400002-Simplidots");
    world.accurate().save("customer", json!({"id": there["id"], "customerNo": "CS-220400002-Accurate"}));
    world.settle();
    let here = smh(&world, "customers", "CS-220400002-Accurate");
    assert_eq!((&here["id"], text(&here["partnerId"])), (&made["id"], text(&there["id"])));
    assert_eq!((http.smh_all("customers").len(), world.accurate_rows("customer").len()), (1, 1), "no duplicate");

    // Changed on both sides, Accurate's code still wins; nothing else has to wait for that.
    http.smh_update("customers", &text(&here["id"]), json!({"code": "CS-SMH", "notes": "dari SMH"}));
    world.accurate().save("customer", json!({"id": there["id"], "customerNo": "CS-ACC"}));
    let (planned, _) = world.settle();
    assert_eq!(conflicts(&planned.plan, CUSTOMERS), Vec::<&selaras_plan::Conflict>::new());
    assert_eq!(smh(&world, "customers", "CS-ACC")["id"], made["id"]);
    assert_eq!(accurate(&world, "customer", "customerNo", "CS-ACC")["notes"], "dari SMH");
}

/// The vendor's own example: the two belong together by partner id, and their codes have been different all along.
#[test]
fn scenario_29_codes_that_differ_when_the_pair_is_found_become_accurates() {
    let mut world = company();
    let there = world
        .accurate()
        .save("customer", json!({"customerNo": "CS-220400002-Accurate", "name": "Toko Makmur Jaya Utama"}));
    let category = text(&there["category"]["name"]);
    let here = json!({"code": "CS-220400002-Simplidots", "name": "Toko Makmur Jaya Utama", "partnerId": text(&there["id"]),
        "category": category, "priceList": there["priceCategory"]["name"], "paymentTermId": smh(&world, "payment-terms", "C.O.D")["id"]});
    let made = world.http().smh_create("customers", here);
    let (planned, _) = world.settle();
    assert_eq!(conflicts(&planned.plan, CUSTOMERS), Vec::<&selaras_plan::Conflict>::new());
    let here = smh(&world, "customers", "CS-220400002-Accurate");
    assert_eq!((&here["id"], &here["partnerId"]), (&made["id"], &made["partnerId"]));
    assert_eq!(world.accurate_rows("customer").len(), 1);
}

#[test]
fn scenario_30_a_product_code_changed_in_accurate_replaces_the_one_in_smh() {
    let mut world = company();
    made_in_smh(&world);
    world.settle();
    let before = smh(&world, "products", "PD-1");
    let there = accurate(&world, "item", "no", "PD-1");
    world.accurate().save("item", json!({"id": there["id"], "no": "BRG-77"}));
    world.settle();
    let here = smh(&world, "products", "BRG-77");
    assert_eq!((&here["id"], &here["partnerId"]), (&before["id"], &before["partnerId"]));
    assert_eq!((world.http().smh_all("products").len(), world.accurate_rows("item").len()), (1, 1));
}

#[test]
fn scenario_31_a_new_code_that_another_record_of_smh_has_is_a_conflict() {
    // The other record is linked to a customer of Accurate that was given a new code itself, or has no partner at all.
    for linked in [true, false] {
        let mut world = company();
        let client = world.accurate();
        let first = client.save("customer", json!({"customerNo": "C.1", "name": "Toko Satu"}));
        world.settle();
        let http = world.http();
        let other = http.smh_create("customers", json!({"code": "C.2", "name": "Toko Dua"}));
        let held_in_smh = if linked {
            world.settle();
            // SMH is to keep the code although Accurate gives it up: the change cannot cross, as C.3 is taken there.
            let second = accurate(&world, "customer", "customerNo", "C.2");
            client.save("customer", json!({"id": second["id"], "customerNo": "C.3"}));
            http.smh_create("customers", json!({"code": "C.3", "name": "Toko Tiga", "status": "inactive"}))
        } else {
            other.clone()
        };
        client.save("customer", json!({"id": first["id"], "customerNo": "C.2", "notes": "pindah kode"}));
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        let found = conflicts(&planned.plan, CUSTOMERS);
        let taken = found.iter().find(|conflict| {
            conflict.kind == ConflictKind::KeyTaken && conflict.ids.left == [text(&first["id"]).into()]
        });
        let taken = taken.unwrap_or_else(|| panic!("linked {linked}: {found:#?}"));
        assert!(taken.ids.right.contains(&text(&other["id"]).into()), "{taken:?}");
        assert_eq!(smh(&world, "customers", "C.1")["partnerId"], json!(text(&first["id"])), "neither is changed");
        assert_eq!(smh(&world, "customers", "C.2")["name"], "Toko Dua");
        assert_eq!(smh(&world, "customers", text(&held_in_smh["code"]).as_str())["id"], held_in_smh["id"]);
        assert_eq!(smh(&world, "customers", "C.1")["notes"], "pindah kode", "the rest of the record is not held up");
        let again = world.plan();
        assert_eq!(again.plan.actions, [], "linked {linked}: {:?}", kinds(&again.plan));
        assert_eq!(conflicts(&again.plan, CUSTOMERS).len(), found.len(), "it stays in sight");
    }
}

#[test]
fn scenario_32_a_pushed_employee_is_found_in_accurate_by_its_code() {
    let mut world = World::panduan();
    world.apply();
    let agung = accurate(&world, "employee", "number", "E-01");
    assert_eq!(agung["name"], "Agung");
    let shown = world.accurate().detail("employee", &text(&agung["id"]));
    assert_eq!(
        (&shown["number"], &shown["salesman"], &shown["position"]),
        (&json!("E-01"), &json!(true), &json!("Salesman"))
    );
}

#[test]
fn scenario_33_of_two_namesakes_in_accurate_only_the_linked_one_is_used() {
    let mut world = company();
    made_in_smh(&world);
    world.settle();
    let namesake = json!({"number": "AG-2", "name": "Agung", "salutation": "MR", "salesman": true});
    world.accurate().save("employee", namesake);
    let ours = accurate(&world, "employee", "number", "E-01");
    let salesman = smh(&world, "employees", "E-01")["id"].clone();
    let http = world.http();
    http.smh_update("employees", &text(&salesman), json!({"position": "Supervisor"}));
    http.smh_create("customers", json!({"code": "CS-9", "name": "Toko Agung", "salesmanId": salesman}));
    world.settle();
    assert_eq!(accurate(&world, "customer", "customerNo", "CS-9")["defaultSalesmanId"], ours["id"]);
    assert_eq!(accurate(&world, "employee", "number", "E-01")["position"], "Supervisor");
    assert_eq!(accurate(&world, "employee", "number", "AG-2")["position"], Json::Null, "the namesake is left alone");
    assert_eq!(smh(&world, "employees", "E-01")["partnerId"], json!(text(&ours["id"])));
}

#[test]
fn scenario_34_an_employee_that_matches_two_is_not_guessed() {
    let mut world = company();
    world.edit_mapping("match: [[code]]", "match: [[code], [name]]");
    let client = world.accurate();
    let candidates = ["AG-1", "AG-2"].map(|number| {
        text(&client.save("employee", json!({"number": number, "name": "Agung", "salutation": "MR"}))["id"])
    });
    let here = world.http().smh_create("employees", json!({"code": "E-01", "name": "Agung"}));
    for _ in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!(planned.plan.actions, [], "{:?}", kinds(&planned.plan));
        let found = conflicts(&planned.plan, EMPLOYEES);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].kind, ConflictKind::Ambiguous);
        let [left, right] = [&found[0].ids.left, &found[0].ids.right]
            .map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!((left, right), (candidates.to_vec(), vec![text(&here["id"])]));
    }
    assert_eq!((world.accurate_rows("employee").len(), world.http().smh_all("employees").len()), (2, 1));
}

#[test]
fn scenario_35_who_becomes_inactive_in_accurate_becomes_inactive_in_smh() {
    let mut world = company();
    made_in_smh(&world);
    world.settle();
    for (suspended, status) in [(true, "inactive"), (false, "active")] {
        for (_, _, code, module, number) in THREE {
            let there = accurate(&world, module, number, code);
            world.accurate().save(module, json!({"id": there["id"], "suspended": suspended}));
        }
        world.settle();
        for (entity, resource, code, module, _) in THREE {
            assert_eq!(smh(&world, resource, code)["status"], status, "{entity}");
            assert_eq!((world.http().smh_all(resource).len(), world.accurate_rows(module).len()), (1, 1), "{entity}");
        }
    }
}

#[test]
fn scenario_38_a_customer_whose_term_or_salesman_smh_lacks_is_told_and_the_rest_goes_on() {
    let mut world = company();
    let client = world.accurate();
    client.save("employee", json!({"number": "DEMO-1", "name": "Contoh", "salutation": "MR", "salesman": true}));
    let surabaya = accurate(&world, "branch", "name", "Surabaya")["id"].clone();
    let elsewhere =
        json!({"number": "S-2", "name": "Wati", "salutation": "MRS", "salesman": true, "branchId": surabaya});
    client.save("employee", elsewhere);
    client.save("payment-term", json!({"name": "net 30", "netDays": 30}));
    world.settle();
    // Somebody removes the term in SMH; it is not brought back by itself.
    world.http().smh_delete("payment-terms", &text(&smh(&world, "payment-terms", "net 30")["id"]));
    for (code, more) in [
        ("C.1", json!({"termName": "net 30"})),
        ("C.2", json!({"salesmanNumber": "DEMO-1"})),
        ("C.3", json!({"salesmanNumber": "S-2"})),
        ("C.4", json!({})),
    ] {
        let mut body = json!({"customerNo": code, "name": "Toko"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.save("customer", body);
    }
    for _ in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        let mut why: Vec<(&str, &str)> = planned
            .plan
            .held
            .iter()
            .filter(|held| held.entity.as_str() == CUSTOMERS)
            .map(|held| (held.label.as_str(), held.reason.key.as_str()))
            .collect();
        why.sort_unstable();
        let expected = [
            ("C.1 Toko", "plan-hold-reference-unlinked"),
            ("C.2 Toko", "plan-hold-reference-dummy"),
            ("C.3 Toko", "plan-hold-reference-outside"),
        ];
        assert_eq!(why, expected);
        let codes: Vec<String> = world.http().smh_all("customers").iter().map(|row| text(&row["code"])).collect();
        assert_eq!(codes, ["C.4"]);
    }
    // Once the cause is gone the customer goes through.
    client
        .save("customer", json!({"id": accurate(&world, "customer", "customerNo", "C.1")["id"], "termName": "C.O.D"}));
    world.apply();
    assert_eq!(smh(&world, "customers", "C.1")["paymentTermId"], smh(&world, "payment-terms", "C.O.D")["id"]);
}

#[test]
fn scenario_39_small_masters_changed_in_smh_are_not_pushed() {
    let mut world = company();
    let http = world.http();
    let four = [
        ("units", "unit", "PCS", json!({"name": "BIJI"})),
        ("taxes", "tax", "PPN 11%", json!({"name": "Pajak", "rate": "10"})),
        ("payment-terms", "payment-term", "C.O.D", json!({"name": "Tunai", "days": 3, "status": "inactive"})),
        ("warehouses", "warehouse", "Utama", json!({"name": "Gudang Satu", "city": "Bogor"})),
    ];
    let before = four.each_ref().map(|(_, module, ..)| world.accurate_rows(module));
    for (resource, _, name, change) in &four {
        http.smh_update(resource, &text(&smh(&world, resource, name)["id"]), change.clone());
    }
    http.smh_create("units", json!({"name": "LUSIN"}));
    http.smh_create("warehouses", json!({"name": "Gudang SMH"}));
    for _ in 0..2 {
        world.forget_calls();
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!((planned.plan.actions.len(), world.writes()), (0, 0), "{:?}", kinds(&planned.plan));
        assert_eq!(conflicts(&planned.plan, "Satuan").len(), 0, "nobody is asked about it");
    }
    assert_eq!(four.each_ref().map(|(_, module, ..)| world.accurate_rows(module)), before);
    for (resource, _, _, change) in &four {
        smh(&world, resource, change["name"].as_str().unwrap());
    }

    // Accurate still leads: what is changed there comes, and only that.
    let utama = accurate(&world, "warehouse", "name", "Utama");
    world.accurate().save("warehouse", json!({"id": utama["id"], "street": "Jl. Baru 1"}));
    world.settle();
    let here = smh(&world, "warehouses", "Gudang Satu");
    assert_eq!((&here["address"], &here["city"]), (&json!("Jl. Baru 1"), &json!("Bogor")));
}
