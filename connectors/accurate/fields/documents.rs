//! Members of the wide modules: customers, items, sales orders.

use super::Fields;

/// Pelanggan.
pub(super) fn customer(fields: Fields) -> Fields {
    let fields = ["bill", "ship", "tax"].into_iter().fold(fields, |mut fields, which| {
        for part in ["Street", "City", "Province", "Country", "ZipCode"] {
            fields.mark(format!("{which}{part}"), true, true);
        }
        fields.mark(format!("{which}AddressId"), true, false);
        fields
    });
    fields
        .both(&["customerNo", "name", "suspended", "branchId", "email", "mobilePhone", "workPhone", "fax", "website"])
        .both(&["notes", "shipSameAsBill", "taxSameAsBill", "customerLimitAge", "customerLimitAgeValue"])
        .both(&["customerLimitAmount", "customerLimitAmountValue", "npwpNo", "pkpNo", "nitku", "wpName", "wpNumber"])
        .both(&[
            "wpType",
            "documentCode",
            "documentTransaction",
            "customerTaxType",
            "defaultIncTax",
            "defaultSalesDisc",
        ])
        .both(&["consignmentStore", "detailContact", "detailShipAddress", "detailOpenBalance"])
        .read(&["customerBranchName", "categoryId", "defaultTermId", "currencyId", "priceCategoryId"])
        .read(&["discountCategoryId", "defaultSalesmanId", "salesman2Id", "salesman3Id", "salesman4Id", "salesman5Id"])
        .read(&["defaultWarehouseId", "bbmPin", "balanceList", "groupCustomerLimit", "customerTaxTypeName", "idCard"])
        .read(&["wpTypeAndNumber", "countryCode", "reseller", "customerNoVa", "efakturSendEmail", "maxInvoiceAge"])
        .read(&["attachmentExist", "createDate", "lastUpdate"])
        .object(&["category", "term", "priceCategory", "discountCategory"], &["id", "name"])
        .object(&["currency"], &["id", "code", "symbol", "name"])
        .object(&["salesman", "salesmanList[]"], &["id", "number", "name"])
        .read(&["salesmanList"])
        .object(&["branch"], &["id", "name"])
        .write(&["number", "transDate", "typeAutoNumber", "description", "branchName", "categoryName", "termName"])
        .write(&["currencyCode", "priceCategoryName", "discountCategoryName", "salesmanNumber", "salesmanListNumber"])
        .write(&["notesIdTax", "customerReceivableAccountListNo", "customerDownPaymentAccountListNo"])
        .both(&["detailContact[].id", "detailContact[].name", "detailContact[].email", "detailContact[].mobilePhone"])
        .both(&["detailContact[].workPhone", "detailContact[].homePhone", "detailContact[].position"])
        .both(&[
            "detailContact[].salutation",
            "detailContact[].notes",
            "detailContact[].fax",
            "detailContact[].website",
        ])
        .both(&["detailShipAddress[].id", "detailShipAddress[].name", "detailShipAddress[].street"])
        .both(&["detailShipAddress[].city", "detailShipAddress[].province", "detailShipAddress[].country"])
        .both(&["detailShipAddress[].zipCode", "detailShipAddress[].picName", "detailShipAddress[].picMobileNo"])
        .both(&["detailShipAddress[].notes"])
        .custom("", 10)
}

/// Barang & Jasa.
pub(super) fn item(fields: Fields) -> Fields {
    let fields = (1..=5).fold(fields, |mut fields, unit| {
        fields.mark(format!("unit{unit}Id"), true, false);
        fields.mark(format!("unit{unit}Name"), false, true);
        fields.mark(format!("unit{unit}Price"), true, unit > 1);
        if unit > 1 {
            fields.mark(format!("ratio{unit}"), true, true);
        }
        fields
    });
    let fields = (1..=4).fold(fields, |mut fields, tax| {
        fields.mark(format!("tax{tax}Id"), true, false);
        fields.mark(format!("tax{tax}Name"), false, true);
        fields
    });
    fields
        .both(&["no", "name", "itemType", "suspended", "branchId", "unitPrice", "upcNo", "vendorPrice"])
        .both(&["minimumQuantity", "minimumQuantityReorder", "percentTaxable", "defaultDiscount", "controlQuantity"])
        .both(&[
            "manageSN",
            "manageExpired",
            "serialNumberType",
            "weight",
            "dimWidth",
            "dimDepth",
            "dimHeight",
            "notes",
        ])
        .both(&["detailGroup", "detailOpenBalance"])
        .both(&["detailGroup[].id", "detailGroup[].quantity", "detailGroup[].detailName"])
        .write(&["detailGroup[].itemNo", "detailGroup[].itemUnitName"])
        .read(&["shortName", "itemTypeName", "hasMultiUnit", "vendorUnitId", "ratioVendorUnit", "itemCategoryId"])
        .read(&["itemBrandId", "balance", "balanceInUnit", "availableToSell", "availableToSellInAllUnit", "onSales"])
        .read(&["cost", "balanceUnitCost", "balanceTotalCost", "defStandardCost", "minimumSellingQuantity"])
        .read(&["deliveryLeadTime", "hasImage", "createDate", "lastUpdate", "salesGlAccountId"])
        .read(&["inventoryGlAccountId", "cogsGlAccountId", "salesRetGlAccountId", "salesDiscountGlAccountId"])
        .read(&["purchaseRetGlAccountId", "goodTransitGlAccountId", "unBilledGlAccountId"])
        .object(&["unit1", "unit2", "unit3", "unit4", "unit5", "vendorUnit"], &["id", "name", "codeUnitTax", "optLock"])
        .object(&["itemCategory"], &["id", "name", "nameWithIndentStrip", "lvl", "parentNode", "defaultCategory"])
        .object(&["tax1", "tax2", "tax3", "tax4"], &["id", "taxCode", "description", "taxType", "rate", "taxInfo"])
        .object(&["branch"], &["id", "name"])
        .read(&["detailWarehouseData", "detailSellingPrice"])
        .object(
            &["detailWarehouseData[]"],
            &["id", "name", "warehouseName", "description", "balance", "balanceUnit", "unit1Quantity"],
        )
        .read(&["detailWarehouseData[].defaultWarehouse", "detailWarehouseData[].scrapWarehouse"])
        .read(&["detailWarehouseData[].suspended", "detailSellingPrice[].price", "detailSellingPrice[].effectiveDate"])
        .object(&["detailSellingPrice[].unit", "detailSellingPrice[].branch"], &["id", "name"])
        .object(&["detailSellingPrice[].currency"], &["id", "code", "name"])
        .object(&["detailSellingPrice[].priceCategory"], &["id", "name", "defaultCategory"])
        .write(&["typeAutoNumber", "vendorUnitName", "preferedVendorName", "usePpn", "useWholesalePrice"])
        .write(&["calculateGroupPrice", "printDetailGroup", "itemCategoryName", "branchName"])
        .custom("", 10)
}

/// Pesanan Penjualan.
pub(super) fn sales_order(fields: Fields) -> Fields {
    let fields = fields
        .both(&["number", "transDate", "shipDate", "poNumber", "description", "toAddress", "branchId", "rate"])
        .both(&["taxable", "inclusiveTax", "cashDiscount", "cashDiscPercent", "detailItem", "detailExpense"])
        .read(&["transDateView", "shipDateView", "status", "statusName", "approvalStatus", "customerId", "currencyId"])
        .read(&["paymentTermId", "shipmentId", "fobId", "percentShipped", "percentTaxable", "subTotal", "totalExpense"])
        .read(&[
            "dppAmount",
            "salesAmount",
            "taxableAmount1",
            "totalAmount",
            "manualClosed",
            "closeReason",
            "canProcess",
        ])
        .read(&["masterSalesmanId", "tax1Id", "tax1Rate", "tax1Amount", "tax2Id", "tax2Rate", "tax2Amount"])
        .read(&["processHistory", "downPaymentHistory", "downPayments", "dpUsedHistory", "totalDownPayment"])
        .read(&["totalDownPaymentUsed", "availableDownPayment", "printUserName", "userPrinted", "printedTime"])
        .read(&["createdBy", "attachmentExist", "attachmentCount", "commentCount", "hasStatusHistory", "hasNPWP"])
        .object(&["customer"], &["id", "customerNo", "name", "suspended"])
        .object(&["currency"], &["id", "code", "symbol", "name"])
        .object(&["paymentTerm"], &["id", "name", "netDays"])
        .object(&["shipment", "fob"], &["id", "name"])
        .object(&["tax1"], &["id", "taxCode", "description", "rate", "taxInfo"])
        .object(
            &["processHistory[]"],
            &["index", "historyType", "historyNumber", "historyDate", "approvalStatus", "id"],
        )
        .write(&["customerNo", "typeAutoNumber", "branchName", "currencyCode", "paymentTermName", "fobName"])
        .write(&["shipmentName", crate::salesman::MEMBER])
        .custom("", 10);
    expense_line(item_line(fields)).custom("detailItem[].", 15)
}

fn item_line(fields: Fields) -> Fields {
    let fields = (1..=10).fold(fields, |mut fields, number| {
        fields.mark(format!("detailItem[].dataClassification{number}"), true, false);
        fields.mark(format!("detailItem[].dataClassification{number}Name"), false, true);
        fields
    });
    fields
        .both(&["detailItem[].id", "detailItem[].quantity", "detailItem[].unitPrice", "detailItem[].detailName"])
        .both(&["detailItem[].detailNotes", "detailItem[].itemCashDiscount", "detailItem[].itemDiscPercent"])
        .both(&["detailItem[].useTax1", "detailItem[].useTax2", "detailItem[].useTax3"])
        .write(&["detailItem[].itemNo", "detailItem[].itemUnitName", "detailItem[].warehouseName"])
        .write(&["detailItem[].departmentName", "detailItem[].projectNo", "detailItem[].salesQuotationNumber"])
        .write(&["detailItem[].salesmanListNumber"])
        .read(&["detailItem[].seq", "detailItem[].itemId", "detailItem[].itemUnitId", "detailItem[].warehouseId"])
        .read(&["detailItem[].quantityDefault", "detailItem[].unitRatio", "detailItem[].totalPrice"])
        .read(&["detailItem[].grossAmount", "detailItem[].salesAmount", "detailItem[].dppAmount"])
        .read(&["detailItem[].tax1Amount", "detailItem[].tax2Amount", "detailItem[].detailTaxName"])
        .read(&["detailItem[].lastItemDiscPercent", "detailItem[].shipQuantity", "detailItem[].availableQuantity"])
        .read(&["detailItem[].availableTotalPrice", "detailItem[].processQuantityDesc", "detailItem[].closed"])
        .read(&["detailItem[].manualClosed", "detailItem[].salesmanName", "detailItem[].departmentId"])
        .read(&["detailItem[].projectId", "detailItem[].branchId", "detailItem[].optLock", "detailItem[].salesOrderId"])
        .object(&["detailItem[].item"], &["id", "no", "name", "itemType", "suspended"])
        .object(&["detailItem[].itemUnit", "detailItem[].warehouse", "detailItem[].department"], &["id", "name"])
        .object(&["detailItem[].project"], &["id", "no", "name"])
        .read(&["detailItem[].salesmanList"])
        .object(&["detailItem[].salesmanList[]"], &["id", "number", "name"])
}

fn expense_line(fields: Fields) -> Fields {
    fields
        .both(&["detailExpense[].id", "detailExpense[].expenseName", "detailExpense[].expenseAmount"])
        .both(&["detailExpense[].expenseNotes"])
        .write(&["detailExpense[].accountNo", "detailExpense[].departmentName"])
        .read(&["detailExpense[].seq", "detailExpense[].accountId", "detailExpense[].detailName"])
        .read(&["detailExpense[].amount", "detailExpense[].departmentId", "detailExpense[].optLock"])
        .object(&["detailExpense[].account"], &["id", "no", "name", "accountType"])
}
