//! The planner and `selaras-apply` together, held to the invariants of ARCHITECTURE.md over pretended systems: properties, the exhaustive
//! little models of one field and of small histories, and tables for correlation and guards. Real systems, state files and faults are the tests of `selaras-run`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod correlation;
mod decisions;
mod explore;
mod grace;
mod guards;
mod model;
mod properties;
mod random;
mod shape;
mod undo;
mod world;
