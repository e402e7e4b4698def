//! The connector against scripted answers: what it asks, in which order, and what it makes of what comes back. No network.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod get;
mod open;
mod read;
mod script;
mod write;
