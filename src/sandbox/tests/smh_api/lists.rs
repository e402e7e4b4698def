//! Lists of the SMH API: pages, narrowing, changes since a time, and many records.

use std::collections::BTreeSet;

use crate::client::{Smh, refusal};
use serde_json::{Value, json};

fn ids(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap()).collect()
}

#[test]
fn pages_cover_everything_once_in_order() {
    let smh = Smh::empty();
    for name in ["A", "B", "C", "D", "E"] {
        smh.make("units", json!({ "name": name }));
    }
    smh.delete("units/unt-000002");
    let (_, first) = smh.get("units?page=1&pageSize=3");
    assert_eq!(ids(&first), ["unt-000001", "unt-000003", "unt-000004"]);
    assert_eq!(
        (&first["page"], &first["pageSize"], &first["pageCount"], &first["rowCount"]),
        (&json!(1), &json!(3), &json!(2), &json!(4))
    );
    assert_eq!(ids(&smh.get("units?page=2&pageSize=3").1), ["unt-000005"]);
    let (status, beyond) = smh.get("units?page=3&pageSize=3");
    assert_eq!((status, ids(&beyond).len(), &beyond["rowCount"]), (200, 0, &json!(4)));
    let (_, plain) = smh.get("units");
    assert_eq!((&plain["pageSize"], &plain["pageCount"]), (&json!(50), &json!(1)));
    assert_eq!(smh.get("taxes").1, json!({ "data": [], "page": 1, "pageSize": 50, "pageCount": 0, "rowCount": 0 }));
    for (query, field) in [
        ("page=0", "page"),
        ("page=x", "page"),
        ("pageSize=501", "pageSize"),
        ("pageSize=0", "pageSize"),
        ("updatedSince=2026-05-02", "updatedSince"),
        ("code=1", "code"),
        ("sort=name", "sort"),
    ] {
        assert_eq!(refusal(smh.get(&format!("units?{query}"))), format!("422 invalid {field}"), "{query}");
    }
}

#[test]
fn lists_narrow_by_exact_values_and_by_time() {
    let smh = Smh::empty();
    smh.make("customers", json!({ "name": "Toko Ayu", "code": "A 1", "partnerId": "50" }));
    smh.wait(60);
    smh.make("customers", json!({ "name": "Toko Ayu", "code": "B" }));
    smh.wait(60);
    smh.patch("customers/cus-000001", json!({ "notes": "x" }));
    let found = |query: &str| {
        let (status, page) = smh.get(&format!("customers?{query}"));
        assert_eq!(status, 200, "{query}: {page}");
        assert_eq!(page["rowCount"], page["data"].as_array().unwrap().len());
        ids(&page).join(" ")
    };
    assert_eq!(found("code=A%201"), "cus-000001");
    assert_eq!(found("partnerId=50"), "cus-000001");
    assert_eq!(found("name=Toko+Ayu"), "cus-000001 cus-000002");
    assert_eq!(found("name=Toko+Ayu&code=B"), "cus-000002");
    assert_eq!(found("name=toko+ayu"), "");
    assert_eq!(found("updatedSince=2026-05-02T09:17:00%2B07:00"), "cus-000001", "inclusive");
    assert_eq!(found("updatedSince=2026-05-02T09:16:30+07:00"), "cus-000001", "a plain plus sign");
    assert_eq!(found("updatedSince=2026-05-02T02:16:00Z"), "cus-000001 cus-000002", "another zone");
    assert_eq!(found("updatedSince=2026-05-02T09:17:01%2B07:00"), "");
    smh.patch("customers/cus-000002", json!({ "code": "A 1x" }));
    assert_eq!(
        found("updatedSince=2026-05-02T09:17:00%2B07:00"),
        "cus-000001 cus-000002",
        "an answer must not outlive a change"
    );
}

#[test]
fn many_records_are_listed_whole() {
    const MANY: u64 = 20_000;
    let smh = Smh::empty();
    smh.sandbox.with_world(|world| {
        let table = world.smh.tables.entry("customers".to_owned()).or_default();
        for key in 1..=MANY {
            let row = json!({ "code": format!("C{key}"), "name": "Toko", "version": 1, "updatedAt": "2026-05-01T00:00:00+07:00" });
            table.put(key, row.as_object().unwrap().clone());
        }
    });
    for query in ["", "updatedSince=2026-01-01T00:00:00Z&"] {
        let mut seen = BTreeSet::new();
        for page in 1..=MANY / 500 {
            let (_, answer) = smh.get(&format!("customers?{query}pageSize=500&page={page}"));
            seen.extend(ids(&answer).into_iter().map(ToOwned::to_owned));
        }
        assert_eq!(seen.len() as u64, MANY);
    }
    assert_eq!(refusal(smh.post("customers", json!({ "name": "A", "code": "C19999" }))), "409 conflict code");
    assert_eq!(smh.make("customers", json!({ "name": "A" }))["id"], "cus-020001");
}

#[test]
fn look_ups_follow_a_reset_of_the_world() {
    let smh = Smh::empty();
    smh.make("units", json!({ "name": "PCS" }));
    smh.sandbox.state().reset();
    assert_eq!(smh.get("units").1["rowCount"], 0);
    smh.make("units", json!({ "name": "DUS" }));
    assert_eq!(smh.make("units", json!({ "name": "PCS" }))["id"], "unt-000002", "the name from before is free");
    assert_eq!(refusal(smh.post("units", json!({ "name": "DUS" }))), "409 conflict name");
    assert_eq!(ids(&smh.get("units?name=PCS").1), ["unt-000002"]);
}

#[test]
fn times_never_run_backwards() {
    let smh = Smh::empty();
    smh.make("units", json!({ "name": "PCS" }));
    smh.wait(-3600);
    assert_eq!(smh.make("units", json!({ "name": "DUS" }))["createdAt"], "2026-05-02T09:15:00+07:00");
}
