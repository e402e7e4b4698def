//! Ready-made data for a sandbox to begin with.

use crate::world::{Database, World};
use crate::Scenario;

/// The world a scenario describes.
pub fn build(_scenario: &Scenario) -> World {
    let mut world = World::default();
    let database = Database { id: 1_234_567, alias: "PT Panduan Sejahtera".to_owned(), ..Database::default() };
    world.accurate.databases.insert(database.id, database);
    world
}
