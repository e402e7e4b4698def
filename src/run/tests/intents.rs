//! Faults in the middle of writing: lost answers, servers that are down, storms of refusals, runs that die, states that are older than
//! the systems. Whatever happened, the next run leaves each record exactly once on both sides, and nothing to do after it.

mod support;

use selaras_model::{EntityName, RunId, Side};
use selaras_plan::ActionKind;
use selaras_run::{ActionEnd, Applied, Planned, Progress, Selection};
use serde_json::{Value as Json, json};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use support::orders::{Cancels, Shop, Snapshot, refusals, waiting, without_zero_discounts};

/// The next run: nothing in conflict, nothing unclear, nothing twice, and after it nothing to do.
fn heals(shop: &mut Shop) -> (Planned, Applied) {
    let (planned, applied) = shop.world.settle();
    assert_eq!(planned.plan.conflicts, [], "the next run has no conflict");
    assert_eq!(waiting(&planned), [], "and nothing waits");
    assert_eq!((refusals(&planned, &applied), applied.unclear), (vec![], 0));
    assert_eq!(shop.twice(), [""; 0]);
    (planned, applied)
}

/// Notes how long a run waits, in milliseconds, and lets it go on at once.
#[derive(Default)]
struct Waited(AtomicU64);

impl Progress for Waited {
    fn wait(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }
}

/// Five customers, all typed into SMH.
fn five_customers(shop: &Shop) -> Vec<String> {
    let codes: Vec<String> = (1..=5).map(|nth| format!("NEW-{nth}")).collect();
    for code in &codes {
        shop.http.smh_create("customers", json!({"code": code, "name": format!("Toko {code}"), "city": "Bekasi"}));
    }
    codes
}

fn all_linked(shop: &Shop, codes: &[String]) {
    for code in codes {
        let id = shop.accurate_id("customer", "customerNo", code).to_string();
        let found = shop.http.smh_find("customers", code).expect("it is in SMH");
        assert_eq!(found["partnerId"], json!(id), "{code}");
    }
}

/// What both systems hold, without what says when or in which order things happened.
fn everything(shop: &Shop) -> Json {
    let orders: Vec<Json> =
        shop.numbers().iter().map(|number| without_zero_discounts(&shop.accurate_order(number))).collect();
    let codes = |module: &str, column: &str| -> Vec<String> {
        let mut codes: Vec<String> = shop.rows(module).iter().map(|row| row[column].to_string()).collect();
        codes.sort();
        codes
    };
    let smh = |resource: &str, column: &str| -> Vec<String> {
        let mut rows: Vec<String> = shop
            .http
            .smh_all(resource)
            .iter()
            .map(|row| format!("{} {} linked: {}", row[column], row["status"], row["partnerId"].is_string()))
            .collect();
        rows.sort();
        rows
    };
    json!({
        "orders": orders, "customer": codes("customer", "customerNo"), "item": codes("item", "no"), "employee": codes("employee", "number"),
        "smh": [smh("customers", "code"), smh("products", "code"), smh("employees", "code"), smh("orders", "number"), smh("units", "name"),
            smh("payment-terms", "name"), smh("warehouses", "name"), smh("taxes", "name")],
    })
}

#[test]
fn five_customers_whose_answer_was_lost_are_made_once() {
    let mut shop = Shop::open();
    let codes = five_customers(&shop);
    shop.fault(json!({"system": "accurate", "path_contains": "customer/bulk-save.do", "kind": "lose-answer"}));
    let (planned, applied) = shop.world.apply();
    assert_eq!(applied.unclear, 5, "{:#?}", refusals(&planned, &applied));
    let counts = applied.counts.iter().find(|(entity, _)| *entity == EntityName::from("Pelanggan")).expect("customers");
    assert_eq!(
        (counts.1.right.created, counts.1.right.held, counts.1.right.failed),
        (0, 5, 0),
        "nobody says that they were made"
    );
    assert_eq!(shop.rows("customer").len(), 8, "they were made all the same");

    let (planned, _) = heals(&mut shop);
    assert!(planned.plan.actions.iter().all(|action| action.kind != ActionKind::Create), "nothing is made again");
    assert_eq!(shop.rows("customer").len(), 8);
    all_linked(&shop, &codes);
    // They go on as any others.
    let id = shop.id("customers", "NEW-3").as_str().expect("an id").to_owned();
    shop.http.smh_update("customers", &id, json!({"city": "Depok"}));
    heals(&mut shop);
    let row = shop.rows("customer").into_iter().find(|row| row["customerNo"] == "NEW-3").expect("it is there");
    assert_eq!(row["billCity"], "Depok");
}

#[test]
fn invariant_16_an_unclear_create_is_not_repeated_before_its_time() {
    let mut shop = Shop::open();
    five_customers(&shop);
    // A web page instead of an answer: nothing was done, and nobody can know.
    shop.fault(json!({"system": "accurate", "path_contains": "customer/bulk-save.do", "kind": "html-502"}));
    let (_, applied) = shop.world.apply();
    assert_eq!((applied.unclear, shop.rows("customer").len()), (5, 3));
    // A clock that stands still: too soon to conclude anything from not seeing them. A dry run waits as a run does, and says what it would do.
    let waited = Waited::default();
    let planned =
        shop.world.workspace().plan(&RunId::from("early"), &Selection::default(), 0, &waited).expect("a plan");
    assert!(waited.0.load(Ordering::SeqCst) > 0, "it would prove nothing to look at once");
    let (creates, held) =
        (planned.plan.actions.iter().filter(|action| action.kind == ActionKind::Create).count(), waiting(&planned));
    assert_eq!((creates, held), (5, vec![]));
    let (planned, _) = heals(&mut shop);
    let creates = planned.plan.actions.iter().filter(|action| action.kind == ActionKind::Create).count();
    assert_eq!((creates, shop.rows("customer").len()), (5, 8), "after a look they are made, once");
}

/// Whether an order arrived or not, a broken answer is cleared up by the next run.
#[test]
fn an_order_behind_a_broken_server_is_made_once() {
    for kind in ["html-502", "status-500", "lose-answer"] {
        let mut shop = Shop::open();
        shop.plain("SO-1", "C-1");
        shop.fault(json!({"system": "accurate", "path_contains": "sales-order/save.do", "kind": kind}));
        let (planned, applied) = shop.world.apply();
        assert!(!refusals(&planned, &applied).is_empty(), "{kind}");
        heals(&mut shop);
        assert_eq!(shop.numbers(), ["SO-1"], "{kind}");
        let id = shop.accurate_id("sales-order", "number", "SO-1").to_string();
        assert_eq!(shop.smh_order("SO-1")["partnerId"], json!(id), "{kind}");
    }
}

/// An unclear order, and a listing that breaks off before the place where it would stand: not seeing it means nothing.
#[test]
fn an_unclear_order_is_not_made_again_while_not_everything_was_read() {
    let mut shop = Shop::open();
    shop.plain("SO-1", "C-1");
    shop.world.settle();
    shop.plain("SO-2", "C-1");
    shop.fault(json!({"system": "accurate", "path_contains": "sales-order/save.do", "kind": "lose-answer"}));
    assert_eq!(shop.world.apply().1.unclear, 1);
    shop.world.accurate_settings.insert("page_size".into(), "1".into());
    shop.fault(json!({"system": "accurate", "path_contains": "sales-order/list.do", "kind": "slow-ms:1"}));
    shop.fault(json!({"system": "accurate", "path_contains": "sales-order/list.do", "kind": "html-502", "times": 4}));
    let planned = shop.world.plan();
    shop.world.sandbox.state().faults.clear();
    let report = planned
        .plan
        .entities
        .iter()
        .find(|report| report.entity == EntityName::from("Pesanan Penjualan"))
        .expect("orders");
    assert!(report.incomplete.left.is_some(), "the listing did break off");
    assert_eq!(planned.plan.actions, []);
    assert_eq!(planned.unclear, 1);
    heals(&mut shop);
    assert_eq!(shop.numbers(), ["SO-1", "SO-2"]);
}

#[test]
fn a_storm_of_refusals_passes_or_leaves_everything_for_the_next_run() {
    let mut shop = Shop::open();
    let codes = five_customers(&shop);
    shop.plain("SO-1", "C-1");
    shop.fault(json!({"system": "accurate", "path_contains": "save.do", "kind": "429", "times": 2}));
    heals(&mut shop);
    all_linked(&shop, &codes);

    shop.plain("SO-2", "C-1");
    shop.fault(json!({"system": "accurate", "path_contains": "sales-order/save.do", "kind": "429", "times": 50}));
    let (planned, applied) = shop.world.apply();
    assert!(refusals(&planned, &applied).iter().any(|(label, _)| label == "SO-2"));
    assert_eq!((applied.unclear, shop.numbers()), (0, vec!["SO-1".to_owned()]), "a refusal is clear");
    shop.world.sandbox.state().faults.clear();
    heals(&mut shop);
    assert_eq!(shop.numbers(), ["SO-1", "SO-2"]);
}

/// The answers of SMH are lost: to what is pulled into it, and to the partner id that a pushed order gets.
#[test]
fn answers_that_smh_lost() {
    let mut shop = Shop::unsynced();
    shop.fault(json!({"system": "smh", "method": "POST", "path_contains": "/customers", "kind": "lose-answer"}));
    shop.fault(json!({"system": "smh", "method": "POST", "path_contains": "/units", "kind": "lose-answer"}));
    let (_, applied) = shop.world.apply();
    assert!(applied.unclear >= 5, "{}", applied.unclear);
    heals(&mut shop);
    assert_eq!((shop.http.smh_all("customers").len(), shop.http.smh_all("products").len()), (3, 3));

    shop.plain("SO-1", "C-1");
    shop.fault(json!({"system": "smh", "path_contains": "/orders/", "kind": "lose-answer"}));
    assert_eq!(shop.world.apply().1.unclear, 1);
    heals(&mut shop);
    assert_eq!(shop.numbers(), ["SO-1"]);
}

/// An edit that adds a line, and whose answer is lost: the line is not added twice.
#[test]
fn an_edit_whose_answer_was_lost_is_not_done_twice() {
    let mut shop = Shop::open();
    shop.plain("SO-1", "C-1");
    shop.world.settle();
    let mut lines = shop.smh_order("SO-1")["lines"].as_array().cloned().expect("lines");
    lines[0]["quantity"] = json!("9");
    lines.push(shop.line("KOPI", "PCS", "1", "25000"));
    shop.change("SO-1", json!({"lines": lines, "notes": "segera"}));
    shop.fault(json!({"system": "accurate", "path_contains": "sales-order/save.do", "kind": "lose-answer"}));
    assert_eq!(shop.world.apply().1.unclear, 1);
    let after = shop.rows("sales-order");
    heals(&mut shop);
    assert_eq!(shop.rows("sales-order"), after, "it was done, and that is seen");
    assert_eq!(shop.line_ids("SO-1").len(), 2);
}

/// A shop with something of everything on its way.
fn busy() -> Shop {
    let shop = Shop::unsynced();
    let http = &shop.http;
    let employee = http.smh_create("employees", json!({"code": "E-01", "name": "Agung", "isSalesman": true}));
    let unit = http.smh_create("units", json!({"name": "PCS"}));
    let customer =
        http.smh_create("customers", json!({"code": "S-1", "name": "Toko SMH", "salesmanId": employee["id"]}));
    http.smh_create("customers", json!({"code": "S-2", "name": "Toko SMH Dua"}));
    let product =
        http.smh_create("products", json!({"code": "P-1", "name": "Permen", "unitL": unit["id"], "priceL": "500"}));
    for number in ["SO-1", "SO-2"] {
        let line = json!({"productId": product["id"], "unitId": unit["id"], "quantity": "10", "price": "500"});
        http.smh_create(
            "orders",
            json!({"number": number, "date": "2026-05-12", "customerId": customer["id"], "salesmanId": employee["id"], "status": "Verified", "lines": [line]}),
        );
    }
    shop
}

/// A run that dies between an answer and its settling, at each place in turn: the next run leaves both systems as if nothing had happened.
#[test]
fn invariant_15_a_run_that_dies_anywhere_is_healed_by_the_next() {
    let mut whole = busy();
    heals(&mut whole);
    let want = everything(&whole);
    let mut places = 0;
    for place in 0.. {
        let mut shop = busy();
        if !shop.dying_run(place) {
            break;
        }
        let state = shop.world.state();
        let open = || selaras_run::remembered(&state, "accurate-smh").expect("it can be read").unclear;
        let before = open();
        let said = shop.world.plan().plan.actions;
        assert_eq!(open(), before, "a dry run leaves everything as it is");
        let (planned, _) = heals(&mut shop);
        assert_eq!(said, planned.plan.actions, "what a dry run says is what a run does, after batch {place}");
        assert_eq!(everything(&shop), want, "died after batch {place}");
        places += 1;
    }
    assert!(places > 8, "it died at {places} places only");
}

/// The run died after Accurate had taken the orders, and one of them was edited before the next: it is ours, so the edit goes there.
#[test]
fn an_order_edited_after_the_run_that_sent_it_died() {
    for place in 0.. {
        let mut shop = busy();
        assert!(shop.dying_run(place), "some run dies after the orders were sent");
        if shop.numbers().is_empty() {
            continue;
        }
        let mut lines = shop.smh_order("SO-1")["lines"].clone();
        lines[0]["quantity"] = json!("12");
        shop.change("SO-1", json!({"lines": lines, "notes": "tambah dua"}));
        heals(&mut shop);
        let order = shop.accurate_order("SO-1");
        assert_eq!((&order["lines"][0]["quantity"], &order["notes"]), (&json!(12.0), &json!("tambah dua")));
        break;
    }
}

/// The power fails while a write is on its way: the journal knows what was about to happen and not how it ended.
#[test]
fn a_run_that_dies_while_a_write_is_on_its_way() {
    let mut whole = busy();
    heals(&mut whole);
    let want = everything(&whole);
    for (method, path, records) in [
        ("POST", "sales-order/bulk-save.do", 2),
        ("POST", "customer/bulk-save.do", 2),
        ("POST", "item/save.do", 1),
        ("POST", "employee/save.do", 1),
        ("POST", "/smh/api/v1/customers", 3),
        ("POST", "/smh/api/v1/orders", 2),
    ] {
        let mut shop = busy();
        let folder = shop.world.folder.path().to_owned();
        let state = shop.state_during(json!({"method": method, "path_contains": path, "kind": "slow-ms:300"}));
        state.restore(&folder);
        let open = selaras_run::remembered(&shop.world.state(), "accurate-smh").expect("the state can be read").unclear;
        let intended = open.iter().filter(|entry| entry.outcome.is_none()).count();
        assert_eq!(intended, records, "{path}: {open:#?}");
        heals(&mut shop);
        assert_eq!(everything(&shop), want, "{path}");
    }
}

/// Somebody puts back yesterday's state file: both systems know more than it does.
#[test]
fn a_state_that_is_older_than_the_systems() {
    let mut shop = Shop::open();
    let folder = shop.world.folder.path().to_owned();
    shop.plain("SO-1", "C-1");
    shop.world.settle();
    let old = Snapshot::of(&folder);
    shop.plain("SO-2", "C-2");
    let codes = five_customers(&shop);
    let mut lines = shop.smh_order("SO-1")["lines"].clone();
    lines[0]["quantity"] = json!("7");
    shop.change("SO-1", json!({"lines": lines}));
    shop.set("customer", "customerNo", "C-3", "name", json!("Toko Abadi Jaya"));
    shop.put("customer", json!({"customerNo": "C-4", "name": "Toko Keempat", "categoryId": 50, "priceCategoryId": 50, "defaultTermId": 50}));
    shop.world.settle();
    let (want, accurate) = (everything(&shop), shop.rows("sales-order"));

    old.restore(&folder);
    let (planned, _) = shop.world.settle();

    // What SMH's new customers left open Accurate filled in; without the state nobody knows who said what, so that is held, not overwritten.
    assert!(planned.plan.actions.iter().all(|action| action.kind != ActionKind::Create), "nothing is made again");
    assert_eq!((everything(&shop), shop.rows("sales-order"), shop.twice()), (want, accurate, Vec::new()));
    all_linked(&shop, &codes);
}

/// No state at all any more: links are found again by partner ids; nothing is doubled, nothing overwritten, orders are no strangers.
#[test]
fn orders_after_the_state_was_lost() {
    let mut shop = Shop::open();
    shop.plain("SO-1", "C-1");
    shop.order_with(
        "SO-2",
        "C-2",
        &[shop.line("BERAS", "PCS", "3", "60000")],
        json!({"salesmanId": null, "paymentTermId": null}),
    );
    shop.world.settle();
    let (want, accurate) = (everything(&shop), shop.rows("sales-order"));
    shop.world.lose_state();
    heals(&mut shop);
    assert_eq!((everything(&shop), shop.rows("sales-order")), (want, accurate));
    // And they are followed again.
    let mut lines = shop.smh_order("SO-2")["lines"].clone();
    lines[0]["quantity"] = json!("4");
    shop.change("SO-2", json!({"lines": lines}));
    heals(&mut shop);
    assert_eq!(shop.accurate_order("SO-2")["lines"][0]["quantity"], json!(4.0));
}

#[test]
fn a_cancelled_run_leaves_the_rest_to_the_next() {
    let mut whole = busy();
    heals(&mut whole);
    let mut shop = busy();
    let cancel = AtomicBool::new(false);
    let (planned, applied) = shop.world.apply_watched(&Selection::default(), &Cancels(&cancel), &cancel);
    assert!(applied.cancelled);
    let applied_ones = applied.results.iter().filter(|result| matches!(result.end, ActionEnd::Applied { .. })).count();
    assert!(
        applied_ones > 0 && applied_ones < planned.plan.actions.len(),
        "{applied_ones} of {}",
        planned.plan.actions.len()
    );
    assert_eq!(applied.unclear, 0);
    assert!(planned.plan.actions.iter().any(|action| action.target == Side::Left));
    heals(&mut shop);
    assert_eq!(everything(&shop), everything(&whole));
}
