//! The eight rights (hak akses) that an account which is no Administrator needs, and what a missing one does to a call.
//!
//! A right covers reading, saving and deleting in one module. A few small masters can be read by everybody.

use std::collections::BTreeSet;

use super::model::MODULES;
use crate::knobs::{Knobs, MissingRight};
use crate::world::{Account, Grant};

/// One right.
#[derive(Debug)]
pub struct Right {
    /// The part of account names that stands for it: `tanpa-pajak`.
    pub key: &'static str,
    /// Its name.
    pub label: &'static str,
    /// The module it opens.
    pub module: &'static str,
}

const fn right(key: &'static str, label: &'static str, module: &'static str) -> Right {
    Right { key, label, module }
}

/// The eight rights.
pub const RIGHTS: [Right; 8] = [
    right("pajak", "Pajak", "tax"),
    right("syarat-pembayaran", "Syarat Pembayaran", "payment-term"),
    right("karyawan", "Karyawan", "employee"),
    right("pelanggan", "Pelanggan", "customer"),
    right("pesanan-penjualan", "Pesanan Penjualan", "sales-order"),
    right("satuan-barang", "Satuan Barang", "unit"),
    right("gudang", "Gudang", "warehouse"),
    right("barang-jasa", "Barang & Jasa", "item"),
];

/// What can be done in a module.
pub const VERBS: [&str; 3] = ["view", "save", "delete"];

/// Modules that everybody can read unless `closed_lists` says otherwise.
const READABLE: [&str; 6] =
    ["branch", "access-privilege", "customer-category", "item-category", "price-category", "currency"];

/// The scope for doing this in a module: `sales_order_save`.
pub fn scope(module: &str, verb: &str) -> String {
    format!("{}_{verb}", module.replace('-', "_"))
}

/// Every scope of the modules simulated here.
pub fn all_scopes() -> BTreeSet<String> {
    MODULES.iter().flat_map(|module| VERBS.map(|verb| scope(module.name, verb))).collect()
}

/// What an account with all eight rights may do, and no more.
pub fn eight() -> BTreeSet<String> {
    let eight = RIGHTS.iter().flat_map(|right| VERBS.map(|verb| scope(right.module, verb)));
    eight.chain(READABLE.map(|module| scope(module, "view"))).collect()
}

/// Whether the account may do this.
pub fn may(account: &Account, scope: &str, knobs: &Knobs) -> bool {
    let closed = || knobs.closed_lists.iter().any(|module| self::scope(module, "view") == scope);
    account.holds(scope) && !knobs.missing_rights.contains(scope) && (account.administrator || !closed())
}

/// The scopes that a grant is good for, as far as the server tells.
pub fn approved(grant: &Grant, account: &Account, knobs: &Knobs) -> BTreeSet<String> {
    let shown = |scope: &&String| match knobs.missing_right_shows {
        MissingRight::Scopes => may(account, scope, knobs),
        MissingRight::Refusal => true,
    };
    grant.scopes.iter().filter(shown).cloned().collect()
}

/// A scope in the words of the consent page.
pub fn in_words(scope: &str) -> String {
    let Some((name, verb)) = scope.rsplit_once('_') else { return "Akses lain".to_owned() };
    let label = MODULES.iter().find(|module| module.name.replace('-', "_") == name).map(|module| module.label);
    let label = label.unwrap_or("data lain");
    match verb {
        "view" => format!("Melihat {label}"),
        "save" => format!("Menambah dan mengubah {label}"),
        "delete" => format!("Menghapus {label}"),
        _ => "Akses lain".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_told_in_plain_words() {
        assert_eq!(in_words("sales_order_save"), "Menambah dan mengubah Pesanan Penjualan");
        assert_eq!(in_words("item_category_view"), "Melihat Kategori Barang");
        assert_eq!(in_words("bank_transfer_delete"), "Menghapus data lain");
        assert_eq!(in_words("openid"), "Akses lain");
    }

    #[test]
    fn eight_rights_open_eight_modules_and_a_few_lists() {
        let eight = eight();
        assert_eq!(eight.len(), 8 * 3 + 6);
        assert!(eight.is_subset(&all_scopes()));
        assert!(eight.contains("branch_view") && !eight.contains("branch_save"));
    }
}
