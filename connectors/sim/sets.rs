//! Two ready sets of tables, which mirror an accounting system and a sales hub closely enough for tests of the engine.

use crate::spec::{Reference, TableSpec};
use selaras_connector_api::{ChildStyle, Recogniser, Strength};
use serde_json::json;

/// Tables like those of an accounting system: integer ids, weak versions, references by name, children written additively, no batch for
/// `order`.
#[must_use]
pub fn ledger() -> Vec<TableSpec> {
    let table = |name: &str| {
        TableSpec { compare_and_set: false, ..TableSpec::new(name, "") }
            .version(Some(("optLock", Strength::Weak)))
            .deactivate("suspended", json!(true))
    };
    let number = |path: &str| Recogniser::OwnNumber { path: path.into() };
    let read = ["id", "optLock"];
    let order = table("order")
        .unique("number")
        .required(&["transDate"])
        .auto("number", "SO.", 5)
        .names("customerNo", "customer", "customerNo", "customer")
        .children("detailItem", ChildStyle::Additive, vec![Reference::by_name("itemNo", "item", "no", "item")])
        .recogniser(number("number"))
        .members(
            &[
                "number",
                "transDate",
                "description",
                "status",
                "detailItem",
                "detailItem[].quantity",
                "detailItem[].unitPrice",
            ],
            &[
                "id",
                "optLock",
                "customer.id",
                "customer.customerNo",
                "detailItem[].id",
                "detailItem[].item.id",
                "detailItem[].item.no",
            ],
            &["customerNo", "detailItem[].itemNo"],
        );
    vec![
        table("term").unique("name").required(&["name"]).members(&["name", "netDays", "suspended"], &read, &[]),
        table("employee")
            .unique("number")
            .required(&["name"])
            .auto("number", "E.", 5)
            .recogniser(number("number"))
            .members(&["number", "name", "mobilePhone", "suspended"], &read, &[]),
        table("customer")
            .unique("customerNo")
            .required(&["name"])
            .auto("customerNo", "C.", 5)
            .names("termName", "term", "name", "term")
            .recogniser(number("customerNo"))
            .members(
                &["customerNo", "name", "mobilePhone", "billCity", "branchId", "suspended", "notes"],
                &["id", "optLock", "term.id", "term.name"],
                &["termName"],
            ),
        table("item").unique("no").required(&["name"]).auto("no", "", 6).recogniser(number("no")).members(
            &["no", "name", "itemType", "unitPrice", "suspended"],
            &read,
            &[],
        ),
        TableSpec { batch: 1, deactivate: None, ..order },
    ]
}

/// Tables like those of a sales hub: text ids, strong versions with compare-and-set, references by id, a partner id, children that replace
/// the list.
#[must_use]
pub fn hub() -> Vec<TableSpec> {
    let table = |name: &str, prefix: &str| {
        TableSpec { stamp: Some("updatedAt".into()), change_filter: true, ..TableSpec::new(name, prefix) }
            .unique("partnerId")
            .deactivate("status", json!("inactive"))
            .recogniser(Recogniser::Marker { path: "partnerId".into() })
            .members(&["partnerId", "source"], &["id", "version", "updatedAt"], &[])
    };
    let order = table("order", "ord")
        .unique("number")
        .required(&["date", "customerId", "lines"])
        .auto("number", "SO-", 5)
        .refers("customerId", "customer")
        .children("lines", ChildStyle::Replace, vec![Reference::by_id("productId", "product")])
        .recogniser(Recogniser::OwnNumber { path: "number".into() })
        .members(&["number", "date", "customerId", "status", "notes", "partnerStatus", "lines"], &["lines[].id"], &[])
        .members(&["lines[].productId", "lines[].quantity", "lines[].price"], &[], &[]);
    vec![
        table("term", "trm").unique("name").required(&["name"]).members(&["name", "days", "status"], &[], &[]),
        table("employee", "emp").unique("code").required(&["name"]).auto("code", "E-", 2).members(
            &["code", "name", "handphone", "status"],
            &[],
            &[],
        ),
        table("customer", "cus")
            .unique("code")
            .required(&["name"])
            .auto("code", "CS-", 5)
            .refers("paymentTermId", "term")
            .refers("salesmanId", "employee")
            .members(
                &["code", "name", "handphone", "city", "paymentTermId", "salesmanId", "notes", "status"],
                &[],
                &[],
            ),
        table("product", "prd").unique("code").required(&["name"]).auto("code", "PD-", 6).members(
            &["code", "name", "price", "status"],
            &[],
            &[],
        ),
        TableSpec { deactivate: None, ..order },
    ]
}
