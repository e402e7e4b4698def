//! The connector against scripted answers: what it asks, in which order, and what it makes of what comes back. No network.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod access;
mod get;
mod moves;
mod open;
mod read;
mod rights;
mod script;
mod session;
mod write;
