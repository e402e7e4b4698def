//! The module sales-order: what orders and their lines look like and what a save takes. The arithmetic is in `orders`.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::customer::salesmen;
use super::expand::{embed, reduce};
use super::model::{
    Compare, Embedded, Module, Numbering, Reference, Shape, custom_members, filter, filter_on, template, to,
};
use super::order_check::check_order;
use super::orders::complete_order;
use super::param::{Param, SALESMEN, by_id, date, flag, integer, lines, named, number, text};
use super::values;
use crate::world::{Database, Row};

static ORDER_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    let mut row = template(
        r#"{"id": null, "number": null, "transDate": null, "transDateView": null, "shipDate": null, "shipDateView": null,
            "status": "QUEUE", "statusName": null, "approvalStatus": "APPROVED", "customerId": null, "customer": null,
            "branchId": null, "currencyId": null, "currency": null, "rate": 1.0, "paymentTermId": null,
            "paymentTerm": null, "shipmentId": null, "shipment": null, "fobId": null, "fob": null, "poNumber": null,
            "description": null, "toAddress": null, "percentShipped": 0.0, "taxable": false, "inclusiveTax": false,
            "percentTaxable": 100.0, "subTotal": 0.0, "cashDiscount": 0.0, "cashDiscPercent": "", "totalExpense": 0.0,
            "dppAmount": 0.0, "salesAmount": 0.0, "taxableAmount1": 0.0, "taxableAmount2": 0.0, "totalAmount": 0.0,
            "manualClosed": false, "closeReason": null, "canProcess": true, "masterSalesmanId": null, "detailItem": [],
            "detailExpense": [], "processHistory": [], "downPaymentHistory": [], "downPayments": [],
            "dpUsedHistory": [], "totalDownPayment": 0.0, "totalDownPaymentUsed": 0.0, "availableDownPayment": 0.0,
            "printUserName": "Belum cetak/email", "userPrinted": null, "printedTime": null, "createdBy": 1,
            "attachmentExist": false, "attachmentCount": 0, "commentCount": 0, "hasStatusHistory": true,
            "hasNPWP": false, "optLock": 0}"#,
        &custom_members(),
    );
    for n in 1..=4 {
        row.insert(format!("tax{n}Id"), Value::Null);
        row.insert(format!("tax{n}"), Value::Null);
        row.insert(format!("tax{n}Rate"), Value::Null);
        row.insert(format!("tax{n}Amount"), json!(0.0));
    }
    for kind in DOCUMENT_KINDS {
        row.insert(kind.to_owned(), json!(kind == "salesOrder"));
    }
    row
});

/// Every document says which kinds it is not.
const DOCUMENT_KINDS: [&str; 12] = [
    "salesOrder",
    "salesInvoice",
    "salesQuotation",
    "salesReceipt",
    "salesReturn",
    "deliveryOrder",
    "purchaseOrder",
    "purchaseInvoice",
    "purchasePayment",
    "purchaseReturn",
    "receiveItem",
    "itemTransfer",
];

static LINE_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    let mut row = template(
        r#"{"id": null, "seq": null, "salesOrderId": null, "salesOrder": null, "itemId": null, "item": null,
            "detailName": null, "detailNotes": null, "quantity": 0.0, "quantityDefault": 0.0, "itemUnitId": null,
            "itemUnit": null, "unitRatio": 1.0, "unitPrice": 0.0, "totalPrice": 0.0, "grossAmount": 0.0,
            "salesAmount": 0.0, "dppAmount": 0.0, "tax1Amount": 0.0, "tax2Amount": 0.0, "useTax1": false,
            "useTax2": false, "useTax3": false, "useTax4": false, "detailTaxName": null, "itemDiscPercent": "",
            "itemCashDiscount": 0.0, "lastItemDiscPercent": "", "lastItemCashDiscount": 0.0, "shipQuantity": 0.0,
            "availableQuantity": 0.0, "availableUnitPrice": 0.0, "availableTotalPrice": 0.0, "availableItemUnit": null,
            "availableItemUnitName": null, "availableUnitRatio": 1.0, "processQuantityDesc": null, "poQuantity": 0.0,
            "transferQuantity": 0.0, "closed": false, "manualClosed": false, "warehouseId": null, "warehouse": null,
            "defaultWarehouseDeliveryOrder": null, "defaultWarehouseSalesInvoice": null, "salesmanList": [],
            "salesmanName": null, "departmentId": null, "department": null, "projectId": null, "project": null,
            "salesQuotationId": null, "salesQuotationDetailId": null, "branchId": null, "unitPriceRule": [],
            "discountRule": [], "groupSeq": null, "optLock": 0}"#,
        &[
            ("charField", 15, Value::Null),
            ("numericField", 10, Value::Null),
            ("dateField", 2, Value::Null),
            ("dataClassification", 10, Value::Null),
        ],
    );
    for n in 1..=5 {
        row.insert(format!("salesman{n}Id"), Value::Null);
    }
    for n in 1..=10 {
        row.insert(format!("dataClassification{n}Id"), Value::Null);
    }
    row
});

static EXPENSE_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(
        r#"{"id": null, "seq": null, "accountId": null, "account": null, "expenseName": null, "detailName": null,
            "expenseAmount": 0.0, "amount": 0.0, "expenseNotes": null, "departmentId": null, "projectId": null,
            "salesOrder": null, "optLock": 0}"#,
        &[],
    )
});

/// The members of an order line that are other records.
pub const LINE_REFERENCES: &[Reference] = &[
    to("item", "itemId", "item"),
    to("itemUnit", "itemUnitId", "unit"),
    to("availableItemUnit", "itemUnitId", "unit"),
    to("warehouse", "warehouseId", "warehouse"),
    to("defaultWarehouseDeliveryOrder", "warehouseId", "warehouse"),
    to("defaultWarehouseSalesInvoice", "warehouseId", "warehouse"),
];

static LINE: Shape =
    Shape { template: || &LINE_TEMPLATE, references: LINE_REFERENCES, lines: &[], computed: line_computed };

static EXPENSE: Shape =
    Shape { template: || &EXPENSE_TEMPLATE, references: &[], lines: &[], computed: expense_computed };

const LINE_PARAMS: &[Param] = &[
    named("itemNo", "itemId", "item", &["no"]),
    number("unitPrice"),
    number("quantity"),
    named("itemUnitName", "itemUnitId", "unit", &["name"]),
    text("detailName", 255),
    text("detailNotes", 1000),
    named("warehouseName", "warehouseId", "warehouse", &["name"]),
    number("itemCashDiscount"),
    text("itemDiscPercent", 30),
    flag("useTax1"),
    flag("useTax2"),
    flag("useTax3"),
    SALESMEN,
    text("charField1", 255),
    text("charField2", 255),
    text("charField3", 255),
];

const EXPENSE_PARAMS: &[Param] =
    &[text("accountNo", 30), text("expenseName", 255), number("expenseAmount"), text("expenseNotes", 1000)];

const ORDER_PARAMS: &[Param] = &[
    named("customerNo", "customerId", "customer", &["customerNo"]).label("Pelanggan").required(),
    date("transDate").label("Tanggal").strict(),
    date("shipDate"),
    text("number", 30).label("No Pesanan"),
    text("poNumber", 60),
    text("description", 1000),
    text("toAddress", 1000),
    by_id("branchId", "branch"),
    named("branchName", "branchId", "branch", &["name"]),
    named("currencyCode", "currencyId", "currency", &["code"]),
    number("rate"),
    named("paymentTermName", "paymentTermId", "payment-term", &["name"]),
    flag("taxable"),
    flag("inclusiveTax"),
    number("cashDiscount"),
    text("cashDiscPercent", 30),
    lines("detailItem", LINE_PARAMS).label("Rincian Barang").required(),
    lines("detailExpense", EXPENSE_PARAMS).label("Rincian Biaya"),
    text("charField1", 255),
    text("charField2", 255),
    text("charField3", 255),
    text("charField4", 255),
    text("charField5", 255),
    text("charField6", 255),
    text("charField7", 255),
    text("charField8", 255),
    text("charField9", 255),
    text("charField10", 255),
    number("numericField1"),
    number("numericField2"),
    number("numericField3"),
    integer("numericField4"),
    date("dateField1"),
    date("dateField2"),
];

/// Pesanan Penjualan.
pub static SALES_ORDER: Module = Module {
    name: "sales-order",
    label: "Pesanan Penjualan",
    has_fields: true,
    saves: true,
    bulk: true,
    deletes: true,
    alternative: Some(("number", "number")),
    called: "number",
    unique: &[("number", "No Pesanan")],
    numbering: Some(Numbering { column: "number", prefix: "SO.{month}.", width: 5, after: 0 }),
    shape: Shape {
        template: || &ORDER_TEMPLATE,
        references: &[
            to("customer", "customerId", "customer"),
            to("currency", "currencyId", "currency"),
            to("paymentTerm", "paymentTermId", "payment-term"),
            to("tax1", "tax1Id", "tax"),
            to("tax2", "tax2Id", "tax"),
        ],
        lines: &[("detailItem", &LINE), ("detailExpense", &EXPENSE)],
        computed: order_computed,
    },
    short: &["number", "id"],
    embedded: Embedded::Only(&["id", "number", "taxable", "inclusiveTax"]),
    detail_only: &[
        "detailItem",
        "detailExpense",
        "tax1Amount",
        "tax2Amount",
        "tax3Amount",
        "tax4Amount",
        "dppAmount",
        "salesAmount",
        "taxableAmount1",
        "taxableAmount2",
        "tax1",
        "tax2",
        "tax3",
        "tax4",
        "tax1Rate",
        "tax2Rate",
        "tax3Rate",
        "tax4Rate",
        "processHistory",
        "downPaymentHistory",
        "downPayments",
        "dpUsedHistory",
    ],
    params: ORDER_PARAMS,
    filters: &[
        filter("approvalStatus", Compare::Text),
        filter("branchId", Compare::Number),
        filter_on("branchName", "branchId", Compare::Via("branch", "name")),
        filter("currencyId", Compare::Number),
        filter("customerId", Compare::Number),
        filter_on("customerNo", "customerId", Compare::Via("customer", "customerNo")),
        filter("keywords", Compare::Keywords),
        filter("lastUpdate", Compare::Moment),
        filter("number", Compare::Text),
        filter("status", Compare::Text),
        filter("transDate", Compare::Moment),
    ],
    shows_times: false,
    complete: complete_order,
    check: check_order,
};

fn order_computed(_: &Database, row: &Row, member: &str) -> Option<Value> {
    let status = || row.get("status").and_then(Value::as_str).unwrap_or("QUEUE");
    match member {
        "transDateView" => Some(values::view(row.get("transDate").unwrap_or(&Value::Null))),
        "shipDateView" => Some(values::view(row.get("shipDate").unwrap_or(&Value::Null))),
        "statusName" => Some(json!(match status() {
            "QUEUE" => "Menunggu diproses",
            "WAITING" => "Sebagian diproses",
            "PROCEED" => "Terproses",
            "CLOSED" => "Ditutup",
            other => other,
        })),
        "canProcess" => Some(json!(matches!(status(), "QUEUE" | "WAITING"))),
        _ => None,
    }
}

fn line_computed(db: &Database, row: &Row, member: &str) -> Option<Value> {
    let unit = || row.get("itemUnitId").and_then(Value::as_u64).and_then(|id| db.row("unit", id));
    match member {
        "salesmanList" => Some(salesmen(db, row)),
        "salesman1Id" | "salesman2Id" | "salesman3Id" | "salesman4Id" | "salesman5Id" => {
            let place = usize::from(member.as_bytes()[8] - b'1');
            Some(row.get("salesmanListId").and_then(|list| list.get(place)).cloned().unwrap_or(Value::Null))
        }
        "salesmanName" => {
            let first = row.get("salesmanListId")?.get(0)?.as_u64()?;
            Some(json!(db.row("employee", first)?.get("name")))
        }
        "availableItemUnitName" => Some(json!(unit().and_then(|unit| unit.get("name")))),
        "processQuantityDesc" => {
            let name = unit().and_then(|unit| unit.get("name")).and_then(Value::as_str).unwrap_or_default();
            Some(json!(format!("{} {name}", values::amount(row, "shipQuantity").normalize())))
        }
        "salesOrder" => {
            let order = row.get("salesOrderId").and_then(Value::as_u64)?;
            Some(embed(db, "sales-order", order))
        }
        "availableUnitPrice" => row.get("unitPrice").cloned(),
        "availableUnitRatio" => row.get("unitRatio").cloned(),
        _ => None,
    }
}

fn expense_computed(db: &Database, row: &Row, member: &str) -> Option<Value> {
    match member {
        "account" => Some(json!({"no": row.get("accountNo")?, "name": row.get("accountNo")?})),
        "amount" => row.get("expenseAmount").cloned(),
        "detailName" => row.get("expenseName").cloned(),
        "salesOrder" => Some(reduce(db, "sales-order", row.get("salesOrderId").and_then(Value::as_u64)?)),
        _ => None,
    }
}
