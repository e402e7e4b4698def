//! Lists: fields, pages, order, filters.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::{Accurate, column, message};

/// Seven customers, made a minute apart; the third is changed last.
fn customers() -> Accurate {
    let accurate = Accurate::empty();
    for n in 1..=7 {
        let body = json!({"name": format!("Toko {n}"), "billStreet": "Jl. Melati", "email": "a@example.com"});
        accurate.make("customer", body);
        accurate.wait(60);
    }
    accurate.make("customer", json!({"id": 52, "suspended": true}));
    accurate
}

#[test]
fn without_fields_there_are_only_ids_and_with_them_only_those() {
    let accurate = customers();
    let bare = accurate.get("customer/list.do?sp.pageSize=2");
    assert_eq!(bare["d"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id"]);
    let literal = accurate.get("customer/list.do?fields=id,name,billStreet,nonsense,detailContact&sp.sort=id|asc");
    assert_eq!(literal["d"][0], json!({"id": 50, "name": "Toko 1"}), "addresses and lines are detail-only");
    let encoded = accurate.get("customer/list.do?fields=id%2Cname%2CbillStreet&sp.sort=id%7Casc");
    assert_eq!(encoded["d"], literal["d"]);
    let nested = accurate.get("customer/list.do?fields=category,term.name&sp.sort=id|asc&sp.pageSize=1");
    assert_eq!(nested["d"][0], json!({"category": {"id": 50, "name": "Umum"}, "term": {"name": "C.O.D"}}));
}

#[test]
fn modules_without_fields_give_whole_rows() {
    let accurate = Accurate::empty();
    let branch = accurate.get("branch/list.do?fields=name&sp.sort=id|asc");
    assert_eq!((&branch["d"][0]["name"], &branch["d"][0]["suspended"]), (&json!("Kantor Pusat"), &json!(false)));
    let warehouse = accurate.get("warehouse/list.do");
    let keys: BTreeSet<&str> = warehouse["d"][0].as_object().unwrap().keys().map(String::as_str).collect();
    let recorded = [
        "id",
        "name",
        "description",
        "pic",
        "suspended",
        "defaultWarehouse",
        "scrapWarehouse",
        "locationId",
        "optLock",
        "address",
    ];
    assert_eq!(keys, BTreeSet::from(recorded));
    let unit = &accurate.get("unit/list.do")["d"][0];
    let keys: BTreeSet<&str> = unit.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["id", "name", "codeUnitTax", "optLock"]));
    let tax = &accurate.get("tax/list.do")["d"][0];
    assert_eq!((&tax["taxInfo"], tax.get("name")), (&json!("PPN 11%"), None));
    accurate.make("employee", json!({"name": "Budi", "salutation": "MR", "email": "b@example.com"}));
    let employee = &accurate.get("employee/list.do")["d"][0];
    assert_eq!((&employee["number"], employee.get("email")), (&json!("E.00001"), None));
    assert_eq!(accurate.get("employee/detail.do?id=50")["d"]["email"], "b@example.com");
}

#[test]
fn pages_in_order_of_ids_hold_every_record_once() {
    let accurate = customers();
    let mut ids = Vec::new();
    for page in 1..=4 {
        let answer = accurate.get(&format!("customer/list.do?fields=id&sp.pageSize=2&sp.sort=id|asc&sp.page={page}"));
        let sp = json!({"page": page, "sort": "id|asc", "pageSize": 2, "pageCount": 4, "rowCount": 7,
                        "start": (page - 1) * 2, "limit": null});
        assert_eq!(answer["sp"], sp);
        ids.extend(column(&answer, "id"));
    }
    assert_eq!(ids, (50..57).map(|id| json!(id)).collect::<Vec<_>>());
    let beyond = accurate.get("customer/list.do?fields=id&sp.pageSize=2&sp.page=9");
    assert_eq!((&beyond["d"], &beyond["sp"]["rowCount"]), (&json!([]), &json!(7)));
    assert_eq!(accurate.get("customer/list.do")["sp"]["pageSize"], 20);
    assert_eq!(accurate.get("customer/list.do")["sp"]["sort"], Value::Null);
    assert_eq!(accurate.get("customer/list.do?sp.pageSize=5000")["sp"]["pageSize"], 1000);
}

#[test]
fn the_order_is_as_asked_and_else_not_that_of_ids() {
    let accurate = customers();
    let names = |query: &str| column(&accurate.get(&format!("customer/list.do?fields=name{query}")), "name");
    assert_eq!(names("")[..3], ["Toko 3", "Toko 7", "Toko 6"]);
    assert_eq!(names("&sp.sort=name|desc")[..2], ["Toko 7", "Toko 6"]);
    assert_eq!(names("&sp.sort=suspended|desc;name|asc")[..3], ["Toko 3", "Toko 1", "Toko 2"]);
    assert_eq!(names("&sp.sort=lastUpdate|asc")[0], "Toko 1");
    assert_eq!(names("&sp.sort=nonsense|asc")[0], "Toko 3", "an unknown name sorts nothing");
}

#[test]
fn filters_work_in_every_documented_form() {
    let accurate = customers();
    accurate.make("customer", json!({"id": 54, "npwpNo": "01.234"}));
    let found = |query: &str| -> Vec<Value> {
        column(&accurate.get(&format!("customer/list.do?fields=id&sp.sort=id|asc&{query}")), "id")
    };
    let all: Vec<Value> = (50..57).map(|id| json!(id)).collect();
    assert_eq!(found("filter.no.val=C.00002"), [51]);
    assert_eq!(found("filter.no=C.00002"), [51]);
    assert_eq!(found("filter.no.op=EQUAL&filter.no.val[0]=C.00002&filter.no.val[1]=C.00004"), [51, 53]);
    assert_eq!(found("filter.no.val=C.00002&filter.no.val=C.00004"), [51, 53]);
    assert_eq!(found("filter.no.op=NOT_EQUAL&filter.no.val%5B0%5D=C.00002").len(), 6);
    assert_eq!(found("filter.suspended=true"), [52]);
    assert_eq!(found("filter.suspended.op=EQUAL&filter.suspended.val=false").len(), 6);
    assert_eq!(found("filter.npwpNo.op=NOT_EMPTY"), [54]);
    assert_eq!(found("filter.npwpNo.op=EMPTY").len(), 6);
    assert_eq!(found("filter.keywords.op=CONTAIN&filter.keywords.val=oko+7"), [56]);
    assert_eq!(found("keywords=C.00001"), [50]);
    assert_eq!(found("filter.customerCategoryId.val=50"), all);
    assert_eq!(found("filter.nonsense.op=EQUAL&filter.nonsense.val=1"), all, "unknown filters are ignored");
    assert_eq!(found("filter.lastUpdate.from=02/05/2030"), all, "and so are unknown parts of known ones");
    assert_eq!(found("filter.no.op=RANGE&filter.no.val=C.00002"), [51], "unknown operators are EQUAL");
}

#[test]
fn changes_since_a_time_are_found() {
    let accurate = customers();
    let found = |query: &str| -> Vec<Value> {
        column(&accurate.get(&format!("customer/list.do?fields=id&sp.sort=id|asc&{query}")), "id")
    };
    let since = "filter.lastUpdate.op=GREATER_EQUAL_THAN&filter.lastUpdate.val";
    assert_eq!(found(&format!("{since}=02/05/2026 09:20:00")), [52, 55, 56]);
    assert_eq!(found(&format!("{since}=02/05/2026+09:20:01")), [52, 56]);
    let between = "filter.lastUpdate.op=BETWEEN&filter.lastUpdate.val[1]=02/05/2026 09:16:00\
                   &filter.lastUpdate.val[0]=02/05/2026 09:15:00";
    assert_eq!(found(between), [50, 51]);
    let wrong = accurate.get("customer/list.do?filter.lastUpdate.val=2026-05-02");
    assert!(message(&wrong).starts_with("Invalid field value for field"));
}

#[test]
fn filters_reach_through_references() {
    let accurate = customers();
    accurate.make("item", json!({"name": "Teh", "itemType": "INVENTORY"}));
    accurate.make("item", json!({"name": "Antar", "itemType": "SERVICE"}));
    for customer in ["C.00001", "C.00002"] {
        let line = json!({"itemNo": "100001", "unitPrice": 1000});
        accurate.make("sales-order", json!({"customerNo": customer, "detailItem": [line]}));
    }
    let orders = accurate.get("sales-order/list.do?fields=number,customer,customer.name&filter.customerNo=C.00002");
    let customer = json!({"customerNo": "C.00002", "name": "Toko 2", "id": 51});
    assert_eq!(orders["d"], json!([{"number": "SO.2026.05.00002", "customer": customer}]));
    let services = accurate.get("item/list.do?fields=name&filter.itemType=SERVICE");
    assert_eq!(column(&services, "name"), ["Antar"]);
    accurate.make("employee", json!({"name": "Budi", "salutation": "MR", "salesman": true}));
    accurate.make("employee", json!({"name": "Ani", "salutation": "MRS"}));
    assert_eq!(column(&accurate.get("employee/list.do?filter.salesman=true"), "name"), ["Budi"]);
    let form = "filter.salesman.op=EQUAL&filter.salesman.val=true";
    assert_eq!(column(&accurate.get(&format!("employee/list.do?{form}")), "name"), ["Budi"]);
}
