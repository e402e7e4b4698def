//! A small company on both sides, and short ways to look at its records.

use super::World;
use serde_json::{Value as Json, json};

pub const CUSTOMERS: &str = "Pelanggan";
pub const PRODUCTS: &str = "Barang & Jasa";
pub const EMPLOYEES: &str = "Karyawan";

/// A company with its default records and some units, pulled into SMH.
pub fn company() -> World {
    let mut world = World::empty();
    let accurate = world.accurate();
    for name in ["PCS", "PAK", "DUS", "KARTON"] {
        accurate.save("unit", json!({"name": name}));
    }
    world.settle();
    world
}

/// SMH's id of a unit.
pub fn unit(world: &World, name: &str) -> Json {
    world.http().smh_find("units", name).expect("the unit was pulled")["id"].clone()
}

/// A record of SMH, which must be there once.
pub fn smh(world: &World, resource: &str, code: &str) -> Json {
    let all = world.http().smh_all(resource);
    let found: Vec<&Json> = all.iter().filter(|row| row["code"] == json!(code) || row["name"] == json!(code)).collect();
    assert_eq!(found.len(), 1, "{resource} {code} in {all:#?}");
    found[0].clone()
}

/// A row of Accurate, which must be there once.
pub fn accurate(world: &World, module: &str, member: &str, value: &str) -> Json {
    world.accurate_row(module, member, value).unwrap_or_else(|| panic!("no {module} with {member} {value}"))
}
