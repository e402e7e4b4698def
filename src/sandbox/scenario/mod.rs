//! Ready-made data for a sandbox to begin with, the same on every machine and every day: a fixed seed, no clock.
//!
//! This file builds a world from a scenario. What the records look like is in the files beside it.

mod customers;
mod employees;
pub(crate) mod goods;
mod items;
mod masters;
pub(crate) mod names;
mod orders;
mod others;
mod panduan;
pub(crate) mod places;
pub(crate) mod prng;
mod rows;
mod sized;

use prng::Prng;
use rows::Moments;
use sized::{Filling, Sizes};

use crate::Scenario;
use crate::world::{Database, World};

/// Every scenario starts from this seed.
const SEED: u64 = 202_605;

/// The world a scenario describes.
pub fn build(scenario: &Scenario) -> World {
    let mut world = World::default();
    let mut database = Database { id: masters::DATABASE, alias: masters::COMPANY.to_owned(), ..Database::default() };
    let mut prng = Prng::new(SEED);
    let moments = Moments::new(&mut prng);
    match *scenario {
        Scenario::Kosong => masters::defaults(&mut database, &moments, &mut prng),
        Scenario::Panduan => {
            panduan::accurate(&mut database, &moments, &mut prng);
            panduan::smh(&mut world.smh, &moments, &mut prng);
            world.accurate.databases.extend(others::others().map(|other| (other.id, other)));
        }
        Scenario::Sized { customers, items, employees, orders } => {
            let sizes = Sizes { customers, items, employees, orders };
            let (smh, prng) = (&mut world.smh, &mut prng);
            Filling { database: &mut database, smh, moments: &moments, prng, sizes }.run();
        }
    }
    world.accurate.databases.insert(database.id, database);
    world
}
