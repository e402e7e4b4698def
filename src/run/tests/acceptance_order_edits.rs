//! Acceptance scenarios 49 and 50 of the reference (section 7): what happens to a sales order after it was sent. Edits in SMH reach the
//! same order in Accurate, line by line; what Accurate does with it comes back; what vanishes is held.

mod support;

use selaras_plan::ConflictKind;
use serde_json::{Value as Json, json};
use support::conflicts;
use support::orders::{ORDERS, Shop, refusals, seen, sold};

/// An order with two lines, sent.
fn sent() -> Shop {
    let mut shop = Shop::open();
    shop.order("SO-49", "C-1", &[shop.line("TEH", "DUS", "2", "120000"), shop.line("KOPI", "PCS", "5", "25000")]);
    shop.world.settle();
    shop
}

/// Edits the lines of SO-49 in SMH and runs: still one order, under the same id.
fn edited(shop: &mut Shop, edit: impl FnOnce(&Shop, &mut Vec<Json>)) -> Json {
    let id = shop.accurate_id("sales-order", "number", "SO-49");
    let mut lines = shop.smh_order("SO-49")["lines"].as_array().cloned().expect("lines");
    edit(shop, &mut lines);
    shop.change("SO-49", json!({"lines": lines}));
    let (planned, applied) = shop.world.settle();
    assert_eq!(refusals(&planned, &applied), []);
    assert!(applied.results.iter().all(|result| result.stored_differently.is_empty()), "{:#?}", applied.results);
    assert_eq!((shop.numbers(), shop.accurate_id("sales-order", "number", "SO-49")), (vec!["SO-49".to_owned()], id));
    seen(shop, "SO-49")
}

#[test]
fn scenario_49_quantity_and_price_of_a_line() {
    let mut shop = sent();
    let ids = shop.line_ids("SO-49");
    let order = edited(&mut shop, |_, lines| {
        lines[0]["quantity"] = json!("3");
        lines[1]["price"] = json!("24500.75");
    });
    let want = [sold("TEH", "DUS", 3.0, 120_000.0), sold("KOPI", "PCS", 5.0, 24_500.75)];
    assert_eq!(order["lines"], json!(want));
    assert_eq!(order["sub_total"], json!(482_503.75));
    assert_eq!(shop.line_ids("SO-49"), ids, "the lines are the same lines");
}

#[test]
fn scenario_49_a_line_is_added_and_another_removed() {
    let mut shop = sent();
    let ids = shop.line_ids("SO-49");
    let order = edited(&mut shop, |shop, lines| lines.push(shop.line("BERAS", "PCS", "10", "60000")));
    let (tea, coffee, rice) =
        (sold("TEH", "DUS", 2.0, 120_000.0), sold("KOPI", "PCS", 5.0, 25_000.0), sold("BERAS", "PCS", 10.0, 60_000.0));
    assert_eq!(order["lines"], json!([tea, coffee, rice]));
    assert_eq!(shop.line_ids("SO-49")[..2], ids[..]);
    let three = shop.line_ids("SO-49");

    let order = edited(&mut shop, |_, lines| drop(lines.remove(0)));
    assert_eq!(order["lines"], json!([coffee, rice]));
    assert_eq!(shop.line_ids("SO-49"), three[1..]);
    assert_eq!(
        (&order["sub_total"], &order["tax"], &order["total"]),
        (&json!(725_000.0), &json!(13_750.0), &json!(738_750.0))
    );
}

#[test]
fn scenario_49_discounts_of_a_line_change_their_kind() {
    let mut shop = sent();
    let ids = shop.line_ids("SO-49");
    let discount = |kind: Json, value: Json| {
        move |_: &Shop, lines: &mut Vec<Json>| (lines[0]["discountType"], lines[0]["discountValue"]) = (kind, value)
    };
    let line = |percent: Json, amount: Json, net: f64| {
        let mut line = sold("TEH", "DUS", 2.0, 120_000.0);
        (line["percent"], line["discount"], line["net"]) = (percent, amount, json!(net));
        line
    };
    for (kind, value, want) in [
        (json!("percent"), json!("5"), line(json!("5"), json!(null), 228_000.0)),
        (json!("percent"), json!("7.5"), line(json!("7.5"), json!(null), 222_000.0)),
        (json!("amount"), json!("15000"), line(json!(null), json!(15_000.0), 225_000.0)),
        (json!("percent"), json!("2"), line(json!("2"), json!(null), 235_200.0)),
        (json!(null), json!(null), line(json!(null), json!(null), 240_000.0)),
    ] {
        let order = edited(&mut shop, discount(kind.clone(), value.clone()));
        assert_eq!(order["lines"][0], want, "{kind} {value}");
        assert_eq!(order["lines"][1], sold("KOPI", "PCS", 5.0, 25_000.0));
        assert_eq!(shop.line_ids("SO-49"), ids);
    }
}

#[test]
fn scenario_49_another_salesman() {
    let mut shop = sent();
    let ids = shop.line_ids("SO-49");
    shop.change("SO-49", json!({"salesmanId": shop.id("employees", "E-102")}));
    let (planned, applied) = shop.world.settle();
    assert_eq!(refusals(&planned, &applied), []);
    let order = seen(&shop, "SO-49");
    assert_eq!(order["salesman"], "E-102");
    for line in order["lines"].as_array().expect("lines") {
        assert_eq!(line["salesmen"], json!(["E-102"]));
    }
    assert_eq!(order["sub_total"], json!(365_000.0), "nothing else changed");
    assert_eq!((shop.line_ids("SO-49"), shop.numbers().len()), (ids, 1));
}

#[test]
fn scenario_49_the_head_of_the_order() {
    let mut shop = sent();
    let ids = shop.line_ids("SO-49");
    shop.change(
        "SO-49",
        json!({"customerId": shop.id("customers", "C-2"), "date": "2026-05-13", "notes": "titip di satpam", "taxInclusive": true,
            "paymentTermId": shop.id("payment-terms", "C.O.D"), "discountPercent": "10"}),
    );
    let (planned, applied) = shop.world.settle();
    assert_eq!(refusals(&planned, &applied), []);
    let order = seen(&shop, "SO-49");
    let head = json!([
        order["customer"],
        order["date"],
        order["notes"],
        order["inclusive"],
        order["term"],
        order["percent"],
        order["total"]
    ]);
    assert_eq!(head, json!(["C-2", "13/05/2026", "titip di satpam", true, "C.O.D", "10", 328_500.0]));
    assert_eq!(shop.line_ids("SO-49"), ids);
    // And back: a discount that is taken away again.
    shop.change("SO-49", json!({"discountPercent": null, "discountAmount": "5000", "notes": null}));
    shop.world.settle();
    let order = seen(&shop, "SO-49");
    let head = json!([order["percent"], order["discount"], order["notes"], order["total"]]);
    assert_eq!(head, json!([null, 5_000.0, null, 360_000.0]));
}

/// The same goods twice on one order, in the same unit: a free box beside the paid ones.
#[test]
fn scenario_49_two_lines_of_the_same_product_and_unit() {
    let mut shop = Shop::open();
    shop.order(
        "SO-49",
        "C-1",
        &[
            shop.line("TEH", "DUS", "10", "120000"),
            shop.line("TEH", "DUS", "1", "0"),
            shop.line("TEH", "PCS", "3", "10000"),
        ],
    );
    shop.world.settle();
    let ids = shop.line_ids("SO-49");
    let (paid, free, loose) =
        (sold("TEH", "DUS", 10.0, 120_000.0), sold("TEH", "DUS", 1.0, 0.0), sold("TEH", "PCS", 3.0, 10_000.0));
    assert_eq!(seen(&shop, "SO-49")["lines"], json!([paid, free, loose]));

    let order = edited(&mut shop, |_, lines| lines[1]["quantity"] = json!("2"));
    let more = sold("TEH", "DUS", 2.0, 0.0);
    assert_eq!(order["lines"], json!([paid, more, loose]));
    assert_eq!(shop.line_ids("SO-49"), ids);

    let order = edited(&mut shop, |_, lines| drop(lines.remove(0)));
    assert_eq!(order["lines"], json!([more, loose]), "what remains is the free boxes");
}

/// What somebody does in Accurate to an order that came from SMH stays there, and is not undone by edits elsewhere on the order.
#[test]
fn scenario_49_an_edit_of_the_head_leaves_what_accurate_did_to_the_lines() {
    let mut shop = sent();
    shop.edit("sales-order", "number", "SO-49", |row| row["detailItem"][1]["quantity"] = json!(4.0));
    shop.world.settle();
    shop.change("SO-49", json!({"notes": "telepon dulu"}));
    shop.world.settle();
    let order = seen(&shop, "SO-49");
    assert_eq!((&order["notes"], &order["lines"][1]["quantity"]), (&json!("telepon dulu"), &json!(4.0)));
}

#[test]
fn scenario_50_a_closed_order_sends_no_more_edits() {
    let mut shop = sent();
    let before = shop.rows("sales-order");
    let mut lines = shop.smh_order("SO-49")["lines"].clone();
    lines[0]["quantity"] = json!("99");
    shop.change("SO-49", json!({"lines": lines, "status": "Closed"}));
    shop.order_with("SO-50", "C-1", &[shop.line("TEH", "DUS", "2", "120000")], json!({"status": "Closed"}));
    let (planned, _) = shop.world.settle();
    assert_eq!(planned.plan.actions, []);
    assert_eq!(
        shop.rows("sales-order"),
        before,
        "neither an edit nor an order that was closed before it was ever sent"
    );
}

// ---- what comes back, and what vanishes

#[test]
fn what_accurate_does_with_an_order_comes_back() {
    for (status, words, smh) in [
        ("WAITING", "sebagian diproses", "Verified"),
        ("PROCEED", "terproses", "Closed"),
        ("CLOSED", "ditutup", "Closed"),
    ] {
        let mut shop = sent();
        shop.set("sales-order", "number", "SO-49", "status", json!(status));
        let (planned, applied) = shop.world.settle();
        assert_eq!(refusals(&planned, &applied), []);
        assert_eq!(planned.plan.conflicts, [], "{status}");
        let order = shop.smh_order("SO-49");
        assert_eq!((&order["partnerStatus"], &order["status"]), (&json!(words), &json!(smh)), "{status}");
    }
}

#[test]
fn an_order_that_accurate_reopens_stays_closed_in_smh() {
    let mut shop = sent();
    shop.set("sales-order", "number", "SO-49", "status", json!("PROCEED"));
    shop.world.settle();
    shop.set("sales-order", "number", "SO-49", "status", json!("QUEUE"));
    let (planned, applied) = shop.world.settle();
    assert_eq!((refusals(&planned, &applied), planned.plan.conflicts.len()), (vec![], 0));
    assert_eq!(shop.smh_order("SO-49")["status"], "Closed");
}

#[test]
fn an_order_deleted_in_accurate_is_held_and_never_deleted_in_smh() {
    let mut shop = sent();
    let before = shop.smh_order("SO-49");
    shop.remove("sales-order", "number", "SO-49");
    for edit in [false, true] {
        if edit {
            shop.change("SO-49", json!({"notes": "masih mau"}));
        }
        let (planned, _) = shop.world.apply();
        assert_eq!(planned.plan.actions, []);
        assert_eq!(
            conflicts(&planned.plan, ORDERS).iter().map(|found| found.kind).collect::<Vec<_>>(),
            [ConflictKind::Delete]
        );
        assert_eq!(shop.numbers(), [""; 0], "it is not made again by itself");
    }
    let after = shop.smh_order("SO-49");
    assert_eq!(
        (&after["lines"], &after["status"], &after["partnerId"]),
        (&before["lines"], &before["status"], &before["partnerId"])
    );
}

#[test]
fn an_order_deleted_in_smh_stays_in_accurate() {
    let mut shop = sent();
    let id = shop.smh_order("SO-49")["id"].as_str().expect("an id").to_owned();
    shop.http.smh_delete("orders", &id);
    let (planned, _) = shop.world.apply();
    assert_eq!(planned.plan.actions, []);
    assert_eq!(
        conflicts(&planned.plan, ORDERS).iter().map(|found| found.kind).collect::<Vec<_>>(),
        [ConflictKind::Delete]
    );
    assert_eq!(shop.numbers(), ["SO-49"]);
}
