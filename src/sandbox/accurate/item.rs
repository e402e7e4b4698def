//! The module item: what goods and services look like and what a save takes.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::expand::reduce;
use super::masters_check::check_item;
use super::model::{
    Compare, Embedded, Module, Numbering, Reference, Shape, custom_members, filter, nothing_to_complete, template, to,
};
use super::param::{Param, by_id, choice, flag, free_lines, named, number, text};
use super::values;
use crate::world::{Database, Row};

static ITEM_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    let mut numbered = vec![("unit", 5, Value::Null), ("tax", 4, Value::Null), ("variant", 2, Value::Null)];
    numbered.extend(custom_members());
    let mut row = template(
        r#"{"id": null, "no": null, "name": null, "shortName": null, "itemType": "INVENTORY", "itemTypeName": null,
            "suspended": false, "branchId": null, "unitPrice": 0.0, "hasMultiUnit": false, "vendorUnit": null,
            "vendorUnitId": null, "ratioVendorUnit": 1.0, "vendorPrice": 0.0, "itemCategoryId": null, "itemCategory": null,
            "itemBrandId": null, "percentTaxable": 100.0, "balance": 0.0, "balanceInUnit": null, "availableToSell": 0.0,
            "availableToSellInAllUnit": null, "onSales": 0.0, "cost": 0.0, "balanceUnitCost": 0.0,
            "balanceTotalCost": 0.0, "defStandardCost": 0.0, "detailWarehouseData": [], "detailSellingPrice": [],
            "detailGroup": [], "detailOpenBalance": [], "controlQuantity": false, "manageSN": false,
            "manageExpired": false, "serialNumberType": null, "upcNo": null, "minimumQuantity": 0.0,
            "minimumQuantityReorder": 0.0, "minimumSellingQuantity": 0.0, "deliveryLeadTime": 0, "defaultDiscount": null,
            "usePpn": false, "useWholesalePrice": false, "calculateGroupPrice": false, "printDetailGroup": false,
            "notes": null, "weight": 0.0, "dimWidth": 0.0, "dimHeight": 0.0, "dimDepth": 0.0, "salesGlAccountId": null,
            "inventoryGlAccountId": null, "cogsGlAccountId": null, "salesRetGlAccountId": null,
            "salesDiscountGlAccountId": null, "purchaseRetGlAccountId": null, "goodTransitGlAccountId": null,
            "unBilledGlAccountId": null, "hasImage": false, "optLock": 0, "createDate": null, "lastUpdate": null,
            "ratio2": 0.0, "ratio3": 0.0, "ratio4": 0.0, "ratio5": 0.0}"#,
        &numbered,
    );
    for n in 1..=5 {
        row.insert(format!("unit{n}Id"), Value::Null);
        row.insert(format!("unit{n}Price"), json!(0.0));
    }
    for n in 1..=4 {
        row.insert(format!("tax{n}Id"), Value::Null);
    }
    row
});

const ITEM_REFERENCES: &[Reference] = &[
    to("itemCategory", "itemCategoryId", "item-category"),
    to("unit1", "unit1Id", "unit"),
    to("unit2", "unit2Id", "unit"),
    to("unit3", "unit3Id", "unit"),
    to("unit4", "unit4Id", "unit"),
    to("unit5", "unit5Id", "unit"),
    to("vendorUnit", "vendorUnitId", "unit"),
    to("tax1", "tax1Id", "tax"),
    to("tax2", "tax2Id", "tax"),
    to("tax3", "tax3Id", "tax"),
    to("tax4", "tax4Id", "tax"),
];

/// Item `tax1Name` is matched against the description first, then the short text.
const TAX_KEYS: &[&str] = &["description", "taxInfo"];

const ITEM_PARAMS: &[Param] = &[
    text("name", 200).label("Nama Barang").required(),
    choice("itemType", &["INVENTORY", "NON_INVENTORY", "SERVICE", "GROUP", "PRODUCTION_COST"])
        .label("Jenis Barang")
        .required(),
    text("no", 30).label("Kode Barang"),
    number("unitPrice"),
    named("unit1Name", "unit1Id", "unit", &["name"]).label("Satuan").strict(),
    named("unit2Name", "unit2Id", "unit", &["name"]),
    named("unit3Name", "unit3Id", "unit", &["name"]),
    named("unit4Name", "unit4Id", "unit", &["name"]),
    named("unit5Name", "unit5Id", "unit", &["name"]),
    number("ratio2"),
    number("ratio3"),
    number("ratio4"),
    number("ratio5"),
    number("unit2Price"),
    number("unit3Price"),
    number("unit4Price"),
    number("unit5Price"),
    text("upcNo", 50).label("UPC/Barcode"),
    number("vendorPrice"),
    named("vendorUnitName", "vendorUnitId", "unit", &["name"]),
    named("itemCategoryName", "itemCategoryId", "item-category", &["name"]).label("Kategori Barang").strict(),
    number("minimumQuantity"),
    number("minimumQuantityReorder"),
    named("tax1Name", "tax1Id", "tax", TAX_KEYS),
    named("tax2Name", "tax2Id", "tax", TAX_KEYS),
    named("tax3Name", "tax3Id", "tax", TAX_KEYS),
    named("tax4Name", "tax4Id", "tax", TAX_KEYS),
    flag("usePpn"),
    number("percentTaxable"),
    text("defaultDiscount", 30),
    flag("controlQuantity"),
    flag("manageSN"),
    flag("manageExpired"),
    choice("serialNumberType", &["UNIQUE", "BATCH"]),
    flag("useWholesalePrice"),
    flag("calculateGroupPrice"),
    flag("printDetailGroup"),
    free_lines("detailGroup"),
    free_lines("detailOpenBalance"),
    number("weight"),
    number("dimWidth"),
    number("dimDepth"),
    number("dimHeight"),
    text("notes", 1000),
    flag("suspended"),
    by_id("branchId", "branch"),
    named("branchName", "branchId", "branch", &["name"]),
];

/// Barang & Jasa.
pub static ITEM: Module = Module {
    name: "item",
    label: "Barang & Jasa",
    has_fields: true,
    saves: true,
    bulk: true,
    deletes: true,
    alternative: Some(("no", "no")),
    called: "name",
    unique: &[("no", "Kode Barang"), ("upcNo", "UPC/Barcode")],
    numbering: Some(Numbering { column: "no", prefix: "", width: 6, after: 100_000 }),
    shape: Shape { template: || &ITEM_TEMPLATE, references: ITEM_REFERENCES, lines: &[], computed: item_computed },
    short: &["no", "name", "id"],
    embedded: Embedded::Without(&[
        "lastUpdate",
        "createDate",
        "detailWarehouseData",
        "detailGroup",
        "detailOpenBalance",
    ]),
    detail_only: &["detailWarehouseData", "detailGroup", "detailOpenBalance"],
    params: ITEM_PARAMS,
    filters: &[
        filter("itemCategoryId", Compare::Number),
        filter("itemType", Compare::Text),
        filter("keywords", Compare::Keywords),
        filter("lastUpdate", Compare::Moment),
        filter("no", Compare::Text),
        filter("preferedVendorId", Compare::Number),
        filter("suspended", Compare::Flag),
    ],
    shows_times: true,
    complete: nothing_to_complete,
    check: check_item,
};

fn item_computed(db: &Database, row: &Row, member: &str) -> Option<Value> {
    match member {
        "itemTypeName" => Some(json!(match row.get("itemType").and_then(Value::as_str) {
            Some("NON_INVENTORY") => "Non Persediaan",
            Some("SERVICE") => "Jasa",
            Some("GROUP") => "Grup",
            Some("PRODUCTION_COST") => "Biaya Produksi",
            _ => "Persediaan",
        })),
        "unit1Price" => Some(values::number(values::amount(row, "unitPrice"))),
        "hasMultiUnit" => Some(json!(row.get("unit2Id").is_some_and(|id| !id.is_null()))),
        "usePpn" => Some(json!(row.get("tax1Id").is_some_and(|id| !id.is_null()))),
        "detailSellingPrice" => Some(selling_prices(db, row)),
        _ => None,
    }
}

/// One price per unit, for the default price category, currency and branch.
fn selling_prices(db: &Database, row: &Row) -> Value {
    let default_of = |module: &str, switch: &str| {
        let rows = db.tables.get(module).map(|table| &table.rows);
        let marked = rows.and_then(|rows| rows.iter().find(|(_, row)| row.get(switch) == Some(&json!(true))));
        let first = marked.or_else(|| rows.and_then(|rows| rows.first_key_value()));
        first.map_or(Value::Null, |(id, _)| reduce(db, module, *id))
    };
    let price_of = |n: usize| {
        let unit = row.get(&format!("unit{n}Id")).and_then(Value::as_u64)?;
        let column = if n == 1 { "unitPrice".to_owned() } else { format!("unit{n}Price") };
        Some(json!({
            "price": values::number(values::amount(row, &column)), "effectiveDate": "01/01/2026",
            "unit": reduce(db, "unit", unit), "currency": default_of("currency", "defaultCurrency"),
            "priceCategory": default_of("price-category", "defaultCategory"),
            "branch": default_of("branch", "defaultBranch")}))
    };
    Value::Array((1..=5).filter_map(price_of).collect())
}
