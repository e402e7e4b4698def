//! The modules customer, item and employee: what their records look like and what a save takes.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::expand::{embed, reduce};
use super::masters_check::{check_customer, check_employee, check_item};
use super::model::{
    Compare, Embedded, Filter, Module, Numbering, Param, Reference, SALESMEN, Shape, by_id, choice, custom_members,
    date, filter, filter_on, flag, free_lines, integer, named, nothing_to_complete, number, template, text, to,
};
use super::small::address;
use super::values;
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

static EMPLOYEE_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(
        r#"{"id": null, "number": null, "name": null, "salesman": false, "suspended": false, "resign": false,
            "resignMonth": null, "resignYear": null, "joinDate": null, "joinDateView": null, "branchId": null,
            "branch": null, "departmentId": null, "employeeTaxStatus": "TK0", "employeeWorkStatus": "PEGAWAI_TETAP",
            "employeeWorkStatusName": null, "nikNo": null, "npwpNo": null, "bankName": null, "bankAccount": null,
            "bankAccountName": null, "bankCode": null, "domisiliType": "INA", "calculatePtkp": false, "pph": false,
            "pphBefore": 0.0, "nettoIncomeBefore": 0.0, "startMonthPayment": null, "startYearPayment": null,
            "addressId": null, "contactInfoId": null, "salesmanUserId": null, "posRoleId": null,
            "attachmentExist": false, "position": null, "email": null, "mobilePhone": null, "homePhone": null,
            "workPhone": null, "bbmPin": null, "website": null, "notes": null, "salutation": null, "street": null,
            "city": null, "province": null, "country": null, "zipCode": null, "optLock": 0}"#,
        &[],
    )
});

const EMPLOYEE_PARAMS: &[Param] = &[
    text("name", 100).label("Nama").required(),
    choice("salutation", &["MR", "MRS"]).label("Sapaan").required(),
    date("transDate").label("Tanggal").strict(),
    text("number", 30).label("Kode Karyawan"),
    flag("salesman"),
    flag("suspended"),
    by_id("branchId", "branch"),
    named("branchName", "branchId", "branch", &["name"]),
    text("position", 60),
    date("joinDate"),
    text("email", 100),
    text("mobilePhone", 30),
    text("homePhone", 30),
    text("workPhone", 30),
    text("bbmPin", 30),
    text("nikNo", 30),
    text("npwpNo", 30),
    text("street", 255),
    text("city", 60),
    text("province", 60),
    text("country", 60),
    text("zipCode", 20),
    text("bankName", 60),
    text("bankAccount", 60),
    text("bankAccountName", 60),
    text("bankCode", 30),
    text("domisiliType", 10),
    choice("employeeTaxStatus", &["K0", "K1", "K2", "K3", "TK0", "TK1", "TK2", "TK3"]),
    text("employeeWorkStatus", 60),
    flag("pph"),
    flag("calculatePtkp"),
    number("nettoIncomeBefore"),
    number("pphBefore"),
    integer("startMonthPayment"),
    integer("startYearPayment"),
    text("website", 100),
    text("notes", 1000),
];

/// What only `employee/detail.do` gives.
const EMPLOYEE_DETAIL_ONLY: &[&str] = &[
    "branch",
    "employeeWorkStatusName",
    "position",
    "email",
    "mobilePhone",
    "homePhone",
    "workPhone",
    "bbmPin",
    "website",
    "notes",
    "salutation",
    "street",
    "city",
    "province",
    "country",
    "zipCode",
];

/// Karyawan.
pub static EMPLOYEE: Module = Module {
    name: "employee",
    label: "Karyawan",
    has_fields: false,
    saves: true,
    bulk: false,
    deletes: true,
    alternative: Some(("number", "number")),
    called: "name",
    unique: &[("number", "Kode Karyawan")],
    numbering: Some(Numbering { column: "number", prefix: "E.", width: 5, after: 0 }),
    shape: Shape {
        template: || &EMPLOYEE_TEMPLATE,
        references: &[to("branch", "branchId", "branch")],
        lines: &[],
        computed: employee_computed,
    },
    short: &["number", "name", "id"],
    embedded: Embedded::Without(EMPLOYEE_DETAIL_ONLY),
    detail_only: EMPLOYEE_DETAIL_ONLY,
    params: EMPLOYEE_PARAMS,
    filters: &[
        filter("branchId", Compare::Number),
        filter("keywords", Compare::Keywords),
        filter("lastUpdate", Compare::Moment),
        filter("salesman", Compare::Flag),
    ],
    shows_times: false,
    complete: nothing_to_complete,
    check: check_employee,
};

fn employee_computed(_: &Database, row: &Row, member: &str) -> Option<Value> {
    match member {
        "joinDateView" => Some(values::view(row.get("joinDate").unwrap_or(&Value::Null))),
        "employeeWorkStatusName" => Some(json!(match row.get("employeeWorkStatus").and_then(Value::as_str) {
            None | Some("PEGAWAI_TETAP") => "Pegawai Tetap",
            Some(other) => other,
        })),
        _ => None,
    }
}
