//! Acceptance scenarios 40 to 48, 51 and 52 of the reference (section 7): sales orders typed into SMH and what becomes of them in Accurate.
//!
//! Each order is looked at in full, as an accountant would: number, customer, salesman, branch, lines, discounts, tax, totals.

mod support;

use selaras_model::EntityName;
use selaras_plan::ConflictKind;
use selaras_run::ActionEnd;
use serde_json::{Value as Json, json};
use support::conflicts;
use support::orders::{JAKARTA, ORDERS, Shop, created, expected, refusals, seen, sold, waiting};

#[test]
fn scenario_40_a_verified_order_arrives_in_full() {
    let mut shop = Shop::open();
    let warehouse = shop.id("warehouses", "Gudang Jakarta");
    let mut rice = shop.line("BERAS", "PCS", "1.5", "61000");
    rice["warehouseId"] = warehouse;
    rice["notes"] = json!("karung kecil");
    let lines = [shop.line("TEH", "DUS", "2", "120000"), rice, shop.line("KOPI", "PCS", "7", "25500.50")];
    shop.order_with(
        "SO-40",
        "C-2",
        &lines,
        json!({"salesmanId": shop.id("employees", "E-102"), "notes": "antar pagi"}),
    );

    let (planned, applied) = shop.world.settle();

    assert_eq!(refusals(&planned, &applied), []);
    assert!(applied.results.iter().all(|result| result.stored_differently.is_empty()), "{:#?}", applied.results);
    assert_eq!(shop.numbers(), ["SO-40"]);
    let mut tea = sold("TEH", "DUS", 2.0, 120_000.0);
    let mut rice = sold("BERAS", "PCS", 1.5, 61_000.0);
    let mut coffee = sold("KOPI", "PCS", 7.0, 25_500.5);
    (rice["warehouse"], rice["notes"]) = (json!("Gudang Jakarta"), json!("karung kecil"));
    for line in [&mut tea, &mut rice, &mut coffee] {
        line["salesmen"] = json!(["E-102"]);
    }
    let want = json!({
        "number": "SO-40", "date": "12/05/2026", "branch": JAKARTA, "customer": "C-2", "salesman": "E-102", "term": "net 30",
        "taxable": true, "inclusive": false, "percent": null, "discount": null, "notes": "antar pagi", "lines": [tea, rice, coffee],
        "sub_total": 510_003.5, "tax": 46_035.0, "total": 556_038.5,
    });
    assert_eq!(seen(&shop, "SO-40"), want);
    let order = shop.smh_order("SO-40");
    let id = shop.accurate_id("sales-order", "number", "SO-40");
    assert_eq!((&order["partnerId"], &order["status"]), (&json!(id.to_string()), &json!("Verified")));
}

#[test]
fn scenario_41_a_draft_stays_until_it_is_verified() {
    let mut shop = Shop::open();
    shop.order_with("SO-41", "C-1", &[shop.line("TEH", "DUS", "2", "120000")], json!({"status": "Draft"}));
    let (planned, _) = shop.world.settle();
    assert_eq!(shop.numbers(), [""; 0]);
    let report = planned.plan.entities.iter().find(|report| report.entity == EntityName::from(ORDERS)).expect("orders");
    let reasons: Vec<_> =
        report.counts.right.out_of_scope.iter().map(|entry| (entry.reason.text.en.as_str(), entry.count)).collect();
    assert_eq!(reasons, [("still a draft", 1)]);

    shop.change("SO-41", json!({"status": "Verified"}));
    shop.world.settle();
    assert_eq!(seen(&shop, "SO-41"), expected("SO-41", "C-1"));
}

#[test]
fn scenario_42_a_customers_code_changed_in_accurate() {
    let mut shop = Shop::open();
    shop.set("customer", "customerNo", "C-1", "customerNo", json!("C-1-Accurate"));
    shop.plain("SO-42", "C-1");

    let (planned, applied) = shop.transactions();

    if shop.numbers().is_empty() {
        let said = refusals(&planned, &applied);
        assert!(said.iter().any(|(label, why)| label.contains("SO-42") && why.contains("C-1")), "{said:#?}");
    }
    shop.world.settle();
    assert_eq!(seen(&shop, "SO-42"), expected("SO-42", "C-1-Accurate"));
    assert!(shop.http.smh_find("customers", "C-1").is_none());
}

/// The old code may have been given to somebody else meanwhile; the order must not go to them.
#[test]
fn scenario_42_a_code_that_was_given_away_does_not_lead_to_a_stranger() {
    let mut shop = Shop::open();
    shop.set("customer", "customerNo", "C-1", "customerNo", json!("C-9"));
    shop.set("customer", "customerNo", "C-2", "customerNo", json!("C-1"));
    shop.plain("SO-42", "C-1");
    shop.transactions();
    let customers: Vec<Json> =
        shop.numbers().iter().map(|number| shop.accurate_order(number)["customer"].clone()).collect();
    assert!(customers.iter().all(|customer| customer == "C-9"), "{customers:?}");
}

/// What became of a master since the masters were last synchronised is seen without synchronising them.
#[test]
fn scenario_42_masters_that_vanished_or_became_sample_data() {
    let mut shop = Shop::open();
    shop.set("customer", "customerNo", "C-2", "customerNo", json!("C.DEMO-002"));
    shop.remove("customer", "customerNo", "C-3");
    for (nth, customer) in ["C-1", "C-2", "C-3"].iter().enumerate() {
        shop.plain(&format!("SO-{}", nth + 1), customer);
    }
    let (planned, applied) = shop.transactions();
    assert_eq!((shop.numbers(), refusals(&planned, &applied)), (vec!["SO-1".to_owned()], vec![]));
    let held = waiting(&planned);
    let why =
        |order: &str| held.iter().find(|(label, _)| label == order).map(|(_, why)| why.as_str()).unwrap_or_default();
    assert!(why("SO-2").contains("plan-hold-reference-dummy"), "{held:#?}");
    assert!(why("SO-3").contains("plan-hold-reference-unlinked"), "{held:#?}");
}

/// Many masters at once are looked up by their list, few by themselves.
#[test]
fn scenario_42_many_customers_whose_codes_changed() {
    let mut shop = Shop::open();
    for nth in 0..45 {
        let no = format!("M-{nth}");
        shop.put("customer", json!({"customerNo": no, "name": format!("Toko {no}"), "categoryId": 50, "priceCategoryId": 50, "defaultTermId": 50}));
    }
    shop.world.settle();
    for nth in 0..45 {
        shop.set("customer", "customerNo", &format!("M-{nth}"), "customerNo", json!(format!("N-{nth}")));
        shop.plain(&format!("SO-{nth}"), &format!("M-{nth}"));
    }
    let before = shop.calls("customer/");
    let (planned, applied) = shop.transactions();
    assert_eq!(refusals(&planned, &applied), []);
    for nth in 0..45 {
        assert_eq!(shop.accurate_order(&format!("SO-{nth}"))["customer"], json!(format!("N-{nth}")));
    }
    let calls = shop.calls("customer/") - before;
    assert!(calls <= 2, "{calls} calls about customers");
}

#[test]
fn scenario_42_the_same_in_one_run_with_the_masters() {
    let mut shop = Shop::open();
    shop.set("customer", "customerNo", "C-1", "customerNo", json!("C-1-Accurate"));
    shop.plain("SO-42", "C-1");
    shop.world.settle();
    assert_eq!(seen(&shop, "SO-42"), expected("SO-42", "C-1-Accurate"));
}

#[test]
fn scenario_43_a_products_code_changed_in_accurate() {
    let mut shop = Shop::open();
    shop.set("item", "no", "TEH", "no", json!("TEH-Accurate"));
    shop.plain("SO-43", "C-1");

    let (planned, applied) = shop.transactions();

    if shop.numbers().is_empty() {
        let said = refusals(&planned, &applied);
        assert!(said.iter().any(|(label, why)| label.contains("SO-43") && why.contains("TEH")), "{said:#?}");
    }
    shop.world.settle();
    let mut want = expected("SO-43", "C-1");
    want["lines"][0]["item"] = json!("TEH-Accurate");
    assert_eq!(seen(&shop, "SO-43"), want);
}

#[test]
fn scenario_44_our_own_lost_attempt_is_linked_and_not_repeated() {
    let mut shop = Shop::open();
    shop.plain("SO-44", "C-1");
    shop.fault(json!({"system": "accurate", "path_contains": "sales-order/save.do", "kind": "lose-answer"}));

    let (planned, applied) = shop.world.apply();
    assert_eq!(applied.unclear, 1, "{:#?}", applied.results);
    assert!(refusals(&planned, &applied).iter().any(|(label, _)| label.contains("SO-44")));
    assert_eq!((shop.numbers(), &shop.smh_order("SO-44")["partnerId"]), (vec!["SO-44".to_owned()], &json!(null)));

    let (planned, applied) = shop.world.settle();
    assert_eq!(planned.plan.conflicts, []);
    assert_eq!((refusals(&planned, &applied), applied.unclear), (vec![], 0));
    assert_eq!(shop.numbers(), ["SO-44"]);
    assert_eq!(seen(&shop, "SO-44"), expected("SO-44", "C-1"));
    let id = shop.accurate_id("sales-order", "number", "SO-44").to_string();
    assert_eq!(shop.smh_order("SO-44")["partnerId"], json!(id));
}

#[test]
fn scenario_44_a_lost_answer_to_many_orders_at_once() {
    let mut shop = Shop::open();
    for (nth, customer) in ["C-1", "C-2", "C-3"].iter().enumerate() {
        shop.order_with(
            &format!("SO-44-{nth}"),
            customer,
            &[shop.line("TEH", "DUS", "2", "120000"), shop.line("BERAS", "PCS", "3", "60000")],
            json!({"salesmanId": null, "paymentTermId": null}),
        );
    }
    shop.fault(json!({"system": "accurate", "path_contains": "sales-order/bulk-save.do", "kind": "lose-answer"}));
    let (_, applied) = shop.world.apply();
    assert_eq!(applied.unclear, 3);
    let (planned, applied) = shop.world.settle();
    assert_eq!((planned.plan.conflicts.as_slice(), applied.unclear), (&[][..], 0));
    assert_eq!(shop.numbers(), ["SO-44-0", "SO-44-1", "SO-44-2"]);
    for number in shop.numbers() {
        let id = shop.accurate_id("sales-order", "number", &number).to_string();
        assert_eq!(shop.smh_order(&number)["partnerId"], json!(id), "{number}");
    }
    // What was recovered is an order like any other: an edit reaches it.
    let order = shop.smh_order("SO-44-1");
    let mut lines = order["lines"].clone();
    lines[0]["quantity"] = json!("5");
    shop.change("SO-44-1", json!({"lines": lines}));
    shop.world.settle();
    assert_eq!(seen(&shop, "SO-44-1")["lines"][0]["quantity"], json!(5.0));
}

#[test]
fn scenario_45_a_strangers_order_of_the_same_number_is_left_alone() {
    let mut shop = Shop::open();
    let (tea, customer) = (shop.accurate_id("item", "no", "TEH"), shop.accurate_id("customer", "customerNo", "C-3"));
    let line = json!({"itemId": tea, "quantity": 9.0, "unitPrice": 10_000.0});
    shop.put("sales-order", json!({"number": "SO-45", "transDate": "02/05/2026", "customerId": customer, "branchId": JAKARTA, "detailItem": [line]}));
    shop.plain("SO-45", "C-1");
    shop.plain("SO-46", "C-1");
    let before = shop.rows("sales-order");

    let (planned, _) = shop.world.apply();

    let found = conflicts(&planned.plan, ORDERS);
    assert_eq!(found.iter().map(|conflict| conflict.kind).collect::<Vec<_>>(), [ConflictKind::Stranger]);
    assert_eq!(shop.numbers(), ["SO-45", "SO-46"]);
    assert_eq!(shop.rows("sales-order")[..1], before[..], "the stranger's order is as it was");
    assert_eq!(shop.smh_order("SO-45")["partnerId"], json!(null));
    let again = shop.world.plan();
    assert_eq!(again.plan.actions, []);
    assert_eq!(conflicts(&again.plan, ORDERS).len(), 1, "it is said again until somebody decides");
}

/// Same number, customer and day, other goods.
#[test]
fn scenario_45_a_strangers_order_that_looks_much_like_ours() {
    let mut shop = Shop::open();
    let (tea, customer) = (shop.accurate_id("item", "no", "TEH"), shop.accurate_id("customer", "customerNo", "C-1"));
    let box_id = shop.accurate_id("unit", "name", "DUS");
    let line = json!({"itemId": tea, "quantity": 3.0, "unitPrice": 120_000.0, "itemUnitId": box_id});
    shop.put("sales-order", json!({"number": "SO-45", "transDate": "12/05/2026", "customerId": customer, "branchId": JAKARTA, "detailItem": [line]}));
    shop.plain("SO-45", "C-1");
    let before = shop.rows("sales-order");
    let (planned, _) = shop.world.apply();
    assert_eq!(
        conflicts(&planned.plan, ORDERS).iter().map(|conflict| conflict.kind).collect::<Vec<_>>(),
        [ConflictKind::Stranger]
    );
    assert_eq!(shop.rows("sales-order"), before);
}

/// The order whose master went out of use fails by name, its neighbour goes through, and so does the order once the cause is gone.
fn one_out_of_use(module: &str, column: &str, key: &str, make_bad: impl FnOnce(&Shop)) {
    let mut shop = Shop::open();
    shop.set(module, column, key, "suspended", json!(true));
    make_bad(&shop);
    shop.order_with(
        "SO-GOOD",
        "C-2",
        &[shop.line("KOPI", "PCS", "1", "25000")],
        json!({"salesmanId": shop.id("employees", "E-102")}),
    );

    for _ in 0..2 {
        let (planned, applied) = shop.world.apply();
        assert_eq!(shop.numbers(), ["SO-GOOD"]);
        let mut said = refusals(&planned, &applied);
        said.extend(waiting(&planned));
        let named = said.iter().any(|(label, why)| label.contains("SO-BAD") && why.contains(key));
        assert!(named, "{said:#?}");
    }
    shop.set(module, column, key, "suspended", json!(false));
    let (planned, _) = shop.world.settle();
    assert_eq!(created(&planned.plan).len(), 1, "{:?}", created(&planned.plan));
    assert_eq!(seen(&shop, "SO-BAD"), expected("SO-BAD", "C-1"));
}

#[test]
fn scenario_46_a_customer_out_of_use_stops_only_its_own_order() {
    one_out_of_use("customer", "customerNo", "C-1", |shop| drop(shop.plain("SO-BAD", "C-1")));
}

#[test]
fn scenario_46_a_product_out_of_use_stops_only_its_own_order() {
    one_out_of_use("item", "no", "TEH", |shop| drop(shop.plain("SO-BAD", "C-1")));
}

#[test]
fn scenario_46_an_employee_out_of_use_stops_only_its_own_order() {
    one_out_of_use("employee", "number", "E-101", |shop| drop(shop.plain("SO-BAD", "C-1")));
}

#[test]
fn scenario_47_a_salesman_who_exists_twice_is_told_by_the_link() {
    let mut shop = Shop::open();
    shop.put(
        "employee",
        json!({"number": "E-999", "name": "Budi", "salesman": true, "salutation": "MR", "suspended": true}),
    );
    shop.plain("SO-47", "C-1");
    shop.world.settle();
    assert_eq!(seen(&shop, "SO-47"), expected("SO-47", "C-1"));
}

#[test]
fn scenario_47_a_salesman_who_could_be_two_is_not_guessed() {
    let mut shop = Shop::open();
    shop.world.edit_mapping("match: [[code]]", "match: [[code], [name]]");
    for number in ["K-1", "K-2"] {
        shop.put("employee", json!({"number": number, "name": "Agung", "salesman": true, "salutation": "MR"}));
    }
    let agung = shop.http.smh_create("employees", json!({"code": "E-01", "name": "Agung", "isSalesman": true}));
    shop.order_with("SO-47", "C-1", &[shop.line("TEH", "DUS", "2", "120000")], json!({"salesmanId": agung["id"]}));
    shop.plain("SO-48", "C-2");

    let (planned, _) = shop.world.apply();

    let found = conflicts(&planned.plan, "Karyawan");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].kind, found[0].ids.left.len()), (ConflictKind::Ambiguous, 2));
    assert_eq!(shop.numbers(), ["SO-48"]);
    let held = waiting(&planned);
    assert!(held.iter().any(|(label, why)| label.contains("SO-47") && why.contains("Agung")), "{held:#?}");
    assert_eq!(shop.rows("employee").len(), 4, "nobody was made a third time");
}

#[test]
fn scenario_48_nine_of_ten_go_and_the_tenth_follows() {
    let mut shop = Shop::open();
    shop.set("customer", "customerNo", "C-3", "suspended", json!(true));
    for nth in 0..10 {
        shop.plain(&format!("SO-{nth}"), if nth == 4 { "C-3" } else { "C-1" });
    }
    let (planned, applied) = shop.world.apply();
    let said = refusals(&planned, &applied);
    assert_eq!(shop.numbers().len(), 9);
    assert!(said.iter().all(|(label, _)| label.contains("SO-4")), "{said:#?}");

    let saves = shop.calls("sales-order/");
    let (planned, _) = shop.world.apply();
    assert_eq!(created(&planned.plan).len(), 1, "only the tenth is tried again");
    assert!(created(&planned.plan)[0].contains("SO-4"));
    assert_eq!(shop.numbers().len(), 9);
    assert!(shop.calls("sales-order/") > saves);

    shop.set("customer", "customerNo", "C-3", "suspended", json!(false));
    let before = shop.rows("sales-order");
    let (planned, _) = shop.world.settle();
    assert_eq!(created(&planned.plan).len(), 1);
    let after = shop.rows("sales-order");
    assert_eq!((after.len(), &after[..9]), (10, &before[..]), "the nine were not touched again");
    assert_eq!(seen(&shop, "SO-4"), expected("SO-4", "C-3"));
}

#[test]
fn scenario_51_an_order_of_last_week_that_arrives_today() {
    let mut shop = Shop::open();
    shop.plain("SO-50", "C-1");
    shop.world.settle();
    shop.order_with("SO-51", "C-1", &[shop.line("TEH", "DUS", "2", "120000")], json!({"date": "2026-05-05"}));
    shop.world.settle();
    let mut want = expected("SO-51", "C-1");
    want["date"] = json!("05/05/2026");
    assert_eq!(seen(&shop, "SO-51"), want);
}

#[test]
fn scenario_52_discounts_in_percent_and_in_rupiah() {
    let mut shop = Shop::open();
    let mut percent = shop.line("TEH", "DUS", "2", "120000");
    (percent["discountType"], percent["discountValue"]) = (json!("percent"), json!("12.5"));
    let mut amount = shop.line("KOPI", "PCS", "4", "25000");
    (amount["discountType"], amount["discountValue"]) = (json!("amount"), json!("7500.50"));
    let smh = shop.order("SO-52", "C-1", &[percent, amount]);
    let (planned, applied) = shop.world.settle();
    assert_eq!(refusals(&planned, &applied), []);
    let order = seen(&shop, "SO-52");
    let (mut tea, mut coffee) = (sold("TEH", "DUS", 2.0, 120_000.0), sold("KOPI", "PCS", 4.0, 25_000.0));
    (tea["percent"], tea["net"]) = (json!("12.5"), json!(210_000.0));
    (coffee["discount"], coffee["net"]) = (json!(7_500.5), json!(92_499.5));
    assert_eq!(order["lines"], json!([tea, coffee]));
    assert_eq!((&order["sub_total"], &order["total"]), (&json!(302_499.5), &json!(335_774.5)));
    assert_eq!(
        (&smh["lines"][0]["net"], &smh["lines"][1]["net"]),
        (&json!("210000"), &json!("92499.5")),
        "SMH says the same"
    );
}

// ---- what must not go, and orders with everything new

/// A master that became sample data after it was linked: the order must not go to it, and the report says why.
#[test]
fn an_order_for_sample_data_is_refused_with_the_reason() {
    let mut shop = Shop::open();
    shop.set("customer", "customerNo", "C-3", "customerNo", json!("C.DEMO-003"));
    shop.plain("SO-DUMMY", "C-3");
    shop.plain("SO-REAL", "C-1");
    let (planned, applied) = shop.world.apply();
    assert_eq!(shop.numbers(), ["SO-REAL"], "{:#?}", refusals(&planned, &applied));
    let held = waiting(&planned);
    let told = held.iter().any(|(label, why)| label.contains("SO-DUMMY") && why.contains("reference-dummy"));
    assert!(told, "{held:#?}");
}

/// The same for sample data of SMH.
#[test]
fn an_order_for_sample_data_of_smh_is_refused_with_the_reason() {
    let mut shop = Shop::open();
    shop.world.edit_mapping(
        "    dummy:\n      accurate: match(@.customerNo, 'C\\\\.DEMO-.*')",
        "    dummy:\n      smh: match(@.code, 'DEMO-.*')",
    );
    shop.http.smh_create("customers", json!({"code": "DEMO-1", "name": "Toko Contoh"}));
    shop.plain("SO-DUMMY", "DEMO-1");
    shop.plain("SO-REAL", "C-1");
    let (planned, _) = shop.world.apply();
    assert_eq!((shop.numbers(), shop.rows("customer").len()), (vec!["SO-REAL".to_owned()], 3));
    let held = waiting(&planned);
    let told = held
        .iter()
        .any(|(label, why)| label == "SO-DUMMY" && why.contains("reference-dummy") && why.contains("DEMO-1"));
    assert!(told, "{held:#?}");
}

#[test]
fn customer_product_salesman_and_order_all_new_go_across_in_one_run() {
    let mut shop = Shop::open();
    let http = shop.world.http();
    let employee = http.smh_create("employees", json!({"code": "E-77", "name": "Rina", "isSalesman": true}));
    let customer = http.smh_create("customers", json!({"code": "C-77", "name": "Toko Baru", "salesmanId": employee["id"], "paymentTermId": shop.id("payment-terms", "net 30")}));
    let product = http.smh_create(
        "products",
        json!({"code": "GULA", "name": "Gula Pasir", "unitL": shop.id("units", "DUS"), "ratioL": "24", "priceL": "300000",
            "unitS": shop.id("units", "PCS"), "ratioS": "1", "priceS": "13000", "taxId": shop.http.smh_all("taxes")[0]["id"]}),
    );
    let order = json!({
        "number": "SO-77", "date": "2026-05-12", "customerId": customer["id"], "salesmanId": employee["id"], "status": "Verified",
        "lines": [{"productId": product["id"], "unitId": shop.id("units", "DUS"), "quantity": "1", "price": "300000"}],
    });
    http.smh_create("orders", order);

    let (planned, applied) = shop.world.settle();

    assert_eq!(refusals(&planned, &applied), []);
    let mut line = sold("GULA", "DUS", 1.0, 300_000.0);
    line["salesmen"] = json!(["E-77"]);
    let want = json!({
        "number": "SO-77", "date": "12/05/2026", "branch": JAKARTA, "customer": "C-77", "salesman": "E-77", "term": "net 30",
        "taxable": true, "inclusive": false, "percent": null, "discount": null, "notes": null, "lines": [line],
        "sub_total": 300_000.0, "tax": 33_000.0, "total": 333_000.0,
    });
    assert_eq!(seen(&shop, "SO-77"), want);
    for (resource, code) in [("customers", "C-77"), ("products", "GULA"), ("employees", "E-77"), ("orders", "SO-77")] {
        assert!(shop.http.smh_find(resource, code).expect("it is there")["partnerId"].is_string(), "{resource}");
    }
}

/// When the customer is refused, the order waits for it and says so.
#[test]
fn an_order_waits_for_a_new_customer_that_accurate_refuses() {
    let mut shop = Shop::open();
    let customer = shop.http.smh_create("customers", json!({"code": "C-88", "name": "Toko Gagal"}));
    let order = json!({"number": "SO-88", "date": "2026-05-12", "customerId": customer["id"], "status": "Verified",
        "lines": [shop.line("TEH", "DUS", "1", "120000")]});
    shop.http.smh_create("orders", order);
    let mut knobs = shop.world.sandbox.state().knobs();
    knobs.missing_rights.insert("customer_save".into());
    shop.world.sandbox.state().set_knobs(knobs.clone());
    let (planned, applied) = shop.world.apply();
    let order = planned.plan.actions.iter().position(|action| action.label.contains("SO-88")).expect("it was planned");
    assert!(matches!(applied.results[order].end, ActionEnd::Skipped(_)), "{:?}", applied.results[order]);
    assert_eq!(shop.numbers(), [""; 0]);
    knobs.missing_rights.clear();
    shop.world.sandbox.state().set_knobs(knobs);
    shop.world.settle();
    assert_eq!(shop.accurate_order("SO-88")["customer"], "C-88");
}

#[test]
fn prices_with_tax_inside_and_with_tax_on_top() {
    let mut shop = Shop::open();
    let lines = [shop.line("TEH", "DUS", "1", "111000"), shop.line("BERAS", "PCS", "1", "60000")];
    shop.order_with("SO-IN", "C-1", &lines, json!({"taxInclusive": true}));
    shop.order_with("SO-TOP", "C-1", &lines, json!({"taxInclusive": false}));
    shop.order_with("SO-AMOUNT", "C-1", &lines[1..], json!({"discountAmount": "1000"}));
    shop.order_with("SO-PERCENT", "C-1", &lines[1..], json!({"discountPercent": "2.5"}));
    shop.world.settle();
    let money = |number: &str| {
        let order = seen(&shop, number);
        json!([
            order["taxable"],
            order["inclusive"],
            order["percent"],
            order["discount"],
            order["sub_total"],
            order["tax"],
            order["total"]
        ])
    };
    assert_eq!(money("SO-IN"), json!([true, true, null, null, 171_000.0, 11_000.0, 171_000.0]));
    assert_eq!(money("SO-TOP"), json!([true, false, null, null, 171_000.0, 12_210.0, 183_210.0]));
    assert_eq!(money("SO-AMOUNT"), json!([true, false, null, 1_000.0, 60_000.0, 0.0, 59_000.0]));
    // Accurate works the amount out from the percentage.
    assert_eq!(money("SO-PERCENT"), json!([true, false, "2.5", 1_500.0, 60_000.0, 0.0, 58_500.0]));
}
