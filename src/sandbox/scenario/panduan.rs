//! The example of the vendor's user guide, number by number: 423 customers of which 131 cross, 454 items of which 56 cross, 11 sample
//! employees that never cross, and two employees that SMH has of its own.

use serde_json::json;

use super::customers::Customer;
use super::employees::Employee;
use super::items::Item;
use super::masters::{self, HEAD_OFFICE, JAKARTA, SURABAYA};
use super::names;
use super::orders;
use super::places::{AROUND_JAKARTA, AROUND_SURABAYA, ELSEWHERE};
use super::prng::Prng;
use super::rows::{Moments, put_accurate, put_smh};
use crate::world::{Database, SmhWorld};

/// Why a record stays behind, or that it crosses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Dummy,
    Crosses,
    OtherBranch,
    Suspended,
    Unstocked,
    ManyUnits,
}

const CUSTOMERS: [(Fate, usize); 4] =
    [(Fate::Dummy, 23), (Fate::Crosses, 131), (Fate::OtherBranch, 187), (Fate::Suspended, 82)];
const ITEMS: [(Fate, usize); 6] = [
    (Fate::Dummy, 35),
    (Fate::Crosses, 56),
    (Fate::OtherBranch, 121),
    (Fate::Unstocked, 118),
    (Fate::Suspended, 96),
    (Fate::ManyUnits, 28),
];
const EMPLOYEES: u64 = 11;
/// The first so many of them sell.
const SALESMEN: u64 = 6;
/// Orders that Accurate has of its own.
const ORDERS: u64 = 12;
/// Ids of Accurate's masters begin here; lower ones are kept for default records.
const FIRST_ID: u64 = 100;

/// Fills Accurate's database.
pub(crate) fn accurate(database: &mut Database, moments: &Moments, prng: &mut Prng) {
    masters::distributor(database, moments, prng);
    employees(database, moments, prng);
    customers(database, moments, prng);
    items(database, moments, prng);
    orders::accurate(database, prng, ORDERS);
}

/// Fates in a shuffled order, with the dummies first: sample data is older than real data.
fn fates(prng: &mut Prng, counts: &[(Fate, usize)]) -> Vec<Fate> {
    let mut fates: Vec<Fate> = counts.iter().flat_map(|&(fate, count)| std::iter::repeat_n(fate, count)).collect();
    let dummies = fates.iter().filter(|fate| **fate == Fate::Dummy).count();
    prng.shuffle(&mut fates[dummies..]);
    fates
}

/// The branch of a record that the connected branch sees: its own, or every branch.
fn seen(prng: &mut Prng) -> Option<u64> {
    prng.chance(40).then_some(JAKARTA)
}

fn employees(database: &mut Database, moments: &Moments, prng: &mut Prng) {
    for nth in 1..=EMPLOYEES {
        let mut employee = Employee::draw(prng, format!("DEMO-{nth:02}"), nth);
        employee.salesman = nth <= SALESMEN;
        if employee.salesman {
            employee.position = "Salesman";
        }
        put_accurate(database, moments, prng, "employee", FIRST_ID + nth - 1, employee.accurate());
    }
}

fn customers(database: &mut Database, moments: &Moments, prng: &mut Prng) {
    let mut namesakes: Vec<String> = Vec::new();
    let mut codes = 0;
    for (id, fate) in (FIRST_ID..).zip(fates(prng, &CUSTOMERS)) {
        let (branch, suspended, places) = match fate {
            Fate::OtherBranch if prng.chance(70) => (Some(SURABAYA), prng.chance(15), &AROUND_SURABAYA[..]),
            Fate::OtherBranch => (Some(HEAD_OFFICE), prng.chance(15), &ELSEWHERE[..]),
            Fate::Suspended => (seen(prng), true, &AROUND_JAKARTA[..]),
            _ => (seen(prng), false, &AROUND_JAKARTA[..]),
        };
        let mut customer = Customer::draw(prng, String::new(), places, id);
        if fate == Fate::Dummy {
            customer.no = format!("C.DEMO-{:03}", id - FIRST_ID + 1);
            customer.name = format!("Contoh {}", customer.name);
        } else {
            codes += 1;
            customer.no = format!("C.{codes:05}");
            rename(prng, &mut customer, &mut namesakes);
        }
        let mut row = customer.accurate(branch, suspended);
        // Every employee is sample data, so only records that do not cross may have one as their salesman.
        if fate != Fate::Crosses && prng.chance(30) {
            let salesman = FIRST_ID + prng.below(SALESMEN);
            row["defaultSalesmanId"] = json!(salesman);
            row["salesmanListId"] = json!([salesman]);
        }
        put_accurate(database, moments, prng, "customer", id, row);
    }
}

/// Keeps names apart, except that one in forty is a namesake of the one before: shops do share names.
fn rename(prng: &mut Prng, customer: &mut Customer, taken: &mut Vec<String>) {
    if customer.no == "C.00001" {
        customer.name = "Toko Makmur Jaya Utama".to_owned();
    } else if customer.no.ends_with("40") {
        customer.name = taken.last().cloned().unwrap_or_default();
    } else {
        let mut tries = 0;
        while taken.contains(&customer.name) {
            tries += 1;
            customer.name = if tries < 20 { names::shop(prng) } else { format!("{} {tries}", customer.name) };
        }
    }
    customer.email = customer.email.as_ref().map(|_| names::email(&customer.name, taken.len() as u64));
    taken.push(customer.name.clone());
}

fn items(database: &mut Database, moments: &Moments, prng: &mut Prng) {
    let mut codes = 0;
    for (id, fate) in (FIRST_ID..).zip(fates(prng, &ITEMS)) {
        let dummy = fate == Fate::Dummy;
        codes += u64::from(!dummy);
        let no = if dummy { format!("BRG.DEMO-{:03}", id - FIRST_ID + 1) } else { format!("BRG.{codes:05}") };
        let number = id - FIRST_ID;
        let units = usize::try_from(prng.between(1, 3)).unwrap_or(1);
        let mut item = match fate {
            Fate::Unstocked => Item::unstocked(prng, no, number),
            Fate::ManyUnits => Item::many_units(prng, no, number),
            // Reasons are counted in order, so what is left out for its branch may break later rules too.
            Fate::OtherBranch if prng.chance(20) => Item::unstocked(prng, no, number),
            _ => Item::stocked(prng, no, number, units),
        };
        if dummy {
            item.name = format!("Contoh {}", item.name);
        }
        let branch = match fate {
            Fate::OtherBranch if prng.chance(70) => Some(SURABAYA),
            Fate::OtherBranch => Some(HEAD_OFFICE),
            _ => seen(prng),
        };
        let suspended = match fate {
            Fate::Suspended => true,
            Fate::OtherBranch | Fate::Unstocked => prng.chance(15),
            _ => false,
        };
        put_accurate(database, moments, prng, "item", id, item.accurate(branch, suspended));
    }
}

/// Fills SMH: two employees of its own, nothing else.
pub(crate) fn smh(smh: &mut SmhWorld, moments: &Moments, prng: &mut Prng) {
    let own = [
        (1, "Agung", "Salesman", true, "081234500001"),
        (2, "Siti Rahmawati", "Admin Penjualan", false, "081234500002"),
    ];
    for (key, name, position, salesman, handphone) in own {
        let members = json!({ "source": "smh", "code": format!("E-{key:02}"), "name": name, "position": position,
            "handphone": handphone, "isSalesman": salesman, "status": "active" });
        put_smh(smh, moments, prng, "employees", key, members);
    }
    smh.counters.insert("employees".to_owned(), 2);
}
