//! Members of the small master modules and of employees.

use super::Fields;

const ADDRESS: &[&str] = &["street", "city", "province", "country", "zipCode"];

/// Karyawan.
pub(super) fn employee(fields: Fields) -> Fields {
    fields
        .both(&[
            "number",
            "name",
            "salesman",
            "suspended",
            "branchId",
            "joinDate",
            "nikNo",
            "npwpNo",
            "bankName",
            "bankAccount",
            "bankAccountName",
            "bankCode",
            "domisiliType",
            "employeeTaxStatus",
            "employeeWorkStatus",
            "pph",
            "calculatePtkp",
            "nettoIncomeBefore",
            "pphBefore",
            "startMonthPayment",
            "startYearPayment",
            "position",
            "email",
            "mobilePhone",
        ])
        .read(&[
            "joinDateView",
            "departmentId",
            "resign",
            "resignMonth",
            "resignYear",
            "addressId",
            "contactInfoId",
            "salesmanUserId",
            "posRoleId",
            "attachmentExist",
            "employeeWorkStatusName",
            "lastUpdate",
        ])
        .object(&["branch"], &["id", "name", "defaultBranch"])
        .object(&["department"], &["id", "name"])
        .write(&["transDate", "typeAutoNumber", "branchName", "departmentName"])
        .both(&["salutation", "homePhone", "workPhone", "bbmPin", "website", "notes"])
        .both(ADDRESS)
}

/// Gudang.
pub(super) fn warehouse(fields: Fields) -> Fields {
    fields
        .both(&["name", "description", "pic", "scrapWarehouse", "suspended"])
        .read(&["defaultWarehouse", "locationId", "lastUpdate"])
        .object(&["address"], &["id", "name", "address", "concatFullAddress", "picName", "picMobileNo"])
        .object(&["address"], ADDRESS)
        .write(ADDRESS)
}

/// Satuan Barang.
pub(super) fn unit(fields: Fields) -> Fields {
    fields.both(&["name"]).read(&["codeUnitTax", "lastUpdate"])
}

/// Pajak. There is no name.
pub(super) fn tax(fields: Fields) -> Fields {
    fields
        .both(&["description", "rate", "taxType", "pph22Type", "pph23Type"])
        .read(&["taxCode", "taxInfo", "salesTaxGlAccountId", "purchaseTaxGlAccountId", "pphPs4Type", "pph15Type"])
        .read(&["lastUpdate"])
        .write(&["salesTaxGlAccountNo", "purchaseTaxGlAccountNo"])
}

/// Syarat Pembayaran.
pub(super) fn payment_term(fields: Fields) -> Fields {
    fields.both(&["name", "netDays", "discDays", "discPC", "defaultTerm", "memo"]).read(&[
        "cashOnDelivery",
        "installmentTerm",
        "manualTerm",
        "suspended",
        "lastUpdate",
    ])
}

/// Cabang.
pub(super) fn branch(fields: Fields) -> Fields {
    fields.both(&["name"]).read(&["defaultBranch", "suspended", "lastUpdate"]).write(ADDRESS)
}

/// Kategori Pelanggan and Kategori Barang.
pub(super) fn category(fields: Fields) -> Fields {
    fields
        .both(&["name", "defaultCategory"])
        .read(&["nameWithIndent", "nameWithIndentStrip", "lvl", "parentNode", "lastUpdate"])
        .object(&["parent"], &["id", "name"])
        .write(&["parentName"])
}

/// Kategori Penjualan.
pub(super) fn price_category(fields: Fields) -> Fields {
    fields.both(&["name", "description"]).read(&["defaultCategory"])
}
