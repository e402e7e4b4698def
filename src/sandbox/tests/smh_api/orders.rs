//! Orders in SMH: lines, discounts, inactive masters, due dates, and the life from draft to closed.

use crate::client::{Smh, piece, refusal};
use serde_json::{Value, json};

struct Shop {
    smh: Smh,
    customer: Value,
    product: Value,
    pcs: Value,
    dus: Value,
}

fn shop() -> Shop {
    let smh = Smh::empty();
    let pcs = smh.make("units", json!({ "name": "PCS" }));
    let dus = smh.make("units", json!({ "name": "DUS" }));
    let product = json!({ "name": "Mie", "unitL": dus["id"], "ratioL": "40", "unitM": pcs["id"], "ratioM": 1, "priceL": "110000" });
    let product = smh.make("products", product);
    let customer = smh.make("customers", json!({ "name": "Toko Ayu" }));
    Shop { smh, customer, product, pcs, dus }
}

impl Shop {
    fn order(&self, lines: Value) -> Value {
        json!({ "date": "2026-05-02", "customerId": self.customer["id"], "lines": lines })
    }
    fn line(&self) -> Value {
        piece(&self.product, &self.pcs, "2900")
    }
}

#[test]
fn an_order_is_numbered_and_its_lines_are_worked_out() {
    let shop = shop();
    let mut lines = vec![shop.line(), shop.line(), shop.line()];
    lines[0]["quantity"] = json!("2.5");
    lines[1]["discountType"] = json!("percent");
    lines[1]["discountValue"] = json!(12.5);
    lines[2]["discountType"] = json!("amount");
    lines[2]["discountValue"] = json!("900.25");
    let made = shop.smh.make("orders", shop.order(json!(lines)));
    assert_eq!(
        (&made["number"], &made["status"], &made["taxInclusive"]),
        (&json!("SO-2605-00001"), &json!("Draft"), &json!(false))
    );
    let nets: Vec<&str> = made["lines"].as_array().unwrap().iter().map(|line| line["net"].as_str().unwrap()).collect();
    assert_eq!(nets, ["7250", "2537.5", "1999.75"]);
    let first = json!({
        "id": "ord-000001-1", "no": 1, "productId": shop.product["id"], "unitId": shop.pcs["id"], "warehouseId": null,
        "quantity": "2.5", "price": "2900", "discountType": null, "discountValue": null, "notes": null, "net": "7250",
    });
    assert_eq!(made["lines"][0], first);
}

#[test]
fn wrong_lines_are_named() {
    let shop = shop();
    let other = shop.smh.make("units", json!({ "name": "KG" }));
    let with = |name: &str, value: Value| {
        let mut line = shop.line();
        line[name] = value;
        shop.order(json!([shop.line(), line]))
    };
    let cases = [
        (shop.order(json!([])), "422 invalid lines"),
        (shop.order(Value::Null), "422 invalid lines"),
        (json!({ "date": "2026-05-02", "customerId": shop.customer["id"] }), "422 invalid lines"),
        (with("quantity", json!("0")), "422 invalid lines[1].quantity"),
        (with("quantity", Value::Null), "422 invalid lines[1].quantity"),
        (with("price", json!("-1")), "422 invalid lines[1].price"),
        (with("unitId", other["id"].clone()), "422 invalid lines[1].unitId"),
        (with("unitId", json!("unt-000099")), "422 reference_missing lines[1].unitId"),
        (with("productId", json!("prd-000099")), "422 reference_missing lines[1].productId"),
        (with("warehouseId", json!("whs-000099")), "422 reference_missing lines[1].warehouseId"),
        (with("discountType", json!("percent")), "422 invalid lines[1].discountValue"),
        (with("discountType", json!("rupiah")), "422 invalid lines[1].discountType"),
        (with("id", json!("ord-000001-1")), "422 invalid lines[1].id"),
        (with("colour", json!("red")), "422 invalid lines[1].colour"),
    ];
    for (body, expected) in cases {
        assert_eq!(refusal(shop.smh.post("orders", body.clone())), expected, "{body}");
    }
    for (kind, value) in [("percent", "100.5"), ("amount", "2900.5")] {
        let mut line = shop.line();
        line["discountType"] = json!(kind);
        line["discountValue"] = json!(value);
        assert_eq!(refusal(shop.smh.post("orders", shop.order(json!([line])))), "422 invalid lines[0].discountValue");
    }
    let mut both = shop.order(json!([shop.line()]));
    both["discountPercent"] = json!("5");
    both["discountAmount"] = json!("1000");
    assert_eq!(refusal(shop.smh.post("orders", both)), "422 invalid discountAmount");
}

#[test]
fn a_line_with_its_id_stays_and_ids_are_not_given_twice() {
    let shop = shop();
    shop.smh.make("orders", shop.order(json!([shop.line(), shop.line()])));
    let mut kept = shop.line();
    kept["id"] = json!("ord-000001-2");
    kept["net"] = json!("1");
    let (status, after) = shop.smh.patch("orders/ord-000001", json!({ "lines": [shop.line(), kept] }));
    assert_eq!(status, 200, "{after}");
    let lines: Vec<String> = after["data"]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| format!("{} {} {}", line["no"], line["id"], line["net"]))
        .collect();
    assert_eq!(lines, ["1 \"ord-000001-3\" \"2900\"", "2 \"ord-000001-2\" \"2900\""]);
    let twice = json!({ "lines": [kept, kept] });
    assert_eq!(refusal(shop.smh.patch("orders/ord-000001", twice)), "422 invalid lines[1].id");
    assert_eq!(refusal(shop.smh.patch("orders/ord-000001", json!({ "lines": null }))), "422 invalid lines");
    shop.smh.patch("orders/ord-000001", json!({ "lines": [kept] }));
    let (_, again) = shop.smh.patch("orders/ord-000001", json!({ "lines": [kept, shop.line()] }));
    assert_eq!(again["data"]["lines"][1]["id"], "ord-000001-4");
    let read = again["data"].clone();
    assert_eq!(
        shop.smh.patch("orders/ord-000001", read.clone()).1["data"],
        read,
        "an order can be sent back as it was read"
    );
}

#[test]
fn inactive_masters_are_refused_only_where_they_are_new() {
    let shop = shop();
    let salesman = shop.smh.make("employees", json!({ "name": "Agung" }));
    shop.smh.make("orders", shop.order(json!([shop.line()])));
    for path in ["customers/cus-000001", "products/prd-000001", "employees/emp-000001"] {
        assert_eq!(shop.smh.patch(path, json!({ "status": "inactive" })).0, 200);
    }
    let order = "orders/ord-000001";
    assert_eq!(refusal(shop.smh.post("orders", shop.order(json!([shop.line()])))), "422 inactive_reference customerId");
    assert_eq!(
        refusal(shop.smh.patch(order, json!({ "salesmanId": salesman["id"] }))),
        "422 inactive_reference salesmanId"
    );
    assert_eq!(
        refusal(shop.smh.patch(order, json!({ "lines": [shop.line()] }))),
        "422 inactive_reference lines[0].productId"
    );
    let mut kept = shop.line();
    kept["id"] = json!("ord-000001-1");
    kept["quantity"] = json!("3");
    assert_eq!(shop.smh.patch(order, json!({ "lines": [kept], "customerId": shop.customer["id"] })).0, 200);
    assert_eq!(shop.smh.patch(order, json!({ "partnerStatus": "Terproses" })).0, 200);
}

#[test]
fn the_due_date_follows_date_and_term() {
    let shop = shop();
    let net7 = shop.smh.make("payment-terms", json!({ "name": "net 7", "days": "7" }));
    let order = shop.smh.make("orders", shop.order(json!([shop.line()])));
    assert_eq!(order["dueDate"], Value::Null);
    let due = |body: Value| shop.smh.patch("orders/ord-000001", body).1["data"]["dueDate"].clone();
    assert_eq!(due(json!({ "paymentTermId": net7["id"] })), "2026-05-09");
    assert_eq!(due(json!({ "date": "2026-12-28" })), "2027-01-04");
    assert_eq!(due(json!({ "paymentTermId": null })), Value::Null);
    assert_eq!(refusal(shop.smh.patch("orders/ord-000001", json!({ "dueDate": "2026-05-03" }))), "422 invalid dueDate");
    assert_eq!(refusal(shop.smh.patch("orders/ord-000001", json!({ "date": "2/5/2026" }))), "422 invalid date");
}

#[test]
fn an_order_goes_from_draft_to_closed_and_stays_there() {
    let shop = shop();
    shop.smh.make("orders", shop.order(json!([shop.line()])));
    let path = "orders/ord-000001";
    let patch = |body: Value| shop.smh.patch(path, body);
    assert_eq!(patch(json!({ "status": "Verified" })).0, 200);
    assert_eq!(patch(json!({ "notes": "still open" })).0, 200);
    assert_eq!(refusal(patch(json!({ "status": "Draft" }))), "422 invalid status");
    assert_eq!(patch(json!({ "status": "Closed" })).0, 200);
    assert_eq!(refusal(patch(json!({ "notes": "too late" }))), "422 invalid status");
    assert_eq!(refusal(patch(json!({ "status": "Verified" }))), "422 invalid status");
    assert_eq!(refusal(shop.smh.delete(path)), "422 invalid status");
    let (status, partner) = patch(json!({ "partnerId": "900", "partnerStatus": "Ditutup", "notes": "still open" }));
    assert_eq!((status, &partner["data"]["partnerStatus"]), (200, &json!("Ditutup")));
    for used in ["customers/cus-000001", "products/prd-000001", "units/unt-000001", "units/unt-000002"] {
        assert_eq!(refusal(shop.smh.delete(used)), "409 in_use -", "{used}");
    }
    assert_eq!(shop.dus["id"], "unt-000002");
}
