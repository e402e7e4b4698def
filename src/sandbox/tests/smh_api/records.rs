//! The SMH API as a client sees it: keys, records, values, references, versions, deletes, batches.

use crate::client::{Smh, refusal};
use serde_json::{Value, json};

#[test]
fn nobody_gets_in_without_the_key() {
    let smh = Smh::empty();
    for wrong in ["", "Bearer", "Bearer wrong", &format!("Basic {}", smh.key)] {
        let answer = smh.call("GET", "customers", None, Some(("Authorization", wrong)));
        assert_eq!(refusal(answer), "401 unauthorised -", "{wrong}");
    }
    assert_eq!(smh.get("customers").0, 200);
    assert_eq!(refusal(smh.get("customer")), "404 not_found -");
    assert_eq!(refusal(smh.get("customers/1/2")), "404 not_found -");
    assert_eq!(smh.call("PUT", "customers", None, None).0, 405);
}

#[test]
fn a_created_record_is_complete_and_trimmed() {
    let smh = Smh::empty();
    let made = smh.make("customers", json!({ "name": "Toko Ayu", "creditLimit": 5_000_000, "email": "" }));
    let expected = json!({
        "id": "cus-000001", "version": 1, "createdAt": "2026-05-02T09:15:00+07:00", "updatedAt": "2026-05-02T09:15:00+07:00",
        "partnerId": null, "source": "smh", "code": "CS-260500001", "name": "Toko Ayu", "address": null, "city": null,
        "province": null, "postalCode": null, "country": null, "phone": null, "handphone": null, "email": null, "taxNumber": null,
        "category": null, "priceList": null, "paymentTermId": null, "salesmanId": null, "creditLimit": "5000000", "notes": null,
        "status": "active",
    });
    assert_eq!(made, expected);
    assert_eq!(smh.get("customers/cus-000001").1["data"], expected);
    assert_eq!(smh.make("customers", json!({ "name": "B", "code": "CS-260500002" }))["id"], "cus-000002");
    assert_eq!(smh.make("customers", json!({ "name": "C" }))["code"], "CS-260500003", "a code in use is passed over");
    assert_eq!(smh.make("employees", json!({ "name": "Agung" }))["code"], "E-01");
    let unit = smh.make("units", json!({ "name": "PCS" }));
    let product = smh.make("products", json!({ "name": "Mie", "unitL": unit["id"], "priceL": "2900.50" }));
    assert_eq!(
        (&product["code"], &product["ratioL"], &product["priceL"]),
        (&json!("PD-000001"), &json!("1"), &json!("2900.5"))
    );
    assert_eq!(smh.make("taxes", json!({ "name": "PPN 11%", "rate": 11.0 }))["rate"], "11");
    assert_eq!(
        smh.make("customers", json!({ "name": "D", "source": "partner", "partnerId": "77" }))["source"],
        "partner"
    );
}

#[test]
fn wrong_values_are_named() {
    let smh = Smh::empty();
    let unit = smh.make("units", json!({ "name": "PCS" }))["id"].clone();
    let dus = smh.make("units", json!({ "name": "DUS" }))["id"].clone();
    let cases = [
        ("customers", json!({}), "422 invalid name"),
        ("customers", json!({ "name": null }), "422 invalid name"),
        ("customers", json!({ "name": " " }), "422 invalid name"),
        ("customers", json!({ "name": 7 }), "422 invalid name"),
        ("customers", json!({ "name": "A", "hp": "1" }), "422 invalid hp"),
        ("customers", json!({ "name": "A", "version": 1 }), "422 invalid version"),
        ("customers", json!({ "name": "A", "status": "Active" }), "422 invalid status"),
        ("customers", json!({ "name": "A", "source": "accurate" }), "422 invalid source"),
        ("customers", json!({ "name": "A", "creditLimit": "1.000.000" }), "422 invalid creditLimit"),
        ("customers", json!({ "name": "A", "creditLimit": -1 }), "422 invalid creditLimit"),
        ("customers", json!({ "name": "A", "partnerId": 5 }), "422 invalid partnerId"),
        ("customers", json!({ "name": "A", "paymentTermId": "trm-000009" }), "422 reference_missing paymentTermId"),
        ("customers", json!({ "name": "A", "salesmanId": "trm-000001" }), "422 reference_missing salesmanId"),
        ("customers", json!({ "name": "x".repeat(241) }), "422 invalid name"),
        ("customers", json!(["A"]), "422 invalid -"),
        ("employees", json!({ "name": "A", "isSalesman": "yes" }), "422 invalid isSalesman"),
        ("payment-terms", json!({ "name": "A", "days": 1.5 }), "422 invalid days"),
        ("payment-terms", json!({ "name": "A" }), "422 invalid days"),
        ("taxes", json!({ "name": "A", "rate": "101" }), "422 invalid rate"),
        ("units", json!({ "name": "PCS" }), "409 conflict name"),
        ("products", json!({ "name": "A" }), "422 invalid unitL"),
        (
            "products",
            json!({ "name": "A", "unitL": unit, "unitM": unit, "ratioL": "2", "ratioM": "1" }),
            "422 invalid unitM",
        ),
        ("products", json!({ "name": "A", "unitL": dus, "unitM": unit, "ratioM": "1" }), "422 invalid ratioL"),
        ("products", json!({ "name": "A", "unitL": dus, "ratioL": "12" }), "422 invalid ratioL"),
        ("products", json!({ "name": "A", "unitL": unit, "priceS": "5" }), "422 invalid priceS"),
        ("products", json!({ "name": "A", "unitL": unit, "taxId": "tax-000001" }), "422 reference_missing taxId"),
    ];
    for (resource, body, expected) in cases {
        assert_eq!(refusal(smh.post(resource, body.clone())), expected, "{resource} {body}");
    }
    assert_eq!(refusal(smh.call("POST", "customers", Some("{"), None)), "422 invalid -");
    assert_eq!(smh.get("customers").1["rowCount"], 0, "a refused create left something behind");
}

#[test]
fn an_update_changes_only_what_it_names() {
    let smh = Smh::empty();
    let path = "customers/cus-000001";
    let before = smh.make("customers", json!({ "name": "Toko Ayu", "phone": "021-555", "notes": "x" }));
    smh.wait(60);
    let (status, after) = smh.patch(path, json!({ "name": "Toko Ayu Baru", "notes": null }));
    assert_eq!(status, 200);
    let mut expected = before.clone();
    for (name, value) in [("name", json!("Toko Ayu Baru")), ("notes", Value::Null), ("version", json!(2))] {
        expected[name] = value;
    }
    expected["updatedAt"] = json!("2026-05-02T09:16:00+07:00");
    assert_eq!(after["data"], expected);

    smh.wait(60);
    let (_, same) = smh.patch(path, expected.clone());
    assert_eq!(same["data"], expected, "sending back what was read is no change");
    for (body, refused) in [
        (json!({ "name": null }), "422 invalid name"),
        (json!({ "code": null }), "422 invalid code"),
        (json!({ "source": "partner" }), "422 invalid source"),
        (json!({ "id": "cus-000002" }), "422 invalid id"),
        (json!({ "createdAt": "2020-01-01T00:00:00+07:00" }), "422 invalid createdAt"),
    ] {
        assert_eq!(refusal(smh.patch(path, body.clone())), refused, "{body}");
    }
    assert_eq!(smh.patch(path, json!({ "status": null })).1["data"]["status"], "active");
    assert_eq!(refusal(smh.patch("customers/cus-000009", json!({}))), "404 not_found -");
    assert_eq!(refusal(smh.get("customers/cus-1")), "404 not_found -", "ids have one spelling");
}

#[test]
fn a_version_protects_against_overwriting() {
    let smh = Smh::empty();
    smh.make("employees", json!({ "name": "Agung" }));
    let path = "employees/emp-000001";
    let with =
        |version: &str, method: &str, body: &str| smh.call(method, path, Some(body), Some(("If-Match", version)));
    assert_eq!(with("\"1\"", "PATCH", r#"{"name":"A"}"#).0, 200);
    assert_eq!(refusal(with("\"1\"", "PATCH", r#"{"name":"B"}"#)), "412 version_mismatch -");
    assert_eq!(refusal(with("1", "DELETE", "")), "412 version_mismatch -");
    assert_eq!(refusal(with("abc", "DELETE", "")), "422 invalid If-Match");
    assert_eq!(smh.get(path).1["data"]["name"], "A");
    assert_eq!(with("2", "DELETE", "").0, 204);
}

#[test]
fn codes_and_partner_ids_are_unique_while_they_are_held() {
    let smh = Smh::empty();
    smh.make("customers", json!({ "name": "A", "code": "X", "partnerId": "50" }));
    assert_eq!(refusal(smh.post("customers", json!({ "name": "B", "code": "X" }))), "409 conflict code");
    assert_eq!(refusal(smh.post("customers", json!({ "name": "B", "partnerId": "50" }))), "409 conflict partnerId");
    smh.make("employees", json!({ "name": "other resource", "code": "X", "partnerId": "50" }));
    smh.make("customers", json!({ "name": "B", "code": "Y" }));
    assert_eq!(refusal(smh.patch("customers/cus-000002", json!({ "code": "X" }))), "409 conflict code");
    assert_eq!(smh.patch("customers/cus-000001", json!({ "code": "Z" })).0, 200);
    assert_eq!(smh.patch("customers/cus-000002", json!({ "code": "X" })).0, 200, "the code was given up");
    assert_eq!(smh.delete("customers/cus-000001").0, 204);
    assert_eq!(refusal(smh.delete("customers/cus-000001")), "404 not_found -");
    let reborn = smh.make("customers", json!({ "name": "C", "code": "Z", "partnerId": "50" }));
    assert_eq!(reborn["id"], "cus-000003", "ids are never reused");
    // Not even the last one given out.
    assert_eq!(smh.delete("customers/cus-000003").0, 204);
    assert_eq!(smh.make("customers", json!({ "name": "D" }))["id"], "cus-000004");
}

#[test]
fn what_is_referred_to_cannot_be_deleted() {
    let smh = Smh::empty();
    let term = smh.make("payment-terms", json!({ "name": "net 7", "days": 7 }));
    let salesman = smh.make("employees", json!({ "name": "Agung" }));
    smh.make("customers", json!({ "name": "A", "paymentTermId": term["id"], "salesmanId": salesman["id"] }));
    assert_eq!(refusal(smh.delete("payment-terms/trm-000001")), "409 in_use -");
    assert_eq!(refusal(smh.delete("employees/emp-000001")), "409 in_use -");
    assert_eq!(smh.patch("customers/cus-000001", json!({ "salesmanId": null })).0, 200);
    assert_eq!(smh.delete("employees/emp-000001").0, 204);
    assert_eq!(smh.delete("customers/cus-000001").0, 204);
    assert_eq!(smh.delete("payment-terms/trm-000001").0, 204);
}

#[test]
fn a_batch_gives_each_item_its_own_outcome() {
    let smh = Smh::empty();
    let items = json!({ "items": [
        { "method": "create", "data": { "name": "A", "code": "1" } },
        { "method": "create", "data": { "name": "B", "code": "1" } },
        { "method": "update", "id": "cus-000001", "version": 1, "data": { "name": "A2" } },
        { "method": "update", "id": "cus-000001", "version": 1, "data": { "name": "A3" } },
        { "method": "update", "data": {} },
        { "method": "delete", "id": "cus-000009" },
        { "method": "delete", "id": "cus-000001" },
        { "method": "replace" },
        { "method": "create", "data": { "name": "C" }, "extra": 1 },
        7,
    ] });
    let (status, answer) = smh.post("customers/batch", items);
    assert_eq!(status, 200);
    let outcomes: Vec<String> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|outcome| {
            let error = &outcome["error"];
            format!(
                "{} {} {}",
                outcome["status"],
                error["code"].as_str().unwrap_or("-"),
                error["field"].as_str().unwrap_or("-")
            )
        })
        .collect();
    let expected = [
        "201 - -",
        "409 conflict code",
        "200 - -",
        "412 version_mismatch -",
        "422 invalid id",
        "404 not_found -",
        "204 - -",
        "422 invalid method",
        "422 invalid extra",
        "422 invalid -",
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(answer["items"][2]["data"]["name"], "A2");
    let many: Vec<Value> = (0..101).map(|_| json!({ "method": "create", "data": { "name": "A" } })).collect();
    assert_eq!(refusal(smh.post("customers/batch", json!({ "items": many }))), "422 invalid items");
    assert_eq!(smh.get("customers").1["rowCount"], 0);
}
