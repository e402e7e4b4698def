//! The accounts of a sandbox: an Administrator, one with all eight rights, those that lack one, and one who grants only part.

use std::collections::{BTreeMap, BTreeSet};

use super::books::default_branch;
use super::model::FIRST_ID;
use super::rights::{self, RIGHTS, VERBS, scope};
use crate::access::ADMIN;
use crate::world::{Account, AccurateWorld};

/// The account with all eight rights in one branch.
pub const BRANCH_ACCOUNT: &str = "cabang";
/// The Administrator who grants only part of what is asked.
pub const PARTIAL_ACCOUNT: &str = "sebagian";
/// What that one never grants.
const WITHHELD: [&str; 2] = ["customer_save", "sales_order_save"];

/// Makes the accounts, unless there are some.
pub fn ensure(world: &mut AccurateWorld) {
    if !world.accounts.is_empty() {
        return;
    }
    let first = world.databases.first_key_value();
    let home = first.map(|(id, database)| BTreeMap::from([(*id, default_branch(database).unwrap_or(FIRST_ID))]));
    let in_branch =
        |rights: BTreeSet<String>| Account { rights: Some(rights), databases: home.clone(), ..Account::default() };
    let administrator = Account { administrator: true, ..Account::default() };
    let without = |scopes: &[String]| {
        let held = rights::eight().into_iter().filter(|scope| !scopes.contains(scope));
        in_branch(held.collect())
    };
    let mut people = vec![
        (ADMIN.to_owned(), "Admin Sandbox".to_owned(), administrator.clone()),
        (BRANCH_ACCOUNT.to_owned(), "Petugas Cabang".to_owned(), in_branch(rights::eight())),
        (
            PARTIAL_ACCOUNT.to_owned(),
            "Pemberi Sebagian".to_owned(),
            Account { withholds: WITHHELD.map(str::to_owned).into(), ..administrator },
        ),
    ];
    for right in &RIGHTS {
        let all = VERBS.map(|verb| scope(right.module, verb));
        people.push((format!("tanpa-{}", right.key), format!("Tanpa {}", right.label), without(&all)));
        let saving = [scope(right.module, "save")];
        let name = format!("Tanpa Simpan {}", right.label);
        people.push((format!("tanpa-simpan-{}", right.key), name, without(&saving)));
    }
    for (id, (login, name, account)) in (1..).zip(people) {
        let email = format!("{login}@sandbox.example");
        let password = format!("rahasia-{login}");
        world.accounts.insert(login, Account { id, name, email, password, ..account });
    }
}

/// The account of this name or address.
pub fn named<'a>(world: &'a AccurateWorld, text: &str) -> Option<(&'a String, &'a Account)> {
    let text = text.trim();
    let named = |entry: &(&'a String, &'a Account)| entry.0 == text || entry.1.email.eq_ignore_ascii_case(text);
    world.accounts.iter().find(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Database;

    #[test]
    fn every_account_lacks_what_its_name_says_and_nothing_else() {
        let mut world = AccurateWorld::default();
        world.databases.insert(7, Database { id: 7, ..Database::default() });
        ensure(&mut world);
        assert_eq!(world.accounts.len(), 3 + 16);
        let lacks = |name: &str| -> Vec<String> {
            let account = &world.accounts[name];
            rights::eight().into_iter().filter(|scope| !account.holds(scope)).collect()
        };
        assert!(lacks("admin").is_empty() && lacks("cabang").is_empty());
        assert_eq!(lacks("tanpa-pajak"), ["tax_delete", "tax_save", "tax_view"]);
        assert_eq!(lacks("tanpa-simpan-pesanan-penjualan"), ["sales_order_save"]);
        assert_eq!(named(&world, "Cabang@sandbox.example").map(|(login, _)| login.as_str()), Some("cabang"));
        assert!(named(&world, "").is_none());
        let before = world.clone();
        ensure(&mut world);
        assert_eq!(world, before);
    }
}
