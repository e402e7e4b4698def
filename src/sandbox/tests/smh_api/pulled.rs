//! Generated data on the SMH side must be what SMH itself would have stored: every record is sent to an empty SMH over HTTP and must come
//! back equal.

use crate::client::Smh;
use selaras_sandbox::Scenario;
use selaras_sandbox::scenario::build;
use selaras_sandbox::smh::id_of;
use serde_json::{Value, json};

/// What the server adds by itself.
const OWN: [&str; 4] = ["version", "createdAt", "updatedAt", "dueDate"];

fn as_sent(row: &Value) -> Value {
    let mut sent = row.clone();
    OWN.iter().for_each(|name| drop(sent.as_object_mut().unwrap().remove(*name)));
    for line in sent.get_mut("lines").and_then(Value::as_array_mut).into_iter().flatten() {
        ["id", "no", "net"].iter().for_each(|name| drop(line.as_object_mut().unwrap().remove(*name)));
    }
    sent
}

#[test]
fn smh_would_store_what_was_generated() {
    let world = build(&Scenario::Sized { customers: 25, items: 40, employees: 4, orders: 30 });
    let smh = Smh::empty();
    for resource in ["units", "taxes", "payment-terms", "warehouses", "employees", "products", "customers", "orders"] {
        let rows = &world.smh.tables[resource].rows;
        assert!(!rows.is_empty(), "{resource}");
        for (key, row) in rows {
            let row = json!(row);
            let stored = smh.make(resource, as_sent(&row));
            assert_eq!(stored["id"], id_of(resource, *key).unwrap(), "{resource}");
            for (name, value) in
                row.as_object().unwrap().iter().filter(|(name, _)| !OWN.contains(&name.as_str()) && *name != "lines")
            {
                assert_eq!(&stored[name], value, "{resource} {key} {name}");
            }
            let lines = row.get("lines").and_then(Value::as_array).cloned().unwrap_or_default();
            for (at, line) in lines.iter().enumerate() {
                for (name, value) in line.as_object().unwrap() {
                    assert_eq!(&stored["lines"][at][name], value, "{resource} {key} line {at} {name}");
                }
            }
        }
    }
    let next = smh.make("orders", as_sent(&json!({ "date": "2026-05-02", "customerId": "cus-000001",
        "lines": [{ "productId": "prd-000001", "unitId": world.smh.tables["products"].rows[&1]["unitL"], "quantity": "1", "price": "1" }] })));
    assert_eq!(next["number"], "SO-2605-00031", "numbers go on after the generated ones");
}

#[test]
fn pulled_copies_carry_the_partner_id_and_the_same_data() {
    let world = build(&Scenario::Sized { customers: 25, items: 40, employees: 4, orders: 1 });
    let database = &world.accurate.databases[&1_234_567];
    let pairs = [
        ("customers", "customer", "code", "customerNo"),
        ("products", "item", "code", "no"),
        ("employees", "employee", "code", "number"),
        ("units", "unit", "name", "name"),
        ("payment-terms", "payment-term", "name", "name"),
        ("warehouses", "warehouse", "name", "name"),
        ("taxes", "tax", "name", "taxInfo"),
    ];
    for (resource, module, here, there) in pairs {
        let rows = &world.smh.tables[resource].rows;
        assert_eq!(rows.len(), database.tables[module].rows.len(), "{resource}");
        for row in rows.values() {
            let partner: u64 = row["partnerId"].as_str().unwrap().parse().unwrap();
            let accurate = database.row(module, partner).unwrap();
            assert_eq!(row[here], accurate[there], "{resource}");
            assert_eq!(row.get("handphone"), accurate.get("mobilePhone"));
        }
    }
}
