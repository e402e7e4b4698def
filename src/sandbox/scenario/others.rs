//! The databases beside the guide's own: a small company with one branch, and a trial that is over.

use serde_json::json;

use super::customers::Customer;
use super::employees::Employee;
use super::items::Item;
use super::masters::{self, HEAD_OFFICE};
use super::places::ELSEWHERE;
use super::prng::Prng;
use super::rows::{Moments, put_accurate};
use crate::world::Database;

/// The database with one branch. It comes after the guide's, which stays the first.
pub(crate) const SINGLE: u64 = 2_345_678;
/// The database whose trial is over.
pub(crate) const EXPIRED: u64 = 3_456_789;
/// Where the first one lives.
const SINGLE_HOST: &str = "iris";
/// Its own numbers, so that the guide's data stays what it is.
const SEED: u64 = 202_606;
/// Ids and codes begin where those of the guide do: the same ids stand for other records here.
const FIRST_ID: u64 = 100;
const CUSTOMERS: u64 = 12;
const ITEMS: u64 = 8;
const EMPLOYEES: u64 = 2;

/// Both databases.
pub(crate) fn others() -> [Database; 2] {
    let mut prng = Prng::new(SEED);
    let moments = Moments::new(&mut prng);
    [single(&moments, &mut prng), expired(&moments, &mut prng)]
}

fn single(moments: &Moments, prng: &mut Prng) -> Database {
    let host = Some(SINGLE_HOST.to_owned());
    let mut database = Database { id: SINGLE, alias: "CV Tunggal Jaya".to_owned(), host, ..Database::default() };
    masters::distributor(&mut database, moments, prng);
    one_branch(&mut database);
    for nth in 1..=EMPLOYEES {
        let mut employee = Employee::draw(prng, format!("TJ-{nth:02}"), nth);
        (employee.position, employee.salesman) = ("Salesman", true);
        put_accurate(&mut database, moments, prng, "employee", FIRST_ID + nth - 1, employee.accurate());
    }
    for nth in 1..=CUSTOMERS {
        let mut customer = Customer::draw(prng, format!("C.{nth:05}"), &ELSEWHERE, nth);
        customer.name = format!("{} {nth}", customer.name);
        put_accurate(&mut database, moments, prng, "customer", FIRST_ID + nth - 1, customer.accurate(None, false));
    }
    for nth in 1..=ITEMS {
        // Other goods than those that the guide's database begins with.
        let item = Item::stocked(prng, format!("BRG.{nth:05}"), 40 + nth, 2);
        put_accurate(&mut database, moments, prng, "item", FIRST_ID + nth - 1, item.accurate(None, false));
    }
    database
}

fn one_branch(database: &mut Database) {
    let branches = &mut database.table_mut("branch").rows;
    branches.retain(|id, _| *id == HEAD_OFFICE);
    branches.values_mut().for_each(|branch| {
        branch.insert("defaultBranch".to_owned(), json!(true));
    });
}

fn expired(moments: &Moments, prng: &mut Prng) -> Database {
    let mut database = Database {
        id: EXPIRED,
        alias: "PT Coba Dulu".to_owned(),
        trial: true,
        trial_end: Some("31/03/2026".to_owned()),
        expired: true,
        ..Database::default()
    };
    masters::defaults(&mut database, moments, prng);
    database
}
