//! A simulated system in memory, for tests of the engine: tables with rules, everything the contract knows, misbehaviour on demand, and a
//! journal of what was asked. Several sides share one world, which a test can look into and change behind the engine's back.
//!
//! It reaches for the network only when told to be a rogue, to prove that the host does not let it. The sandbox, which speaks HTTP like the
//! real systems, is another thing.

mod faults;
mod journal;
mod member;
mod references;
mod rules;
mod seed;
mod sets;
mod sim;
mod spec;
mod table;
mod world;

pub use faults::{Alter, EndEarly, Faults, How, When};
pub use journal::{Call, Written};
pub use member::Record;
pub use sets::{hub, ledger};
pub use sim::Sim;
pub use spec::{AutoNumber, ChildSpec, Reference, TableSpec};
pub use world::SimWorld;

use selaras_connector_api::{Connector, Failure};

/// Makes a connector to a world of its own: empty without a text, else as the JSON text describes (`side`, `set`, `tables`, `records`,
/// `faults`, `now`, `facts`).
///
/// # Errors
/// `Code::Settings`, when the text makes no sense or its records break a rule.
pub fn new(config: Option<&str>) -> Result<Box<dyn Connector>, Failure> {
    let (world, side) = match config {
        Some(text) => seed::plant(text)?,
        None => (SimWorld::new().with_side(seed::SIDE, Vec::new()), seed::SIDE.to_owned()),
    };
    Ok(Box::new(Sim::new(world, &side)))
}

selaras_connector_abi::export!(selaras_connector_v1_sim, new);
