//! The small modules: warehouses, units, taxes, payment terms, branches, categories, currencies.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::masters_check::check_unit;
use super::model::{
    Compare, Embedded, Filter, Module, Shape, filter, filter_on, nothing_computed, nothing_to_check,
    nothing_to_complete, template,
};
use super::param::{Param, choice, flag, integer, named, number, text};
use super::values;
use crate::world::{Database, Row};

pub(super) const KEYWORDS: Filter = filter("keywords", Compare::Keywords);
const LAST_UPDATE: Filter = filter("lastUpdate", Compare::Moment);
const SUSPENDED: Filter = filter("suspended", Compare::Flag);

/// What most small modules have in common; each changes what differs.
pub(super) const PLAIN: Module = Module {
    name: "",
    label: "",
    has_fields: false,
    saves: true,
    bulk: true,
    deletes: true,
    alternative: None,
    called: "name",
    unique: &[("name", "Nama")],
    numbering: None,
    shape: Shape { template: || &UNIT_TEMPLATE, references: &[], lines: &[], computed: nothing_computed },
    short: &["id", "name"],
    embedded: Embedded::Without(&[]),
    detail_only: &[],
    params: &[],
    filters: &[],
    shows_times: false,
    complete: nothing_to_complete,
    check: nothing_to_check,
};

static WAREHOUSE_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(
        r#"{"id": null, "name": null, "description": null, "pic": null, "suspended": false, "defaultWarehouse": false,
            "scrapWarehouse": false, "locationId": null, "address": null, "optLock": 0}"#,
        &[],
    )
});

/// Gudang.
pub static WAREHOUSE: Module = Module {
    name: "warehouse",
    label: "Gudang",
    bulk: false,
    alternative: Some(("warehouseName", "name")),
    shape: Shape { template: || &WAREHOUSE_TEMPLATE, references: &[], lines: &[], computed: warehouse_computed },
    embedded: Embedded::Without(&["address"]),
    params: &[
        text("name", 60).label("Nama").required(),
        text("street", 255),
        text("city", 60),
        text("province", 60),
        text("country", 60),
        text("zipCode", 20),
        text("description", 255),
        text("pic", 60),
        flag("scrapWarehouse"),
        flag("suspended"),
    ],
    filters: &[filter("id", Compare::Number), KEYWORDS, LAST_UPDATE, SUSPENDED],
    ..PLAIN
};

fn warehouse_computed(_: &Database, row: &Row, member: &str) -> Option<Value> {
    let location = row.get("locationId").filter(|id| !id.is_null()).or_else(|| row.get("id"));
    match member {
        "locationId" => Some(json!(location)),
        "address" => {
            let mut address = address(row, ["street", "city", "province", "country", "zipCode"]);
            address["id"] = json!(location);
            address["name"] = json!(row.get("name"));
            Some(address)
        }
        _ => None,
    }
}

/// An address object from the columns with street, city, province, country and zip code.
pub fn address(row: &Row, columns: [&str; 5]) -> Value {
    let part = |column: &str| row.get(column).and_then(Value::as_str).unwrap_or_default().to_owned();
    let [street, city, province, country, zip] = columns.map(part);
    let full: Vec<&str> = [&street, &city, &province, &country, &zip]
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    json!({"id": null, "name": null, "street": street, "city": city, "province": province, "country": country,
           "zipCode": zip, "address": full.join(" "), "concatFullAddress": full.join(" "),
           "picName": null, "picMobileNo": null})
}

static UNIT_TEMPLATE: LazyLock<Row> =
    LazyLock::new(|| template(r#"{"id": null, "name": null, "codeUnitTax": null, "optLock": 0}"#, &[]));

/// Satuan Barang.
pub static UNIT: Module = Module {
    name: "unit",
    label: "Satuan Barang",
    alternative: Some(("unitName", "name")),
    params: &[text("name", 20).label("Nama").required()],
    filters: &[KEYWORDS, LAST_UPDATE],
    check: check_unit,
    ..PLAIN
};

static TAX_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(
        r#"{"id": null, "taxCode": null, "description": null, "taxType": "PPN", "rate": 0.0, "taxInfo": null,
            "salesTaxGlAccountId": 74, "purchaseTaxGlAccountId": 75, "pphPs4Type": null, "pph15Type": null,
            "pph22Type": null, "pph23Type": null, "optLock": 0}"#,
        &[],
    )
});

const TAX_TYPES: &[&str] = &["PPN", "PPNBM", "PPH15", "PPH21", "PPH22", "PPH23", "PPHPS4"];

/// Pajak.
pub static TAX: Module = Module {
    name: "tax",
    label: "Pajak",
    called: "description",
    unique: &[("description", "Keterangan")],
    shape: Shape { template: || &TAX_TEMPLATE, references: &[], lines: &[], computed: nothing_computed },
    short: &["id", "description", "taxInfo", "rate"],
    params: &[
        text("salesTaxGlAccountNo", 30).label("Akun Pajak Penjualan").required(),
        text("purchaseTaxGlAccountNo", 30).label("Akun Pajak Pembelian").required(),
        text("description", 100).label("Keterangan"),
        number("rate"),
        choice("taxType", TAX_TYPES),
        text("pph22Type", 30),
        text("pph23Type", 30),
    ],
    filters: &[KEYWORDS, LAST_UPDATE, filter("taxType", Compare::Text)],
    complete: complete_tax,
    ..PLAIN
};

/// The code and the short text of a tax follow its type and rate.
fn complete_tax(_: &mut Database, row: &mut Row) {
    let kind = row.get("taxType").and_then(Value::as_str).unwrap_or("PPN").to_owned();
    let rate = values::amount(row, "rate").normalize();
    row.insert("taxInfo".to_owned(), json!(format!("{kind} {rate}%")));
    row.entry("taxCode").or_insert_with(|| json!(kind));
    if row.get("description").is_none_or(Value::is_null) {
        row.insert("description".to_owned(), json!(format!("{kind} {rate}%")));
    }
}

static TERM_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(
        r#"{"id": null, "name": null, "netDays": 0, "discDays": 0, "discPC": 0.0, "cashOnDelivery": false,
            "installmentTerm": false, "manualTerm": false, "defaultTerm": false, "memo": null, "suspended": false,
            "optLock": 0}"#,
        &[],
    )
});

/// Syarat Pembayaran.
pub static PAYMENT_TERM: Module = Module {
    name: "payment-term",
    label: "Syarat Pembayaran",
    shape: Shape { template: || &TERM_TEMPLATE, references: &[], lines: &[], computed: nothing_computed },
    params: &[
        text("name", 60).label("Nama").required(),
        integer("netDays").label("Jatuh Tempo").strict(),
        integer("discDays").label("Hari Diskon").strict(),
        number("discPC").label("Diskon").strict(),
        flag("defaultTerm"),
        text("memo", 255),
    ],
    filters: &[KEYWORDS, LAST_UPDATE],
    ..PLAIN
};

static BRANCH_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(
        r#"{"id": null, "name": null, "defaultBranch": false, "suspended": false, "street": null, "city": null,
            "province": null, "country": null, "zipCode": null, "optLock": 0}"#,
        &[],
    )
});

/// Cabang.
pub static BRANCH: Module = Module {
    name: "branch",
    label: "Cabang",
    alternative: Some(("branchName", "name")),
    shape: Shape { template: || &BRANCH_TEMPLATE, references: &[], lines: &[], computed: nothing_computed },
    params: &[
        text("name", 60).label("Nama").required(),
        text("street", 255),
        text("city", 60),
        text("province", 60),
        text("country", 60),
        text("zipCode", 20),
    ],
    filters: &[KEYWORDS, LAST_UPDATE, SUSPENDED],
    ..PLAIN
};

static CATEGORY_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(
        r#"{"id": null, "name": null, "nameWithIndent": null, "nameWithIndentStrip": null, "lvl": 1, "parentId": null,
            "parentNode": false, "defaultCategory": false, "optLock": 0}"#,
        &[],
    )
});

const CUSTOMER_CATEGORY_PARAMS: &[Param] = &[
    text("name", 60).label("Nama").required(),
    flag("defaultCategory"),
    named("parentName", "parentId", "customer-category", &["name"]),
];

/// Kategori Pelanggan.
pub static CUSTOMER_CATEGORY: Module = Module {
    name: "customer-category",
    label: "Kategori Pelanggan",
    has_fields: true,
    shape: Shape {
        template: || &CATEGORY_TEMPLATE,
        references: &[],
        lines: &[],
        computed: |db, row, member| category_computed(db, "customer-category", row, member),
    },
    params: CUSTOMER_CATEGORY_PARAMS,
    filters: &[filter("id", Compare::Number), KEYWORDS, filter_on("leafOnly", "parentId", Compare::Leaf)],
    ..PLAIN
};

const ITEM_CATEGORY_PARAMS: &[Param] = &[
    text("name", 60).label("Nama").required(),
    flag("defaultCategory"),
    named("parentName", "parentId", "item-category", &["name"]),
];

/// Kategori Barang.
pub static ITEM_CATEGORY: Module = Module {
    name: "item-category",
    label: "Kategori Barang",
    has_fields: true,
    shape: Shape {
        template: || &CATEGORY_TEMPLATE,
        references: &[],
        lines: &[],
        computed: |db, row, member| category_computed(db, "item-category", row, member),
    },
    params: ITEM_CATEGORY_PARAMS,
    filters: &[KEYWORDS, LAST_UPDATE, filter_on("leafOnly", "parentId", Compare::Leaf)],
    ..PLAIN
};

/// Level and indented names follow from the chain of parents.
fn category_computed(db: &Database, module: &str, row: &Row, member: &str) -> Option<Value> {
    let level = || level_of(db, module, row);
    let name = row.get("name").and_then(Value::as_str).unwrap_or_default();
    match member {
        "lvl" => Some(json!(level())),
        "nameWithIndent" => Some(json!(format!("{}{name}", "&nbsp;&nbsp;&nbsp;".repeat(level() - 1)))),
        "nameWithIndentStrip" => Some(json!(format!("{}{name}", "- ".repeat(level() - 1)))),
        "parentNode" => Some(json!(has_children(db, module, row))),
        _ => None,
    }
}

/// 1 for a category without a parent. A circle of parents ends after ten steps.
fn level_of(db: &Database, module: &str, row: &Row) -> usize {
    let parent_of = |row: &Row| row.get("parentId").and_then(Value::as_u64);
    let mut level = 1;
    let mut parent = parent_of(row);
    while let Some(above) = parent.and_then(|id| db.row(module, id)).filter(|_| level < 10) {
        level += 1;
        parent = parent_of(above);
    }
    level
}

/// Whether another record names this one as its parent.
pub fn has_children(db: &Database, module: &str, row: &Row) -> bool {
    let id = row.get("id");
    db.tables.get(module).is_some_and(|table| table.rows.values().any(|other| other.get("parentId") == id))
}

static PRICE_CATEGORY_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(r#"{"id": null, "name": null, "description": null, "defaultCategory": false, "optLock": 0}"#, &[])
});

/// Kategori Penjualan.
pub static PRICE_CATEGORY: Module = Module {
    name: "price-category",
    label: "Kategori Penjualan",
    has_fields: true,
    bulk: false,
    deletes: false,
    shape: Shape { template: || &PRICE_CATEGORY_TEMPLATE, references: &[], lines: &[], computed: nothing_computed },
    params: &[text("name", 60).label("Nama").required(), text("description", 255)],
    filters: &[KEYWORDS, LAST_UPDATE],
    ..PLAIN
};

static CURRENCY_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(r#"{"id": null, "code": null, "name": null, "symbol": null, "defaultCurrency": false, "optLock": 0}"#, &[])
});

/// Mata Uang, for reading only.
pub static CURRENCY: Module = Module {
    name: "currency",
    label: "Mata Uang",
    saves: false,
    bulk: false,
    deletes: false,
    alternative: Some(("code", "code")),
    unique: &[("code", "Kode")],
    shape: Shape { template: || &CURRENCY_TEMPLATE, references: &[], lines: &[], computed: nothing_computed },
    short: &["id", "code", "symbol", "name"],
    filters: &[KEYWORDS],
    ..PLAIN
};
