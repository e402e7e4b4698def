//! What is known of each module of the data API: which endpoints it has, how its lists behave, what its saves want. Which members its
//! records have stands in `fields`; how this becomes a manifest in `manifest`.

/// What a module's creates and updates say about the branch. See README, "Branches".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BranchRule {
    /// The module knows no branch, or belongs to all.
    Never,
    /// The branch is given when a record is made. An update leaves it alone, so that a record of all branches stays one.
    OnCreate,
    /// The branch is given with every save: the record is a transaction and belongs to one.
    Always,
}

/// How a record is recognised when the answer to its creation was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// By the number that we gave it.
    Number(&'static str),
    /// By its name, which Accurate keeps unique.
    Name,
    /// Not at all.
    None,
}

/// A module of the data API.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its path, which is also the resource's name.
    pub(crate) name: &'static str,
    /// Its label in Accurate's menus and messages.
    pub(crate) title: &'static str,
    /// Whether `list.do` takes `fields` (and gives bare ids without them). The others give whole rows.
    pub(crate) takes_fields: bool,
    /// Whether it has `bulk-save.do`.
    pub(crate) bulk: bool,
    /// Whether it has `delete.do`.
    pub(crate) delete: bool,
    /// Whether its list can be filtered by `lastUpdate`, and its records show it: without that there is no moment to begin from.
    pub(crate) change_filter: bool,
    /// Whether a save takes `suspended`.
    pub(crate) suspendable: bool,
    /// What saves say about the branch.
    pub(crate) branch: BranchRule,
    /// How a lost create is recognised.
    pub(crate) key: Key,
    /// The filter by which its list gives several records at once, and the member that holds what it compares.
    pub(crate) called: Option<(&'static str, &'static str)>,
    /// Lists of children that saves take.
    pub(crate) children: &'static [&'static str],
    /// Members that only `detail.do` gives.
    pub(crate) detail_only: &'static [&'static str],
}

impl Module {
    /// The scope for a verb (`view`, `save`, `delete`): the path with underscores, then the verb.
    pub(crate) fn scope(&self, verb: &str) -> String {
        format!("{}_{verb}", self.name.replace('-', "_"))
    }

    /// The right for a verb in people's words: `Pelanggan: simpan`.
    pub(crate) fn right(&self, verb: &str) -> String {
        let word = VERBS.iter().find(|(scope, _)| *scope == verb).map_or(verb, |(_, word)| word);
        format!("{}: {word}", self.title)
    }
}

/// The verbs of scopes, and how the rights are called for which they stand.
const VERBS: [(&str, &str); 3] = [("view", "lihat"), ("save", "simpan"), ("delete", "hapus")];

/// A scope as people read it: `Pelanggan: simpan (customer_save)`, or the bare scope where it is none of this connector's modules.
pub(crate) fn right_of(scope: &str) -> String {
    let right = scope.rsplit_once('_').and_then(|(_, verb)| {
        let module = MODULES.iter().find(|module| module.scope(verb) == scope)?;
        Some(module.right(verb))
    });
    right.map_or_else(|| format!("the scope {scope}"), |right| format!("{right} ({scope})"))
}

/// The module of a name.
pub(crate) fn module(name: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| module.name == name)
}

/// What holds for a small master module with names for keys.
const SMALL: Module = Module {
    name: "",
    title: "",
    takes_fields: false,
    bulk: true,
    delete: true,
    change_filter: false,
    suspendable: false,
    branch: BranchRule::Never,
    key: Key::Name,
    called: None,
    children: &[],
    detail_only: &[],
};

/// All modules that this connector offers.
pub(crate) const MODULES: &[Module] = &[
    Module {
        name: "customer",
        title: "Pelanggan",
        takes_fields: true,
        change_filter: true,
        // Not in the official list of save parameters, though records have it, lists filter by it and the web pages switch it: assumed.
        suspendable: true,
        branch: BranchRule::OnCreate,
        key: Key::Number("customerNo"),
        called: Some(("no", "customerNo")),
        children: &["detailContact", "detailShipAddress"],
        detail_only: CUSTOMER_DETAIL_ONLY,
        ..SMALL
    },
    Module {
        name: "item",
        title: "Barang & Jasa",
        takes_fields: true,
        change_filter: true,
        // As for customers.
        suspendable: true,
        branch: BranchRule::OnCreate,
        key: Key::Number("no"),
        called: Some(("no", "no")),
        children: &["detailGroup"],
        detail_only: &[
            "detailGroup",
            "detailOpenBalance",
            "detailSellingPrice",
            "detailWarehouseData",
            "cost",
            "balanceUnitCost",
            "balanceTotalCost",
        ],
        ..SMALL
    },
    Module {
        name: "employee",
        title: "Karyawan",
        bulk: false,
        suspendable: true,
        branch: BranchRule::OnCreate,
        key: Key::Number("number"),
        detail_only: EMPLOYEE_DETAIL_ONLY,
        ..SMALL
    },
    Module {
        name: "sales-order",
        title: "Pesanan Penjualan",
        takes_fields: true,
        branch: BranchRule::Always,
        key: Key::Number("number"),
        called: Some(("number", "number")),
        children: &["detailItem", "detailExpense"],
        detail_only: SALES_ORDER_DETAIL_ONLY,
        ..SMALL
    },
    Module { name: "warehouse", title: "Gudang", bulk: false, suspendable: true, called: Some(("id", "id")), ..SMALL },
    Module { name: "unit", title: "Satuan Barang", ..SMALL },
    // A tax has no name, and nothing says that its description is unique.
    Module { name: "tax", title: "Pajak", key: Key::None, ..SMALL },
    Module { name: "payment-term", title: "Syarat Pembayaran", ..SMALL },
    Module { name: "branch", title: "Cabang", ..SMALL },
    Module { name: "customer-category", title: "Kategori Pelanggan", takes_fields: true, ..SMALL },
    Module { name: "item-category", title: "Kategori Barang", takes_fields: true, ..SMALL },
    Module {
        name: "price-category",
        title: "Kategori Penjualan",
        takes_fields: true,
        bulk: false,
        delete: false,
        ..SMALL
    },
];

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
    "customerLimitAge",
    "customerLimitAgeValue",
    "customerLimitAmount",
    "customerLimitAmountValue",
    "groupCustomerLimit",
    "npwpNo",
    "pkpNo",
    "nitku",
    "idCard",
    "wpName",
    "wpNumber",
    "wpType",
    "documentCode",
    "documentTransaction",
    "customerTaxType",
    "notes",
    "salesmanList",
];

/// Lists give whole rows, but not these. Those from `salutation` on were not seen in any answer; if they come, then in details.
const EMPLOYEE_DETAIL_ONLY: &[&str] = &[
    "position",
    "email",
    "mobilePhone",
    "branch",
    "employeeWorkStatusName",
    "salutation",
    "homePhone",
    "workPhone",
    "bbmPin",
    "website",
    "notes",
    "street",
    "city",
    "province",
    "country",
    "zipCode",
];

const SALES_ORDER_DETAIL_ONLY: &[&str] = &[
    "detailItem",
    "detailExpense",
    "processHistory",
    "downPaymentHistory",
    "downPayments",
    "dpUsedHistory",
    "description",
    "toAddress",
    "cashDiscount",
    "cashDiscPercent",
    "taxable",
    "inclusiveTax",
    "percentTaxable",
    "subTotal",
    "totalExpense",
    "dppAmount",
    "salesAmount",
    "tax1",
    "tax1Rate",
    "tax1Amount",
    "tax2Rate",
    "tax2Amount",
    "taxableAmount1",
    "shipment",
    "fob",
    "closeReason",
    "manualClosed",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_use_underscores() {
        assert_eq!(module("sales-order").unwrap().scope("view"), "sales_order_view");
        assert_eq!(module("nonsense").map(|m| m.name), None);
    }

    #[test]
    fn rights_are_told_in_the_words_of_the_menus() {
        assert_eq!(right_of("customer_save"), "Pelanggan: simpan (customer_save)");
        assert_eq!(right_of("sales_order_view"), "Pesanan Penjualan: lihat (sales_order_view)");
        assert_eq!(right_of("sales_invoice_delete"), "the scope sales_invoice_delete");
        assert_eq!(right_of("odd"), "the scope odd");
    }
}
