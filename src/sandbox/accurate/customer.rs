//! The module customer: what customers look like and what a save takes.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::expand::embed;
use super::masters_check::check_customer;
use super::model::{
    Compare, Embedded, Filter, Module, Numbering, Shape, custom_members, filter, filter_on, nothing_to_complete,
    template, to,
};
use super::param::{Param, SALESMEN, by_id, date, flag, free_lines, integer, named, number, text};
use super::small::address;
use crate::world::{Database, Row};

static CUSTOMER_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    let mut row = template(
        r#"{"id": null, "customerNo": null, "name": null, "suspended": false, "branchId": null, "customerBranchName": null,
            "categoryId": null, "category": null, "defaultTermId": null, "term": null, "currencyId": null, "currency": null,
            "priceCategoryId": null, "priceCategory": null, "discountCategoryId": null, "discountCategory": null,
            "defaultSalesmanId": null, "salesman": null, "salesmanList": [], "salesman2Id": null, "salesman3Id": null,
            "salesman4Id": null, "salesman5Id": null, "defaultWarehouseId": null, "email": null, "mobilePhone": null,
            "workPhone": null, "fax": null, "website": null, "notes": null, "description": null, "bbmPin": null,
            "billAddressId": null, "shipAddressId": null, "taxAddressId": null, "shipSameAsBill": false,
            "taxSameAsBill": false, "detailContact": [], "detailShipAddress": [], "detailOpenBalance": [],
            "balanceList": [], "customerLimitAge": false, "customerLimitAgeValue": 0, "customerLimitAmount": false,
            "customerLimitAmountValue": 0.0, "groupCustomerLimit": null, "defaultIncTax": false, "defaultSalesDisc": null,
            "customerTaxType": "CTAS_KEPADA_SELAIN_PEMUNGUT_PPN", "customerTaxTypeName": null,
            "documentCode": "DIGUNGGUNG", "documentTransaction": "CTAS_DIPERSAMAKAN", "npwpNo": null, "pkpNo": null,
            "nitku": null, "idCard": null, "wpName": null, "wpNumber": null, "wpType": "NIK", "wpTypeAndNumber": null,
            "notesIdTax": null, "countryCode": "IDN", "reseller": false, "consignmentStore": false, "customerNoVa": null,
            "efakturSendEmail": false, "maxInvoiceAge": null, "attachmentExist": false, "optLock": 0,
            "createDate": null, "lastUpdate": null, "transDate": null}"#,
        &custom_members(),
    );
    for prefix in ["bill", "ship", "tax"] {
        for part in ADDRESS_PARTS {
            row.insert(format!("{prefix}{part}"), Value::Null);
        }
    }
    row
});

const ADDRESS_PARTS: [&str; 5] = ["Street", "City", "Province", "Country", "ZipCode"];

/// What only `customer/detail.do` gives: the addresses and the lines.
const CUSTOMER_DETAIL_ONLY: &[&str] = &[
    "billStreet",
    "billCity",
    "billProvince",
    "billCountry",
    "billZipCode",
    "shipStreet",
    "shipCity",
    "shipProvince",
    "shipCountry",
    "shipZipCode",
    "taxStreet",
    "taxCity",
    "taxProvince",
    "taxCountry",
    "taxZipCode",
    "shipSameAsBill",
    "taxSameAsBill",
    "detailContact",
    "detailShipAddress",
    "detailOpenBalance",
    "salesmanList",
];

const CUSTOMER_FILTERS: &[Filter] = &[
    filter("branchId", Compare::Number),
    filter_on("branchName", "branchId", Compare::Via("branch", "name")),
    filter_on("customerCategoryId", "categoryId", Compare::Number),
    filter("keywords", Compare::Keywords),
    filter("lastUpdate", Compare::Moment),
    filter_on("no", "customerNo", Compare::Text),
    filter("npwpNo", Compare::Text),
    filter("suspended", Compare::Flag),
    filter("wpNumber", Compare::Text),
];

const CUSTOMER_PARAMS: &[Param] = &[
    text("name", 100).label("Nama").required(),
    date("transDate").label("Tanggal").strict(),
    text("customerNo", 30).label("Kode Pelanggan"),
    text("number", 30).label("Kode Pelanggan").column("customerNo"),
    text("billStreet", 255),
    text("billCity", 60),
    text("billProvince", 60),
    text("billCountry", 60),
    text("billZipCode", 20),
    text("shipStreet", 255),
    text("shipCity", 60),
    text("shipProvince", 60),
    text("shipCountry", 60),
    text("shipZipCode", 20),
    text("taxStreet", 255),
    text("taxCity", 60),
    text("taxProvince", 60),
    text("taxCountry", 60),
    text("taxZipCode", 20),
    flag("shipSameAsBill"),
    flag("taxSameAsBill"),
    text("email", 100).label("Email"),
    text("mobilePhone", 30).label("Handphone"),
    text("workPhone", 30).label("Telepon"),
    text("fax", 30),
    text("website", 100),
    text("notes", 1000),
    text("description", 1000),
    by_id("branchId", "branch"),
    named("branchName", "branchId", "branch", &["name"]),
    named("categoryName", "categoryId", "customer-category", &["name"]),
    named("termName", "defaultTermId", "payment-term", &["name"]),
    named("currencyCode", "currencyId", "currency", &["code"]),
    named("priceCategoryName", "priceCategoryId", "price-category", &["name"]),
    named("salesmanNumber", "defaultSalesmanId", "employee", &["number"]),
    SALESMEN,
    flag("customerLimitAge"),
    integer("customerLimitAgeValue"),
    flag("customerLimitAmount"),
    number("customerLimitAmountValue"),
    text("npwpNo", 30),
    text("pkpNo", 30),
    text("nitku", 30),
    text("wpName", 100),
    text("wpNumber", 30),
    text("wpType", 30),
    text("documentCode", 60),
    text("documentTransaction", 60),
    text("customerTaxType", 60),
    text("notesIdTax", 255),
    flag("defaultIncTax"),
    text("defaultSalesDisc", 30),
    flag("consignmentStore"),
    flag("suspended"),
    free_lines("detailContact"),
    free_lines("detailShipAddress"),
    free_lines("detailOpenBalance"),
];

/// Pelanggan.
pub static CUSTOMER: Module = Module {
    name: "customer",
    label: "Pelanggan",
    has_fields: true,
    saves: true,
    bulk: true,
    deletes: true,
    alternative: Some(("customerNo", "customerNo")),
    called: "name",
    unique: &[("customerNo", "Kode Pelanggan")],
    numbering: Some(Numbering { column: "customerNo", prefix: "C.", width: 5, after: 0 }),
    shape: Shape {
        template: || &CUSTOMER_TEMPLATE,
        references: &[
            to("category", "categoryId", "customer-category"),
            to("term", "defaultTermId", "payment-term"),
            to("currency", "currencyId", "currency"),
            to("priceCategory", "priceCategoryId", "price-category"),
            to("salesman", "defaultSalesmanId", "employee"),
        ],
        lines: &[],
        computed: customer_computed,
    },
    short: &["customerNo", "name", "id"],
    embedded: Embedded::Only(&[
        "id",
        "customerNo",
        "name",
        "suspended",
        "categoryId",
        "category",
        "defaultTermId",
        "currencyId",
        "priceCategoryId",
        "defaultSalesmanId",
        "defaultIncTax",
        "npwpNo",
        "wpName",
        "wpNumber",
        "optLock",
        "contactInfo",
        "shipAddress",
        "shipAddressList",
    ]),
    detail_only: CUSTOMER_DETAIL_ONLY,
    params: CUSTOMER_PARAMS,
    filters: CUSTOMER_FILTERS,
    shows_times: true,
    complete: nothing_to_complete,
    check: check_customer,
};

fn customer_computed(db: &Database, row: &Row, member: &str) -> Option<Value> {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    match member {
        "customerBranchName" => {
            let branch = row.get("branchId").and_then(Value::as_u64).and_then(|id| db.row("branch", id));
            Some(branch.map_or(json!("[Semua Cabang]"), |branch| json!(branch.get("name"))))
        }
        "salesmanList" => Some(salesmen(db, row)),
        "salesman2Id" | "salesman3Id" | "salesman4Id" | "salesman5Id" => {
            let place = usize::from(member.as_bytes()[8] - b'1');
            Some(row.get("salesmanListId").and_then(|list| list.get(place)).cloned().unwrap_or(Value::Null))
        }
        "wpTypeAndNumber" => {
            let number = row.get("wpNumber").and_then(Value::as_str)?;
            let kind = row.get("wpType").and_then(Value::as_str).unwrap_or("NIK");
            Some(json!(format!("{kind} - {number}")))
        }
        "contactInfo" => Some(json!({
            "id": row.get("id"), "name": text("name"), "companyName": null, "email": row.get("email"),
            "mobilePhone": row.get("mobilePhone"), "workPhone": row.get("workPhone"), "homePhone": null,
            "fax": row.get("fax"), "website": row.get("website"), "bbmPin": null, "salutation": null, "position": null})),
        "shipAddress" => Some(ship_address(row)),
        "shipAddressList" => Some(json!([ship_address(row)])),
        _ => same_as_bill(row, member),
    }
}

/// A shipping or tax address that is said to equal the billing address.
fn same_as_bill(row: &Row, member: &str) -> Option<Value> {
    let (part, switch) = match member.strip_prefix("ship") {
        Some(part) => (part, "shipSameAsBill"),
        None => (member.strip_prefix("tax")?, "taxSameAsBill"),
    };
    if !ADDRESS_PARTS.contains(&part) || row.get(switch) != Some(&json!(true)) {
        return None;
    }
    row.get(&format!("bill{part}")).cloned()
}

fn ship_address(row: &Row) -> Value {
    let prefix = if row.get("shipStreet").is_some_and(|street| !street.is_null()) { "ship" } else { "bill" };
    let columns = ADDRESS_PARTS.map(|part| format!("{prefix}{part}"));
    let mut address = address(row, [&columns[0], &columns[1], &columns[2], &columns[3], &columns[4]]);
    address["id"] = json!(row.get("id"));
    address["name"] = json!(row.get("name"));
    address["customerId"] = json!(row.get("id"));
    for (member, value) in [("defaultLocation", true), ("taxLocation", false), ("suspended", false), ("deleted", false)]
    {
        address[member] = json!(value);
    }
    address
}

/// The salesmen of a customer or an order line.
pub fn salesmen(db: &Database, row: &Row) -> Value {
    let ids = row.get("salesmanListId").and_then(Value::as_array);
    let list = ids.into_iter().flatten().filter_map(Value::as_u64);
    Value::Array(list.map(|id| embed(db, "employee", id)).filter(|employee| !employee.is_null()).collect())
}
